"""The articles of a snapshot in a SQLite file: the truth that vectors and citations are checked against."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.articles import Article, Passage, Span, Subheading
from rag.errors import IndexCorrupt
from rag.store.protocol import MonthCount, PassageId, StoredPassage, Summary
from rag.store.scope import EVERYTHING, Scope, name_key, unknown_article, unknown_language, unknown_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# An article's own fields, as they are columns of a version.
TEXTS = ("title", "outlet", "url", "agency", "section", "language", "publisher_id")
DAYS = ("published", "updated")
MOMENTS = ("published_at", "updated_at")
FIELDS = ", ".join((*TEXTS, *DAYS, *MOMENTS, "labels"))
# One value for however many ids: older builds of SQLite take no more than 999.
_CHOSEN = "v.article_id IN (SELECT value FROM json_each(?))"

Read = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""Runs a query on a coverage, and gives all of its rows."""
REMOVAL = "article_id, text, day, reason"


@dataclass(frozen=True, slots=True)
class Known:
    """A version of an article that is there already."""

    number: int
    article: Article
    current: bool
    origin: str
    """Where it was read: a file and a place in it, an address."""
    taken: datetime
    """When it was taken in."""


@dataclass(frozen=True, slots=True)
class Removal:
    """That an article was removed, told by digests alone."""

    article_id: str
    """Itself a digest of the canonical address, or of what else names the article."""
    text: str
    """Digest of outlet, title and text, under whatever address they come again."""
    day: str
    reason: str


