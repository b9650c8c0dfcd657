"""Answers a question from the coverage: retrieves, lets a generator draft, checks every sentence, or declines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from rag.answer.answers import VERBATIM, Answer, Claim, Cut
from rag.answer.drafts import Draft, Generator
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.features import ANSWER_THRESHOLD
from rag.answer.generators import create_generator, followup_rewriter, shown_name
from rag.answer.sentences import Sentence
from rag.check.checking import check
from rag.check.citations import Citation, validate_citation
from rag.check.verdicts import Outcome, Rule, Support
from rag.errors import GenerationFailed
from rag.models.embedding import Embedder
from rag.query import RewriteFollowup, Turn, rewrite_followup
from rag.search.retriever import LONGEST_QUESTION, Retriever, checked_question
from rag.store.scope import EVERYTHING, Scope

# Passages that a generator is given to answer from.
_PASSAGES = 20


class Answerer:
    """Answers questions over one snapshot; ``Answerer.open("data/index").answer("What did Lavrov call for?")``."""

    def __init__(
        self,
        retriever: Retriever,
        generator: Generator,
        *,
        generator_name: str | None = None,
        rewrite_followup: RewriteFollowup = rewrite_followup,
    ) -> None:
        """Let ``generator`` draft from what ``retriever`` finds; answers carry its name, by default its class's.

        ``follow`` makes follow-up questions whole.
        """
        self.retriever = retriever
        self.generator = generator
        self.generator_name = generator_name or type(generator).__name__.casefold()
        self.rewrite_followup = rewrite_followup

    @classmethod
    def open(cls, index: str | Path, *, embedder: Embedder | None = None, generator: str = "quotes") -> Answerer:
        """Open an index, and answer with the generator of that name; by default with quotes, without a language model.

        Raises as ``Retriever.open`` and ``rag.answer.named`` do.
        """
        drafts = create_generator(generator)  # first: a wrong name is told before models are loaded
        retriever = Retriever.open(index, embedder=embedder)
        return cls(retriever, drafts, generator_name=shown_name(generator), rewrite_followup=followup_rewriter(drafts))

    def refreshed(self) -> Answerer:
        """Return an answerer on the index's current snapshot: this one, if that is still it.

        Raises as ``Retriever.refreshed`` does; this answerer still works then.
        """
        retriever = self.retriever.refreshed()
        if retriever is self.retriever:
            return self
        return Answerer(
            retriever, self.generator, generator_name=self.generator_name, rewrite_followup=self.rewrite_followup
        )

    def answer(
        self,
        question: str,
        *,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        literally: bool = False,
        after: Sequence[Answer] = (),
    ) -> Answer:
        """Answer ``question`` from what ``scope`` allows; understands and raises as ``Retriever.search`` does.

        ``after`` are the earlier answers of the conversation, oldest first: a question that follows up on them is made
        whole before it is searched for, unless ``literally``; ``rewritten`` says how.
        """
        *_, last = self.stream(question, scope=scope, as_of=as_of, literally=literally, after=after)
        return last

    def stream(
        self,
        question: str,
        *,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        literally: bool = False,
        after: Sequence[Answer] = (),
    ) -> Iterator[Answer]:
        """Give the answer as it grows: each value holds one more checked claim, the last one is the whole answer.

        Where the generator fails, what it had written stays, or else the coverage is quoted; ``notice`` says so.

        Raises as ``Retriever.search`` does, before the first value.
        """
        started = time.perf_counter()
        asked = checked_question(question)
        rewritten = "" if literally else self._made_whole(asked, after, as_of or date.today())
        searched = rewritten or asked
        found = self.retriever.search(searched, limit=_PASSAGES, scope=scope, as_of=as_of, literally=literally)
        snapshot = self.retriever.snapshot
        answer = Answer(
            question=asked,
            rewritten=rewritten,
            scope=found.scope,
            claims=(),
            refused=False,
            hits=found.hits,
            searched=snapshot.coverage.summary(found.scope),
            snapshot=snapshot.id,
            parsed=found.parsed,
            relaxed=found.relaxed,
            generator=self.generator_name,
            model=snapshot.manifest.model.name,
            timings={"searched": time.perf_counter() - started},
        )
        sentences = self.retriever.sentences(found)
        answer = replace(answer, probability=sentences[0].relevance if sentences else 0.0)
        drafts = self.generator(searched, sentences)
        while True:
            try:
                draft = next(drafts, None)
            except GenerationFailed as error:
                answer = replace(answer, notice=_notice(error, kept=bool(answer.claims)))
                drafts = iter(())
                if not answer.claims:
                    answer, drafts = replace(answer, generator="quotes"), ExtractiveGenerator()(searched, sentences)
                continue
            if draft is None:
                break
            checked = self._checked(draft, first=len(answer.citations) + 1)
            if isinstance(checked, Cut):
                answer = replace(answer, cut=(*answer.cut, checked))
                continue
            timings = {"first": time.perf_counter() - started, **answer.timings}
            answer = replace(answer, claims=(*answer.claims, checked), timings=timings)
            yield answer
        timings = {**answer.timings, "whole": time.perf_counter() - started}
        unanswered = _unanswered(answer, found.parts, sentences)
        yield replace(answer, refused=not answer.claims, unanswered=unanswered, timings=timings)

    def _made_whole(self, question: str, after: Sequence[Answer], as_of: date) -> str:
        """The question made whole from the answers before it; empty where it stands alone, or would grow too long."""
        turns = [
            Turn(one.rewritten or one.question, tuple(claim.text for claim in one.claims), follows=bool(one.rewritten))
            for one in after
        ]
        whole = self.rewrite_followup(question, turns, self.retriever.names, as_of=as_of) if turns else None
        return whole if whole and len(whole) <= LONGEST_QUESTION else ""

    def _checked(self, draft: Draft, first: int) -> Claim | Cut:
        """Make a claim of a draft that the coverage bears out, its markers from ``first``."""
        if draft.fault:
            return Cut(draft.text, draft.fault, Outcome.UNSUPPORTED, None)
        if not draft.evidence:
            return Cut(draft.text, "it cites nothing", Outcome.UNSUPPORTED, Rule.MARKER)
        quoted = [
            Citation(marker, one.article, one.paragraph, one.start, one.end, one.quote)
            for marker, one in enumerate(draft.evidence, start=first)
        ]
        if wrong := self._wrong(quoted):
            return Cut(draft.text, wrong, Outcome.UNSUPPORTED, None)
        if [one.quote for one in quoted] == [draft.text]:
            return Claim(draft.text, tuple(quoted), VERBATIM)
        cited = list(dict.fromkeys((one.article, one.paragraph) for one in quoted))
        verdict = check(draft.text, cited, similarity=self._similarity)
        if verdict.outcome is not Outcome.SUPPORTED:
            return Cut(draft.text, verdict.reason, verdict.outcome, verdict.rule)
        carried = [
            Citation(marker, one.article, one.paragraph, one.start, one.end, _said(one))
            for marker, one in enumerate(_joined(verdict.supports), start=first)
        ]
        if wrong := self._wrong(carried):
            return Cut(draft.text, wrong, Outcome.UNSUPPORTED, None)
        return Claim(draft.text, tuple(carried), verdict)

    def _wrong(self, citations: Sequence[Citation]) -> str | None:
        """What is wrong with the first citation that is not in its place."""
        coverage = self.retriever.snapshot.coverage
        return next((found for found in (validate_citation(one, coverage) for one in citations) if found), None)

    def _similarity(self, text: str, others: Sequence[str]) -> list[float]:
        vectors = self.retriever.embedder.embed_passages([text, *others])
        return [float(one) for one in vectors[1:] @ vectors[0]]


def _unanswered(answer: Answer, parts: Sequence[str], sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The parts of the question that no claim answers; none where nothing is answered, or a claim answers the whole."""
    cited = {(one.article.id, one.paragraph) for one in answer.citations}
    answered = {
        one.part for one in sentences if one.relevance >= ANSWER_THRESHOLD and (one.article.id, one.paragraph) in cited
    }
    if not answered or not answered <= set(parts):
        return ()
    return tuple(part for part in parts if part not in answered)


def _joined(supports: Sequence[Support]) -> list[Support]:
    """Make one citation of sentences that follow each other in one paragraph."""
    joined: list[Support] = []
    for one in supports:
        before = joined[-1] if joined else None
        if before and (before.article, before.paragraph) == (one.article, one.paragraph):
            between = one.article.paragraph(one.paragraph)[before.end : one.start]
            if before.end <= one.start and not between.strip():
                joined[-1] = replace(before, end=one.end)
                continue
        joined.append(one)
    return joined


def _said(one: Support) -> str:
    return one.article.paragraph(one.paragraph)[one.start : one.end]


def _notice(error: GenerationFailed, *, kept: bool) -> str:
    what = "the answer ends there" if kept else "quotations were looked for instead"
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}; {what}."
