"""What a follow-up is read against: the questions before it, cut into their phrases, and what was joined to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.query.following.antecedents import Turn
from rag.query.following.kinds import ASKING, AUXILIARIES, DETERMINERS, PREPOSITIONS, TOPICAL, Phrase
from rag.query.following.phrases import Frame
from rag.query.names import Names
from rag.query.parsed_query import parse_question
from rag.query.reading import Reading
from rag.text.words import STOP_WORDS

_LEADS = (
    *(("what", "about"), ("how", "about")),
    *(("and",), ("but",), ("so",), ("or",), ("also",), ("then",), ("ok",), ("okay",), (",",)),
)
# Where "…, and why?" was joined to a question.
_TAIL = re.compile(rf", and (?=(?:{'|'.join(sorted(ASKING | AUXILIARIES))}|by|since|for|until)\b).*$", re.IGNORECASE)
_SHORTEST = 8


class Exchange:
    """A follow-up, ``rest`` without the words that lead it, and the turns of its topic before it."""

    def __init__(self, text: str, turns: Sequence[Turn], names: Names, as_of: date) -> None:
        self.names, self.as_of = names, as_of
        self.led, self.swaps, self.rest = _without_lead(text)
        """Whether "and" or its like leads, and whether "what about" does."""
        self.base, self.tail = _base(turns[-1])
        """The question before, and what an earlier follow-up was joined to it with."""
        self.frames = [(turn, self.frame(_base(turn)[0])) for turn in turns]
        self.before = self.frames[-1][1]
        self.asked = self.frame(self.rest)
        self.keys = [key for key in self.asked.reading.keys if key[:1].isalnum()]
        """The words of the follow-up."""

    def frame(self, question: str) -> Frame:
        """The phrases of a question, its limits apart."""
        return Frame(question, parse_question(question, self.names, as_of=self.as_of).constraints)

    def span(self, phrase: Phrase) -> tuple[int, int]:
        """The characters of a phrase of the question before."""
        spans = self.before.reading.spans
        return spans[phrase.start][0], spans[phrase.end - 1][1]

    def topical(self) -> Phrase | None:
        """What the question before is about, where it says so: behind "about" or "on"."""
        return next((one for one in self.before.others if one.lead in TOPICAL), None)

    def topic_span(self, phrase: Phrase) -> tuple[int, int]:
        """The characters of what a question is about, from ``phrase`` to its end or to a limit."""
        start = self.span(phrase)[0]
        end = min([len(self.base.rstrip(" ?!.")), *(one.start for one in self.before.constraints if one.start > start)])
        about = self.base[:end].rstrip(" ,").removesuffix("according to").rstrip(" ,")
        return start, len(about)

    def joined(self, question: str) -> str:
        """The question before, and another behind it: there the one says what the other means."""
        return f"{self.base.rstrip(' ?!.')}, and {small(question.strip(' ?!.,'))}?"


def small(text: str) -> str:
    """The text as it stands within a sentence: a name keeps its capital."""
    first = text.split(" ", 1)[0].rstrip("?.,")
    word = first.casefold()
    ordinary = word in STOP_WORDS or word in ASKING | AUXILIARIES | DETERMINERS | PREPOSITIONS
    return text[:1].lower() + text[1:] if ordinary and not (first.isupper() and len(first) > 1) else text


def _without_lead(text: str) -> tuple[bool, bool, str]:
    led = swaps = False
    while True:
        reading = Reading(text)
        lead = next((one for one in _LEADS if tuple(reading.keys[: len(one)]) == one), None)
        if lead is None or not any(key[:1].isalnum() for key in reading.keys[len(lead) :]):
            return led, swaps, text
        if lead == ("so",) and reading.key(1) in ("far", "many", "much"):
            return led, swaps, text
        led, swaps = True, swaps or lead[-1] == "about"
        text = text[reading.spans[len(lead)][0] :]


def _base(turn: Turn) -> tuple[str, str]:
    match = _TAIL.search(turn.question) if turn.follows else None
    if not match or match.start() < _SHORTEST:
        return turn.question, ""
    return f"{turn.question[: match.start()]}?", turn.question[match.start() :].rstrip("?")
