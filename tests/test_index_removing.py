"""Removing: that nothing is left, that it is not taken in again, and what is written down of it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index import building
from index.removing import Selection, forget, remove
from index.sources.reading import SourceItem
from rag import Scope
from rag.errors import RagError
from rag.record.keeping import FeedbackVerdict, KeptAnswers
from rag.store import parts
from rag.store.folder import IndexFolder
from rag.store.kept import FILE, KeptFile
from rag.store.snapshot import Snapshot
from tests.cited import answer_of, hit, said
from tests.test_index_adding import CORRECTED, add, found, invented
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index

URL = str(HARBOUR.url)
WORDS = [word.encode() for word in ("Fishermen called the rise unfair", "ellery-courier.example/2025/03/04/tolls")]


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    """An index of three articles; one has an earlier version, and that one is all that an older snapshot holds."""
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    add(tmp_path / "index", CORRECTED, ORCHESTRA)
    return IndexFolder(tmp_path / "index")


def holding(folder: IndexFolder, text: bytes) -> set[str]:
    """Snapshots with a file that has ``text``."""
    paths = (path for path in folder.path.rglob("*") if path.is_file() and text in path.read_bytes())
    return {path.relative_to(folder.path).parts[1] for path in paths}


def test_nothing_is_left_in_the_new_snapshot_and_the_older_ones_are_named(folder: IndexFolder) -> None:
    old = folder.snapshots()
    receipt = remove(folder, Selection((f"{URL}?utm_source=x",)), "withdrawn", today=TODAY)
    snapshot = Snapshot.open(folder.path)
    folder.verify()
    assert (snapshot.id, snapshot.manifest.counts.articles) == (receipt.snapshot, 2)
    assert snapshot.article(HARBOUR.id) is None
    assert snapshot.lexical.passages_with("seven") == 0
    assert [holding(folder, text) for text in WORDS] == [set(old)] * 2
    assert receipt.still_in == tuple(old)
    kinds = {trace.kind for trace in receipt.scan.traces}
    assert {trace.file.split("/")[1] for trace in receipt.scan.traces} == set(old)
    assert kinds == {"url", "title", "sentence", "vector", "words"}
    [kept] = (folder.path / "receipts").iterdir()
    told = json.loads(kept.read_text())
    assert told["removed"].keys() == {HARBOUR.id}
    assert not any(text.decode() in kept.read_text() for text in (*WORDS, b"Harbour tolls rise"))


def test_everywhere_writes_the_older_ones_anew(folder: IndexFolder) -> None:
    build_index(folder.path, [HARBOUR])
    build_index(folder.path, [ORCHESTRA, PROTEST])
    before = folder.snapshots()
    receipt = remove(folder, Selection((HARBOUR.id,)), "", everywhere=True)
    assert [holding(folder, text) for text in WORDS] == [set()] * 2
    assert receipt.scan.traces == ()
    assert (list(receipt.rewritten), receipt.deleted, receipt.still_in) == (before[1::-1], (before[2],), ())
    for id_ in folder.snapshots():
        folder.verify(id_)
    # Ids sort by age as before, and one can be gone back to.
    folder_ids = folder.snapshots()
    assert [id_[:16] for id_ in folder_ids[:2]] == [id_[:16] for id_ in before[:2]]
    with folder.changing():
        folder.use(folder_ids[0])
    assert Snapshot.open(folder.path).newest(9) == [PROTEST]


def test_it_is_not_taken_in_again_by_add_or_build_until_it_is_forgotten(folder: IndexFolder) -> None:
    remove(folder, Selection((URL,)), "withdrawn", today=date(2025, 3, 4))
    moved = replace(HARBOUR, url="https://www.ellery-courier.example/moved")
    why = f"was removed on 4 March 2025 (withdrawn): rag-index remove --forget {HARBOUR.id} lets it in again"
    some = (replace(HARBOUR, paragraphs=("Other words.",)), moved, PROTEST)
    for take in (add, lambda index, *news: build_index(index, news)):
        report = take(folder.path, *some)
        assert [one.notices for one in report.gathered.noticed] == [(why,), (why,)]
        assert Snapshot.open(folder.path).article(PROTEST.id) == PROTEST
    # Other outlets' reports are theirs.
    assert add(folder.path, replace(HARBOUR, outlet="Strand Radio", url="https://strand.example/1")).gathered.taken == 1
    forget(folder, URL)
    assert add(folder.path, HARBOUR).gathered.taken == 1
    with pytest.raises(RagError, match="is not among what was removed"):
        forget(folder, URL)


def test_what_was_removed_stays_so_in_an_older_snapshot_that_was_gone_back_to(folder: IndexFolder) -> None:
    first = folder.snapshots()[0]
    remove(folder, Selection((URL,)), "", today=date(2025, 3, 4))
    for take in (add, lambda index, *news: build_index(index, news)):
        with folder.changing():
            folder.use(first)
        report = take(folder.path, HARBOUR, PROTEST)
        [noticed] = report.gathered.noticed
        assert noticed.notices[0].startswith("was removed on 4 March 2025: rag-index ")
        assert Snapshot.open(folder.path).newest(9) == [PROTEST]
        assert WORDS[0] not in (folder.snapshot_path(report.snapshot) / "coverage.sqlite").read_bytes()
    with folder.changing():
        folder.use(first)
    forget(folder, URL)
    assert add(folder.path, CORRECTED).gathered.skipped == []


@pytest.mark.parametrize("link", [f"{URL}#top", "urn:courier:7", "https://m.gull.example/?id=7"])
def test_what_its_publisher_withdrew_goes_until_it_is_published_again(tmp_path: Path, link: str) -> None:
    folder = IndexFolder(tmp_path / "index")
    guids = [replace(one, publisher_id="urn:radio:1") for one in (PROTEST, ORCHESTRA)]
    items = [
        SourceItem("https://m.gull.example/?id=7", replace(HARBOUR, publisher_id="urn:courier:7"), notices=("odd",)),
        *(SourceItem("news.jsonl", one) for one in guids),
    ]
    building.add(items, folder, ToyEmbedder())
    notices = [
        SourceItem(f"{name}.xml", None, "was withdrawn by its publisher", link=name, withdrawn=True)
        for name in (link, "urn:radio:1", "urn:nobody:1")
    ]
    for _ in range(2):  # from the index, and of what is read beside the notice
        report = building.add(notices, folder, ToyEmbedder())
        assert [one.article and one.article.id for one in report.gathered.removed] == [HARBOUR.id]
        assert [str(one.reason)[:54] for one in report.gathered.skipped] == [
            "was withdrawn by its publisher, but several outlets ha"
        ]
        assert {one.title for one in Snapshot.open(folder.path).newest(9)} == {PROTEST.title, ORCHESTRA.title}
        files = [path.read_bytes() for path in folder.snapshot_path(report.snapshot).rglob("*") if path.is_file()]
        assert not any(word in data for word in (*WORDS, b"odd") for data in files)
        notices = [*notices, *items]
    assert building.add(items, folder, ToyEmbedder()).counts.articles == 3
    with pytest.raises(RagError, match="no article would be left: the last was withdrawn by its publisher"):
        building.add([replace(notices[0], link=one.url) for one in (HARBOUR, *guids)], folder, ToyEmbedder())


def test_what_others_say_too_is_no_trace(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index")
    build_index(folder.path, [HARBOUR, replace(HARBOUR, url="https://gull.example/1", outlet="Lindmoor Gull")])
    receipt = remove(folder, Selection((URL,)), "", everywhere=True)
    assert (receipt.scan.traces, receipt.scan.said_by_others) == ((), 4)


def test_many_by_outlet_and_day_leave_the_rest_as_if_built_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_PART", 10)
    articles = invented(40)
    scope = Scope(outlets=("Quarrendon Post",), published_to=date(2025, 1, 20))
    build_index(tmp_path / "all", articles, budget=20)
    receipt = remove(IndexFolder(tmp_path / "all"), Selection(scope=scope), "licence ended")
    stay = [one for one in articles if one.id not in receipt.removed]
    assert {one.outlet for one in articles if one not in stay} == {"Quarrendon Post"}
    assert len(stay) == 24
    build_index(tmp_path / "rest", stay, budget=20)
    assert found(tmp_path / "all") == found(tmp_path / "rest")
    IndexFolder(tmp_path / "all").verify()


def test_lines_of_what_was_left_out_go_with_their_article(folder: IndexFolder) -> None:
    two = [replace(one, paragraphs=("Quite other words.",)) for one in (HARBOUR, PROTEST)]
    report = build_index(folder.path, [HARBOUR, PROTEST, *two])
    assert len(report.gathered.skipped) == 2
    remove(folder, Selection((URL,)), "")
    [line] = (folder.snapshot_path(folder.current().id) / "skipped.jsonl").read_text().splitlines()
    assert str(PROTEST.url) in line
    assert folder.verify().counts.skipped == 1


def test_answers_that_a_page_kept_go_with_what_they_point_to_or_say(folder: IndexFolder) -> None:
    kept = KeptAnswers(folder.path)
    stay, go = answer_of(said(ORCHESTRA, 1, 1)), answer_of(said(PROTEST, 1, 1), said(HARBOUR, 1, 2))
    doomed = [
        answer_of(said(CORRECTED, 1, 1)),
        replace(answer_of(), hits=(hit(HARBOUR),)),
        replace(stay, question=f"Is this so: {HARBOUR.paragraphs[1]}"),
        replace(answer_of(), question=f"{URL}?"),
    ]
    ids = [kept.keep(one, "key") or "" for _ in range(8) for one in (go, stay, *doomed)]
    ids.append(kept.keep(stay, "key") or "")
    for id_, comment in ((ids[0], "It says so."), (ids[1], HARBOUR.paragraphs[2]), (ids[-1], "Thanks.")):
        kept.feedback(id_, FeedbackVerdict.OUT_OF_DATE, comment=comment)
    with closing(sqlite3.connect(folder.path / FILE)) as connection:
        records = dict(connection.execute("SELECT id, record FROM answers"))
    receipt = remove(folder, Selection((URL,)), "", everywhere=True)
    left = [id_ for id_ in ids if kept.read(id_)]
    assert (receipt.kept_answers, receipt.scan.traces) == (8 * 5, ())
    assert left == [*ids[1::6], ids[-1]]
    # Compressed, a text could not be found: so nothing of the rows themselves may be there.
    data = (folder.path / FILE).read_bytes()
    pieces = {id_: [record[at : at + 24] for at in range(8, len(record) - 24, 24)] for id_, record in records.items()}
    common = {piece for id_ in left for piece in pieces[id_]}
    assert common
    assert not any(piece in data for id_ in {*ids} - {*left} for piece in pieces[id_] if piece not in common)
    assert all(piece in data for piece in pieces[left[0]][:9])
    assert [(one.comment, one.answer) for one in kept.feedbacks()] == [("Thanks.", stay), ("", stay), ("", None)]
    assert "kept_answers" in next((folder.path / "receipts").iterdir()).read_text()


def test_a_look_for_what_is_left_reads_kept_answers(folder: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    KeptAnswers(folder.path).keep(answer_of(said(HARBOUR, 2, 1)), "key")
    with monkeypatch.context() as patch:
        patch.setattr(KeptFile, "drop", lambda *_: 0)
        found = remove(folder, Selection((URL,)), "", everywhere=True).scan.traces
    assert {(one.file, one.kind) for one in found} == {(FILE, kind) for kind in ("url", "title", "sentence")}
    # What was left so goes with the next removal.
    assert remove(folder, Selection((PROTEST.id,)), "", everywhere=True).kept_answers == 1


def test_a_file_of_answers_that_cannot_be_read_is_named(folder: IndexFolder) -> None:
    (folder.path / FILE).write_bytes(b"what is this? " * 99)
    receipt = remove(folder, Selection((URL,)), "", everywhere=True)
    kinds = [(one.file, one.kind) for one in receipt.scan.traces]
    assert (receipt.kept_answers, kinds) == (0, [(FILE, "cannot be read"), (FILE, "cannot be changed")])


def test_kept_answers_are_in_nobodys_way(folder: IndexFolder) -> None:
    kept = KeptAnswers(folder.path)
    id_ = kept.keep(answer_of(said(PROTEST, 1, 1)), "key") or ""
    for suffix in ("-journal", "-wal", "-shm"):
        (folder.path / f"{FILE}{suffix}").touch()
    add(folder.path, replace(ORCHESTRA, paragraphs=("It did move.",), updated=date(2025, 6, 1)))
    build_index(folder.path, [PROTEST])
    with folder.changing():
        folder.use(folder.snapshots()[0])
        assert len(folder.prune(1)) == 3
    folder.verify()
    assert kept.read(id_)


def test_what_its_publisher_withdraws_takes_kept_answers_along(folder: IndexFolder) -> None:
    kept = KeptAnswers(folder.path)
    of_harbour, of_protest = (kept.keep(answer_of(said(one, 1, 1)), "key") or "" for one in (HARBOUR, PROTEST))
    notice = SourceItem("urn.xml", None, "was withdrawn by its publisher", link=HARBOUR.url, withdrawn=True)
    building.add([notice], folder, ToyEmbedder())
    assert (kept.read(of_harbour), kept.read(of_protest) is not None) == (None, True)
    assert not any(HARBOUR.paragraphs[0] in text for text in KeptFile(folder.path).texts())


REFUSALS: list[tuple[Selection, type[Exception], str]] = [
    (Selection(("https://nowhere.example/1",)), RagError, "no article of https://nowhere.example/1 in "),
    (Selection(scope=Scope(outlets=("Strand Rado",))), ValueError, "did you mean 'Strand Radio'"),
    (
        Selection(scope=Scope(published_from=date(1999, 1, 1))),
        RagError,
        "would leave no article in .*: delete",
    ),
]


@pytest.mark.parametrize(("selection", "kind", "message"), REFUSALS)
def test_what_cannot_be_removed_leaves_everything(
    folder: IndexFolder, selection: Selection, kind: type[Exception], message: str
) -> None:
    before = folder.current(), folder.snapshots()
    with pytest.raises(kind, match=message):
        remove(folder, selection, "")
    assert (folder.current(), folder.snapshots()) == before


def test_a_snapshot_that_cannot_be_read_is_named_or_deleted(folder: IndexFolder) -> None:
    first = folder.snapshots()[0]
    (folder.snapshot_path(first) / "manifest.json").write_bytes(b"{")
    assert first in remove(folder, Selection((HARBOUR.id,)), "").still_in
    assert first in remove(folder, Selection((PROTEST.id,)), "", everywhere=True).deleted
    folder.verify()
