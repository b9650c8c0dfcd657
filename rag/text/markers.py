"""Markers of citations, as models and articles write them."""

from __future__ import annotations

import re

# [1] [1,2] [2-4] [^1] 【1】 【1†source】 [[3]] [paragraph 1]
OPENING, CLOSING = r"[\[【［⟦〔]", r"[\]】］⟧〕]"
_NUMBER = r"(?:\^|\#|¶|p\.?\s?|para\.?\s?|paragraphs?\s?|sources?\s?)?\s*\d{1,12}"
_JOINED = r"\s*(?:,|;|&|\band\b|-|–|—)\s*"
MARKER = re.compile(
    rf"{OPENING}+\s*(?P<numbers>{_NUMBER}(?:{_JOINED}{_NUMBER})*)\s*(?:†[^\]】］⟧〕\n]{{0,80}})?{CLOSING}+",
    re.IGNORECASE,
)
# No answer has so many citations; "[1997]" is an editor's.
_MOST = 3


def has_marker(text: str) -> bool:
    """Whether a text holds what a reader would take for a marker of an answer."""
    return any(
        any(len(number) <= _MOST for number in re.findall(r"\d+", found["numbers"])) for found in MARKER.finditer(text)
    )
