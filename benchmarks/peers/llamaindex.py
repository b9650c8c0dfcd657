"""LlamaIndex: FaissMapVectorStore and BM25Retriever under a QueryFusionRetriever.

Its FAISS knows no filters, so what it fetches is filtered behind it; BM25Retriever takes filters and looks through all
passages for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import BaseRetriever, QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissMapVectorStore

from benchmarks.peers import Found, Limits, Text, fetched
from rag.models.embedding import Embedder
from rag.models.packaged import model_folder

_DIMENSION = 384


class System:
    """Its two retrievers, fused."""

    reads_articles = False

    def __init__(self, folder: Path, embedder: Embedder | None) -> None:
        self._folder = folder
        self._model: BaseEmbedding
        if embedder:
            self._model = Given(embedder, model_name="given", embed_batch_size=2_048)
        else:
            from llama_index.embeddings.huggingface import HuggingFaceEmbedding

            # By itself it would embed ten texts at a time, where the others embed 32.
            self._model = HuggingFaceEmbedding(model_name=str(model_folder()), embed_batch_size=32)

    def build(self, articles: Path, texts: Sequence[Text]) -> None:
        store = FaissMapVectorStore(faiss_index=faiss.IndexIDMap2(faiss.IndexFlatL2(_DIMENSION)))
        context = StorageContext.from_defaults(vector_store=store)
        nodes = _nodes(texts)
        self._index = VectorStoreIndex(nodes, storage_context=context, embed_model=self._model)
        self._save(BM25Retriever.from_defaults(nodes=nodes))

    def open(self) -> None:
        store = FaissMapVectorStore.from_persist_dir(str(self._folder))
        context = StorageContext.from_defaults(vector_store=store, persist_dir=str(self._folder))
        index: Any = load_index_from_storage(context, embed_model=self._model)
        self._index = index
        self._words = BM25Retriever.from_persist_dir(str(self._folder / "words"))

    def ask(self, question: str, limit: int, within: Limits | None) -> list[Found]:
        filters = _filters(within)
        words = BM25Retriever(existing_bm25=self._words.bm25, similarity_top_k=limit, filters=filters)
        both = [self._vectors(limit, within), Within(words, limit, within)]
        mode = FUSION_MODES.RECIPROCAL_RANK
        fused = QueryFusionRetriever(
            both, llm=MockLLM(), mode=mode, similarity_top_k=limit, num_queries=1, use_async=False
        )
        return [
            Found(one.node.get_content(), one.node.metadata["outlet"], one.node.metadata["day"])
            for one in fused.retrieve(question)
        ]

    def nearest(self, question: str, limit: int, within: Limits | None) -> list[str]:
        return [one.node.get_content() for one in self._vectors(limit, within).retrieve(question)]

    def add(self, articles: Path, texts: Sequence[Text]) -> None:
        self._index.insert_nodes(_nodes(texts))
        self._save(BM25Retriever.from_defaults(docstore=self._index.docstore))

    def remove(self, outlet: str) -> None:
        gone = [id_ for id_, node in self._index.docstore.docs.items() if node.metadata["outlet"] == outlet]
        self._index.delete_nodes(gone, delete_from_docstore=True)
        self._save(BM25Retriever.from_defaults(docstore=self._index.docstore))

    def _vectors(self, limit: int, within: Limits | None) -> BaseRetriever:
        total = len(self._words.corpus)
        return Within(self._index.as_retriever(similarity_top_k=fetched(limit, within, total)), limit, within)

    def _save(self, words: BM25Retriever) -> None:
        self._index.storage_context.persist(str(self._folder))
        words.persist(str(self._folder / "words"))


class Within(BaseRetriever):
    """What another retriever finds within limits."""

    def __init__(self, retriever: BaseRetriever, limit: int, within: Limits | None) -> None:
        self._retriever = retriever
        self._limit = limit
        self._within = within
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._retriever.retrieve(query_bundle)
        if keep := self._within:
            found = [one for one in found if keep.allow(one.node.metadata["outlet"], one.node.metadata["day"])]
        return found[: self._limit]


class Given(BaseEmbedding):
    """An embedder of ours as LlamaIndex wants it."""

    def __init__(self, embedder: Embedder, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        self._embedder = embedder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return found

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def _nodes(texts: Sequence[Text]) -> list[TextNode]:
    # By itself it would put the metadata into what is embedded; here all embed the same.
    return [
        TextNode(id_=one.id, text=one.text, metadata=one.metadata, excluded_embed_metadata_keys=list(one.metadata))
        for one in texts
    ]


def _filters(within: Limits | None) -> MetadataFilters | None:
    if within is None:
        return None
    limits = [
        MetadataFilter(key="day", value=within.first, operator=FilterOperator.GTE),
        MetadataFilter(key="day", value=within.last, operator=FilterOperator.LTE),
    ]
    if within.outlet:
        limits.append(MetadataFilter(key="outlet", value=within.outlet))
    return MetadataFilters(filters=list(limits))
