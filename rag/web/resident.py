"""Where a `rag chat` that serves an index is asked from the shell: who has it loaded answers in a tenth of the time.

A socket that only this user can open leads to it. Imports next to nothing, as whoever asks wants to wait for nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

# Seconds until a server says that it has taken a question, and until it has answered: a language model takes its time.
_TO_TAKE, _TO_ANSWER = 1.0, 600.0
_LONGEST_REPLY = 1 << 26
TAKEN = b"\n"
"""What it says at once when it will answer; then comes a line of JSON, or the end where it cannot."""


@dataclass(frozen=True, slots=True)
class ShellQuestion:
    """What `rag ask` or `rag search` asks, as it is sent."""

    question: str
    published: tuple[str, str]
    """First and last day; empty where any."""
    outlets: tuple[str, ...]
    authors: tuple[str, ...]
    languages: tuple[str, ...]
    as_of: str
    parse_query: bool
    ignored: tuple[str, ...]
    form: str
    """How it is to be printed."""
    before: tuple[str, ...] = ()
    recorded: bool = False
    """Whether a record of the answer is to be kept."""
    limit: int = 0
    """Passages of a search; 0 asks for an answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be printed, and the record to be kept; empty where none was asked for."""

    text: str
    record: str = ""


def socket_of(index: Path) -> Path:
    """Where the server of an index listens: the path of a socket may have a hundred characters, and an index any."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - see ``is_ours``
    name = hashlib.sha256(os.fsencode(os.path.realpath(index))).hexdigest()[:16]
    return Path(folder, f"news-rag-{os.getuid()}", name)


def is_ours(path: Path, kind: Callable[[int], bool] = stat.S_ISSOCK) -> bool:
    """Whether a socket, or what ``kind`` says, belongs to this user, and nobody else can do anything with it."""
    found = path.lstat()
    return kind(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def settings(generator: str = "quotes", reader: str = "packaged") -> str:
    """Digest of what decides an answer beside question and index: equal where two processes give the same one.

    That is the program's files, the libraries that are installed, the clock's zone, and the models; the names of other
    models than the packaged ones mean something by folder and environment.
    """
    files = sorted(Path(__file__).parents[1].rglob("*.py"))
    program = [[str(file), (known := file.stat()).st_size, known.st_mtime_ns] for file in files]
    installed = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
    meant: list[object] = [generator, reader]
    if meant != ["quotes", "packaged"]:
        meant += [os.getcwd(), *sorted(one for one in os.environ.items() if one[0].startswith("RAG_API_"))]  # noqa: PTH109
    decides = [program, sys.version, sys.prefix, installed, os.environ.get("TZ"), meant]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()


def ask_resident(index: Path, question: ShellQuestion, decided: Callable[[], str]) -> Shown | None:
    """Ask the server of an index; None where there is none that would answer as this process does.

    ``decided`` gives this process's ``settings``, and is asked for only where there is a server.
    """
    try:
        path = socket_of(index)
        if not (is_ours(path.parent, stat.S_ISDIR) and is_ours(path)):
            return None
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_TO_TAKE)
            connection.connect(str(path))
            connection.sendall(json.dumps({"settings": decided(), **asdict(question)}).encode() + b"\n")
            if connection.recv(1) != TAKEN:
                return None
            connection.settimeout(_TO_ANSWER)
            with connection.makefile("rb") as reply:
                line = reply.readline(_LONGEST_REPLY)
        return Shown(**json.loads(line)) if line.endswith(b"\n") else None
    # AttributeError: Windows has neither such sockets nor users. The last two: whoever listens there is no `rag chat`.
    except (OSError, AttributeError, ValueError, TypeError, RecursionError):
        return None
