"""Finds the passages of the coverage that bear on a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rag.answer.sentences import Asking, Sentence, rank_sentences, says_enough
from rag.errors import IndexIncompatible
from rag.models.embedding import Embedder, SentenceTransformerEmbedder
from rag.query.names import Names
from rag.query.parsed_query import parse_question
from rag.query.subqueries import Decompose, SubQuery, decompose
from rag.search.candidates import find_candidates
from rag.search.fusion import Candidate, Weights, fuse, merge
from rag.search.grouping import group
from rag.search.hits import Explanation, Hit, NearDuplicate, SearchResult
from rag.search.planning import Lookup, Planner
from rag.store.scope import EVERYTHING, Scope
from rag.store.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.models.reranking import Reranker

# A model reads some hundred words; a text this long is a pasted article, not a question.
LONGEST_QUESTION = 2_000
# Passages among which neighbours are joined.
_JOINED = 50
# Hits that are given a neighbour where none was joined; benchmarks/retrieval.md.
_ACCOMPANIED = 10
# Hits that a reranker is given, as a multiple of those that were asked for.
_RERANKED = 3
_VECTORS_KEPT = 256


class Retriever:
    """Searches one snapshot; ``Retriever.open("data/index").retrieve("What did Lavrov call for?")``.

    Threads may share a retriever. It keeps the snapshot it was opened on; ``refreshed`` gives one on a newer snapshot.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        *,
        reranker: Reranker | None = None,
        decompose: Decompose = decompose,
        weights: Weights | None = None,
    ) -> None:
        """Search ``snapshot`` with the embedder that it was built with.

        ``divide`` cuts a question into parts; ``weights`` says how much each side of the search counts.

        Raises:
            IndexIncompatible: another model or other weights: vectors of two models cannot be compared.
        """
        built, given = snapshot.manifest.model, embedder.identity
        if (built.digest, built.question_prompt) != (given.digest, given.question_prompt):
            raise IndexIncompatible(
                f"{snapshot.folder.path} was built with the weights {built.digest[:12]} of {built.name}, and "
                f"{given.name} has {given.digest[:12]}: rebuild with rag-index build --model {given.name}"
            )
        self.snapshot = snapshot
        self.embedder = embedder
        self.reranker = reranker
        self._divide = decompose
        self._weights = weights or Weights()
        self.names = Names((name for name, _ in snapshot.coverage.summary().outlets), snapshot.coverage.authors())
        # Retrieval and the ranking of sentences both need the vector of one question, the costliest step of either.
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._one_at_a_time = Lock()
        self._allowed = lru_cache(maxsize=32)(snapshot.coverage.allowed)
        languages = snapshot.coverage.languages()
        self._planner = Planner(self._allowed, snapshot.lexical, languages, decompose, self._weights)

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
        model = snapshot.manifest.model
        embedder = embedder or SentenceTransformerEmbedder.load(model.name, revision=model.revision)
        if reranker is None:
            return cls(snapshot, embedder)
        from rag.models.reranking import CrossEncoderReranker

        return cls(snapshot, embedder, reranker=CrossEncoderReranker.load(reranker))

    def retrieve(
        self, question: str, *, limit: int = 10, scope: Scope = EVERYTHING, as_of: date | None = None
    ) -> list[Hit]:
        """Find the ``limit`` passages that bear most on ``question``, best first; fewer where the scope has fewer.

        Neighbouring passages that are found together are one hit, and so are copies of one text.

        The scope's limits, and those that the question itself names, hold before anything is ranked: an allowed passage
        is never lost to better ones outside. ``search`` also says what was understood.

        Raises:
            ValueError: an empty or overlong question, a limit below 1, an outlet, author or language that the index
                lacks.
        """
        return list(self.search(question, limit=limit, scope=scope, as_of=as_of).hits)

    def retrieve_many(
        self, questions: Sequence[str], *, limit: int = 10, scope: Scope = EVERYTHING, as_of: date | None = None
    ) -> list[list[Hit]]:
        """Do as ``retrieve`` for many questions, embedded together; raises as it does, before anything is searched."""
        found = self._search_many(questions, limit=limit, scope=scope, as_of=as_of, literally=False)
        return [list(one.hits) for one in found]

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        literally: bool = False,
    ) -> SearchResult:
        """Find the best passages and say how the question was understood; raises as ``retrieve`` does.

        Days in the question are meant as on the day ``as_of``, by default today. A limit that the question names and
        that would leave nothing is let go, and listed in ``loosened``; the limits of ``scope`` never are, and go before
        those of the question. ``literally`` reads no limits in the question at all.
        """
        [found] = self._search_many([question], limit=limit, scope=scope, as_of=as_of, literally=literally)
        return found

    def sentences(self, found: SearchResult) -> list[Sentence]:
        """Return the sentences of what was found, those first that bear most on the question, or their part of it."""
        read = [parse_question(part, self.names, as_of=found.parsed.as_of) for part in found.parts]
        if len(read) < 2 or not all(says_enough(one) for one in read):
            read = []
        question = found.parsed.question
        vectors = self._embedded([question, *(one.question for one in read)])
        return rank_sentences(
            Asking(found.parsed, vectors[question]),
            [Asking(one, vectors[one.question]) for one in read],
            found.hits,
            self.snapshot.lexical,
            self.embedder,
        )

    def refreshed(self) -> Retriever:
        """Return a retriever on the index's current snapshot: this one, if that is still it.

        Raises:
            IndexCorrupt, IndexIncompatible: the current snapshot cannot be opened with this model; this retriever
                still works.
        """
        if self.snapshot.is_current():
            return self
        return Retriever(
            Snapshot.open(self.snapshot.folder.path),
            self.embedder,
            reranker=self.reranker,
            decompose=self._divide,
            weights=self._weights,
        )

    def _search_many(
        self, questions: Sequence[str], *, limit: int, scope: Scope, as_of: date | None, literally: bool
    ) -> list[SearchResult]:
        limit = checked_limit(limit)
        texts = [checked_question(question) for question in questions]
        self._allowed(scope)  # an unknown name is told before anything is embedded
        today = as_of or date.today()
        plans = [self._planner.plan(parse_question(text, self.names, as_of=today), scope, literally) for text in texts]
        lookups = [lookup for plan in plans for lookup in (*plan.lookups, *plan.clauses)]
        vectors = self._embedded(dict.fromkeys([*texts, *(lookup.part.text for lookup in lookups)]))
        limit = min(limit, max(1, self.snapshot.vectors.rows))
        whole = [vectors[plan.parsed.question] for plan in plans for _ in (*plan.lookups, *plan.clauses)]
        candidates = iter(
            find_candidates(
                self.snapshot,
                lookups,
                [vectors[one.part.text] + one.rest * rest for one, rest in zip(lookups, whole, strict=True)],
                limit=limit,
                allowed=self._allowed,
                weights=self._weights,
            )
        )
        found = []
        for text, plan in zip(texts, plans, strict=True):
            scored = [(lookup, next(candidates)) for lookup in plan.lookups]
            clauses = [(lookup, next(candidates)) for lookup in plan.clauses]
            hits = self._hits(scored, clauses, vectors[text], limit if self.reranker is None else _RERANKED * limit)
            if self.reranker is not None:
                hits = self._reranked(text, hits)[:limit]
            found.append(SearchResult(tuple(hits), plan.parsed, plan.scope, tuple(plan.relaxed), plan.parts))
        return found

    def _embedded(self, texts: Sequence[str] | Mapping[str, object]) -> dict[str, NDArray[np.float32]]:
        """Vectors of questions and their parts, shape ``(dimension,)`` each; those not known yet in one call."""
        with self._one_at_a_time:
            missing = [text for text in texts if text not in self._vectors]
            if missing:
                fresh = self.embedder.embed_questions(missing)
                if len(self._vectors) + len(missing) > _VECTORS_KEPT:
                    kept = {text: self._vectors[text] for text in texts if text in self._vectors}
                    self._vectors.clear()
                    self._vectors.update(kept)
                self._vectors.update(zip(missing, fresh, strict=True))
            return {text: self._vectors[text] for text in texts}

    def _hits(
        self,
        scored: Sequence[tuple[Lookup, Mapping[int, Candidate]]],
        clauses: Sequence[tuple[Lookup, Mapping[int, Candidate]]],
        whole: NDArray[np.float32],
        limit: int,
    ) -> list[Hit]:
        ranking = merge(self._shares(scored), self._shares(clauses), self._weights.clause)
        coverage = self.snapshot.coverage
        groups = group(ranking, coverage, limit=limit, joined=_JOINED, accompanied=_ACCOMPANIED)
        rows = [row for one in groups for row in one.rows]
        similar = dict(
            zip(rows, map(float, self.snapshot.vectors.similarities(rows, whole.reshape(1, -1))[0]), strict=True)
        )
        lexical = {
            (lookup.part, row): one.lexical for lookup, found in (*clauses, *scored) for row, one in found.items()
        }
        return [
            Hit(
                rank,
                one.best.score,
                one.passage,
                one.article,
                Explanation(
                    lexical.get((one.best.part, one.best.row), 0.0),
                    max(similar[row] for row in one.rows),
                    one.best.part.text,
                ),
                tuple(NearDuplicate(passage, article) for passage, article in one.near_duplicates),
            )
            for rank, one in enumerate(groups, start=1)
        ]

    def _shares(
        self, found: Sequence[tuple[Lookup, Mapping[int, Candidate]]]
    ) -> list[tuple[SubQuery, dict[int, float]]]:
        return [
            (lookup.part, {row: lookup.weight * score for row, score in self._preferred(lookup, candidates).items()})
            for lookup, candidates in found
        ]

    def _preferred(self, lookup: Lookup, candidates: Mapping[int, Candidate]) -> dict[int, float]:
        """Scores of a part's candidates, those of the outlets that the question prefers first among near equals."""
        scores = fuse(candidates, self._weights)
        rows = self._allowed(Scope(outlets=lookup.preferred)) if lookup.preferred else None
        if rows is None:
            return scores
        return {row: score * (1 if rows[row] else 1 - self._weights.preferred) for row, score in scores.items()}

    def _reranked(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        assert self.reranker is not None
        scores = self.reranker(question, [hit.text for hit in hits])
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
