"""The ways to write the names of outlets and authors: in full, shortened, with and without stops and "and"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from rag.query.reading import Reading
from rag.store.scope import name_key

_PARTS = re.compile(r"\s[|•·:—–-]+\s|\s*[|(]|:\s")  # an outlet's name ends there, and its slogan or section begins
_ARTICLES = frozenset("le la les el los las il lo i gli der die das de het o os".split())
ENDINGS = frozenset("com org net co uk news info".split())


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name."""

    kind: Literal["outlet", "author"]
    name: str
    rank: int
    """Of two names written alike, the lower counts: a name in full goes before a short form."""
    capitals: bool = False
    """Only as written in capitals."""
    plain: bool = False
    """One word, perhaps an ordinary one, so that it takes more to be a name."""


def ways_of_outlets(outlets: Iterable[str]) -> Iterator[tuple[tuple[str, ...], Form]]:
    """The keys by which each outlet may be written: in full, without its slogan, as its address, as initials."""
    for outlet in sorted(outlet for outlet in set(outlets) if name_key(outlet)):
        brand = next((part for part in _PARTS.split(outlet) if _keys(part)), outlet)
        for rank, written in enumerate((outlet, brand)):
            keys = _keys(written)
            if len(keys) > 2 and keys[-2] == "." and keys[-1] in ENDINGS:
                yield keys, Form("outlet", outlet, rank)
                keys = keys[:-2]
            plain = len(keys) == 1 and sum(c.isupper() or c.isdigit() for c in written) < 2
            for spelling in _spellings(keys):
                yield spelling, Form("outlet", outlet, rank, plain=plain)
        words = [key for key in _keys(brand) if key.isalnum()]
        if len(words) > 1:
            yield ("".join(words),), Form("outlet", outlet, rank=2, plain=True)  # as in its address
            if words[0] in _ARTICLES:
                yield _keys(brand)[1:], Form("outlet", outlet, rank=2, plain=len(words) == 2)
            if words[1:] == ["news"] and brand.split()[-2:][0].isupper():
                yield (words[0],), Form("outlet", outlet, rank=3, capitals=True)
        if len(words) > 2:
            yield ("".join(word[0] for word in words),), Form("outlet", outlet, rank=3, capitals=True)


def ways_of_authors(authors: Iterable[str]) -> Iterator[tuple[tuple[str, ...], Form]]:
    """The keys by which each author may be written; a family name alone may be anybody's."""
    for author in sorted(author for author in set(authors) if name_key(author)):
        keys = _keys(author)
        if len(keys) > 1:
            for spelling in _spellings(keys):
                yield spelling, Form("author", author, rank=4)
        words = [key for key in keys if key != "."]
        outer = (words[0], words[-1]) if words else ()
        if len(words) > 2 and len(words[0]) > 1 and all(len(key) == 1 and key.isalpha() for key in words[1:-1]):
            yield outer, Form("author", author, rank=5)  # without the middle initial


def _spellings(keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A name as it is, without full stops, with initials as one word, and with "and" and "&" for each other."""
    yield keys
    words = tuple(key for key in keys if key != ".")
    if words != keys and len("".join(words)) > 1:
        yield words
    initials = list(takewhile(lambda key: len(key) == 1 and key.isalpha(), words))
    if 1 < len(initials) < len(words):
        yield ("".join(initials), *words[len(initials) :])
    for one, other in (("&", "and"), ("and", "&")):
        if one in keys[1:-1]:
            yield tuple(other if key == one else key for key in keys)


def meant(forms: list[Form]) -> Form | None:
    """The name that is meant by a way to write it; None where nobody can tell."""
    rank = min(form.rank for form in forms)
    likeliest = [form for form in forms if form.rank == rank]
    return likeliest[0] if len({name_key(form.name) for form in likeliest}) == 1 else None


def _keys(name: str) -> tuple[str, ...]:
    keys = Reading(name).keys
    return tuple(keys[1:] if keys[:1] == ["the"] and len(keys) > 1 else keys)
