"""Tells whether a day that a text names lies behind the day of writing or ahead of it, by the verb beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Tense = Literal["past", "ahead"]

# The verbs of English whose past does not end in "ed" and differs from their present (a closed class), in news.
_IRREGULAR = (
    "was were had did said told made took came went saw got gave found thought became left felt brought began "
    "kept held wrote stood heard ran met paid sat spoke lay led grew lost fell sent built drew broke spent won "
    "rose bought caught chose dealt drove fought flew froze hid hung knew sank shook shot shrank slept slid sold "
    "sought sprang stole struck stuck swore swept swam taught threw understood withdrew woke wore"
)
PAST_TENSE = re.compile(rf"\b(?:\w\w+ed|{'|'.join(_IRREGULAR.split())})\b")

_PLANNED = "due|set|scheduled|planned|expected|forecast|predicted"
_MOVED = "went|came|returned|taken|brought|rushed|moved|flew|travelled|sent|fell|rose"
# What tells when something is, in a clause. What follows an auxiliary, and "to", is part of it.
_SIGNAL = re.compile(
    # "Is to close", "is due", "closes": verbs of timetables stand in the present where they mean a day ahead.
    rf"(?P<ahead>\b(?:(?:(?:will|shall)|(?:would|must|may)(?!\shave))\b(?:\s(?:not|also|be|have|been|\w+ly))*\s\w+"
    rf"|(?:is|are)\s(?:\w+\s)?(?:to\s(?:be\s)?\w+|{_PLANNED}|on\s?$)"
    r"|(?:open|close|begin|start|end|meet|resume|expire|reopen)s|resume|takes?\splace)\b)"
    rf"|(?P<none>\b(?:according|back|due|thanks)\sto\b|\b(?:{_PLANNED}|indeed|need|speed|hundred)\b"
    r"|\b(?:is|are|be|can|could|should|might)\b(?:\s(?:not|also|be|\w+ly))*(?:\s\w+)?)"
    rf"|(?P<past>\b(?:{_MOVED})(?:\sback)?(?:\sto\s\w+)?\b|(?-i:(?![A-Z]){PAST_TENSE.pattern}))"
    r"|(?P<to>\bto\s(?!(?:the|an?|his|her|its|their|this|that|these|those|our|my|each|all|both)\b)(?-i:[a-z])\w+"
    r"(?:(?<=\sbe)\s\w+)?)",
    re.IGNORECASE,
)
_BORDER = re.compile(r"[,;:—()\"“”]|\s[-–]\s|[.!?][’']?\s(?=[A-Z])")
# Behind these a clause begins with its day: "and on Sunday they fell".
_DAY_FIRST = re.compile(
    r"^(?:.*\b(?:and|but|that|when|which|who|as))?\W*(?:(?:late|early|by|since|on)\s)*$", re.I | re.S
)
# The last one, or the next, and not once: "the Friday market", "every Friday".
_OF_THINGS = re.compile(r"\b(?:the|an?|each|every|most|some|his|her|its|their|\w+['’]s)\s$", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:until|till|by|before)\s$", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:said|told|warned|claimed)\b(?=.*\b(?:the|an?|its?|his|her|their)\s.*\w[^\Ws]s\b)", re.IGNORECASE
)


def tense_of(text: str, start: int, end: int) -> Tense | None:
    """Whether the day at ``text[start:end]`` is of what happened, or of what is to come; None where that is not told.

    "The port closed on Friday" tells the past; "closes on Friday", "will close on Friday" tell what is to come; "a
    strike that was to begin on Friday" and "a vote on Friday is seen as a test" tell neither.
    """
    before = _BORDER.split(text[:start])[-1]
    if _OF_THINGS.search(before):
        return None
    if re.search(r"\bsince\s$", before, re.IGNORECASE):
        return "past"
    first = _DAY_FIRST.match(before) is not None
    found = [] if first else list(_SIGNAL.finditer(before))
    if found:
        tense = None if _SAID.match(before, found[-1].start()) else _last(found)
        if tense == "ahead" and found[0]["to"] and PAST_TENSE.search(text, 0, start):
            return None  # "they voted, by a majority, to close on Friday"
    else:
        told = next(_behind(text[end:], 5 if first else 1), None)
        # "The vote on Friday was called off": what is told of it need not have been on its day.
        tense = None if told is None or (not first and told[0] in ("was", "were", "had")) else _last([told])
    return None if tense == "past" and _LIMIT.search(before) else tense


def _last(signals: list[re.Match[str]]) -> Tense | None:
    """What the last signal says; an infinitive is ahead, but for one behind a verb in the past: "voted to close"."""
    kinds = [one.lastgroup for one in signals]
    while len(kinds) > 1 and kinds[-1] == "to" and kinds[-2] in ("to", "ahead"):
        kinds.pop()
    if kinds[-1] == "to":
        return "ahead" if len(kinds) == 1 else None
    return "past" if kinds[-1] == "past" else "ahead" if kinds[-1] == "ahead" else None


def _behind(text: str, pieces: int) -> Iterator[re.Match[str]]:
    """The signals behind a day, in the pieces between commas that follow it."""
    for part in [part for part in _BORDER.split(text) if part.strip()][:pieces]:
        yield from _SIGNAL.finditer(part)
