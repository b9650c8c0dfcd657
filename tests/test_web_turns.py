"""Who gets the next turn, how many may wait, and that no turn is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine

import pytest

from rag.web.turns import Busy, FairTurns


def run(main: Coroutine[object, object, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Office:
    """Clients that ask; each question is worked on until it is let go."""

    def __init__(self, turns: FairTurns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    def ask(self, question: str) -> asyncio.Task[None]:
        """The client is the question's first letter."""
        self.ends[question] = asyncio.Event()
        return asyncio.create_task(self._ask(question))

    async def _ask(self, question: str) -> None:
        async with self.turns.turn(question[0]):
            self.begun.append(question)
            await self.ends[question].wait()

    async def work(self) -> None:
        """Let go all that has begun, one after another, until nothing waits."""
        done = 0
        while done < len(self.begun):
            self.ends[self.begun[done]].set()
            done += 1
            await settled()


def test_each_client_gets_the_next_turn_in_order() -> None:
    async def main() -> None:
        office = Office(FairTurns(running=1, waiting=8))
        tasks = [office.ask(one) for one in "a1 a2 a3 a4 b1 b2 c1".split()]
        await settled()
        assert (office.turns.running, office.turns.waiting) == (1, 6)
        await office.work()
        assert office.begun == "a1 a2 b1 c1 a3 b2 a4".split()
        await asyncio.gather(*tasks)
        assert (office.turns.running, office.turns.waiting) == (0, 0)

    run(main())


def test_one_too_many_is_refused_at_once_and_the_others_wait_on() -> None:
    async def main() -> None:
        office = Office(FairTurns(running=2, waiting=2, crowd=3))
        tasks = [office.ask(one) for one in "a1 a2 a3 a4 a5 b1 b2 c1".split()]
        await settled()
        assert (office.turns.running, office.turns.waiting) == (2, 3)
        await office.work()
        assert office.begun == "a1 a2 a3 b1 a4".split()
        ended = [str(one) for one in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(one, Busy)]
        assert ended == [
            "2 questions of yours are waiting already: ask again when one is answered",
            *["3 questions of others are waiting already: ask again in a minute"] * 2,
        ]

    run(main())


def test_who_goes_makes_room_and_passes_on_a_turn_that_was_given_already() -> None:
    async def main() -> None:
        office = Office(FairTurns(running=1, waiting=1))
        async with office.turns.turn("z"):
            gone, late = office.ask("a1"), office.ask("b1")
            await settled()
            gone.cancel()  # while it waits
            await settled()
            assert office.turns.waiting == 1
            again = office.ask("a2")
            await settled()
        late.cancel()  # the turn is its own, and it could not begin yet
        await settled()
        assert office.begun == ["a2"]
        again.cancel()  # while it is worked on
        await settled()
        assert (office.turns.running, office.turns.waiting) == (0, 0)

    run(main())


@pytest.mark.parametrize("seed", range(20))
def test_no_turn_is_lost_whatever_happens(seed: int) -> None:
    async def main() -> None:
        dice = random.Random(seed)
        turns, at_once = FairTurns(running=3, waiting=4, crowd=9), 0

        async def ask(client: str) -> None:
            nonlocal at_once
            async with turns.turn(client):
                at_once += 1
                assert at_once <= 3
                try:
                    for _ in range(dice.randrange(4)):
                        await asyncio.sleep(0)
                    if dice.random() < 0.2:
                        raise RuntimeError
                finally:
                    at_once -= 1

        tasks = []
        for _ in range(300):
            tasks.append(asyncio.create_task(ask(dice.choice("aaaabcd"))))
            if dice.random() < 0.3:
                dice.choice(tasks).cancel()
            if dice.random() < 0.5:
                await asyncio.sleep(0)
            assert turns.waiting <= 9
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        kinds = {type(one) for one in ended}
        assert kinds == {type(None), Busy, RuntimeError, asyncio.CancelledError}
        assert (turns.running, turns.waiting) == (0, 0)
        async with turns.turn("a"), turns.turn("b"), turns.turn("c"):
            assert turns.running == 3

    run(main())
