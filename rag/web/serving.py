"""Serves the page on this machine, under a security policy that lets nothing of an article load or run."""

from __future__ import annotations

import errno
import logging
import re
import socket
import time
import webbrowser
from base64 import b64encode
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import FileResponse

from rag.errors import RagError

_HERE = Path(__file__).parent
_THIS_MACHINE = ["127.0.0.1", "localhost"]
_FIRST_PORT, _LAST_PORT = 7860, 7959
_HEAD = (
    '<meta name="color-scheme" content="light dark">'
    '<link rel="stylesheet" href="page/style.css"><script defer src="page/markers.js"></script>'
)
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Application = Callable[[_Message, _Receive, _Send], Awaitable[None]]


def serve(page: gr.Blocks, *, host: str, port: int | None, open_browser: bool, block: bool) -> str:
    """Serve ``page``; see ``rag.web.launch``."""
    server = Server(page, host, port)
    if open_browser:
        webbrowser.open(server.url)
    if block:
        print(f"news-rag is at {server.url} (stop with Ctrl-C)", flush=True)  # noqa: T201
        server.wait()
    return server.url


class Server:
    """A page that is being served, in a thread of its own.

    Not by gradio's ``launch``: it asks for its own page through the proxy that the environment names, which then finds
    nothing at 127.0.0.1; and it looks for a free port first and takes it later.
    """

    def __init__(self, page: gr.Blocks, host: str, port: int | None) -> None:
        """Start serving; raises as ``rag.web.launch``."""
        listening = _listen(host, port)
        self.url = _url(host, listening.getsockname()[1])
        config = uvicorn.Config(application(page, host), log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([listening],), name="news-rag page", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)
        if not self._server.started:
            raise RagError(f"the page could not be served at {self.url}: the log above says why")

    def wait(self) -> None:
        """Return once Ctrl-C was pressed."""
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self.stop()

    def stop(self) -> None:
        """Let go of the port."""
        # Every open page listens on a connection that never ends; that it is cut now is no error to report.
        log = logging.getLogger("uvicorn.error")
        log.disabled = True
        self._server.should_exit = True
        self._thread.join(timeout=5)
        log.disabled = False


def application(page: gr.Blocks, host: str) -> _Application:
    """Return the ASGI application: gradio's, the page's two files, and the headers around both."""
    served = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    if host in _THIS_MACHINE:
        # A web site could name this machine by a name of its own, and read the coverage through the reader's browser.
        served.add_middleware(TrustedHostMiddleware, allowed_hosts=_THIS_MACHINE, www_redirect=False)

    @served.get("/page/{name}")
    def page_file(name: Literal["markers.js", "style.css"]) -> FileResponse:
        return FileResponse(_HERE / name)

    gr.mount_gradio_app(
        served,
        page,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        theme=theme(),
        head=_HEAD,
        favicon_path=str(_HERE / "icon.svg"),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        max_file_size=1,  # the page takes no files
    )
    return SecurityHeaders(served)


def theme() -> gr.themes.Base:
    """Return gradio's plainest theme with the system's fonts: its own are loaded from a server."""
    return gr.themes.Base(
        primary_hue="stone",
        neutral_hue="stone",
        font=[gr.themes.Font("sans-serif")],
        font_mono=[gr.themes.Font("monospace")],
    )


class SecurityHeaders:
    """ASGI middleware: every response says what its page may load and run, which is what this server sent itself.

    Gradio's page has scripts within it; exactly these are allowed, by their digest, and no other.
    """

    def __init__(self, inner: _Application) -> None:
        self._inner = inner

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        # Compressed, the page could not be read for its scripts; on one machine compression gains nothing.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        held: list[_Message] = []

        async def send_with_policy(message: _Message) -> None:
            if message["type"] == "http.response.start":
                if _is_html(message):
                    held.append(message)
                    return
                message["headers"] = [*message["headers"], *_headers(b"")]
            elif held:
                held.append(message)
                if message.get("more_body"):
                    return
                page = b"".join(one.get("body", b"") for one in held[1:])
                held[0]["headers"] = [*held[0]["headers"], *_headers(page)]
                for one in held:
                    await send(one)
                held.clear()
                return
            await send(message)

        await self._inner(scope, receive, send_with_policy)


def _is_html(start: _Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def _headers(page: bytes) -> list[tuple[bytes, bytes]]:
    digests = "".join(
        f" 'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in _INLINE_SCRIPT.findall(page)
    )
    policy = (
        "default-src 'self'; "
        f"script-src 'self'{digests}; "
        # Gradio sets styles on elements; a style can load nothing, as images and fonts are held to this server too.
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "object-src 'none'; frame-src 'none'; media-src 'none'; worker-src 'none'; "
        "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]


def _url(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _listen(host: str, port: int | None) -> socket.socket:
    """Bind the port, or the first free one; the socket is handed on, so that nobody can take it in between."""
    if port is not None and not 0 <= port <= 65535:  # getaddrinfo would take it modulo 65536
        raise RagError(f"there is no port {port}: name one from 1024 to 65535 with --port")
    for candidate in [port] if port is not None else range(_FIRST_PORT, _LAST_PORT + 1):
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host or None, candidate, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
        except (socket.gaierror, OverflowError) as error:
            raise RagError(
                f"{host} port {candidate} is no address: name this machine's with --host and --port"
            ) from error
        listening = socket.socket(family, kind, protocol)
        # A port in which only closed connections linger is free; on Windows the option would share a port in use.
        if hasattr(socket, "SO_REUSEPORT"):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
            listening.listen()
        except PermissionError as error:
            listening.close()
            raise RagError(f"port {candidate} is not open to you: name one from 1024 with --port") from error
        except OSError as error:
            listening.close()
            if port is None and error.errno == errno.EADDRINUSE:
                continue
            if error.errno == errno.EADDRINUSE:
                raise RagError(f"port {port} is taken: name another with --port") from error
            raise RagError(f"{host} is no address of this machine: name one with --host") from error
        return listening
    raise RagError(f"the ports {_FIRST_PORT} to {_LAST_PORT} are taken: name another with --port")
