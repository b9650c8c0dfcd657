"""The coverage of a snapshot that is being made: articles go in as they are read, and out where they were replaced."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rag.articles import Article, Passage
from rag.errors import IndexCorrupt
from rag.store.columns import columns_of
from rag.store.files import copy
from rag.store.manifest import FileRecord, record_file
from rag.store.rows import (
    DAYS,
    FIELDS,
    MOMENTS,
    REMOVAL,
    TEXTS,
    Known,
    Removal,
    batched,
    ids_named,
    known,
    marks,
    read_article,
)
from rag.store.scope import joined_key, name_key

_SCHEMA = """
CREATE TABLE versions (
    number INTEGER PRIMARY KEY,     -- stays the same from snapshot to snapshot
    article_id TEXT NOT NULL,
    version TEXT NOT NULL,
    current INTEGER NOT NULL,       -- 1: the newest state, the one that is searched
    story INTEGER NOT NULL,         -- number of the first article of the group of copies that it is in; else its own
    origin TEXT NOT NULL,           -- where it was read
    taken TEXT NOT NULL,            -- when it was taken in
    title TEXT NOT NULL, outlet TEXT, url TEXT, agency TEXT,
    published TEXT, published_at TEXT, updated TEXT, updated_at TEXT, section TEXT, language TEXT,
    publisher_id TEXT,
    labels TEXT NOT NULL,           -- parted by spaces
    record BLOB, told TEXT,         -- sha256 of what it was read from, and what was told of it then
    UNIQUE (article_id, version)
);
CREATE TABLE authors (
    version INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, joined TEXT NOT NULL,
    PRIMARY KEY (version, position)
) WITHOUT ROWID;
CREATE TABLE paragraphs (
    version INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (version, number)
) WITHOUT ROWID;
CREATE TABLE subheadings (
    version INTEGER NOT NULL, position INTEGER NOT NULL, before INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (version, position)
) WITHOUT ROWID;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,         -- stays the same from snapshot to snapshot; the n-th belongs to vector n
    version INTEGER NOT NULL,
    first_paragraph INTEGER NOT NULL, start INTEGER NOT NULL,
    last_paragraph INTEGER NOT NULL, end INTEGER NOT NULL,
    embedded BLOB NOT NULL          -- sha256 of the text that the vector stands for
);
CREATE TABLE sketches (             -- by which copies of an article are known
    version INTEGER PRIMARY KEY, hashes BLOB NOT NULL
);
CREATE TABLE removed (              -- what is not to be taken in again, as digests
    article_id TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (article_id, text)
) WITHOUT ROWID;
CREATE INDEX removed_by_text ON removed (text);
CREATE TABLE columns (              -- derived, one row: see rag/store/columns.py
    articles BLOB NOT NULL, outlets TEXT NOT NULL, languages TEXT NOT NULL
);
"""
# Made last: a tree that is filled in order is smaller and quicker than one filled at random.
_INDICES = """
CREATE INDEX IF NOT EXISTS versions_by_publisher_id ON versions (publisher_id) WHERE publisher_id NOT NULL;
CREATE INDEX IF NOT EXISTS versions_by_origin ON versions (origin);
CREATE INDEX IF NOT EXISTS versions_by_record ON versions (record) WHERE record NOT NULL;
CREATE INDEX IF NOT EXISTS authors_by_key ON authors (key);
CREATE INDEX IF NOT EXISTS authors_by_joined ON authors (joined, name);
CREATE INDEX IF NOT EXISTS passages_by_version ON passages (version);
"""


class CoverageDraft:
    """A coverage that nobody else reads yet; a context manager, so that its file is closed however it ends.

    Every method raises ``OSError`` where the disk is full.
    """

    def __init__(
        self, path: Path, base: Path | None = None, record: FileRecord | None = None, *, before: Path | None = None
    ) -> None:
        """Begin one at ``path``: empty, or as a copy of the one at ``base``, which must be as ``record`` says.

        An empty one gives versions the numbers that they have in the coverage at ``before``.
        """
        self._path = path
        if base:
            digest = copy(base, path)
            if record and digest != record.sha256:
                raise IndexCorrupt(f"{base} was altered after it was published: rebuild with rag-index build")
        self._connection = sqlite3.connect(path.absolute().as_uri(), isolation_level=None, uri=True)
        # The file is nobody's until the whole folder is published: no journal, one sync at the end.
        self._run("PRAGMA journal_mode=OFF")
        self._run("PRAGMA synchronous=OFF")
        if not base:
            for statement in filter(str.strip, _SCHEMA.split(";\n")):
                self._run(statement)
        self._run("CREATE TEMP TABLE arrived (number INTEGER PRIMARY KEY, at INTEGER NOT NULL)")
        self._has_before, self._arrived = before is not None, 0
        if before:
            self._run("ATTACH ? AS before", (f"{before.absolute().as_uri()}?mode=ro&immutable=1",))
        self._run("BEGIN")
        self._before = 0 if before else self._last_in("main")
        self._last = self._last_in("before") if before else self._before

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connection.close()

    def _last_in(self, schema: str) -> int:
        # Passages may still be of a version that went: its number is not given again before they go too.
        last = f"max(coalesce(max(number), 0), (SELECT coalesce(max(version), 0) FROM {schema}.passages))"  # noqa: S608
        return int(self._run(f"SELECT {last} FROM {schema}.versions")[0][0])  # noqa: S608

    def known(self, article_id: str) -> list[Known]:
        """Every version of an article that is there, the current one last."""
        return known(self._run, article_id)

    def named(self, name: str) -> list[str]:
        """Ids of the articles that a name means; see ``ids_named``."""
        return ids_named(self._run, name)

    def is_new(self, number: int) -> bool:
        """Whether a version came into this draft, and was not in what it began from."""
        return number > self._before

    def article(self, number: int) -> Article:
        """The article of a version."""
        return read_article(self._run, number)[0]

    def take(
        self,
        article: Article,
        origin: str,
        at: datetime,
        *,
        current: bool,
        record: bytes | None = None,
        told: str | None = None,
    ) -> int:
        """Store a version and return its number; ``current``: it is searched, and no other of its article.

        ``record`` and ``told`` are what ``Coverage.read_from`` gives back.
        """
        number = self._number(article)
        if current:
            self._run("UPDATE versions SET current = 0 WHERE article_id = ?", (article.id,))
        fields = [getattr(article, name) for name in TEXTS]
        fields += [value and value.isoformat() for value in (getattr(article, name) for name in (*DAYS, *MOMENTS))]
        known = (number, article.id, article.version, int(current), number, origin, at.isoformat())
        self._insert(
            f"versions (number, article_id, version, current, story, origin, taken, {FIELDS}, record, told)",
            [(*known, *fields, " ".join(article.labels), record, told)],
        )
        authors = enumerate(article.authors)
        self._insert(
            "authors", [(number, position, name, name_key(name), joined_key(name)) for position, name in authors]
        )
        self._insert("paragraphs", [(number, *one) for one in enumerate(article.paragraphs, start=1)])
        headings = enumerate(article.subheadings)
        self._insert("subheadings", [(number, position, one.before, one.text) for position, one in headings])
        return number

    def _number(self, article: Article) -> int:
        # Of the versions of one article, what comes first has the lowest number, as if none had been there before.
        found = self._has_before and self._run(
            "SELECT number FROM before.versions b WHERE article_id = ? AND version = ? AND number > "
            "(SELECT coalesce(max(number), 0) FROM main.versions v WHERE v.article_id = b.article_id)",
            (article.id, article.version),
        )
        self._last += not found
        number: int = found[0][0] if found else self._last
        if self._has_before:
            self._arrived += 1
            self._run("INSERT OR REPLACE INTO arrived VALUES (?, ?)", (number, self._arrived))
        return number

    def make_current(self, number: int) -> None:
        """Let a version be searched, and no other of its article be."""
        ids = "(SELECT article_id FROM versions WHERE number = ?)"
        self._run(f"UPDATE versions SET current = (number = ?) WHERE article_id = {ids}", (number, number))  # noqa: S608

    def drop(self, numbers: Iterable[int]) -> None:
        """Take versions out; their passages go with ``outdated``."""
        for part in batched(numbers):
            for table, column in (
                *(("versions", "number"), ("authors", "version"), ("paragraphs", "version")),
                *(("subheadings", "version"), ("sketches", "version")),
            ):
                self._run(f"DELETE FROM {table} WHERE {column} IN ({marks(part)})", part)  # noqa: S608
            # A group of copies whose first article goes is named after the next.
            heads = self._run(
                f"SELECT story, min(number) FROM versions WHERE story IN ({marks(part)}) GROUP BY story",  # noqa: S608
                part,
            )
            for head, following in heads:
                self._run("UPDATE versions SET story = ? WHERE story = ?", (following, head))

    def taken_before(self) -> None:
        """Let versions that were there before have been taken in when they were taken in then."""
        self._run(
            "UPDATE main.versions AS v SET taken = b.taken FROM before.versions b "
            "WHERE b.article_id = v.article_id AND b.version = v.version"
        )

    def cut_before(self) -> None:
        """Take over how articles were cut, and by which copies of them are known; then only what is new has come."""
        self._run("INSERT INTO main.passages SELECT * FROM before.passages")
        self._run(
            "INSERT INTO main.sketches SELECT * FROM before.sketches "
            "WHERE version IN (SELECT number FROM main.versions WHERE current = 1) "
            "AND version IN (SELECT version FROM before.passages)"
        )
        self._before = self._last_in("before")

    def outdated(self) -> tuple[list[int], list[int], list[int]]:
        """Take out the passages of versions that are not searched any more: their places, their ids, the versions."""
        gone = (
            "SELECT id FROM passages WHERE version NOT IN (SELECT number FROM versions WHERE current = 1) ORDER BY id"
        )
        found = self._run(gone)
        if not found:
            return [], [], []
        place = {id_: row for row, (id_,) in enumerate(self._run("SELECT id FROM passages ORDER BY id"))}
        versions = set[int]()
        for part in batched(id_ for (id_,) in found):
            within = f"WHERE id IN ({marks(part)})"
            versions |= {one for (one,) in self._run(f"SELECT DISTINCT version FROM passages {within}", part)}  # noqa: S608
            self._run(f"DELETE FROM passages {within}", part)  # noqa: S608
        return [place[id_] for (id_,) in found], [id_ for (id_,) in found], sorted(versions)

    def came(self, *, whole: bool = False) -> Iterator[Article]:
        """The articles of which a version came that is searched, or the ``whole`` of those, the newest first."""
        since = 0 if whole else self._before
        found = self._run(
            "SELECT number FROM versions WHERE current AND number > ? ORDER BY published DESC, number", (since,)
        )
        return (self.article(number) for (number,) in found)

    def uncut(self) -> list[int]:
        """Versions that are searched and have no passages, in the order in which their articles came first."""
        return self._in_order("number NOT IN (SELECT version FROM passages)")

    def _in_order(self, condition: str) -> list[int]:
        came = "SELECT article_id, min(coalesce(at, number)) AS came FROM versions LEFT JOIN arrived USING (number)"
        found = self._run(
            f"SELECT number FROM versions JOIN ({came} GROUP BY 1) USING (article_id) "  # noqa: S608
            f"WHERE current = 1 AND {condition} ORDER BY came"
        )
        return [number for (number,) in found]

    def cut(self, number: int, passages: Sequence[tuple[Passage, bytes]], sketch: bytes) -> list[int]:
        """Store the passages of a version with the digests of their texts, and its sketch; return their ids."""
        first: int = self._run("SELECT coalesce(max(id), -1) + 1 FROM passages")[0][0]
        ids = list(range(first, first + len(passages)))
        self._insert(
            "passages",
            [
                (id_, number, start.paragraph, start.start, end.paragraph, end.end, digest)
                for id_, (passage, digest) in zip(ids, passages, strict=True)
                for start, end in [(passage.spans[0], passage.spans[-1])]
            ],
        )
        self._run("INSERT OR REPLACE INTO sketches VALUES (?, ?)", (number, sketch))
        return ids

    def heads(self) -> Iterator[tuple[int, bytes]]:
        """Number and sketch of the first article of each group of copies."""
        yield from self._rows(
            "SELECT number, hashes FROM versions JOIN sketches s ON s.version = number WHERE story = number ORDER BY 1"
        )

    def sketches(self) -> Iterator[tuple[int, bytes]]:
        """Number and sketch of every version that is searched, in the order in which their articles came first."""
        for number in self._in_order("number IN (SELECT version FROM sketches)"):
            yield number, self._run("SELECT hashes FROM sketches WHERE version = ?", (number,))[0][0]

    def group(self, number: int, story: int) -> None:
        """Put a version into the group of copies whose first article is ``story``."""
        self._run("UPDATE versions SET story = ? WHERE number = ?", (story, number))

    def removal_of(self, article: Article) -> Removal | None:
        """That the article was removed, under this address or with this text; None where it was not."""
        found = self._run(
            f"SELECT {REMOVAL} FROM removed WHERE article_id = ? OR text = ? LIMIT 1",  # noqa: S608
            (article.id, article_digest(article)),
        )
        return Removal(*found[0]) if found else None

    def refuse(self, removals: Iterable[Removal]) -> None:
        """Remember what was removed, so that it is not taken in again."""
        rows = [(one.article_id, one.text, one.day, one.reason) for one in removals]
        self._many(f"INSERT OR REPLACE INTO removed ({REMOVAL}) VALUES (?, ?, ?, ?)", rows)  # noqa: S608

    def forget(self, article_id: str) -> int:
        """Let an article be taken in again; how many of its versions were refused."""
        self._run("DELETE FROM removed WHERE article_id = ?", (article_id,))
        return int(self._run("SELECT changes()")[0][0])

    def counts(self) -> tuple[int, int, int, int]:
        """How many articles, versions, paragraphs and passages there are."""
        tables = ("versions WHERE current = 1", "versions", "paragraphs", "passages")
        articles, versions, paragraphs, passages = (
            self._run(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
            for table in tables
        )
        return articles, versions, paragraphs, passages

    def digest(self) -> str:
        """Digest of which versions it holds, which of them are searched, and what is refused."""
        whole = hashlib.sha256()
        for query in (
            "SELECT article_id, version, current FROM versions ORDER BY article_id, version",
            f"SELECT {REMOVAL} FROM removed ORDER BY article_id, text",  # noqa: S608
        ):
            for row in self._rows(query):
                whole.update(json.dumps(row).encode())
        return whole.hexdigest()

    def finish(self, *, erase: bool = False) -> FileRecord:
        """Close it for good; ``erase``: the file holds not one byte of what was taken out of it."""
        self._run("COMMIT")
        for statement in _INDICES.strip().splitlines():
            self._run(statement)
        self._run("DELETE FROM columns")
        self._insert("columns", [columns_of(self._run)])
        if erase:
            # What is deleted stays in the file, and what was moved may stay in two places; in a new one it does not.
            whole = self._path.with_name(f"{self._path.name}-erased")
            self._run("VACUUM INTO ?", (str(whole),))
            self._connection.close()
            whole.replace(self._path)
        self._connection.close()
        return record_file(self._path)

    def _insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            self._many(f"INSERT INTO {table} VALUES ({marks(rows[0])})", rows)  # noqa: S608

    def _many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.OperationalError as error:
            raise self._unwritten(error) from error

    def _run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            raise self._unwritten(error) from error

    def _rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(sql)

    def _unwritten(self, error: sqlite3.Error) -> OSError:
        return OSError(f"{self._path} could not be written: {error}")


def article_digest(article: Article) -> str:
    """What an article is known by under any address: 16 hex digits of its outlet, title and text."""
    outlet = name_key(article.outlet) if article.outlet else None
    return hashlib.sha256(json.dumps([outlet, article.title, *article.paragraphs]).encode()).hexdigest()[:16]
