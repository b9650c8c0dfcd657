"""Tells what kind of thing a question asks for: a person, a day, a number of something, an amount of money."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.text.words import fold


class AnswerKind(StrEnum):
    """What an answer must hold; after the answer types of question answering (Li & Roth 2002, coarse classes)."""

    NAME = "name"
    """A person, an organisation or whatever else has a name that the question does not say."""
    NUMBER = "number"
    """Of anything that is counted or measured, an age among it."""
    MONEY = "money"
    SHARE = "share"
    DURATION = "duration"
    TIME = "time"
    """A day, a date or an hour."""
    PLACE = "place"
    REASON = "reason"


_TOKEN = re.compile(r"[^\W_]+(?:['’](?![sS]\b)[^\W_]+)*|['’][sS]\b|\S")
_BEING = frozenset("is are was were".split())
_AUXILIARIES = _BEING | frozenset(
    """did do does has have had will would can could should may might must been be being
    there of for in on at to by from with than""".split()
)
_MONEY_NOUNS = frozenset(
    "price cost salary wage fine fee budget ransom compensation income bonus debt loss profit funding sum".split()
)
_MONEY_WORDS = _MONEY_NOUNS | frozenset(
    """costs prices priced pay pays paid earn earns salaries wages worth fined fees money donate donated spend spends
    spent charge charges charged sold losses profits""".split()
)
# "What will it cost to …?", and not "what did the minister pay tribute to?", where what is paid is said already.
_ASKS_FOR_MONEY = re.compile(
    r"\b(?:costs?|pays?|paid|earn(?:s|ed)?|worth|(?:sell|sold) for)"
    r"(?: (?:to|for|as|in|at|per|each|every|last|this|next)\b|$)"
)
_SHARE_WORDS = frozenset("percent percentage share proportion fraction turnout".split())
_SIZES = frozenset(
    "tall high deep wide far big large heavy fast strong hot cold warm broad thick loud powerful".split()
)
_SIZE_NOUNS = frozenset("height depth width length weight size temperature speed distance area strength".split())
_TIMES = frozenset("day date year month time hour evening morning weekend weekday week century decade".split())
_PLACES = frozenset(
    """city town village country state place street district region county building room hall venue harbour port
    school hospital stadium island river valley location""".split()
)
_NAMED = frozenset(
    """person man woman people politician minister candidate player coach actor actress author writer singer artist
    scientist judge lawyer president mayor leader director chief official expert doctor professor individual figure
    executive founder team club company firm party organisation organization group agency band bank union newspaper
    outlet paper studio startup brand family""".split()
)
_BEFORE_WHO = frozenset("by to from with for of and , about against exactly on".split())
_BEFORE_WHEN = frozenset("since until by , and exactly".split())


def answer_type(question: str) -> AnswerKind | None:
    """Say what ``question`` asks for; None where its wording leaves it open ("What did the mayor say?")."""
    keys = [key for match in _TOKEN.finditer(question) if (key := fold(match[0]))]  # an accent alone is folded away
    for i in range(len(keys)):
        if found := _at(keys, i):
            return found
    return None


def _at(keys: Sequence[str], i: int) -> AnswerKind | None:
    before, behind = _key(keys, i - 1), _key(keys, i + 1)
    opens = not any(key[0].isalnum() for key in keys[max(0, i - 2) : i]) or before in ("?", "!", ".", ":")
    match keys[i]:
        case "how":
            return _how(keys, i + 1)
        case "when" if opens or before in _BEFORE_WHEN:  # not "what happened when the dam broke?"
            return AnswerKind.TIME
        case "where" if opens or before == "from" or behind in _AUXILIARIES:
            return AnswerKind.PLACE
        case "why":
            return AnswerKind.REASON
        case "reason" if behind in ("for", "did", "was", "is", "given", "why"):
            return AnswerKind.REASON
        case "who" | "whom" | "whose" if opens or before in _BEFORE_WHO:  # not "the man who won"
            return AnswerKind.NAME
        case "what" | "which":
            return _what(keys, i + 1)
        case "number" if behind == "of":
            return AnswerKind.NUMBER
    return None


def _how(keys: Sequence[str], i: int) -> AnswerKind | None:
    key, rest = _key(keys, i), keys[i + 1 : i + 14]
    if key in ("many", "old") or key in _SIZES:
        return AnswerKind.NUMBER
    if key == "much":
        return AnswerKind.NUMBER if _MONEY_WORDS.isdisjoint(rest) else AnswerKind.MONEY
    being = _key(keys, i + 1) in _BEING and _key(keys, i + 2) in ("the", "its", "their", "a", "an", "this")
    if key == "long" and being and not any(word.endswith(("ed", "ing")) for word in rest[2:]):
        return AnswerKind.NUMBER  # but "How long was the bridge closed?"
    return AnswerKind.DURATION if key in ("long", "soon", "quickly") else None


def _what(keys: Sequence[str], i: int) -> AnswerKind | None:
    """What a "what" or "which" asks for: by the noun behind it, or by the verb at the end."""
    behind = keys[i : i + 14]
    words = " ".join(key for key in behind if key[0].isalnum())
    if _key(keys, i) in (*_BEING, "'s", "’s") and _key(keys, i + 1) in ("the", "his", "her", "its"):
        i += 2
    head, nouns = _key(keys, i), [key for key in keys[i : i + 4] if key.isalpha()]
    if not _SHARE_WORDS.isdisjoint(nouns):
        return AnswerKind.SHARE
    if head in _MONEY_NOUNS or (head in _AUXILIARIES and _ASKS_FOR_MONEY.search(words)):
        return AnswerKind.MONEY
    if head in ("number", "age", "ages") or not _SIZE_NOUNS.isdisjoint(nouns[:2]):
        return AnswerKind.NUMBER
    if head in ("name", "names") or "called" in behind or "named" in behind[-3:]:
        return AnswerKind.NAME
    if head in _TIMES:
        return AnswerKind.TIME
    if head in _PLACES:
        return AnswerKind.PLACE
    if not _NAMED.isdisjoint(nouns[:3]) and head not in _AUXILIARIES:
        return AnswerKind.NAME
    return None


def _key(keys: Sequence[str], i: int) -> str:
    return keys[i] if 0 <= i < len(keys) else ""
