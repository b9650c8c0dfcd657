"""Building: what goes in, what is left out and why, what is taken over, and what survives a failure."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.building import build
from rag.errors import ArticleUnreadable
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder
from rag.store.snapshot import Snapshot
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index, write_article


def test_a_second_build_embeds_nothing_and_leaves_the_snapshot(tmp_path: Path) -> None:
    first = build_index(tmp_path / "index", [HARBOUR, PROTEST])
    again = ToyEmbedder()
    second = build_index(tmp_path / "index", [HARBOUR, PROTEST], again)
    assert (first.published, first.embedded, second.published, second.embedded) == (True, 2, False, 0)
    assert again.embedded == []
    assert IndexFolder(tmp_path / "index").snapshots() == [first.snapshot]


def test_only_what_changed_is_embedded_and_the_vectors_stay_with_their_passages(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    again = ToyEmbedder()
    report = build_index(tmp_path / "index", [ORCHESTRA, PROTEST], again)
    assert (report.embedded, report.counts.passages) == (1, 2)
    assert len(again.embedded) == 1
    assert "orchestra" in again.embedded[0]
    fresh = build_index(tmp_path / "fresh", [ORCHESTRA, PROTEST])
    assert fresh.embedded == 2
    taken_over, embedded_anew = (Snapshot.open(tmp_path / name).vectors.all() for name in ("index", "fresh"))
    assert np.array_equal(taken_over, embedded_anew[::-1])  # what is new comes behind what is there


def test_vectors_of_another_model_or_from_a_damaged_index_are_not_taken_over(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    assert build_index(tmp_path / "index", [HARBOUR], ToyEmbedder("other")).embedded == 1
    folder = IndexFolder(tmp_path / "index")
    path = folder.snapshot_path(folder.current().id) / "parts/0000000000/vectors.f32"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    mended = build_index(tmp_path / "index", [HARBOUR], ToyEmbedder("other"))
    assert (mended.published, mended.embedded) == (True, 1)
    folder.verify()


def test_repeats_count_once_and_two_texts_at_one_url_are_named(tmp_path: Path) -> None:
    other = replace(HARBOUR, paragraphs=("The tolls fell.",))
    report = build_index(tmp_path / "index", [HARBOUR, HARBOUR, other])
    assert (report.counts.articles, report.gathered.repeats) == (1, 1)
    [skipped] = report.gathered.skipped
    assert skipped.where.endswith("0002.md")
    assert skipped.reason is not None
    assert skipped.reason.startswith(f"another text of '{HARBOUR.url}' came from ")
    assert skipped.reason.endswith("0000.md: give the newer one a later updated date")
    assert Snapshot.open(tmp_path / "index").coverage.article(HARBOUR.id) == HARBOUR
    skipped_file = IndexFolder(tmp_path / "index").snapshot_path(report.snapshot) / "skipped.jsonl"
    assert json.loads(skipped_file.read_text()) == {"where": skipped.where, "skipped": skipped.reason}


@pytest.mark.parametrize(
    ("updates", "newest"),
    [
        ((None, "2025-03-01T14:00+01:00", "2025-03-01T13:30Z"), 2),
        ((None, "2025-03-02T00:30+02:00", "2025-03-01T23:00Z"), 2),
        (("2025-02-28", None, "2025-03-01"), 2),
        ((None, "2025-03-01", "2025-03-02T01:00+05:00"), 1),
    ],
)
def test_the_newest_version_is_the_one_that_appeared_last(
    tmp_path: Path, updates: tuple[str | None, ...], newest: int
) -> None:
    record: dict[str, str | None] = {"title": "Fire", "url": "https://a.example/fire", "published": "2025-03-01T08:00Z"}
    records = [record | {"text": f"Fire {number}.", "updated": day} for number, day in enumerate(updates)]
    for order in (records, records[::-1]):
        (tmp_path / "fire.json").write_text(json.dumps(order))
        report = build([tmp_path / "fire.json"], IndexFolder(tmp_path / "index"), ToyEmbedder(), today=TODAY)
        assert (report.counts.articles, report.counts.versions, report.gathered.skipped) == (1, 3, [])
        assert Snapshot.open(tmp_path / "index").coverage.newest(1)[0].paragraphs == (f"Fire {newest}.",)


def test_a_corrected_article_is_searched_in_its_newest_version_and_kept_in_the_old(tmp_path: Path) -> None:
    corrected = replace(
        HARBOUR, paragraphs=("The tolls rose by seven per cent.", "Correction."), updated=date(2025, 3, 6)
    )
    for order in ([HARBOUR, corrected], [corrected, HARBOUR]):
        report = build_index(tmp_path / "index", order)
        assert (report.counts.articles, report.counts.versions, report.gathered.skipped) == (1, 2, [])
        coverage = Snapshot.open(tmp_path / "index").coverage
        assert coverage.article(HARBOUR.id) == corrected
        assert coverage.article(HARBOUR.id, HARBOUR.version) == HARBOUR
        hits = Retriever.open(tmp_path / "index", embedder=ToyEmbedder()).retrieve("tolls nine per cent")
        assert {hit.article.version for hit in hits} == {corrected.version}


@pytest.mark.parametrize("content", [{}, {"a.png": b"x", "b.html": b"<p>"}, {"a.txt": b""}])
def test_nothing_to_build_from_is_an_error_and_the_old_index_stays(tmp_path: Path, content: dict[str, bytes]) -> None:
    old = build_index(tmp_path / "index", [HARBOUR])
    folder = tmp_path / "news"
    folder.mkdir()
    for name, data in content.items():
        (folder / name).write_bytes(data)
    with pytest.raises(ArticleUnreadable, match=r"^no (readable article|articles) in "):
        build([folder], IndexFolder(tmp_path / "index"), ToyEmbedder(), today=TODAY)
    assert Snapshot.open(tmp_path / "index").id == old.snapshot


_FULL = """
import resource, sys
from pathlib import Path
from index.building import build
from rag.store.folder import IndexFolder
from tests.toy import TODAY, ToyEmbedder
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    build([Path(sys.argv[1])], IndexFolder(Path(sys.argv[2])), ToyEmbedder(), today=TODAY)
except OSError as error:
    print("full:", error)
"""


@pytest.mark.parametrize("room", [0, 40, 1_000, 20_000, 60_000])
def test_a_disk_that_is_full_at_any_point_leaves_the_old_index(tmp_path: Path, room: int) -> None:
    """A limit on file size makes writes fail as a full disk does: in the middle of a file, in our code or another's."""
    old = build_index(tmp_path / "index", [HARBOUR])
    for article in (PROTEST, ORCHESTRA):
        write_article(tmp_path / "news", article.title, article)
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / "news"), str(tmp_path / "index"), str(room)],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
    )
    assert done.stdout.startswith("full:"), done.stdout + done.stderr
    folder = IndexFolder(tmp_path / "index")
    assert folder.verify().id == old.snapshot
    assert folder.snapshots() == [old.snapshot]
    assert not list((tmp_path / "index").glob(".staging-*"))
