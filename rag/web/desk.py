"""What every door asks, the page, programs and models: one question after another, over the newest index."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from threading import Lock

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.errors import RagError
from rag.search.hits import SearchResult
from rag.search.retriever import checked_question
from rag.store.scope import EVERYTHING, Scope
from rag.web.metrics import Metrics
from rag.web.turns import FairTurns

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that goes with it."""

    question: str
    scope: Scope = EVERYTHING
    as_of: date | None = None
    parse_query: bool = True
    after: tuple[str, ...] = ()
    """Ids of the kept answers that it may follow up on, oldest first; one that is not kept is passed over."""
    owner: str = ""
    """The key of the browser that keeps the answer; empty where none does."""
    door: str = "page"
    """Through which it came, for whoever counts: page, api, mcp, completions."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as far as it has grown."""

    answer: Answer
    whole: bool = False
    id: str = ""
    """Under which it is kept; empty until it is whole, and where nothing is kept."""
    remark: str = ""
    """What a reader must know of the index besides: that it changed meanwhile, or cannot be opened any more."""


class LatestAnswerer:
    """Provides an answerer on the newest snapshot of the index; threads may share it."""

    def __init__(self, opened: Callable[[], Answerer]) -> None:
        self._open = opened
        self._lock = Lock()
        self._current: Answerer | None = None
        self.fault = ""
        """Why the newest snapshot cannot be opened, where an older one still answers."""

    def get(self) -> Answerer:
        """Return an answerer on the index's current snapshot, or, where that cannot be opened, on the last one.

        Raises:
            RagError: there has been no index that could be opened.
        """
        with self._lock:
            if self._current is None:
                self._current = self._open()
                return self._current
            try:
                self._current, self.fault = self._current.refreshed(), ""
            except RagError as error:
                if self.fault != str(error):
                    _log.warning("the page stays on snapshot %s: %s", self._current.retriever.store.id, error)
                self.fault = str(error)
            return self._current


class Desk:
    """Answers and searches for all clients, each in its turn."""

    def __init__(self, latest: LatestAnswerer, turns: FairTurns | None = None, metrics: Metrics | None = None) -> None:
        self.latest = latest
        self.turns = turns or FairTurns()
        self.metrics = metrics or Metrics()

    async def ask(self, asked: Asked, client: str) -> AsyncIterator[Given]:
        """Answer as the answer grows; the last value is whole.

        Raises as ``Answerer.stream``, ``LatestAnswerer.get`` and ``FairTurns.turn`` do, before the first value.
        """
        with self.metrics.question(asked.door, client, asked.question) as counted:
            async with aclosing(self._answer(asked, client)) as growing:
                async for given in growing:
                    counted.given("refused" if given.answer.refused else "answered", given.id)
                    yield given

    async def _answer(self, asked: Asked, client: str) -> AsyncGenerator[Given]:
        question = checked_question(asked.question)
        async with self.turns.turn(client):
            answerer = await run_in_threadpool(self.latest.get)
            after = [answer for id_ in asked.after if (answer := self.kept_answer(id_))]
            last: Answer | None = None
            stream = answerer.stream(
                question, scope=asked.scope, as_of=asked.as_of, parse_query=asked.parse_query, after=after
            )
            async for last in iterate_in_threadpool(stream):
                yield Given(last)
        if last:
            yield Given(last, whole=True, id=self._keep(last, asked.owner))

    async def search(self, asked: Asked, client: str, limit: int) -> SearchResult:
        """Find passages; raises as ``Retriever.search``, ``LatestAnswerer.get`` and ``FairTurns.turn`` do."""
        with self.metrics.question(asked.door, client, asked.question) as counted:
            async with self.turns.turn(client):
                answerer = await run_in_threadpool(self.latest.get)
                found = await run_in_threadpool(
                    answerer.retriever.search,
                    asked.question,
                    limit=limit,
                    scope=asked.scope,
                    as_of=asked.as_of,
                    parse_query=asked.parse_query,
                )
            counted.given("found")
            return found

    def kept_answer(self, id_: str) -> Answer | None:
        """The answer that is kept under an id."""
        return None

    def _keep(self, answer: Answer, owner: str) -> str:
        return ""
