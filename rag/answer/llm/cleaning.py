"""Turns what a model wrote into plain text and the paragraphs it cites; says what must not be shown."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from rag.text.markers import CLOSING, MARKER, OPENING

_PART = re.compile(r"(\d{1,12})(?:\s*[-–—]\s*\D{0,12}(\d{1,12}))?")
_LONGEST_RANGE = 20

# What a sentence for a reader has no use for. Nothing of this is mended: whoever writes a link into an answer may have
# taken it from a text that wants to be obeyed.
_FAULTS = (
    (re.compile(r"!\s*\[|\]\s*\(|\]\s*\[|\]\s*:|!\("), "it holds Markdown's link or image"),
    (re.compile(r"<\s*[a-z/!?|｜%]|[|｜]\s*>|‹/?[|/]|\{\{|\}\}|\[/?(?:INST|SYS)\b", re.IGNORECASE), "it holds markup"),
    (
        re.compile(
            r"[a-z][a-z0-9+.-]{1,20}:\s?//|\bwww\.\w|\b(?:javascript|data|mailto|vbscript|file|tel):\S"
            r"|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/\w|\b[\w.+-]+@[\w-]+\.\w",
            re.IGNORECASE,
        ),
        "it holds a link or an address",
    ),
    (re.compile(rf"{OPENING}\s*[\^#]?\s*\d|\d\s*{CLOSING}"), "it holds what looks like a marker"),
)
_LIST_OR_HEADING = re.compile(r"^\s*(?:(?:[-*+•·>]|#{1,6}|\d{1,2}[.)])\s+)+")
_EMPHASIS = re.compile(r"\*+|`+|~~+|__+|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")
_BEFORE_STOP = re.compile(r"\s+([.,;:!?…])")


@dataclass(frozen=True, slots=True)
class Marker:
    """Numbers that a text cites."""

    at: int
    """Where it stood in the text without markers, in which a space takes its place."""
    length: int
    """Characters that it had itself."""
    numbers: tuple[int, ...]


def without_markers(text: str) -> tuple[str, tuple[Marker, ...]]:
    """Return ``text`` with a space in the place of each marker, and the markers."""
    kept: list[str] = []
    markers: list[Marker] = []
    length = last = 0
    for found in MARKER.finditer(text):
        # What looks like a link's text is left whole, to be seen as a link: [1](https://…)
        if text[found.end() : found.end() + 1] in ("(", ":") or text[max(0, found.start() - 1) : found.start()] == "!":
            continue
        kept += (text[last : found.start()], " ")
        length += found.start() - last
        markers.append(Marker(length, found.end() - found.start(), _numbers(found["numbers"])))
        length += 1
        last = found.end()
    kept.append(text[last:])
    return "".join(kept), tuple(markers)


def _numbers(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for part in _PART.finditer(text):
        first, last = int(part[1]), int(part[2] or part[1])
        if not first <= last <= first + _LONGEST_RANGE:
            numbers += [first, last]
        else:
            numbers += range(first, last + 1)
    return tuple(dict.fromkeys(numbers))


def plain(text: str) -> tuple[str, str | None]:
    """Return a sentence as plain text on one line, and what is wrong with it if it must not be shown.

    List signs, headings and emphasis go; so does every character that shows nothing. Links, images and markup stay
    and are the fault.
    """
    visible = "".join(character for character in html.unescape(html.unescape(text)) if not _hidden(character))
    line = " ".join(visible.split())
    fault = next((why for pattern, why in _FAULTS if pattern.search(line)), None)
    line = _EMPHASIS.sub("", _LIST_OR_HEADING.sub("", line))
    line = _BEFORE_STOP.sub(r"\1", " ".join(line.split()))
    # Looked at again: what was taken away may have kept apart what is one.
    return line, fault or next((why for pattern, why in _FAULTS if pattern.search(line)), None)


def _hidden(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
