"""A retriever for LangChain; needs the extra ``news-rag[langchain]``.

>>> from rag import Retriever
>>> from rag.adapters.langchain import NewsRetriever
>>> NewsRetriever(retriever=Retriever.open("data/index"), limit=5).invoke("Who owns the harbour?")
"""

from __future__ import annotations

from rag.adapters.metadata import metadata, not_installed, passage_id
from rag.search.retriever import Retriever
from rag.store.scope import EVERYTHING, Scope

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from pydantic import Field, InstanceOf
except ModuleNotFoundError as error:
    raise not_installed("langchain", error) from error


class NewsRetriever(BaseRetriever):
    """Gives passages as documents: the text, and as metadata where it comes from and how it was found.

    It asks ``retriever`` for the ``limit`` best passages within ``scope``; raises what ``Retriever.retrieve`` raises.
    """

    retriever: InstanceOf[Retriever]
    limit: int = Field(default=10, ge=1)
    scope: InstanceOf[Scope] = EVERYTHING

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.retriever.retrieve(query, limit=self.limit, scope=self.scope)
        return [Document(id=passage_id(hit), page_content=hit.text, metadata=metadata(hit)) for hit in hits]
