"""What a threshold of relevance costs: unanswerable questions declined beside answerable ones refused.

``python -m benchmarks.refusal [INDEX QUESTIONS [HOW_MANY]]`` asks the first HOW_MANY questions of each kind (default
100), or the sample's questions of the sample, and prints a table; a star marks the threshold in use.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from index.building import build
from rag.embedding import SentenceTransformerEmbedder
from rag.evaluation.measures import squeezed
from rag.evaluation.questions import GoldQuestion, read_questions
from rag.generation import ENOUGH
from rag.retrieval import Retriever
from rag.sample import ARTICLES, QUESTIONS
from rag.snapshot import IndexFolder

PASSAGES = 20


def best(retriever: Retriever, question: GoldQuestion) -> tuple[float, bool]:
    """Relevance of the most relevant sentence, and whether its paragraph holds a gold fact."""
    sentences = retriever.sentences(question.text, retriever.retrieve(question.text, limit=PASSAGES))
    if not sentences:
        return 0.0, False
    paragraph = squeezed(sentences[0].article.paragraph(sentences[0].paragraph))
    return sentences[0].relevance, any(squeezed(fact) in paragraph for fact in question.facts)


def report(retriever: Retriever, questions: list[GoldQuestion], how_many: int) -> None:
    answerable = [best(retriever, one) for one in [one for one in questions if one.facts][:how_many]]
    others = [best(retriever, one)[0] for one in [one for one in questions if not one.facts][:how_many]]
    print(f"{len(answerable)} answerable questions, {len(others)} unanswerable")
    share = sum(gold for _, gold in answerable) / len(answerable)
    print(f"first quote stands in a paragraph with a gold fact: {share:.3f}")
    print(f"{'threshold':>10} {'declined':>9} {'false refusals':>15}")
    for step in range(28, 51, 2):
        threshold = step / 100
        declined = sum(one < threshold for one in others) / len(others)
        false = sum(one < threshold for one, _ in answerable) / len(answerable)
        print(f"{'*' if threshold == ENOUGH else '':>4} {threshold:>5.2f} {declined:>9.3f} {false:>15.3f}")


def main(arguments: list[str]) -> None:
    if arguments:
        index, questions, *rest = arguments
        report(Retriever.open(index), read_questions(Path(questions)), int(rest[0]) if rest else 100)
        return
    embedder = SentenceTransformerEmbedder.load()
    with tempfile.TemporaryDirectory() as folder:
        build([ARTICLES], IndexFolder(Path(folder)), embedder)
        report(Retriever.open(folder, embedder=embedder), read_questions(QUESTIONS), 100)


if __name__ == "__main__":
    main(sys.argv[1:])
