"""Checks a citation against the stored paragraph before anybody is shown it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.articles import Article

if TYPE_CHECKING:
    from rag.store.protocol import Store


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a claim can be checked: characters ``start`` to ``end`` (exclusive) of a paragraph of an article."""

    marker: int
    """The number that stands for it in the answer, ``[1]``, ``[2]`` …"""
    article: Article
    paragraph: int
    """Counted from 1."""
    start: int
    end: int
    quote: str
    """The characters cited."""


def validate_citation(citation: Citation, store: Store) -> str | None:
    """Say what is wrong with a citation, or None when the store holds the quote at exactly its place.

    The paragraph is read anew: what a generator, or anything between it and here, made of the article does not count.
    """
    article = store.article(citation.article.id, citation.article.version)
    if article is None:
        return "the coverage does not hold this version of the article"
    if not 1 <= citation.paragraph <= len(article.paragraphs):
        return f"the article has no paragraph {citation.paragraph}"
    paragraph = article.paragraph(citation.paragraph)
    if not 0 <= citation.start < citation.end <= len(paragraph):
        return f"paragraph {citation.paragraph} has no characters {citation.start} to {citation.end}"
    if paragraph[citation.start : citation.end] != citation.quote:
        return f"paragraph {citation.paragraph} does not say this at characters {citation.start} to {citation.end}"
    return None
