"""What an answer is, and what is said about it in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.articles import Article, day_in_words
from rag.check.citations import Citation
from rag.check.verdicts import Outcome, Rule, Verdict
from rag.query import Constraint, ParsedQuery
from rag.search.hits import Hit
from rag.store.coverage import Summary
from rag.store.scope import EVERYTHING, Scope
from rag.text.words import counted

if TYPE_CHECKING:
    from rag.record.recheck import Recheck
    from rag.store.snapshot import Snapshot

VERBATIM = Verdict(Outcome.SUPPORTED, None, "it is quoted word for word", ())


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, with the citations that were checked for it; at least one."""

    text: str
    citations: tuple[Citation, ...]
    """The sentences of the coverage that carry it."""
    verdict: Verdict = VERBATIM
    """What the check found: always supported, and why."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A sentence that was drafted and is no part of the answer, since the coverage does not bear it out."""

    text: str
    reason: str
    """For a reader."""
    outcome: Outcome
    rule: Rule | None
    """The rule that it broke; None where the generator itself found the fault, or a citation is not in its place."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coverage says to a question; or, ``refused``, that it does not say."""

    question: str
    scope: Scope
    """What was searched: the limits that were given, and those that were read in the question."""
    claims: tuple[Claim, ...]
    refused: bool
    hits: tuple[Hit, ...]
    """The passages that the answer was looked for in, best first; for a refusal, what comes nearest."""
    searched: Summary
    """What the coverage holds within the scope."""
    snapshot: str
    """Id of the snapshot that was asked."""
    cut: tuple[Cut, ...] = ()
    """Sentences that were drafted and not shown."""
    parsed: ParsedQuery | None = None
    """What the question was understood to ask for; its limits are in ``scope``, unless they were let go."""
    relaxed: tuple[Constraint, ...] = ()
    """Limits read in the question that were let go, because they would have left nothing."""
    probability: float = 0.0
    """How likely the best sentence that was found answers the question; quotations need ``rag.answer.features.ENOUGH``."""
    unanswered: tuple[str, ...] = ()
    """Parts of the question that no claim answers, where others are answered."""
    notice: str = ""
    """What went wrong with the generator, and what was done about it; empty when nothing did."""
    rewritten: str = ""
    """The question as it was searched for, made whole from what was asked before; empty where it stands alone."""
    generator: str = ""
    """Name of what wrote it: ``quotes``, ``openai:MODEL``, ``local``."""
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
        """The answer as plain text, or the refusal: a lead, then a sentence a line with outlet, date and marker."""
        if self.refused:
            return refusal(self)
        said = [
            f"{origin(claim.citations[0].article)}: {claim.text} "
            + "".join(f"[{citation.marker}]" for citation in claim.citations)
            for claim in self.claims
        ]
        return "\n".join(filter(None, (lead(self), *said, not_answered(self))))

    def to_json(self) -> str:
        """Write it as a record to keep, with the articles that it points to; see ``rag.record.to_json``."""
        from rag.record import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Answer:
        """Read a record back, the same to the letter; raises ``ValueError`` where it is none, or was altered."""
        from rag.record import from_json

        return from_json(text)

    def verify(self, snapshot: Snapshot) -> Recheck:
        """Say which citations still hold in ``snapshot``, such as today's; see ``rag.record.recheck.recheck``."""
        from rag.record.recheck import recheck

        return recheck(self, snapshot)


def lead(answer: Answer) -> str:
    """Say what an answer rests on: "From 3 articles of 2 outlets, 4 March 2025 to 12 April 2025:"; or nothing."""
    articles = {one.article.id: one.article for one in answer.citations}.values()
    if not articles:
        return ""
    outlets = {one.outlet for one in articles if one.outlet}
    days = sorted(one.published for one in articles if one.published)
    text = f"From {counted(len(articles), 'article')}"
    if outlets:
        text += f" of {counted(len(outlets), 'outlet')}"
    if days:
        first, last = day_in_words(days[0]), day_in_words(days[-1])
        text += f", {first}" if first == last else f", {first} to {last}"
    return text + ":"


