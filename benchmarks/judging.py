"""How well a model tells answers from near misses: ``python -m benchmarks.judging NAME [INDEX]``.

NAME is ``openai:MODEL`` or ``local:FILE.gguf``.

Paragraphs of the sample that answer a question, beside the most relevant ones of questions that its coverage does not
answer; and true claims that were written by hand, beside false ones. Prints the
area under the ROC curve (Hanley & McNeil 1982) of a model's leaning, and the leanings: the thresholds of
``rag.answer.llm.judge`` lie between them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.claims import read_claims
from index.building import build
from rag.answer.drafts import Evidence
from rag.answer.generators import create_generator
from rag.answer.llm.judge import Judged
from rag.answer.llm.prompt import Prompt
from rag.answer.sentence_ranking import rank_sentences
from rag.evaluation.matching import squeezed
from rag.evaluation.questions import read_questions
from rag.models.embedding import load_embedder
from rag.sample import ARTICLES, QUESTIONS
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder

CLAIMS = Path(__file__).resolve().parents[1] / "tests" / "quality" / "claims_seen.json"


def area(yes: Sequence[float], no: Sequence[float]) -> float:
    """Share of pairs in which the one that should be higher is."""
    return sum((one > other) + 0.5 * (one == other) for one in yes for other in no) / (len(yes) * len(no))


def report(label: str, yes: Sequence[float], no: Sequence[float]) -> None:
    print(f"{label}: area {area(yes, no):.3f}")
    print(f"  should be yes ({len(yes)}): {' '.join(f'{one:.1f}' for one in sorted(yes))}")
    print(f"  should be no  ({len(no)}): {' '.join(f'{one:.1f}' for one in sorted(no))}")


def statements() -> Iterator[tuple[str, bool, list[Evidence]]]:
    """Claims, whether they are true, and the paragraphs that they cite."""
    for claim in read_claims(CLAIMS):
        if article := claim.article:
            paragraphs = [(number, article.paragraph(number)) for number in claim.paragraphs]
            cited = [Evidence(article, number, 0, len(text), text) for number, text in paragraphs]
            yield claim.text, claim.supported, cited


def main(name: str, index: str | None) -> None:
    generator = create_generator(f"quotes+{name}")
    assert isinstance(generator, Judged)
    leanings: list[float] = []

    def leaning(prompt: Prompt) -> float | None:
        found = generator.leaning(prompt)
        if found is None:
            sys.exit("error: this server does not tell likelihoods")
        leanings.append(found)
        return found

    judge = Judged(generator.generator, leaning)
    folder = Path(index) if index else Path(tempfile.mkdtemp(), "index")
    if index is None:
        build([ARTICLES], IndexFolder(folder), load_embedder(), progress=None)
    retriever = Retriever.open(folder)
    questions = [question for question in read_questions(QUESTIONS) if not question.scope]
    sides: dict[str, list[float]] = {"answers": [], "near misses": [], "said": [], "not said": []}
    for question in [one for one in questions if one.facts][::4]:
        for sentence in rank_sentences(retriever.search(question.text, limit=20), retriever):
            paragraph = sentence.article.paragraph(sentence.paragraph)
            if not any(squeezed(fact) in squeezed(paragraph) for fact in question.facts):
                continue
            judge.answers(question.text, sentence)
            sides["answers"].append(leanings[-1])
            break
    for question in [one for one in questions if not one.facts][::2]:
        judge.answers(question.text, rank_sentences(retriever.search(question.text, limit=20), retriever)[0])
        sides["near misses"].append(leanings[-1])
    for statement, is_true, cited in statements():
        judge.says(statement, cited)
        sides["said" if is_true else "not said"].append(leanings[-1])
    report("does the passage state the answer", sides["answers"], sides["near misses"])
    report("does the passage say that the statement is true", sides["said"], sides["not said"])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
