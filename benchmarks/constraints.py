"""What is read in the sample's dated and outlet questions, beside the scope that their writer had in mind.

``python -m benchmarks.constraints`` prints a line a question, as asked on 1 September 2025, when the sample ends: what
was read, whether it is what was meant, and whether the first ten hits hold the evidence. What is read need not restrict
the search: most of it is a preference.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from index.building import build
from rag.evaluation.matching import squeezed
from rag.evaluation.questions import read_questions
from rag.models.embedding import SentenceTransformerEmbedder
from rag.query.parsed_query import ParsedQuery
from rag.sample import ARTICLES, QUESTIONS
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder
from rag.store.scope import Scope

ASKED_ON = date(2025, 9, 1)


def scope_read(parsed: ParsedQuery) -> Scope:
    """All constraints that were read as one scope, whether they restrict or are only preferred."""
    read = parsed.constraints
    return Scope(
        published_from=max((one.published_from for one in read if one.published_from), default=None),
        published_to=min((one.published_to for one in read if one.published_to), default=None),
        outlets=tuple(one.outlet for one in read if one.outlet),
    )


def main() -> None:
    embedder = SentenceTransformerEmbedder.load()
    asked = [one for one in read_questions(QUESTIONS) if one.type in ("dated", "outlet")]
    meant = found = 0
    with tempfile.TemporaryDirectory() as folder:
        build([ARTICLES], IndexFolder(Path(folder)), embedder)
        retriever = Retriever.open(folder, embedder=embedder)
        for question in asked:
            result = retriever.search(question.text, as_of=ASKED_ON)
            read = scope_read(result.parsed)
            right = read == question.scope
            texts = [squeezed(hit.text) for hit in result.hits]
            holds = all(any(squeezed(fact) in text for text in texts) for fact in question.facts)
            meant, found = meant + right, found + holds
            print(f"{'as meant' if right else 'otherwise':9} {'found' if holds else 'missed':6} {question.text}")
            print(f"{'':17}{read or 'nothing'}" + ("" if right else f"  (meant: {question.scope})"))
    print(f"{meant} of {len(asked)} as meant, {found} with all of the evidence in the first ten hits")


if __name__ == "__main__":
    main()
