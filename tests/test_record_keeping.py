"""Answers that a page keeps, and what readers say of them: kept, bounded, deleted, never in an answer's way."""

from __future__ import annotations

import json
import logging
import sqlite3
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.removing import Selection, remove
from rag import Answer, Cut
from rag.check.verdicts import Outcome
from rag.errors import RagError
from rag.record.json_output import feedback_json
from rag.record.keeping import FeedbackVerdict, KeptAnswers, shown_of
from rag.record.recheck import recheck
from rag.record.serialize import to_json
from rag.search.hits import NearDuplicate
from rag.store.kept import FILE
from rag.store.snapshot import Snapshot
from tests.cited import answer_of, hit, said
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index

KEY, OTHER = "a browser's key", "another's"
HELPFUL, WRONG = FeedbackVerdict.HELPFUL, FeedbackVerdict.WRONG_CITATION
ANSWER = answer_of(said(HARBOUR, 1, 1), said(PROTEST, 2, 2))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA])
    return tmp_path / "index"


@pytest.fixture(params=["on disk", "in memory"])
def kept(request: pytest.FixtureRequest, index: Path) -> KeptAnswers:
    return KeptAnswers(index, history=request.param == "on disk", limit=3)


def stored(answers: KeptAnswers, answer: Answer = ANSWER) -> str:
    """Keep an answer and return its id."""
    id_ = answers.keep(answer, KEY)
    assert id_
    return id_


def test_an_answer_is_kept_read_and_deleted_by_its_owner_alone(kept: KeptAnswers, index: Path) -> None:
    assert [kept.read("x"), kept.delete("x", KEY), kept.feedback("x", HELPFUL), kept.feedbacks()] == [
        *(None, False, False),
        [],
    ]
    assert not (index / FILE).exists()  # reading makes nothing
    before = datetime.now(UTC).replace(microsecond=0)
    one, two = stored(kept), stored(kept)
    assert len({one, two}) == 2
    assert len(one) >= 16
    again = kept.read(one)
    assert again
    assert (again.id, again.answer, before <= again.asked_at <= datetime.now(UTC)) == (one, ANSWER, True)
    assert (index / FILE).exists() == kept.on_disk
    assert [kept.read(strange) for strange in ("", "\ud83d", f"{one}'", "%", one.lower() + "x")] == [None] * 5
    assert [kept.delete(one, key) for key in (OTHER, "", "\ud83d")] == [False] * 3
    assert kept.delete(one, KEY)
    assert [kept.delete(one, KEY), kept.read(one)] == [False, None]
    assert kept.read(two) is not None


def test_only_the_newest_stay(kept: KeptAnswers) -> None:
    ids = [stored(kept, replace(ANSWER, question=f"{number}?")) for number in range(5)]
    assert [(one := kept.read(id_)) and one.answer.question for id_ in ids] == [None, None, "2?", "3?", "4?"]


def test_what_readers_say_is_listed_with_what_it_is_of(kept: KeptAnswers) -> None:
    one, two = stored(kept), stored(kept, replace(ANSWER, question="And now?"))
    assert kept.feedback(one, HELPFUL)
    assert kept.feedback(two, WRONG, marker=2, comment=" No\x1b[31m,\n\u202ehe didn’t.\ud83d")
    with pytest.raises(ValueError, match=r"the answer has no citation 3: it has 2"):
        kept.feedback(two, WRONG, marker=3)
    with pytest.raises(ValueError, match=r"the comment has 2,001 characters: write at most 2,000"):
        kept.feedback(two, WRONG, comment="x" * 2001)
    kept.delete(one, KEY)
    newer, older = kept.feedbacks()
    assert (newer.verdict, newer.answer_id, newer.comment) == (WRONG, two, "No [31m, he didn’t.")
    assert (newer.answer and newer.answer.question, newer.claim) == ("And now?", ANSWER.claims[1])
    assert newer.citation == ANSWER.citations[1]
    assert (older.verdict, older.marker, older.answer, older.claim, older.citation) == (HELPFUL, *[None] * 4)
    assert [one.verdict for one in kept.feedbacks(1)] == [WRONG]
    first, _ = json.loads(feedback_json([newer, older]))
    assert (first["verdict"], first["question"], first["sentence"]) == (WRONG, "And now?", ANSWER.claims[1].text)
    assert (first["citation"]["paragraph"], first["answer"]) == (2, two)
    assert feedback_json([newer]).isascii()


