"""Reads a sentence for checking: its words, quantities, dates and names, and what stands beside each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import takewhile

from rag.check.quotations import quotations
from rag.text.periods import Period, periods
from rag.text.proper_names import Name, names
from rag.text.quantities import Quantity, quantities
from rag.text.sentences import sentence_spans
from rag.text.words import STOP_WORDS, fold, terms

Item = Quantity | Period | Name

_TOKEN = re.compile(r"[^\W_]+(?:['’&.][^\W_]+)*|[,;:()–—]|\s-\s")
_REACH = 5


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """A word of a sentence."""

    start: int
    end: int
    key: str
    """Folded; empty in quantities and dates: "May" is no verb there."""
    stem: str
    """Its term; empty for words that carry no meaning, and for those of quantities and dates."""
    segment: tuple[int, bool]
    """Which one between commas, colons, dashes and "but" it stands in, and whether in a quotation."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A sentence, which begins at character ``start`` of its paragraph, and what it says."""

    text: str
    start: int
    quantities: Sequence[Quantity]
    dates: Sequence[Period]
    names: Sequence[Name]
    quoted: Sequence[tuple[int, int]]
    tokens: Sequence[Token]
    stems: frozenset[str]
    name_stems: frozenset[str]

    def is_quoted(self, at: int) -> bool:
        """Whether character ``at`` stands within quotation marks."""
        return any(start <= at < end for start, end in self.quoted)

    def checkable(self) -> list[Token]:
        """The words that carry meaning and are neither names nor quoted."""
        terms = [token for token in self.tokens if token.stem and token.stem not in self.name_stems]
        return [token for token in terms if not self.is_quoted(token.start)]

    def counted(self, number: Item) -> frozenset[str]:
        """The stems right behind a bare number: of "seven new colours", "new" and "colour"."""
        if not isinstance(number, Quantity) or number.unit:
            return frozenset()
        behind = [token for token in self.tokens if token.start >= number.end]
        return frozenset(token.stem for token in takewhile(lambda token: token.stem, behind[:3]))

    def context(self, item: Item) -> dict[tuple[int, str], float]:
        """The content words beside ``item``, by side and stem, with weights that fall with the distance."""
        found = dict[tuple[int, str], float]()
        left = [token for token in reversed(self.tokens) if token.end <= item.start]
        right = [token for token in self.tokens if token.start >= item.end]
        for side, beside in enumerate((left, right)):
            for distance, token in enumerate([token for token in beside if token.stem][:_REACH]):
                apart = 1 if token.segment == beside[0].segment else 0.5
                found.setdefault((side, token.stem), apart / (1 + distance / 3))
        return found


def read(text: str, published: date | None, start: int = 0) -> Statement:
    """Read a sentence that stands at character ``start`` of its paragraph, its relative dates as of ``published``."""
    counted, dated, quoted = quantities(text), periods(text, published), quotations(text)
    without = text
    for one in counted:  # "Twenty Republicans" is no name
        without = f"{without[: one.start]}{'|' * (one.end - one.start)}{without[one.end :]}"
    named = names(without)
    measured = [(one.start, one.end) for one in counted] + [(one.start, one.end) for one in dated]
    tokens = list(_tokens(text, measured, quoted))
    stems = frozenset(one.stem for one in tokens if one.stem)
    in_names = frozenset(one.stem for one in tokens if any(name.start <= one.start < name.end for name in named))
    return Statement(text, start, counted, dated, named, quoted, tokens, stems, in_names)


def _tokens(text: str, measured: Sequence[tuple[int, int]], quoted: Sequence[tuple[int, int]]) -> Iterator[Token]:
    segment = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if not match[0][0].isalnum():
            segment += 1
            continue
        key = fold(match[0]).removesuffix("'s")
        segment += key in ("but", "although", "though", "while", "whereas")
        plain = (key in STOP_WORDS and not match[0].isupper()) or key.endswith("n't")
        inside = any(first <= start < behind for first, behind in measured)
        stem = "" if plain or inside else next(iter(terms(match[0])), "")
        in_quotation = any(first <= start < behind for first, behind in quoted)
        yield Token(start, end, "" if inside else key, stem, (segment, in_quotation))


def nearness(claim: Statement, mine: Item, said: Statement, one: Item) -> float:
    """How far two items stand among the same words, from 0 to 1; words on the other side count half."""
    claimed, given = claim.context(mine), said.context(one)
    shared = sum(
        min(weight, max(given.get((side, stem), 0.0), given.get((1 - side, stem), 0.0) / 2))
        for (side, stem), weight in claimed.items()
    )
    return shared / sum(claimed.values()) if claimed else 0.0


@lru_cache(maxsize=4_000)
def statements(paragraph: str, published: date | None) -> tuple[Statement, ...]:
    """Read each sentence of a paragraph of an article."""
    return tuple(read(paragraph[start:end], published, start) for start, end in sentence_spans(paragraph))
