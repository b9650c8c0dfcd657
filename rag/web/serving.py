"""Serves the page over HTTP, by default to this machine only."""

from __future__ import annotations

import errno
import logging
import socket
import time
import webbrowser
from pathlib import Path
from threading import Thread

import gradio as gr
import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import FileResponse
from gradio.events import api

from rag.errors import RagError
from rag.web.chat import Chat
from rag.web.desk import Desk
from rag.web.kept import add_kept_answers
from rag.web.pages import add_pages
from rag.web.security import SecurityHeaders

_PAGE = Path(__file__).with_name("page")
_PAGE_FILES = frozenset(path.name for path in _PAGE.iterdir())
_THIS_MACHINE = ["127.0.0.1", "localhost"]
_DEFAULT_PORTS = range(7860, 7960)
# Seconds between two looks of gradio's queue for questions to answer, and for progress bars, of which we have none.
_QUEUE_POLL = (0.05, 1.0)


def launch(desk: Desk, *, host: str = "127.0.0.1", port: int | None = None, open_browser: bool = False) -> None:
    """Serve the page at ``host`` until Ctrl-C is pressed; without ``port``, at the first free one from 7860.

    Raises:
        RagError: the port is taken, or the host is no address of this machine.
    """
    server = Server(desk, host, port)
    if open_browser:
        webbrowser.open(server.url)
    print(f"news-rag is at {server.url} (stop with Ctrl-C)", flush=True)  # noqa: T201
    try:
        server.thread.join()
    except KeyboardInterrupt:
        server.stop()


class Server:
    """A page being served at ``url``, by a thread of its own.

    Not by gradio's ``launch``: it requests its own page through the proxy that the environment names, which then finds
    nothing at 127.0.0.1; and it looks for a free port first and takes it later.
    """

    def __init__(self, desk: Desk, host: str = "127.0.0.1", port: int | None = None) -> None:
        """Start serving; raises as ``launch``."""
        listening = _listen(host, port)
        shown = "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104 - compared, not bound
        self.url = f"http://{f'[{shown}]' if ':' in shown else shown}:{listening.getsockname()[1]}"
        config = uvicorn.Config(_application(desk, host), log_level="warning", timeout_graceful_shutdown=1)
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


def _application(desk: Desk, host: str) -> SecurityHeaders:
    """Return the ASGI application: the page, gradio's server for its chat, and the security headers around both."""
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    if host in _THIS_MACHINE:
        # Else a web site could give this machine a name of its own, and read the page through the reader's browser.
        application.add_middleware(TrustedHostMiddleware, allowed_hosts=_THIS_MACHINE, www_redirect=False)

    @application.get("/page/{name}")
    def page_file(name: str) -> FileResponse:
        if name not in _PAGE_FILES:
            raise HTTPException(404)
        return FileResponse(_PAGE / name)

    add_pages(application, desk)
    add_kept_answers(application, desk)
    # Its server mode: the queue, the streams and the clients of gradio, under a page of our own.
    with gr.Blocks(mode="server", analytics_enabled=False) as endpoints:
        chat = Chat(desk).chat
        # Whose turn it is, is the desk's to say: to gradio's queue all clients are one.
        api(chat, api_name="chat", concurrency_limit=None, api_visibility="undocumented")
    # Gradio's queue polls a thousand times a second, which takes 7 % of a core while nobody asks. It has no option for
    # that; where another version keeps its queue elsewhere, the page works all the same.
    if (queue := getattr(endpoints, "_queue", None)) is not None:
        queue.sleep_when_free, queue.progress_update_sleep_when_free = _QUEUE_POLL
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
    return SecurityHeaders(application)


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
