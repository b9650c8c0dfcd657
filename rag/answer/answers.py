"""The values that an answer is made of: claims with checked citations, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.answer.wording import how_it_was_read, lead, not_answered, origin, refusal, skipped_articles
from rag.check.citations import Citation
from rag.check.verdicts import Outcome, Rule, Verdict
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.search.hits import Hit
from rag.store.protocol import Summary
from rag.store.scope import Scope

VERBATIM = Verdict(Outcome.SUPPORTED, None, "it is quoted word for word", ())


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, with the citations that were checked for it; at least one."""

    text: str
    citations: tuple[Citation, ...]
    """The sentences of the coverage that support it."""
    verdict: Verdict = VERBATIM
    """What the check found: always supported, and why."""


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
    def text(self) -> str:
        """The answer as plain text: a lead, then a sentence a line with outlet, date and marker; or the refusal."""
        if self.refused:
            return refusal(self.searched, self.scope, self.hits)
        lines = [lead(self.citations)]
        for claim in self.claims:
            markers = "".join(f"[{citation.marker}]" for citation in claim.citations)
            lines.append(f"{origin(claim.citations[0].article)}: {claim.text} {markers}")
        return "\n".join(filter(None, [*lines, not_answered(self.unanswered)]))

    @property
    def notes(self) -> list[str]:
        """What a reader must know as well: how it was asked and searched, what went wrong, what wrote it."""
        limits = f"Only this was searched: {self.scope}. {skipped_articles(self.searched)}".strip()
        notes = (
            f"Asked as: {self.rewritten}" if self.rewritten else "",
            limits if self.scope and not self.refused else "",
            not_answered(self.unanswered),
            how_it_was_read(self.parsed, self.relaxed),
            self.notice,
            f"{f'Generator {self.generator}, from' if self.generator else 'From'} snapshot {self.snapshot} of the "
            "coverage, with news-rag.",
        )
        return [note for note in notes if note]
