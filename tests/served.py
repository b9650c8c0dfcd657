"""A real server of the page on a loopback port, over the toy index, and requests to it as they are written."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from rag.answer.answerer import Answerer
from rag.answer.extractive import ExtractiveGenerator
from rag.record.keeping import KeptAnswers
from rag.search.retriever import Retriever
from rag.web.desk import Desk, LatestAnswerer
from rag.web.serving import Server
from rag.web.settings import Serving
from rag.web.turns import FairTurns
from tests.toy import ToyEmbedder

QUESTION = "Who raised the tolls in Port Ellery?"
UNANSWERED = "Who painted the lighthouse of Lindmoor?"
OVERVIEW = "What happened in Port Ellery?"


def desk_of(index: Path) -> Desk:
    """A desk that asks a toy index."""
    latest = LatestAnswerer(lambda: Answerer(Retriever.open(index, embedder=ToyEmbedder()), ExtractiveGenerator()))
    return Desk(latest, KeptAnswers(None))


@contextmanager
def served(desk: Desk, serving: Serving | None = None) -> Iterator[str]:
    """The address of a server that is stopped afterwards."""
    server = Server(desk, serving or Serving())
    try:
        yield server.url
    finally:
        server.stop()


class Reply(NamedTuple):
    """What a server answers."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def kind(self) -> str:
        return self.headers["content-type"].partition(";")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def send(
    url: str, method: str = "GET", path: str = "/", body: object = None, source: str = "", **headers: str
) -> Reply:
    """Send one request to ``path``, exactly as it is written; header names have ``_`` for ``-``."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, source_address=(source, 0) if source else None)
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.putrequest(method, path, skip_host="host" in headers, skip_accept_encoding=True)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            named = {"content-type": "application/json", "content-length": str(len(data)), **named}
        for name, value in named.items():
            connection.putheader(name, value)
        connection.endheaders(data)
        with connection.getresponse() as got:
            lower = {name.lower(): value for name, value in got.headers.items()}
            return Reply(got.status, lower, got.read().decode())
    finally:
        connection.close()


@contextmanager
def doors(index: Path, turns: FairTurns | None = None, *, mcp: bool = False) -> Iterator[str]:
    """Serve a toy index to programs, with its reader; their clients reach it whatever proxy the environment names."""
    latest = LatestAnswerer(lambda: Answerer.open(index, embedder=ToyEmbedder()))
    with pytest.MonkeyPatch.context() as environment:
        for name in ("NO_PROXY", "no_proxy"):
            environment.setenv(name, "127.0.0.1")
        with served(Desk(latest, KeptAnswers(None), turns), Serving(mcp=mcp, rate=0)) as url:
            yield url


def fetch(address: str, body: object = None, **headers: str) -> Reply:
    """GET an address, or POST ``body`` to it: bytes as they are, anything else as JSON."""
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return send(address, "GET" if body is None else "POST", path, body, **headers)
