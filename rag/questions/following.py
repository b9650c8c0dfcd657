"""Makes a follow-up question whole from the turns before it, by rule: "And what did Blinken say?", "why?", "in May?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from rag.questions.antecedents import Turn, person_meant, place_meant, things_meant
from rag.questions.limiting import added, bare_limits, carried, days_of, limited
from rag.questions.names import Names
from rag.questions.phrases import (
    ASKING,
    AUXILIARIES,
    BE,
    DETERMINERS,
    PREPOSITIONS,
    SAYING,
    TOPICAL,
    Frame,
    Phrase,
    phrase_of,
)
from rag.questions.reading import Reading
from rag.questions.understanding import understand
from rag.words import STOP_WORDS, fold, terms

# Longer texts are pasted, or say all that they need.
_LONGEST, _LONGEST_BEFORE = 300, 500
_TURNS = 4
_LEADS = (
    *(("and", "what", "about"), ("and", "how", "about"), ("but", "what", "about"), ("what", "about"), ("how", "about")),
    *(("and",), ("but",), ("so",), ("or",), ("also",), ("then",), ("ok",), ("okay",), (",",)),
)
_CLOSING = frozenset("? ! . too instead please though".split())
_MEN_AND_WOMEN = frozenset("he him his she her hers".split())
_POSSESSIVE = frozenset("his her its their".split())
_POINTING = frozenset("that this these those".split())
_EVENTS = frozenset(
    "happen happened occur occurred last begin start end mean matter change true possible legal known over work".split()
)
_FINITE = AUXILIARIES | frozenset("be been being happened".split())
# "Is it true that", "how long does it take to": nothing is meant by "it".
_EXPLETIVE = re.compile(
    r"\bit\s(?:\w+\s)?(?:true|possible|likely|known|clear|safe|legal|expected|said|reported|certain|necessary|planned"
    r"|takes?|costs?|rain\w*|snow\w*)\s(?:\w+\s){0,3}?(?:that|to|who|when|whether|if)\b|\bit\s(?:was|is)\s.{1,60}\b(?:that|who)\b"
    r"|\bit\s(?:rain|snow)\w*",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"]*"|[“„][^“”„]*[”“]|«[^«»]*»|(?<!\w)‘[^‘’]*’')
_TAIL = re.compile(rf", and (?=(?:{'|'.join(sorted(ASKING | AUXILIARIES))}|by|since|for|until)\b).*$", re.IGNORECASE)
_GENERIC = frozenset("people persons anybody somebody anyone someone things anything something everybody news".split())


class Follow(Protocol):
    """Makes a question whole from the turns before it; a language model may do it in the place of ``follow``."""

    def __call__(self, question: str, earlier: Sequence[Turn], names: Names, *, as_of: date) -> str | None:
        """The question made whole, or None where it stands alone or nobody can tell what it means."""
        ...


def topic_of(earlier: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns since the last question that stood alone, which began the topic; at most the last four."""
    start = max((i for i, turn in enumerate(earlier) if not turn.follows), default=0)
    return tuple(earlier[start:][-_TURNS:])


def follow(question: str, earlier: Sequence[Turn], names: Names, *, as_of: date) -> str | None:
    """Make ``question`` whole by rule; None where it stands alone, or where its words do not say clearly what it means.

    ``earlier`` are the turns before it, oldest first. No text is an error.
    """
    text = " ".join(question.split())
    turns = topic_of(earlier)
    if not turns or not 0 < len(text) <= _LONGEST or len(turns[-1].question) > _LONGEST_BEFORE:
        return None
    whole = _Following(text, turns, names, as_of).whole()
    if whole is None or fold(whole).strip(" ?") == fold(text).strip(" ?"):
        return None
    return whole


@dataclass(frozen=True, slots=True)
class _Place:
    """Tokens of the follow-up, and what is put there."""

    start: int
    end: int
    text: str


