"""Find the files that hold articles, and open them without trusting them."""

from __future__ import annotations

import codecs
import gzip
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO, cast

from index.articles.characters import decode, escaped
from index.sources.source import HEAD, Source
from rag.errors import ArticleUnreadable

JSON_LIMIT = 64_000_000
"""Largest ``.json`` file, in bytes (unpacked): it is parsed whole, and takes several times as much memory."""
LINE_LIMIT = 32_000_000
"""Longest line of JSON Lines: a text at its limit with every character written as an escape."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files that ``find_files`` came to."""

    files: tuple[Path, ...]
    """Sorted, the same in every run."""
    named: frozenset[Path]
    """Those that were named one by one: they must be of a kind that is read, where others are passed over."""
    passed_over: tuple[Path, ...]
    """Folders that may not be opened, indexes, devices and pipes."""


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """Collect the files to read: named ones as they are, folders with everything below them.

    Hidden files and folders inside a folder are ignored. A folder is entered once, whichever links lead to it.

    Raises:
        ArticleUnreadable: a named path does not exist or cannot be opened.
    """
    # By its real path: a file that was found through a link as well is still one file.
    files: dict[str, Path] = {}
    named: set[Path] = set()
    passed_over: dict[str, Path] = {}
    entered: set[str] = set()
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
            if is_folder:
                next(path.iterdir(), None)  # raises where it may not be opened
        except (OSError, ValueError) as error:
            raise ArticleUnreadable(f"cannot open {escaped(str(path))}: {reason_for(error)}") from error
        if is_folder:
            _walk(path, files, passed_over, entered)
        else:
            named.add(files.setdefault(os.path.realpath(path), path))
    return FoundFiles(tuple(sorted(files.values())), frozenset(named), tuple(sorted(passed_over.values())))


def _walk(top: Path, files: dict[str, Path], passed_over: dict[str, Path], entered: set[str]) -> None:
    def refused(error: OSError) -> None:
        passed_over.setdefault(os.path.realpath(error.filename), Path(error.filename))

    for name, folders, names in os.walk(top, onerror=refused, followlinks=True):
        folder, real = Path(name), os.path.realpath(name)
        is_index = (folder / "snapshots").is_dir() and (folder / "CURRENT").is_file()
        if is_index:
            passed_over.setdefault(real, folder)  # as `rag-index build .` finds it: it holds no news
        if is_index or real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(child for child in folders if not child.startswith("."))
        for child in (folder / child for child in sorted(names) if not child.startswith(".")):
            # A link to nothing is collected: reading it gives the reason.
            usable = child.is_file() or not child.exists()
            (files if usable else passed_over).setdefault(os.path.realpath(child), child)


def source_of(path: Path) -> Source:
    """The source that a file is; raises as ``opened`` does, and ``OSError`` where it cannot be read."""
    with opened(path) as stream:
        head = stream.read(HEAD)
    name = path.name.lower().removesuffix(".gz")
    return Source(escaped(str(path)), name, head, lambda: opened(path))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open ``path``, unpacking ``.gz``; never waits for a pipe and never reads a device."""
    if path.is_dir():
        raise ArticleUnreadable("is a folder, not a file")
    # Not blocking, and checked once open: before that a pipe may be put there, which nobody may ever write to.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - the descriptor, not the path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ArticleUnreadable("is a device or pipe, not a file")
        with unpacked(file, path.name) as stream:
            yield stream


@contextmanager
def unpacked(stream: BinaryIO, name: str = "") -> Iterator[BinaryIO]:
    """What is in ``stream`` (seekable): unpacked where it is gzip, or is called so."""
    is_gzip = stream.read(2) == b"\x1f\x8b" or name.lower().endswith(".gz")
    stream.seek(0)
    if not is_gzip:
        yield stream
        return
    with gzip.open(stream, "rb") as inside:
        yield cast(BinaryIO, inside)


def lines_in(stream: BinaryIO, head: bytes = b"") -> Iterator[tuple[int, bytes | None]]:
    """Number and bytes of each line, of UTF-16 where ``head`` begins so.

    A line that is longer than ``LINE_LIMIT`` is None, and read past, not into memory.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from enumerate(decode(stream.read(JSON_LIMIT))[0].encode("utf-8", "replace").split(b"\n"), 1)
        return
    for number in count(1):
        if not (line := stream.readline(LINE_LIMIT + 1)):
            return
        whole = len(line) <= LINE_LIMIT or line.endswith(b"\n")
        while not whole and (rest := stream.readline(1 << 20)):
            whole = rest.endswith(b"\n")
        yield number, line if len(line) <= LINE_LIMIT else None


def reason_for(error: BaseException) -> str:
    """Say in a line why a file could not be read."""
    if isinstance(error, PermissionError):
        return "permission denied: make it readable for this user"
    if isinstance(error, EOFError):
        return "cut short: the compressed data ends before its end mark; fetch the file again"
    if isinstance(error, (gzip.BadGzipFile, zlib.error)):
        return "damaged: not valid gzip data; fetch the file again"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return escaped(str(error)) or type(error).__name__
