"""A retriever for LlamaIndex; needs the extra ``news-rag[llama-index]``.

>>> from rag import Retriever
>>> from rag.adapters.llama_index import NewsRetriever
>>> NewsRetriever(Retriever.open("data/index"), limit=5).retrieve("Who owns the harbour?")
"""

from __future__ import annotations

import asyncio

from rag.adapters.metadata import metadata, not_installed, passage_id
from rag.search.retriever import Retriever, checked_limit
from rag.store.scope import EVERYTHING, Scope

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
except ModuleNotFoundError as error:
    raise not_installed("llama-index", error) from error


class NewsRetriever(BaseRetriever):
    """Gives passages as nodes: the text, its score, and as metadata where it comes from and how it was found."""

    def __init__(self, retriever: Retriever, *, limit: int = 10, scope: Scope = EVERYTHING) -> None:
        """Ask for the ``limit`` best passages within ``scope``; raises ``ValueError`` for a limit below 1.

        Searching raises as ``Retriever.retrieve`` does.
        """
        super().__init__()
        self.retriever = retriever
        self.limit = checked_limit(limit)
        self.scope = scope

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = []
        for hit in self.retriever.retrieve(query_bundle.query_str, limit=self.limit, scope=self.scope):
            known = metadata(hit)
            # LlamaIndex puts metadata above the text that a model reads; these say nothing about the news.
            silent = ["article", "paragraphs", "rank", "score"] + [key for key, value in known.items() if value is None]
            node = TextNode(
                id_=passage_id(hit),
                text=hit.text,
                metadata=known,
                excluded_embed_metadata_keys=silent,
                excluded_llm_metadata_keys=silent,
                relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.article.id)},
            )
            found.append(NodeWithScore(node=node, score=hit.score))
        return found

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        # Inherited, it would hold up the event loop for as long as the search takes.
        return await asyncio.to_thread(self._retrieve, query_bundle)
