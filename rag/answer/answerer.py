"""Answers a question from the coverage: retrieves, lets a generator draft, checks every sentence, or declines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from pathlib import Path

from rag.answer.answers import Answer, Cut
from rag.answer.draft_checks import check_draft
from rag.answer.drafts import Generator
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.features import ANSWER_THRESHOLD
from rag.answer.generators import create_generator, followup_rewriter, shown_name
from rag.answer.sentence_ranking import Sentence, rank_sentences
from rag.errors import GenerationFailed
from rag.models.embedding import Embedder
from rag.query.followups import RewriteFollowup, Turn, rewrite_followup
from rag.search.retriever import LONGEST_QUESTION, Retriever, checked_question
from rag.store.scope import EVERYTHING, Scope

# Passages that a generator is given to answer from.
_PASSAGES = 20


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions over one snapshot; ``Answerer.open("data/index").answer("What did Lavrov call for?")``."""

    retriever: Retriever
    generator: Generator
    """Drafts answers from what the retriever finds."""
    _: KW_ONLY
    generator_name: str = ""
    """As answers carry it; by default the name of the generator's class."""
    rewrite_followup: RewriteFollowup = rewrite_followup
    """Makes follow-up questions complete in themselves."""

    @classmethod
    def open(cls, index: str | Path, *, embedder: Embedder | None = None, generator: str = "quotes") -> Answerer:
        """Open an index, and answer with the generator of that name; by default with quotations, no language model.

        Raises as ``Retriever.open`` and ``rag.answer.generators.create_generator`` do.
        """
        drafts = create_generator(generator)  # first: a wrong name is reported before models are loaded
        retriever = Retriever.open(index, embedder=embedder)
        return cls(retriever, drafts, generator_name=shown_name(generator), rewrite_followup=followup_rewriter(drafts))

    def refreshed(self) -> Answerer:
        """Return an answerer on the index's current snapshot: this one, if it is on that already.

        Raises as ``Retriever.refreshed`` does; this answerer still works then.
        """
        retriever = self.retriever.refreshed()
        return self if retriever is self.retriever else replace(self, retriever=retriever)

    def answer(
        self,
        question: str,
        *,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        parse_query: bool = True,
        after: Sequence[Answer] = (),
    ) -> Answer:
        """Answer ``question`` from what ``scope`` allows; parses it and raises as ``Retriever.search`` does.

        ``after`` are the earlier answers of the conversation, oldest first: a follow-up question is rewritten from
        them before it is searched for, unless ``parse_query`` is False; the answer's ``rewritten`` says how.
        """
        *_, last = self.stream(question, scope=scope, as_of=as_of, parse_query=parse_query, after=after)
        return last

    def stream(
        self,
        question: str,
        *,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        parse_query: bool = True,
        after: Sequence[Answer] = (),
    ) -> Iterator[Answer]:
        """Yield the answer as it grows: each value has one more checked claim, the last one is the whole answer.

        Where the generator fails, what it had written stays, or else the coverage is quoted; ``notice`` says so.

        Raises as ``Retriever.search`` does, before the first value.
        """
        started = time.perf_counter()
        asked = checked_question(question)
        rewritten = self._rewritten(asked, after, as_of or date.today()) if parse_query else ""
        searched = rewritten or asked
        found = self.retriever.search(searched, limit=_PASSAGES, scope=scope, as_of=as_of, parse_query=parse_query)
        store = self.retriever.store
        timings = {"searched": time.perf_counter() - started}
        sentences = rank_sentences(found, self.retriever)
        answer = Answer(
            question=asked,
            rewritten=rewritten,
            scope=found.scope,
            claims=(),
            refused=False,
            hits=found.hits,
            searched=store.summary(found.scope),
            snapshot=store.id,
            parsed=found.parsed,
            relaxed=found.relaxed,
            probability=sentences[0].relevance if sentences else 0.0,
            generator=self.generator_name or type(self.generator).__name__.casefold(),
            model=store.model.name,
            timings=timings,
        )
        for generator in (self.generator, ExtractiveGenerator()):
            try:
                for draft in generator(searched, sentences):
                    checked = check_draft(draft, len(answer.citations) + 1, store, self._similarity)
                    if isinstance(checked, Cut):
                        answer = replace(answer, cut=(*answer.cut, checked))
                        continue
                    timings = {"first": time.perf_counter() - started, **timings}
                    answer = replace(answer, claims=(*answer.claims, checked), timings=timings)
                    yield answer
                break
            except GenerationFailed as error:
                said, kept = str(error), bool(answer.claims)
                what = "the answer ends there" if kept else "quotations were looked for instead"
                answer = replace(answer, notice=f"{said[:1].upper()}{said[1:]}; {what}.")
                if kept:
                    break
                answer = replace(answer, generator="quotes")
        yield replace(
            answer,
            refused=not answer.claims,
            unanswered=_unanswered(answer, found.subqueries, sentences),
            timings={**timings, "whole": time.perf_counter() - started},
        )

    def _rewritten(self, question: str, after: Sequence[Answer], as_of: date) -> str:
        """A follow-up rewritten from the answers before it; "" where it stands alone, or would grow too long."""
        turns = [Turn(one.rewritten or one.question, tuple(claim.text for claim in one.claims)) for one in after]
        rewritten = self.rewrite_followup(question, turns, self.retriever.names, as_of=as_of) if turns else None
        return rewritten if rewritten and len(rewritten) <= LONGEST_QUESTION else ""

    def _similarity(self, text: str, others: Sequence[str]) -> list[float]:
        vectors = self.retriever.embedder.embed_passages([text, *others])
        return [float(one) for one in vectors[1:] @ vectors[0]]


def _unanswered(answer: Answer, subqueries: Sequence[str], sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The sub-queries that no claim answers; none where nothing is answered, or a claim answers the whole question."""
    cited = {(one.article.id, one.paragraph) for one in answer.citations}
    answered = {
        one.subquery
        for one in sentences
        if one.relevance >= ANSWER_THRESHOLD and (one.article.id, one.paragraph) in cited
    }
    if not answered or not answered <= set(subqueries):
        return ()
    return tuple(one for one in subqueries if one not in answered)
