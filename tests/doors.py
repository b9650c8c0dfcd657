"""A served page for the tests of what programs ask of it: on the loopback interface, without the model."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rag import Answerer
from rag.record.keeping import KeptAnswers
from rag.web.desk import Desk, LatestAnswerer
from rag.web.serving import Server
from rag.web.settings import Serving
from rag.web.turns import FairTurns
from tests.toy import ToyEmbedder

QUESTION = "Who raised the tolls in Port Ellery?"
UNANSWERED = "Who painted the lighthouse of Lindmoor?"
OVERVIEW = "What happened in Port Ellery?"


@contextmanager
def served(index: Path, turns: FairTurns | None = None, *, mcp: bool = False) -> Iterator[str]:
    """Serve an index of the toy embedder; clients reach it whatever proxy the environment names."""
    latest = LatestAnswerer(lambda: Answerer.open(index, embedder=ToyEmbedder()))
    desk = Desk(latest, KeptAnswers(None), turns)
    server = Server(desk, Serving(port=0, mcp=mcp, rate=0))
    with pytest.MonkeyPatch.context() as environment:
        for name in ("NO_PROXY", "no_proxy"):
            environment.setenv(name, "127.0.0.1")
        try:
            yield server.url
        finally:
            server.stop()


class Reply(NamedTuple):
    """What a server sent."""

    status: int
    kind: str
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def fetch(url: str, body: object = None, **headers: str) -> Reply:
    """GET, or POST ``body``: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    named = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        response = urllib.request.urlopen(urllib.request.Request(url, data, named))
    except urllib.error.HTTPError as error:
        response = error
    with response:
        kind = response.headers.get_content_type()
        head = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, kind, response.read().decode(), head)
