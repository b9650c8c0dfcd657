"""What is counted and logged of requests and questions, and that no question is told."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from rag.errors import RagError
from rag.record.keeping import KeptAnswers
from rag.store.folder import IndexFolder
from rag.web import journal
from rag.web.desk import Asked, Desk, LatestAnswerer
from rag.web.metrics import Metrics
from rag.web.settings import Serving
from rag.web.turns import Busy, FairTurns
from tests.served import desk_of, send, served

TOLLS = Asked("Who raised the tolls in Port Ellery?")


@pytest.fixture
def desk(toy_index: Path) -> Desk:
    return desk_of(toy_index)


def asked(desk: Desk, question: Asked, client: str = "mara", door: str = "page") -> None:
    async def ask() -> None:
        async for _ in desk.ask(question, client, door=door):
            pass

    asyncio.run(ask())


def counted(text: str) -> dict[str, float]:
    """The samples of a scrape, without the buckets."""
    return {
        f"{one.name}{''.join(f' {value}' for value in one.labels.values())}": one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if not one.name.endswith(("_bucket", "_created"))
    }


def test_questions_are_counted_by_door_and_outcome(desk: Desk, toy_index: Path) -> None:
    asked(desk, TOLLS)
    asked(desk, TOLLS, door="api")
    asked(desk, Asked("What does cheese cost in Quarrendon?"))
    with pytest.raises(ValueError, match="empty"):
        asked(desk, Asked(" "))
    asyncio.run(desk.search(TOLLS, "mara", 3, door="mcp"))

    async def go_away() -> None:
        async with aclosing(desk.ask(TOLLS, "mara")) as growing:
            await anext(growing)

    asyncio.run(go_away())
    with served(desk) as url:
        reply = send(url, path="/metrics")
        send(url, path="/metrics", host="evil.example")
        again = counted(send(url, path="/metrics").text)
    samples = counted(reply.text)
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    outcomes = ["page answered", "api answered", "page refused", "page wrong", "mcp found", "page gone"]
    assert [samples.pop(f"newsrag_questions_total {one}") for one in outcomes] == [1] * 6
    for what in ("first_line", "answer"):
        for door, times in (("page", 3), ("api", 1), ("mcp", 1)):
            assert samples.pop(f"newsrag_{what}_seconds_count {door}") == times
            assert 0 < samples.pop(f"newsrag_{what}_seconds_sum {door}") < 60
    snapshot = IndexFolder(toy_index).current().id
    now = {f"newsrag_questions_now {state}": 0 for state in ("running", "waiting")}
    assert samples == {**now, f"newsrag_index_articles {snapshot}": 3}
    assert again["newsrag_refused_total host"] == 1


def test_a_question_that_is_not_let_in_is_counted(desk: Desk) -> None:
    async def first() -> None:
        async for _ in desk.ask(TOLLS, "b"):
            return

    async def ask() -> None:
        async with desk.turns.turn("a"), desk.turns.turn("a"):
            waiting = [asyncio.create_task(first()) for _ in range(9)]
            await asyncio.sleep(0.01)
            with pytest.raises(Busy):
                await waiting.pop()
            samples = counted(desk.metrics.text(desk.turns, "", 0).decode())
            assert (samples["newsrag_questions_now running"], samples["newsrag_questions_now waiting"]) == (2, 8)
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(ask())
    samples = counted(desk.metrics.text(desk.turns, "", 0).decode())
    assert (samples["newsrag_questions_total page busy"], samples["newsrag_questions_total page gone"]) == (1, 8)
    assert samples["newsrag_refused_total busy"] == 1


def test_ready_is_what_can_answer(desk: Desk, tmp_path: Path) -> None:
    with served(desk) as url:
        reply = send(url, path="/readyz")
        snapshot = desk.latest.get().retriever.store.id
        assert (reply.status, json.loads(reply.text)) == (200, {"ready": True, "snapshot": snapshot, "fault": ""})
        desk.latest.fault = "the newest is damaged"
        assert json.loads(send(url, path="/readyz").text)["ready"]

    def missing() -> None:
        raise RagError("no index at here")

    with served(Desk(LatestAnswerer(missing), KeptAnswers(None))) as url:  # type: ignore[arg-type]
        reply = send(url, path="/readyz")
        assert (reply.status, json.loads(reply.text)) == (503, {"ready": False, "reason": "no index at here"})
        assert send(url, path="/healthz").text == "alive\n"
        assert "newsrag_index_articles{" not in send(url, path="/metrics").text


@pytest.fixture
def as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("rag", "uvicorn.error")]
    before = [(log, log.handlers, log.propagate, log.level) for log in loggers]
    yield
    for log, handlers, propagate, level in before:
        log.handlers, log.propagate = handlers, propagate
        log.setLevel(level)


@pytest.mark.usefixtures("as_before")
def test_a_line_for_each_request_and_question_and_never_what_it_says(
    toy_index: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(desk_of(toy_index).latest, KeptAnswers(None), FairTurns(), Metrics())
    journal.begin("json")
    asked(desk, TOLLS, "mara\x1b[31m\n")
    with served(desk, Serving(log="json")) as url:
        send(url, path="/no%0Athing%1B[31m?q=tolls")
        send(url, path="/api/docs")
    out, err = capfd.readouterr()
    question, request, below = (json.loads(line) for line in err.splitlines())
    assert (out, "tolls" in err, "\x1b" in err) == ("", False, False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00", question.pop("time"))
    assert 0 < question.pop("seconds") < 60
    known = {"door": "page", "client": "mara\x1b[31m\n", "outcome": "answered"}
    assert re.fullmatch(r"[\w-]{16}", question.pop("answer"))
    assert question == {"level": "info", "event": "question", **known}
    del request["time"], request["seconds"]
    known = {"client": "127.0.0.1", "method": "GET", "path": "/no\nthing\x1b[31m"}
    assert request == {"level": "info", "event": "request", **known, "status": 404}
    assert below["path"] == "/api/docs"  # not as the program sees it that is mounted there
    journal.begin("text")
    asked(Desk(desk.latest, KeptAnswers(None), None, Metrics(log_questions=True)), TOLLS, "mara\x1b[31m\n")
    line = re.sub(r"seconds=[\d.]+|^\S+ |(?<=answer=)[\w-]{16}", "", capfd.readouterr().err)
    told = r'door=page client="mara\u001b[31m\n" outcome=answered answer='
    assert line.strip() == f'question {told} question="{TOLLS.question}"'
    journal.begin("")
    asked(desk, TOLLS)
    logging.getLogger("rag.web").warning("must be known\x1b[31m\nnow")
    assert capfd.readouterr().err.split(" ", 1)[1] == "must be known [31m now\n"
    logging.getLogger("rag.web").error("a fault", exc_info=ValueError("of\x1b[31m an\u202earticle\nnow"))
    assert capfd.readouterr().err.split(" ", 1)[1] == "a fault\nValueError: of [31m an article\nnow\n"
