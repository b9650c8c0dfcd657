"""The articles of a snapshot in a SQLite file: the truth that vectors and citations are checked against."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.articles import Article, Passage, Span
from rag.errors import IndexCorrupt
from rag.store.columns import Columns, most_first
from rag.store.protocol import MonthCount, PassageId, StoredPassage, Summary
from rag.store.rows import REMOVAL, Known, Removal, batched, ids_named, known, marks, read_article
from rag.store.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class _CoverageFile:
    """A coverage's file, opened for reading; threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._one_at_a_time = Lock()
        # immutable: SQLite takes no lock and writes nothing beside the file, which nobody changes once published.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self.corrupt(error) from error
        self.close = self._connection.close

    def read(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._one_at_a_time:
            try:
                return self._connection.execute(sql, values).fetchall()
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                raise self.corrupt(error) from error

    def article(self, number: int) -> Article:
        """The article of a version, if it is what was stored."""
        try:
            article, article_id, version = read_article(self.read, number)
        except ValueError as error:
            raise self.corrupt(error) from error
        if (article.id, article.version) != (article_id, version):
            raise self.corrupt(f"article {article_id} is not what was stored")
        return article

    def columns(self) -> Columns:
        """What the articles are limited and counted by."""
        try:
            return Columns(self.read)
        except (ValueError, TypeError, AttributeError) as error:  # what other values make of it
            raise self.corrupt(error) from error

    def corrupt(self, reason: object) -> IndexCorrupt:
        """The error for a file that is no coverage."""
        return IndexCorrupt(f"{self._path} cannot be read ({reason}): rebuild with rag-index build")


class Coverage:
    """The articles of one snapshot, read only. Threads may share it."""

    def __init__(self, path: Path) -> None:
        """Open the file at ``path``; raises ``IndexCorrupt`` when it is no coverage."""
        self._file = _CoverageFile(path)
        self._read = self._file.read
        self._read("SELECT 1 FROM versions LIMIT 1")
        # Enough for the questions of a moment, never the whole archive. What is kept must not lead back to this object:
        # a snapshot that is replaced is gone with the last who asks it.
        self._article = lru_cache(maxsize=1000)(self._file.article)
        self.close = self._file.close

    @cached_property
    def _columns(self) -> Columns:
        return self._file.columns()

    @cached_property
    def _within(self) -> Callable[[Scope], NDArray[np.bool_]]:
        """Mark the articles that a scope allows; every lookup of a question asks again, and the next question too."""
        return lru_cache(maxsize=32)(self._columns.within)

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
            raise self._file.corrupt(f"no passage {row}")
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
        return self._columns.authors()

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

    def read_from(self, record: bytes) -> tuple[Article, str | None] | None:
        """The article that was made of what has this digest, and what was told of it then; None where none was."""
        found = self._read("SELECT number, told FROM versions WHERE record = ?", (record,))
        return (self._file.article(found[0][0]), found[0][1]) if found else None

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
        marked = columns.numbered(columns.numbers_of(article_ids).values())
        first, passages = columns.first[marked], columns.passages[marked]
        return list(zip(columns.number[marked].tolist(), first.tolist(), (first + passages - 1).tolist(), strict=True))
