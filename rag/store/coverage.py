"""The articles of a snapshot in a SQLite file: the truth that vectors and citations are checked against."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.articles import Article, Passage, Span, Subheading
from rag.errors import IndexCorrupt
from rag.store.columns import Columns, Read, most_first
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
        # Enough for the questions of a moment, never the whole archive.
        self._article = lru_cache(maxsize=1000)(self._read_article)
        # Asked again by every lookup of a question, and by every question with the same limits.
        self._within = lru_cache(maxsize=32)(self._marked)
        try:
            # immutable: SQLite takes no lock and writes nothing beside the file, which nobody changes once published.
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._connection.execute("SELECT 1 FROM versions LIMIT 1")
        except sqlite3.Error as error:
            raise self._corrupt(error) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @cached_property
    def _columns(self) -> Columns:
        try:
            return Columns(self._read)
        except ValueError as error:
            raise self._corrupt(error) from error

    @property
    def rows(self) -> int:
        """How many passages there are."""
        return self._columns.rows

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return passages with their articles and neighbours, in the order of ``rows``."""
        import numpy as np

        columns, places = self._columns, np.array(rows, np.int64)
        ids: list[int] = columns.ids(places).tolist()
        # Beyond the first and the last row there is no article.
        near = columns.of_rows(np.array([places - 1, places, places + 1])).T.tolist()
        stored = dict[int, tuple[int, int, int, int, int]]()
        for part in batched(ids):
            found = self._read(
                "SELECT id, version, first_paragraph, start, last_paragraph, end FROM passages "  # noqa: S608
                f"WHERE id IN ({marks(part)})",
                part,
            )
            stored |= {id_: tuple(one) for id_, *one in found}
        return [self._stored(row, stored.get(id_), *one) for row, id_, one in zip(rows, ids, near, strict=True)]

    def _stored(
        self, row: int, stored: tuple[int, int, int, int, int] | None, before: int, here: int, after: int
    ) -> StoredPassage:
        if stored is None:
            raise self._corrupt(f"no passage {row}")
        version, first, begin, last, end = stored
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
            PassageId(row + step) if near == here else None for step, near in ((-1, before), (1, after))
        )
        story = int(self._columns.story[here])
        return StoredPassage(PassageId(row), Passage(article.id, spans, text), article, previous, following, story)

    def numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of the article, as the lexical side counts them, that each of the passages ``rows`` is of."""
        return self._columns.number[self._columns.of_rows(rows)].astype("i8")

    def rows_of(self, ids: Iterable[int]) -> list[int]:
        """Rows of passages by the ids that they keep from snapshot to snapshot; ``ValueError`` for one it lacks."""
        import numpy as np

        rows: list[int] = self._columns.rows_of(np.fromiter(ids, np.int64)).tolist()
        return rows

    def outlets(self) -> list[str]:
        """Names of all outlets whose articles are searched."""
        return [name for name in self._columns.outlets if name is not None]

    def authors(self) -> list[str]:
        """Names of all authors whose articles are searched."""
        # Few versions are not searched: to look those up is quicker than to look up each.
        found = self._read(
            "SELECT DISTINCT name FROM authors "
            "WHERE version NOT IN (SELECT number FROM versions WHERE current = 0) ORDER BY name"
        )
        return [name for (name,) in found]

    def authors_written(self, keys: Collection[str]) -> list[str]:
        """Names of the authors whose ``joined_key`` is one of ``keys``."""
        # From one spelling of a name to the next, past all articles of each.
        found = self._read(
            "WITH RECURSIVE spelled(joined, name) AS ("
            "SELECT value, (SELECT min(name) FROM authors WHERE joined = value) FROM json_each(?) UNION ALL "
            "SELECT joined, (SELECT min(a.name) FROM authors a WHERE a.joined = s.joined AND a.name > s.name) "
            "FROM spelled s WHERE s.name NOT NULL) "
            "SELECT name FROM spelled s WHERE name NOT NULL AND EXISTS (SELECT 1 FROM authors a "
            "JOIN versions v ON v.number = a.version "
            "WHERE a.joined = s.joined AND a.name = s.name AND v.current = 1)",
            (json.dumps(list(keys)),),
        )
        return [name for (name,) in found]

    def languages(self) -> list[str | None]:
        """Codes of the languages of the articles that are searched; None among them where an article names none."""
        columns = self._columns
        return [code for place, code in enumerate(columns.languages) if code or (columns.language == place).any()]

    def article(self, article_id: str, version: str | None = None) -> Article | None:
        """Return an article in its newest, or the named, version; None when the coverage does not hold it."""
        found = self._read(
            "SELECT number FROM versions WHERE article_id = ? AND iif(? IS NULL, current = 1, version = ?)",
            (article_id, version, version),
        )
        return self._article(found[0][0]) if found else None

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
        numbers = json.dumps(self._columns.number[self._within(scope)].tolist())
        ids = "SELECT article_id FROM versions WHERE number IN (SELECT value FROM json_each(?)) ORDER BY 1"
        return [id_ for (id_,) in self._read(ids, (numbers,))]

    def rows_about(self, numbers: Iterable[int]) -> list[int]:
        """Rows of the passages of some versions."""
        import numpy as np

        rows: list[int] = np.flatnonzero(self._columns.rows_where(self._columns.numbered([*numbers]))).tolist()
        return rows

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
        outlets, months = Counter[str](), Counter[str]()
        for outlet, month, articles in self.months():
            outlets[outlet or ""] += articles
            months[month] += articles
        summary = self.summary()
        languages = dict(summary.languages)
        if unnamed := summary.articles - sum(languages.values()):
            languages[""] = unnamed
        return {
            "outlets": dict(most_first(outlets.items())),
            "months": dict(sorted(months.items())),
            "languages": dict(most_first(languages.items())),
        }

    def months(self, scope: Scope = EVERYTHING) -> tuple[MonthCount, ...]:
        """Count the articles that a scope allows by outlet and month; raises as ``allowed`` does."""
        return self._columns.months(self._within(scope))

    def copies(self) -> int:
        """How many articles are copies of another that is there."""
        return len(self._columns.story) - len(set(self._columns.story.tolist()))

    def allowed(self, scope: Scope) -> NDArray[np.bool_] | None:
        """Mark the passages that a scope allows, shape ``(rows,)``; None where it limits nothing.

        Raises:
            ValueError: an outlet, author, language or article that the coverage does not hold; the message names near
                ones, or those that it holds.
        """
        return self._columns.rows_where(self._within(scope)) if scope else None

    def within(self, rows: NDArray[np.int64], scope: Scope) -> NDArray[np.bool_]:
        """Say of each of some passages whether a scope allows it; raises as ``allowed`` does."""
        return self._within(scope)[self._columns.of_rows(rows)]

    def contains(self, scope: Scope) -> bool:
        """Say whether a scope allows any passage; raises as ``allowed`` does."""
        return bool(self._within(scope).any())

    def summary(self, scope: Scope = EVERYTHING) -> Summary:
        """Sum up what the coverage holds, or what of it a scope allows; raises as ``allowed`` does."""
        columns, within = self._columns, self._within(scope)
        undated = unnamed = 0
        if scope.published_from or scope.published_to:
            on_any_day = self._within(replace(scope, published_from=None, published_to=None))
            undated = int((columns.day[on_any_day] == 0).sum())
        if scope.languages:
            in_any_language = self._within(replace(scope, languages=()))
            unnamed = int((columns.language[in_any_language] == 0).sum())
        outlets, languages = columns.by_outlet(within), columns.by_language(within)
        return Summary(int(within.sum()), tuple(outlets), *columns.days(within), undated, tuple(languages), unnamed)

    def newest(self, limit: int, scope: Scope = EVERYTHING) -> list[Article]:
        """Return the ``limit`` articles within ``scope`` that were published last, newest first."""
        return self.listing(scope, None, 0, limit)[1]

    def listing(
        self, scope: Scope, numbers: Sequence[int] | None, offset: int, limit: int
    ) -> tuple[int, list[Article]]:
        """How many of the versions ``numbers`` (None: of all) a scope allows, and some of them, newest first."""
        within = self._within(scope)
        if numbers is not None:
            within = within & self._columns.numbered(numbers)
        latest = self._columns.latest(within, offset, limit)
        return int(within.sum()), [self._article(number) for number in latest]

    def extents(self, article_ids: Sequence[str]) -> list[tuple[int, int, int]]:
        """Number of the current version of each article, and ids of its first and last passage; its own lie between."""
        columns = self._columns
        marked = columns.numbered(self._numbers_of(article_ids).values())
        first, passages = columns.first[marked], columns.passages[marked]
        return list(zip(columns.number[marked].tolist(), first.tolist(), (first + passages - 1).tolist(), strict=True))

    def _numbers_of(self, article_ids: Sequence[str]) -> dict[str, int]:
        """Numbers of the current versions of articles, by the ids of those that are there."""
        # One value for however many ids: older builds of SQLite take no more than 999.
        chosen = "article_id IN (SELECT value FROM json_each(?))"
        found = self._read(
            f"SELECT article_id, number FROM versions WHERE current = 1 AND {chosen}",  # noqa: S608
            (json.dumps(article_ids),),
        )
        return dict(found)

    def _marked(self, scope: Scope) -> NDArray[np.bool_]:
        """Mark the articles that a scope allows."""
        columns = self._columns
        for outlet in scope.outlets:
            if name_key(outlet) not in columns.outlet_keys:
                raise unknown_name("outlet", outlet, self.outlets())
        for language in scope.languages:
            if language not in columns.languages:
                raise unknown_language(language, [code for code in columns.languages if code])
        marked = columns.within(scope)
        if scope.authors:
            marked &= self._of_authors(scope.authors)
        if scope.articles:
            numbers = self._numbers_of(scope.articles)
            for article_id in scope.articles:
                if article_id not in numbers:
                    raise unknown_article(article_id)
            marked &= columns.numbered(numbers.values())
        return marked

    def _of_authors(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Mark the articles of any of some authors."""
        each = []
        for name in names:
            # A value, never SQL.
            found = self._read("SELECT DISTINCT version FROM authors WHERE key = ?", (name_key(name),))
            each.append(self._columns.numbered([number for (number,) in found]))
            if not each[-1].any():
                raise unknown_name("author", name, self.authors())
        return sum(each[1:], each[0])

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


def marks(values: Sequence[object]) -> str:
    """Place holders for values in SQL."""
    return ", ".join("?" * len(values))
