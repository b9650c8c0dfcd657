"""Scopes, counts and look-ups by columns, held against the same said in plain Python of the articles that are there."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from index.building import add
from index.removing import Selection, remove
from index.sources.reading import SourceItem
from rag import Article, Scope
from rag.errors import IndexCorrupt
from rag.store.coverage import Coverage
from rag.store.folder import IndexFolder
from rag.store.protocol import PassageId, Summary
from rag.store.scope import name_key
from tests.toy import ToyEmbedder

OUTLETS = ("The Ellery Courier", "Ellery Courier", "Strand Radio", "Ängsö Tidning", None)
AUTHORS = ("Mara Quill", "mara  quill", "J. K. Rowan", "JK Rowan", "Tobin Vance")
LANGUAGES = ("fr", "de", None)


def invented(chance: random.Random, number: int) -> Article:
    text = tuple(" ".join(chance.choices("abcdefghijkl", k=12)) + "." for _ in range(chance.randint(1, 4)))
    day = date(2024, 12, 20) + timedelta(chance.randrange(60)) if chance.random() < 0.8 else None
    return Article(
        f"Title {number}",
        text,
        chance.choice(OUTLETS),
        f"https://outlet.example/{number}",
        tuple(chance.sample(AUTHORS, chance.randrange(3))),
        published=day,
        language=chance.choice(LANGUAGES),
    )


def coverage_of(folder: Path, chance: random.Random) -> tuple[Coverage, list[Article]]:
    """A coverage that went through changes, and the articles that are searched, by when they came."""
    held = [invented(chance, number) for number in range(30)]
    held[5] = replace(held[5], authors=("Lou Vane",))
    index = IndexFolder(folder)

    def take(articles: Sequence[Article]) -> None:
        add([SourceItem(one.title, one) for one in articles], index, ToyEmbedder())

    take(held)
    changed = [replace(one, paragraphs=(f"Corrected: {one.title}.",), authors=("Ana Ruhl",)) for one in held[5:9]]
    take([replace(one, updated=date(2026, 1, 1)) for one in changed])
    held = [*held[:5], *held[9:], *(replace(one, updated=date(2026, 1, 1)) for one in changed)]
    remove(index, Selection((held[3].id,)), "a test")
    return Coverage(index.snapshot_path(index.current().id) / "coverage.sqlite"), held[:3] + held[4:]


def extents(coverage: Coverage, held: Sequence[Article]) -> list[tuple[str, tuple[int, int, int]]]:
    return [(one.id, extent) for one in held for extent in coverage.extents([one.id])]


def any_scope(chance: random.Random, held: Sequence[Article]) -> Scope:
    first, last = sorted(date(2024, 12, 20) + timedelta(chance.randrange(60)) for _ in range(2))
    kept = {name for one in held for name in one.authors}
    return Scope(
        first if chance.random() < 0.4 else None,
        last if chance.random() < 0.4 else None,
        tuple(chance.sample(("ellery courier", "STRAND RADIO", "angso tidning"), chance.choice((0, 0, 1, 2)))),
        tuple(chance.sample(sorted(kept), chance.choice((0, 0, 1, 2)))),
        tuple(chance.sample(("fr", "de"), chance.choice((0, 0, 1)))),
        tuple(one.id for one in chance.sample(list(held), chance.choice((0, 0, 10)))),
    )


def allows(scope: Scope, one: Article) -> bool:
    keys = set(map(name_key, one.authors))
    return (
        (not scope.published_from or (one.published or date.min) >= scope.published_from)
        and (not scope.published_to or (one.published or date.max) <= scope.published_to)
        and (not scope.outlets or name_key(one.outlet or "-") in map(name_key, scope.outlets))
        and (not scope.authors or not keys.isdisjoint(map(name_key, scope.authors)))
        and (not scope.languages or one.language in scope.languages)
        and (not scope.articles or one.id in scope.articles)
    )


def outlets(articles: Sequence[Article]) -> dict[str | None, str | None]:
    """The name under which each outlet of some articles is counted, by its key."""
    named: dict[str | None, str | None] = {None: None}
    for name in sorted({one.outlet for one in articles if one.outlet}):
        named.setdefault(name_key(name), name)
    return named


def summary_of(held: Sequence[Article], scope: Scope) -> Summary:
    allowed = [one for one in held if allows(scope, one)]
    named = outlets(allowed)
    days = [one.published for one in allowed if one.published]
    any_day = replace(scope, published_from=None, published_to=None)
    dated = scope.published_from or scope.published_to
    return Summary(
        len(allowed),
        most_first(Counter(named[name_key(one.outlet)] for one in allowed if one.outlet)),
        min(days, default=None),
        max(days, default=None),
        sum(allows(any_day, one) and not one.published for one in held) if dated else 0,
        most_first(Counter(one.language for one in allowed if one.language)),
        sum(allows(replace(scope, languages=()), one) and not one.language for one in held) if scope.languages else 0,
    )


def most_first(counts: Counter[str | None]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((name or "", n) for name, n in counts.items()), key=lambda one: (-one[1], one[0])))


@pytest.mark.parametrize("seed", [1, 2])
def test_scopes_counts_and_lists_are_what_the_articles_say(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    coverage, held = coverage_of(tmp_path / "index", chance)
    stored = coverage.passages(range(coverage.rows))
    of = [one.article for one in stored]
    assert sorted(set(of), key=lambda one: one.id) == sorted(held, key=lambda one: one.id)
    same = [before.id == after.id for before, after in pairwise(of)]
    assert [one.previous for one in stored] == [None, *(PassageId(n) if s else None for n, s in enumerate(same))]
    assert [one.next for one in stored] == [*(PassageId(n) if s else None for n, s in enumerate(same, start=1)), None]
    assert (coverage.outlets(), coverage.languages()) == (sorted(filter(None, OUTLETS)), [None, "de", "fr"])
    assert coverage.authors() == sorted({name for one in held for name in one.authors})
    ids = {first + n: (id_, n) for id_, (_, first, last) in extents(coverage, held) for n in range(last - first + 1)}
    for id_ in range(max(ids) + 2):
        if id_ in ids:
            [row] = coverage.rows_of([id_])
            assert (of[row].id, [one.id for one in of[:row]].count(of[row].id)) == ids[id_]
        else:
            with pytest.raises(ValueError, match="a passage that the coverage does not hold"):
                coverage.rows_of([id_])
    scopes = [Scope(), *(any_scope(chance, held) for _ in range(150))]
    assert len({tuple(allows(scope, one) for one in held) for scope in scopes}) > 20
    for scope in scopes:
        rows = coverage.allowed(scope)
        expected = [allows(scope, one) for one in of]
        assert (rows is None) == (not scope)
        assert rows is None or rows.tolist() == expected
        assert coverage.contains(scope) == any(expected)
        assert coverage.within(np.arange(coverage.rows), scope).tolist() == expected
        allowed = [one for one in held if allows(scope, one)]
        assert coverage.ids_within(scope) == sorted(one.id for one in allowed)
        newest = sorted(allowed, key=lambda one: one.published or date.min, reverse=True)
        assert coverage.listing(scope, None, 1, 4) == (len(allowed), newest[1:5])
        assert coverage.summary(scope) == summary_of(held, scope)
        months = Counter((name_key(one.outlet or ""), str(one.published or "")[:7]) for one in allowed)
        assert sorted((name_key(name or ""), month, n) for name, month, n in coverage.months(scope)) == sorted(
            (*of_month, n) for of_month, n in months.items()
        )


def test_authors_are_found_however_they_are_written_while_they_are_searched(tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    rowan = Article("Locks", ("Locks close.",), url="https://courier.example/1", authors=("J. K. Rowan",))
    alike = replace(rowan, title="Ferries", url="https://courier.example/2", authors=("JK Rowan", "Ana-María Ortiz"))
    add([SourceItem("1", rowan), SourceItem("2", alike)], index, ToyEmbedder())

    def found(*keys: str) -> list[str]:
        with closing(Coverage(index.snapshot_path(index.current().id) / "coverage.sqlite")) as coverage:
            return sorted(coverage.authors_written(keys))

    assert found("jkrowan", "rowan", "x' OR 1=1 --") == ["J. K. Rowan", "JK Rowan"]
    assert found("anamariaortiz", "jkrowan") == ["Ana-María Ortiz", "J. K. Rowan", "JK Rowan"]
    changed = replace(rowan, authors=("The Tobin Vance",), updated=date(2026, 1, 1))
    add([SourceItem("1", changed)], index, ToyEmbedder())
    assert (found("jkrowan"), found("tobinvance")) == (["JK Rowan"], ["The Tobin Vance"])
    with (
        closing(Coverage(index.snapshot_path(index.current().id) / "coverage.sqlite")) as coverage,
        pytest.raises(ValueError, match=r"^no author 'J\. K\. Rowan' in the index: did you mean 'JK Rowan'"),
    ):
        coverage.contains(Scope(authors=("J. K. Rowan",)))
    remove(index, Selection((alike.id,)), "a test")
    assert found("jkrowan", "anamariaortiz") == []


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM columns",
        "DROP TABLE columns",
        "UPDATE columns SET articles = substr(articles, 1, length(articles) - 4)",
        "UPDATE columns SET articles = zeroblob(length(articles))",
        "UPDATE columns SET outlets = '[null]'",
        "UPDATE columns SET languages = '{'",
        "UPDATE columns SET outlets = '7'",
        "UPDATE columns SET articles = 'no blob'",
        "UPDATE columns SET articles = of_another_day(articles)",
    ],
)
def test_columns_that_are_damaged_or_missing_are_refused(toy_index: Path, tmp_path: Path, damage: str) -> None:
    folder = IndexFolder(toy_index)
    path = tmp_path / "coverage.sqlite"
    path.write_bytes((folder.snapshot_path(folder.current().id) / path.name).read_bytes())

    def of_another_day(columns: bytes) -> bytes:
        numbers = np.frombuffer(columns, "<i4").reshape(8, -1).copy()
        numbers[4, 0] ^= 1 << 28  # no date is so late
        return numbers.tobytes()

    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("of_another_day", 1, of_another_day)
        connection.execute(damage)
        connection.commit()
    with pytest.raises(IndexCorrupt, match=r"coverage\.sqlite cannot be read .*: rebuild with rag-index build"):
        Coverage(path).summary()
