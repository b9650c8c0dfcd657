"""Files of questions in three formats."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from rag.evaluation.questions import GoldArticle, GoldQuestion, read_questions
from rag.store.scope import Scope


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_articles(folder: Path, *items: object) -> Path:
    path = folder / "articles.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(item) + "\n" for item in items)
    return path


def realtime(folder: Path, *ids: int, **more: str) -> Path:
    item = {"question_id": "20220617_3", "source": "CNN", "question": "Where?", "answer": ["Idaho"], **more}
    return write(folder / "questions.json", [{**item, "gold_doc_ids": list(ids)}])


def test_multihop_rags_format(tmp_path: Path) -> None:
    verge = {"title": "A", "source": "The Verge", "url": "https://v.example/a"}
    evidence = [{**verge, "fact": "One."}, {**verge, "fact": "Two."}, {"title": "B", "doc_id": 7, "fact": "Three."}]
    items = [{"query_id": 4, "query": "Q?", "answer": "Yes", "question_type": "null_query", "evidence_list": evidence}]
    [one] = read_questions(write(tmp_path / "q.json", items))
    articles = (GoldArticle("https://v.example/a", "A", "The Verge"), GoldArticle(None, "B"))
    assert one == GoldQuestion("4", "Q?", "null", ("One.", "Two.", "Three."), articles, ("Yes",))


def test_the_samples_format(tmp_path: Path) -> None:
    scope = {"published_from": "2025-03-01", "published_to": "2025-03-31", "outlets": ["Strand Radio"]}
    gold = [{"url": "https://v.example/a", "fact": "One."}]
    items = [
        {"id": "a", "question": "Q?", "type": "dated", "gold": gold, "scope": scope},
        {"question": "R?", "type": "unanswerable", "gold": []},
    ]
    first, second = read_questions(write(tmp_path / "q.json", items))
    march = Scope(date(2025, 3, 1), date(2025, 3, 31), ("Strand Radio",))
    assert first == GoldQuestion("a", "Q?", "dated", ("One.",), (GoldArticle("https://v.example/a"),), scope=march)
    assert second == GoldQuestion("2", "R?", "unanswerable")
    assert (first.answerable, second.answerable) == (True, False)
    assert (first.answerable_with(first.articles), first.answerable_with([])) == (True, False)


def test_realtime_qas_format(tmp_path: Path) -> None:
    write_articles(tmp_path, {"doc_id": 1, "url": "https://c.example/1"}, {"doc_id": 2, "title": "T", "url": ""})
    [one] = read_questions(realtime(tmp_path, 2, 1))
    articles = (GoldArticle(None, "T"), GoldArticle("https://c.example/1"))
    assert one == GoldQuestion("20220617_3", "Where?", "CNN", (), articles, ("Idaho",))
    [none] = read_questions(realtime(tmp_path))
    assert (none.answerable, none.settled) == (False, False)
    for written in ("2022/06/17", "2022-06-17"):
        [dated] = read_questions(realtime(tmp_path, 2, date=written))
        assert dated.asked_on == date(2022, 6, 17)
    with pytest.raises(ValueError, match=r"questions\.json item 1 .*'June'"):
        read_questions(realtime(tmp_path, 2, date="June"))


def test_realtime_qas_articles_that_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"articles\.jsonl\.gz"):
        read_questions(realtime(tmp_path, 1))
    path = write_articles(tmp_path, {"doc_id": 2, "url": "https://c.example/1"})
    whole = path.read_bytes()
    for content in (whole, whole[:-9], gzip.compress(b"no JSON"), gzip.compress(b'{"no": 1}')):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"questions\.json item 1 "):
            read_questions(realtime(tmp_path, 1, 2))


NO_ITEMS = [3, None, [], {}, {"query": "Q"}, {"question": "Q", "gold_doc_ids": [4]}, {"question": "Q", "gold": [[]]}]


def test_what_is_no_file_of_questions_is_named(tmp_path: Path) -> None:
    write_articles(tmp_path, {"doc_id": 2, "url": "https://c.example/1"})
    told = [(json.dumps([item]), "item 1 is no question with its facts") for item in NO_ITEMS]
    told += [("{", ".*is not JSON"), ("[" * 100_000, ".*is not JSON"), ("{}", ".*no list"), ("[]", ".*no list")]
    for content, message in told:
        (tmp_path / "q.json").write_text(content)
        with pytest.raises(ValueError, match=rf"q\.json {message}"):
            read_questions(tmp_path / "q.json")
