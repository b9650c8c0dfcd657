"""The index on disk: what is written, searched and refused, and what each change leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag import Article, Passage, Scope, Span
from rag.errors import IndexBusy, IndexCorrupt, IndexIncompatible, IndexNotFound, RagError
from rag.store.folder import IndexFolder
from rag.store.protocol import PassageId, StoredPassage
from rag.store.snapshot import Snapshot
from rag.text.words import terms
from tests.cited import SUMMARY
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index

VECTORS = "parts/0000000000/vectors.f32"
ARTICLES = [HARBOUR, PROTEST, ORCHESTRA]


@pytest.fixture
def index(toy_index: Path, tmp_path: Path) -> Path:
    """A copy of the toy index, to be damaged."""
    return shutil.copytree(toy_index, tmp_path / "index")


def rows(snapshot: Snapshot, scope: Scope) -> list[int]:
    allowed = snapshot.coverage.allowed(scope)
    assert allowed is not None
    return np.flatnonzero(allowed).tolist()


def built(folder: Path, *articles: Article) -> Snapshot:
    build_index(folder / "index", articles)
    return Snapshot.open(folder / "index")


def current_folder(index: Path) -> Path:
    return IndexFolder(index).snapshot_path(IndexFolder(index).current().id)


def test_articles_come_back_as_they_went_in(toy_index: Path) -> None:
    snapshot = Snapshot.open(toy_index)
    assert [snapshot.coverage.article(article.id) for article in ARTICLES] == ARTICLES
    passage = Passage(PROTEST.id, (Span(1, 0, 64), Span(2, 0, 56)), "\n\n".join(PROTEST.paragraphs))
    assert snapshot.passages([PassageId(1)]) == [StoredPassage(PassageId(1), passage, PROTEST, None, None, 2)]


def test_summary_says_what_there_is(toy_index: Path) -> None:
    coverage = Snapshot.open(toy_index).coverage
    assert coverage.summary() == SUMMARY
    april = coverage.summary(Scope(published_from=date(2025, 4, 1), published_to=date(2025, 4, 30)))
    assert (april.articles, april.outlets) == (1, (("Strand Radio", 1),))
    assert coverage.newest(2) == [ORCHESTRA, PROTEST]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(published_from=date(2025, 4, 12)), [1, 2]),
        (Scope(published_to=date(2025, 4, 12)), [0, 1]),
        (Scope(published_from=date(2025, 4, 12), published_to=date(2025, 4, 12)), [1]),
        (Scope(published_from=date(2025, 4, 13), published_to=date(2025, 4, 30)), []),
        (Scope(outlets=("ellery courier",)), [0, 2]),
        (Scope(outlets=("Strand Radio", "The Ellery Courier")), [0, 1, 2]),
        (Scope(authors=("mara quill", "Tobin Vance")), [0, 1]),
        (Scope(outlets=("Strand Radio",), authors=("Mara Quill",)), []),
        (Scope(articles=(ORCHESTRA.id, HARBOUR.id)), [0, 2]),
        (Scope(articles=(ORCHESTRA.id, HARBOUR.id), outlets=("Strand Radio",)), []),
    ],
)
def test_a_scope_limits_before_ranking(toy_index: Path, scope: Scope, expected: list[int]) -> None:
    snapshot = Snapshot.open(toy_index)
    said = dict.fromkeys(terms("tolls harbour Ellery"), 1.0)
    found = sorted(snapshot.lexical.passages(said, 10, scope)[0].tolist())
    assert rows(snapshot, scope) == found == expected
    assert len(snapshot.lexical.articles(said, 10, scope)[0]) == len(expected)


def test_languages_are_counted_and_limit_the_rows(tmp_path: Path) -> None:
    french, german = replace(PROTEST, language="fr"), replace(ORCHESTRA, language="de")
    snapshot = built(tmp_path, HARBOUR, french, german, replace(french, title="Encore", url=None))
    coverage = snapshot.coverage
    assert coverage.languages() == [None, "de", "fr"]
    assert (coverage.summary().languages, coverage.summary().unnamed) == ((("fr", 2), ("de", 1)), 0)
    limited = coverage.summary(Scope(languages=("fr",), outlets=("Strand Radio",)))
    assert (limited.articles, limited.languages, limited.unnamed) == (2, (("fr", 2),), 0)
    assert coverage.summary(Scope(languages=("de",))).unnamed == 1
    assert rows(snapshot, Scope(languages=("de", "FR"))) == [1, 2, 3]
    for lacking, message in (
        (Scope(languages=("Italian",)), r"^no language 'it' in the index: it holds German \(de\), French \(fr\)$"),
        (Scope(outlets=("x' OR 1=1 --",)), "no outlet"),  # a value, and never SQL
        (Scope(articles=(HARBOUR.id, "0123")), "^no article '0123' in the index: rag search shows the ids"),
    ):
        with pytest.raises(ValueError, match=message):
            coverage.allowed(lacking)


def test_chosen_articles_of_many_passages_are_all_that_is_searched(tmp_path: Path) -> None:
    # Each paragraph is a passage; those that are not chosen, before and between, say the word more often.
    articles = [
        replace(
            HARBOUR,
            title=f"Tolls {n}",
            url=f"https://courier.example/{n}",
            paragraphs=("tolls " * (29 - n), "tolls " * 20),
        )
        for n in range(6)
    ]
    build_index(tmp_path / "index", articles, budget=20)
    snapshot = Snapshot.open(tmp_path / "index")
    scope = Scope(articles=(articles[4].id, articles[1].id, articles[5].id))
    expected = rows(snapshot, scope)
    assert sorted(snapshot.lexical.passages({"toll": 1.0}, len(expected), scope)[0].tolist()) == expected
    found = {one.article.id for one in snapshot.passages([PassageId(row) for row in expected])}
    assert found == set(scope.articles)
    assert snapshot.summary(scope).articles == len(snapshot.lexical.articles({"toll": 1.0}, 9, scope)[0]) == 3


def test_articles_are_listed_by_their_words_the_newest_first(tmp_path: Path) -> None:
    undated = replace(ORCHESTRA, title="Le port de Vellmar", url=None, published=None, outlet=None, language="fr")
    snapshot = built(tmp_path, HARBOUR, PROTEST, ORCHESTRA, undated)
    assert snapshot.listing() == (4, [ORCHESTRA, PROTEST, HARBOUR, undated])
    assert snapshot.listing(offset=1, limit=2) == (4, [PROTEST, HARBOUR])
    assert snapshot.listing(words="the TOLL  fishermen") == (2, [PROTEST, HARBOUR])
    assert snapshot.listing(words="harbour quay") == (0, [])
    assert snapshot.listing(words="the of") == snapshot.listing()
    assert snapshot.listing(Scope(outlets=("ellery courier",)), "tolls") == (1, [HARBOUR])
    assert snapshot.listing(words='" OR tolls:* \x00')[0] == 0
    assert snapshot.months() == (
        (None, "", 1),
        ("Strand Radio", "2025-04", 1),
        ("The Ellery Courier", "2025-03", 1),
        ("The Ellery Courier", "2025-05", 1),
    )
    assert snapshot.months(Scope(articles=(PROTEST.id,))) == (("Strand Radio", "2025-04", 1),)
    assert snapshot.coverage.tally() == {
        "outlets": {"The Ellery Courier": 2, "": 1, "Strand Radio": 1},
        "months": {"": 1, "2025-03": 1, "2025-04": 1, "2025-05": 1},
        "languages": {"": 3, "fr": 1},
    }


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def verify(index: Path) -> None:
    IndexFolder(index).verify()


def read_first(index: Path) -> None:
    Snapshot.open(index).passages([PassageId(0)])


# What is done to a file, what meets it, and what is said of it.
REBUILD = ": rebuild with rag-index build"
DAMAGE: list[tuple[str, Callable[[bytes], bytes], Callable[[Path], object], str]] = [
    ("coverage.sqlite", lambda data: data[:-1], Snapshot.open, f"has .* bytes instead of .*{REBUILD}"),
    (VECTORS, lambda data: data[:-1], Snapshot.open, f"has .* bytes instead of .*{REBUILD}"),
    ("skipped.jsonl", lambda data: data + b"x", Snapshot.open, f"has .* bytes instead of .*{REBUILD}"),
    ("manifest.json", flipped, Snapshot.open, r"manifest\.json is not the manifest that was published"),
    ("coverage.sqlite", flipped, verify, "was altered after it was published"),
    (VECTORS, flipped, verify, "was altered after it was published"),
    ("coverage.sqlite", lambda data: os.urandom(len(data)), Snapshot.open, f"cannot be read .*{REBUILD}"),
    ("coverage.sqlite", lambda data: data.replace(b"nine per", b"five per"), read_first, "is not what was stored"),
]


@pytest.mark.parametrize(("name", "change", "met_by", "message"), DAMAGE)
def test_a_damaged_file_is_refused(
    index: Path, name: str, change: Callable[[bytes], bytes], met_by: Callable[[Path], object], message: str
) -> None:
    path = current_folder(index) / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(IndexCorrupt, match=message):
        met_by(index)


def test_a_missing_file_is_refused(index: Path) -> None:
    (current_folder(index) / VECTORS).unlink()
    with pytest.raises(IndexCorrupt, match=r"vectors\.f32 is missing"):
        Snapshot.open(index)
    shutil.rmtree(current_folder(index))
    with pytest.raises(IndexCorrupt, match="has lost its current snapshot"):
        Snapshot.open(index)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"snapshot": "../../etc", "manifest": "0"}', b"\xff\xfe", b"null", None]
)
def test_a_garbled_or_lost_pointer_names_the_way_out(index: Path, content: bytes | None) -> None:
    current = IndexFolder(index).current()
    (index / "CURRENT").unlink()
    if content is not None:
        (index / "CURRENT").write_bytes(content)
    reason = "missing: choose a snapshot" if content is None else "garbled: mend it"
    with pytest.raises(IndexCorrupt, match=f"CURRENT is {reason} with rag-index use {current.id} --index"):
        Snapshot.open(index)
    with IndexFolder(index).changing():
        IndexFolder(index).use(current.id)
    assert IndexFolder(index).current() == current


def test_other_format_is_refused(index: Path) -> None:
    path = current_folder(index) / "manifest.json"
    data = path.read_bytes().replace(b'"format": 5', b'"format": 4')
    path.write_bytes(data)
    pointer = json.loads((index / "CURRENT").read_text())
    (index / "CURRENT").write_text(json.dumps(pointer | {"manifest": hashlib.sha256(data).hexdigest()}))
    way_out = "rebuild with rag-index build --model toy --passage-tokens 120"
    with pytest.raises(IndexIncompatible, match=f"has format 4 and this news-rag reads format 5: {way_out}"):
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
    assert (Snapshot.open(index).id, read) == (new.id, [])


def test_use_refuses_what_is_damaged_or_unknown_and_leaves_the_old(index: Path) -> None:
    folder = IndexFolder(index)
    first = folder.current().id
    build_index(index, [HARBOUR])
    now = folder.current()
    (folder.snapshot_path(first) / VECTORS).write_bytes(b"")
    for snapshot, error, message in (
        (first, IndexCorrupt, r"vectors\.f32 has 0 bytes"),
        ("20250101T000000Z-00000000", IndexNotFound, "no snapshot 20250101T000000Z-00000000 in"),
        ("../x", ValueError, r"'\.\./x' is no snapshot id"),
    ):
        with folder.changing(), pytest.raises(error, match=message):
            folder.use(snapshot)
    assert folder.current() == now


def test_two_changes_at_once(index: Path) -> None:
    before = {path: path.is_file() and path.read_bytes() for path in index.rglob("*")}
    busy = f"^another process is changing {index}: try again when it has ended$"
    with IndexFolder(index).changing(), pytest.raises(IndexBusy, match=busy):
        build_index(index, [HARBOUR])
    assert {path: path.is_file() and path.read_bytes() for path in index.rglob("*")} == before


def test_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(RagError, match="holds other files and no index: name a new or empty folder"):
        build_index(tmp_path, [HARBOUR])
    with pytest.raises(RagError, match="is a file: name a folder for the index"):
        build_index(tmp_path / "thesis.doc", [HARBOUR])


def test_reading_writes_nothing(toy_index: Path) -> None:
    folder = IndexFolder(toy_index)
    at, manifest = folder.snapshot_path(folder.current().id), folder.manifest(folder.current().id)
    before = {path: path.stat().st_mtime_ns for path in [toy_index, *toy_index.rglob("*")]}
    snapshot = Snapshot.open(toy_index)
    assert len(snapshot.lexical.passages({"toll": 1.0}, 1)[0]) == 1
    snapshot.passages([PassageId(0)])
    folder.verify()
    snapshot.close()
    assert {path: path.stat().st_mtime_ns for path in [toy_index, *toy_index.rglob("*")]} == before
    found = {path.relative_to(at).as_posix() for path in at.rglob("*") if path.is_file()}
    assert found == {*manifest.files, "manifest.json"}


def test_a_flipped_byte_never_ends_in_anything_but_a_clear_error(toy_index: Path, tmp_path: Path) -> None:
    folder = IndexFolder(shutil.copytree(toy_index, tmp_path / "index"))
    refused = 0
    for path in sorted(folder.snapshot_path(folder.current().id).glob("parts/*/*/*")):
        whole = path.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 5)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
            try:
                Snapshot.open(folder.path).lexical.passages({"toll": 1.0}, 1)
            except IndexCorrupt as error:
                refused += 1
                assert "rebuild with rag-index build" in str(error)  # noqa: PT017 - either outcome is right
        path.write_bytes(whole)
    assert refused > 0
