"""Finds the articles that are copies of one text: the same wire story, carried, cut and retouched by many outlets."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from rag.articles import Article
from rag.text.words import words

_SHINGLE = 5  # words of one (Broder 1997): with so many in one order two texts do not agree by chance
# Of an article with more shingles every fourth is kept, the same ones in every article; a shorter one keeps all, since
# few of few say little.
_WHOLE, _EVERY = 256, 4
# A copy shares so many of those of every fourth, and of the shorter text's this share and a few more: what is little
# may be a form of words. A brief has too few to be like by share: all that it has must be there, and be not too few.
_SHARED, _SHARE, _MORE = 8, 0.5, 4
_FEWEST = 3
# The most of what is shared that may have other figures: the same words with other ones are the next day's weather, or
# "nineteen dead" for "seven dead".
_OTHER_FIGURES = 0.1
# What stands in more stories is furniture of the site or a form of words, and says nothing of where a text comes from.
_FURNITURE = 1_000
# Postings that are looked up one by one before they are sorted into an array.
_FRESH = 100_000

# What the last bits of a kept hash say: two whether it is one of every fourth (0), two what it is of.
_SAMPLED, _KIND = np.uint64(0b1100), np.uint64(0b11)
_WORDS, _FIGURE, _EXACT = range(3)
"""A shingle without figures; one with them, whatever they are; and as they are."""


def sketch(article: Article) -> NDArray[np.uint64]:
    """Return hashes of the article's shingles, sorted, by which ``CopyGroups`` knows it; stable for good."""
    said = [_hashes(word) for paragraph in article.paragraphs for word in words(paragraph)]
    count = len(said) - _SHINGLE + 1
    if count < 1:
        return np.empty(0, dtype=np.uint64)
    exact, masked = np.array(said, dtype=np.uint64).T
    figure = np.any(_windows(np.not_equal(exact, masked)), axis=0)
    as_words, as_figures = (_mixed(_windows(one)) & ~_KIND for one in (masked, exact))
    sampled = as_words & _SAMPLED
    kept = as_words | np.asarray(figure, dtype=np.uint64)
    kept_exact = (as_figures & ~_SAMPLED) | sampled | np.uint64(_EXACT)
    keep = (sampled == 0) | (count <= _WHOLE)
    return np.unique(np.concatenate([kept[keep], kept_exact[keep & figure]]))


