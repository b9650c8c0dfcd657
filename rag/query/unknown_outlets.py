"""Finds outlets that a question asks the reporting of, and that the index does not hold."""

from __future__ import annotations

from collections.abc import Sequence

from rag.query.reading import REPORTED, Constraint, Reading, any_of

_PIECES = frozenset(
    "article articles piece pieces story stories editorial editorials column op-ed coverage reporting".split()
)
_OF = frozenset("by from in".split())
_REPORTS = frozenset("report reports review reviews interview analysis".split())
_ANOTHER = frozenset("another one other second".split())
# Words that outlets call themselves by; "according to Powell" asks for no outlet.
_CALLED = frozenset(
    """times post news journal guardian herald tribune gazette courier review magazine weekly daily today mirror
    observer press radio tv television broadcasting chronicle telegraph sun star globe mail express standard inquirer
    examiner bulletin dispatch wire ledger record monitor echo argus advertiser independent reporter digest""".split()
)
# "Does the X article say …": it is asked for what X wrote; "the Brexit article" alone may be about Brexit.
_SAYING = frozenset(
    """say says said report reports reported suggest suggests claim claims mention mentions discuss discusses describe
    describes argue argues note notes detail details detailing discussing describing highlight highlights""".split()
)
_DESCRIBING = frozenset("new latest first last other same".split())
_WITHIN = frozenset("of and & the de du la le for".split())
_LONGEST = 6


def unknown_outlets(reading: Reading, held: Sequence[Constraint]) -> list[Constraint]:
    """Mentions of outlets that are none of those ``held``, in order; they limit nothing, since nothing is left by them.

    Only wording that asks for somebody's reporting counts ("an article by the Evening Post"), and only names with
    capitals. What is no outlet, but has written ("an article by Ana Ruhl"), counts as well.
    """
    if reading.careless:
        return []
    found = list[Constraint]()
    taken = [(one.start, one.end) for one in held]
    i = 0
    while i < len(reading):
        end = _name_end(reading, i)
        if end == i:
            i += 1
            continue
        start = i - (reading.key(i - 1) == "the")
        constraint = reading.constraint("outlet", start, end, limits=False)
        free = all(constraint.end <= first or constraint.start >= last for first, last in taken)
        if free and _asks_for(reading, start, end):
            found.append(constraint)
        i = end
    return found


def _name_end(reading: Reading, i: int) -> int:
    """The token behind a name that begins at token ``i``; ``i`` where none does."""
    if not reading.capital(i) or reading.key(i) in ("the", "a", "an", "i") or reading.starts_sentence(i):
        return i
    end = i + 1
    while end < min(len(reading), i + _LONGEST):
        joins = reading.key(end) in _WITHIN and reading.capital(end + 1)
        if not reading.capital(end) and not joins:
            break
        end += 1 + joins
    return min(end, len(reading))


def _asks_for(reading: Reading, start: int, end: int) -> bool:
    before, earlier = reading.key(start - 1), reading.key(start - 2)
    while before in ("'", '"', "“", "‘"):
        start -= 1
        before, earlier = reading.key(start - 1), reading.key(start - 2)
    behind = reading.key(end)
    named = reading.key(end - 1) in _CALLED or (reading.key(start) == "the" and reading.key(start + 1) in _CALLED)
    if before in _OF and (earlier in _PIECES or (named and earlier in _REPORTS | REPORTED)):
        return True
    if before in _OF and earlier in _ANOTHER and any_of(reading.before(start, 20), _PIECES):
        return True  # "an article by X and another by Y"
    if named and before == "to" and earlier == "according":
        return True
    if behind in _PIECES and (named or before in ("a", "an") or any_of(reading.keys[end + 1 : end + 4], _SAYING)):
        return before not in _DESCRIBING  # "the new Brexit article"
    return named and behind in _REPORTS
