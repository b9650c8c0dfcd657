"""A rebuild takes over what its program made before, and gives what a build from nothing would give."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from index import building, program
from index.articles.facts import ReadArticle
from index.building import build
from index.chunking import chunk
from index.removing import Selection, remove
from index.sources import reading
from index.sources.source import Item
from rag.store import parts
from rag.store.folder import IndexFolder
from rag.store.protocol import PassageId, SearchRequest
from rag.store.snapshot import Snapshot
from rag.text.words import terms
from tests.toy import ToyEmbedder

WORDS = [a + b for a in "ba do ker lin mar no pel qua ros sti tam ur vel wo".split() for b in "bel dor kin mo".split()]
Record = dict[str, object]


class News:
    """Records of invented articles in three files, which change at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._chance, self._made = folder, random.Random(seed), 0
        folder.mkdir()
        self.files: list[list[Record]] = [[self._new() for _ in range(12)] for _ in range(3)]
        self.write()

    def change(self) -> None:
        """Some of what happens to an archive between two builds."""
        for _ in range(4):
            some = self._chance.choice([one for one in self.files if one])
            self._chance.choice(self._changes(some, self._chance.choice(some)))()
        self.write()

    def count(self) -> int:
        """How many records there are."""
        return sum(map(len, self.files))

    def write(self) -> None:
        for name, records in zip(("a.json", "b.jsonl", "c.json"), self.files, strict=True):
            lines = [json.dumps(one) for one in records]
            text = "\n".join(lines) if name.endswith("l") else f"[{', '.join(lines)}]"
            (self._folder / name).write_text(text)

    def _changes(self, some: list[Record], one: Record) -> list[Callable[[], object]]:
        return [
            lambda: some.remove(one),
            lambda: some.insert(self._chance.randrange(len(some)), self._new()),
            lambda: one.update(text=f"{one.get('text')}\n\n{self._paragraph()}"),
            lambda: one.update(text=str(one.get("text")).partition("\n\n")[2] or self._paragraph()),
            # A copy in another outlet; the same again; a later version; another text without a later date.
            lambda: some.append(self._copy(one) | {"text": f"{one.get('text')}\n\n{self._paragraph()}"}),
            lambda: some.append(dict(one)),
            lambda: some.append(one | {"text": self._paragraph(), "updated": f"2025-05-0{self._made % 9 + 1}"}),
            lambda: some.append(one | {"text": self._paragraph()}),
            lambda: self._chance.shuffle(self.files),
            # A date that nobody believes, a field that cannot be read, a line that is no reporting, no article.
            lambda: one.update(published=str(date.today() + timedelta(30))),
            lambda: one.update(updated="soon"),
            lambda: one.update(text=f"{one.get('text')}\n\nSign up for our newsletter"),
            lambda: some.append({"title": "No text"}),
        ]

    def _new(self) -> Record:
        self._made += 1
        text = "\n\n".join(self._paragraph() for _ in range(self._chance.randint(1, 6)))
        url = f"https://courier.example/{self._made}"
        return {"title": f"News {self._made}", "url": url, "published": "2025-03-04", "text": text}

    def _copy(self, one: Record) -> Record:
        self._made += 1
        return one | {"url": f"https://post.example/{self._made}", "outlet": "Quarrendon Post"}

    def _paragraph(self) -> str:
        said = (" ".join(self._chance.choices(WORDS, k=11)) for _ in range(self._chance.randint(1, 4)))
        return " ".join(f"{one.capitalize()}." for one in said)


def held(folder: IndexFolder) -> dict[str, object]:
    """All that an index says, but for its numbers and for when it was made."""
    snapshot = Snapshot.open(folder.path)
    at = folder.snapshot_path(snapshot.id)
    coverage = snapshot.coverage
    stored = coverage.passages(range(snapshot.passage_count))
    keys = [(one.article.id, one.article.version, one.passage.spans, one.passage.text) for one in stored]
    stories: dict[int, set[str]] = {}
    for one in stored:
        stories.setdefault(one.story, set()).add(one.article.id)
    questions = [" ".join(text.split()[:6]) for text in sorted(text for *_, text in keys)[::5]]
    vectors = ToyEmbedder().embed_questions(questions)
    requests = [
        SearchRequest(vector, dict.fromkeys(terms(one), 1.0)) for one, vector in zip(questions, vectors, strict=True)
    ]
    found = [
        sorted(
            (
                str(keys[PassageId(id_)]),
                *(round(score, 5) for score in scores),
            )
            for id_, *scores in zip(
                *(column.tolist() for column in (one.ids, one.lexical, one.article_lexical, one.dense, one.neighbour)),
                strict=True,
            )
        )
        for one in snapshot.search(requests, limit=1000)
    ]
    return {
        "content": snapshot.manifest.content,
        "counts": snapshot.manifest.counts,
        "passages": dict(zip(keys, map(bytes, parts.vectors_of(at, snapshot.manifest, range(len(keys)))), strict=True)),
        "groups": sorted(map(sorted, stories.values())),
        "history": {  # which of them was taken in first, only the older index knows
            id_: sorted((one.article.version, one.current, one.origin) for one in coverage.history(id_))
            for id_, *_ in keys
        },
        "found": found,
        "skipped": (at / building.SKIPPED_FILE).read_text(),
    }


