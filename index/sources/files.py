"""Find the files that hold articles, open them without trusting them, and decode their bytes."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from index.sources.characters import escaped
from rag.errors import ArticleUnreadable

Kind = Literal["text", "json", "jsonl"]

KINDS: dict[str, Kind] = {
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}

TEXT_LIMIT = 5_000_000
"""Longest text of one article, in characters; a file of text may have as many bytes."""
JSON_LIMIT = 64_000_000
"""Largest ``.json`` file, in bytes (unpacked): it is parsed whole, and takes several times as much memory."""

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
# What zlib, gzip and the file system raise for a file that is damaged or not what its name says.
READ_ERRORS = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Found:
    """The files that ``find_files`` came to."""

    files: tuple[Path, ...]
    """Sorted, the same in every run."""
    passed_over: tuple[Path, ...]
    """Files inside a folder that are of no kind that is read, folders that may not be opened, and indexes."""


def kind_of(path: Path) -> Kind | None:
    """What the name says that ``path`` holds, with or without ``.gz``; None for what is not read."""
    name = path.name.lower().removesuffix(".gz")
    return KINDS.get(Path(name).suffix)


def find_files(paths: Sequence[Path]) -> Found:
    """Collect the files to read: named ones as they are, folders with everything below them.

    Hidden files and folders inside a folder are ignored. A folder is entered once, whichever links lead to it.

    Raises:
        ArticleUnreadable: a named path does not exist or cannot be opened, or a named file is of no kind that is read.
    """
    files: dict[str, Path] = {}
    passed_over: dict[str, Path] = {}
    entered: set[tuple[int, int]] = set()
    for path in paths:
        try:
            status = path.stat()
        except (OSError, ValueError) as error:
            raise ArticleUnreadable(_cannot_find(path, error)) from error
        if stat.S_ISDIR(status.st_mode):
            _walk(path, files, passed_over, entered)
        elif kind_of(path) is None:
            raise ArticleUnreadable(f"{escaped(str(path))} is of no kind that is read: {_kinds_in_words()}")
        else:
            files.setdefault(os.path.realpath(path), path)
    return Found(tuple(sorted(files.values())), tuple(sorted(passed_over.values())))


def _cannot_find(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return (
            f"no file or folder at {escaped(str(path))}: name a folder, or a file of these kinds: {_kinds_in_words()}"
        )
    return f"cannot open {escaped(str(path))}: {reason_for(error)}"


def _kinds_in_words() -> str:
    return f"{', '.join(KINDS)}, each also with .gz"


def _walk(top: Path, files: dict[str, Path], passed_over: dict[str, Path], entered: set[tuple[int, int]]) -> None:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in entered:
                continue
            entered.add((status.st_dev, status.st_ino))
            children = sorted(folder.iterdir())
            if _is_index(folder):
                passed_over.setdefault(os.path.realpath(folder), folder)
                continue
        except OSError as error:
            if folder == top:
                raise ArticleUnreadable(_cannot_find(folder, error)) from error
            passed_over.setdefault(os.path.realpath(folder), folder)
            continue
        folders = []
        for child in children:
            if child.name.startswith("."):
                continue
            try:
                mode = child.stat().st_mode
            except OSError:
                mode = stat.S_IFREG  # a link to nothing: reading it gives the reason
            if stat.S_ISDIR(mode):
                folders.append(child)
            elif stat.S_ISREG(mode) and kind_of(child):
                # By its real path: a file that was found through a link as well is still one file.
                files.setdefault(os.path.realpath(child), child)
            else:
                passed_over.setdefault(os.path.realpath(child), child)
        waiting.extend(reversed(folders))


def _is_index(folder: Path) -> bool:
    """Whether ``folder`` is an index of ours, as where `rag-index build .` finds ``data/index``: it holds no news."""
    return (folder / "snapshots").is_dir() and (folder / "CURRENT").is_file()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open ``path``, unpacking ``.gz``; never waits for a pipe and never reads a device."""
    if stat.S_ISDIR(path.stat().st_mode):
        raise ArticleUnreadable("is a folder, not a file")
    # Not blocking, and checked again once open: between the two a pipe may have been put there, which nobody may ever
    # write to.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - the descriptor, not the path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ArticleUnreadable("is a device or pipe, not a file")
        if path.name.lower().endswith(".gz"):
            with gzip.open(file, "rb") as unpacked:
                yield cast(BinaryIO, unpacked)
        else:
            yield file


def read_whole(path: Path, limit: int, way_out: str) -> bytes:
    """All bytes of ``path``, of which there may be ``limit``; ``way_out`` says what to do with a larger file."""
    pieces = bytearray()
    with opened(path) as stream:
        while piece := stream.read(min(1 << 20, limit + 1 - len(pieces))):
            pieces += piece
            if len(pieces) > limit:
                raise ArticleUnreadable(f"more than {limit // 1_000_000} MB of data: {way_out}")
    return bytes(pieces)


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


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """``data`` as text, with a notice where it was not plain UTF-8.

    Raises:
        ArticleUnreadable: the bytes are not text.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), ()
            except UnicodeDecodeError as error:
                raise ArticleUnreadable("begins as UTF-16 but is not valid UTF-16: save it as UTF-8") from error
    if b"\0" in data:
        raise ArticleUnreadable("is a binary file (it holds zero bytes), not text")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8-sig", "replace")
    wrong = text.count("\ufffd")
    characters = sum(1 for char in text if char > "\x7f") - wrong
    if characters > 10 * wrong:  # UTF-8 with a few broken bytes: another encoding would spoil everything else
        return text, (f"{wrong} characters are not UTF-8: read as \ufffd",)
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    controls = len(data) - len(data.translate(None, _CONTROLS))
    # Western text has a few accents; a third of high bytes is another alphabet or no text at all.
    if high > 0.3 * len(data) or controls > 0.005 * len(data):
        raise ArticleUnreadable("is neither UTF-8 nor windows-1252 text: save it as UTF-8")
    return data.decode("cp1252", "replace"), ("not UTF-8: read as windows-1252",)


def lines_in(stream: BinaryIO, limit: int, give_up: int) -> Iterator[tuple[int, bytes | None]]:
    """Number and bytes of each line; None for one longer than ``limit``, which is read past, not into memory.

    Raises:
        ArticleUnreadable: a line is longer than ``give_up``, as in a gzip bomb.
    """
    beginning = cast("io.BufferedReader", stream).peek(2)[:2]
    if beginning not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield from _lines(stream.readline, limit, give_up)
        return
    recoded = io.TextIOWrapper(stream, encoding="utf-16", errors="replace", newline="\n")
    try:
        yield from _lines(lambda size: recoded.readline(size).encode("utf-8", "replace"), limit, give_up)
    finally:
        recoded.detach()  # who opened the stream closes it


def _lines(readline: Callable[[int], bytes], limit: int, give_up: int) -> Iterator[tuple[int, bytes | None]]:
    number = 0
    while line := readline(limit + 1):
        number += 1
        if len(line) <= limit or line.endswith(b"\n"):
            yield number, line
            continue
        passed = len(line)
        while line and not line.endswith(b"\n"):
            line = readline(1 << 20)
            passed += len(line)
            if passed > give_up:
                raise ArticleUnreadable(
                    f"line {number} is longer than {give_up // 1_000_000} MB: the rest was not read"
                )
        yield number, None
