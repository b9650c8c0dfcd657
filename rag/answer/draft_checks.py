"""Turns a drafted sentence into a claim whose citations were checked, or says why it is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.answers import VERBATIM, Claim, Cut
from rag.answer.drafts import Draft
from rag.check.checking import check
from rag.check.citations import Citation, validate_citation
from rag.check.verdicts import Outcome, Rule, Similarity, Support
from rag.store.protocol import Store


def check_draft(draft: Draft, first: int, store: Store, similarity: Similarity) -> Claim | Cut:
    """Return the claim that ``draft`` makes, its markers counted from ``first``; or, unsupported, what was cut.

    A sentence that quotes its evidence word for word needs only to stand there; any other is checked against the cited
    paragraphs, and then cites the sentences that support it.
    """
    if draft.fault:
        return Cut(draft.text, draft.fault, Outcome.UNSUPPORTED, None)
    if not draft.evidence:
        return Cut(draft.text, "it cites nothing", Outcome.UNSUPPORTED, Rule.MARKER)
    cited = [
        Citation(marker, one.article, one.paragraph, one.start, one.end, one.quote)
        for marker, one in enumerate(draft.evidence, start=first)
    ]
    for one in cited:
        if misplaced := validate_citation(one, store):
            return Cut(draft.text, misplaced, Outcome.UNSUPPORTED, None)
    claim = Claim(draft.text, tuple(cited), VERBATIM, draft.insertions, draft.answer_span, draft.is_title)
    if claim.verbatim:
        return claim
    paragraphs = list(dict.fromkeys((one.article, one.paragraph) for one in cited))
    verdict = check(draft.text, paragraphs, similarity=similarity)
    if verdict.outcome is not Outcome.SUPPORTED:
        return Cut(draft.text, verdict.reason, verdict.outcome, verdict.rule)
    supporting = _cited(verdict.supports, first)
    for one in supporting:
        if misplaced := validate_citation(one, store):
            return Cut(draft.text, misplaced, Outcome.UNSUPPORTED, None)
    return Claim(draft.text, supporting, verdict)


def _cited(supports: Sequence[Support], first: int) -> tuple[Citation, ...]:
    """Citations of supporting sentences; one of those that follow each other in a paragraph."""
    joined: list[Support] = []
    for one in supports:
        text, before = one.article.paragraph(one.paragraph), joined[-1] if joined else replace(one, paragraph=0)
        if (before.article, before.paragraph) == (one.article, one.paragraph) and not text[
            before.end : one.start
        ].strip():
            joined[-1] = replace(before, end=one.end)
        else:
            joined.append(one)
    return tuple(
        Citation(
            marker,
            one.article,
            one.paragraph,
            one.start,
            one.end,
            one.article.paragraph(one.paragraph)[one.start : one.end],
        )
        for marker, one in enumerate(joined, start=first)
    )
