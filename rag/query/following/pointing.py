"""Finds the pronouns of a follow-up that point to the turns before it, and what they mean there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.query.following.antecedents import person_meant, place_meant, things_meant
from rag.query.following.exchange import Exchange, small
from rag.query.following.kinds import ASKING, AUXILIARIES, BE, DETERMINERS, PREPOSITIONS, SAYING, Phrase
from rag.query.following.limiting import days_of
from rag.text.words import STOP_WORDS, terms

PERSONS = frozenset("he him his she her hers".split())
_POSSESSIVE = frozenset("his her its their".split())
_THINGS = frozenset("it its they them their theirs".split())
_POINTING = frozenset("that this these those".split())
_ALL = PERSONS | _THINGS | _POINTING | {"there"}
_CLAUSES = ASKING | frozenset("that whether if because and but ,".split())
# What is done by what happened, and not by a thing.
_EVENTS = frozenset(
    "happen happened occur occurred last begin start end mean matter change true possible legal known over work".split()
)
# "Why did the fishermen block the quay? Who led it?": no quay is led, or costs what is meant.
_OF_EVENTS = frozenset(
    """lead led organise organised plan planned cause caused do end ended stop stopped start started cost last lasted
    support supported oppose opposed announce announced help affect work""".split()
)
# "Is it true that", "how long does it take to": nothing is meant by "it".
_EXPLETIVE = re.compile(
    r"\bit (?:\w+ )?(?:true|possible|likely|known|clear|safe|legal|expected|said|reported|certain|necessary|planned"
    r"|takes?|costs?) (?:\w+ ){0,3}?(?:that|to|who|when|whether|if)\b"
    r"|\bit (?:was|is) .{1,60}\b(?:that|who)\b|\bit (?:rain|snow)\w*|\bis it (?:rain|snow)\w*",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"]*"|[“„][^“”„]*[”“]|«[^«»]*»|(?<!\w)‘[^‘’]*’')


@dataclass(frozen=True, slots=True)
class Place:
    """A pronoun of the follow-up, by its tokens, and what is put there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Pointers:
    """The pronouns of a follow-up that point to the turns before."""

    places: tuple[Place, ...]
    """Those whose meaning is clear."""
    open: bool
    """Whether another one means something that only the whole question before says."""
    unclear: bool = False
    """Whether one means a person, and nobody can tell whom."""

    def put(self, exchange: Exchange) -> str:
        """The follow-up with the meanings in the places of the pronouns."""
        text, spans = exchange.rest, exchange.asked.reading.spans
        for one in reversed(self.places):
            text = text[: spans[one.start][0]] + one.text + text[spans[one.end - 1][1] :]
        return text[:1].upper() + text[1:]


def pointers(exchange: Exchange) -> Pointers:
    """Find the pronouns of a follow-up that point to the turns before it."""
    return _Finder(exchange).pointers()


