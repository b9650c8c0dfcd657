"""The articles of a snapshot in a SQLite file: the truth that vectors and citations are checked against."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.articles import Article, Passage, Span, Subheading
from rag.errors import IndexCorrupt
from rag.store.manifest import FileRecord, record_file
from rag.store.protocol import PassageId, StoredPassage, Summary
from rag.store.scope import EVERYTHING, Scope, name_key, unknown_language, unknown_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCHEMA = """
CREATE TABLE versions (
    number INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL,
    version TEXT NOT NULL,
    current INTEGER NOT NULL,       -- 1: the newest state, the one that is searched
    title TEXT NOT NULL, outlet TEXT, outlet_key TEXT, url TEXT, agency TEXT,
    published TEXT, published_at TEXT, updated TEXT, updated_at TEXT, section TEXT, language TEXT,
    publisher_id TEXT,
    labels TEXT,                    -- parted by spaces
    UNIQUE (article_id, version)
);
CREATE TABLE authors (
    version INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
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
    row INTEGER PRIMARY KEY,        -- the vector's number
    version INTEGER NOT NULL,
    first_paragraph INTEGER NOT NULL, start INTEGER NOT NULL,
    last_paragraph INTEGER NOT NULL, end INTEGER NOT NULL,
    embedded BLOB NOT NULL          -- sha256 of the text that the vector stands for
);
"""
# Made last: a tree that is filled in order is smaller and quicker than one filled at random.
_INDICES = """
CREATE INDEX versions_by_day ON versions (published);
CREATE INDEX versions_by_outlet ON versions (outlet_key);
CREATE INDEX versions_by_language ON versions (language);
CREATE INDEX authors_by_key ON authors (key);
CREATE INDEX passages_by_version ON passages (version);
"""


# An article's own fields, as they are columns of a version.
_TEXTS = ("title", "outlet", "url", "agency", "section", "language", "publisher_id")
_DAYS = ("published", "updated")
_MOMENTS = ("published_at", "updated_at")
_FIELDS = ", ".join((*_TEXTS, *_DAYS, *_MOMENTS, "labels"))


def write_coverage(
    path: Path, current: Sequence[Article], earlier: Sequence[Article], passages: Iterable[tuple[Passage, bytes]]
) -> FileRecord:
    """Store articles, the earlier versions of them, and passages in row order, each with its text's digest.

    Raises:
        OSError: the disk is full.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # The file is nobody's until the whole folder is published: no journal, one sync at the end.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        connection.execute("BEGIN")
        for number, article in enumerate([*current, *earlier], start=1):
            _write_article(connection, number, article, current=number <= len(current))
        numbers = {article.id: number for number, article in enumerate(current, start=1)}
        connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (row, numbers[one.article_id], first.paragraph, first.start, last.paragraph, last.end, digest)
                for row, (one, digest) in enumerate(passages)
                for first, last in [(one.spans[0], one.spans[-1])]
            ),
        )
        connection.execute("COMMIT")
        connection.executescript(_INDICES)
    except sqlite3.OperationalError as error:
        raise OSError(f"{path} could not be written: {error}") from error
    finally:
        connection.close()
    return record_file(path)


def _write_article(connection: sqlite3.Connection, number: int, article: Article, *, current: bool) -> None:
    fields = [getattr(article, name) for name in _TEXTS]
    fields += [value and value.isoformat() for value in (getattr(article, name) for name in (*_DAYS, *_MOMENTS))]
    fields.append(" ".join(article.labels))
    key = name_key(article.outlet) if article.outlet else None
    connection.execute(
        f"INSERT INTO versions (number, article_id, version, current, outlet_key, {_FIELDS}) "  # noqa: S608
        f"VALUES ({_marks(fields)}, ?, ?, ?, ?, ?)",
        (number, article.id, article.version, int(current), key, *fields),
    )
    connection.executemany(
        "INSERT INTO authors VALUES (?, ?, ?, ?)",
        [(number, position, name, name_key(name)) for position, name in enumerate(article.authors)],
    )
    connection.executemany(
        "INSERT INTO paragraphs VALUES (?, ?, ?)",
        [(number, position, text) for position, text in enumerate(article.paragraphs, start=1)],
    )
    connection.executemany(
        "INSERT INTO subheadings VALUES (?, ?, ?, ?)",
        [(number, position, item.before, item.text) for position, item in enumerate(article.subheadings)],
    )


