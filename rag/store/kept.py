"""Keeps records of answers, and what readers said of them, in one SQLite file beside the snapshots, or in memory.

A record is JSON here, with the ids of the articles that it points to: ``rag.record.keeping`` makes answers of it, and a
removal takes out what points to an article that must go.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from rag.errors import RagError
from rag.store.coverage import Coverage
from rag.store.folder import IndexFolder

FILE = "answers.sqlite"
ON_DISK, IN_MEMORY = 20_000, 1_000
"""How many answers are kept: the newest. On disk one takes some 3 kB, a refusal with whole articles beside it 50 kB."""
# What SQLite says of a file that is ours, and in which form it is; raised when an older one cannot be read as before.
_APPLICATION, _FORMAT = 0x6E726167, 1
_SCHEMA = (
    "CREATE TABLE answers (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, asked_at TEXT NOT NULL,"
    " owner BLOB NOT NULL, articles TEXT NOT NULL, record BLOB NOT NULL)",
    "CREATE TABLE feedback (number INTEGER PRIMARY KEY AUTOINCREMENT, given_at TEXT NOT NULL, answer TEXT NOT NULL,"
    " verdict TEXT NOT NULL, marker INTEGER, comment TEXT NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)
# Seconds to wait for another process: changes take milliseconds, but a removal, which must have its turn, writes all
# of the file anew. Who waits for its turn is a reader's question.
_PATIENCE, _REMOVAL = 2.0, 60.0
_FEEDBACK = 10_000


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """An answer as it lies here."""

    id: str
    asked_at: str
    owner: bytes
    """Digest of the key of whoever asked."""
    articles: tuple[str, ...]
    """Ids of the articles that it points to, or was drafted from: it goes when one of them is removed."""
    record: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class KeptFeedback:
    """What a reader said of an answer, which may be gone."""

    given_at: str
    answer: str
    verdict: str
    marker: int | None
    comment: str


class KeptFile:
    """The records of the index in ``folder``, the ``limit`` newest; without ``on_disk`` they end with the process.

    Threads and processes may share it. The file is opened for each call, so that whoever moves it away has it, and made
    at the first answer. It has a rollback journal and no write-ahead log: the log would keep what was deleted until
    nobody reads any more, needs two more files, and one write a question gains nothing by it. All of it raises
    ``RagError`` where the file cannot be read or written.
    """

    def __init__(self, folder: Path | None, *, on_disk: bool = True, limit: int = ON_DISK) -> None:
        self.path = folder / FILE if folder and on_disk else None
        self._index = IndexFolder(folder) if folder else None
        self._limit = limit
        self._one_at_a_time = Lock()
        self._removed: tuple[str, frozenset[str]] = "", frozenset()
        self._memory: sqlite3.Connection | None = None

    def add(self, one: KeptRecord) -> bool:
        """Keep a record; False where an article that it points to was removed while it was being answered."""
        row = (one.id, one.asked_at, one.owner, " ".join(one.articles), zlib.compress(one.record.encode()))
        with self._opened(make=True) as connection, _change(connection):
            # A removal makes its snapshot current, and then waits for its turn here: whatever comes first, it goes.
            if self.lacks(one.articles):
                return False
            connection.execute(
                "INSERT INTO answers (id, asked_at, owner, articles, record) VALUES (?, ?, ?, ?, ?)", row
            )
            connection.execute("DELETE FROM answers WHERE number <= last_insert_rowid() - ?", (self._limit,))
        return True

    def get(self, id_: str) -> KeptRecord | None:
        """The record of that id, unless an article that it points to was removed since."""
        rows = self._read("SELECT id, asked_at, owner, articles, record FROM answers WHERE id = ?", (id_,))
        for name, asked_at, owner, articles, record in rows:
            if not self.lacks(ids := tuple(articles.split())):
                return KeptRecord(name, asked_at, owner, ids, _unpacked(record, self._where))
        return None

    def delete(self, id_: str, owner: bytes) -> bool:
        """Delete a record of this owner; False where there is none."""
        if not self.there:
            return False
        with self._opened() as connection:
            return connection.execute("DELETE FROM answers WHERE id = ? AND owner = ?", (id_, owner)).rowcount > 0

    def add_feedback(self, one: KeptFeedback) -> None:
        """Keep what a reader said."""
        row = (one.given_at, one.answer, one.verdict, one.marker, one.comment)
        with self._opened(make=True) as connection, _change(connection):
            connection.execute(
                "INSERT INTO feedback (given_at, answer, verdict, marker, comment) VALUES (?, ?, ?, ?, ?)", row
            )
            connection.execute("DELETE FROM feedback WHERE number <= last_insert_rowid() - ?", (_FEEDBACK,))

    def feedback(self, limit: int) -> list[KeptFeedback]:
        """What readers said, the newest first."""
        columns = "given_at, answer, verdict, marker, comment"
        rows = self._read(f"SELECT {columns} FROM feedback ORDER BY number DESC LIMIT ?", (limit,))  # noqa: S608
        return [KeptFeedback(*row) for row in rows]

    def texts(self) -> Iterator[str]:
        """All that is said in each record: they are compressed, so that no search through the file finds it."""
        if self.there:
            with self._opened() as connection:
                for *_, record in _rows(connection):
                    yield _said(_unpacked(record, self._where))

    def drop(self, doomed: Callable[[Sequence[str], str], bool]) -> int:
        """Delete the records that ``doomed`` says so of, return how many, and write the file anew without their text.

        It is asked with the ids of a record's articles and all that it says. A damaged record goes too. Of what readers
        said of them only the comment goes, and so does one that is doomed itself.
        """
        if not self.there:
            return 0
        last, gone = 0, list[tuple[str]]()

        def look(connection: sqlite3.Connection) -> None:
            nonlocal last
            for number, id_, articles, record in _rows(connection, last):
                last = number
                try:
                    said = _said(_unpacked(record, self._where))
                except RagError:
                    gone.append((id_,))
                else:
                    if doomed(articles.split(), said):
                        gone.append((id_,))

        with self._opened(patience=_REMOVAL) as connection:
            look(connection)  # most of it, while others may still add
            with _change(connection):
                look(connection)
                comments = connection.execute("SELECT number, comment FROM feedback").fetchall()
                emptied = [(number,) for number, comment in comments if doomed((), comment)]
                connection.executemany("DELETE FROM answers WHERE id = ?", gone)
                connection.executemany("UPDATE feedback SET comment = '' WHERE answer = ?", gone)
                connection.executemany("UPDATE feedback SET comment = '' WHERE number = ?", emptied)
            connection.execute("VACUUM")
        return len(gone)

    def lacks(self, articles: Sequence[str]) -> bool:
        """Whether one of some articles was removed from the index; what the newest snapshot says, if it can be read."""
        with suppress(RagError):
            if self._index and (current := self._index.current().id) != self._removed[0]:
                with closing(Coverage(self._index.snapshot_path(current) / "coverage.sqlite")) as coverage:
                    self._removed = current, frozenset(one.article_id for one in coverage.removals())
        return not self._removed[1].isdisjoint(articles)

    @property
    def there(self) -> bool:
        """Whether there is something to read."""
        return self.path is None or self.path.exists()

    @property
    def _where(self) -> str:
        return str(self.path or "memory")

    def _read(self, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        if not self.there:
            return []
        with self._opened() as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def _opened(self, *, make: bool = False, patience: float | None = None) -> Iterator[sqlite3.Connection]:
        """A connection for one call."""
        with self._one_at_a_time:
            try:
                if self.path is None:
                    self._memory = self._memory or _connected(":memory:")
                    yield self._memory
                    return
                if make:  # for its owner alone: what readers ask is nobody else's business
                    os.close(os.open(self.path, os.O_CREAT | os.O_RDONLY, 0o600))
                with closing(
                    _connected(f"{self.path.absolute().as_uri()}?mode=rw", patience or _PATIENCE)
                ) as connection:
                    yield connection
            except (sqlite3.Error, OSError, UnicodeError) as error:
                said = (error.strerror if isinstance(error, OSError) else None) or error
                raise RagError(f"{self._where}: answers cannot be kept or read there ({said})") from error


def _connected(address: str, patience: float = 0) -> sqlite3.Connection:
    """Open a file of answers, or make one of an empty file; raises ``sqlite3.Error`` where it is another program's."""
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is written over with zeros
        if _form(connection) == (0, 0, 0):
            with _change(connection):
                if _form(connection) == (0, 0, 0):  # unless somebody else was first
                    for statement in _SCHEMA:
                        connection.execute(statement)
        if _form(connection)[:2] != (_APPLICATION, _FORMAT):
            raise sqlite3.DatabaseError("it is another program's, or another release's: move it away")
    except BaseException:
        connection.close()
        raise
    return connection


def _form(connection: sqlite3.Connection) -> tuple[int, int, int]:
    [[application], [form], [version]] = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version", "schema_version")
    )
    return application, form, version


@contextmanager
def _change(connection: sqlite3.Connection) -> Iterator[None]:
    """Make a change as a whole or not at all; nobody else makes one meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise


def _rows(connection: sqlite3.Connection, last: int = 0) -> Iterator[tuple[int, str, str, bytes]]:
    """Number, id, articles and record of each, after number ``last``; between the pages others may write."""
    sql = "SELECT number, id, articles, record FROM answers WHERE number > ? ORDER BY number LIMIT 200"
    while rows := connection.execute(sql, (last,)).fetchall():
        yield from rows
        last = rows[-1][0]


def _unpacked(record: bytes, where: str) -> str:
    try:
        return zlib.decompress(record).decode()
    except (zlib.error, ValueError, TypeError) as error:
        raise RagError(f"{where}: a record in it is damaged ({error})") from error


def _said(record: str) -> str:
    """All strings of a JSON record as they read, without its escapes."""

    def strings(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from strings(one)

    try:
        return "\n".join(strings(json.loads(record)))
    except (ValueError, RecursionError) as error:
        raise RagError(f"a record is no JSON: {error}") from error
