"""Cut text into paragraphs: by empty lines, by lines, or by neither where the lines were wrapped to a width."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.errors import ArticleUnreadable

PARAGRAPH_LIMIT = 20_000
"""Most paragraphs of one article; a book has fewer, and a file with more is no article."""

_WIDEST = 100
_NARROWEST = 40
_SENTENCE_END = re.compile(r"[.!?:…][\"”’')\]]*$")
_OWN_LINE = re.compile(r"#{1,6} |[-*+•] |\d{1,2}[.)] |>|https?://|<https?://|\||\*\*[^*]+\*\*$")
_RULE = re.compile(r"(?:[-=*_~—]\s*){3,}")


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of ``text``, each on one line; underlined headings become ``#`` headings, rules are dropped.

    Raises:
        ArticleUnreadable: there are more than ``PARAGRAPH_LIMIT``.
    """
    blocks = [
        [line for line in (" ".join(line.split()) for line in block.split("\n")) if line]
        for block in re.split(r"\n[^\S\n]*\n", text)
    ]
    blocks = [_with_headings(block) for block in blocks if block]
    width = _width(blocks)
    paragraphs = [paragraph for block in blocks for paragraph in (_unwrapped(block, width) if width else block)]
    if len(paragraphs) > PARAGRAPH_LIMIT:
        raise ArticleUnreadable(f"text of {len(paragraphs):,} paragraphs: an article may have {PARAGRAPH_LIMIT:,}")
    return paragraphs


def _with_headings(block: list[str]) -> list[str]:
    lines: list[str] = []
    for line in block:
        if _RULE.fullmatch(line):
            # Underlined text is a heading; "===" makes the greater one.
            if (
                lines
                and line[0] in "=-"
                and len(set(line)) == 1
                and len(lines[-1]) <= 150
                and not lines[-1].startswith("#")
            ):
                lines[-1] = ("# " if line[0] == "=" else "## ") + lines[-1]
        else:
            lines.append(line)
    return lines


def _width(blocks: list[list[str]]) -> int | None:
    """The width that all lines were wrapped to, or None if each line is a paragraph."""
    breaks = [
        (line, following)
        for block in blocks
        for line, following in pairwise(block)
        if not _OWN_LINE.match(line) and not _OWN_LINE.match(following)
    ]
    if not breaks:
        return None
    width = max(len(line) for line, _ in breaks)
    if not _NARROWEST <= width <= _WIDEST:
        return None
    # Wrapped lines are full: the first word of the next one would not have fitted. And they end anywhere, which lines
    # that are paragraphs do not.
    full = [line for line, following in breaks if _is_full(line, following, width)]
    open_ended = [line for line in full if not _SENTENCE_END.search(line)]
    return width if len(full) >= 0.6 * len(breaks) and len(open_ended) >= 0.6 * len(full) else None


def _unwrapped(block: list[str], width: int) -> list[str]:
    paragraphs = [block[0]] if block else []
    for line, following in pairwise(block):
        if _is_full(line, following, width) and not _OWN_LINE.match(line) and not _OWN_LINE.match(following):
            paragraphs[-1] += " " + following
        else:
            paragraphs.append(following)
    return paragraphs


def _is_full(line: str, following: str, width: int) -> bool:
    # A little slack: some wrap at a hyphen, some at 72 and some at 76.
    return len(line) + 1 + len(following.split(" ", 1)[0]) > width - 3
