"""Lets clients take turns, so that one who asks a thousand questions does not make the others wait for them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rag.errors import RagError


class Busy(RagError):  # noqa: N818 - named by cause, as all errors
    """As many questions are waiting as may: of one client, or of all."""


class FairTurns:
    """At most ``running`` questions are worked on at once; of the clients that wait, each gets the next turn in order.

    A client may have ``waiting`` questions besides, and all clients ``crowd``: one more is refused at once. All of it
    runs in one event loop.
    """

    def __init__(self, running: int = 2, waiting: int = 8, crowd: int = 200) -> None:
        self._running, self._free = running, running
        self._limit, self._crowd = waiting, crowd
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def running(self) -> int:
        """How many questions are worked on."""
        return self._running - self._free

    @property
    def free(self) -> bool:
        """Whether a question would be worked on at once."""
        return self._free > 0

    @property
    def waiting(self) -> int:
        """How many questions wait for a turn."""
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raises ``Busy``."""
        await self._wait(client)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, client: str) -> None:
        if self._free:  # then nobody waits
            self._free -= 1
            return
        queue = self._waiting.get(client, deque())
        if len(queue) >= self._limit:
            raise Busy(f"{len(queue)} questions of yours are waiting already: ask again when one is answered")
        if self.waiting >= self._crowd:
            raise Busy(f"{self._crowd} questions of others are waiting already: ask again in a minute")
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        self._waiting[client] = queue
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # it was given the turn, and is gone
                self._pass_on()
            elif mine in queue:
                queue.remove(mine)
                if not queue:
                    del self._waiting[client]
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            client, queue = self._waiting.popitem(last=False)
            while queue:
                following = queue.popleft()
                if not following.done():
                    following.set_result(None)
                    if queue:
                        self._waiting[client] = queue  # at the end: the others come first
                    return
        self._free += 1