class Coverage:
    """The articles of one snapshot, read only. Threads may share it."""

    def __init__(self, path: Path) -> None:
        """Open the file at ``path``; raises ``IndexCorrupt`` when it is no coverage."""
        self._path = path
        self._one_at_a_time = Lock()
        self._articles: dict[int, Article] = {}
        self._numbers: NDArray[np.int64] | None = None
        self._keys: dict[str, set[str]] = {}
        try:
            # immutable: SQLite takes no lock and writes nothing beside the file, which nobody changes once published.
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._rows = int(self._read("SELECT count(*) FROM passages")[0][0])
        except sqlite3.Error as error:
            raise self._corrupt(error) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def rows(self) -> int:
        """How many passages there are."""
        return self._rows

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return passages with their articles and neighbours, in the order of ``rows``."""
        stored = dict[int, tuple[int, int, int, int, int]]()
        wanted = sorted({near for row in rows for near in (row - 1, row, row + 1)})
        for start in range(0, len(wanted), 900):  # SQLite takes at most 999 values in older builds
            part = wanted[start : start + 900]
            stored |= {
                row: (version, first, begin, last, end)
                for row, version, first, begin, last, end in self._read(
                    "SELECT row, version, first_paragraph, start, last_paragraph, end FROM passages "  # noqa: S608
                    f"WHERE row IN ({_marks(part)})",
                    part,
                )
            }
        return [self._stored(row, stored) for row in rows]

    def _stored(self, row: int, stored: Mapping[int, tuple[int, int, int, int, int]]) -> StoredPassage:
        if row not in stored:
            raise self._corrupt(f"no passage {row}")
        version, first, begin, last, end = stored[row]
        article = self._article(version)
        spans = tuple(
            Span(
                number,
                begin if number == first else 0,
                end if number == last else len(article.paragraph(number)),
            )
            for number in range(first, last + 1)
        )
        text = "\n\n".join(article.paragraph(span.paragraph)[span.start : span.end] for span in spans)
        previous, following = (
            PassageId(near) if near in stored and stored[near][0] == version else None for near in (row - 1, row + 1)
        )
        return StoredPassage(PassageId(row), Passage(article.id, spans, text), article, previous, following)

    def numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of the article, as the lexical side counts them, that each of the passages ``rows`` is of."""
        import numpy as np

        if self._numbers is None:
            # Asked for hundreds of rows by every question: eight bytes a passage spare it that many look-ups.
            found = self._read("SELECT version FROM passages ORDER BY row")
            self._numbers = np.fromiter((version for (version,) in found), dtype=np.int64, count=len(found))
        return self._numbers[rows]

    def outlets(self) -> list[str]:
        """Names of all outlets whose articles are searched."""
        return [
            name
            for (name,) in self._read(
                "SELECT DISTINCT outlet FROM versions WHERE current = 1 AND outlet NOT NULL ORDER BY outlet"
            )
        ]

    def authors(self) -> list[str]:
        """Names of all authors whose articles are searched."""
        return [
            name
            for (name,) in self._read(
                "SELECT DISTINCT name FROM authors a JOIN versions v ON v.number = a.version "
                "WHERE v.current = 1 ORDER BY name"
            )
        ]

    def languages(self) -> list[str | None]:
        """Codes of the languages of the articles that are searched; None among them where an article names none."""
        return [code for (code,) in self._read("SELECT DISTINCT language FROM versions WHERE current = 1 ORDER BY 1")]

    def article(self, article_id: str, version: str | None = None) -> Article | None:
        """Return an article in its newest, or the named, version; None when the coverage does not hold it."""
        found = self._read(
            "SELECT number FROM versions WHERE article_id = ? AND iif(? IS NULL, current = 1, version = ?)",
            (article_id, version, version),
        )
        return self._article(found[0][0]) if found else None

    def embedded(self) -> dict[bytes, int]:
        """Digest of each embedded text and its row, so that the next build need not embed it again."""
        return {bytes(digest): row for row, digest in self._read("SELECT row, embedded FROM passages")}

    def allowed(self, scope: Scope) -> NDArray[np.bool_] | None:
        """Mark the passages that a scope allows, shape ``(rows,)``; None where it limits nothing.

        Raises:
            ValueError: an outlet, author or language that the coverage does not hold; the message names near ones, or
                those that it holds.
        """
        if not scope:
            return None
        import numpy as np

        condition, values = self._condition(scope)
        found = self._read(f"SELECT v.number FROM versions v WHERE {condition}", values)  # noqa: S608
        numbers = self.numbers(np.arange(self._rows))
        allowed = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.bool_)
        allowed[[number for (number,) in found if number < len(allowed)]] = True
        return allowed[numbers]

    def summary(self, scope: Scope = EVERYTHING) -> Summary:
        """Sum up what the coverage holds, or what of it a scope allows; raises as ``allowed`` does."""
        [(articles, oldest, newest)] = self._within(scope, "count(*), min(published), max(published)")
        outlets = self._within(scope, "outlet, count(*)", "outlet_key", "outlet")
        languages = self._within(scope, "language, count(*)", "language", "language")
        undated = unnamed = 0
        if scope.published_from or scope.published_to:
            undated = self._lacking(replace(scope, published_from=None, published_to=None), "published")
        if scope.languages:
            unnamed = self._lacking(replace(scope, languages=()), "language")
        try:
            days = (_day(oldest), _day(newest))
        except ValueError as error:
            raise self._corrupt(error) from error
        return Summary(articles, tuple(outlets), *days, undated, tuple(languages), unnamed)

    def _within(self, scope: Scope, columns: str, group: str = "", named: str = "") -> list[tuple[Any, ...]]:
        """Read columns of the articles that a scope allows, all in one or grouped, the largest group first."""
        condition, values = self._condition(scope)
        grouped = f"AND {named} NOT NULL GROUP BY {group} ORDER BY count(*) DESC, {named}" if group else ""
        return self._read(f"SELECT {columns} FROM versions v WHERE {condition} {grouped}", values)  # noqa: S608

    def _lacking(self, scope: Scope, column: str) -> int:
        condition, values = self._condition(scope)
        found = self._read(
            f"SELECT count(*) FROM versions v WHERE {condition} AND v.{column} IS NULL",  # noqa: S608
            values,
        )
        return int(found[0][0])

    def newest(self, limit: int, scope: Scope = EVERYTHING) -> list[Article]:
        """Return the ``limit`` articles within ``scope`` that were published last, newest first."""
        condition, values = self._condition(scope)
        found = self._read(
            f"SELECT v.number FROM versions v WHERE {condition} ORDER BY v.published DESC, v.number LIMIT ?",  # noqa: S608
            (*values, limit),
        )
        return [self._article(number) for (number,) in found]

    def _condition(self, scope: Scope) -> tuple[str, list[str]]:
        """SQL over ``versions v`` and its values; names reach the database only as values, never as SQL."""
        conditions, values = ["v.current = 1"], list[str]()
        if scope.published_from:
            conditions.append("v.published >= ?")
            values.append(scope.published_from.isoformat())
        if scope.published_to:
            conditions.append("v.published <= ?")
            values.append(scope.published_to.isoformat())
        if scope.outlets:
            keys = self._known_keys("outlet", scope.outlets)
            conditions.append(f"v.outlet_key IN ({_marks(keys)})")
            values += keys
        if scope.authors:
            keys = self._known_keys("author", scope.authors)
            of_author = f"SELECT 1 FROM authors a WHERE a.version = v.number AND a.key IN ({_marks(keys)})"  # noqa: S608
            conditions.append(f"EXISTS ({of_author})")
            values += keys
        if scope.languages:
            known = {code for code in self.languages() if code}
            for language in scope.languages:
                if language not in known:
                    raise unknown_language(language, known)
            conditions.append(f"v.language IN ({_marks(scope.languages)})")
            values += scope.languages
        return " AND ".join(conditions), values

    def _known_keys(self, kind: str, names: Sequence[str]) -> list[str]:
        if kind not in self._keys:  # once: the file never changes, and an archive has many authors
            self._keys[kind] = {name_key(name) for name in (self.outlets() if kind == "outlet" else self.authors())}
        for name in names:
            if name_key(name) not in self._keys[kind]:
                raise unknown_name(kind, name, self.outlets() if kind == "outlet" else self.authors())
        return [name_key(name) for name in names]

    def _article(self, number: int) -> Article:
        kept = self._articles.get(number)
        if kept is None:
            if len(self._articles) >= 1000:  # enough for the questions of a moment, never the whole archive
                self._articles.clear()
            kept = self._articles[number] = self._read_article(number)
        return kept

    def _read_article(self, number: int) -> Article:
        [(article_id, version, *values)] = self._read(
            f"SELECT article_id, version, {_FIELDS} FROM versions WHERE number = ?",  # noqa: S608
            (number,),
        )
        fields = dict(zip((*_TEXTS, *_DAYS, *_MOMENTS, "labels"), values, strict=True))
        try:
            fields["labels"] = tuple(fields["labels"].split())
            fields |= {name: fields[name] and date.fromisoformat(fields[name]) for name in _DAYS}
            fields |= {name: fields[name] and datetime.fromisoformat(fields[name]) for name in _MOMENTS}
        except ValueError as error:
            raise self._corrupt(error) from error

        def column(sql: str) -> list[tuple[Any, ...]]:
            return self._read(sql, (number,))

        article = Article(
            paragraphs=tuple(
                text for (text,) in column("SELECT text FROM paragraphs WHERE version = ? ORDER BY number")
            ),
            authors=tuple(name for (name,) in column("SELECT name FROM authors WHERE version = ? ORDER BY position")),
            subheadings=tuple(
                Subheading(text, before)
                for before, text in column("SELECT before, text FROM subheadings WHERE version = ? ORDER BY position")
            ),
            **fields,
        )
        if (article.id, article.version) != (article_id, version):
            raise self._corrupt(f"article {article_id} is not what was stored")
        return article

    def _read(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._one_at_a_time:
            try:
                return self._connection.execute(sql, values).fetchall()
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                raise self._corrupt(error) from error

    def _corrupt(self, reason: object) -> IndexCorrupt:
        return IndexCorrupt(f"{self._path} cannot be read ({reason}): rebuild with rag-index build")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
