"""Serves the page over HTTP, by default to this machine only."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
import time
import webbrowser
from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

import gradio as gr
import gradio.events
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Queue
from gradio.route_utils import FnIndexInferError, get_fn
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from rag.errors import RagError
from rag.web import api, completions, tools
from rag.web.answer_pages import add_kept_answers
from rag.web.auth import Users, readable_by_others
from rag.web.chat import Chat
from rag.web.desk import Desk
from rag.web.gradio_endpoints import add_endpoints
from rag.web.journal import begin
from rag.web.metrics import CONTENT_TYPE
from rag.web.pages import add_pages
from rag.web.security import Gate, Guard
from rag.web.settings import Serving

_PAGE = Path(__file__).with_name("page")
_DEFAULT_PORTS = range(7860, 7960)
# Seconds between two looks of gradio's queue for questions: while nobody asks, and for a while after a question.
_POLL_IDLE, _POLL_ASKED, _ASKED_FOR = 0.15, 0.01, 60
# Questions that gradio hands on at once; more than the desk lets wait, so that nobody waits where turns are not fair.
_HANDED_ON = 500
# Messages of a session of gradio's client that nobody has read yet: it would keep any number.
_UNREAD = 200
_NOT_GRADIOS = "this is nothing that gradio's client sends"


def launch(
    desk: Desk, serving: Serving, *, open_browser: bool = False, more: Callable[[FastAPI], None] = lambda _: None
) -> None:
    """Serve the page until Ctrl-C is pressed or the process is asked to end; ``more`` adds to what is served.

    Raises:
        RagError: the port is taken, the host is no address of this machine, MCP's package is not installed, or the
            users' file cannot be used.
    """
    _allow_connections()
    server = Server(desk, serving, more)
    begin(serving.log)
    signal.signal(signal.SIGTERM, _interrupt)  # by which containers and services are stopped
    if serving.auth and readable_by_others(serving.auth):
        print(f"warning: other users can read {serving.auth}: chmod 600 {serving.auth}", file=sys.stderr)  # noqa: T201
    try:
        if open_browser:
            webbrowser.open(server.url)
        if serving.warning:
            print(f"warning: {serving.warning}", file=sys.stderr)  # noqa: T201
        print(f"news-rag is at {server.url} (stop with Ctrl-C)", flush=True)  # noqa: T201
        while server.thread.is_alive():
            time.sleep(1)  # and no join, which takes the thread for ended when it is interrupted (Python 3.11)
    except KeyboardInterrupt:
        server.stop()


def _allow_connections() -> None:
    """Allow as many open connections as this process may have: a client with a thousand must not shut out others."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows, which has no such limit

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536) if most > 0 else 65_536, most))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Server:
    """A page being served at ``url``, by a thread of its own.

    Not by gradio's ``launch``: it requests its own page through the proxy that the environment names, which then finds
    nothing at 127.0.0.1; and it looks for a free port first and takes it later.
    """

    def __init__(
        self,
        desk: Desk,
        serving: Serving = Serving(),  # noqa: B008 - frozen
        more: Callable[[FastAPI], None] = lambda _: None,
    ) -> None:
        """Start serving; raises as ``launch``."""
        users = Users.read(serving.auth) if serving.auth else None
        application = _application(desk, mcp=serving.mcp, detailed=not (serving.auth or serving.auth_header))
        more(application)
        listening = _listen(serving.host, serving.port)
        shown = "127.0.0.1" if serving.host in ("", "0.0.0.0") else serving.host  # noqa: S104 - compared, not bound
        address = f"{f'[{shown}]' if ':' in shown else shown}:{listening.getsockname()[1]}"
        self.url = f"http://{address}{serving.root_path}"
        config = uvicorn.Config(
            Guard(application, serving, desk.metrics, users),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the guard knows whom to believe
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self.thread = Thread(target=self._server.run, args=([listening],), name="news-rag page", daemon=True)
        self.thread.start()
        while not self._server.started and self.thread.is_alive():
            time.sleep(0.01)
        if not self._server.started:
            raise RagError(f"the page could not be served at {self.url}: the log above says why")

    def stop(self) -> None:
        """Stop serving and free the port."""
        # Every open page holds a connection that never ends; that it is cut now is no error to report.
        log = logging.getLogger("uvicorn.error")
        log.disabled = True
        self._server.should_exit = True
        self.thread.join(timeout=5)
        log.disabled = False


def _application(desk: Desk, *, mcp: bool, detailed: bool) -> FastAPI:
    """Return what is guarded: the page, programs' doors, what watches over it, and gradio's server behind its gate."""
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    application.mount("/page", StaticFiles(directory=_PAGE))
    add_pages(application, desk)
    add_kept_answers(application, desk)
    api.install(application, desk)
    completions.install(application, desk)
    if mcp:
        tools.install_mcp(application, desk)
    _watch(application, desk, detailed=detailed)
    _mount_gradio(application, desk)
    return application


def _watch(application: FastAPI, desk: Desk, *, detailed: bool) -> None:
    """Add what a machine asks that watches over this one; without ``detailed`` strangers are told yes or no only."""

    @application.get("/healthz")
    async def alive() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @application.get("/readyz")
    def ready() -> JSONResponse:
        try:
            store = desk.latest.get().retriever.store
        except RagError as error:
            return JSONResponse({"ready": False} | ({"reason": str(error)} if detailed else {}), 503)
        more = {"snapshot": store.id, "fault": desk.latest.damage()} if detailed else {}
        return JSONResponse({"ready": True} | more)

    @application.get("/metrics")
    async def metrics() -> Response:
        try:
            store = (await run_in_threadpool(desk.latest.get)).retriever.store
            snapshot, articles = store.id, (await run_in_threadpool(store.summary)).articles
        except RagError:
            snapshot, articles = "", 0
        return Response(desk.metrics.text(desk.turns, snapshot, articles), media_type=CONTENT_TYPE)


def _mount_gradio(application: FastAPI, desk: Desk) -> None:
    # Its server mode: the queue, the streams and the clients of gradio, under a page of our own.
    with gr.Blocks(mode="server", analytics_enabled=False) as endpoints:
        chat = Chat(desk).chat
        # Whose turn it is, is the desk's to say: to gradio's queue all clients are one.
        gradio.events.api(chat, api_name="chat", concurrency_limit=None, api_visibility="undocumented")
        add_endpoints(desk)
    # Where another version keeps its queue elsewhere, the page works all the same.
    if (queue := getattr(endpoints, "_queue", None)) is not None:
        _tame(endpoints, queue)
    gr.mount_gradio_app(
        application,
        endpoints,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size=1,  # the page takes no files
    )
    mount = application.routes[-1]
    assert isinstance(mount, Mount)
    inner = mount.app
    assert isinstance(inner, FastAPI)
    for error in (RequestValidationError, KeyError, FnIndexInferError):  # an endpoint or a session that is not there
        inner.add_exception_handler(error, _unreadable)
    mount.app = Gate(inner)


def _tame(endpoints: gr.Blocks, queue: Queue) -> None:
    """Have gradio's queue do less, where it has no options for it.

    It polls a thousand times a second, which takes 7 % of a core while nobody asks, and for progress bars, of which we
    have none; it sums up all calls after each of them, for a page that is closed here; and of a call with too few
    values it finds out late, and prints a trace with all of them.
    """
    queue.sleep_when_free, queue.progress_update_sleep_when_free = _POLL_IDLE, 5.0
    queue.max_thread_count = _HANDED_ON
    queue.ANALYTICS_MAX_EVENTS, queue.ANAYLTICS_CACHE_FREQUENCY = 1, sys.maxsize
    push = queue.push
    slower: TimerHandle | None = None

    async def checked(body: PredictBodyInternal, request: Request, username: str | None) -> Any:  # noqa: ANN401 - gradio's
        nonlocal slower
        if len(body.data) < len(get_fn(endpoints, None, body).inputs):
            return False, _NOT_GRADIOS, "error"
        unread = queue.pending_messages_per_session
        session = body.session_hash or ""
        if session in unread and unread[session].qsize() > _UNREAD:
            return False, "read what was answered before you ask more", "queue_full"
        queue.sleep_when_free = _POLL_ASKED
        if slower:
            slower.cancel()
        slower = get_running_loop().call_later(_ASKED_FOR, setattr, queue, "sleep_when_free", _POLL_IDLE)
        return await push(body, request, username)

    queue.push = checked  # type: ignore[method-assign]


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    # FastAPI's own answer repeats what was sent.
    return JSONResponse({"detail": _NOT_GRADIOS}, 400)


def _listen(host: str, port: int | None) -> socket.socket:
    """Bind the port, or the first free one; the socket is handed on, so that nobody can take it in between."""
    if port is not None and not 0 <= port <= 65535:
        raise RagError(f"there is no port {port}: name one from 1024 to 65535 with --port")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in _DEFAULT_PORTS if port is None else [port]:
        try:
            return socket.create_server((host, candidate), family=family)
        except PermissionError as error:
            raise RagError(f"port {candidate} is not open to you: name one from 1024 with --port") from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise RagError(f"{host} is no address of this machine: name one with --host") from error
    taken = f"port {port} is" if port is not None else f"the ports {_DEFAULT_PORTS[0]} to {_DEFAULT_PORTS[-1]} are"
    raise RagError(f"{taken} taken: name another with --port")
