"""Haystack: an InMemoryDocumentStore, its retrievers by BM25 and by embedding, and a DocumentJoiner, as a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline, component
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peers import Found, Limits, Text
from rag.models.embedding import Embedder
from rag.models.packaged import model_folder


class System:
    """Its store in memory, saved as JSON."""

    reads_articles = False

    def __init__(self, folder: Path, embedder: Embedder | None) -> None:
        self._file = folder / "store.json"
        self._documents: Any
        self._texts: Any
        if embedder:
            self._documents, self._texts = GivenDocuments(embedder), GivenText(embedder)
        else:
            from haystack_integrations.components.embedders.sentence_transformers import (
                SentenceTransformersDocumentEmbedder,
                SentenceTransformersTextEmbedder,
            )

            model = str(model_folder())
            self._documents = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
            self._texts = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
            self._documents.warm_up()
            self._texts.warm_up()

    def build(self, articles: Path, texts: Sequence[Text]) -> None:
        self._take(InMemoryDocumentStore())
        self.add(articles, texts)

    def open(self) -> None:
        self._take(InMemoryDocumentStore.load_from_disk(str(self._file)))

    def ask(self, question: str, limit: int, within: Limits | None) -> list[Found]:
        some = {"top_k": limit, "filters": _filters(within)}
        found = self._pipeline.run(
            {
                "texts": {"text": question},
                "words": {"query": question} | some,
                "vectors": some,
                "both": {"top_k": limit},
            }
        )
        return [Found(one.content, one.meta["outlet"], one.meta["day"]) for one in found["both"]["documents"]]

    def nearest(self, question: str, limit: int, within: Limits | None) -> list[str]:
        vector = self._texts.run(text=question)["embedding"]
        return [one.content for one in self._store.embedding_retrieval(vector, _filters(within), limit)]

    def add(self, articles: Path, texts: Sequence[Text]) -> None:
        documents = [Document(id=one.id, content=one.text, meta=one.metadata) for one in texts]
        self._store.write_documents(self._documents.run(documents=documents)["documents"])
        self._store.save_to_disk(str(self._file))

    def remove(self, outlet: str) -> None:
        gone = self._store.filter_documents({"field": "meta.outlet", "operator": "==", "value": outlet})
        self._store.delete_documents([one.id for one in gone])
        self._store.save_to_disk(str(self._file))

    def _take(self, store: InMemoryDocumentStore) -> None:
        self._store = store
        self._pipeline = Pipeline()
        self._pipeline.add_component("texts", self._texts)
        self._pipeline.add_component("words", InMemoryBM25Retriever(store))
        self._pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store))
        self._pipeline.add_component("both", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        self._pipeline.connect("texts.embedding", "vectors.query_embedding")
        self._pipeline.connect("words", "both")
        self._pipeline.connect("vectors", "both")


@component
class GivenText:
    """An embedder of ours as Haystack wants it for questions."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @component.output_types(embedding=list[float])  # type: ignore[untyped-decorator]
    def run(self, text: str) -> dict[str, list[float]]:
        return {"embedding": self._embedder.embed_questions([text])[0].tolist()}


@component
class GivenDocuments:
    """And for documents."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @component.output_types(documents=list[Document])  # type: ignore[untyped-decorator]
    def run(self, documents: list[Document]) -> dict[str, list[Document]]:
        vectors = self._embedder.embed_passages([one.content for one in documents])
        return {
            "documents": [replace(one, embedding=some.tolist()) for one, some in zip(documents, vectors, strict=True)]
        }


def _filters(within: Limits | None) -> dict[str, Any] | None:
    if within is None:
        return None
    conditions = [
        {"field": "meta.day", "operator": ">=", "value": within.first},
        {"field": "meta.day", "operator": "<=", "value": within.last},
    ]
    if within.outlet:
        conditions.append({"field": "meta.outlet", "operator": "==", "value": within.outlet})
    return {"operator": "AND", "conditions": conditions}
