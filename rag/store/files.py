"""Writes a file whole or not at all; copies and links files that nobody changes."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path


def atomic_write(target: Path, pieces: Iterable[str], *, named: Path | None = None, errors: str = "strict") -> None:
    """Write ``pieces`` of text aside, sync them, and put them in the place of ``target``, which keeps its permissions.

    ``errors`` says what becomes of characters that UTF-8 cannot write.

    Raises:
        OSError: the file cannot be written; it names ``named``, as somebody typed it, and nothing is left.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with aside.open("x", encoding="utf-8", errors=errors) as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, aside)  # what only its owner may read stays so
        aside.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(named or target)) from error
    finally:
        aside.unlink(missing_ok=True)


def checked_target(path: Path) -> Path:
    """Return where a file for ``path`` goes, links followed; to be called before what takes long.

    Raises:
        OSError: nothing can be written there, or something other than a file is there; it names ``path``.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        number = errno.EISDIR if target.is_dir() else errno.EINVAL
        raise OSError(number, os.strerror(number), str(path))
    if not target.parent.is_dir():
        raise OSError(errno.ENOENT, "No such folder to write to", str(path))
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return target


def copy(source: Path, target: Path) -> str:
    """Copy a file and return the sha256 of what was copied, in one pass."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(1 << 20):
            digest.update(piece)
            written.write(piece)
    return digest.hexdigest()


def link(source: Path, target: Path) -> None:
    """Give a file that nobody changes any more a second name, or a copy where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
        with target.open("rb+") as copied:
            os.fsync(copied.fileno())
