"""The index on disk: what is written, what opening and verifying refuse, and what each change leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexBusy, IndexCorrupt, IndexIncompatible, IndexNotFound, RagError
from rag.store.folder import IndexFolder
from rag.store.protocol import PassageId
from rag.store.scope import Scope
from rag.store.snapshot import Snapshot
from rag.store.vectors import VectorIndex, write_vectors
from rag.text.words import terms
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index

ARTICLES = [HARBOUR, PROTEST, ORCHESTRA]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", ARTICLES)
    return tmp_path / "index"


def current_folder(index: Path) -> Path:
    return IndexFolder(index).snapshot_path(IndexFolder(index).current().id)


def tree(index: Path) -> dict[str, bytes]:
    """Every file below ``index`` but the lock, which says nothing."""
    return {
        str(path.relative_to(index)): path.read_bytes()
        for path in sorted(index.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_articles_come_back_as_they_went_in(index: Path) -> None:
    snapshot = Snapshot.open(index)
    for article in ARTICLES:
        assert snapshot.coverage.article(article.id) == article
    [stored] = snapshot.passages([PassageId(1)])
    assert stored.article == PROTEST
    assert stored.passage.text == "\n\n".join(PROTEST.paragraphs)
    assert stored.passage.paragraphs == (1, 2)
    assert (stored.previous, stored.next) == (None, None)


def test_summary_says_what_there_is(index: Path) -> None:
    coverage = Snapshot.open(index).coverage
    summary = coverage.summary()
    assert (summary.articles, summary.oldest, summary.newest) == (3, date(2025, 3, 4), date(2025, 5, 2))
    assert summary.outlets == (("The Ellery Courier", 2), ("Strand Radio", 1))
    april = coverage.summary(Scope(published_from=date(2025, 4, 1), published_to=date(2025, 4, 30)))
    assert (april.articles, april.outlets) == (1, (("Strand Radio", 1),))
    assert [article.title for article in coverage.newest(2)] == [ORCHESTRA.title, PROTEST.title]


@pytest.mark.parametrize(
    ("scope", "rows"),
    [
        (Scope(published_from=date(2025, 4, 12)), [1, 2]),
        (Scope(published_to=date(2025, 4, 12)), [0, 1]),
        (Scope(published_from=date(2025, 4, 12), published_to=date(2025, 4, 12)), [1]),
        (Scope(published_from=date(2025, 4, 13), published_to=date(2025, 4, 30)), []),
        (Scope(outlets=("ellery courier",)), [0, 2]),
        (Scope(outlets=("Strand Radio", "The Ellery Courier")), [0, 1, 2]),
        (Scope(authors=("mara quill", "Tobin Vance")), [0, 1]),
        (Scope(outlets=("Strand Radio",), authors=("Mara Quill",)), []),
    ],
)
def test_a_scope_limits_before_ranking(index: Path, scope: Scope, rows: list[int]) -> None:
    snapshot = Snapshot.open(index)
    allowed = snapshot.coverage.allowed(scope)
    assert allowed is not None
    assert np.flatnonzero(allowed).tolist() == rows
    said = dict.fromkeys(terms("tolls harbour Ellery"), 1.0)
    assert sorted(row for row, _ in snapshot.lexical.passages(said, 10, scope)) == rows
    assert len(snapshot.lexical.articles(said, 10, scope)) == len(rows)


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (Scope(languages=("en",)), r"^no language 'en' in the index: it holds articles that name none$"),
        (Scope(outlets=("x' OR 1=1 --",)), "no outlet"),  # a value, and never SQL
    ],
)
def test_names_that_the_index_lacks_are_refused(index: Path, scope: Scope, message: str) -> None:
    coverage = Snapshot.open(index).coverage
    assert (coverage.languages(), coverage.summary().languages) == ([None], ())
    with pytest.raises(ValueError, match=message):
        coverage.allowed(scope)


def test_languages_are_counted_and_limit_the_rows(tmp_path: Path) -> None:
    french, german = replace(PROTEST, language="fr"), replace(ORCHESTRA, language="de")
    build_index(tmp_path / "index", [HARBOUR, french, german, replace(french, title="Encore", url=None)])
    coverage = Snapshot.open(tmp_path / "index").coverage
    assert coverage.languages() == [None, "de", "fr"]
    assert (coverage.summary().languages, coverage.summary().unnamed) == ((("fr", 2), ("de", 1)), 0)
    limited = coverage.summary(Scope(languages=("fr",), outlets=("Strand Radio",)))
    assert (limited.articles, limited.languages, limited.unnamed) == (2, (("fr", 2),), 0)
    assert coverage.summary(Scope(languages=("de",))).unnamed == 1
    allowed = coverage.allowed(Scope(languages=("de", "FR")))
    assert allowed is not None
    assert np.flatnonzero(allowed).tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match=r"^no language 'it' in the index: it holds German \(de\), French \(fr\)$"):
        coverage.allowed(Scope(languages=("Italian",)))


def test_undated_articles_keep_no_limit_of_dates(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, replace(PROTEST, published=None)])
    allowed = Snapshot.open(tmp_path / "index").coverage.allowed(Scope(published_to=date(2030, 1, 1)))
    assert allowed is not None
    assert allowed.tolist() == [True, False]


def test_only_allowed_vectors_are_searched(tmp_path: Path) -> None:
    vectors = np.eye(40, dtype=np.float32)
    write_vectors(tmp_path / "vectors", vectors)
    index = VectorIndex.read(tmp_path / "vectors")
    question = np.linspace(1, 0, 40, dtype=np.float32).reshape(1, -1)
    allowed = np.zeros(40, dtype=np.bool_)
    allowed[[7, 30, 39]] = True
    [nearest] = index.nearest(question, 2, allowed)
    assert [row for row, _ in nearest] == [7, 30]
    assert [score for _, score in nearest] == pytest.approx([question[0, 7], question[0, 30]])
    assert [row for row, _ in index.nearest(question, 50, allowed)[0]] == [7, 30, 39]
    assert index.nearest(question, 5, np.zeros(40, dtype=np.bool_)) == [[]]
    both = np.concatenate([question, vectors[:1]])
    assert index.nearest(both, 2, allowed)[0] == nearest
    assert index.similarities([30, 0], both) == pytest.approx(np.array([question[0, [30, 0]], [0, 1]]))
    assert np.array_equal(index.all(), vectors)


def test_manifest_says_what_the_snapshot_is(index: Path) -> None:
    manifest = Snapshot.open(index).manifest
    assert (manifest.counts.articles, manifest.counts.passages, manifest.counts.paragraphs) == (3, 3, 6)
    assert manifest.model.name == "toy"
    folders = {name.rsplit("/", 1)[0] for name in manifest.files if "/" in name}
    assert folders == {"lexical/articles", "lexical/passages"}
    others = sorted(name for name in manifest.files if "/" not in name)
    assert others == ["coverage.sqlite", "skipped.jsonl", "vectors.faiss"]
    stored = json.loads((current_folder(index) / "manifest.json").read_text())
    assert (stored["format"], stored["chunking"]) == (3, {"budget": 120, "encoding": "o200k_base"})


def test_no_index(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(IndexNotFound) as caught:
            Snapshot.open(path)
        assert str(caught.value) == f"no index at {path}: build one with rag-index build PATH --index {path}"
    assert list(tmp_path.iterdir()) == []


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


# What is done to a file, what meets it, and what is said of it.
DAMAGE: list[tuple[str, Callable[[bytes], bytes], Callable[[Path], object], str]] = [
    ("coverage.sqlite", lambda data: data[:-1], Snapshot.open, "has .* bytes instead of .*: rebuild with rag-index bu"),
    (
        "vectors.faiss",
        lambda data: data[:-1],
        Snapshot.open,
        "has .* bytes instead of .*: rebuild with rag-index build",
    ),
    ("skipped.jsonl", lambda data: data + b"x", Snapshot.open, "has .* bytes instead of .*: rebuild with rag-index bu"),
    ("coverage.sqlite", flipped, lambda index: IndexFolder(index).verify(), "was altered after it was published"),
    ("vectors.faiss", flipped, lambda index: IndexFolder(index).verify(), "was altered after it was published"),
    ("coverage.sqlite", lambda data: os.urandom(len(data)), Snapshot.open, "cannot be read .*: rebuild with rag-index"),
    ("vectors.faiss", lambda data: bytes(len(data)), Snapshot.open, "cannot be read as vectors"),
    (
        "coverage.sqlite",
        lambda data: data.replace(b"nine per cent", b"five per cent"),
        lambda index: Snapshot.open(index).passages([PassageId(0)]),
        "is not what was stored",
    ),
]


@pytest.mark.parametrize(("name", "change", "met_by", "message"), DAMAGE)
def test_a_damaged_file_is_refused(
    index: Path, name: str, change: Callable[[bytes], bytes], met_by: Callable[[Path], object], message: str
) -> None:
    path = current_folder(index) / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(IndexCorrupt, match=message):
        met_by(index)


def test_missing_file_and_altered_manifest_are_refused(index: Path) -> None:
    folder = current_folder(index)
    manifest = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(manifest.replace(b'"articles": 3', b'"articles": 4'))
    with pytest.raises(IndexCorrupt, match=r"manifest\.json is not the manifest that was published"):
        Snapshot.open(index)
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "vectors.faiss").unlink()
    with pytest.raises(IndexCorrupt, match=r"vectors\.faiss is missing"):
        Snapshot.open(index)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"snapshot": "../../etc", "manifest": "0"}', b"\xff\xfe", b"null"]
)
def test_garbled_pointer(index: Path, content: bytes) -> None:
    (index / "CURRENT").write_bytes(content)
    with pytest.raises(
        IndexCorrupt,
        match=f"CURRENT is garbled: mend it with rag-index use {IndexFolder(index).snapshots()[-1]} --index",
    ):
        Snapshot.open(index)


def test_a_lost_pointer_names_the_snapshot_to_go_back_to_and_a_lost_snapshot_is_told(index: Path) -> None:
    snapshot = IndexFolder(index).current().id
    (index / "CURRENT").unlink()
    with pytest.raises(IndexCorrupt, match=f"CURRENT is missing: choose a snapshot with rag-index use {snapshot}"):
        Snapshot.open(index)
    with IndexFolder(index).changing():
        IndexFolder(index).use(snapshot)
    assert Snapshot.open(index).id == snapshot
    shutil.rmtree(current_folder(index))
    with pytest.raises(IndexCorrupt, match="has lost its current snapshot"):
        Snapshot.open(index)


def test_other_format_is_refused(index: Path) -> None:
    path = current_folder(index) / "manifest.json"
    data = path.read_bytes().replace(b'"format": 3', b'"format": 2')
    path.write_bytes(data)
    pointer = json.loads((index / "CURRENT").read_text())
    (index / "CURRENT").write_text(json.dumps(pointer | {"manifest": hashlib.sha256(data).hexdigest()}))
    with pytest.raises(IndexIncompatible, match="has format 2 and this news-rag reads format 3: rebuild with"):
        Snapshot.open(index)


def test_a_reader_keeps_its_snapshot_while_the_index_moves_on(index: Path) -> None:
    held = Snapshot.open(index)
    build_index(index, [HARBOUR])
    folder = IndexFolder(index)
    with folder.changing():
        assert folder.prune(1) == [held.id]
    assert held.passages([PassageId(2)])[0].article == ORCHESTRA
    assert held.refreshed() is not held
    assert Snapshot.open(index).manifest.counts.articles == 1


def test_snapshot_that_vanishes_while_it_is_opened_is_looked_up_again(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = IndexFolder(index)
    old = folder.current()
    build_index(index, [HARBOUR])
    new = folder.current()
    with folder.changing():
        folder.prune(1)
    read = [old, new, new]
    monkeypatch.setattr(IndexFolder, "current", lambda self: read.pop(0))
    assert Snapshot.open(index).id == new.id
    assert read == []


def test_use_goes_back_and_prune_never_deletes_the_current(index: Path) -> None:
    folder = IndexFolder(index)
    first = folder.current().id
    build_index(index, [HARBOUR])
    build_index(index, [HARBOUR, PROTEST])
    third = folder.current().id
    assert len(folder.snapshots()) == 3
    with folder.changing():
        assert folder.use(first).id == first
        assert Snapshot.open(index).manifest.counts.articles == 3
        with pytest.raises(ValueError, match="at least 1 snapshot"):
            folder.prune(0)
        assert len(folder.prune(2)) == 1
    assert sorted(folder.snapshots()) == sorted([first, third])
    assert folder.current().id == first


def test_ids_sort_by_age_within_a_second_and_when_the_clock_was_put_back(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path)
    (tmp_path / "snapshots" / "20991231T235959Z-ffffffff").mkdir(parents=True)
    name, created = folder.name("0" * 64)
    assert (name, created) == ("21000101T000000Z-00000000", datetime(2100, 1, 1, tzinfo=UTC))
    (tmp_path / "snapshots" / "99999999T999999Z-00000000").mkdir()
    assert folder.name("0" * 64)[1].year < 2100


def test_use_refuses_what_is_damaged_or_unknown_and_leaves_the_old(index: Path) -> None:
    folder = IndexFolder(index)
    first = folder.current()
    build_index(index, [HARBOUR])
    now = folder.current()
    (folder.snapshot_path(first.id) / "vectors.faiss").write_bytes(b"")
    with folder.changing():
        with pytest.raises(IndexCorrupt, match=r"vectors\.faiss has 0 bytes"):
            folder.use(first.id)
        with pytest.raises(IndexNotFound, match="no snapshot 20250101T000000Z-00000000 in"):
            folder.use("20250101T000000Z-00000000")
        with pytest.raises(ValueError, match=r"'\.\./x' is no snapshot id"):
            folder.use("../x")
    assert folder.current() == now


def test_two_changes_at_once(index: Path) -> None:
    before = tree(index)
    with IndexFolder(index).changing():
        with pytest.raises(IndexBusy) as caught:
            build_index(index, [HARBOUR])
        assert str(caught.value) == f"another process is changing {index}: try again when it has ended"
    assert tree(index) == before


def test_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(RagError, match="holds other files and no index: name a new or empty folder"):
        build_index(tmp_path, [HARBOUR])
    (tmp_path / "file").write_text("")
    with pytest.raises(RagError, match="is a file: name a folder for the index"):
        build_index(tmp_path / "file", [HARBOUR])


def test_left_overs_of_a_killed_build_go_with_the_next_change(index: Path) -> None:
    (index / ".staging-999").mkdir()
    (index / ".staging-999" / "vectors.faiss").write_bytes(b"half")
    (index / ".CURRENT-next").write_bytes(b"half")
    with IndexFolder(index).changing():
        assert not (index / ".staging-999").exists()
    assert Snapshot.open(index).manifest.counts.articles == 3


def test_coverage_is_opened_read_only(index: Path) -> None:
    coverage = Snapshot.open(index).coverage
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        coverage._connection.execute("DELETE FROM passages")