def test_the_file_is_its_owners_and_names_no_browser(index: Path) -> None:
    stored(KeptAnswers(index))
    assert stat.S_IMODE((index / FILE).stat().st_mode) == 0o600
    assert KEY.encode() not in (index / FILE).read_bytes()
    assert {path.name for path in index.glob(f"{FILE}*")} == {FILE}


def test_of_the_passages_those_that_are_shown_are_kept() -> None:
    copy = NearDuplicate(hit(ORCHESTRA).passage, ORCHESTRA)
    hits = (hit(ORCHESTRA), replace(hit(PROTEST, 2), near_duplicates=(copy,)), hit(PROTEST, 3, 2))
    whole = replace(ANSWER, hits=hits)
    assert shown_of(whole).hits == hits[1:]
    assert shown_of(whole).text == whole.text
    many = [replace(HARBOUR, url=f"https://gull.example/{number}", title=f"Title {number}") for number in range(7)]
    every = tuple(hit(one, rank) for rank, one in enumerate([*many, many[0]], start=1))
    refusal = replace(answer_of(), hits=every, nearest=(said(many[6], 1, 1),))
    assert [one.article.title for one in shown_of(refusal).hits] == [f"Title {number}" for number in (0, 1, 6)]


def garbled(path: Path) -> None:
    path.write_bytes(b"what is this? " * 300)


def foreign(path: Path) -> None:
    sqlite3.connect(path).execute("CREATE TABLE answers (mine TEXT)").connection.close()


