"""Numbers as a text gives them, with what each counts, and whether two of them can be the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from rag.check.units import MEASURES, PEOPLE


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text gives it."""

    values: frozenset[tuple[str, float]]
    """Its readings, as (kind, value); the kinds are count, percent, ordinal, clock, and money with the currency."""
    first: int
    """``first`` to ``behind`` (exclusive) are its tokens."""
    behind: int
    counted: tuple[str, ...]
    """Keys of the words behind it: what is counted."""
    rough: bool
    """Whether "about", "nearly", "more than" or the like stands before it."""
    bound: int = 0
    """1 behind "more than", "over", "at least"; -1 behind "less than", "under", "nearly"."""
    implied: bool = False
    """Only implied by a word ("both", "a"): it may support a number, but claims none."""

    @property
    def kinds(self) -> frozenset[str]:
        """Its kinds, all currencies as one."""
        return frozenset(kind.split()[0] for kind, _ in self.values)

    @property
    def measure(self) -> str | None:
        """The unit of measure that it counts, if it does."""
        return next((MEASURES[word] for word in self.counted[:1] if word in MEASURES), None)


def same_quantity(claimed: Quantity, given: Quantity) -> bool:
    """Whether the number that a sentence claims is the one that its evidence gives."""
    if _counts_otherwise(claimed, given) or claimed.bound * given.bound < 0:
        return False
    if claimed.values & given.values:
        return True
    if given.implied:
        return False
    return any(
        (kind == other or (_bare(kind, claimed) and other != "ordinal") or (_bare(other, given) and kind != "ordinal"))
        and (_close(value, exact) or (claimed.rough and _rounded(value, exact, claimed.bound)))
        for kind, value in claimed.values
        for other, exact in given.values
    )


def _bare(kind: str, quantity: Quantity) -> bool:
    """Whether a number stands without its unit: "41 per cent for Park, and 33 for Blume"."""
    return kind == "count" and not quantity.counted


def same_thing_counted(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers count the same: "12 people" and "14 people"."""
    kinds = one.kinds & other.kinds
    if not kinds:
        return False
    if kinds != {"count"}:
        return True
    shared = set(one.counted) & set(other.counted)
    return bool(shared) or (_people(one) and _people(other))


def _counts_otherwise(claimed: Quantity, given: Quantity) -> bool:
    one, other = claimed.measure, given.measure
    if one and other:
        return one != other
    return bool((one and _people(given)) or (other and _people(claimed)))


def _people(quantity: Quantity) -> bool:
    return bool(PEOPLE.intersection(quantity.counted[:2]))


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))


def _rounded(claimed: float, exact: float, bound: int) -> bool:
    """Whether ``exact`` becomes ``claimed`` with fewer digits: by a little, or to the side that is said."""
    if claimed <= 0 or exact <= 0 or bound * (exact - claimed) < 0:
        return False
    if abs(claimed - exact) > (0.25 if bound else 0.03) * exact:
        return False
    digits = _significant(claimed)
    if digits >= _significant(exact):
        return False
    step = 10.0 ** (floor(log10(exact)) + 1 - digits)
    down = floor(exact / step + 1e-9) * step
    return _close(claimed, down) or _close(claimed, down + step)


def _significant(value: float) -> int:
    return len(f"{value:.9g}".split("e")[0].replace(".", "").strip("0")) or 1
