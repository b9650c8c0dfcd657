"""What every door asks: whose turn it is, whatever becomes of whoever asked."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from rag.record.keeping import KeptAnswers
from rag.web.desk import Asked, Desk, LatestAnswerer
from rag.web.turns import FairTurns
from tests.served import desk_of

OVERVIEW = Asked("What happened in Port Ellery?")


@pytest.fixture
def desk(toy_index: Path) -> Desk:
    return Desk(desk_of(toy_index).latest, KeptAnswers(None), FairTurns(running=1))


def test_nobody_holds_a_turn_by_not_reading(desk: Desk) -> None:
    async def both() -> tuple[list[bool], list[bool]]:
        async with aclosing(desk.ask(OVERVIEW, "slow")) as unread:
            first = await anext(unread)
            other = [given.whole async for given in desk.ask(OVERVIEW, "other")]
            return [first.whole, *[given.whole async for given in unread]], other

    assert asyncio.run(asyncio.wait_for(both(), 60)) == ([False] * 4 + [True],) * 2


def test_who_goes_away_gives_the_turn_back(desk: Desk) -> None:
    async def left() -> int:
        async with aclosing(desk.ask(OVERVIEW, "mara")) as growing:
            await anext(growing)
        return desk.turns.running

    assert asyncio.run(asyncio.wait_for(left(), 60)) == 0


def test_nobody_waits_while_a_newer_index_is_opened() -> None:
    opening, opened = Event(), Event()

    class Slow:
        def refreshed(self) -> str:
            opening.set()
            assert opened.wait(60)
            return "new"

    first: Any = Slow()
    latest: Any = LatestAnswerer(lambda: first)
    assert latest.get() is first
    with ThreadPoolExecutor() as threads:
        newest = threads.submit(latest.get)
        assert opening.wait(60)
        assert latest.get() is first
        opened.set()
        assert newest.result() == "new"
