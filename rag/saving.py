"""Keeps records of answers as files, and reads them again."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path

from rag.answers import Answer
from rag.archiving import from_json, is_record, to_json


def save_answer(path: Path, answer: Answer) -> None:
    """Write the record of an answer to ``path``, whole or not at all; raises as ``checked_target``."""
    target = checked_target(path)
    aside = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with aside.open("x", encoding="utf-8") as stream:
            stream.write(to_json(answer) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, aside)  # what only its owner may read stays so
        aside.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        aside.unlink(missing_ok=True)


def checked_target(path: Path) -> Path:
    """Return where a record for ``path`` goes, links followed; to be called before a question that takes seconds.

    Raises:
        ValueError: something is there that is no record of an answer, which is not written over.
        OSError: nothing can be written there; it names ``path``.
    """
    target = Path(os.path.realpath(path))
    if target.is_file():
        if not is_record(target.read_bytes().decode("utf-8", "replace")):
            raise ValueError(f"{path} is there, and is no record of an answer: name another file")
    elif target.exists():
        raise ValueError(f"{path} is there, and is no file: name another")
    if not target.parent.is_dir():
        raise OSError(errno.ENOENT, "No such folder to write to", str(path))
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return target


def read_answer(path: Path) -> Answer:
    """Read the record of an answer from a file.

    Raises:
        ValueError: it is no such record, or was altered; the message names ``path``.
        OSError: it cannot be read.
    """
    try:
        return from_json(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is no record of an answer: it is no text in UTF-8") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