class Coverage:
    """The articles of one snapshot, read only. Threads may share it."""

    def __init__(self, path: Path) -> None:
        """Open the file at ``path``; raises ``IndexCorrupt`` when it is no coverage."""
        self._path = path
        self._one_at_a_time = Lock()
        self._articles: dict[int, Article] = {}
        self._columns: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
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
        wanted = sorted({near for row in rows for near in (row - 1, row, row + 1) if 0 <= near < self._rows})
        row_of = dict(zip((int(self._ids[row]) for row in wanted), wanted, strict=True))
        for part in batched(row_of):
            found = self._read(
                "SELECT id, version, first_paragraph, start, last_paragraph, end FROM passages "  # noqa: S608
                f"WHERE id IN ({marks(part)})",
                part,
            )
            stored |= {row_of[id_]: columns for id_, *columns in found}  # type: ignore[misc]
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
        story = self._stories.get(version, version)
        return StoredPassage(PassageId(row), Passage(article.id, spans, text), article, previous, following, story)

    def numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of the article, as the lexical side counts them, that each of the passages ``rows`` is of."""
        return self._loaded[1][rows]

    def rows_of(self, ids: Iterable[int]) -> list[int]:
        """Rows of passages by the ids that they keep from snapshot to snapshot; ``ValueError`` for one it lacks."""
        import numpy as np

        wanted = np.fromiter(ids, dtype=np.int64)
        rows = np.searchsorted(self._ids, wanted)
        if not np.array_equal(self._ids[rows.clip(max=self._rows - 1)], wanted):
            raise ValueError("a passage that the coverage does not hold")
        return [int(row) for row in rows]

    @property
    def _ids(self) -> NDArray[np.int64]:
        return self._loaded[0]

    @property
    def _loaded(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Id and article of each passage, in order: row *n* has the *n*-th id."""
        import numpy as np

        if self._columns is None:
            # Asked for hundreds of rows by every question: 16 bytes a passage spare it that many look-ups.
            found = self._read("SELECT id, version FROM passages ORDER BY id")
            table = np.fromiter((one for pair in found for one in pair), np.int64, 2 * len(found)).reshape(-1, 2)
            self._columns = table[:, 0].copy(), table[:, 1].copy()
        return self._columns

    @cached_property
    def _stories(self) -> dict[int, int]:
        """Articles that are copies, by number, and the first of their group."""
        return dict(self._read("SELECT number, story FROM versions WHERE current = 1 AND story != number"))

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

    def read_from(self, record: bytes) -> tuple[Article, str | None] | None:
        """The article that was made of what has this digest, and what was told of it then; None where none was."""
        found = self._read("SELECT number, told FROM versions WHERE record = ?", (record,))
        return (self._read_article(found[0][0]), found[0][1]) if found else None

    def embedded(self) -> dict[bytes, int]:
        """Digest of each embedded text and its row, so that it need not be embedded again."""
        digests = self._read("SELECT embedded FROM passages ORDER BY id")
        return {bytes(digest): row for row, (digest,) in enumerate(digests)}

    def history(self, article_id: str) -> list[Known]:
        """Every version of an article, the oldest first, the current one last."""
        return known(self._read, article_id)

    def named(self, name: str) -> list[str]:
        """Ids of the articles that a name means; see ``ids_named``."""
        return ids_named(self._read, name)

    def ids_within(self, scope: Scope) -> list[str]:
        """Ids of the articles that a scope allows; raises as ``allowed`` does."""
        condition, values = self._condition(scope)
        return [id_ for (id_,) in self._read(f"SELECT article_id FROM versions v WHERE {condition} ORDER BY 1", values)]  # noqa: S608

    def rows_about(self, numbers: Iterable[int]) -> list[int]:
        """Rows of the passages of some versions."""
        import numpy as np

        return [int(row) for row in np.flatnonzero(np.isin(self._loaded[1], list(numbers)))]

    def says(self, text: str) -> bool:
        """Whether any version of an article has ``text`` in a paragraph, its title or its address."""
        found = self._read(
            "SELECT EXISTS (SELECT 1 FROM paragraphs WHERE instr(text, ?)) "
            "OR EXISTS (SELECT 1 FROM versions WHERE instr(title, ?) OR instr(coalesce(url, ''), ?))",
            (text, text, text),
        )
        return bool(found[0][0])

    def removals(self) -> list[Removal]:
        """What was removed for good, and is not to be taken in again."""
        return [Removal(*row) for row in self._read(f"SELECT {REMOVAL} FROM removed ORDER BY day, article_id, text")]  # noqa: S608

    def tally(self) -> dict[str, dict[str, int]]:
        """How many articles there are of each outlet, month and language; where one has none, of ``""``."""
        languages = self._read("SELECT coalesce(language, ''), count(*) FROM versions WHERE current = 1 GROUP BY 1")
        outlets, months = Counter[str](), Counter[str]()
        for outlet, month, articles in self.months():
            outlets[outlet or ""] += articles
            months[month] += articles

        def most_first(counts: Mapping[str, int]) -> dict[str, int]:
            return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))

        return {
            "outlets": most_first(outlets),
            "months": dict(sorted(months.items())),
            "languages": most_first(dict(languages)),
        }

    def months(self, scope: Scope = EVERYTHING) -> tuple[MonthCount, ...]:
        """Count the articles that a scope allows by outlet and month; raises as ``allowed`` does."""
        condition, values = self._condition(scope)
        found = self._read(
            "SELECT min(outlet), coalesce(substr(published, 1, 7), ''), count(*) FROM versions v "  # noqa: S608
            f"WHERE {condition} GROUP BY outlet_key, 2 ORDER BY 1, 2",
            values,
        )
        return tuple(MonthCount(*one) for one in found)

    def copies(self) -> int:
        """How many articles are copies of another that is there."""
        return int(self._read("SELECT count(*) - count(DISTINCT story) FROM versions WHERE current = 1")[0][0])

    def allowed(self, scope: Scope) -> NDArray[np.bool_] | None:
        """Mark the passages that a scope allows, shape ``(rows,)``; None where it limits nothing.

        Raises:
            ValueError: an outlet, author, language or article that the coverage does not hold; the message names near
                ones, or those that it holds.
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
        return self._newest(*self._condition(scope), 0, limit)

    def listing(
        self, scope: Scope, numbers: Sequence[int] | None, offset: int, limit: int
    ) -> tuple[int, list[Article]]:
        """How many of the versions ``numbers`` (None: of all) a scope allows, and some of them, newest first."""
        condition, values = self._condition(scope)
        if numbers is not None:
            condition += " AND v.number IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(numbers))
        [(total,)] = self._read(f"SELECT count(*) FROM versions v WHERE {condition}", values)  # noqa: S608
        return total, self._newest(condition, values, offset, limit)

    def _newest(self, condition: str, values: Sequence[str], offset: int, limit: int) -> list[Article]:
        newest = "ORDER BY v.published DESC, v.number LIMIT ? OFFSET ?"
        found = self._read(
            f"SELECT v.number FROM versions v WHERE {condition} {newest}",  # noqa: S608
            (*values, limit, offset),
        )
        return [self._article(number) for (number,) in found]

    def extents(self, article_ids: Sequence[str]) -> list[tuple[int, int, int]]:
        """Number of the current version of each article, and ids of its first and last passage; its own lie between."""
        return self._read(
            "SELECT v.number, min(p.id), max(p.id) FROM versions v JOIN passages p ON p.version = v.number "  # noqa: S608
            f"WHERE v.current = 1 AND {_CHOSEN} GROUP BY v.number",
            (json.dumps(article_ids),),
        )

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
            conditions.append(f"v.outlet_key IN ({marks(keys)})")
            values += keys
        if scope.authors:
            keys = self._known_keys("author", scope.authors)
            of_author = f"SELECT 1 FROM authors a WHERE a.version = v.number AND a.key IN ({marks(keys)})"  # noqa: S608
            conditions.append(f"EXISTS ({of_author})")
            values += keys
        if scope.languages:
            known = {code for code in self.languages() if code}
            for language in scope.languages:
                if language not in known:
                    raise unknown_language(language, known)
            conditions.append(f"v.language IN ({marks(scope.languages)})")
            values += scope.languages
        if scope.articles:
            chosen = json.dumps(scope.articles)
            found = self._read(f"SELECT article_id FROM versions v WHERE v.current = 1 AND {_CHOSEN}", (chosen,))  # noqa: S608
            held = {article_id for (article_id,) in found}
            for article_id in scope.articles:
                if article_id not in held:
                    raise unknown_article(article_id)
            conditions.append(_CHOSEN)
            values.append(chosen)
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
        try:
            article, article_id, version = read_article(self._read, number)
        except ValueError as error:
            raise self._corrupt(error) from error
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


def read_article(read: Read, number: int) -> tuple[Article, str, str]:
    """The article that a version holds, and the id and version it was stored under; ``ValueError`` for bad values."""
    [(article_id, version, *values)] = read(
        f"SELECT article_id, version, {FIELDS} FROM versions WHERE number = ?",  # noqa: S608
        (number,),
    )
    fields = dict(zip((*TEXTS, *DAYS, *MOMENTS, "labels"), values, strict=True))
    fields["labels"] = tuple(fields["labels"].split())
    fields |= {name: fields[name] and date.fromisoformat(fields[name]) for name in DAYS}
    fields |= {name: fields[name] and datetime.fromisoformat(fields[name]) for name in MOMENTS}

    def column(sql: str) -> list[tuple[Any, ...]]:
        return read(sql, (number,))

    article = Article(
        paragraphs=tuple(text for (text,) in column("SELECT text FROM paragraphs WHERE version = ? ORDER BY number")),
        authors=tuple(name for (name,) in column("SELECT name FROM authors WHERE version = ? ORDER BY position")),
        subheadings=tuple(
            Subheading(text, before)
            for before, text in column("SELECT before, text FROM subheadings WHERE version = ? ORDER BY position")
        ),
        **fields,
    )
    return article, article_id, version


def known(read: Read, article_id: str) -> list[Known]:
    """Every version of an article that a coverage holds, the current one last."""
    found = read(
        "SELECT number, current, origin, taken FROM versions WHERE article_id = ? ORDER BY current, taken, number",
        (article_id,),
    )
    return [
        Known(number, read_article(read, number)[0], bool(current), origin, datetime.fromisoformat(taken))
        for number, current, origin, taken in found
    ]


def ids_named(read: Read, name: str) -> list[str]:
    """Ids of the articles that are held under ``name``: an id or address, else a publisher's id or what was fetched."""
    ids = (name, Article("", (), url=name).id)
    for condition, values in (
        ("article_id IN (?, ?)", ids),
        ("publisher_id = ?", (name,)),
        # A page may say that its address is another than the one it stands at.
        ("origin = ?", (name,)),
    ):
        found = read(f"SELECT DISTINCT article_id FROM versions WHERE {condition} ORDER BY 1", values)  # noqa: S608
        if found:
            return [id_ for (id_,) in found]
    return []


def batched(values: Iterable[int]) -> Iterator[list[int]]:
    """Values in lists of at most 900: SQLite takes at most 999 of them in older builds."""
    every = list(values)
    return (every[start : start + 900] for start in range(0, len(every), 900))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def marks(values: Sequence[object]) -> str:
    """Place holders for values in SQL."""
    return ", ".join("?" * len(values))
