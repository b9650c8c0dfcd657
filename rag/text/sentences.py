"""Cuts text into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.text.words import STOP_WORDS, words

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

# Characters that hold the first word of a sentence.
_FIRST_WORD = 60
_ABBREVIATION = re.compile(r"(?:^|[\s(\"'“‘])(?:[A-Z]\.){2,}$")
# Ends of sentences after which no space is needed, of Chinese, Japanese, Hindi, Urdu, Burmese and Khmer among others,
# with the quotation marks and brackets that close behind them; and quotations, inside which no sentence ends.
_END_OR_QUOTATION = re.compile("(?P<end>[。！？｡।॥۔؟။។]+[”’」』）)》]*)|(?P<open>[「『“《（])|(?P<close>[」』”》）])")
# A full stop, what closes behind it, and the capitalised word that follows with a space or glued to it.
_STOP = re.compile(
    r"(?<=[^\W_]|[%)\]”\"’])(?P<stop>[.!?])[\"”’')\]»]{0,3}(?P<space>\s*)"
    r"(?=[\"“‘'(«]{0,2}(?P<after>[^\W\d_]\w{0,20}\.?))"
)
_VOWEL = re.compile("[aeiouy]")
_HOST = re.compile(r"(?:^|[\s(/@])(?:[a-z0-9][a-z0-9-]+\.)+$")
_LAST_WORD = re.compile(r"[^\W_]+$")
# What has a vowel, is abbreviated, and stands before capitals. nupunkt knows thousands, learned from scanned law
# reports, words and surnames among them ("month", "Marsh"). One without a vowel, or with a full stop inside, is
# believed.
_BEFORE_CAPITALS = frozenset(
    "adm assn asst ave bros capt co col corp dept det gen gov hon inc insp maj messrs mlle mme no pres prof rep rev sen"
    " supt univ".split()
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence of ``text``, without the white space around it."""
    spans: list[tuple[int, int]] = []
    for start, end in _sentence_tokenizer().span_tokenize(text):
        for piece_start, piece_end in _pieces(text, start, end):
            piece = text[piece_start:piece_end]
            first = piece_start + len(piece) - len(piece.lstrip())
            last = piece_end - len(piece) + len(piece.rstrip())
            if first >= last:
                continue
            if spans and spans[-1][1] == first and text[first] in "\"”’'»)":
                spans[-1] = (spans[-1][0], first + 1)  # it closes what was glued: “…over.”The next
                first += 1
                first += len(text[first:last]) - len(text[first:last].lstrip())
                if first == last:
                    continue
            if spans and _goes_on(text[slice(*spans[-1])], text[first:last]):
                first = spans.pop()[0]
            spans.append((first, last))
    return spans


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences in what the tokenizer took for one."""
    for first, last in _cut_at_full_stops(text, start, end):
        ends = [stop.end() for stop in _STOP.finditer(text, first, last) if _is_end(text, first, stop)]
        yield from pairwise([first, *ends, last])


def _is_end(text: str, first: int, stop: re.Match[str]) -> bool:
    """Whether a sentence ends at a full stop that the tokenizer passed over.

    It is glued to the next sentence ("repairs.The"), or behind what only looks abbreviated ("said Ada Marsh. The").
    """
    after, begin = stop["after"], max(first, stop.start() - 24)
    word = _LAST_WORD.search(text, begin, stop.start())
    before = word[0] if word else ""
    ahead = text[begin : word.start() if word else stop.start()]
    if before.isdigit() and re.search(r"\d\.$", ahead):
        before, ahead = "", ""  # "$8.50.The": decimals
    if not stop["space"] and before.islower() and _HOST.search(ahead):
        ahead = ""  # "on dale-coaches.example.The": the address ends, as its names are in small letters
    if (
        not after[0].isupper()
        or ahead[-1:] in tuple("./@’'")
        or text[stop.end("after") : stop.end("after") + 1] in tuple("/@")
    ):
        return False  # in an address, or of something dotted: "p.m. Monday"
    if not stop["space"]:  # not "Node.js", "St.Gallen" or "24.Dezember": small letters, then a capital and small ones
        written = before[-2:].islower() and (len(before) > 3 or before.lower() not in _abbreviations())
        return after[1:2].islower() and (not before or written or (before.isdigit() and len(before) > 2))
    small = before.lower()
    if stop["stop"] != "." or small not in _abbreviations() or not _VOWEL.search(small):
        return False
    # "Sat. Dec. 5"; and states are abbreviated behind a comma: "Tampa, Fla. Police".
    follows_one = after[-1] == "." and after[:-1].lower() in _abbreviations()
    return before.islower() or not (small in _BEFORE_CAPITALS or follows_one or ahead.endswith(", "))


def _is_title(word: str) -> bool:
    return word in _abbreviations() and (word in _BEFORE_CAPITALS or not _VOWEL.search(word))


def _cut_at_full_stops(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a span behind each full stop after which no space is needed; not within a quotation that is closed."""
    ends, opened, held = [start], 0, list[int]()
    for match in _END_OR_QUOTATION.finditer(text, start, end):
        if match["open"]:
            opened += 1
        elif match["close"] and opened:
            opened -= 1
        elif match["end"]:
            closed = sum(one in "”」』）》" for one in match[0])
            if opened:
                # What follows the quotation often says who spoke: the sentence goes on.
                opened = max(0, opened - closed)
                held.append(match.end())
            else:
                ends.append(match.end())
        if not opened:
            held.clear()
    # A quotation that is never closed was none.
    return list(pairwise([*ends, *held, end]))


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence was cut behind an abbreviation that names what follows: "meeting U.S. | Secretary of State".

    So is one behind a title that was glued to the sentence before: "on Friday.Dr. | Orlo".
    A word that often begins a sentence ("He", "The") shows that the abbreviation ended the one before.
    """
    if before[-1] == "." and before[:-1].isalpha() and before[0].isupper() and _is_title(before[:-1].lower()):
        return True
    return bool(_ABBREVIATION.search(before) and (first := words(after[:_FIRST_WORD])) and first[0] not in STOP_WORDS)


@cache
def _abbreviations() -> frozenset[str]:
    return _sentence_tokenizer().abbreviations


@cache
def _sentence_tokenizer() -> PunktSentenceTokenizer:
    from nupunkt.models import load_default_model

    tokenizer = load_default_model()  # one of our own: nupunkt.load() gives every caller the same
    for title in ("lt", "cmdr", "spc", "msgr", "mme", "mlle"):  # the titles before names that its model lacks
        tokenizer.add_abbreviation(title)
    return tokenizer
