"""Reads the numbers, amounts, shares and ordinals of a text: "$1.2bn" is 1.2 billion dollars, "nine" is 9."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.check.quantities import Quantity
from rag.check.tokens import CLAUSE_MARKS, DASHES, Token
from rag.check.units import (
    CURRENCIES,
    FRACTIONS,
    IMPLIED,
    MARKS,
    MONEY,
    ORDINALS,
    SCALES,
    SHORT_SCALES,
    TENS,
    UNITS,
)

_HALVES_OF_THE_DAY = frozenset("am pm a.m. p.m.".split())
_TIME = re.compile(r"(?:1?[0-9]|2[0-3])\.[0-5][0-9]")
_BEGINNINGS = frozenset().union(UNITS, TENS, SCALES, MARKS, FRACTIONS, ORDINALS, IMPLIED, CURRENCIES)
_ABOUT = frozenset(
    """about around nearly almost some roughly approximately over under than close estimated circa just
    only exactly well more fewer less upwards c""".split()
)
_AT_LEAST = {("more", "than"), ("at", "least"), ("greater", "than"), ("higher", "than"), ("no", "fewer")}
_AT_MOST = {("less", "than"), ("fewer", "than"), ("at", "most"), ("up", "to"), ("lower", "than")}
_OVER = frozenset("over above exceeding".split())
_UNDER = frozenset("under below nearly almost".split())
_JOINING = frozenset("of the more other additional further new".split())


def quantities_in(tokens: Sequence[Token], taken: Collection[int]) -> tuple[Quantity, ...]:
    """All quantities of ``tokens``, but for the tokens ``taken``, which are parts of dates."""
    found, parser = list[Quantity](), _Parser(tokens, taken)
    i = 0
    while i < len(tokens):
        key = tokens[i].key
        begins = i not in taken and (key in _BEGINNINGS or key[0].isdigit())
        quantity = parser.quantity(i) if begins else None
        if quantity:
            found.append(quantity)
            i = quantity.behind
        else:
            i += 1
    return tuple(found)


class _Parser:
    """Reads the quantity that begins at a token."""

    def __init__(self, tokens: Sequence[Token], taken: Collection[int]) -> None:
        self.tokens, self.taken = tokens, taken

    def key(self, i: int) -> str:
        return self.tokens[i].key if 0 <= i < len(self.tokens) and i not in self.taken else ""

    def touching(self, i: int) -> bool:
        return 0 < i < len(self.tokens) and self.tokens[i - 1].end == self.tokens[i].start

    def quantity(self, i: int) -> Quantity | None:
        currency = CURRENCIES.get(self.key(i)) if self.key(i + 1)[:1].isdigit() else None
        start = i + (currency is not None)
        key = self.key(start)
        if ":" in key and key.replace(":", "").isdigit():
            return self._at_the_clock(i, start + 1, key)
        ordinal = self._ordinal(start) if not currency else None
        if ordinal:
            return ordinal
        number = self._number(start)
        if number is None:
            return self._word(i)
        value, j, maybe_measure = number
        while self.key(j) in SCALES or (self.key(j) == "-" and self.key(j + 1) in SCALES):
            j += self.key(j) == "-"
            value *= SCALES[self.key(j)]
            j += 1
        if [self.key(j), self.key(j + 1), self.key(j + 2)] == ["and", "a", "half"]:
            value, j = value + 0.5, j + 3
            if self.key(j) in SCALES:
                value, j = value * SCALES[self.key(j)], j + 1
        readings = {value, maybe_measure} if maybe_measure is not None else {value}
        return self._with_unit(i, j, readings, currency)

    def _with_unit(self, i: int, j: int, readings: set[float], currency: str | None) -> Quantity:
        if currency:
            return self._made(i, j + (self.key(j) in MONEY), {(f"money {currency}", max(readings))})
        k = j + (self.key(j) in DASHES)
        if self.key(k) in ("%", "percent", "pc"):
            return self._made(i, k + 1, {("percent", value) for value in readings})
        if self.key(k) == "per" and self.key(k + 1) == "cent":
            return self._made(i, k + 2, {("percent", value) for value in readings})
        if self.key(k) == "percentage":
            return self._made(i, k + 1, {("percent", value) for value in readings})
        for at in range(k, k + 3):  # "1.2 billion US dollars"
            if self.key(at) in MONEY:
                return self._made(i, at + 1, {(f"money {MONEY[self.key(at)]}", max(readings))})
            if self.key(at) in CLAUSE_MARKS or not self.key(at)[:1].isalpha() or at - k > 0:
                break
        if self.key(j) in _HALVES_OF_THE_DAY:
            return self._at_the_clock(i, j, self.key(j - 1))
        if self.key(j) in ("thirds", "fifths", "tenths", "quarters") or (
            self.key(j) in DASHES and self.key(j + 1) in ("thirds", "fifths", "tenths", "quarters")
        ):
            j += self.key(j) in DASHES
            share = min(readings) / FRACTIONS[self.key(j)]
            return self._made(i, j + 1, {("count", share), ("percent", 100 * share)})
        clock = {("clock", _clock(self.key(j - 1)))} if _TIME.fullmatch(self.key(j - 1)) else set()
        return self._made(i, j, {("count", value) for value in readings} | clock)

    def _at_the_clock(self, i: int, j: int, key: str) -> Quantity:
        """A time of day, with "a.m." or "p.m." behind it."""
        hour, half = _clock(key), self.key(j)
        if half in _HALVES_OF_THE_DAY:
            return self._made(i, j + 1, {("clock", hour % 12 + (12 if half[0] == "p" else 0))})
        return self._made(i, j, {("clock", hour)})

    def _number(self, i: int) -> tuple[float, int, float | None] | None:
        """A number in digits or words, the token behind it, and what it is if a short scale is a unit."""
        key = self.key(i)
        if key[:1].isdigit() and key.isascii():
            value = _digits(key)
            if value is None:
                return None
            if self.key(i + 1) in MARKS:
                return value + MARKS[self.key(i + 1)], i + 2, None
            short = SHORT_SCALES.get(self.key(i + 1))
            if short and (self.touching(i + 1) or self.key(i + 1) not in ("m", "b", "k")):
                return value * short, i + 2, value if self.key(i + 1) == "m" else None
            return value, i + 1, None
        if key in MARKS:
            return MARKS[key], i + 1, None
        return self._in_words(i)

    def _in_words(self, i: int) -> tuple[float, int, None] | None:
        key = self.key(i)
        if key in ("a", "an") and self.key(i + 1) in ("hundred", "thousand", "million", "billion", "trillion", "dozen"):
            return 1.0, i + 1, None
        if key == "half" and self.key(i + 1) == "a" and self.key(i + 2) in SCALES:
            return 0.5, i + 2, None
        if key not in UNITS and key not in TENS:
            return None
        if key == "one" and not self._counts_one(i):
            return None
        total, current, j = 0.0, 0.0, i
        while True:
            key = self.key(j)
            if key in UNITS and (current % 10 == 0 or current == 0) and (current % 100 == 0 or UNITS[key] < 10):
                current += UNITS[key]
            elif key in TENS and current % 100 == 0:
                current += TENS[key]
            elif key == "hundred" and 0 < current < 100:
                current *= 100
            elif key in ("thousand", "million", "billion") and current:
                total, current = total + current * SCALES[key], 0.0
            else:
                break
            j += 1
            following = self.key(j)
            if following == "-" and (self.key(j + 1) in UNITS or self.key(j + 1) in SCALES):
                if self.tokens[j - 1].key in UNITS and self.key(j + 1) in UNITS:
                    break  # a range or a score: three-two
                j += 1
            elif following == "and" and current % 100 == 0 and (current or total):
                if self.key(j + 1) not in UNITS and self.key(j + 1) not in TENS:
                    break
                if self.tokens[j - 1].key not in ("hundred", "thousand", "million"):
                    break
                j += 1
            elif following in UNITS and self.tokens[j - 1].key in UNITS:
                break
        return total + current, j, None

    def _counts_one(self, i: int) -> bool:
        """Whether "one" counts, and is no pronoun: "one boat", "one in six", but not "no one", "one of them"."""
        if self.key(i - 1) in ("no", "any", "every", "some", "this", "that", "the", "which", "each", "only", "only"):
            return False
        following = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        return following is not None and (bool(following.stem) or following.key in ("in", "-", "more"))

    def _ordinal(self, i: int) -> Quantity | None:
        key = self.key(i)
        if key.isdigit() and self.key(i + 1) in ("st", "nd", "rd", "th") and self.touching(i + 1):
            return self._made(i, i + 2, {("ordinal", float(key))})
        if key in TENS and self.key(i + 1) == "-" and self.key(i + 2) in ORDINALS:
            return self._made(i, i + 3, {("ordinal", float(TENS[key] + ORDINALS[self.key(i + 2)]))})
        value = ORDINALS.get(key)
        if value is None:
            return None
        share = FRACTIONS.get(key)
        if share and self.key(i - 1) in ("a", "one", "-") and self.key(i + 1) in ("of", "", ".", ",", "less", "more"):
            part = 1 / share
            return self._made(i, i + 1, {("count", part), ("percent", 100 * part), ("ordinal", float(value))})
        return self._made(i, i + 1, {("ordinal", float(value))}, implied=key == "first")

    def _word(self, i: int) -> Quantity | None:
        key = self.key(i)
        if key in ("half", "quarter") and self.key(i - 1) != "first":
            part = 1 / FRACTIONS[key]
            return self._made(i, i + 1, {("count", part), ("percent", 100 * part)}, implied=True)
        if key in ("dozen", "dozens") and key == "dozen":
            return self._made(i, i + 1, {("count", 12.0)})
        if key in IMPLIED:
            return self._made(i, i + 1, {("count", float(IMPLIED[key]))}, implied=True)
        return None

    def _made(self, i: int, j: int, values: set[tuple[str, float]], *, implied: bool = False) -> Quantity:
        counted = list[str]()
        for token in self.tokens[j : j + 6]:
            if token.key in CLAUSE_MARKS or (counted and not token.stem):
                break
            if token.stem and token.key not in _JOINING:
                counted.append(token.key)
            elif not (token.key in _JOINING or token.key in DASHES):
                break
            if len(counted) == 2:
                break
        rough = any(self.key(k) in _ABOUT for k in range(max(0, i - 3), i))
        return Quantity(frozenset(values), i, j, tuple(counted), rough, self._bound(i), implied)

    def _bound(self, i: int) -> int:
        before = (self.key(i - 2), self.key(i - 1))
        if before in _AT_LEAST or before[1] in _OVER:
            return 1
        return -1 if before in _AT_MOST or before[1] in _UNDER else 0


def _digits(key: str) -> float | None:
    """The value of "1,200", "1.2", "1.200.000" or "3:2"; None for what is no number."""
    plain = key.replace(",", "") if key.count(".") <= 1 else key.replace(".", "").replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return None


def _clock(key: str) -> float:
    """Hours since midnight of "7:30", "7.30" and "7"; 0 for what is no number."""
    parts = key.replace(".", ":").split(":")
    if not all(part.isdecimal() for part in parts):
        return float(UNITS.get(key, 0))
    return float(parts[0][:6]) + (float(parts[1][:6]) / 60 if len(parts) > 1 else 0.0)