def not_answered(answer: Answer) -> str:
    """Say which parts of the question the coverage does not answer; empty where it answers all, or nothing."""
    if not answer.unanswered:
        return ""
    return "The coverage does not answer this part: " + "; ".join(f"“{part}”" for part in answer.unanswered) + "."


def why_refused(answer: Answer) -> str:
    """Say in a few sentences that the coverage does not answer, and where was looked."""
    searched = answer.searched
    if not searched.articles:
        nothing = f"No article is within these limits ({answer.scope})."
        return " ".join(filter(None, (nothing, left_out(searched), "Widen them, or ask without.")))
    return f"The coverage does not answer this. {what_was_searched(searched, answer.scope)}"


def refusal(answer: Answer) -> str:
    """Say that the coverage does not answer, where was looked, and what it has that comes nearest."""
    lines = [why_refused(answer)]
    near = nearest_articles(answer) if answer.searched.articles else []
    if near:
        lines.append("What comes nearest:")
        lines += [f"- {article.title} ({origin(article)})" for article in near]
    return "\n".join(lines)


def how_it_was_read(answer: Answer) -> str:
    """Say which limits were read in the question, which were let go, and which outlets are not there; or nothing."""
    read = [one for one in answer.parsed.constraints if one.limits] if answer.parsed else []
    kept = [_as_read(one) for one in read if one not in answer.relaxed]
    gone = [_as_read(one) for one in answer.relaxed]
    said = [f"Read in the question: {', '.join(kept)}."] if kept else []
    said += [f"Let go, because nothing would be left: {', '.join(gone)}."] if gone else []
    lacking = [f"“{one.words}”" for one in answer.parsed.unknown_outlets] if answer.parsed else []
    said += [f"Not in this index: {', '.join(lacking)}."] if lacking else []
    return " ".join(said)


def _as_read(constraint: Constraint) -> str:
    """The words of a mention, with the days that they were taken for where they name no year."""
    words, days = f"“{constraint.words}”", (constraint.published_from, constraint.published_to)
    if constraint.kind != "days" or re.search(r"\d{4}", constraint.words):
        return words
    first, last = (day_in_words(one) if one else "" for one in days)
    if first == last:
        return f"{words} ({first})"
    return f"{words} ({' '.join(filter(None, ('from' if first else '', first, 'to' if last else '', last)))})"


def what_was_searched(searched: Summary, scope: Scope = EVERYTHING) -> str:
    """Say it in a sentence: "It holds 63 articles of 8 outlets, from 3 February 2025 to 30 August 2025."."""
    text = f"Within these limits ({scope}) it" if scope else "It"
    text += f" holds {counted(searched.articles, 'article')}"
    if searched.outlets:
        text += f" of {counted(len(searched.outlets), 'outlet')}"
    if searched.oldest and searched.newest:
        oldest, newest = day_in_words(searched.oldest), day_in_words(searched.newest)
        text += f", of {oldest}" if oldest == newest else f", from {oldest} to {newest}"
    return " ".join(filter(None, (text + ".", left_out(searched))))


def left_out(searched: Summary) -> str:
    """Say how many articles are left out because their day, or language, is not known; empty where none are."""
    said = []
    for number, lacking in ((searched.undated, "a date"), (searched.unnamed, "a named language")):
        if number:
            said.append(f"{counted(number, 'article')} without {lacking} {'was' if number == 1 else 'were'} left out.")
    return " ".join(said)


def nearest_articles(answer: Answer, limit: int = 3) -> list[Article]:
    """Return the ``limit`` different articles that came nearest to the question."""
    articles = {hit.article.id: hit.article for hit in answer.hits}
    return list(articles.values())[:limit]


def origin(article: Article) -> str:
    """Outlet and day of an article: "The Moscow Times, 2 December 2021"."""
    day = day_in_words(article.published) if article.published else "undated"
    return f"{article.outlet or 'unknown outlet'}, {day}"
