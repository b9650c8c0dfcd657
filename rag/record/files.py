"""Keeps records of answers as files, and reads them again."""

from __future__ import annotations

from pathlib import Path

from rag.answer.answers import Answer
from rag.record.deserialize import from_json, is_record
from rag.record.serialize import to_json
from rag.store.files import atomic_write, checked_target


def save_answer(path: Path, answer: Answer) -> None:
    """Write the record of an answer to ``path``, whole or not at all; raises as ``checked_record``."""
    atomic_write(checked_record(path), [to_json(answer), "\n"], named=path)


def checked_record(path: Path) -> Path:
    """Return where a record for ``path`` goes, links followed; to be called before a question that takes seconds.

    Raises:
        ValueError: something is there that is no record of an answer, which is not written over.
        OSError: nothing can be written there; it names ``path``.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is there, and is no file: name another")
    target = checked_target(path)
    if target.is_file() and not is_record(target.read_bytes().decode("utf-8", "replace")):
        raise ValueError(f"{path} is there, and is no record of an answer: name another file")
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
