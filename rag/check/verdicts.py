"""What a check says of a sentence: the outcome, the rule that decided, and the words that carry the claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.articles import Article

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""Likeness of a sentence to each of some texts, as a cosine; one call, so that they are embedded together."""


class Outcome(StrEnum):
    """What the cited paragraphs make of a sentence."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    """They do not say it."""
    CONTRADICTED = "contradicted"
    """They say otherwise."""


class Rule(StrEnum):
    """What a sentence is checked for, in the order of checking."""

    MARKER = "marker"  # it cites a paragraph that is there
    QUOTATION = "quotation"  # words in quotation marks stand in one cited paragraph
    NUMBER = "number"  # its numbers stand there, of the same things, or follow from those that do
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"  # nothing is denied that is affirmed there, nor the other way
    CERTAINTY = "certainty"  # what is only possible, planned or alleged there is not told as done
    WORDS = "words"  # it says something, in words that are there, too
    SIMILARITY = "similarity"  # a model finds it like enough
    SPEAKER, ROLES, SCOPE, CAUSE = "speaker", "roles", "scope", "cause"  # of older records: nothing is checked for them


@dataclass(frozen=True, slots=True)
class Support:
    """A sentence of a cited paragraph that carries the claim: characters ``start`` to ``end`` (exclusive)."""

    article: Article
    paragraph: int
    """Counted from 1."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found of one sentence."""

    outcome: Outcome
    rule: Rule | None
    """The rule that was broken; None when none was."""
    reason: str
    """For a reader: "paragraph 3 of “Harbour tolls rise” has no number 90 billion"."""
    supports: tuple[Support, ...]
    """The sentences that come nearest, in the order of the text; empty when no paragraph is cited."""
    unchecked: tuple[str, ...] = ()
    """Words of a supported sentence that are nowhere in what it cites: only reading can say whether they are true to
    it. Nor do rules judge who did what to whom, who said it, why, in which order and of how many it is true, where all
    the words are there; a language model may, where one is configured."""
