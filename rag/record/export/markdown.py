"""Writes an answer as Markdown, each source a footnote."""

from __future__ import annotations

import re
from itertools import chain, pairwise

from rag.answer.answers import Answer, Claim
from rag.answer.wording import origin, why_refused
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
        blocks.append(_escaped(why_refused(answer.searched, answer.scope, answer.reason)))
        near = [f"- {_article(one.citations[0].article)}: {_said(one)}" for one in answer.nearest]
        blocks += ["Nearest, and no answer:", "\n".join(near)] if near else []
    blocks += map(_escaped, answer.help.splitlines())
    for claim in answer.claims:
        notes = "".join(f"[^{citation.marker}]" for citation in claim.citations)
        blocks.append(f"{_escaped(f'{origin(claim.citations[0].article)}:')} {_said(claim)}{notes}")
    blocks += map(_escaped, answer.notes)
    blocks += map(_footnote, answer.citations)
    return "\n\n".join(blocks) + "\n"


def _said(claim: Claim) -> str:
    """The text of a claim; what is ours is set apart from the quotation."""
    edges = pairwise((0, *chain(*sorted(claim.insertions)), len(claim.text)))
    # Between bars, since one line is trimmed, and a line that begins elsewhere has no beginning to escape.
    pieces = [_escaped(f"|{claim.text[start:end]}|")[2:-2] for start, end in edges]
    pieces[1::2] = [re.sub(r"\S(?:.*\S)?", r"*\g<0>*", ours) for ours in pieces[1::2]]
    return "".join(pieces)


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
