"""What a search returns: found passages with rank, score and reasons, and how the question was read."""

from __future__ import annotations

from dataclasses import dataclass

from rag.articles import Article, Passage
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a passage was found."""

    lexical: float
    """BM25 of the passage's words, with its article's share; 0 where none of the question's words occur. A passage that
    only the vectors propose is given the passage score of the last that the words propose, as it has at most that."""
    dense: float
    """Cosine of the angle between the whole question and the passage, at most 1."""
    subquery: str
    """The sub-query that found it; the whole question where it was not decomposed."""
    reranked: float | None = None
    """What the reranker gave it, 0 to 1."""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A passage of another article that says the same, such as the same wire story in another outlet."""

    passage: Passage
    article: Article


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage; neighbouring passages that were found together are one."""

    rank: int
    """From 1, the best."""
    score: float
    """0 to 1, the best hit of each sub-query near 1; with a reranker, its score. Higher is better."""
    passage: Passage
    article: Article
    explain: Explanation
    near_duplicates: tuple[NearDuplicate, ...] = ()
    """The same text in other articles; it takes one place in the ranking."""

    @property
    def text(self) -> str:
        """The passage's text."""
        return self.passage.text


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, and how the question was read."""

    hits: tuple[Hit, ...]
    parsed: ParsedQuery
    scope: Scope
    """What was searched: the limits given, and those that the question itself sets."""
    relaxed: tuple[Constraint, ...] = ()
    """Constraints of the question that would have left nothing, and were not applied."""
    subqueries: tuple[str, ...] = ()
    """What was searched for one by one; the whole question alone where it was not decomposed."""