def made(monkeypatch: pytest.MonkeyPatch) -> list[Item]:
    """The items that are read from now on, instead of recalled."""
    items: list[Item] = []
    make = reading._made

    def making(item: Item, today: date) -> ReadArticle:
        items.append(item)
        return make(item, today)

    monkeypatch.setattr(reading, "_made", making)
    return items


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_a_rebuild_is_what_a_build_from_nothing_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(parts, "_PART", 40)
    monkeypatch.setattr(parts, "_SMALL", 10)
    folder, paths = IndexFolder(tmp_path / "index"), [tmp_path / "news"]
    news = News(paths[0], seed)
    build(paths, folder, ToyEmbedder(), budget=20)
    for round_ in range(4):
        news.change()
        items = made(monkeypatch)
        build(paths, folder, ToyEmbedder(), budget=20)
        assert len(items) < news.count() - 5
        folder.verify()
        fresh = IndexFolder(tmp_path / f"fresh{round_}")
        build(paths, fresh, ToyEmbedder(), budget=20)
        assert held(folder) == held(fresh)


def test_only_what_changed_is_read_cut_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_PART", 40)
    folder, paths = IndexFolder(tmp_path / "index"), [tmp_path / "news"]
    news = News(paths[0], 0)
    first = build(paths, folder, ToyEmbedder(), budget=20)
    news.files[2][-1]["text"] = "The ferry to Strand sank."
    news.write()
    items = made(monkeypatch)
    second = build(paths, folder, ToyEmbedder(), budget=20)
    assert [item.place for item in items] == [" item 12"]
    assert (second.embedded, second.counts.versions) == (1, first.counts.versions)
    one, other = (folder.snapshot_path(report.snapshot) / "parts" for report in (first, second))
    same = [(one / part / name).samefile(other / part / name) for part in ("0000000000",) for name in ("vectors.f32",)]
    assert same == [True]
    # Another day may believe another date; another program reads and cuts all anew, and embeds nothing again.
    news.files[0][0]["published"] = str(date.today() + timedelta(30))
    news.write()
    build(paths, folder, ToyEmbedder(), budget=20)
    for known, again in ((None, 1), (lambda: "another", 36)):
        if known:
            monkeypatch.setattr(building, "program", known)
        items.clear()
        assert build(paths, folder, ToyEmbedder(), budget=20).embedded == 0
        assert len(items) == again


def test_another_library_or_other_source_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def digest() -> str:
        program.program.cache_clear()
        return program.program()

    digests = [digest()]
    monkeypatch.syspath_prepend(tmp_path)
    assert digest() == digests[0]
    for name in ("dates-1.0.dist-info", "tokens-2.0.egg-info"):
        (tmp_path / name).mkdir()
        digests.append(digest())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "embedding.py").write_text("...")
    monkeypatch.setattr(program, "_SOURCES", (*program._SOURCES, tmp_path / "models"))
    digests.append(digest())
    assert len(set(digests)) == 4
    assert {one.name for one in program._SOURCES} >= {"index", "articles.py", "models", "store", "text"}
    program.program.cache_clear()


def test_another_program_makes_what_has_not_changed_anew_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, paths = IndexFolder(tmp_path / "index"), [tmp_path / "news"]
    news = News(paths[0], 3)
    first = build(paths, folder, ToyEmbedder(), budget=20)
    monkeypatch.setattr(building, "program", lambda: "another")
    monkeypatch.setattr(building, "chunk", lambda article, budget: chunk(article, 4 * budget))
    second = build(paths, folder, ToyEmbedder(), budget=20)
    assert second.counts.passages < first.counts.passages
    items = made(monkeypatch)
    assert not build(paths, folder, ToyEmbedder(), budget=20).published
    assert (items, news.count()) == ([], first.counts.articles)


def test_what_was_removed_stays_out_of_an_index_whose_older_format_is_not_read(tmp_path: Path) -> None:
    folder, paths = IndexFolder(tmp_path / "index"), [tmp_path / "news"]
    News(paths[0], 1)
    before = build(paths, folder, ToyEmbedder())
    remove(folder, Selection(("https://courier.example/5",)), "by mistake")
    for manifest in folder.path.glob("snapshots/*/manifest.json"):
        manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"format": 4}))
    assert build(paths, folder, ToyEmbedder()).counts.articles == before.counts.articles - 1


def test_what_was_removed_stays_out_and_is_not_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, paths = IndexFolder(tmp_path / "index"), [tmp_path / "news"]
    news = News(paths[0], 1)
    before = build(paths, folder, ToyEmbedder())
    items = made(monkeypatch)
    remove(folder, Selection(("https://courier.example/5",)), "by mistake")
    report = build(paths, folder, ToyEmbedder())
    assert [item.place for item in items] == [" item 5"]
    assert "(by mistake)" in report.gathered.noticed[0].notices[0]
    # A snapshot from before the removal still holds it, and so does what is recalled of it.
    folder.use(before.snapshot)
    assert build(paths, folder, ToyEmbedder()).counts.articles == before.counts.articles - 1
    assert news.count() == before.counts.articles


def test_a_damaged_base_is_mended_and_nothing_of_it_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, paths = IndexFolder(tmp_path / "index"), [tmp_path / "news"]
    news = News(paths[0], 2)
    report = build(paths, folder, ToyEmbedder())
    damaged = folder.snapshot_path(report.snapshot) / "coverage.sqlite"
    damaged.write_bytes(damaged.read_bytes().replace(b"News 7", b"Nows 7"))
    items = made(monkeypatch)
    mended = build(paths, folder, ToyEmbedder())
    assert (mended.published, len(items)) == (True, news.count())
    folder.verify()
