"""Ask questions of news coverage: every sentence of an answer cites a paragraph that was checked.

>>> from rag import Answerer, Retriever, Scope
>>> Answerer.open("data/index").answer("Who owns the harbour?").text
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.answer.answerer import Answerer
    from rag.answer.answers import Answer, Claim, Cut
    from rag.articles import Article, Passage, Span
    from rag.check.citations import Citation
    from rag.errors import (
        ArticleUnreadable,
        GenerationFailed,
        IndexBusy,
        IndexCorrupt,
        IndexIncompatible,
        IndexNotFound,
        ModelUnavailable,
        RagError,
    )
    from rag.models.embedding import Embedder, SentenceTransformerEmbedder
    from rag.search.hits import Hit
    from rag.search.retriever import Retriever
    from rag.store.scope import Scope

__all__ = [
    "Answer",
    "Answerer",
    "Article",
    "ArticleUnreadable",
    "Citation",
    "Claim",
    "Cut",
    "Embedder",
    "GenerationFailed",
    "Hit",
    "IndexBusy",
    "IndexCorrupt",
    "IndexIncompatible",
    "IndexNotFound",
    "ModelUnavailable",
    "Passage",
    "RagError",
    "Retriever",
    "Scope",
    "SentenceTransformerEmbedder",
    "Span",
]

# Looked up when first used (PEP 562): `import rag` costs milliseconds, torch and FAISS come with the first question.
_HOMES = {
    "rag.answer.answerer": ("Answerer",),
    "rag.answer.answers": ("Answer", "Claim", "Cut"),
    "rag.articles": ("Article", "Passage", "Span"),
    "rag.models.embedding": ("Embedder", "SentenceTransformerEmbedder"),
    "rag.errors": (
        "ArticleUnreadable",
        "GenerationFailed",
        "IndexBusy",
        "IndexCorrupt",
        "IndexIncompatible",
        "IndexNotFound",
        "ModelUnavailable",
        "RagError",
    ),
    "rag.search.hits": ("Hit",),
    "rag.search.retriever": ("Retriever",),
    "rag.store.scope": ("Scope",),
    "rag.check.citations": ("Citation",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
