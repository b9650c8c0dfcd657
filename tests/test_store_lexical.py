"""The lexical side: scores by hand, limits, phrases, and that opening writes nothing."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rag.articles import header
from rag.errors import IndexCorrupt
from rag.store.folder import IndexFolder
from rag.store.lexical import LexicalIndex
from rag.store.protocol import PassageId
from rag.store.scope import Scope
from rag.store.snapshot import Snapshot
from rag.text.words import terms
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index


@pytest.fixture
def lexical(toy_index: Path) -> LexicalIndex:
    return Snapshot.open(toy_index).lexical


def rows(found: list[tuple[int, float]]) -> list[int]:
    return [row for row, _ in found]


def test_the_score_is_bm25(lexical: LexicalIndex) -> None:
    [(row, score)] = lexical.passages({"orchestra": 1.0}, 10)
    # idf = ln(1 + (3 - 1 + 0.5) / (1 + 0.5)); "orchestra" stands in the passage and in its header. Lengths count both.
    lengths = [len(terms(" ".join(one.paragraphs))) + len(terms(header(one))) for one in (HARBOUR, PROTEST, ORCHESTRA)]
    idf = math.log(1 + 2.5 / 1.5)
    saturation = 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * lengths[2] / (sum(lengths) / 3)))
    assert row == 2
    assert score == pytest.approx(idf * saturation, rel=0.02)  # tantivy keeps lengths in a byte
    assert lexical.passages({"orchestra": 2.0}, 10)[0][1] == pytest.approx(2 * score)
    assert (lexical.rows, lexical.passages_with("toll"), lexical.passages_with("unheard")) == (3, 2, 0)


def test_a_language_limits_before_ranking_and_says_how_words_are_cut(tmp_path: Path) -> None:
    german = replace(HARBOUR, paragraphs=("Die Häuser am Hafen wurden geräumt.",), language="de", url=None)
    build_index(tmp_path / "index", [HARBOUR, german])
    lexical, within = Snapshot.open(tmp_path / "index").lexical, Scope(languages=("de",))
    assert lexical.passages({"haus": 1.0}, 10) == lexical.passages({"haus": 1.0}, 10, within)
    assert rows(lexical.passages({"haus": 1.0}, 10)) == [1]
    assert rows(lexical.passages({"haf": 1.0, "toll": 1.0}, 10, within)) == [1]
    assert [number for number, _ in lexical.articles({"haf": 1.0}, 10, within)] == [2]


def test_phrases_are_word_for_word(lexical: LexicalIndex, tmp_path: Path) -> None:
    chinese = replace(PROTEST, paragraphs=("港务局周二提高了港口使用费。",), language="zh")  # a script without spaces
    build_index(tmp_path / "chinese", [HARBOUR, chinese])
    in_chinese = Snapshot.open(tmp_path / "chinese").lexical
    for index, phrases, expected in (
        (lexical, ["lower tolls"], [1]),
        (lexical, ["Port ELLERY", "harbour master"], [0]),
        (lexical, ["tolls lower"], []),
        (lexical, ["tolls"], [0, 1]),
        (in_chinese, ["港口使用费"], [1]),
        (in_chinese, ["使用港口"], []),
    ):
        assert sorted(index.rows_with(phrases)) == expected
    assert rows(lexical.passages({"toll": 1.0}, 10, phrases=["lower tolls"])) == [1]
    assert lexical.passages({}, 10) == lexical.passages({"unheard": 1.0}, 10) == []


def test_reading_writes_nothing(toy_index: Path) -> None:
    folder = IndexFolder(toy_index)
    at, manifest = folder.snapshot_path(folder.current().id), folder.manifest(folder.current().id)
    before = {path: path.stat().st_mtime_ns for path in [toy_index, *toy_index.rglob("*")]}
    snapshot = Snapshot.open(toy_index)
    assert snapshot.lexical.passages({"toll": 1.0}, 1)
    snapshot.passages([PassageId(0)])
    folder.verify()
    snapshot.close()
    assert {path: path.stat().st_mtime_ns for path in [toy_index, *toy_index.rglob("*")]} == before
    found = {path.relative_to(at).as_posix() for path in at.rglob("*") if path.is_file()}
    assert found == {*manifest.files, "manifest.json"}


def test_a_flipped_byte_never_ends_in_anything_but_a_clear_error(toy_index: Path, tmp_path: Path) -> None:
    folder = IndexFolder(shutil.copytree(toy_index, tmp_path / "index"))
    refused = 0
    for path in sorted(folder.snapshot_path(folder.current().id).glob("lexical/*/*")):
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
