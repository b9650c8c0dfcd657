"""What LangChain and LlamaIndex are given; no network, no language model."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from datetime import date

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda
from llama_index.core.schema import (
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from rag import Article, Retriever, Scope
from rag.adapters import langchain, llama_index
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

QUESTION = "harbour master of Port Ellery raised the tolls"
FERRY = "ferry to the islands"
BARE = Article(title="Ferry late", paragraphs=("The ferry to the islands came an hour late.",))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a test of the adapters asked the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    # Set where a developer traces programs of their own: it would send what the tests ask.
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("adapters") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA, BARE])
    return Retriever.open(folder, embedder=ToyEmbedder())


def told(retriever: Retriever, question: str) -> dict[str, object]:
    """What is told of the best hit for a question: of the harbour's article all, of the ferry's little is known."""
    article = BARE if question == FERRY else HARBOUR
    return {
        "article": article.id,
        **{name: getattr(article, name) for name in ("title", "url", "outlet")},
        "published": article.published and article.published.isoformat(),
        "paragraphs": list(range(1, len(article.paragraphs) + 1)),
        **{"rank": 1, "score": retriever.retrieve(question)[0].score},
    }


HARBOUR_ID = f"{HARBOUR.id}:1.0-3.{len(HARBOUR.paragraphs[2])}"
TEXT = "\n\n".join(HARBOUR.paragraphs)


def test_langchain_is_given_whole_documents_in_a_chain_and_in_an_event_loop(retriever: Retriever) -> None:
    asked = langchain.NewsRetriever(retriever=retriever)
    documents = asked.invoke(QUESTION)
    assert documents[0] == Document(id=HARBOUR_ID, page_content=TEXT, metadata=told(retriever, QUESTION))
    assert [document.metadata["rank"] for document in documents] == list(range(1, len(documents) + 1))
    assert [document.page_content for document in documents] == [hit.text for hit in retriever.retrieve(QUESTION)]
    ferry = f"{BARE.id}:1.0-1.{len(BARE.paragraphs[0])}"
    expected = Document(id=ferry, page_content=BARE.paragraphs[0], metadata=told(retriever, FERRY))
    assert asked.batch([QUESTION, FERRY])[1][0] == expected

    def named(found: list[Document]) -> str:
        return str(found[0].metadata["title"])

    assert (asked | RunnableLambda(named)).invoke(QUESTION) == "Harbour tolls rise"
    assert asyncio.run(asked.ainvoke(QUESTION)) == documents


def test_llama_index_is_given_whole_nodes(retriever: Retriever) -> None:
    about_the_search = ["article", "paragraphs", "rank", "score"]
    asked = llama_index.NewsRetriever(retriever)
    nodes = asked.retrieve(QUESTION)
    known = told(retriever, QUESTION)
    expected = TextNode(
        id_=HARBOUR_ID,
        text=TEXT,
        metadata=known,
        excluded_embed_metadata_keys=about_the_search,
        excluded_llm_metadata_keys=about_the_search,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=HARBOUR.id)},
    )
    assert nodes[0] == NodeWithScore(score=float(str(known["score"])), node=expected)
    assert [one.text for one in nodes] == [hit.text for hit in retriever.retrieve(QUESTION)]
    for_a_model = (
        f"title: Harbour tolls rise\nurl: {HARBOUR.url}\noutlet: The Ellery Courier\npublished: 2025-03-04\n\n{TEXT}"
    )
    assert nodes[0].get_content(MetadataMode.LLM) == for_a_model
    ferry = asked.retrieve(QueryBundle(FERRY))[0]
    assert (ferry.metadata, ferry.score) == (told(retriever, FERRY), told(retriever, FERRY)["score"])
    assert ferry.get_content(MetadataMode.LLM) == f"title: Ferry late\n\n{BARE.paragraphs[0]}"
    assert asyncio.run(asked.aretrieve(QUESTION)) == nodes


@pytest.mark.parametrize(
    ("limit", "scope", "titles"),
    [
        (1, Scope(), ["Harbour tolls rise"]),
        (10, Scope(outlets=("strand radio",)), ["Fishermen block the quay"]),
        (10, Scope(published_from=date(2026, 1, 1)), []),
    ],
)
def test_limit_and_scope_are_passed_on(retriever: Retriever, limit: int, scope: Scope, titles: list[str]) -> None:
    documents = langchain.NewsRetriever(retriever=retriever, limit=limit, scope=scope).invoke(QUESTION)
    nodes = llama_index.NewsRetriever(retriever, limit=limit, scope=scope).retrieve(QUESTION)
    assert [one.metadata["title"] for one in documents] == [one.metadata["title"] for one in nodes] == titles


@pytest.mark.parametrize(
    ("adapter", "library", "extra"),
    [("langchain", "langchain_core", "langchain"), ("llama_index", "llama_index", "llama-index")],
)
def test_without_the_extra_it_is_named(adapter: str, library: str, extra: str) -> None:
    script = f"import sys; sys.modules[{library!r}] = None; import rag.adapters.{adapter}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"is not installed: pip install 'news-rag[{extra}]'")
