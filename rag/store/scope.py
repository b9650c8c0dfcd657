"""The limits on what may be searched."""

from __future__ import annotations

import difflib
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rag.text.languages import language_code, language_name
from rag.text.words import counted, fold


@dataclass(frozen=True, slots=True)
class Scope:
    """Limits that an article must keep to be searched at all; an empty one allows everything.

    ``published_from`` and ``published_to`` are inclusive days; an article without a date keeps neither. ``outlets`` and
    ``authors`` allow any of the names given, whatever their case, accents or leading "the". ``languages`` are codes or
    English names ("fr", "French") and are kept as codes; an article that names no language keeps none. ``articles``
    are ids of articles: any of them.

    Raises:
        ValueError: the days are the wrong way round, or no days; a name or id is empty or given as a bare string.
    """

    published_from: date | None = None
    published_to: date | None = None
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in ("published_from", "published_to"):
            day = getattr(self, field)
            # A datetime is a date to Python, but comparing the two raises; a string compares, wrongly.
            if day is not None and type(day) is not date:
                raise ValueError(f"{field} must be a datetime.date, not {day!r}")
        if self.published_from and self.published_to and self.published_from > self.published_to:
            raise ValueError(
                f"the range of days is the wrong way round: from {self.published_from} to {self.published_to}"
            )
        for field in ("outlets", "authors", "languages", "articles"):
            names = getattr(self, field)
            if isinstance(names, str):
                raise ValueError(f"{field} must be a tuple of names, not the string {names!r}")
            object.__setattr__(self, field, tuple(names))
            if not all(isinstance(name, str) and name_key(name) for name in names):
                raise ValueError(f"{field} holds an empty name, or something else than a name: {names!r}")
        codes = (language_code(name) or fold(name).strip() for name in self.languages)
        object.__setattr__(self, "languages", tuple(dict.fromkeys(codes)))
        object.__setattr__(self, "articles", tuple(dict.fromkeys(self.articles)))

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        limits = (self.published_from, self.published_to, self.outlets, self.authors, self.languages, self.articles)
        return any(limits)

    def __str__(self) -> str:
        """In words: "The Ellery Courier, in French, from 2025-03-01 to 2025-03-31"; "3 chosen articles"."""
        parts = [counted(len(self.articles), "chosen article") if self.articles else ""]
        parts += [", ".join(self.outlets), "by " + ", ".join(self.authors) if self.authors else ""]
        parts.append("in " + " or ".join(map(language_name, self.languages)) if self.languages else "")
        days = [f"from {self.published_from}" if self.published_from else ""]
        days.append(f"to {self.published_to}" if self.published_to else "")
        parts.append(" ".join(filter(None, days)))
        return ", ".join(filter(None, parts))


EVERYTHING = Scope()
_DAY = re.compile(r"\d{4}(?:-\d\d?){0,2}", re.ASCII)


def parse_day(text: str, *, last: bool = False) -> date:
    """Read a day that a person typed as 2025-03-04; of a month (2025-03) or a year (2025) its first day, or its last.

    Raises:
        ValueError: it is none of these, or there is no such day.
    """
    try:
        parts = [int(one) for one in text.strip().split("-")] if _DAY.fullmatch(text.strip()) else []
        if len(parts) == 1:
            parts.append(12 if last else 1)
        if len(parts) == 2:
            parts.append(monthrange(*parts)[1] if last else 1)
        return date(*parts)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{text!r} is not a day: write 2025-03-04, 2025-03 for a month or 2025 for a year") from error


def name_key(name: str) -> str:
    """Reduce the name of an outlet or author to what two spellings share: case, accents, white space, leading "the"."""
    return " ".join(fold(name).split()).removeprefix("the ")


def joined_key(name: str) -> str:
    """Reduce a name to its letters and digits, so that "J. K. Rowan", "JK Rowan" and "J.K. Rowan" are one."""
    folded = fold(name).replace("&", "and")
    return re.sub(r"[\W_]+", "", folded.removeprefix("the ") if len(folded) > 4 else folded)


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ValueError:
    """Make the error for a name that the index does not hold; it says which names are near."""
    by_key = {name_key(one): one for one in known}
    key = name_key(name)
    near = [by_key[one] for one in difflib.get_close_matches(key, by_key, n=3, cutoff=0.6)]
    near += [value for one, value in by_key.items() if key in one and value not in near]
    if near:
        return ValueError(f"no {kind} {name!r} in the index: did you mean {' or '.join(map(repr, near[:3]))}")
    return ValueError(f"no {kind} {name!r} in the index: it holds {_some(sorted(by_key.values()))}")


def unknown_language(language: str, known: Iterable[str]) -> ValueError:
    """Make the error for a language that no article of the index names; it says which ones they name."""
    held = ", ".join(f"{language_name(code)} ({code})" for code in sorted(known))
    return ValueError(f"no language {language!r} in the index: it holds {held or 'articles that name none'}")


def unknown_article(article_id: str) -> ValueError:
    """Make the error for an article that the index does not hold."""
    return ValueError(f"no article {article_id!r} in the index: rag search shows the ids of those that it finds")


def _some(names: list[str]) -> str:
    if not names:
        return "none"
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
