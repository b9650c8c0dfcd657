"""Tells what kind of thing a question asks for: a person, a day, a number of something, an amount of money."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag.query.reading import Reading
from rag.text.words import STOP_WORDS, terms


class Kind(StrEnum):
    """What an answer must hold; after the answer types of question answering (Li & Roth 2002, coarse classes)."""

    NAME = "name"
    """A person, an organisation or whatever else has a name that the question does not say."""
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    AGE = "age"
    DURATION = "duration"
    SIZE = "size"
    """A length, height, weight, speed or temperature."""
    TIME = "time"
    """A day, a date or an hour."""
    PLACE = "place"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class AnswerType:
    """What a question asks for first."""

    kind: Kind
    counted: frozenset[str] = frozenset()
    """Terms of what is counted, where the question says it: "how many *passengers*"."""


_AUXILIARIES = frozenset(
    """did do does is are was were has have had will would can could should may might must been be being
    there of for in on at to by from with than""".split()
)
_MONEY_WORDS = frozenset(
    """cost costs price prices priced pay pays paid earn earns salary salaries wage wages worth fine fined fee fees
    budget ransom money compensation donation donate donated spend spends spent charge charges charged sold income bonus
    debt loss losses profit profits funding""".split()
)
_PAYING = frozenset("cost costs pay pays paid earn earns earned".split())
# What stands before a noun, or before a verb that only serves another one ("what does it take to earn …").
_BEFORE_NOUN = frozenset("the a an its his her their our no any this that new high higher low lower rising to".split())
# "Pay tribute", "cost the team the final": what is paid is said already.
_BEHIND_PAYING = frozenset("to for as in at per each every last this next".split())
_SAYING = frozenset("about say said says think thinks call called mean happen happened".split())
_MONEY_NOUNS = frozenset(
    "price cost salary wage fine fee budget ransom compensation income bonus debt loss profit funding sum".split()
)
_SHARE_WORDS = frozenset("percent percentage share proportion fraction turnout".split())
_SIZES = frozenset(
    """tall high deep wide far big large heavy fast strong hot cold warm broad thick loud quick powerful
    tightly""".split()
)
_SIZE_NOUNS = frozenset("height depth width length weight size temperature speed distance area strength".split())
_DURATIONS = frozenset("long soon quickly".split())
_TIMES = frozenset("day date year month time hour evening morning weekend weekday week century decade".split())
_PLACES = frozenset(
    """city town village country state place street district region county building room hall venue harbour port
    school hospital stadium island river valley location""".split()
)
_PERSONS = frozenset(
    """person man woman people politician minister candidate player coach actor actress author writer singer composer
    artist scientist judge lawyer president mayor leader director chief official expert doctor professor engineer
    individual figure executive founder team club company firm party organisation organization group agency band bank
    union newspaper outlet paper studio startup start-up brand family""".split()
)
_ANY_NAME = frozenset("who whom whose".split())


def answer_type(question: str) -> AnswerType | None:
    """Say what ``question`` asks for; None where its wording leaves it open ("What did the mayor say?")."""
    reading = Reading(question)
    for i, key in enumerate(reading.keys):
        found = _at(reading, i, key)
        if found:
            return found
    return None


def _at(reading: Reading, i: int, key: str) -> AnswerType | None:
    if key == "how":
        return _how(reading, i + 1)
    if key == "when":
        # "What happened when the dam broke?": only a "when" that asks stands first, or before an auxiliary verb
        asks = reading.starts_sentence(i) or (reading.key(i - 1) in ("since", "until", "by", ",", "and", "exactly"))
        return AnswerType(Kind.TIME) if asks else None
    if key == "where":
        asks = reading.starts_sentence(i) or reading.key(i + 1) in _AUXILIARIES or reading.key(i - 1) == "from"
        return AnswerType(Kind.PLACE) if asks else None
    if key == "why" or (key == "reason" and reading.key(i + 1) in ("for", "did", "was", "is", "given", "why")):
        return AnswerType(Kind.REASON)
    if key in _ANY_NAME:
        # "the man who won": a relative clause asks for nothing, unless the question begins with it
        asks = reading.starts_sentence(i) or reading.key(i - 1) in _BEFORE_WHO
        return AnswerType(Kind.NAME) if asks else None
    if key in ("what", "which"):
        return _what(reading, i + 1)
    if key == "number" and reading.key(i + 1) == "of":
        return AnswerType(Kind.NUMBER, _counted(reading, i + 2))
    return None


_BEFORE_WHO = frozenset("by to from with for of and , about against exactly on".split())


def _how(reading: Reading, i: int) -> AnswerType | None:
    key = reading.key(i)
    rest = reading.keys[i + 1 : i + 14]
    if key == "many":
        return AnswerType(Kind.NUMBER, _counted(reading, i + 1))
    if key == "much":
        if not _MONEY_WORDS.isdisjoint(rest) or reading.key(i + 1) == "money":
            return AnswerType(Kind.MONEY)
        return AnswerType(Kind.NUMBER)
    if key == "old":
        return AnswerType(Kind.AGE)
    if key in _DURATIONS:
        return AnswerType(Kind.DURATION)
    return AnswerType(Kind.SIZE) if key in _SIZES else None


def _what(reading: Reading, i: int) -> AnswerType | None:
    """What a "what" or "which" asks for: by the noun behind it, or by the verb at the end."""
    nouns = [key for key in reading.keys[i : i + 4] if key.isalpha()]
    head = reading.key(i)
    if head in ("is", "was", "were", "are", "s", "'s", "’s") and reading.key(i + 1) in ("the", "his", "her", "its"):
        nouns, head = [key for key in reading.keys[i + 2 : i + 5] if key.isalpha()], reading.key(i + 2)
    behind = reading.keys[i : i + 14]
    if not _SHARE_WORDS.isdisjoint(nouns):
        return AnswerType(Kind.SHARE)
    if head in ("age", "ages"):
        return AnswerType(Kind.AGE)
    if head in _MONEY_NOUNS or (head in _AUXILIARIES and _asks_for_money(behind)):
        return AnswerType(Kind.MONEY)
    if not _SIZE_NOUNS.isdisjoint(nouns[:2]):
        return AnswerType(Kind.SIZE)
    if head == "number":
        return AnswerType(Kind.NUMBER, _counted(reading, reading.keys.index("number", i) + 2))
    if head in ("name", "names") or "called" in behind or "named" in behind[-3:]:
        return AnswerType(Kind.NAME)
    if head in _TIMES:
        return AnswerType(Kind.TIME)
    if head in _PLACES:
        return AnswerType(Kind.PLACE)
    if not _PERSONS.isdisjoint(nouns[:3]) and head not in _AUXILIARIES:
        return AnswerType(Kind.NAME)
    return None


def _asks_for_money(behind: list[str]) -> bool:
    """Whether what follows "what" ends in a word of money, or has a verb of paying ("What will it cost to …?")."""
    words = [key for key in behind if key[0].isalnum()]
    if not _SAYING.isdisjoint(words):
        return False  # "What did she say about the cost of it?"
    return not _MONEY_WORDS.isdisjoint(words[-3:]) or any(
        word in _PAYING and before not in _BEFORE_NOUN and after in _BEHIND_PAYING
        for before, word, after in zip(words, words[1:], words[2:], strict=False)
    )


def _counted(reading: Reading, i: int) -> frozenset[str]:
    """Terms of at most three words from token ``i``, until an auxiliary verb; another verb may be among them."""
    found = list[str]()
    for key in reading.keys[i : i + 3]:
        if key in _AUXILIARIES or not key.isalpha():
            break
        if key not in STOP_WORDS:
            found += terms(key)
    return frozenset(found)
