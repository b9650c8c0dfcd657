"""How long a generator takes, and how often it declines: ``python -m benchmarks.generators NAME [INDEX [HOW_MANY]]``.

Asks HOW_MANY (default five) of the sample's questions that its coverage answers, and as many that it doesn't, of INDEX
or of an index that is built for it; prints each answer's seconds, those until its first words, and its text.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from index.building import build
from rag.answer.answerer import Answerer
from rag.answer.generators import create_generator
from rag.answer.llm.judge import Judged
from rag.answer.llm.prompt import Model, Prompt
from rag.answer.llm.writer import Writer
from rag.errors import GenerationFailed
from rag.evaluation.questions import GoldQuestion, read_questions
from rag.models.embedding import load_embedder
from rag.sample import ARTICLES, QUESTIONS
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder
from rag.text.tokens import count_tokens


def chosen(questions: list[GoldQuestion], how_many: int) -> list[GoldQuestion]:
    """Take questions from all over the file: its stories stand together."""
    return questions[:: max(1, len(questions) // how_many)][:how_many]


def speed(model: Model) -> str:
    """Say how many pieces, which are tokens mostly, a model writes in a second once it has begun."""
    started, times = time.perf_counter(), []
    with suppress(GenerationFailed):  # its limit is reached, which is as good
        for _ in model(Prompt("You write plain text.", "Write two sentences about a harbour in the morning.")):
            times.append(time.perf_counter())
    rate = (len(times) - 1) / (times[-1] - times[0])
    return f"writes {rate:.1f} pieces a second, the first after {times[0] - started:.1f} s ({len(times)} pieces)"


def main(name: str, index: str | None, how_many: int) -> None:
    started = time.perf_counter()
    generator = create_generator(name)
    print(f"{name}: ready after {time.perf_counter() - started:.1f} s; load of the machine {os.getloadavg()[0]:.1f}")
    writer = generator.generator if isinstance(generator, Judged) else generator
    if isinstance(writer, Writer):
        print(speed(writer.model))
    folder = Path(index) if index else Path(tempfile.mkdtemp(), "index")
    if index is None:
        build([ARTICLES], IndexFolder(folder), load_embedder(), progress=None)
    answerer = Answerer(Retriever.open(folder), generator)
    questions = [question for question in read_questions(QUESTIONS) if not question.scope]
    answerer.retriever.search("warm")
    for label in ("answered by the coverage", "not answered by it"):
        asked = chosen([one for one in questions if one.answerable == label.startswith("answered")], how_many)
        took, declined = [], 0
        print(f"\n{len(asked)} questions {label}")
        for question in asked:
            before = time.perf_counter()
            stream = answerer.stream(question.text)
            answer = next(stream)
            first = time.perf_counter() - before
            *_, answer = answer, *stream
            took.append(time.perf_counter() - before)
            declined += answer.refused
            tokens = sum(count_tokens(claim.text) for claim in answer.claims)
            print(f"\n{question.text}\n  {took[-1]:.1f} s, first words after {first:.1f} s, {tokens} tokens shown")
            for claim in answer.claims:
                print(f"  - {claim.text} {[citation.marker for citation in claim.citations]}")
            for one in answer.cut:
                print(f"  cut: {one.text} ({one.reason})")
            if answer.notice:
                print(f"  {answer.notice}")
        print(
            f"\nmedian {statistics.median(took):.1f} s, slowest {max(took):.1f} s, declined {declined} of {len(asked)}"
        )
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None, int(sys.argv[3]) if len(sys.argv) > 3 else 5)
