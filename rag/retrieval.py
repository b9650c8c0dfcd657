"""Finds the passages of the coverage that bear on a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rag.articles import Article, Passage
from rag.embedding import Embedder, SentenceTransformerEmbedder
from rag.errors import IndexIncompatible
from rag.grouping import group
from rag.planning import Lookup, Plan, Planner
from rag.questions import Divide, Mention, Names, Understood, divide, understand
from rag.ranking import Candidate, Weights, fuse, merge
from rag.relevance import Sentence, rank_sentences
from rag.scope import EVERYTHING, Scope
from rag.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.reranking import Reranker

# A model reads some hundred words; a text this long is a pasted article, not a question.
LONGEST_QUESTION = 2_000
# Passages that each side proposes for a part of a question; more changes nothing that was measured.
_POOL = 200
_ARTICLES = 300
# Passages among which neighbours are joined.
_JOINED = 50
# Hits that a reranker is given, as a multiple of those that were asked for.
_RERANKED = 3
_VECTORS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a passage was found."""

    lexical: float
    """BM25 of the passage's words, with its article's share; 0 where none of the question's words occur. A passage that
    only the vectors propose is given the passage score of the last that the words propose, as it has at most that."""
    dense: float
    """Cosine of the angle between the whole question and the passage, at most 1."""
    part: str
    """The part of the question that found it."""
    reranked: float | None = None
    """What the reranker gave it, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A passage of another article that says nearly the same, such as the same wire story in another outlet."""

    passage: Passage
    article: Article


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage; neighbouring passages that were found together are one."""

    rank: int
    """From 1, the best."""
    score: float
    """0 to 1, the best hit of each part of the question near 1; with a reranker, its score. Higher is better."""
    passage: Passage
    article: Article
    explain: Explanation
    copies: tuple[Copy, ...] = ()
    """The same text in other articles; it takes one place in the ranking."""

    @property
    def text(self) -> str:
        """The passage's text."""
        return self.passage.text


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and how the question was understood."""

    hits: tuple[Hit, ...]
    understood: Understood
    scope: Scope
    """What was searched: the limits given, and those read in the question."""
    loosened: tuple[Mention, ...] = ()
    """Limits read in the question that would have left nothing, and were let go."""


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
        divide: Divide = divide,
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
        self._divide = divide
        self._weights = weights or Weights()
        self._names = Names((name for name, _ in snapshot.coverage.summary().outlets), snapshot.coverage.authors())
        # Retrieval and the ranking of sentences both need the vector of one question, the costliest step of either.
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._one_at_a_time = Lock()
        self._allowed = lru_cache(maxsize=32)(snapshot.coverage.allowed)
        languages = snapshot.coverage.languages()
        self._planner = Planner(self._allowed, snapshot.lexical, languages, divide, self._weights)

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
        from rag.reranking import CrossEncoderReranker

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
    ) -> Found:
        """Find the best passages and say how the question was understood; raises as ``retrieve`` does.

        Days in the question are meant as on the day ``as_of``, by default today. A limit that the question names and
        that would leave nothing is let go, and listed in ``loosened``; the limits of ``scope`` never are, and go before
        those of the question. ``literally`` reads no limits in the question at all.
        """
        [found] = self._search_many([question], limit=limit, scope=scope, as_of=as_of, literally=literally)
        return found

    def sentences(self, question: str, hits: Sequence[Hit]) -> list[Sentence]:
        """Return the sentences of ``hits``, those that bear most on ``question`` first."""
        text = checked_question(question)
        return rank_sentences(text, self._embedded([text])[text], hits, self.snapshot.lexical, self.embedder)

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
            divide=self._divide,
            weights=self._weights,
        )

    def _search_many(
        self, questions: Sequence[str], *, limit: int, scope: Scope, as_of: date | None, literally: bool
    ) -> list[Found]:
        limit = checked_limit(limit)
        texts = [checked_question(question) for question in questions]
        self._allowed(scope)  # an unknown name is told before anything is embedded
        today = as_of or date.today()
        plans = [self._planner.plan(understand(text, self._names, as_of=today), scope, literally) for text in texts]
        wanted = [lookup.part.text for plan in plans for lookup in plan.lookups]
        vectors = self._embedded(dict.fromkeys([*texts, *wanted]))
        limit = min(limit, max(1, self.snapshot.vectors.rows))
        near = self._nearest(plans, vectors, max(_POOL, 2 * limit))
        found = []
        for text, plan in zip(texts, plans, strict=True):
            whole = vectors[text]
            scored = [
                (lookup, self._candidates(lookup, near[number, id(plan)], self._vector(lookup, whole, vectors), limit))
                for number, lookup in enumerate(plan.lookups)
            ]
            hits = self._hits(scored, whole, limit if self.reranker is None else _RERANKED * limit)
            if self.reranker is not None:
                hits = self._reranked(text, hits)[:limit]
            found.append(Found(tuple(hits), plan.understood, plan.scope, tuple(plan.loosened)))
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

    def _vector(
        self, lookup: Lookup, whole: NDArray[np.float32], vectors: Mapping[str, NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        part = vectors[lookup.part.text]
        return part if part is whole else part + self._weights.rest * whole

    def _nearest(
        self, plans: Sequence[Plan], vectors: Mapping[str, NDArray[np.float32]], limit: int
    ) -> dict[tuple[int, int], list[tuple[int, float]]]:
        """The nearest passages for every lookup, by its number and its plan's id: one FAISS call for each scope."""
        import numpy as np

        by_limits: dict[tuple[Scope, tuple[str, ...]], list[tuple[int, int, NDArray[np.float32]]]] = {}
        for plan in plans:
            whole = vectors[plan.understood.question]
            for number, lookup in enumerate(plan.lookups):
                vector = self._vector(lookup, whole, vectors)
                by_limits.setdefault((lookup.scope, lookup.phrases), []).append((number, id(plan), vector))
        found = {}
        for (scope, phrases), asked in by_limits.items():
            allowed = self._allowed(scope)
            if phrases:
                said = np.zeros(self.snapshot.vectors.rows, dtype=np.bool_)
                said[self.snapshot.lexical.rows_with(phrases)] = True
                allowed = said if allowed is None else said & allowed
            near = self.snapshot.vectors.nearest(np.stack([vector for *_, vector in asked]), limit, allowed)
            found.update({(number, plan): one for (number, plan, _), one in zip(asked, near, strict=True)})
        return found

    def _candidates(
        self, lookup: Lookup, near: Sequence[tuple[int, float]], vector: NDArray[np.float32], limit: int
    ) -> dict[int, Candidate]:
        """What both sides propose, each passage with the scores of both."""
        lexical = self.snapshot.lexical
        pool = max(_POOL, 2 * limit)
        said = lexical.passages(lookup.terms, pool, lookup.scope, lookup.phrases)
        # A passage that only the vectors propose has at most the score of the last that the words do.
        least = said[-1][1] if len(said) == pool else 0.0
        words, dense = dict(said), dict(near)
        unknown = [row for row in words if row not in dense]
        similar = self.snapshot.vectors.similarities(unknown, vector.reshape(1, -1))[0]
        dense.update(zip(unknown, map(float, similar), strict=True))
        articles = dict(lexical.articles(lookup.terms, _ARTICLES, lookup.scope))
        numbers = self.snapshot.coverage.numbers(list(dense))
        share = self._weights.article
        return {
            row: Candidate(words.get(row, least) + share * articles.get(numbers[row], 0.0), similarity)
            for row, similarity in dense.items()
        }

    def _hits(
        self, scored: Sequence[tuple[Lookup, Mapping[int, Candidate]]], whole: NDArray[np.float32], limit: int
    ) -> list[Hit]:
        ranking = merge(
            [
                (
                    lookup.part,
                    {row: lookup.weight * score for row, score in self._preferred(lookup, candidates).items()},
                )
                for lookup, candidates in scored
            ]
        )
        coverage = self.snapshot.coverage
        groups = group(ranking, coverage, limit=limit, joined=_JOINED)
        rows = [row for one in groups for row in one.rows]
        similar = dict(
            zip(rows, map(float, self.snapshot.vectors.similarities(rows, whole.reshape(1, -1))[0]), strict=True)
        )
        lexical = {(lookup.part, row): one.lexical for lookup, found in scored for row, one in found.items()}
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
                tuple(Copy(passage, article) for passage, article in one.copies),
            )
            for rank, one in enumerate(groups, start=1)
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
