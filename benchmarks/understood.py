"""What is understood of the sample's dated and outlet questions, beside the scope that their writer had in mind.

``python -m benchmarks.understood`` prints a line a question, as asked on 1 September 2025, when the sample ends: what
was read, whether it is what was meant, and whether the first ten hits hold the evidence.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from index.building import build
from rag.evaluation.measures import squeezed
from rag.evaluation.questions import read_questions
from rag.models.embedding import SentenceTransformerEmbedder
from rag.sample import ARTICLES, QUESTIONS
from rag.search.retriever import Retriever
from rag.store.snapshot import IndexFolder

ASKED_ON = date(2025, 9, 1)


def main() -> None:
    embedder = SentenceTransformerEmbedder.load()
    asked = [one for one in read_questions(QUESTIONS) if one.type in ("dated", "outlet")]
    meant = found = 0
    with tempfile.TemporaryDirectory() as folder:
        build([ARTICLES], IndexFolder(Path(folder)), embedder)
        retriever = Retriever.open(folder, embedder=embedder)
        for question in asked:
            search = retriever.search(question.text, as_of=ASKED_ON)
            right = search.scope == question.scope
            texts = [squeezed(hit.text) for hit in search.hits]
            holds = all(any(squeezed(fact) in text for text in texts) for fact in question.facts)
            meant, found = meant + right, found + holds
            print(f"{'as meant' if right else 'otherwise':9} {'found' if holds else 'missed':6} {question.text}")
            print(f"{'':17}{search.scope or 'no limits'}" + ("" if right else f"  (meant: {question.scope})"))
    print(f"{meant} of {len(asked)} as meant, {found} with all of the evidence in the first ten hits")


if __name__ == "__main__":
    main()
