"""Cuts text into sentences."""

from __future__ import annotations

import re
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


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence of ``text``, without the white space around it."""
    spans: list[tuple[int, int]] = []
    for start, end in _sentence_tokenizer().span_tokenize(text):
        for piece_start, piece_end in _cut_at_full_stops(text, start, end):
            piece = text[piece_start:piece_end]
            first = piece_start + len(piece) - len(piece.lstrip())
            last = piece_end - len(piece) + len(piece.rstrip())
            if first >= last:
                continue
            if spans and _goes_on(text[slice(*spans[-1])], text[first:last]):
                first = spans.pop()[0]
            spans.append((first, last))
    return spans


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

    A word that often begins a sentence ("He", "The") shows that the abbreviation ended the one before.
    """
    return bool(_ABBREVIATION.search(before) and (first := words(after[:_FIRST_WORD])) and first[0] not in STOP_WORDS)


@cache
def _sentence_tokenizer() -> PunktSentenceTokenizer:
    from nupunkt.models import load_default_model

    tokenizer = load_default_model()  # one of our own: nupunkt.load() gives every caller the same
    for title in ("lt", "cmdr", "spc", "msgr", "mme", "mlle"):  # the titles before names that its model lacks
        tokenizer.add_abbreviation(title)
    return tokenizer
