"""The values that an answer is made of: claims with checked citations, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from rag.answer.wording import (
    how_it_was_read,
    not_answered,
    origin,
    refusal,
    rests_on,
    searched_instead,
    skipped_articles,
)
from rag.check.citations import Citation
from rag.check.verdicts import Outcome, Rule, Verdict
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.question_kind import QuestionKind
from rag.query.spelling import Correction
from rag.search.hits import Hit
from rag.store.protocol import Summary
from rag.store.scope import EVERYTHING, Scope

_OURS = re.compile(r" ?\[(?:(?:\d{1,2} )?[A-Z][a-z]+ )?\d{4}\] ?")
VERBATIM = Verdict(Outcome.SUPPORTED, None, "it is quoted word for word", ())


class AnswerOutcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NEAREST = "nearest"
    """The coverage does not say it; ``Answer.nearest`` holds what comes nearest."""
    NOTHING = "nothing"
    """There is nothing on it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, with the citations that were checked for it; at least one."""

    text: str
    citations: tuple[Citation, ...]
    """The sentences of the coverage that support it."""
    verdict: Verdict = VERBATIM
    """What the check found: always supported, and why."""
    insertions: tuple[tuple[int, int], ...] = ()
    """Characters of the text that are ours, in brackets: the day that "yesterday" means."""
    answer_span: tuple[int, int] | None = None
    """Characters of the text that answer the question, where that is known."""
    is_title: bool = False
    """Whether the text is the title of the article that it cites, as a list has it."""

    @property
    def verbatim(self) -> bool:
        """Whether the text is what it cites, word for word, but for its insertions; or the title of what it cites."""
        return stands_verbatim(self.text, self.insertions, self.citations, is_title=self.is_title)


def stands_verbatim(
    text: str, insertions: Sequence[tuple[int, int]], cited: Sequence[Citation], *, is_title: bool = False
) -> bool:
    """Whether a text is what it cites, word for word, but for ``insertions``; or the title of the article cited.

    Several quotations follow each other in one article, and an insertion is a day, a month or a year in brackets.
    """
    if is_title:
        return not insertions and len(cited) == 1 and text == cited[0].article.title
    bounds = [edge for span in insertions for edge in span]
    if bounds != sorted(set(bounds)) or (bounds and not 0 <= bounds[0] < bounds[-1] <= len(text)):
        return False
    for start, end in reversed(insertions):
        if not _OURS.fullmatch(text[start:end]):
            return False
        text = text[:start] + text[end:]
    follow = all(
        one.article == other.article and one.paragraph + 1 == other.paragraph for one, other in pairwise(cited)
    )
    return follow and text == " ".join(one.quote for one in cited)


@dataclass(frozen=True, slots=True)
class Cut:
    """A drafted sentence that the answer does not say, because the coverage does not support it."""

    text: str
    reason: str
    """For a reader."""
    outcome: Outcome
    rule: Rule | None
    """The rule that it broke; None where the generator itself rejected it, or a citation is not in its place."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person set beside the question: with the same choices it is asked the same again."""

    scope: Scope = EVERYTHING
    """The limits, without those that the question sets."""
    as_of: date | None = None
    parse_query: bool = True
    ignored: tuple[str, ...] = ()
    """Words that are read as nothing: those of a constraint, or a name that is no slip."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coverage says to a question; or, ``refused``, that it does not say."""

    question: str
    scope: Scope
    """What was searched: the limits that were given, and those that the question set."""
    claims: tuple[Claim, ...]
    refused: bool
    hits: tuple[Hit, ...]
    """The passages from which it was drafted, best first; for a refusal, what comes nearest."""
    searched: Summary
    """What the coverage holds within the scope."""
    snapshot: str
    """Id of the snapshot that was searched."""
    kind: QuestionKind = QuestionKind.FACT
    """What kind of answer the question wants; it settles the form."""
    nearest: tuple[Claim, ...] = ()
    """Of a refusal: quotations that come nearest, and do not answer."""
    reason: str = ""
    """Of a refusal: what the coverage lacks, where that is known."""
    corrections: tuple[Correction, ...] = ()
    """Names of the question that the coverage does not hold, and what was searched for in their place."""
    help: str = ""
    """What the index holds and can be asked, where the question was a greeting or asked for help."""
    cut: tuple[Cut, ...] = ()
    """Sentences that were drafted and rejected."""
    parsed: ParsedQuery | None = None
    """What was read in the question; its restrictions are in ``scope``, unless they were relaxed."""
    relaxed: tuple[Constraint, ...] = ()
    """Constraints of the question that were not applied, because nothing would have been left."""
    probability: float = 0.0
    """How likely the best sentence found answers the question; below ``ANSWER_THRESHOLD`` nothing is quoted."""
    unanswered: tuple[str, ...] = ()
    """Sub-queries that no claim answers, where others are answered."""
    notice: str = ""
    """What went wrong with the generator, and what was done about it; empty when nothing did."""
    rewritten: str = ""
    """A follow-up question as it was searched for, complete in itself; empty where nothing was rewritten."""
    choices: Choices = Choices()
    """What the person set; ``scope`` has it together with what was read."""
    generator: str = ""
    """Name of what wrote it: ``quotes``, ``openai:MODEL``, ``local:FILE``."""
    model: str = ""
    """Name of the embedding model."""
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    """Seconds from the question until ``searched``, until the ``first`` claim, and until the ``whole`` answer."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, in the order of their markers."""
        return tuple(citation for claim in self.claims for citation in claim.citations)

    @property
    def held(self) -> Scope:
        """The limits that hold instead of what was read: those that a person set, and of the latest the question's day.

        A question about nothing but days or outlets narrows the days that a person set; then these hold both.
        """
        given, as_of = self.choices.scope, self.choices.as_of if self.kind is QuestionKind.LATEST else None
        days = self.scope.published_from, self.scope.published_to
        set_days = ((given.published_from, last) for last in (given.published_to, as_of))
        first, last = days if days in set_days else (None, None)
        return replace(given, published_from=first, published_to=last)

    @property
    def outcome(self) -> AnswerOutcome:
        """How it ended: answered, with what comes nearest, or with nothing."""
        if not self.refused:
            return AnswerOutcome.ANSWERED
        return AnswerOutcome.NEAREST if self.nearest else AnswerOutcome.NOTHING

    @property
    def lead(self) -> str:
        """The first line, which answers; "" for a refusal."""
        return self.claims[0].text if self.claims else ""

    @property
    def text(self) -> str:
        """The answer as plain text: a sentence a line with outlet, date and marker, then what it rests on.

        A refusal says why, and what comes nearest.
        """
        if self.help:
            return self.help
        if self.refused:
            return refusal(self.searched, self.scope, self.reason, self.nearest)
        lines = []
        for claim in self.claims:
            markers = "".join(f"[{citation.marker}]" for citation in claim.citations)
            lines.append(f"{origin(claim.citations[0].article)}: {claim.text} {markers}")
        behind = (rests_on(self.citations, self.hits), not_answered(self.unanswered))
        return "\n".join(filter(None, [*lines, *behind]))

    @property
    def notes(self) -> list[str]:
        """What a reader must know as well: how it was asked and searched, what went wrong, what wrote it."""
        limits = f"Only this was searched: {self.scope}. {skipped_articles(self.searched)}".strip()
        notes = (
            f"Asked as: {self.rewritten}" if self.rewritten else "",
            searched_instead(self.corrections),
            limits if self.scope and not self.refused else "",
            not_answered(self.unanswered),
            how_it_was_read(self.parsed, self.relaxed, self.held),
            self.notice,
            f"{f'Generator {self.generator}, from' if self.generator else 'From'} snapshot {self.snapshot} of the "
            "coverage, with news-rag.",
        )
        return [note for note in notes if note]
