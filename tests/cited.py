"""Answers whose citations are in their places, made without an index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rag import Answer, Article, Citation, Claim, Scope
from rag.answer.drafts import Draft
from rag.store.protocol import Summary

SUMMARY = Summary(3, (("The Ellery Courier", 2), ("Strand Radio", 1)), date(2025, 3, 4), date(2025, 5, 2))
SNAPSHOT = "20260314T101112Z-0a1b2c3d"


def cite(article: Article, paragraph: int, marker: int, quote: str = "") -> Citation:
    """Cite ``quote`` where it first stands in a paragraph, or all of the paragraph."""
    text = article.paragraph(paragraph)
    start = text.index(quote or text)
    return Citation(marker, article, paragraph, start, start + len(quote or text), quote or text)


def said(article: Article, paragraph: int, marker: int, quote: str = "") -> Claim:
    """Claim word for word what is cited."""
    citation = cite(article, paragraph, marker, quote)
    return Claim(citation.quote, (citation,))


def answer_of(*claims: Claim, question: str = "Who raised the tolls?") -> Answer:
    """An answer of these claims; without any, a refusal."""
    return Answer(question, Scope(), claims, not claims, (), SUMMARY, SNAPSHOT, generator="quotes", model="toy")


class Fixed:
    """A generator that drafts what it was made with."""

    def __init__(self, *drafts: Draft) -> None:
        self.drafts = drafts

    def __call__(self, question: str, sentences: object) -> Iterator[Draft]:
        yield from self.drafts
