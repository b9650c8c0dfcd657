"""Tells the phrases of a short question apart: what asks, the subject, the verb, and the noun phrases behind it.

Nothing is parsed in full: it needs to be right for questions of one clause, and cautious about all others.
"""

from __future__ import annotations

from rag.query.following.kinds import (
    ADVERBS,
    ASKING,
    AUXILIARIES,
    BE,
    BOUNDS,
    CLITIC,
    DETERMINERS,
    IRREGULAR,
    LOCATING,
    PERSONAL,
    PREPOSITIONS,
    ROLES,
    SAYING,
    SUBJECTS,
    Phrase,
    phrase_of,
)
from rag.query.reading import Constraint, Reading


class Frame:
    """The phrases of one question; limits that were read in it belong to none of them."""

    def __init__(self, question: str, constraints: tuple[Constraint, ...] = ()) -> None:
        self.reading = Reading(question)
        self.key = self.reading.key
        self.constraints = tuple(one for one in constraints if one.kind != "phrase")
        self._taken = [self._is_limit(*span) for span in self.reading.spans]
        self.first = next((i for i in range(len(self.reading)) if self._starts(i)), len(self.reading))
        """The token with which it begins to ask, behind a limit that leads."""
        self.asks = self.key(self.first) in ASKING
        self.auxiliary: int | None = None
        self.subject: Phrase | None = None
        self.asked: Phrase | None = None
        """What is counted or chosen: "people" in "how many people"."""
        self.verb: int | None = None
        self._read()
        if self.first == len(self.reading):
            self.verb = 1 if self.reading.keys[:2] == ["tell", "me"] else -1  # words to look for, or a request
        behind = len(self.reading) if self.verb is None else self.verb + 1
        self.others = tuple(self._phrases(behind, len(self.reading)))
        """The noun phrases behind the verb."""
        within = self._phrases(self.subject.start, self.subject.end) if self.subject else list[Phrase]()
        self.inner = tuple(one for one in within if one.lead)
        """Those within the subject: "Tarn Head" of "the night train to Tarn Head"."""

    @property
    def polar(self) -> bool:
        """Whether it asks for yes or no."""
        return self.key(self.first) in AUXILIARIES

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The subject and the noun phrases behind the verb."""
        return (self.subject, *self.others) if self.subject else self.others

    @property
    def identifies(self) -> bool:
        """Whether it only asks who, what or how somebody is: "Who is Amara Feld?", "How old is she?"."""
        return self.subject is not None and self.verb is not None and self.verb < self.subject.end

    def opening(self) -> str:
        """The words that ask, with the auxiliary: "what did"."""
        end = self.first + 1 if self.auxiliary is None else self.auxiliary + 1
        return " ".join(self.reading.keys[self.first : end])

    def _is_limit(self, start: int, end: int) -> bool:
        return any(one.start < end and start < one.end for one in self.constraints)

    def _starts(self, i: int) -> bool:
        return (self.key(i) in ASKING or self.key(i) in AUXILIARIES) and not self._taken[i]

    def _read(self) -> None:
        i = self.first
        if self.key(i) in ASKING:
            i += 1
            if self.key(i - 1) == "how" and self.key(i) not in AUXILIARIES:
                i += 1  # many, much, long, large
            while self.key(i) == "else":
                i += 1
            end = self._run(i)
            auxiliary = next((n for n in range(i, end + 1) if self.key(n) in AUXILIARIES or self.key(n) == "'s"), None)
            if auxiliary is None:
                # "How many boats blocked the quay", "who found": what asks is the subject.
                self.verb = self._verb(i, end, alone=True)
                if self.verb is not None and self.verb > i:
                    self.asked = self._phrase(i, self.verb, "")
                return
            if auxiliary > i:
                self.asked = self._phrase(i, auxiliary, "")
            i = auxiliary
        if i < len(self.reading):
            self.auxiliary = i
            self._read_subject(i + 1)

    def _read_subject(self, i: int) -> None:
        if self.key(i) in SUBJECTS:
            self.verb = i + 1 if i + 1 < len(self.reading) else None
            while self.verb is not None and self.key(self.verb) in ADVERBS:
                self.verb += 1
            return
        if self.key(i) in ("be", "been", "being"):
            self.verb = i
            return
        end = self._run(i)
        verb = self._verb(i, end)
        if verb is not None and self.key(verb) not in SAYING and (late := self._late_verb(end)):
            end, verb = late + 1, late
        while verb is None and self.key(end) in PREPOSITIONS and self.key(end) not in ("about", "by", "to"):
            # "the water behind Garrow Dam come": one noun is no subject and verb.
            further = self._run(end + 1)
            if further <= end + 1:
                break
            end, verb = further, self._verb(i, further)
        if verb is None and self._is_predicate(i, end):
            self.verb = end - 1  # "how many were injured", "who was right"
            return
        until = end if verb is None else verb
        while until > i and self.key(until - 1) in ADVERBS:
            until -= 1
        while until > i and self.key(until - 1) in ("be", "been", "being"):
            until -= 1
        self.verb = until - 1 if verb is None else verb
        self.subject = self._phrase(i, until, "") if until > i else None

    def _late_verb(self, end: int) -> int | None:
        """The verb behind a place that belongs to the subject: "does the night train to Tarn Head take"."""
        if self.key(end) not in LOCATING | {"between", "behind", "for"}:
            return None
        further = self._run(end + 1)
        last = further - 1
        named = last > end + 1 and self.reading.capital(last - 1) and not self.reading.capital(last)
        plain = self.key(last).isalpha() and self.key(end + 1) not in DETERMINERS
        return last if named and plain and not self.key(further)[:1].isalnum() else None

    def _is_predicate(self, i: int, end: int) -> bool:
        """Whether the one word behind "who was", "how many were" says something of whom is asked for."""
        assert self.auxiliary is not None
        being = self.key(self.auxiliary) in BE
        asked = self.key(self.first) in ("who", "what", "which") or self.key(self.first + 1) in ("many", "much")
        return being and asked and end == i + 1 and not self.reading.capital(i) and self.key(i) != "there"

    def _run(self, i: int) -> int:
        """The token behind the words from token ``i`` on that can be one noun phrase, and a verb behind it."""
        j = i
        while j < len(self.reading) and not self._taken[j] and not self._ends_run(i, j):
            j += 1
        return j

    def _ends_run(self, i: int, j: int) -> bool:
        """Whether a run that began with token ``i`` ends before token ``j``."""
        key = self.key(j)
        if key in DETERMINERS:
            return j > i and self.key(j - 1) not in PREPOSITIONS
        if not key[:1].isalnum():
            stop = key == "." and self.reading.touches(j) and j + 1 < len(self.reading)
            return key not in CLITIC and not stop
        if key == "of" and j > i:
            verb = self.key(j - 1) in SAYING or (not self.reading.capital(j - 1) and self.reading.capital(j - 2))
            return verb and j - 1 > i
        if key == "and" and j > i and self.reading.capital(j + 1):
            return False
        return key in PREPOSITIONS or key in BOUNDS or key in PERSONAL

    def _verb(self, i: int, end: int, *, alone: bool = False) -> int | None:
        """The token of the verb in a run of subject and verb: its last word; None where there is none."""
        last = end - 1
        while last > i and (self.key(last) in ADVERBS or self.key(last) == "."):
            last -= 1
        if last < i or self.reading.capital(last) or self.key(last - 1) in ("'s", "of", "-"):
            return None
        words = [n for n in range(i, last) if self.key(n)[:1].isalnum() and self.key(n) not in DETERMINERS]
        if not words and not alone:
            return None
        if not alone and self.auxiliary is not None and self.key(self.auxiliary) in BE | {"'s"}:
            key = self.key(last)
            participle = key.endswith(("ed", "en", "ing")) or key in IRREGULAR
            return last if participle else None
        return self._behind_name(i, last) or next((n for n in words[:0:-1] if self.key(n) in SAYING), last)

    def _behind_name(self, i: int, last: int) -> int | None:
        """The first word behind a name that is the subject: "recommend" in "did Pilar Esterhaz recommend masks"."""
        capitals = [n for n in range(i, last) if self.reading.capital(n)]
        if not capitals or self.key(capitals[-1] + 1) in ("'s", "-") or self.key(last) in BE:
            return None
        role = self.key(capitals[0] - 1) in ROLES
        if self.key(i) in DETERMINERS and not role:
            return None  # "the Eastmoor tram cost"
        return next((n for n in range(capitals[-1] + 1, last + 1) if self.key(n) not in ADVERBS), None)

    def _phrases(self, i: int, until: int) -> list[Phrase]:
        """The noun phrases from token ``i`` until before token ``until``."""
        found, lead = list[Phrase](), ""
        while i < until:
            end = min(self._run(i), until)
            if end == i:
                key = self.key(i)
                lead = key if key in PREPOSITIONS and not (key == "of" and lead) else ""
                i += 1
                continue
            if (phrase := self._phrase(i, end, lead)) and self._is_noun_phrase(phrase):
                found.append(phrase)
            i, lead = end, ""
        return found

    def _is_noun_phrase(self, phrase: Phrase) -> bool:
        """Whether it is none of those verbs that stand like a noun: "to raise the tolls", "for repairing the wall"."""
        if self.key(phrase.start) in DETERMINERS or phrase.name:
            return True
        verb_like = phrase.lead == "to" or self.key(phrase.end) in DETERMINERS
        return not verb_like and self.key(phrase.start) not in ADVERBS

    def _phrase(self, i: int, end: int, lead: str) -> Phrase | None:
        while end > i and (self.key(end - 1) in ADVERBS | {"."} or not self.key(end - 1)[:1].isalnum()):
            end -= 1
        if end <= i:
            return None
        verb = self.key(self.verb) if self.verb is not None else self.key(end)
        # what a preposition leads does not act: "say about China"
        return phrase_of(self.reading, i, end, lead, before="" if lead else verb)
