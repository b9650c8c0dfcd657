"""What a question names of where and when to look: days, outlets, authors, quoted words and languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Constraint:
    """Words of a question that say where or when to look."""

    kind: Literal["days", "outlet", "author", "phrase", "language"]
    start: int
    end: int
    """``start`` and ``end`` are characters of the question, the end exclusive."""
    words: str
    restricts: bool
    """Whether nothing else may be searched; otherwise it is a preference."""
    outlet: str | None = None
    author: str | None = None
    """The names are as the index holds them."""
    published_from: date | None = None
    published_to: date | None = None
    """Inclusive; None is open."""
    phrase: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a question asks for, as far as its wording says it."""

    question: str
    as_of: date
    constraints: tuple[Constraint, ...]
    """In the order of the question; no two overlap."""
    unknown_outlets: tuple[Constraint, ...] = ()
    """Outlets whose reporting it asks for, and that the index does not hold."""
    ignored: tuple[Constraint, ...] = ()
    """What it names as well, and the person wants read as nothing but words."""

    @property
    def scope(self) -> Scope:
        """What the restricting constraints leave to be searched."""
        restricting = [one for one in self.constraints if one.restricts]
        first, last = _common_days([one for one in restricting if one.kind == "days"])
        return Scope(
            published_from=first,
            published_to=last,
            outlets=tuple(dict.fromkeys(one.outlet for one in restricting if one.outlet)),
            authors=tuple(dict.fromkeys(one.author for one in restricting if one.author)),
            languages=tuple(dict.fromkeys(one.language for one in restricting if one.language)),
        )

    @property
    def phrases(self) -> tuple[str, ...]:
        """Quoted words that must be said; the title of an article is only a preference."""
        return tuple(one.phrase for one in self.constraints if one.phrase and one.restricts)

    def rest(self, *, phrases: bool) -> str:
        """The question without the words that say where and when to look; with quoted words where ``phrases``.

        What is ignored is left out, too, but for quoted words and for a name that its wording does not tie to the
        coverage: these may be what the question is about.
        """
        places = [one for one in self.constraints if not (phrases and one.kind == "phrase")]
        places += [one for one in self.ignored if one.kind == "days" or (one.restricts and one.kind != "phrase")]
        text = self.question
        for one in sorted(places, key=lambda one: -one.start):
            text = f"{text[: one.start]} {text[one.end :]}"
        return text


def _common_days(constraints: Sequence[Constraint]) -> tuple[date | None, date | None]:
    """The days that all constraints allow; from the earliest to the latest where they have none in common.

    Days apart from each other are parts of a comparison, and all of both must be reachable.
    """
    firsts = [one.published_from or date.min for one in constraints] or [date.min]
    lasts = [one.published_to or date.max for one in constraints] or [date.max]
    first, last = max(firsts), min(lasts)
    if first > last:
        first, last = min(firsts), max(lasts)
    return (None if first == date.min else first), (None if last == date.max else last)
