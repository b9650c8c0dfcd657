"""Makes a follow-up question whole from the turns before it, by rule and without a language model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from rag.query.following.antecedents import Turn
from rag.query.following.carrying import about_the_same
from rag.query.following.exchange import Exchange
from rag.query.following.fragments import ellipsis, fragment, is_elliptical
from rag.query.following.limiting import bare_limits, limited
from rag.query.following.pointing import pointers
from rag.query.names import Names
from rag.text.words import fold

# Longer texts are pasted, or say all that they need.
_LONGEST, _LONGEST_BEFORE = 300, 500
_TURNS = 4
# A fragment or a limit has no more words.
_SHORT = 8


class RewriteFollowup(Protocol):
    """Makes a question whole from the turns before it; a language model may do it in the place of ``follow``."""

    def __call__(self, question: str, earlier: Sequence[Turn], names: Names, *, as_of: date) -> str | None:
        """The question made whole, or None where it stands alone or nobody can tell what it means."""
        ...


def topic_of(earlier: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns since the last question that stood alone, which began the topic; at most the last four."""
    start = max((i for i, turn in enumerate(earlier) if not turn.follows), default=0)
    return tuple(earlier[start:][-_TURNS:])


def rewrite_followup(question: str, earlier: Sequence[Turn], names: Names, *, as_of: date) -> str | None:
    """Make ``question`` whole by rule; None where it stands alone, or where its words do not say clearly what it means.

    ``earlier`` are the turns before it, oldest first; ``names`` are those that the index holds. No text is an error.
    """
    text = " ".join(question.split())
    turns = topic_of(earlier)
    if not turns or not 0 < len(text) <= _LONGEST or not 0 < len(turns[-1].question.strip()) <= _LONGEST_BEFORE:
        return None
    whole = _whole(Exchange(text, turns, names, as_of))
    if whole is None or fold(whole).strip(" ?") == fold(text).strip(" ?"):
        return None
    return " ".join(whole.split())


def _whole(exchange: Exchange) -> str | None:
    reading = exchange.asked.reading
    if exchange.keys == ["then"]:
        return exchange.joined("what happened then")
    if not exchange.keys or any(not reading.before(i) for i in range(1, len(reading))):
        return None  # of several sentences, one may say what the other means
    short = len(exchange.keys) <= _SHORT
    if short and (limits := bare_limits(exchange.rest.strip(" ?!.,"), exchange.names, exchange.as_of)):
        whole = limited(exchange.base, limits, exchange.names, exchange.as_of)
        return f"{whole.rstrip(' ?')}{exchange.tail}?" if whole and exchange.tail else whole
    if not (exchange.asked.asks or exchange.asked.polar):
        return fragment(exchange) if short else None
    if exchange.swaps:
        return None
    if is_elliptical(exchange):
        return ellipsis(exchange)
    found = pointers(exchange)
    if found.unclear or not (found.places or found.open or exchange.led):
        return None
    question = found.put(exchange)
    return exchange.joined(question) if found.open else about_the_same(exchange, question, pronouns=bool(found.places))
