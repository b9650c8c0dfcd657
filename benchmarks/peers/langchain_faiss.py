"""LangChain: FAISS and BM25Retriever under an EnsembleRetriever.

FAISS filters what it has fetched; BM25Retriever cannot filter, so what it fetches is filtered behind it. It cannot be
saved either, and is made anew of the saved documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.runnables import RunnableLambda

from benchmarks.peers import Found, Limits, Text, fetched
from rag.models.embedding import Embedder
from rag.models.packaged import model_folder


class System:
    """Its two retrievers, fused."""

    reads_articles = False

    def __init__(self, folder: Path, embedder: Embedder | None) -> None:
        self._folder = folder
        self._embeddings: Embeddings
        if embedder:
            self._embeddings = Given(embedder)
        else:
            from langchain_huggingface import HuggingFaceEmbeddings

            self._embeddings = HuggingFaceEmbeddings(model_name=str(model_folder()))

    def build(self, articles: Path, texts: Sequence[Text]) -> None:
        documents = _documents(texts)
        store = FAISS.from_documents(documents, self._embeddings, ids=[one.id for one in texts])
        self._take(store, documents)
        store.save_local(str(self._folder))

    def open(self) -> None:
        store = FAISS.load_local(str(self._folder), self._embeddings, allow_dangerous_deserialization=True)
        self._take(store, store.get_by_ids(list(store.index_to_docstore_id.values())))

    def ask(self, question: str, limit: int, within: Limits | None) -> list[Found]:
        count = fetched(limit, within, self._store.index.ntotal)
        words: Any = self._words.model_copy(update={"k": count})
        if within:
            words |= RunnableLambda(partial(_kept, within, limit))
        vectors = self._store.as_retriever(search_kwargs={"k": limit, "fetch_k": count, "filter": _filter(within)})
        found = EnsembleRetriever(retrievers=[words, vectors], weights=[0.5, 0.5]).invoke(question)
        return [Found(one.page_content, one.metadata["outlet"], one.metadata["day"]) for one in found[:limit]]

    def nearest(self, question: str, limit: int, within: Limits | None) -> list[str]:
        count = fetched(limit, within, self._store.index.ntotal)
        found = self._store.similarity_search(question, k=limit, filter=_filter(within), fetch_k=count)
        return [one.page_content for one in found]

    def add(self, articles: Path, texts: Sequence[Text]) -> None:
        documents = _documents(texts)
        self._store.add_documents(documents, ids=[one.id for one in texts])
        self._take(self._store, [*self._words.docs, *documents])
        self._store.save_local(str(self._folder))

    def remove(self, outlet: str) -> None:
        gone = [one.metadata["id"] for one in self._words.docs if one.metadata["outlet"] == outlet]
        self._store.delete(gone)
        self._take(self._store, [one for one in self._words.docs if one.metadata["outlet"] != outlet])
        self._store.save_local(str(self._folder))

    def _take(self, store: FAISS, documents: Sequence[Document]) -> None:
        self._store = store
        # By itself it would split at white space and tell "Toll" from "toll,".
        self._words = BM25Retriever.from_documents(documents, preprocess_func=_words)


class Given(Embeddings):
    """An embedder of ours as LangChain wants it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def _documents(texts: Sequence[Text]) -> list[Document]:
    return [Document(id=one.id, page_content=one.text, metadata=one.metadata) for one in texts]


def _kept(within: Limits, limit: int, found: list[Document]) -> list[Document]:
    return [one for one in found if within.allow(one.metadata["outlet"], one.metadata["day"])][:limit]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _filter(within: Limits | None) -> dict[str, Any] | None:
    if within is None:
        return None
    days = {"day": {"$gte": within.first, "$lte": within.last}}
    return days | ({"outlet": within.outlet} if within.outlet else {})
