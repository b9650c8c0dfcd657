"""News-rag and what people would use instead, each asked through the same few calls.

Every system gets the same passages and the same model, and is made as its own documentation makes hybrid retrieval.
Where a system filters only what it has fetched, it is told how much to fetch (``fetched``), so that it can be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import Protocol

from rag.models.embedding import Embedder

SYSTEMS = {
    "news-rag": "benchmarks.peers.news_rag",
    "LangChain": "benchmarks.peers.langchain_faiss",
    "LlamaIndex": "benchmarks.peers.llamaindex",
    "Haystack": "benchmarks.peers.haystack_memory",
    "txtai": "benchmarks.peers.txtai_sql",
}
OURS = "news-rag"


@dataclass(frozen=True, slots=True)
class Text:
    """A passage with its article's facts, as every peer is given it."""

    id: str
    text: str
    title: str
    outlet: str
    day: int
    """20250304; 0 where the article has none, so that all of them compare numbers."""

    @property
    def metadata(self) -> dict[str, str | int]:
        """All but the text."""
        return {"id": self.id, "title": self.title, "outlet": self.outlet, "day": self.day}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a passage must keep to be found."""

    first: int
    last: int
    """Days, both included."""
    outlet: str | None
    share: float
    """About how much of all passages keep them: what somebody who knows his archive could tell."""

    def allow(self, outlet: object, day: object) -> bool:
        """Whether a passage keeps them."""
        return isinstance(day, int) and self.first <= day <= self.last and self.outlet in (None, outlet)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, with what the system itself says about it."""

    text: str
    outlet: str
    day: int


class System(Protocol):
    """What is compared. It is made with its libraries and its model loaded."""

    reads_articles: bool
    """It needs no texts, which then lie in no memory of its."""

    def __init__(self, folder: Path, embedder: Embedder | None) -> None:
        """Keep the index in ``folder``; embed by the packaged model, loaded as is usual there, or by ``embedder``."""

    def build(self, articles: Path, texts: Sequence[Text]) -> None:
        """Make the index and write it: news-rag of the articles' file, the others of the texts cut from it."""

    def open(self) -> None:
        """Read the index back."""

    def ask(self, question: str, limit: int, within: Limits | None) -> list[Found]:
        """Find passages by words and vectors, best first."""

    def nearest(self, question: str, limit: int, within: Limits | None) -> list[str]:
        """Texts of the passages that the vectors alone find."""

    def add(self, articles: Path, texts: Sequence[Text]) -> None:
        """Add to the opened index, and write it."""

    def remove(self, outlet: str) -> None:
        """Take all passages of an outlet out of it, and write it."""


def load_system(name: str, folder: Path, embedder: Embedder | None) -> System:
    system: System = import_module(SYSTEMS[name]).System(folder, embedder)
    return system


def fetched(limit: int, within: Limits | None, total: int) -> int:
    """How many passages to fetch so that ``limit`` of them keep the limits, four times over."""
    return min(total, ceil(4 * limit / within.share) if within else limit)
