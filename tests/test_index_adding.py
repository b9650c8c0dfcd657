"""Adding to an index: what is taken over, what becomes a version, and that it answers as one that was built at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index import building
from index.removing import Selection, remove
from index.sources.files import find_files
from index.sources.reading import read_files
from rag import Article, Scope
from rag.errors import IndexCorrupt, IndexIncompatible
from rag.store import parts
from rag.store.folder import IndexFolder
from rag.store.protocol import PassageId, SearchRequest
from rag.store.snapshot import Snapshot
from rag.text.words import terms
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index, write_article

CORRECTED = replace(HARBOUR, paragraphs=("The tolls rose by seven per cent.",), updated=date(2025, 3, 6))


def add(index: Path, *articles: Article, embedder: ToyEmbedder | None = None) -> building.BuildReport:
    texts = index.parent / f"{index.name}-added"
    for old in texts.glob("*.md"):
        old.unlink()
    for number, article in enumerate(articles):
        write_article(texts, f"{number:04}", article)
    items = read_files(find_files([texts]), today=TODAY)
    report = building.add(items, IndexFolder(index), embedder or ToyEmbedder())
    IndexFolder(index).verify()
    return report


def invented(count: int) -> list[Article]:
    towns = ("Quarrendon", "Lindmoor", "Vellmar", "Port Ellery", "Tarn Head")
    return [
        Article(
            f"Council of {towns[n % 5]} meets again",
            tuple(f"Speaker {n} of {towns[n % 5]} told hall {p} about bridge {n * p % 7}." for p in range(1 + n % 4)),
            outlet=("Quarrendon Post", "Lindmoor Gull")[n % 2],
            url=f"https://post.example/{n}",
            published=date(2025, 1, 1 + n % 28),
        )
        for n in range(count)
    ]


def found(index: Path) -> list[tuple[object, ...]]:
    """All candidates of some searches, by the texts that they are of and with their scores."""
    snapshot = Snapshot.open(index)
    questions = ("Who spoke in hall 2 of Vellmar?", "harbour tolls nine per cent", "bridge 3", "council Lindmoor")
    limits = (Scope(), Scope(published_to=date(2025, 1, 9)), Scope(outlets=("Lindmoor Gull",)))
    requests = [
        SearchRequest(vector, dict.fromkeys(terms(question), 1.0), scope)
        for question, vector in zip(questions, ToyEmbedder().embed_questions(questions), strict=True)
        for scope in limits
    ]
    told = list[tuple[object, ...]]()
    for number, candidates in enumerate(snapshot.search(requests, limit=1000)):
        stored = snapshot.passages([PassageId(id_) for id_ in candidates.ids.tolist()])
        columns = (candidates.lexical, candidates.article_lexical, candidates.dense, candidates.neighbour)
        told += sorted(
            (number, one.article.id, one.passage.text, *(round(float(score), 5) for score in scores))
            for one, *scores in zip(stored, *columns, strict=True)
        )
    assert len(told) > 100
    return told


def test_an_index_grown_article_by_article_answers_like_one_built_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_PART", 10)
    monkeypatch.setattr(parts, "_SMALL", 6)
    monkeypatch.setattr(parts, "_MOST_SMALL", 3)
    articles = invented(24)
    changed = [replace(one, paragraphs=(f"{one.title}, says who.",), updated=TODAY) for one in articles[2:22:5]]
    build_index(tmp_path / "grown", articles[:9], budget=20)
    for start in range(9, 24, 2):
        add(tmp_path / "grown", *articles[start : start + 2])
    for one in changed:
        add(tmp_path / "grown", one)
    build_index(tmp_path / "built", [*articles, *changed], budget=20)
    grown, built = (IndexFolder(tmp_path / name) for name in ("grown", "built"))
    assert found(grown.path) == found(built.path)
    assert len(parts.parts_of(grown.manifest(grown.current().id))) < 8
    assert grown.manifest(grown.current().id).counts == built.manifest(built.current().id).counts


def test_only_what_is_new_is_embedded_and_what_is_there_changes_nothing(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    embedder = ToyEmbedder()
    first = add(tmp_path / "index", PROTEST, ORCHESTRA, replace(ORCHESTRA, url=None), embedder=embedder)
    assert (first.embedded, len(embedder.embedded), first.gathered.repeats, first.counts.articles) == (2, 2, 1, 4)
    tracked = replace(PROTEST, url=f"{PROTEST.url}?utm_source=feed")
    again = add(tmp_path / "index", tracked, ORCHESTRA, embedder=embedder)
    assert (again.published, again.snapshot, again.gathered.repeats) == (False, first.snapshot, 2)
    # The text of one that is there under another address is not embedded either.
    assert add(tmp_path / "index", replace(HARBOUR, url="https://gull.example/t")).embedded == 0
    vectors = Snapshot.open(tmp_path / "index").vectors
    of_all = vectors.similarities(range(vectors.rows), np.eye(4096, dtype=np.float32))
    assert np.array_equal(of_all[:, 0], of_all[:, -1])


def test_what_a_change_does_not_touch_is_the_same_file(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index")
    before = folder.snapshot_path(build_index(folder.path, [HARBOUR]).snapshot)
    after = folder.snapshot_path(add(folder.path, PROTEST).snapshot)
    old = [path.relative_to(before) for path in before.rglob("parts/*/*/*")]
    assert old
    assert all((before / path).samefile(after / path) for path in old)
    (before / "coverage.sqlite").write_bytes((before / "coverage.sqlite").read_bytes().replace(b"unfair", b"unFair"))
    with IndexFolder(folder.path).changing():
        folder.verify()
    (after / "coverage.sqlite").write_bytes((after / "coverage.sqlite").read_bytes().replace(b"unfair", b"unFair"))
    with pytest.raises(IndexCorrupt, match="was altered after it was published"):
        add(folder.path, ORCHESTRA)


def test_versions_are_kept_with_the_time_they_came(tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(index, [HARBOUR])
    rewritten = replace(HARBOUR, paragraphs=("Tolls rise, and the fishermen are angry.",))
    undated = replace(HARBOUR, paragraphs=("Tolls were not raised after all.",), published=None)
    older = replace(HARBOUR, paragraphs=("Tolls may rise.",), published=date(2025, 3, 3))
    for article, current in ((rewritten, rewritten), (undated, undated), (older, undated), (HARBOUR, undated)):
        add(index, article)
        assert Snapshot.open(index).article(HARBOUR.id) == current
    history = Snapshot.open(index).coverage.history(HARBOUR.id)
    assert {one.article for one in history} == {HARBOUR, rewritten, undated, older}
    assert history[-1].article == undated
    assert all(one.taken.tzinfo for one in history)
    [stored] = Snapshot.open(index).passages_like("after", 1)
    assert stored.article == undated
    # Beside each other in one command, nothing says which came later.
    two = [replace(ORCHESTRA, paragraphs=(f"Orchestra moves {when}.",)) for when in ("soon", "late")]
    [skipped] = add(index, *two).gathered.skipped
    assert str(skipped.reason).startswith(f"another text of '{ORCHESTRA.url}' came from ")


@pytest.mark.parametrize("order", [1, -1])
def test_a_fuller_text_beats_a_stub_whichever_comes_first(tmp_path: Path, order: int) -> None:
    full = replace(HARBOUR, published=date(2025, 3, 5))
    stub = replace(HARBOUR, paragraphs=("The harbour master of Port Ellery raised the tolls by nine per ce…",))
    report = build_index(tmp_path / "built", [full, stub][::order])
    assert (report.counts.versions, report.gathered.stubs, report.gathered.skipped) == (1, 1, [])
    assert Snapshot.open(tmp_path / "built").article(HARBOUR.id) == full
    build_index(tmp_path / "grown", [ORCHESTRA])
    for one in [stub, full][::order]:
        counts = add(tmp_path / "grown", one).counts
    assert (counts.versions, Snapshot.open(tmp_path / "grown").article(HARBOUR.id)) == (2, full)
    assert full in [one.article for one in Snapshot.open(tmp_path / "grown").passages_like("fishermen", 1)]
    # A story that grew, and says so, was no stub before.
    grew = replace(HARBOUR, paragraphs=(*HARBOUR.paragraphs, "The council meets."), updated=date(2025, 3, 6))
    assert build_index(tmp_path / "built", [HARBOUR, grew][::order]).counts.versions == 2


def test_an_index_of_another_model_is_not_added_to(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    with pytest.raises(IndexIncompatible, match="was built with toy, and not these weights of other: rebuild"):
        add(tmp_path / "index", PROTEST, embedder=ToyEmbedder("other"))


def test_a_reader_sees_whole_states_while_articles_are_added(tmp_path: Path) -> None:
    index, articles = tmp_path / "index", invented(8)
    build_index(index, articles[:1])
    states, errors, done = list[int](), list[BaseException](), threading.Event()

    def read() -> None:
        snapshot = Snapshot.open(index)
        try:
            while not done.is_set():
                snapshot = snapshot.refreshed()
                assert len(snapshot.passages_like("hall", 1)) == snapshot.passage_count
                told = {one.id for one in snapshot.newest(100)}
                assert len(told) == snapshot.manifest.counts.articles
                states.append(len(told))
        except BaseException as error:
            errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for article in articles[1:]:
        add(index, article)
        with IndexFolder(index).changing():
            IndexFolder(index).prune(1)
    done.set()
    reader.join()
    assert errors == []
    assert states == sorted(states)


def test_copies_share_a_story_whoever_comes_first_and_when_it_goes(tmp_path: Path) -> None:
    ends = ("ton", "ley", "by", "wick", "ford", "ham", "stead", "mouth", "den", "burn")
    text = " ".join(start + end for start in ("bar", "tol", "mer", "hal", "quay", "lind") for end in ends)
    wire, post, gull = (
        replace(
            HARBOUR, title=name, paragraphs=(text, f"{name} was there."), outlet=name, url=f"https://{name}.example/1"
        )
        for name in ("wire", "post", "gull")
    )
    build_index(tmp_path / "index", [wire, ORCHESTRA])
    add(tmp_path / "index", post)

    def stories() -> dict[str, int]:
        snapshot = Snapshot.open(tmp_path / "index")
        return {one.article.title: one.story for one in snapshot.passages(range(snapshot.passage_count))}

    assert stories() == {"wire": 1, ORCHESTRA.title: 2, "post": 1}
    remove(IndexFolder(tmp_path / "index"), Selection((str(wire.url),)), "")
    add(tmp_path / "index", gull)
    assert stories() == {ORCHESTRA.title: 2, "post": 3, "gull": 3}
    assert Snapshot.open(tmp_path / "index").coverage.copies() == 1
