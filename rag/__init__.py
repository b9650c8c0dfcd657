"""Ask questions of news coverage: every sentence of an answer cites a paragraph that was checked.

>>> from rag import Answerer, Retriever, Scope
>>> Answerer.open("data/index").answer("Who owns the harbour?").text
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the same for type checkers, which read no dict
    from rag.answer.answerer import Answerer as Answerer
    from rag.answer.answers import Answer as Answer
    from rag.answer.answers import Claim as Claim
    from rag.answer.answers import Cut as Cut
    from rag.articles import Article as Article
    from rag.articles import Passage as Passage
    from rag.articles import Span as Span
    from rag.check.citations import Citation as Citation
    from rag.errors import ArticleUnreadable as ArticleUnreadable
    from rag.errors import GenerationFailed as GenerationFailed
    from rag.errors import IndexBusy as IndexBusy
    from rag.errors import IndexCorrupt as IndexCorrupt
    from rag.errors import IndexIncompatible as IndexIncompatible
    from rag.errors import IndexNotFound as IndexNotFound
    from rag.errors import ModelUnavailable as ModelUnavailable
    from rag.errors import RagError as RagError
    from rag.models.embedding import Embedder as Embedder
    from rag.models.embedding import SentenceTransformerEmbedder as SentenceTransformerEmbedder
    from rag.models.embedding import load_embedder as load_embedder
    from rag.search.hits import Hit as Hit
    from rag.search.retriever import Retriever as Retriever
    from rag.store.scope import Scope as Scope

# Where each public name comes from, loaded when first used (PEP 562): `import rag` costs milliseconds, torch and FAISS
# come with the first question.
_MODULES = {
    "Answer": "rag.answer.answers",
    "Answerer": "rag.answer.answerer",
    "Article": "rag.articles",
    "ArticleUnreadable": "rag.errors",
    "Citation": "rag.check.citations",
    "Claim": "rag.answer.answers",
    "Cut": "rag.answer.answers",
    "Embedder": "rag.models.embedding",
    "GenerationFailed": "rag.errors",
    "Hit": "rag.search.hits",
    "IndexBusy": "rag.errors",
    "IndexCorrupt": "rag.errors",
    "IndexIncompatible": "rag.errors",
    "IndexNotFound": "rag.errors",
    "ModelUnavailable": "rag.errors",
    "Passage": "rag.articles",
    "RagError": "rag.errors",
    "Retriever": "rag.search.retriever",
    "Scope": "rag.store.scope",
    "SentenceTransformerEmbedder": "rag.models.embedding",
    "load_embedder": "rag.models.embedding",
    "Span": "rag.articles",
}
__all__ = sorted(_MODULES)


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(_MODULES)