class _Finder:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.asked = exchange, exchange.asked
        self.reading, self.key = exchange.asked.reading, exchange.asked.key
        blotted = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), exchange.rest)
        self.quoted = [blotted[start] == "_" for start, _ in self.reading.spans]
        self.expletive = _EXPLETIVE.search(exchange.rest) is not None

    def pointers(self) -> Pointers:
        places, opened, met = list[Place](), False, False
        for i in range(len(self.reading)):
            if self.quoted[i] or (places and i < places[-1].end):
                continue
            if self.key(i) in PERSONS:
                if met or self._is_said_within(i):
                    continue  # "When did she change her mind": the first says whom the others mean
                others = [one.text for one in self.asked.phrases if one.kind == "person" and one.start != i]
                person = person_meant(self.key(i), self.exchange.frames, others)
                if person is None:
                    return Pointers((), open=False, unclear=True)
                places.append(self._place(i, person))
                met = True
            elif self._points(i):
                if self._is_nobody(i):
                    return Pointers((), open=False, unclear=True)
                place = self._thing(i)
                opened = opened or place is None
                places += [place] if place else []
        return Pointers(tuple(places), opened)

    def _place(self, i: int, meant: str) -> Place:
        if self.key(i) in _POSSESSIVE and self._is_noun(i + 1):
            meant += "'" if meant.endswith("s") and meant[:1].islower() else "'s"
        return Place(i, i + 1, meant)

    def _is_noun(self, i: int) -> bool:
        key = self.key(i)
        return key[:1].isalpha() and key not in STOP_WORDS and key not in PREPOSITIONS

    # Whether a pronoun points beyond the follow-up

    def _is_said_within(self, i: int) -> bool:
        """Whether the follow-up itself says before token ``i`` which person is meant there."""
        if not self._named_before(i, persons=True):
            return False
        objective = self.key(i) in ("him", "her") and not self._is_noun(i + 1)
        return not (objective and self._one_clause(i))

    def _named_before(self, i: int, *, persons: bool) -> bool:
        """Whether a noun phrase of the follow-up before token ``i`` can be what is meant there."""
        asked = self.asked
        if asked.auxiliary is not None and asked.auxiliary == i - 1 and not (asked.asked and self._is_owner(i)):
            return False  # it is the subject itself
        if self.key(0) in ("who", "which") and i > 1:
            return True
        for one in [*asked.phrases, *([asked.asked] if asked.asked else [])]:
            fits = one.kind in ("person", "group") if persons else one.kind != "person" or one.plural
            if one.end <= i and fits and self.key(one.start) not in _ALL:
                return True
        return False

    def _is_owner(self, i: int) -> bool:
        return self.key(i) in _POSSESSIVE and self._is_noun(i + 1)

    def _one_clause(self, i: int) -> bool:
        return not any(key in _CLAUSES for key in self.reading.keys[self.asked.first + 1 : i])

    def _points(self, i: int) -> bool:
        key, behind, before = self.key(i), self.key(i + 1), self.key(i - 1)
        ends = not behind[:1].isalnum()
        if self.reading.text(i).isupper() and not self.exchange.rest.isupper():
            return False  # the IT department
        if key in _THINGS:
            if key == "it" and self.expletive:
                return False
            plural = key not in ("it", "its")
            if not (self._named_before(i, persons=False) or (plural and self._named_before(i, persons=True))):
                return True
            objective = key in ("it", "them") and not (behind in AUXILIARIES or behind.endswith("ed"))
            return objective and self._one_clause(i) and self.key(0) != "which"
        if key == "there":
            been = BE | {"be", "'s", "has", "have"}
            return before not in been and behind not in been
        if key == "then":
            return i > 0
        if key in ("that", "this"):
            if behind == "one" and self._named_before(i, persons=False):
                return False
            led = before in AUXILIARIES or before in PREPOSITIONS or before in ASKING or (ends and i > 0)
            return led and (ends or self._stands_alone(i) or self._has_its_noun(i))
        if key in ("these", "those"):
            return (ends or before == "of") and behind != "who"
        if key in ("one", "ones"):
            chosen = before in ("which", "no", "any", "every") or self._named_before(i, persons=False)
            return ends and i > 0 and not chosen
        return ends and (key == "else" or (key == "same" and before == "the"))

    def _stands_alone(self, i: int) -> bool:
        behind = self.key(i + 1)
        return behind in _EVENTS or behind in PREPOSITIONS or behind in AUXILIARIES or behind in STOP_WORDS

    def _has_its_noun(self, i: int) -> bool:
        return self.key(i) == "that" and self._of_same_noun(i) is not None

    def _of_same_noun(self, i: int) -> Phrase | None:
        """What "that plan" means: the one phrase of the question before with the same noun."""
        noun = terms(self.reading.text(i + 1))
        found = [one for one in self.exchange.before.phrases if noun and terms(one.text)[-1:] == noun]
        return found[0] if len(found) == 1 else None

    # What it means

    def _thing(self, i: int) -> Place | None:
        """What is meant at token ``i``; None where only the whole question before says it."""
        key, before, exchange = self.key(i), self.key(i - 1), self.exchange
        if key == "there":
            place = place_meant(exchange.before)
            return Place(i, i + 1, place) if place and before not in PREPOSITIONS else None
        if key == "then":
            days = days_of(exchange.base, exchange.names, exchange.as_of)
            return Place(i, i + 1, small(days)) if days and before not in PREPOSITIONS else None
        if key in ("that", "this") and self._is_noun(i + 1) and (same := self._of_same_noun(i)):
            # "That crack" is none of "the cracks" in particular.
            return None if same.plural else Place(i, i + 2, _definite(same))
        if key not in _THINGS or self.key(i + 1) in _EVENTS or before == "of":
            return None
        plural = key not in ("it", "its")
        found = things_meant(exchange.before, plural=plural)
        if plural and not found:
            found = [one for one in exchange.before.phrases if one.kind == "group"]
        if plural and self._speaks(i):
            found = [one for one in found if one.acts or one.name]
        if len(found) != 1 or (not plural and self._is_event(found[0])):
            return None
        return self._place(i, _definite(found[0]))

    def _speaks(self, i: int) -> bool:
        """Whether token ``i`` does what only persons do: "what did they say"."""
        verb = self.asked.verb
        return verb is not None and i < verb and self.key(verb) in SAYING

    def _is_nobody(self, i: int) -> bool:
        """Whether "they" speak at token ``i``, and the question before has nobody who could."""
        before = self.exchange.before
        somebody = before.key(before.first) == "who" or any(
            one.acts and (one.plural or one.kind == "group") for one in before.phrases
        )
        return self.key(i) in ("they", "them") and self._speaks(i) and not somebody

    def _is_event(self, thing: Phrase) -> bool:
        """Whether "it" is rather what was done to the thing: "Why did they block the quay? What did it cost?"."""
        before, verb = self.exchange.before, self.asked.verb
        done = before.auxiliary is None or before.key(before.auxiliary) not in BE
        objective = thing is not before.subject and not thing.lead
        return done and objective and verb is not None and self.key(verb) in _OF_EVENTS


def _definite(phrase: Phrase) -> str:
    """A noun phrase when it is spoken of again: "a barge" is "the barge"."""
    first, _, rest = phrase.text.partition(" ")
    if first.casefold() in ("a", "an", "some", "any") and rest:
        return f"the {rest}"
    return small(phrase.text) if phrase.name or first.casefold() in DETERMINERS else f"the {phrase.text}"