class _Following:
    def __init__(self, text: str, turns: Sequence[Turn], names: Names, as_of: date) -> None:
        self.names, self.as_of = names, as_of
        self.led, self.swaps, self.rest = _without_lead(text)
        self.before = turns[-1].question
        self.base, self.tail = _base(turns[-1])
        self.frames = [(turn, self._frame(_base(turn)[0])) for turn in turns]
        self.frame = self.frames[-1][1]
        self.asked = self._frame(self.rest)
        self.reading, self.key = self.asked.reading, self.asked.key
        blotted = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), self.rest)
        self.quoted = [blotted[start] == "_" for start, _ in self.reading.spans]

    def _frame(self, question: str) -> Frame:
        return Frame(question, understand(question, self.names, as_of=self.as_of).mentions)

    def whole(self) -> str | None:
        if not any(key[:1].isalnum() for key in self.reading.keys):
            return None
        if any(self.reading.before(i) == [] for i in range(1, len(self.reading))):
            return None  # several sentences: what one means the other may say
        short = len([key for key in self.reading.keys if key[:1].isalnum()]) <= 8
        if short and (limits := bare_limits(self.rest.strip(" ?!.,"), self.names, self.as_of)):
            head = limited(self.base, limits, self.names, self.as_of)
            return head and _with_tail(head, self.tail)
        if not (self.asked.asks or self.asked.polar):
            return self._fragment() if short else None
        if self.swaps:
            return None
        if self.asked.first == 0 and self._elliptical():
            return self._joined(self.rest)
        return self._question()

    # "And Blinken?", "about the tolls?"

    def _fragment(self) -> str | None:
        """Put a phrase without a verb in the place of its like in the question before."""
        text = self.rest.strip(" ?!.,")
        limits, phrase = self._split_limits(text)
        words = Reading(phrase)
        first = words.key(0)
        prepositional = first in PREPOSITIONS
        if not words.keys or (not self.led and not self.swaps and not prepositional):
            return None
        if any(key in _FINITE for key in words.keys):
            return None
        if prepositional:
            whole = self._prepositional(phrase, first)
        else:
            whole = self._in_place(phrase, words)
        return limited(whole, limits, self.names, self.as_of) if whole and limits else whole

    def _split_limits(self, text: str):  # type: ignore[no-untyped-def]
        mentions = [one for one in self._frame(f"{text}").mentions if one.kind == "days"]
        if len(mentions) != 1 or mentions[0].end != len(text):
            return (), text
        return bare_limits(mentions[0].words, self.names, self.as_of), text[: mentions[0].start].strip(" ,")

    def _prepositional(self, phrase: str, lead: str) -> str:
        alike = TOPICAL if lead in TOPICAL else {lead}
        found = [one for one in self.frame.others if one.lead in alike]
        if len(found) == 1:
            start = self._start(found[0].start - 1)
            end = self._topic_end(found[0]) if lead in TOPICAL else self._end(found[0].end)
            return self.base[:start] + phrase + self.base[end:]
        body = self.base.rstrip(" ?!.")
        return self._behind_limits_free(body, phrase)

    def _behind_limits_free(self, body: str, phrase: str) -> str:
        """Add a phrase before the limits that close a question."""
        closing = [one for one in self.frame.mentions if one.end == len(body) and one.kind == "days"]
        if closing:
            return f"{body[: closing[0].start].rstrip()} {phrase} {body[closing[0].start :]}?"
        return f"{body} {phrase}?"

    def _in_place(self, phrase: str, words: Reading) -> str | None:
        if any(key in _POINTING | _MEN_AND_WOMEN | {"it", "they", "them"} for key in words.keys):
            return None
        subject, verb = self.frame.subject, self.frame.verb
        new = phrase_of(words, 0, len(words), before=self.frame.key(verb) if verb is not None else "")
        if new.name and any(f" {lead} {new.text}" in " ".join((t.question, *t.said)) for t, _ in self.frames
                            for lead in ("in", "at", "near", "around", "below", "above")):
            new = replace(new, kind="place")
        acts = _acts(new) or (bool(new.name) and new.kind == "thing" and words.key(0) not in DETERMINERS)
        if subject and verb is not None and (_acts(subject) == acts) and new.kind != "place":
            return self._replaced(subject, new)
        if subject and verb is None and new.kind != "place":
            return self._replaced(subject, new)
        if not acts and new.kind != "place":
            topical = [one for one in self.frame.others if one.lead in TOPICAL]
            found = topical or [one for one in self.frame.others if not one.lead] or list(self.frame.others)
            if len(found) == 1:
                end = self._topic_end(found[0]) if topical else self._end(found[0].end)
                return self.base[: self._start(found[0].start)] + _small(phrase) + self.base[end:]
        return self._joined(f"what about {_small(phrase)}")

    def _replaced(self, old: Phrase, new: Phrase) -> str:
        """The question before with another subject, and an auxiliary that agrees with it."""
        start, end = self._start(old.start), self._end(old.end)
        head = self.base[:start]
        if self.frame.auxiliary is not None and old.plural != new.plural:
            pairs = (("does", "do"), ("is", "are"), ("was", "were"), ("has", "have"))
            agree = dict(pairs) if new.plural else {plural: one for one, plural in pairs}
            at = self.frame.reading.spans[self.frame.auxiliary]
            word = self.base[slice(*at)]
            other = agree.get(word.casefold(), word)
            other = other.capitalize() if word[:1].isupper() else other
            head = self.base[: at[0]] + other + self.base[at[1] : start]
        return head + _small(new.text) + self.base[end:]

    def _start(self, token: int) -> int:
        return self.frame.reading.spans[token][0]

    def _end(self, token: int) -> int:
        return self.frame.reading.spans[token - 1][1]

    def _topic_end(self, phrase: Phrase) -> int:
        """Where what a question is about ends: at a limit, or its end."""
        start = self._start(phrase.start)
        body = len(self.base.rstrip(" ?!."))
        ends = [one.start for one in self.frame.mentions if one.start > start]
        end = min([body, *ends])
        return len(self.base[:end].rstrip(" ,")) if not self.base[:end].rstrip().endswith("according to") else (
            len(self.base[:end].rstrip().removesuffix("according to").rstrip(" ,"))
        )

    # "why?", "how many boats?", "who won?"

    def _elliptical(self) -> bool:
        """Whether it asks with hardly a word of its own, so that the question before must say the rest."""
        if self.asked.polar:
            return False
        keys = [key for key in self.reading.keys if key[:1].isalnum()]
        if len(keys) == 1:
            return True
        if any(self.reading.capital(i) or self.key(i)[:1].isdigit() for i in range(1, len(self.reading))):
            return False
        own = [key for key in keys if key not in STOP_WORDS]
        if self.asked.subject and not any(key in _POINTING | {"it"} for key in keys):
            return False
        if any(key in _MEN_AND_WOMEN | _POSSESSIVE | {"they"} for key in keys):
            return False
        return len(own) <= 1 and len(keys) <= 5 and not any(key in ("it", "us", "we", "i", "you") for key in keys)

    def _joined(self, question: str) -> str:
        """The question before, and the follow-up behind it: there the one says what the other means."""
        asked = question.strip(" ?!.,")
        keys = fold(asked).split()
        same = self._asks_of_the_same(keys)
        if same is not None:
            return same
        return f"{self.base.rstrip(' ?!.')}, and {_small(asked)}?"

    def _asks_of_the_same(self, keys: list[str]) -> str | None:
        """ "When?" after "Why did the fishermen block the quay?" asks when they did."""
        words = [key for key in keys if key not in ("exactly", "precisely", "so", "come")]
        pointing = words[1:] in (
            *(["did", it, "happen"] for it in ("that", "this", "it")),
            *([be, it] for be in ("is", "was") for it in ("that", "this", "it")),
        )
        if len(words) != 1 and not pointing:
            return None
        asking = words[0]
        first = self.frame.first
        adjunct = ("why", "when", "where", "how")
        if asking not in adjunct or self.frame.auxiliary is None or self.frame.asked is not None:
            return None
        if self.frame.polar:
            start = self._start(first)
            asked = asking if start else asking.capitalize()
            return self.base[:start] + f"{asked} {_small(self.base[start:])}"
        if self.frame.key(first) in adjunct and self.frame.auxiliary == first + 1 and self.frame.key(first) != asking:
            start, end = self.frame.reading.spans[first]
            asked = asking.capitalize() if self.base[start].isupper() else asking
            return self.base[:start] + asked + self.base[end:]
        return None

    # "And what did Blinken say?", "what did she say about the tolls?"

    def _question(self) -> str | None:
        places, joins = list[_Place](), False
        for i in range(len(self.reading)):
            if self.quoted[i]:
                continue
            if self.key(i) in _MEN_AND_WOMEN:
                if self._is_said_within(i):
                    continue
                others = [one.text for one in self.asked.phrases if one.kind == "person" and one.start != i]
                person = person_meant(self.key(i), self.frames, others)
                if person is None:
                    return None
                places.append(self._place(i, person))
            elif self._is_pointing(i):
                place = self._thing(i)
                joins = joins or place is None
                places += [place] if place else []
        if joins:
            return self._joined(self._with(places))
        if not places and not self.led:
            return None
        question = self._with(places)
        return self._about_the_same(question, pronouns=bool(places))

    def _with(self, places: list[_Place]) -> str:
        text = self.rest
        for one in reversed(places):
            start, end = self.reading.spans[one.start][0], self.reading.spans[one.end - 1][1]
            text = text[:start] + one.text + text[end:]
        return text[:1].upper() + text[1:]

    def _place(self, i: int, meant: str) -> _Place:
        possessive = self.key(i) in _POSSESSIVE and self._is_noun(i + 1)
        if possessive:
            meant += "'" if meant.endswith("s") and meant[:1].islower() else "'s"
        return _Place(i, i + 1, meant)

    def _is_noun(self, i: int) -> bool:
        key = self.key(i)
        return key[:1].isalnum() and key not in STOP_WORDS and key not in PREPOSITIONS and not key.isdigit()

    def _named_before(self, i: int, *, persons: bool) -> bool:
        """Whether a noun phrase stands before token ``i`` of the follow-up that it can mean."""
        phrases = [*self.asked.phrases, *([self.asked.asked] if self.asked.asked else [])]
        if self.key(0) in ("who", "which") and i > 1:
            return True
        for one in phrases:
            fits = one.kind in ("person", "group") if persons else one.kind != "person" or one.plural
            if one.end <= i and one.start != i and fits and not self._is_pronoun(one.start):
                return True
        return False

    def _is_pronoun(self, i: int) -> bool:
        return self.key(i) in _MEN_AND_WOMEN | _POINTING | {"it", "its", "they", "them", "their", "there"}

    def _is_said_within(self, i: int) -> bool:
        """Whether the follow-up itself says before token ``i`` who is meant there."""
        if not self._named_before(i, persons=True):
            return False
        objective = self.key(i) in ("him", "her") and not self._is_noun(i + 1)
        return not (objective and self._one_clause(i))

    def _one_clause(self, i: int) -> bool:
        within = self.reading.keys[self.asked.first + 1 : i]
        return not any(key in ASKING or key in ("that", "whether", "if", "because", "and", "but", ",") for key in within)

    def _is_pointing(self, i: int) -> bool:
        """Whether token ``i`` points to something said before the follow-up."""
        key, behind, before = self.key(i), self.key(i + 1), self.key(i - 1)
        ends = not behind[:1].isalnum()
        if self.reading.text(i).isupper() and len(key) > 1 and not self.rest.isupper():
            return False
        if key in ("it", "they", "them", "its", "their", "theirs"):
            if key == "it" and _EXPLETIVE.search(self.rest):
                return False
            if not self._named_before(i, persons=key in ("they", "them", "their")) and not (
                key not in ("it", "its") and self._named_before(i, persons=False)
            ):
                return True
            objective = key in ("it", "them") and not (behind in AUXILIARIES or behind.endswith("ed"))
            return objective and self._one_clause(i) and self.key(0) not in ("which",)
        if key == "there":
            return before not in BE and before not in ("'s", "has", "have", "been") or (ends and before not in BE)
        if key == "then":
            return i > 0
        if key in ("that", "this"):
            if before in AUXILIARIES or before in PREPOSITIONS or before in ASKING or (ends and i > 0):
                return ends or self._is_pronoun_here(i) or self._determines(i)
            return False
        if key in ("these", "those"):
            return (ends or before == "of") and behind != "who"
        if key == "else":
            return ends
        return key == "same" and before == "the" and ends

    def _is_pronoun_here(self, i: int) -> bool:
        behind = self.key(i + 1)
        return behind in _EVENTS or behind in PREPOSITIONS or behind in AUXILIARIES or behind in STOP_WORDS

    def _determines(self, i: int) -> bool:
        """Whether "that" stands before a noun that the turns before have: "that plan"."""
        return self.key(i) == "that" and self._same_head(i) is not None

    def _same_head(self, i: int) -> Phrase | None:
        head = terms(self.reading.text(i + 1)) if i + 1 < len(self.reading) else []
        found = [one for one in self.frame.phrases if head and terms(one.text)[-1:] == head]
        return found[0] if len(found) == 1 else None

    def _thing(self, i: int) -> _Place | None:
        """What is meant at token ``i``; None where only the whole question before says it."""
        key, behind = self.key(i), self.key(i + 1)
        if key == "there":
            place = place_meant(self.frame)
            return _Place(i, i + 1, place) if place and self.key(i - 1) not in PREPOSITIONS else None
        if key == "then":
            days = days_of(self.before, self.names, self.as_of)
            return _Place(i, i + 1, _small(days)) if days and self.key(i - 1) not in PREPOSITIONS else None
        if key in ("that", "this") and self._is_noun(i + 1) and (same := self._same_head(i)):
            return _Place(i, i + 2, _definite(same))
        if key not in ("it", "its", "they", "them", "their") or behind in _EVENTS or self.key(i - 1) == "of":
            return None
        plural = key in ("they", "them", "their")
        for _, frame in [self.frames[-1]]:
            found = things_meant(frame, plural=plural)
            if plural and not found:
                found = [one for one in frame.phrases if one.kind == "group"]
            if len(found) == 1:
                return self._place(i, _definite(found[0]))
        return None

    def _about_the_same(self, question: str, *, pronouns: bool) -> str | None:
        """Carry topic, days and outlets, where a question says too little by itself: "And what did Blinken say?"."""
        frame = self._frame(question)
        parallel = frame.opening() == self.frame.opening()
        verb = frame.key(frame.verb) if frame.verb is not None else ""
        bare = verb in SAYING and not any(one.lead or True for one in frame.others) and not self._complement(frame)
        if bare:
            topic = self._topic(frame)
            if topic is None:
                persons = {fold(one.text) for one in frame.phrases}
                says_more = any(fold(one.text) not in persons for one in self.frame.phrases) or self.frame.verb is not None
                identity = self.frame.opening() in ("who is", "who was")
                return self._joined(question) if says_more and not identity else question
            to = verb in ("respond", "reply", "answer", "react")
            body = question.rstrip(" ?!.")
            limits = [one for one in frame.mentions if one.end == len(body) and one.kind == "days"]
            at = limits[0].start if limits else len(body)
            lead = "to" if to else "about"
            question = f"{body[:at].rstrip()} {lead} {topic}{' ' + body[at:] if limits else ''}?"
        if (self.led and (bare or parallel)) or (pronouns and parallel) or bare:
            days = frame.key(frame.first) != "when"
            question = carried(question, self.base, self.names, self.as_of, days=days)
        return question

    def _complement(self, frame: Frame) -> bool:
        """Whether more follows the verb than limits: "say that the tolls rise", "call for"."""
        if frame.verb is None:
            return True
        spans = frame.reading.spans[frame.verb + 1 :]
        free = [
            frame.reading.question[start:end]
            for start, end in spans
            if not any(one.start < end and start < one.end for one in frame.mentions)
        ]
        return any(fold(word) not in ("then", "else", "also", "to", "according", "for") and word[:1].isalnum() for word in free)

    def _topic(self, frame: Frame) -> str | None:
        """What the question before is about, for another one: behind "about", else what its verb is done to."""
        for one in self.frame.others:
            if one.lead in TOPICAL:
                return self.base[self._start(one.start) : self._topic_end(one)]
        if self.frame.verb is not None and not self.frame.others and (said := self._object_in_answer()):
            return said
        speaker = {fold(one.text) for one in frame.phrases}
        subject = self.frame.subject
        found = [
            one
            for one in self.frame.phrases
            if fold(one.text) not in speaker and fold(one.text) not in _GENERIC and not (one is subject and _acts(one))
        ]
        return " and ".join(_small(one.text) for one in found[:2]) if found else None

    def _object_in_answer(self) -> str | None:
        """What the answer's first sentence says of the verb asked with: "guarantees" for "What did X call for?"."""
        frame = self.frame
        assert frame.verb is not None
        rest = [key for key in frame.reading.keys[frame.verb + 1 :] if key[:1].isalnum()]
        if frame.key(frame.first) != "what" or rest and rest[0] not in PREPOSITIONS or len(rest) > 1:
            return None
        stem = frame.key(frame.verb)
        verb = rf"\b{re.escape(stem.removesuffix('e'))}\w{{0,3}}(?: {re.escape(rest[0])})?" if rest else (
            rf"\b{re.escape(stem.removesuffix('e'))}\w{{0,3}}"
        )
        pattern = re.compile(verb + r" [\"“]?((?:an?|the|its|his|her) )?([\w'’-]+(?: (?!(?:on|in|at|by|to|for|and|if|as|after|before|because|with|from)\b)[\w'’-]+){0,5})", re.IGNORECASE)
        for sentence in self.frames[-1][0].said[:2]:
            if match := pattern.search(sentence):
                determiner = (match[1] or "").casefold()
                return f"{'the ' if determiner in ('its ', 'his ', 'her ') else determiner}{match[2]}"
        return None


