"""What a search, and whoever checks a citation, asks of a store of news: the door for another backend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, NewType, Protocol, Self

from rag.articles import Article, Passage
from rag.models.embedding import ModelIdentity
from rag.store.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PassageId = NewType("PassageId", int)
"""Names a passage of one store; it says nothing about the passage's place, and nothing to another store."""


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """One thing to look for within one scope."""

    vector: NDArray[np.float32]
    """Shape ``(dimension,)``."""
    terms: Mapping[str, float]
    """Terms, as ``rag.text.words`` cuts them, and how much each counts."""
    scope: Scope = EVERYTHING
    phrases: tuple[str, ...] = ()
    """Words that a passage must hold exactly, case and accents apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Passages proposed for a request by their words, their vectors, or both, in no order; each is scored by both.

    They are columns, shape ``(passages,)``: hundreds for each request of a question would be slow as objects.
    """

    ids: NDArray[np.int64]
    """A ``PassageId`` each; no two are the same."""
    lexical: NDArray[np.float64]
    """BM25 of the passage. One that only vectors propose is given the score of the last that words do: the most it can
    have."""
    article_lexical: NDArray[np.float64]
    """BM25 of its whole article; 0 where the article is not among the best."""
    dense: NDArray[np.float64]
    """Inner product of the vectors."""
    neighbour: NDArray[np.float64]
    """The same for the better one of the passages before and after it in its article; 0 where it has none."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its article and the passages next to it."""

    id: PassageId
    passage: Passage
    article: Article
    previous: PassageId | None
    next: PassageId | None
    story: int = -1
    """Number of the first article of its group of copies; -1 where the store does not know."""


class MonthCount(NamedTuple):
    """How many articles of an outlet were published in a month."""

    outlet: str | None
    month: str
    """As "2025-03"; "" for articles without a date."""
    articles: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a store holds, or what of it a scope allows."""

    articles: int
    outlets: tuple[tuple[str, int], ...]
    """Name and number of articles, most first."""
    oldest: date | None
    newest: date | None
    undated: int = 0
    """Articles that a scope's days exclude only because it is not known when they were published."""
    languages: tuple[tuple[str, int], ...] = ()
    """Code and number of articles, most first; articles that name no language are in none."""
    unnamed: int = 0
    """Articles that a scope's languages exclude only because they name none."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that the store answers, and the article that it was made of."""

    question: str
    article_id: str
    version: str
    """The article's."""


class Store(Protocol):
    """Articles and their passages, searchable by words and vectors within a scope. Threads may share one.

    Every method that takes a scope raises ``ValueError`` for an outlet, author, language or article that the store does
    not hold; the message names it, and names near it.
    """

    @property
    def id(self) -> str:
        """Name of the state of the store that answers; it changes whenever its content does."""
        ...

    @property
    def location(self) -> str:
        """Where the store is, for messages."""
        ...

    @property
    def model(self) -> ModelIdentity:
        """The embedding model of the vectors."""
        ...

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        ...

    def search(self, requests: Sequence[SearchRequest], *, limit: int) -> list[Candidates]:
        """Return the candidates for each request, in no order: the best ``limit`` by words and as many by vectors.

        The scope and the phrases hold before the best are chosen.
        """
        ...

    def passages(self, ids: Sequence[PassageId]) -> list[StoredPassage]:
        """Return passages by their ids, in that order."""
        ...

    def similarities(self, ids: Sequence[PassageId], vector: NDArray[np.float32]) -> list[float]:
        """Inner products of ``vector``, shape ``(dimension,)``, with the vectors of passages."""
        ...

    def within(self, ids: NDArray[np.int64], scope: Scope) -> NDArray[np.bool_]:
        """Say of each passage whether ``scope`` allows it."""
        ...

    def contains(self, scope: Scope, phrases: Sequence[str] = ()) -> bool:
        """Say whether any passage is within ``scope`` and holds every phrase."""
        ...

    def passage_counts(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages, or their headers, each term occurs."""
        ...

    def passages_like(self, word: str, edits: int) -> list[StoredPassage]:
        """Return some passages that hold a word within ``edits`` (1 or 2) of ``word``, case and accents apart."""
        ...

    def article(self, article_id: str, version: str | None = None) -> Article | None:
        """Return an article in its newest, or the named, version; None where the store does not hold it."""
        ...

    def newest(self, limit: int, scope: Scope = EVERYTHING) -> list[Article]:
        """Return the ``limit`` articles within ``scope`` that were published last, newest first."""
        ...

    def listing(
        self, scope: Scope = EVERYTHING, words: str = "", offset: int = 0, limit: int = 20
    ) -> tuple[int, list[Article]]:
        """Return how many articles within ``scope`` say all of ``words``, and ``limit`` of them, newest first.

        An article says a word, in any of its forms, in its title or its text. Words that carry no meaning ("the") are
        passed over; ``offset`` articles are left out.
        """
        ...

    def months(self, scope: Scope = EVERYTHING) -> tuple[MonthCount, ...]:
        """Count the articles within ``scope`` by outlet and month."""
        ...

    def summary(self, scope: Scope = EVERYTHING) -> Summary:
        """Sum up what the store holds within ``scope``."""
        ...

    def outlets(self) -> list[str]:
        """Names of all outlets."""
        ...

    def authors_written(self, keys: Collection[str]) -> Iterable[str]:
        """Names of the authors whose ``rag.store.scope.joined_key`` is one of ``keys``; a small store may give all."""
        ...

    def languages(self) -> list[str | None]:
        """Codes of the languages of the articles; None among them where an article names none."""
        ...

    def suggestions(self) -> Sequence[Suggestion]:
        """Questions that it answers, as they were checked, the best to begin with first; a store may have none."""
        ...

    def refreshed(self) -> Self:
        """Return the newest state of the store: itself where that is still it. This one stays usable."""
        ...
