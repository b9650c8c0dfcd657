"""Finds the passages of the coverage that bear on a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rag.errors import IndexIncompatible
from rag.models import embedding
from rag.models.embedding import Embedder
from rag.query.names import Names
from rag.query.parsed_query import ParsedQuery
from rag.query.parsing import parse_question
from rag.query.subqueries import Decompose, decompose
from rag.search.fusion import Scored, Weights, fuse, lexical_scores, merge
from rag.search.grouping import group
from rag.search.hits import Explanation, Hit, NearDuplicate, SearchResult
from rag.search.planning import Lookup, Planner
from rag.store.protocol import Candidates, SearchRequest, Store
from rag.store.scope import EVERYTHING, Scope
from rag.store.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.models.reranking import Reranker

# Coverage whose newest article is older has ended.
_CURRENT = timedelta(days=30)
LONGEST_QUESTION = 2_000  # characters; a model reads some hundred words, and more is a pasted article
_POOL = 200  # passages that words and vectors each propose for a lookup; more changes nothing that was measured
_JOINED = 50  # passages among which neighbours are joined
_ACCOMPANIED = 10  # hits that are given a neighbour where none was joined; benchmarks/retrieval.md
_RERANKED = 3  # hits that a reranker is given, as a multiple of those that were asked for
_VECTORS_KEPT = 256
_Found = tuple[Lookup, Candidates]


class Retriever:
    """Searches one store; ``Retriever.open("data/index").retrieve("What did Lavrov call for?")``.

    Threads may share a retriever. It keeps the store it was opened on; ``refreshed`` gives one on its newest state.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        reranker: Reranker | None = None,
        decompose: Decompose = decompose,
        weights: Weights | None = None,
    ) -> None:
        """Search ``store`` with the embedder that it was built with.

        ``decompose`` cuts a question into sub-queries; ``weights`` says how much each side of the search counts.

        Raises:
            IndexIncompatible: another model or other weights: vectors of two models cannot be compared.
        """
        built, given = store.model, embedder.identity
        if (built.digest, built.question_prompt) != (given.digest, given.question_prompt):
            raise IndexIncompatible(
                f"{store.location} was built with the weights {built.digest[:12]} of {built.name}, and "
                f"{given.name} has {given.digest[:12]}: rebuild with rag-index build --model {given.name}"
            )
        self.store = store
        self.embedder = embedder
        self.reranker = reranker
        self.names = Names(store.outlets(), store.authors_written)
        self._decompose = decompose
        self._weights = weights or Weights()
        self._planner = Planner(store, decompose, self._weights)
        # Retrieval and the ranking of sentences both need the vector of one question, the costliest step of either.
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._one_at_a_time = Lock()

    @classmethod
    def open(cls, index: str | Path, *, embedder: Embedder | None = None, reranker: str | None = None) -> Retriever:
        """Open the index at ``index`` with the model that it names, or with ``embedder``.

        ``reranker`` names a cross-encoder, a folder or a Hugging Face name, that reads the best hits anew.

        Raises:
            IndexNotFound, IndexCorrupt: there is no index, or it is damaged.
            IndexIncompatible: it was built with another format, model or weights.
            ModelUnavailable: a model that was named cannot be had.
        """
        snapshot = Snapshot.open(Path(index))
        embedder = embedder or embedding.load_embedder(snapshot.model.name, revision=snapshot.model.revision)
        if reranker is None:
            return cls(snapshot, embedder)
        from rag.models.reranking import CrossEncoderReranker

        return cls(snapshot, embedder, reranker=CrossEncoderReranker.load(reranker))

    def retrieve(
        self, question: str, *, limit: int = 10, scope: Scope = EVERYTHING, as_of: date | None = None
    ) -> list[Hit]:
        """Find the ``limit`` passages that bear most on ``question``, best first; fewer where the scope has fewer.

        Neighbouring passages that are found together are one hit, and so are near-duplicates. Limits hold before
        anything is ranked: an allowed passage is never lost to better ones outside.

        Raises:
            ValueError: an empty or overlong question, a limit below 1, an outlet, author or language that the index
                lacks.
        """
        return list(self.search(question, limit=limit, scope=scope, as_of=as_of).hits)

    def retrieve_many(
        self, questions: Sequence[str], *, limit: int = 10, scope: Scope = EVERYTHING, as_of: date | None = None
    ) -> list[list[Hit]]:
        """Do as ``retrieve`` for many questions, embedded together; raises as it does, before anything is searched."""
        return [list(one.hits) for one in self._search_many(questions, limit, scope, as_of)]

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        parse_query: bool = True,
        ignored: Sequence[str] = (),
    ) -> SearchResult:
        """Find the best passages and say how the question was read; raises as ``retrieve`` does.

        Days in the question are meant as on the day ``as_of``, by default ``reference_day()``. What it names counts
        more in the ranking, and limits the search only where its wording says so; a limit that would leave nothing is
        ``relaxed``.
        The limits of ``scope`` always hold. Without ``parse_query`` nothing is read in the question, and the words
        ``ignored``, each as ``Constraint.words`` has them, are read as no constraint; they are still looked for.
        """
        return self._search_many([question], limit, scope, as_of, parse_query, ignored)[0]

    def embed_questions(self, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors of questions and their parts, shape ``(dimension,)`` each; those not known yet in one call."""
        wanted = list(dict.fromkeys(texts))
        with self._one_at_a_time:
            missing = [text for text in wanted if text not in self._vectors]
            if missing:
                fresh = self.embedder.embed_questions(missing)
                if len(self._vectors) + len(missing) > _VECTORS_KEPT:
                    self._vectors = {text: self._vectors[text] for text in wanted if text in self._vectors}
                self._vectors.update(zip(missing, fresh, strict=True))
            return {text: self._vectors[text] for text in wanted}

    def reference_day(self) -> date:
        """The day from which "last week" counts: today; or, where the coverage ended long before, its last day."""
        today, newest = date.today(), self.store.summary().newest
        return newest if newest and today - newest > _CURRENT else today

    def refreshed(self) -> Retriever:
        """Return a retriever on the store's newest state: this one, if that is still it.

        Raises:
            IndexCorrupt, IndexIncompatible: the newest state cannot be opened; this retriever still works.
        """
        store = self.store.refreshed()
        if store is self.store:
            return self
        return Retriever(store, self.embedder, reranker=self.reranker, decompose=self._decompose, weights=self._weights)

    def _search_many(
        self,
        questions: Sequence[str],
        limit: int,
        scope: Scope,
        as_of: date | None,
        parse_query: bool = True,
        ignored: Sequence[str] = (),
    ) -> list[SearchResult]:
        limit = min(checked_limit(limit), max(1, self.store.passage_count))
        texts = [checked_question(question) for question in questions]
        self.store.contains(scope)  # an unknown name is told before anything is embedded
        today = as_of or self.reference_day()
        parsed = [
            parse_question(text, self.names, as_of=today, ignored=ignored)
            if parse_query
            else ParsedQuery(text, today, ())
            for text in texts
        ]
        plans = [self._planner.plan(one, scope) for one in parsed]
        lookups = [(plan, lookup) for plan in plans for lookup in (*plan.lookups, *plan.clauses)]
        vectors = self.embed_questions([*texts, *(lookup.subquery.text for _, lookup in lookups)])
        requests = list[SearchRequest]()
        for plan, one in lookups:
            vector = vectors[one.subquery.text] + one.rest * vectors[plan.parsed.question]
            requests.append(SearchRequest(vector, one.terms, one.scope, one.phrases))
        candidates = iter(self.store.search(requests, limit=max(_POOL, 2 * limit)))
        wanted = limit if self.reranker is None else _RERANKED * limit
        found = []
        for plan in plans:
            scored = [(lookup, next(candidates)) for lookup in plan.lookups]
            clauses = [(lookup, next(candidates)) for lookup in plan.clauses]
            text = plan.parsed.question
            hits = self._hits(scored, clauses, vectors[text], wanted)
            if self.reranker is not None:
                hits = _reranked(self.reranker, text, hits)[:limit]
            found.append(SearchResult(tuple(hits), plan.parsed, plan.scope, tuple(plan.relaxed), plan.subqueries))
        return found

    def _hits(
        self,
        scored: Sequence[_Found],
        clauses: Sequence[_Found],
        question: NDArray[np.float32],
        limit: int,
    ) -> list[Hit]:
        ranking = merge(self._scores(scored), self._scores(clauses), self._weights.clause)
        groups = group(ranking, self.store, limit=limit, joined=_JOINED, accompanied=_ACCOMPANIED)
        ids = [member.id for one in groups for member in one.members]
        similar = dict(zip(ids, self.store.similarities(ids, question), strict=True))
        hits = list[Hit]()
        for rank, one in enumerate(groups, start=1):
            best = one.best
            dense = max(similar[member.id] for member in one.members)
            explanation = Explanation(best.lexical, dense, best.subquery.text)
            near_duplicates = tuple(NearDuplicate(copy.passage, copy.article) for copy in one.near_duplicates)
            hits.append(Hit(rank, best.score, one.passage, one.article, explanation, near_duplicates))
        return hits

    def _scores(self, found: Sequence[_Found]) -> list[Scored]:
        """Scores of what each lookup found, its preferences included."""
        return [
            Scored(
                lookup.subquery,
                candidates.ids,
                lookup.weight * fuse(candidates, self._weights, self._gains(lookup, candidates)),
                lexical_scores(candidates, self._weights),
            )
            for lookup, candidates in found
        ]

    def _gains(self, lookup: Lookup, candidates: Candidates) -> NDArray[np.float64]:
        """What each candidate gains by what the question prefers."""
        import numpy as np

        gains = np.zeros(len(candidates.ids))
        for preference in lookup.preferences:
            preferred = self.store.within(candidates.ids, preference.scope)
            # Once, however many days or outlets are named: they are alternatives.
            gains[preferred] = np.maximum(gains[preferred], preference.weight)
        return gains


def _reranked(reranker: Reranker, question: str, hits: Sequence[Hit]) -> list[Hit]:
    scores = reranker(question, [hit.text for hit in hits])
    ranked = sorted(zip(scores, hits, strict=True), key=lambda one: (-one[0], one[1].rank))
    return [
        replace(hit, rank=rank, score=score, explain=replace(hit.explain, reranked=score))
        for rank, (score, hit) in enumerate(ranked, start=1)
    ]


def checked_limit(limit: int) -> int:
    """Return ``limit``; raises ``ValueError`` where it is below 1."""
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    return limit


def checked_question(question: str) -> str:
    """Return the question without control characters and surplus white space.

    Raises:
        ValueError: nothing is left, or it is longer than ``LONGEST_QUESTION`` characters.
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in question).split())
    if not text:
        raise ValueError("the question is empty: type a question")
    if len(text) > LONGEST_QUESTION:
        raise ValueError(
            f"the question has {len(text):,} characters and may have {LONGEST_QUESTION:,}: ask for one thing at a time"
        )
    return text
