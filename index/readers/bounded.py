"""Run a function on data that may be hostile in a process of its own, which may be killed and is started once."""

from __future__ import annotations

import atexit
import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

from rag.errors import ArticleUnreadable

SECONDS = 8
"""Longest time that one call may take: ten at most, with the start of another process."""
MEMORY = 900_000_000
"""Most memory that the process may ask for, in bytes, where the system can bound it."""

_START = 60  # seconds until the process has loaded what the first call needs, on the slowest machine
_SERVE = "from index.readers.bounded import serve; serve()"


def run(function: Callable[[bytes, str | None], object], data: bytes, argument: str | None, way_out: str) -> object:
    """What ``function``, which a module has under its name, makes of both in another process: a JSON value.

    Before its first data it is given none, so that it loads its libraries. ``way_out`` is what the refusal of data that
    takes too much ends with.

    Raises:
        ArticleUnreadable: the function raised it, took too long or too much memory, or the process died.
    """
    reply = _process().call(f"{function.__module__}:{function.__qualname__}", data, argument)
    if reply.get("too_much"):
        raise ArticleUnreadable(f"{reply['unreadable']}: {way_out}")
    if "unreadable" in reply:
        raise ArticleUnreadable(str(reply["unreadable"]))
    return reply["value"]


@cache
def _process() -> _Process:
    process = _Process()
    atexit.register(process.stop)
    return process


class _Process:
    """A process that answers one call after the other, and is replaced where it was killed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._loaded: set[str] = set()

    def call(self, function: str, data: bytes, argument: str | None) -> dict[str, object]:
        with self._lock:
            if function not in self._loaded:  # with the libraries that it needs, which takes longer than most data
                if self._ask(_START, {"call": function, "argument": None}, b"") is None:
                    raise RuntimeError(f"a process that reads with {function} cannot be started")
                self._loaded.add(function)
            reply = self._ask(SECONDS, {"call": function, "argument": argument}, data)
        return reply if reply is not None else {"unreadable": "cannot be read: the process that reads it died of it"}

    def stop(self) -> None:
        """End the process; the next call starts another."""
        if self._running:
            self._running.kill()
            self._running.communicate()
        self._running = None
        self._loaded.clear()

    def _ask(self, seconds: float, request: dict[str, str | None], data: bytes) -> dict[str, object] | None:
        process = self._running = self._running or _started()
        assert process.stdin
        assert process.stdout
        late = threading.Event()

        def kill() -> None:
            late.set()
            process.kill()

        # Killed by a timer, and not waited for with a timeout: that works on the pipes of every system.
        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        reply = None
        with suppress(OSError, ValueError, EOFError):
            _write(process.stdin, json.dumps(request).encode(), data)
            reply = json.loads(_read(process.stdout)[0])
        timer.cancel()
        if reply is not None and not late.is_set():
            assert isinstance(reply, dict)
            return reply
        self.stop()
        if late.is_set():
            return {"unreadable": f"takes more than {seconds:g} seconds to be read", "too_much": True}
        return None


def _started() -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    return subprocess.Popen(  # noqa: S603 - our own interpreter, with our own module
        [sys.executable, "-P", "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def serve() -> NoReturn:
    """Answer calls from standard input until it is closed, which is also when the other process is gone."""
    inbox, outbox = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    _bound_memory()
    with suppress(EOFError):
        while True:
            request, data = _read(inbox)
            _write(outbox, json.dumps(_reply(json.loads(request), data)).encode(), b"")
    sys.exit()


def _reply(request: dict[str, str], data: bytes) -> dict[str, object]:
    module, _, name = request["call"].partition(":")
    function = getattr(importlib.import_module(module), name)
    try:
        return {"value": function(data, request["argument"])}
    except ArticleUnreadable as error:
        return {"unreadable": str(error)}
    except MemoryError:
        return {"unreadable": f"takes more than {MEMORY // 1_000_000} MB of memory to be read", "too_much": True}
    except Exception as error:  # whatever hostile data makes a library raise
        return {"unreadable": f"cannot be read: {type(error).__name__} in the library that reads it"}


def _bound_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # not on Windows, and not to be set on every other system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _write(stream: IO[bytes], *frames: bytes) -> None:
    for frame in frames:
        stream.write(len(frame).to_bytes(4, "big"))
        stream.write(frame)
    stream.flush()


def _read(stream: IO[bytes]) -> list[bytes]:
    frames: list[bytes] = []
    for _ in range(2):
        length = stream.read(4)
        if len(length) < 4:
            raise EOFError
        frames.append(stream.read(int.from_bytes(length, "big")))
    return frames
