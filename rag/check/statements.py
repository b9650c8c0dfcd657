"""Reads a sentence for checking: its words, quantities, dates and names, and what it denies or leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from rag.check.quotations import quotations
from rag.text.periods import Period, periods
from rag.text.proper_names import Name, names
from rag.text.quantities import Quantity, quantities
from rag.text.sentences import sentence_spans
from rag.text.words import STOP_WORDS, fold, terms

Item = Quantity | Period | Name

_TOKEN = re.compile(r"[^\W_]+(?:['’&.][^\W_]+)*|[,;:()–—]|\s-\s")
_NEW_CLAUSE = frozenset("but although though while whereas because that which who when after before until".split())
_NEGATORS = frozenset("not no never none nobody nothing neither nor without cannot".split())
# Verbs and adjectives that deny what they govern (Karttunen 1971), by their stems.
_DENYING = frozenset(terms("failed refused declined denied unable lacked absent averted avoided prevented"))
_OPEN = frozenset("may might could would will shall should if unless whether planned".split())
_LEAVING_OPEN = frozenset(
    terms(
        """expected proposed alleged allegedly reportedly accused suspected possible possibly possibility
        potential potentially likely perhaps probably hoped considered investigating intended wanted aimed sought"""
    )
)
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
    clause: int
    segment: int
    """Its place between commas, colons and dashes, which may hold several clauses."""
    quoted: bool

    @property
    def negates(self) -> bool:
        """Whether it is "not" or another word of its kind."""
        return self.key in _NEGATORS or self.key.endswith("n't")

    @property
    def denies(self) -> bool:
        """Whether it denies what stands behind it, in any way."""
        return self.negates or self.stem in _DENYING

    @property
    def leaves_open(self) -> bool:
        """Whether it says of what stands beside it that it is only possible, planned or alleged."""
        return self.key in _OPEN or self.stem in _LEAVING_OPEN


@dataclass(frozen=True, eq=False)
class Statement:
    """A sentence and what it says; ``start`` and ``end`` are its characters in its paragraph."""

    text: str
    start: int
    end: int
    published: date | None

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers with their units."""
        return tuple(quantities(self.text))

    @cached_property
    def dates(self) -> tuple[Period, ...]:
        """Its dates, the relative ones as of the day of publication."""
        return tuple(periods(self.text, self.published))

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Its names."""
        text = self.text
        for one in self.quantities:  # "Twenty Republicans"
            text = f"{text[: one.start]}{'0' * (one.end - one.start)}{text[one.end :]}"
        return tuple(names(text))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its words, in order."""
        return tuple(self._read())

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words."""
        return frozenset(token.stem for token in self.tokens if token.stem)

    @cached_property
    def name_stems(self) -> frozenset[str]:
        """The stems of the words of its names."""
        spans = [(one.start, one.end) for one in self.names]
        return frozenset(one.stem for one in self.tokens if any(a <= one.start < b for a, b in spans))

    @cached_property
    def quoted(self) -> tuple[tuple[int, int], ...]:
        """Its quotations, as start and end."""
        return tuple(quotations(self.text))

    @cached_property
    def denied(self) -> frozenset[int]:
        """Indexes of the tokens that a negation governs: the next content words of its segment."""
        cues = [i for i, token in enumerate(self.tokens) if token.denies]
        behind = self._governed([i for i in cues if self.tokens[i].negates])
        passive = {
            i for i in cues if self.tokens[i].stem and i and self.tokens[i - 1].key in ("was", "were", "is", "are")
        }
        clauses = {self.tokens[i].clause for i in passive}  # "the default was averted"
        return behind | {n for n, token in enumerate(self.tokens) if token.clause in clauses}

    @cached_property
    def open(self) -> frozenset[int]:
        """Indexes of the tokens that are told as possible, planned or alleged."""
        cues = [i for i, one in enumerate(self.tokens) if one.leaves_open or (one.denies and not one.negates)]
        return self._governed(cues, reach=30)

    def is_quoted(self, at: int) -> bool:
        """Whether character ``at`` stands within quotation marks."""
        return any(start <= at < end for start, end in self.quoted)

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

    def _governed(self, cues: list[int], reach: int = _REACH) -> frozenset[int]:
        found = set[int]()
        for cue in cues:
            left = reach
            for i in range(cue + 1, len(self.tokens)):
                one, first = self.tokens[i], self.tokens[cue]
                if (one.segment, one.quoted) != (first.segment, first.quoted) or not left:
                    break
                found.add(i)
                left -= bool(self.tokens[i].stem)
        return frozenset(found)

    def _read(self) -> Iterator[Token]:
        measured = [(one.start, one.end) for one in self.quantities] + [(one.start, one.end) for one in self.dates]
        clause = segment = 0
        for match in _TOKEN.finditer(self.text):
            start, end = match.span()
            if not match[0][0].isalnum():
                clause, segment = clause + 1, segment + 1
                continue
            key = fold(match[0]).removesuffix("'s")
            clause += key in _NEW_CLAUSE
            segment += key in ("but", "although", "though", "while", "whereas")
            plain = key in STOP_WORDS and not match[0].isupper()
            inside = any(first <= start < behind for first, behind in measured)
            stem = "" if plain or inside or key.endswith("n't") else next(iter(terms(match[0])), "")
            yield Token(start, end, "" if inside else key, stem, clause, segment, self.is_quoted(start))


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
    return tuple(Statement(paragraph[start:end], start, end, published) for start, end in sentence_spans(paragraph))