def _windows(values: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.lib.stride_tricks.sliding_window_view(values, _SHINGLE).T


def _mixed(windows: NDArray[np.generic]) -> NDArray[np.uint64]:
    """One well spread hash for each column (a polynomial of the words', finished as SplitMix64 does)."""
    mixed = np.zeros(windows.shape[1], dtype=np.uint64)
    for row in windows:
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + row
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


@lru_cache(maxsize=200_000)
def _hashes(word: str) -> tuple[int, int]:
    """Hash of a word, and of what stands for it where figures do not count."""
    exact = crc32(word.encode("utf-8", "surrogatepass")) + 1
    return exact, 0 if any(map(str.isdigit, word)) or _is_number(word) else exact


def _is_number(word: str) -> bool:
    from text_to_num import text2num

    try:
        text2num(word, "en")
    except ValueError:
        return False
    return True


class CopyGroups:
    """The groups that are known, each by its first article; an article that is placed joins one, or begins one.

    It joins only what is a copy of the first article, so that a chain of changes never merges two stories.
    """

    def __init__(self, heads: Iterable[tuple[int, NDArray[np.uint64]]] = ()) -> None:
        """Begin with the numbers and sketches of the first articles of groups."""
        self._numbers, self._sizes = (
            array("q"),
            array("q"),
        )  # of each head: number; hashes in all, of every fourth, whole
        self._sorted: list[tuple[NDArray[np.uint64], NDArray[np.int32]]] = []
        self._fresh: dict[int, list[int]] = {}
        self._postings = 0
        sketches = []
        for number, one in heads:
            self._count(number, one)
            sketches.append(one)
        if sketches:
            lengths = [len(one) for one in sketches]
            places = np.repeat(np.arange(len(sketches), dtype=np.int32), lengths)
            self._sorted.append(_by_hash(np.concatenate(sketches), places))

    def place(self, number: int, sketch: NDArray[np.uint64]) -> int:
        """Return the number of the first article of the group that an article belongs to; its own if it begins one."""
        if (head := self._original(sketch)) is not None:
            return head
        place = self._count(number, sketch)
        for one in sketch.tolist():
            self._fresh.setdefault(one, []).append(place)
        self._postings += len(sketch)
        if self._postings >= _FRESH:
            self._sort_fresh()
        return number

    def _count(self, number: int, sketch: NDArray[np.uint64]) -> int:
        self._numbers.append(number)
        self._sizes.extend(_sizes(sketch))
        return len(self._numbers) - 1

    def _original(self, sketch: NDArray[np.uint64]) -> int | None:
        """The number of the head that a text is a copy of, and shares most with; None where there is none."""
        places, kinds = self._found(sketch)
        heads, votes = np.unique(places, return_inverse=True)
        words, figures, same_figures = (np.bincount(votes[kinds == kind], minlength=len(heads)) for kind in range(3))
        shared = words + figures
        everything, sampled, whole = _sizes(sketch)
        theirs = np.frombuffer(self._sizes, dtype=np.int64).reshape(-1, 3)[heads]
        both = (theirs[:, 2] & whole).astype(bool)
        shorter = np.where(both, np.minimum(theirs[:, 0], everything), np.minimum(theirs[:, 1], sampled))
        unit = np.where(both, _EVERY, 1)  # both keep all of them
        enough = (shared >= _SHARED * unit) & (shared >= _SHARE * shorter + _MORE * unit)
        same = figures - same_figures <= _OTHER_FIGURES * shared
        all_there = (shared >= _FEWEST * unit) & (shared == shorter) & (figures == same_figures)
        is_copy = np.where(shorter < _SHARED * unit, all_there, enough & same)
        return self._numbers[int(heads[np.argmax(shared * is_copy)])] if is_copy.any() else None

    def _found(self, sketch: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """A place of a head for each hash that it holds, and the kind of that hash; furniture is left out."""
        places, hashes = list[NDArray[np.int64]](), list[NDArray[np.uint64]]()
        for known, of in self._sorted:
            first, behind = (np.searchsorted(known, sketch, side) for side in ("left", "right"))
            counts = np.where(behind - first > _FURNITURE, 0, behind - first)
            starts = np.repeat(first - np.cumsum(counts) + counts, counts)
            places.append(of[starts + np.arange(len(starts))].astype(np.int64))
            hashes.append(np.repeat(sketch, counts))
        fresh = [self._fresh.get(one, ()) for one in sketch.tolist()]
        places.append(np.fromiter(chain.from_iterable(fresh), dtype=np.int64))
        hashes.append(np.repeat(sketch, [len(one) for one in fresh]))
        return np.concatenate(places), np.concatenate(hashes) & _KIND

    def _sort_fresh(self) -> None:
        """Sort what is fresh into an array, and merge arrays of like size: few are left, and none is sorted often."""
        lengths = [len(one) for one in self._fresh.values()]
        hashes = np.repeat(np.fromiter(self._fresh, dtype=np.uint64, count=len(lengths)), lengths)
        places = np.fromiter((one for each in self._fresh.values() for one in each), dtype=np.int32, count=sum(lengths))
        self._sorted.append(_by_hash(hashes, places))
        self._fresh, self._postings = {}, 0
        while len(self._sorted) > 1 and len(self._sorted[-2][0]) < 3 * len(self._sorted[-1][0]):
            (hashes, places), (others, of) = self._sorted.pop(), self._sorted.pop()
            self._sorted.append(_by_hash(np.concatenate([others, hashes]), np.concatenate([of, places])))


def _sizes(sketch: NDArray[np.uint64]) -> tuple[int, int, int]:
    """Number of the hashes of words, and of those of every fourth; and 1 where the sketch is of a whole text."""
    said = sketch[(sketch & _KIND) != _EXACT]
    sampled = int(np.count_nonzero((said & _SAMPLED) == 0))
    return len(said), sampled, int(sampled < len(said))


def _by_hash(hashes: NDArray[np.uint64], places: NDArray[np.int32]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    order = np.argsort(hashes)
    return hashes[order], places[order]
