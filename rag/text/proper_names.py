"""Finds the names in an English text, and says when two of them may mean the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rag.text.dates import month_number, weekdays
from rag.text.words import STOP_WORDS, fold

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[&'’.][^\W\d_]+)*")
_SENTENCE_ENDS = ".?!:;“„«‘(["
# Small words inside a name: "Bank of England", "Ursula von der Leyen".
_INSIDE = frozenset("of de von van bin al der den da la du del di".split())
# Left out of acronyms, or not: "Food and Agriculture Organization", "Social Media Victims Law Center".
_BETWEEN = frozenset("and of for the on in de &".split())
_TITLES = frozenset("mr mrs ms dr sir st".split())
# They begin sentences, and no names; those of STOP_WORDS do, too.
_OPENERS = STOP_WORDS | frozenset(
    """although though despite unless throughout among amid around however meanwhile instead later earlier neither
    either nearly almost even several every""".split()
)
# What their other names do not begin like.
_SAME = (
    frozenset("us usa america american americans united".split()),
    frozenset("uk britain british briton".split()),
    frozenset({"wales", "welsh"}),
    frozenset({"switzerland", "swiss"}),
)
# Letters with a stroke, which have no accent to fold.
_STROKED = str.maketrans("łøđ", "lod")
_DEMONYM = re.compile(r"(?:an|ans|ese|ish|ic|er|ers|ne|i)$")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words with capitals; ``start`` and ``end`` are its characters, the end exclusive."""

    start: int
    end: int
    words: tuple[str, ...]
    """Folded, without a possessive's "'s", titles and the small words inside."""
    opens: bool = False
    """Whether it is one word that begins a sentence, and so may be no name: "Prosecutors said"."""


def names(text: str) -> list[Name]:
    """Find the names in an English text in order: H&M, X, Mara Quill, the Bank of England; not months and weekdays."""
    found = list[Name]()
    run = list[re.Match[str]]()
    matches = list(_WORD.finditer(text))
    for i, match in enumerate(matches):
        between = text[run[-1].end() : match.start()] if run else ""
        if run and (between not in (" ", "-", ". ", "\u00a0") or run[-1][0].endswith(("'s", "’s"))):
            found += _name(text, run)
            run = []
        if _is_capital(text, match) or (run and match[0] in _INSIDE and i + 1 < len(matches)):
            run.append(match)
        elif run:
            found += _name(text, run)
            run = []
    return found + (_name(text, run) if run else [])


def name_word(word: str) -> str:
    """A word as names are compared by: folded, without points and "'s"."""
    return fold(word).removesuffix("'s").rstrip("'").replace(".", "").translate(_STROKED)


def same_word(one: str, other: str) -> bool:
    """Whether two words of names, as ``name_word`` gives them, name one thing: Norway and Norwegian, UK and British."""
    if any(one in group and other in group for group in _SAME):
        return True
    one, other = sorted((one.rstrip("s"), other.rstrip("s")), key=len)
    shared = max(4, len(one) - 2)
    return (
        (one == other or (len(one) >= 4 and len(other) <= len(one) + 2 and other.startswith(one)))  # Czech, Czechia
        or (one[:shared] == other[:shared] and any(map(_DEMONYM.search, (one, other))))
        or any(_lands().get(language) == land for language, land in ((one, other), (other, one)))
    )


def is_demonym(word: str) -> bool:
    """Whether a word, as ``name_word`` gives it, is named for a land, and is none itself: Dutch, Bolivian."""
    from babel import Locale

    lands = {name_word(one) for name in Locale("en").territories.values() for one in name.split()}
    return word not in lands and (word in _lands() or any(len(one) > 3 and same_word(word, one) for one in lands))


@cache
def _lands() -> dict[str, str]:
    """The country in which a language is at home, by the folded names of both, as CLDR has them: Dutch, Netherlands."""
    from babel import Locale
    from babel.core import get_global

    english, found = Locale("en"), dict[str, str]()
    for code, likely in get_global("likely_subtags").items():
        language, land = english.languages.get(code), english.territories.get(likely.rpartition("_")[2])
        if language and land:
            found[fold(language)] = fold(land).rstrip("s")
    return found


def is_acronym(short: str, words: Sequence[str]) -> bool:
    """Whether ``short`` is made of the initials of consecutive ``words``, small words left out or not."""
    letters = short.replace("&", "")
    if not 2 <= len(letters) <= 7:
        return False
    whole = "".join(word[0] for word in words if word)
    without = "".join(word[0] for word in words if word and word not in _BETWEEN)
    return letters in whole or letters in without


def _is_capital(text: str, match: re.Match[str]) -> bool:
    word = match[0]
    if not word[0].isupper() or word in ("I", "A") or _calendar_word(name_word(word)):
        return False
    return not (word.istitle() and fold(word) in _OPENERS and (_opens(text, match.start()) or word in ("The", "An")))


def _opens(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return not before or before[-1] in _SENTENCE_ENDS or (before[-1] == '"' and before[-2:-1] in ("", " "))


def _name(text: str, run: Sequence[re.Match[str]]) -> list[Name]:
    while run and run[-1][0] in _INSIDE:
        run = run[:-1]
    words = tuple(key for one in run if one[0] not in _INSIDE and (key := name_word(one[0])) not in _TITLES)
    if not words:
        return []
    plain = len(words) == 1 and run[0][0][1:].islower()
    return [Name(run[0].start(), run[-1].end(), words, plain and _opens(text, run[0].start()))]


@cache
def _calendar_word(word: str) -> bool:
    return month_number(word) is not None or word.rstrip("s").casefold() in weekdays()