def of_another_release(path: Path) -> None:
    stored(KeptAnswers(path.parent))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def no_index(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


@pytest.mark.parametrize("wrong", [garbled, foreign, of_another_release, Path.mkdir, no_index])
def test_what_cannot_be_kept_is_told_once_and_nothing_is_written_over(
    index: Path, caplog: pytest.LogCaptureFixture, wrong: Callable[[Path], None]
) -> None:
    wrong(index / FILE)
    before = (index / FILE).read_bytes() if (index / FILE).is_file() else None
    kept = KeptAnswers(index)
    with caplog.at_level(logging.WARNING):
        assert [kept.keep(ANSWER, KEY) for _ in range(3)] == [None] * 3
    assert len(caplog.records) == 1
    assert str(index / FILE) in caplog.text
    assert [kept.read("x"), kept.delete("x", KEY), kept.feedback("x", HELPFUL)] == [None, False, False]
    assert before == ((index / FILE).read_bytes() if (index / FILE).is_file() else None)
    if before is not None:
        with pytest.raises(RagError, match=r"answers\.sqlite: answers cannot be kept or read there \(.+\)"):
            kept.feedbacks()


def test_a_full_disk_or_a_busy_file_costs_only_the_keeping(
    index: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.store.kept._PATIENCE", 0.01)
    kept = KeptAnswers(index)
    one = stored(kept)
    real = sqlite3.connect

    def full(*arguments: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(*arguments, **options)  # type: ignore[call-overload]
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr("sqlite3.connect", full)
        large = replace(ANSWER, question="".join(map(chr, range(200, 20_000))))
        assert [kept.keep(large, KEY) for _ in range(2)] == [None, None]
    assert caplog.text.count("database or disk is full") == 1
    assert kept.keep(large, KEY)
    with sqlite3.connect(index / FILE, isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert [kept.keep(ANSWER, KEY), kept.delete(one, KEY), kept.read(one)] == [None, False, None]
        assert "database is locked" in caplog.text
        connection.execute("ROLLBACK")
    connection.close()
    again = kept.read(one)
    assert again
    assert again.answer == ANSWER


def test_a_record_of_another_format_is_passed_over_and_said(index: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = KeptAnswers(index)
    one, two = stored(kept), stored(kept)
    with sqlite3.connect(index / FILE) as connection:
        old = zlib.compress(to_json(ANSWER).replace('"format": 2', '"format": 1').encode())
        connection.execute("UPDATE answers SET record = ? WHERE id = ?", (old, one))
        connection.execute("UPDATE answers SET record = x'00ff' WHERE id = ?", (two,))
    connection.close()
    with caplog.at_level(logging.WARNING):
        assert [kept.read(one), kept.read(two)] == [None, None]
    assert "the record has format 1" in caplog.text
    assert "a record in it is damaged" in caplog.text


def test_threads_and_processes_share_it(index: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from rag.record.keeping import KeptAnswers; "
        "from tests.test_record_keeping import ANSWER, KEY; kept = KeptAnswers(Path(sys.argv[1])); "
        "print(*[kept.keep(ANSWER, KEY) for _ in range(10)])"
    )
    root = Path(__file__).parents[1]
    ran = [
        subprocess.Popen([sys.executable, "-c", script, str(index)], stdout=subprocess.PIPE, text=True, cwd=root)
        for _ in range(2)
    ]
    kept = KeptAnswers(index)
    with ThreadPoolExecutor(4) as threads:
        ids = [*threads.map(lambda _: kept.keep(ANSWER, KEY), range(20))]
    ids += [id_ for one in ran for id_ in one.communicate()[0].split()]
    assert len(set(ids)) == 40
    assert all(kept.read(id_ or "") for id_ in ids)


def test_an_article_that_is_removed_takes_its_answers_along_also_from_memory(kept: KeptAnswers, index: Path) -> None:
    both, hall = stored(kept), stored(kept, answer_of(said(ORCHESTRA, 1, 1)))
    cut = stored(kept, replace(answer_of(said(ORCHESTRA, 1, 1)), hits=(hit(HARBOUR),), cut=(CUT,)))
    remove(Snapshot.open(index).folder, Selection((HARBOUR.id,)), "")
    assert [kept.read(id_) is None for id_ in (both, hall, cut)] == [True, False, True]
    # The question was asked before, and is answered only now.
    assert kept.keep(ANSWER, KEY) is None
    assert kept.keep(answer_of(said(PROTEST, 1, 1)), KEY)


CUT = Cut("They rose.", "no article says so", Outcome.UNSUPPORTED, None)


def test_what_became_of_an_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    answer = answer_of(said(HARBOUR, 1, 1), said(HARBOUR, 2, 2), said(PROTEST, 1, 3), said(ORCHESTRA, 1, 4))
    changed = replace(HARBOUR, paragraphs=("The tolls fell.", HARBOUR.paragraphs[1]))
    told = []
    for articles in ([HARBOUR, PROTEST, ORCHESTRA], [changed, PROTEST, ORCHESTRA], [changed], [HARBOUR, PROTEST]):
        build_index(tmp_path / "index", articles)
        told.append(recheck(answer, Snapshot.open(tmp_path / "index")))
    assert [one.sentence for one in told] == [
        "All 4 citations still hold.",
        "1 of 4 citations no longer holds.",
        "1 of 4 citations no longer holds, and 2 cannot be checked, as their articles are not in this index.",
        "1 of 4 citations cannot be checked, as its article is not in this index.",
    ]
    assert {marker: one.standing for marker, one in told[3].by_marker.items()} == {
        **dict.fromkeys((1, 2, 3), "holds"),
        4: "cannot be checked, the article is not in this index",
    }
    snapshot = Snapshot.open(tmp_path / "index")
    for one, sentence in (
        (HARBOUR, "Its citation still holds."),
        (replace(HARBOUR, paragraphs=("They fell.",)), "Its citation no longer holds."),
        (ORCHESTRA, "Its citation cannot be checked, as its article is not in this index."),
    ):
        assert recheck(answer_of(said(one, 1, 1)), snapshot).sentence == sentence
    assert recheck(answer_of(), snapshot).sentence == "It cites nothing."
