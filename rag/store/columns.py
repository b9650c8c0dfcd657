"""What articles are limited, counted and sorted by, in columns in memory: no question goes through a row of each.

They are made of the articles when a snapshot is, and lie beside them in the coverage. Articles that are searched come
in the order of their passages, which lie side by side, so that one entry an article tells of every passage too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rag.store.protocol import MonthCount
from rag.store.rows import Read
from rag.store.scope import Scope, name_key, unknown_article, unknown_language, unknown_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SEARCHED = """
SELECT number, story, first, passages, published, outlet, language
FROM versions
JOIN (SELECT version AS of, min(id) AS first, count(*) AS passages FROM passages GROUP BY version) ON of = number
ORDER BY first
"""
_COLUMNS = 8
_MONTHS = 12 * 10_000  # up to the last that a date can be of


def columns_of(read: Read) -> tuple[bytes, str, str]:
    """The columns of a coverage, as its table of that name keeps them: numbers, and the names of some of them."""
    import numpy as np

    numbers, stories, firsts, passages, published, *named = list(zip(*read(_SEARCHED, ()), strict=True)) or [()] * 7
    ordinals = {day: date.fromisoformat(day).toordinal() if day else 0 for day in set(published)}
    days = [ordinals[day] for day in published]
    newest = np.lexsort((numbers, -np.array(days, np.int64)))
    names = [[None, *sorted(set(filter(None, column)))] for column in named]
    places = [{name: place for place, name in enumerate(some)} for some in names]
    kinds = [[of.get(name, 0) for name in column] for of, column in zip(places, named, strict=True)]
    table = np.array([numbers, stories, firsts, passages, days, *kinds, newest], "<i4")
    outlets, languages = (json.dumps(some, ensure_ascii=False) for some in names)
    return table.tobytes(), outlets, languages


class Columns:
    """One entry for each article that is searched; a day is an ordinal, and 0 where there is none."""

    def __init__(self, read: Read) -> None:
        """Read those of a coverage; raises ``ValueError`` where they are none."""
        import numpy as np

        self._read = read
        [(table, outlets, languages)] = read("SELECT articles, outlets, languages FROM columns", ())
        columns = np.frombuffer(table, "<i4").reshape(_COLUMNS, -1)
        self.number, self.story, first, self.passages, self.day, self.outlet, self.language, self.newest = columns
        self.first = first.astype(np.int64)  # as what is looked up in it: else each look-up would make a copy
        self.outlets: list[str | None] = json.loads(outlets)
        self.languages: list[str | None] = json.loads(languages)
        self.outlet_keys = [name and name_key(name) for name in self.outlets]
        self._starts = np.concatenate(([0], np.cumsum(self.passages, dtype=np.int64)))
        ends = self.first[:-1] + self.passages[:-1]
        right = (self.passages > 0).all() and (self.first[1:] >= ends).all() and len(self.number)
        places = (self.outlet, self.outlets), (self.language, self.languages), (self.newest, self.number)
        for column, most in (*((column, len(of)) for column, of in places), (self.day, date.max.toordinal() + 1)):
            right = right and column.min() >= 0 and column.max() < most
        if not right:
            raise ValueError("the columns do not belong together")

    @property
    def rows(self) -> int:
        """How many passages there are."""
        return int(self._starts[-1])

    def of_rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The article, by its place in the columns, that each of some passages is of."""
        import numpy as np

        return np.searchsorted(self._starts, rows, side="right") - 1

    def ids(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ids that passages keep from snapshot to snapshot."""
        articles = self.of_rows(rows)
        return self.first[articles] + (rows - self._starts[articles])

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of passages by their ids; raises ``ValueError`` for one that is not there."""
        import numpy as np

        articles = np.searchsorted(self.first, ids, side="right") - 1
        within = ids - self.first[articles]
        if not ((articles >= 0) & (within < self.passages[articles])).all():
            raise ValueError("a passage that the coverage does not hold")
        rows: NDArray[np.int64] = self._starts[articles] + within
        return rows

    def rows_where(self, articles: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark the passages of the marked articles."""
        import numpy as np

        return np.repeat(articles, self.passages)

    def numbered(self, numbers: Collection[int]) -> NDArray[np.bool_]:
        """Mark the articles of some numbers."""
        import numpy as np

        return np.isin(self.number, np.fromiter(numbers, np.int64, len(numbers)))

    def within(self, scope: Scope) -> NDArray[np.bool_]:
        """Mark the articles that a scope allows.

        Raises:
            ValueError: it names what no article has.
        """
        for outlet in scope.outlets:
            if name_key(outlet) not in self.outlet_keys:
                raise unknown_name("outlet", outlet, filter(None, self.outlets))
        for language in scope.languages:
            if language not in self.languages:
                raise unknown_language(language, filter(None, self.languages))
        marked = self.day >= scope.published_from.toordinal() if scope.published_from else self.number > 0
        if scope.published_to:
            marked &= (self.day > 0) & (self.day <= scope.published_to.toordinal())
        if scope.outlets:
            marked &= _named(self.outlet, self.outlet_keys, {name_key(name) for name in scope.outlets})
        if scope.authors:
            marked &= self._of_authors(scope.authors)
        if scope.languages:
            marked &= _named(self.language, self.languages, set(scope.languages))
        if scope.articles:
            numbers = self.numbers_of(scope.articles)
            for article_id in scope.articles:
                if article_id not in numbers:
                    raise unknown_article(article_id)
            marked &= self.numbered(numbers.values())
        return marked

    def _of_authors(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Mark the articles of any of some authors."""
        import numpy as np

        marked = np.zeros(len(self.number), np.bool_)
        for name in names:
            found = self._read("SELECT DISTINCT version FROM authors WHERE key = ?", (name_key(name),))
            own = self.numbered([number for (number,) in found])
            if not own.any():
                raise unknown_name("author", name, self.authors())
            marked |= own
        return marked

    def authors(self) -> list[str]:
        """Names of all authors."""
        # Few versions are not searched: to look those up is quicker than to look up each.
        found = self._read(
            "SELECT DISTINCT name FROM authors "
            "WHERE version NOT IN (SELECT number FROM versions WHERE current = 0) ORDER BY name",
            (),
        )
        return [name for (name,) in found]

    def numbers_of(self, article_ids: Sequence[str]) -> dict[str, int]:
        """Numbers of articles, by the ids of those that are there."""
        # One value for however many ids: older builds of SQLite take no more than 999.
        chosen = "article_id IN (SELECT value FROM json_each(?))"
        found = self._read(
            f"SELECT article_id, number FROM versions WHERE current = 1 AND {chosen}",  # noqa: S608
            (json.dumps(article_ids),),
        )
        return dict(found)

    def latest(self, articles: NDArray[np.bool_], offset: int, limit: int) -> list[int]:
        """Numbers of some of the marked articles, those first that were published last."""
        chosen = self.newest[articles[self.newest]][offset : offset + limit]
        return [int(number) for number in self.number[chosen]]

    def days(self, articles: NDArray[np.bool_]) -> tuple[date | None, date | None]:
        """The first and the last day on which one of the marked articles was published."""
        days = self.day[articles & (self.day > 0)]
        return (date.fromordinal(days.min()), date.fromordinal(days.max())) if len(days) else (None, None)

    def by_outlet(self, articles: NDArray[np.bool_]) -> list[tuple[str, int]]:
        """How many of the marked articles each outlet has, most first; of spellings of one, the first is its name."""
        counts: dict[str, tuple[str, int]] = {}
        for place, count in _counts(self.outlet[articles]):
            name, key = self.outlets[place], self.outlet_keys[place]
            if name is not None and key is not None:
                first, before = counts.get(key, (name, 0))
                counts[key] = first, before + count
        return most_first(counts.values())

    def by_language(self, articles: NDArray[np.bool_]) -> list[tuple[str, int]]:
        """How many of the marked articles each language has, most first."""
        return most_first(
            (code, count) for place, count in _counts(self.language[articles]) if (code := self.languages[place])
        )

    def months(self, articles: NDArray[np.bool_]) -> tuple[MonthCount, ...]:
        """How many of the marked articles each outlet published in each month."""
        counts: dict[tuple[str | None, str], tuple[str | None, int]] = {}
        for code, count in _counts(self.outlet[articles].astype("i8") * _MONTHS + self._month[articles]):
            place, month = divmod(code, _MONTHS)
            written = f"{month // 12:04}-{month % 12 + 1:02}" if month else ""
            first, before = counts.get((self.outlet_keys[place], written), (self.outlets[place], 0))
            counts[self.outlet_keys[place], written] = first, before + count
        found = [MonthCount(name, month, count) for (_, month), (name, count) in counts.items()]
        return tuple(sorted(found, key=lambda one: (one.outlet is not None, one.outlet or "", one.month)))

    @cached_property
    def _month(self) -> NDArray[np.int64]:
        """Months from the year 0 to that of each article; 0 where it has no day."""
        import numpy as np

        since = self.day.astype(np.int64) - date(1970, 1, 1).toordinal()
        months = since.astype("M8[D]").astype("M8[M]").astype(np.int64) + 12 * 1970
        return np.where(self.day > 0, months, 0)


def _named(column: NDArray[np.int32], names: Sequence[str | None], wanted: Collection[str | None]) -> NDArray[np.bool_]:
    """Mark the articles that have one of the wanted names."""
    import numpy as np

    return np.array([name in wanted for name in names])[column]


def _counts(values: NDArray[np.integer[Any]]) -> list[tuple[int, int]]:
    """How often there is each of some numbers, in their order."""
    import numpy as np

    found, counts = np.unique(values, return_counts=True)
    return list(zip(found.tolist(), counts.tolist(), strict=True))


def most_first(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Names and numbers, the highest first."""
    return sorted(counts, key=lambda one: (-one[1], one[0]))
