"""Answers whose citations are in their places, made without an index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rag import Answer, Article, Citation, Claim, Hit, Passage, Scope, Span
from rag.answer.drafts import Draft
from rag.search.hits import Explanation
from rag.store.protocol import Summary

SUMMARY = Summary(3, (("The Ellery Courier", 2), ("Strand Radio", 1)), date(2025, 3, 4), date(2025, 5, 2))
SNAPSHOT = "20260314T101112Z-0a1b2c3d"
HOSTILE = (
    "<script>alert(1)</script>",
    '<img src="https://evil.example/x.png" onerror="alert(1)">',
    "[click](https://evil.example) ![see](https://evil.example/i.png)",
    "as proven [1] and [2](#c2) and [3](#a1-c2) and [^1] and [^1]: x",
    "https://evil.example and www.evil.example and a@evil.example and mailto:a@evil.example",
    "\u202edesrever\u202c \u2067isolated",
    "\" onmouseover='alert(1)' x=`y`",
    "line\n\n<b>bold</b>\r\n\tnext\x00\x1b",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "{{value}} ${alert(1)} {% raw %} $$\\href{https://evil.example}{x}$$ \\(a\\)",
    "<details open ontoggle=alert(1)><style>*{background:url(//evil.example)}</style>",
    "</title></mark></blockquote><!-- x -->",
    r"\input{/etc/passwd} } @article{x, ~^_%#&$ {{{ \} \{",
    *("# heading", "- x", "1. x", "12) x", "+ x", ": x", "===", "> x", "\t\tcode", "| a | b |", "```\ncode\n```"),
)


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


def hit(article: Article, rank: int = 1, paragraph: int = 1) -> Hit:
    """Find a paragraph of an article at a rank."""
    text = article.paragraph(paragraph)
    passage = Passage(article.id, (Span(paragraph, 0, len(text)),), text)
    return Hit(rank, 1 / rank, passage, article, Explanation(1.0, 1 / rank, "Who raised tolls?"))
