"""What every door asks, the page, programs and models: one question after another, over the newest index."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer, Choices
from rag.answer.suggestions import suggestions
from rag.articles import Article
from rag.errors import RagError
from rag.record.keeping import KeptAnswers
from rag.search.hits import SearchResult
from rag.search.retriever import checked_question
from rag.web.metrics import Metrics
from rag.web.turns import FairTurns

_log = logging.getLogger(__name__)
_FURTHER = 2
# Until an index that could not be opened is tried again: each request would pay for it.
_SECONDS_TO_RETRY = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that goes with it."""

    question: str
    choices: Choices = field(default_factory=Choices)
    after: tuple[str, ...] = ()
    """Ids of the kept answers that it may follow up on, oldest first; one that is not kept is passed over."""
    before: tuple[str, ...] = ()
    """Earlier questions of the conversation whose answers are not kept, oldest first: each is asked before, quietly."""
    owner: str = ""
    """The key of the browser that keeps the answer; empty where none does."""
    kept: bool = True
    """Whether the answer is kept, and with it what can be asked next."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as far as it has grown."""

    answer: Answer
    whole: bool = False
    id: str = ""
    """Under which it is kept; empty until it is whole, and where nothing is kept."""
    lasting: bool = True
    """Whether it is kept when the page ends: what does not last is not worth a link, or a reader's judgement."""
    further: tuple[str, ...] = ()
    """Questions that can be asked next."""
    remark: str = ""
    """What a reader must know of the index besides: that it changed meanwhile, or cannot be opened any more."""


class LatestAnswerer:
    """Provides an answerer on the newest snapshot of the index; threads may share it."""

    def __init__(self, opened: Callable[[], Answerer], check: Callable[[], None] = lambda: None) -> None:
        """``check`` raises a ``RagError`` for an index that could not be opened anew."""
        self._open = opened
        self._check = check
        self._lock = Lock()
        self._current: Answerer | None = None
        self._again = 0.0
        self.fault = ""
        """Why the newest snapshot cannot be opened, where an older one still answers."""

    def get(self) -> Answerer:
        """Return an answerer on the index's current snapshot, or, where that cannot be opened, on the last one.

        Raises:
            RagError: there has been no index that could be opened.
        """
        # Who comes while another opens the newest one is not kept waiting: the one before answers.
        if not self._lock.acquire(blocking=self._current is None):
            assert self._current
            return self._current
        try:
            return self._newest()
        finally:
            self._lock.release()

    def _newest(self) -> Answerer:
        if self._current is None:
            self._current = self._open()
        elif time.monotonic() >= self._again:
            try:
                self._current, self.fault = self._current.refreshed(), ""
            except RagError as error:
                if self.fault != str(error):
                    _log.warning("the page stays on snapshot %s: %s", self._current.retriever.store.id, error)
                self.fault, self._again = str(error), time.monotonic() + _SECONDS_TO_RETRY
        return self._current

    def damage(self) -> str:
        """Say why the index could not be opened anew, while what is open still answers; "" where it could."""
        try:
            self._check()
        except RagError as error:
            return str(error)
        return self.fault


class Desk:
    """Answers and searches for all clients, each in its turn."""

    def __init__(
        self,
        latest: LatestAnswerer,
        kept: KeptAnswers,
        turns: FairTurns | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.latest = latest
        self.kept = kept
        self.turns = turns or FairTurns()
        self.metrics = metrics or Metrics()

    async def ask(self, asked: Asked, client: str, *, door: str = "page") -> AsyncGenerator[Given]:
        """Answer as the answer grows; the last value is whole. ``door`` is where it came in, for whoever counts.

        Raises as ``Answerer.stream``, ``LatestAnswerer.get`` and ``FairTurns.turn`` do, before the first value.
        """
        with self.metrics.question(door, client, asked.question) as counted:
            # A turn lasts as long as the work, and not as long as somebody takes to read what comes of it.
            async with aclosing(_ahead(self._answer(asked, client))) as growing:
                async for given in growing:
                    counted.given("refused" if given.answer.refused else "answered")
                    yield given

    async def _answer(self, asked: Asked, client: str) -> AsyncGenerator[Given]:
        question = checked_question(asked.question)
        async with self.turns.turn(client):
            answerer = await run_in_threadpool(self.latest.get)
            before = [kept.answer for id_ in asked.after if (kept := await run_in_threadpool(self.kept.read, id_))]
            remark = self._remark(answerer, before)
            chosen = asked.choices
            stream = partial(
                answerer.stream,
                scope=chosen.scope,
                as_of=chosen.as_of,
                parse_query=chosen.parse_query,
                ignored=chosen.ignored,
            )
            for earlier in asked.before:
                before += (await run_in_threadpool(list, stream(earlier, after=before)))[-1:]
            last: Answer | None = None
            async for last in iterate_in_threadpool(stream(question, after=before)):
                yield Given(last, remark=remark)
        if last and not asked.kept:
            yield Given(last, True, remark=remark)
        elif last:
            id_ = await run_in_threadpool(self.kept.keep, last, asked.owner) or ""
            found = None if last.help else last
            store, asked_before = answerer.retriever.store, [one.question for one in before]
            further = await run_in_threadpool(suggestions, store, found, _FURTHER, asked_before)
            yield Given(last, True, id_, self.kept.on_disk, tuple(further), remark)

    async def search(self, asked: Asked, client: str, limit: int, *, door: str = "page") -> SearchResult:
        """Find passages; raises as ``Retriever.search``, ``LatestAnswerer.get`` and ``FairTurns.turn`` do."""
        with self.metrics.question(door, client, asked.question) as counted:
            async with self.turns.turn(client):
                answerer = await run_in_threadpool(self.latest.get)
                found = await run_in_threadpool(
                    answerer.retriever.search,
                    asked.question,
                    limit=limit,
                    scope=asked.choices.scope,
                    as_of=asked.choices.as_of,
                    parse_query=asked.choices.parse_query,
                    ignored=asked.choices.ignored,
                )
            counted.given("found")
            return found

    async def article(self, id_: str, version: str | None = None) -> Article | None:
        """An article of the newest index in its newest, or the named, version; raises as ``LatestAnswerer.get``."""
        answerer = await run_in_threadpool(self.latest.get)
        return await run_in_threadpool(answerer.retriever.store.article, id_, version)

    def _remark(self, answerer: Answerer, before: Sequence[Answer]) -> str:
        """What a reader must know of the index besides."""
        now = answerer.retriever.store.id
        if self.latest.fault:
            return f"The newest index cannot be opened: this is answered from the one before ({now})."
        if before and before[-1].snapshot != now:
            return "The index has changed since your last question: this is answered from the new one."
        return ""


async def _ahead(growing: AsyncGenerator[Given]) -> AsyncGenerator[Given]:
    """What a generator gives, made without waiting for whoever takes it; it ends with them."""
    made = asyncio.Queue[Given | None]()

    async def make() -> None:
        try:
            async with aclosing(growing):
                async for given in growing:
                    made.put_nowait(given)
        finally:
            made.put_nowait(None)

    making = asyncio.create_task(make())
    try:
        while given := await made.get():
            yield given
        await making  # raises what went wrong
    finally:
        making.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await making