def _acts(phrase: Phrase) -> bool:
    return phrase.kind in ("person", "group")


def _small(text: str) -> str:
    """The text as it stands within a sentence: a name keeps its capital."""
    first = text.split(" ", 1)[0].rstrip("?.,")
    ordinary = first.casefold() in STOP_WORDS or first.casefold() in ASKING | AUXILIARIES | DETERMINERS | PREPOSITIONS
    return text[:1].lower() + text[1:] if ordinary and not (first.isupper() and len(first) > 1) else text


def _definite(phrase: Phrase) -> str:
    """A noun phrase when it is spoken of again: "a barge" is "the barge"."""
    first, _, rest = phrase.text.partition(" ")
    if first.casefold() in ("a", "an", "some", "any") and rest:
        return f"the {rest}"
    if phrase.name or first.casefold() in DETERMINERS:
        return _small(phrase.text)
    return f"the {phrase.text}"


def _without_lead(text: str) -> tuple[bool, bool, str]:
    """Whether words such as "and" lead the text, whether "what about" does, and the text behind them."""
    led = swaps = False
    while True:
        reading = Reading(text)
        lead = next((one for one in _LEADS if tuple(reading.keys[: len(one)]) == one), None)
        if lead is None or len(reading) <= len(lead):
            return led, swaps, text
        if lead == ("so",) and reading.key(1) in ("far", "many", "much"):
            return led, swaps, text
        led, swaps = True, swaps or lead[-1] == "about"
        text = text[reading.spans[len(lead)][0] :]


def _base(turn: Turn) -> tuple[str, str]:
    """A question without what a follow-up was joined to it with: "…, and why?"; and that."""
    match = _TAIL.search(turn.question) if turn.follows else None
    if not match or match.start() < 8:
        return turn.question, ""
    return f"{turn.question[: match.start()]}?", turn.question[match.start() :].rstrip("?")


def _with_tail(question: str, tail: str) -> str:
    return f"{question.rstrip(' ?')}{tail}?" if tail else question


__all__ = ["Follow", "Turn", "added", "follow", "topic_of"]
