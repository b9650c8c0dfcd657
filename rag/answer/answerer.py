"""Answers a question from the coverage: retrieves, lets a generator draft, checks every sentence, or declines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from pathlib import Path

from rag.answer.answers import Answer, Choices, Claim, Cut
from rag.answer.draft_checks import check_draft
from rag.answer.drafts import Draft, Generator
from rag.answer.extractive import ExtractiveGenerator, quote_form
from rag.answer.features import ANSWER_THRESHOLD
from rag.answer.forms import FORMED, compose, is_open, latest_first, narrowed
from rag.answer.generators import create_generator, followup_rewriter, shown_name, writes
from rag.answer.quoting import quote
from rag.answer.reasons import names_nobody, reason_for_refusal
from rag.answer.sentence_ranking import Sentence, rank_sentences
from rag.answer.wording import help_text
from rag.errors import GenerationFailed
from rag.models.embedding import Embedder
from rag.models.reading import PACKAGED, Reader, begin_reader, create_reader
from rag.query.followups import RewriteFollowup, Turn, rewrite_followup
from rag.query.question_kind import QuestionKind, asks_for_fact, question_kind, topic_of
from rag.query.spelling import Correction, correct_names
from rag.search.hits import SearchResult
from rag.search.retriever import LONGEST_QUESTION, Retriever, checked_question
from rag.store.scope import EVERYTHING, Scope

# Passages that a generator is given to answer from, and that a list is made of; and quotations that a refusal shows as
# what comes nearest, each with at least this probability.
_PASSAGES, _LISTED, _NEAREST, _NEAR = 20, 60, 2, 0.01


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
    reader: Reader | None = None
    """Reads question and sentence together; without one, features alone say what answers."""

    @classmethod
    def open(
        cls, index: str | Path, *, embedder: Embedder | None = None, generator: str = "quotes", reader: str = PACKAGED
    ) -> Answerer:
        """Open an index, and answer with the generator of that name; by default with quotations, no language model.

        Raises as ``Retriever.open``, ``rag.answer.generators.create_generator`` and
        ``rag.models.reading.create_reader`` do.
        """
        drafts = create_generator(generator)  # first: a wrong name is reported before models are loaded
        begin_reader(reader)  # beside all that follows
        retriever = Retriever.open(index, embedder=embedder)
        rewrite = followup_rewriter(drafts)
        return cls(
            retriever,
            drafts,
            generator_name=shown_name(generator),
            rewrite_followup=rewrite,
            reader=create_reader(reader),
        )

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
        ignored: Sequence[str] = (),
        after: Sequence[Answer] = (),
    ) -> Answer:
        """Answer ``question`` from what ``scope`` allows; parses it and raises as ``Retriever.search`` does.

        ``after`` are the earlier answers of the conversation, oldest first: a follow-up question is rewritten from
        them before it is searched for, unless ``parse_query`` is False; the answer's ``rewritten`` says how.

        ``ignored`` are words of the question as it was searched for, each as ``Constraint.words`` or
        ``Correction.said`` has them, that are read as nothing: they neither limit nor prefer, and are no slip. What was
        ignored before stays so in a follow-up, unless it is typed anew.
        """
        *_, last = self.stream(
            question, scope=scope, as_of=as_of, parse_query=parse_query, ignored=ignored, after=after
        )
        return last

    def stream(
        self,
        question: str,
        *,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        parse_query: bool = True,
        ignored: Sequence[str] = (),
        after: Sequence[Answer] = (),
    ) -> Iterator[Answer]:
        """Yield the answer as it grows: each value has one more checked claim, the last one is the whole answer.

        Where the generator fails, what it had written stays, or else the coverage is quoted; ``notice`` says so.

        Raises as ``Retriever.search`` does, before the first value.
        """
        started = time.perf_counter()
        asked = checked_question(question)
        choices = Choices(scope, as_of, parse_query, tuple(dict.fromkeys(ignored)))
        nothing = _ignored(asked, choices, after)
        rewritten = self._rewritten(asked, after, as_of or self.retriever.reference_day()) if parse_query else ""
        searched = rewritten or asked
        kind = question_kind(searched) if parse_query else QuestionKind.FACT
        store = self.retriever.store
        if kind is QuestionKind.HELP:
            store.contains(scope)  # a limit that is wrong is told here as with any question
            yield replace(self._help(asked), choices=choices)
            return
        corrected, corrections = self._corrected(topic_of(searched, kind), nothing) if parse_query else (searched, ())
        if kind is QuestionKind.LATEST and as_of and as_of >= (scope.published_from or as_of):
            # What came later was not known on that day.
            scope = replace(scope, published_to=min(as_of, scope.published_to or as_of))
        limit = _LISTED if kind is QuestionKind.LIST else _PASSAGES
        found = self.retriever.search(
            corrected, limit=limit, scope=scope, as_of=as_of, parse_query=parse_query, ignored=nothing
        )
        if kind in FORMED and is_open(found.parsed):
            found = narrowed(found, store)
        timings = {"searched": time.perf_counter() - started}
        sentences, drafting = self._drafting(kind, corrected, found)
        answer = Answer(
            question=asked,
            rewritten=rewritten,
            choices=choices,
            scope=found.scope,
            claims=(),
            refused=False,
            hits=found.hits,
            searched=store.summary(found.scope),
            snapshot=store.id,
            kind=kind,
            corrections=corrections,
            parsed=found.parsed,
            relaxed=found.relaxed,
            probability=max((one.relevance for one in sentences), default=0.0),
            generator=self.generator_name or type(self.generator).__name__.casefold(),
            model=store.model.name,
            timings=timings,
        )
        for generator in drafting:
            try:
                for draft in generator(corrected, sentences):
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
        if not answer.claims:
            reason = reason_for_refusal(kind, found, sentences, store, answer.searched)
            answer = replace(answer, refused=True, reason=reason, nearest=self._nearest(sentences))
        else:
            unanswered = _unanswered(answer, found.subqueries, sentences)
            answer = replace(answer, unanswered=unanswered)
        yield replace(answer, timings={**timings, "whole": time.perf_counter() - started})

    def _drafting(
        self, kind: QuestionKind, question: str, found: SearchResult
    ) -> tuple[list[Sentence], tuple[Generator, ...]]:
        """What an answer of a kind is drafted from, and by which generators: each where the one before failed."""
        particular = kind is QuestionKind.LATEST and asks_for_fact(question) and not is_open(found.parsed)
        if kind not in FORMED or particular:
            sentences = rank_sentences(found, self.retriever, self.reader)
            if kind is QuestionKind.LATEST:
                sentences = latest_first(sentences)
            # An answer would be on another accident, or another president.
            lacking = names_nobody(found, self.retriever.store)
            return sentences, () if lacking else (self.generator, ExtractiveGenerator())

        def quote_all(question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
            return quote_form(kind, sentences)

        written = kind is not QuestionKind.LIST and writes(self.generator)
        return compose(kind, found, self.retriever), (self.generator, quote_all) if written else (quote_all,)

    def _corrected(self, question: str, ignored: Sequence[str]) -> tuple[str, tuple[Correction, ...]]:
        kept = {one.casefold() for one in ignored}
        read = self.retriever.names.find(question)
        return correct_names(
            question, self.retriever.store, lambda word: word.casefold() in kept or self._known(word), read
        )

    def _known(self, word: str) -> bool:
        """Whether a word is one of its own: the embedding model's vocabulary holds it whole."""
        [alone, nothing] = self.retriever.embedder.count_tokens([word, ""])
        return alone == nothing + 1

    def _nearest(self, sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
        """The sentences most likely to answer a question that none answers, each quoted once."""
        near = list[Claim]()
        for one in sentences:
            if len(near) == _NEAREST or one.relevance < _NEAR:
                break
            marker = sum(len(claim.citations) for claim in near) + 1
            claim = check_draft(quote(one), marker, self.retriever.store, self._similarity)
            said = [cited.quote for each in near for cited in each.citations]
            if isinstance(claim, Claim) and not any(one.text in quoted or quoted in claim.text for quoted in said):
                near.append(claim)
        return tuple(near)

    def _help(self, question: str) -> Answer:
        store = self.retriever.store
        summary = store.summary()
        said = help_text(summary, [one.title for one in store.newest(3)])
        return Answer(
            question,
            EVERYTHING,
            (),
            False,
            (),
            summary,
            store.id,
            kind=QuestionKind.HELP,
            help=said,
            model=store.model.name,
        )

    def _rewritten(self, question: str, after: Sequence[Answer], as_of: date) -> str:
        """A follow-up rewritten from the answers before it; "" where it stands alone, or would grow too long."""
        turns = [
            Turn(one.rewritten or one.question, tuple(claim.text for claim in one.claims))
            for one in after
            if not one.help
        ]
        rewritten = self.rewrite_followup(question, turns, self.retriever.names, as_of=as_of) if turns else None
        return rewritten if rewritten and len(rewritten) <= LONGEST_QUESTION else ""

    def _similarity(self, text: str, others: Sequence[str]) -> list[float]:
        vectors = self.retriever.embedder.embed_passages([text, *others])
        return [float(one) for one in vectors[1:] @ vectors[0]]


def _ignored(question: str, choices: Choices, after: Sequence[Answer]) -> list[str]:
    """The words that are read as nothing: those chosen, and those chosen before which nobody has typed anew since."""
    kept = list[str]()
    for asked, chosen in (*((one.question, one.choices) for one in after), (question, choices)):
        kept = [words for words in kept if words.casefold() not in asked.casefold()] + [*chosen.ignored]
    return kept


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
