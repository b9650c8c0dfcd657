"""Writes an answer as Markdown, each source a footnote."""

from __future__ import annotations

import re

from rag.answer.answers import Answer
from rag.answer.wording import nearest_articles, origin, why_refused
from rag.articles import Article
from rag.check.citations import Citation
from rag.record.links import deep_link, web_address
from rag.text.display import one_line

# What some Markdown gives a meaning to anywhere in a line. Escaped by a backslash, each is shown as itself.
_MEANS = re.compile(r"[\\`*_{}\[\]<>#|~^$&@=]")
# Bare addresses become links: "https://…", "mailto:…", "www.…", "evil.example". A point between numbers stays readable.
_ADDRESS = re.compile(r":(?=\S)|(?<=[:/])/|/(?=/)|(?<=\w)\.(?=[^\W\d_])")
# At the beginning of a line: lists, rules, definitions.
_BEGINS = re.compile(r"\A(?P<before>\d{0,9})(?P<sign>(?<=\d)[.)]|(?<!\d)[-+:])")
# What Markdown reads as a character, in an address too.
_REFERENCE = re.compile(r"&(?=#?\w{1,40};)")


def to_markdown(answer: Answer) -> str:
    """Write the question as the title, each claim as a paragraph with its footnotes, then the notes and the sources."""
    blocks = [f"# {_escaped(answer.question)}"]
    if answer.refused:
        blocks.append(_escaped(why_refused(answer.searched, answer.scope)))
        if near := nearest_articles(answer.hits):
            blocks += ["What comes nearest:", "\n".join(f"- {_article(one)}" for one in near)]
    for claim in answer.claims:
        notes = "".join(f"[^{citation.marker}]" for citation in claim.citations)
        blocks.append(_escaped(f"{origin(claim.citations[0].article)}: {claim.text}") + notes)
    blocks += map(_escaped, answer.notes)
    blocks += map(_footnote, answer.citations)
    return "\n\n".join(blocks) + "\n"


def _footnote(one: Citation) -> str:
    link = deep_link(one)
    there = f" {_link('To the sentence', link)}" if link else ""
    return f"[^{one.marker}]: {_article(one.article)}, paragraph {one.paragraph}: “{_escaped(one.quote)}”{there}"


def _article(article: Article) -> str:
    title, address = _escaped(article.title) or "Untitled", web_address(article.url)
    by = f"{_escaped(', '.join(article.authors))}: " if article.authors else ""
    return f"{by}{_link(title, address) if address else f'“{title}”'}, {_escaped(origin(article))}"


def _link(text: str, address: str) -> str:
    return f"[{text}](<{_REFERENCE.sub('&amp;', address)}>)"


def _escaped(text: str) -> str:
    shown = _ADDRESS.sub(r"\\\g<0>", _MEANS.sub(r"\\\g<0>", one_line(text)))
    return _BEGINS.sub(r"\g<before>\\\g<sign>", shown)
