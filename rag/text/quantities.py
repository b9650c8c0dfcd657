"""Finds the quantities in an English text: numbers in digits or words, with their units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rag.text.dates import written_dates

Bound = Literal["", "about", "over", "under", "nearly"]

_CURRENCIES = "USD EUR GBP JPY CNY INR RUB CHF SEK NOK CZK PLN HUF TRY UAH ILS ZAR BRL MXN KRW NGN".split()
_CODE = rf"(?-i:\b(?:{'|'.join(_CURRENCIES)}))"
_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d\d(?!\d)(?:\s?[ap]\.?m\b\.?)?|\d{1,2}(?:\.\d\d)?\s?[ap]\.?m\b\.?)"
    rf"|(?P<code>{_CODE}(?=\s?\d))"
    rf"|(?:(?<![^\W_])(?<![^\W\d_][-‐‑])|(?<={_CODE}))"  # the 19 of "Covid-19" is no number
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|['’]?s\b)(?P<ordinal>(?:st|nd|rd|th)\b)?"
    r"|(?P<word>°?[^\W\d_]+)|(?P<mark>\S)",
    re.IGNORECASE,
)
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "lakh": 1e5, "crore": 1e7}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "trn": 1e12}
_FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_MARKED_FRACTIONS = "½¼¾⅓⅔"
_TIMES = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "thrice": 3.0, "triple": 3.0, "tripled": 3.0}
_BOUNDS: dict[str, Bound] = {
    **dict.fromkeys(("more than", "no fewer than", "no less than", "over", "at least", "above"), "over"),
    **dict.fromkeys(("faster than", "longer than", "higher than", "larger than"), "over"),
    **dict.fromkeys(("no more than", "fewer than", "less than", "under", "below", "up to"), "under"),
    **dict.fromkeys(("nearly", "almost"), "nearly"),
    **dict.fromkeys(("about", "around", "some", "roughly", "approximately", "close to", "estimated"), "about"),
}
# English names that CLDR does not give, and signs that it gives to one country only.
_MORE_MONEY = {"sterling": "pound", "rouble": "ruble", "crown": "crown", "krona": "crown", "krone": "crown"}
_MORE_MONEY |= {"kronor": "crown", "kroner": "crown", "koruna": "crown", "¥": "yen", "₽": "ruble", "cr": "crown"}
_MEASURES = """length-kilometer length-meter length-centimeter length-millimeter length-mile length-foot length-inch
length-yard mass-kilogram mass-gram mass-tonne mass-pound volume-liter volume-gallon volume-barrel area-hectare
area-acre area-square-kilometer area-square-mile area-square-meter speed-mile-per-hour
temperature-celsius temperature-fahrenheit power-megawatt power-gigawatt power-kilowatt energy-kilowatt-hour
duration-second duration-minute duration-hour duration-day duration-week duration-month duration-year""".split()
# "2 in." is a preposition, "5 t" and "3 g" are mostly something else.
_AMBIGUOUS = frozenset("in t g l d h c y".split())
_LONGER = {"decade": ("year", 10), "century": ("year", 100), "week": ("day", 7), "fortnight": ("day", 14)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something; ``start`` and ``end`` are its characters with those of its unit, the end exclusive."""

    start: int
    end: int
    value: float
    """In whole units: 1.2 billion is 1.2e9, 12 % and "a third" are shares of 1, two decades 20 years."""
    unit: str = ""
    """"share", "times", "ordinal", "clock" (hours), a currency ("dollar"), a measure of CLDR without its kind
    ("kilometer", "year", "square-mile"), or empty for what is only counted."""
    step: float = 1.0
    """What the last digit that is written counts: 1e8 in 1.2 billion."""
    bound: Bound = ""
    """How it is limited: "more than" (over), "less than" (under), "almost" (nearly), "about"."""

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit in set(_money().values())

    @property
    def is_duration(self) -> bool:
        """Whether it is a length of time."""
        return self.unit in ("second", "minute", "hour", "day", "month", "year")

    @property
    def is_size(self) -> bool:
        """Whether it is a measure of anything but time: a length, weight, area, volume, speed, temperature, power."""
        return self.unit in set(_measures().values()) and not self.is_duration


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the text; what ``text_to_num`` asks of a token are its two methods."""

    start: int
    end: int
    written: str
    key: str
    kind: str | None

    def text(self) -> str:
        return self.written if self.kind == "word" else "."

    def nt_separated(self, previous: _Token) -> bool:
        return self.start - previous.end > 1

    def not_a_number_part(self) -> bool:
        return self.kind != "word"


def quantities(text: str) -> list[Quantity]:
    """Find the quantities of an English text in order; written dates (see ``rag.text.dates``) are none.

    "half", "two thirds", "one in four" and "12 per cent" are shares; both numbers of "17 of 18" are counted things.
    """
    dates = [(one.start, one.end) for one in written_dates(text)]
    tokens = [
        _Token(*match.span(), match[0], _key(match[0]), match.lastgroup)
        for match in _TOKEN.finditer(text)
        if match[0] not in "-‐‑" and not any(start <= match.start() < end for start, end in dates)
    ]
    found = list[Quantity]()
    taken = 0
    for first, behind, value, kind in _numbers(tokens):
        if first < taken:
            continue
        quantity, taken = _with_unit(tokens, first, behind, value, kind)
        found.append(quantity)
    return _joined(text, found)


def _numbers(tokens: Sequence[_Token]) -> Iterable[tuple[int, int, float, str]]:
    """First token, the one behind the last, value, and kind of each number, in order."""
    from text_to_num import find_numbers

    found = list[tuple[int, int, float, str]]()
    for i, token in enumerate(tokens):
        if token.kind in ("digits", "ordinal"):
            digits = re.match(r"[\d,.]+", token.written)
            found.append((i, i + 1, float(digits[0].replace(",", "")) if digits else 0.0, token.kind))
        elif token.kind == "clock":
            found.append((i, i + 1, _clock(token.key), "clock"))
        elif token.written in _MARKED_FRACTIONS:
            found.append((i, i + 1, unicodedata.numeric(token.written), "share"))
        elif token.key in _TIMES:
            found.append((i, i + 1, _TIMES[token.key], "times"))
        elif token.key == "half" or (token.key in _FRACTIONS and _at(tokens, i - 1) in ("a", "an")):
            found.append((i, i + 1, 1 / _FRACTIONS[token.key], "share"))
        elif token.key == "dozen" and not token.written.endswith("s"):
            found.append((i, i + 1, 12.0, "scale"))
        elif token.key in ("decade", "century") and _at(tokens, i - 1) in ("a", "past", "last"):
            found.append((i - 1, i, 1.0, "word"))
        elif token.key == "single":
            found.append((i, i + 1, 1.0, "word"))
    for one in find_numbers(tokens, "en", threshold=0):
        only = tokens[one.start].key if one.end == one.start + 1 else ""
        if only == "o" or (only in _SCALES and tokens[one.start].written.endswith("s")):
            continue  # "O'Brien", "hundreds of people"
        kind = "scale" if only in _SCALES else "ordinal" if one.is_ordinal else "word"
        found.append((one.start, one.end, float(one.value), kind))
    return sorted(found)


def _with_unit(tokens: Sequence[_Token], first: int, behind: int, value: float, kind: str) -> tuple[Quantity, int]:
    """The quantity that begins with a number, and the token behind it."""
    unit, step = {"digits": "", "word": "", "scale": ""}.get(kind, kind), 1.0
    if kind == "digits" and "." in tokens[first].written:
        step = 10.0 ** -len(tokens[first].written.rpartition(".")[2])
    unit = unit or _unit_before(tokens, first)
    start = tokens[first - 1].start if first and _unit_before(tokens, first) else tokens[first].start
    more = _FRACTIONS.get(_at(tokens, behind + 2)) if _at(tokens, behind) == "and" else None
    if more and _at(tokens, behind + 1) == "a":  # two and a half
        value, step, behind = value + 1 / more, 1 / more, behind + 3
    fraction = _FRACTIONS.get(_at(tokens, behind)) if kind in ("digits", "word") else None
    if fraction:  # two thirds
        unit, value, behind = "share", value / fraction, behind + 1
    elif kind in ("digits", "word") and (scale := _scale(tokens, behind, bool(unit))):
        value, step, behind = value * scale, step * scale, behind + 1
    at = behind
    while unit == "share" and _at(tokens, at) in ("of", "a", "an"):
        at += 1
    if at > behind and (scale := _SCALES.get(_at(tokens, at))):  # a quarter of a million
        unit, value, step, behind = "", value * scale, 0.1 * scale, at + 1
    elif at > behind and _at(tokens, at - 1) != "of" and _unit_behind(tokens, at)[0]:  # half an hour
        unit, step, behind = "", 0.1, at
    if unit == "share":
        step = 0.03  # "a third" of 610 may be 200
    if not unit:
        unit, factor, behind = _unit_behind(tokens, behind)
        value, step = value * factor, step * factor
        if unit == "%":
            unit, value, step = "share", value / 100, step / 100
    before = first - (_at(tokens, first - 1) in ("a", "an", "the") or start < tokens[first].start)
    words = [_at(tokens, at) for at in range(before - 3, before)]
    bound: Bound = next((_BOUNDS[key] for n in range(3) if (key := " ".join(words[n:])) in _BOUNDS), "")
    return Quantity(start, tokens[behind - 1].end, value, unit, step, bound), behind


def _unit_before(tokens: Sequence[_Token], first: int) -> str:
    mark = tokens[first - 1] if first else None
    return _money().get(mark.key, "") if mark and (mark.kind in ("mark", "code") or mark.key == "cr") else ""


def _scale(tokens: Sequence[_Token], at: int, money: bool) -> float | None:
    key = _at(tokens, at)
    touches = at < len(tokens) and tokens[at].start == tokens[at - 1].end
    if key == "dozen":
        return 12.0
    return _SCALES.get(key) or (_SHORT_SCALES.get(key) if touches and (money or key != "m") else None)


def _unit_behind(tokens: Sequence[_Token], at: int) -> tuple[str, float, int]:
    """Unit, factor to it, and the token behind it; an empty unit where none is written."""
    key, following = _at(tokens, at), _at(tokens, at + 1)
    if key in ("%", "percent", "percentage"):
        return "%", 1.0, at + 1
    if (key, following) == ("per", "cent"):
        return "%", 1.0, at + 2
    if key in ("time", "times", "fold"):
        return "times", 1.0, at + 1
    if key in _LONGER:
        return *_LONGER[key], at + 1
    for words in (3, 2, 1):
        measure = _measures().get(" ".join(_at(tokens, at + n) for n in range(words)))
        if measure:
            return measure, 1.0, at + words
    if key in _money():
        return _money()[key], 1.0, at + 1
    if following in _money() and tokens[at].written[0].isupper():  # 5 million US dollars
        return _money()[following], 1.0, at + 2
    return "", 1.0, at


def _joined(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """Give the first number of a range the unit of the second, and make one share of "one in four"."""
    joined = list[Quantity]()
    for one in found:
        before = joined[-1] if joined else None
        between = text[before.end : one.start].strip().casefold() if before else ""
        ranges = between in ("-", "–", "—", "to", "and", "or")
        if ranges and before and not before.unit and (one.unit or (one.step > 1 and before.value < one.step)):
            scale = one.step if one.step > 1 and before.value < one.step else 0.01 if one.unit == "share" else 1.0
            joined[-1] = replace(before, value=before.value * scale, unit=one.unit, step=before.step * scale)
        elif before and not before.unit and not one.unit and between in ("in", "in every") and before.value < one.value:
            joined[-1] = replace(before, end=one.end, value=before.value / one.value, unit="share", step=0.01)
            continue
        joined.append(one)
    return joined


def _at(tokens: Sequence[_Token], at: int) -> str:
    return tokens[at].key if 0 <= at < len(tokens) else ""


def _key(word: str) -> str:
    """A word in lower case and in the singular, as far as the tables below need it."""
    lower = word.lower()
    irregular = {"feet": "foot", "inches": "inch", "centuries": "century", "halves": "half"}
    return irregular.get(lower) or (lower[:-1] if len(lower) > 3 and lower.endswith("s") else lower)


def _clock(written: str) -> float:
    numbers = [int(number) for number in re.findall(r"\d+", written)]
    hour = numbers[0] % 12 + (12 if "p" in written else 0) if "m" in written else numbers[0]
    return float(hour + (numbers[1] / 60 if len(numbers) > 1 else 0))


@cache
def _money() -> dict[str, str]:
    """Names of currencies by their words and signs; dollars of all countries are dollars, as news writes them."""
    from babel.numbers import get_currency_name, get_currency_symbol

    found = {"$": "dollar"}
    for code in _CURRENCIES:
        noun = _key(get_currency_name(code, count=2, locale="en").split()[-1])
        noun = _MORE_MONEY.get(noun, noun)
        found |= {noun: noun, code.lower(): noun, get_currency_symbol(code, locale="en").lower(): noun}
    return found | _MORE_MONEY


@cache
def _measures() -> dict[str, str]:
    """Units by their words and symbols, in American and British spelling."""
    from babel.units import format_unit

    found = dict[str, str]()
    for unit in _MEASURES:
        for locale in ("en_US", "en_GB"):
            for length in ("long", "short"):
                words = re.sub(r"[\d,.]+", "", format_unit(2, unit, length, locale=locale)).split()
                key = " ".join(_key(word) for word in words)
                if key and key not in _AMBIGUOUS:
                    found[key] = unit.partition("-")[2].removesuffix("-per-hour")
    return found | {"tonne": "tonne", "ton": "tonne", "degree": "celsius", "kilo": "kilogram", "hourly": "hour"}
