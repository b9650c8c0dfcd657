"""The sample coverage: read without a note, and its questions' gold stands where they say."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from index.sources.files import find_files
from index.sources.reading import read
from rag.articles import Article
from rag.evaluation.questions import read_questions
from rag.sample import ARTICLES, QUESTIONS
from rag.store.scope import name_key


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """The newest version of each article, by url."""
    newest: dict[str, Article] = {}
    readings = list(read(find_files([ARTICLES]).files, today=date(2025, 12, 31)))
    assert [reading for reading in readings if reading.article is None or reading.notices] == []
    for reading in readings:
        article = reading.article
        assert article is not None
        assert article.url is not None
        other = newest.get(article.url)
        if other is None or (article.updated or date.min) > (other.updated or date.min):
            newest[article.url] = article
    return newest


def test_the_coverage_is_broad(articles: dict[str, Article]) -> None:
    assert 55 <= len(articles) <= 70
    assert len({article.outlet for article in articles.values()}) >= 7
    days = [article.published for article in articles.values() if article.published]
    assert len(days) == len(articles)
    assert {day.year for day in days} == {2025}
    assert (max(days) - min(days)).days > 120
    assert {"Opinion", "Live"} <= {article.section for article in articles.values()}
    assert sum(article.agency is not None for article in articles.values()) >= 4


def test_every_url_is_invented(articles: dict[str, Article]) -> None:
    assert all(url.split("/")[2].endswith(".example") for url in articles)


def test_there_are_eighty_questions_and_twenty_have_no_answer() -> None:
    counts = Counter(question.type for question in read_questions(QUESTIONS))
    assert counts == {"single": 20, "several": 15, "dated": 13, "outlet": 12, "unanswerable": 20}


def test_the_gold_stands_where_the_questions_say(articles: dict[str, Article]) -> None:
    for item in json.loads(QUESTIONS.read_text(encoding="utf-8")):
        assert bool(item["gold"]) == (item["type"] != "unanswerable"), item["id"]
        for gold in item["gold"]:
            article = articles[gold["url"]]
            assert gold["fact"] in article.paragraph(gold["paragraph"]), item["id"]
            scope = item.get("scope", {})
            assert article.published is not None
            assert scope.get("published_from", "") <= article.published.isoformat(), item["id"]
            assert article.published.isoformat() <= scope.get("published_to", "9999"), item["id"]
            if "outlets" in scope:
                assert name_key(article.outlet or "") in map(name_key, scope["outlets"]), item["id"]


def test_examples_can_be_answered() -> None:
    examples = [item for item in json.loads(QUESTIONS.read_text(encoding="utf-8")) if item.get("example")]
    assert 4 <= len(examples) <= 6
    assert all(item["gold"] for item in examples)
