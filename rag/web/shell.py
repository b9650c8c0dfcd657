"""Answers what is asked from the shell, at a socket that only this user can open; see ``rag.web.resident``."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from rag.answer.answers import Choices
from rag.errors import IndexCorrupt
from rag.record.serialize import to_json
from rag.record.shown import shown_answer, shown_search
from rag.store.scope import Scope
from rag.web.desk import Asked, Desk
from rag.web.resident import TAKEN, ShellQuestion, Shown, is_ours, settings, socket_of

_log = logging.getLogger(__name__)
# Of a question with all that goes with it, and of the time that it may take to come in.
_LONGEST, _SECONDS = 1 << 20, 5.0


def install(application: FastAPI, desk: Desk, index: Path, generator: str, reader: str) -> None:
    """Have the application serve the shell while it runs; where that cannot be, whoever asks loads all by himself."""
    # Now, as later the program's files may be others than those that run.
    answers, searches = settings(generator, reader), settings()
    where = os.path.realpath(index)  # a link may lead to another index later, and the socket is named after this one
    before = application.router.lifespan_context

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                sent = json.loads(await reader.readline())
            wanted = sent.pop("settings")
            question = ShellQuestion(**sent)
            same = wanted == (searches if question.limit else answers) and os.path.realpath(index) == where
            if same and desk.turns.free:  # alone it takes a second, and a turn may be long in coming
                writer.write(TAKEN)
                shown = await _while_there(reader, _shown(desk, question))
                writer.write(json.dumps(asdict(shown)).encode() + b"\n")
                await writer.drain()
        except Exception as error:  # it fails for whoever asks as well, and is told there
            _log.info("a question is left to the shell: %s", error)
        finally:
            writer.close()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with before(app) as state, _listening(handle, index):
            yield state

    application.router.lifespan_context = lifespan


@asynccontextmanager
async def _listening(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], index: Path
) -> AsyncIterator[None]:
    server = made = None
    try:
        path = socket_of(index)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_ours(path.parent, stat.S_ISDIR):
            raise PermissionError(f"{path.parent} is another's, or open to others")
        server = await asyncio.start_unix_server(handle, path, limit=_LONGEST)  # in the place of one that was killed
        path.chmod(0o600)
        made = path.stat().st_ino
    except (OSError, AttributeError) as error:  # a system without such sockets, or a path that is too long for one
        _log.info("the shell cannot ask this server: %s", error)
    try:
        yield
    finally:
        if server:
            server.close()
            with suppress(OSError):
                if path.stat().st_ino == made:  # and not of one that was started later
                    path.unlink()


async def _while_there(reader: asyncio.StreamReader, answering: Awaitable[Shown]) -> Shown:
    """What comes of ``answering``, which ends with whoever asked."""
    answer, gone = asyncio.ensure_future(answering), asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise ConnectionAbortedError("whoever asked has gone")
        return answer.result()
    finally:
        answer.cancel()
        gone.cancel()


async def _shown(desk: Desk, question: ShellQuestion) -> Shown:
    """What is shown for a question, as it would be without this server; raises where that is not known to be so."""
    first, last = (date.fromisoformat(day) if day else None for day in question.published)
    names = (tuple(one) for one in (question.outlets, question.authors, question.languages))
    as_of = date.fromisoformat(question.as_of) if question.as_of else None
    choices = Choices(Scope(first, last, *names), as_of, question.parse_query, tuple(question.ignored))
    asked = Asked(question.question, choices, before=tuple(question.before), kept=False)
    store = (await run_in_threadpool(desk.latest.get)).retriever.store
    if damage := await run_in_threadpool(desk.latest.damage):
        raise IndexCorrupt(damage)
    if question.limit:
        found = await desk.search(asked, "shell", question.limit, door="shell")
        searched = await run_in_threadpool(store.summary, found.scope)
        shown = Shown(await run_in_threadpool(shown_search, found, choices.scope, searched, question.form))
    else:
        async for given in desk.ask(asked, "shell", door="shell"):
            answer = given.answer
        text = await run_in_threadpool(shown_answer, answer, question.form)
        shown = Shown(text, await run_in_threadpool(to_json, answer) if question.recorded else "")
    if (await run_in_threadpool(desk.latest.get)).retriever.store is not store:
        raise IndexCorrupt("the index has changed meanwhile")
    return shown
