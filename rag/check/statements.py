"""Sentences read for checking: their tokens, numbers, dates, names and polarity, and what stands around each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.check.counting import quantities_in
from rag.check.dates import Day, days_in
from rag.check.names import Name, names_in
from rag.check.polarity import Leaning, leanings_in
from rag.check.quantities import Quantity
from rag.check.tokens import Token, tokens_in
from rag.text.sentences import sentence_spans

Context = Mapping[tuple[int, str], float]
"""Words around a place, by side (0 left, 1 right), with weights that fall with the distance."""
Slot = Quantity | Day | Name | Leaning

_REACH = 5
_LITTLE = 0.35
_EDGE = "|"


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A sentence that says something, and what it says."""

    text: str
    start: int
    """Its place in its paragraph."""
    end: int
    tokens: tuple[Token, ...]
    stems: frozenset[str]
    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    names: tuple[Name, ...]
    leanings: tuple[Leaning, ...]
    contexts: dict[tuple[int, int], Context]
    """What stands around a place, as far as it was asked for."""

    def context(self, slot: Slot) -> Context:
        """What stands around a number, date or name of this sentence."""
        place = slot.first, slot.behind
        found = self.contexts.get(place)
        if found is None:
            found = self.contexts[place] = _context(self.tokens, slot)
        return found

    def words(self, slot: Slot) -> str:
        """A number, date or name as the text writes it."""
        return self.text[self.tokens[slot.first].start : self.tokens[slot.behind - 1].end]


@lru_cache(maxsize=4_000)
def sentences_of(paragraph: str) -> tuple[Statement, ...]:
    """Read each sentence of a paragraph."""
    return tuple(_read(paragraph[start:end], start) for start, end in sentence_spans(paragraph))


@lru_cache(maxsize=1_000)
def read(text: str) -> Statement:
    """Read a text as one sentence."""
    return _read(text, 0)


def _read(text: str, start: int) -> Statement:
    tokens = tokens_in(text)
    days = days_in(tokens)
    taken = {i for day in days for i in range(day.first, day.behind)}
    quantities = quantities_in(tokens, taken)
    names = names_in(tokens, taken)
    stems = frozenset(token.stem for token in tokens if token.stem)
    return Statement(text, start, start + len(text), tokens, stems, quantities, days, names, leanings_in(tokens), {})


def _context(tokens: Sequence[Token], slot: Slot) -> Context:
    found = dict[tuple[int, str], float]()
    for side, way in ((0, range(slot.first - 1, -1, -1)), (1, range(slot.behind, len(tokens)))):
        distance = 0
        for at in way:
            token = tokens[at]
            if not token.is_word:
                continue
            weight = (1.0 if token.stem else _LITTLE) / (1 + distance / 4)
            key = (side, token.stem or token.key)
            found[key] = max(found.get(key, 0.0), weight)
            distance += 1
            if distance == _REACH:
                break
        else:  # the sentence begins or ends within reach
            found[side, _EDGE] = 0.8 / (1 + distance / 4)
    return found


def closeness(claimed: Context, given: Context) -> float:
    """How far two places stand among the same words, from 0 to 1; words on the other side count half."""
    whole = shared = 0.0
    for (side, word), weight in claimed.items():
        whole += weight
        same, other = given.get((side, word), 0.0), given.get((1 - side, word), 0.0)
        shared += min(weight, max(same, other / 2))
    return shared / whole if whole else 0.0


def closeness_on_both_sides(claimed: Context, given: Context) -> float:
    """The lesser closeness of the two sides: low where a sentence was only shortened on one side of the place."""
    whole, shared = [0.0, 0.0], [0.0, 0.0]
    for (side, word), weight in claimed.items():
        whole[side] += weight
        shared[side] += min(weight, given.get((side, word), 0.0))
    return min(shared[side] / whole[side] if whole[side] else 0.0 for side in (0, 1))
