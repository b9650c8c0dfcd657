"""The sample coverage and its two files of questions: what they claim to rest on stands where they say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.refusal import FURTHER
from index.sources.files import find_files
from index.sources.reading import read_files
from rag.articles import Article
from rag.sample import ARTICLES, QUESTIONS
from rag.store.scope import name_key

# Some are near misses: about people, places and events of the coverage, which does not say what is asked.
UNANSWERABLE = ("near miss: ", "elsewhere: ", "unanswerable")
# A near miss is about people, places and events of the coverage, which does not say what is asked.


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """The newest version of each article, by url."""
    readings = list(read_files(find_files([ARTICLES]), today=date(2025, 12, 31)))
    assert [reading for reading in readings if reading.article is None or reading.notices] == []
    read_articles = [reading.article for reading in readings if reading.article]
    return {str(one.url): one for one in sorted(read_articles, key=lambda one: one.updated or date.min)}


def items(path: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_the_coverage_is_broad_and_invented(articles: dict[str, Article]) -> None:
    assert 55 <= len(articles) <= 70
    assert len({article.outlet for article in articles.values()}) >= 7
    days = [article.published for article in articles.values() if article.published]
    assert (len(days), {day.year for day in days}) == (len(articles), {2025})
    assert (max(days) - min(days)).days > 120
    assert {"Opinion", "Live"} <= {article.section for article in articles.values()}
    assert sum(article.agency is not None for article in articles.values()) >= 4
    assert all(url.split("/")[2].endswith(".example") for url in articles)


@pytest.mark.parametrize("path", [QUESTIONS, FURTHER], ids=["own", "further"])
def test_every_fact_stands_where_the_question_says(articles: dict[str, Article], path: Path) -> None:
    for item in items(path):
        scope = item.get("scope", {})
        assert item["gold"] or item["type"].startswith(UNANSWERABLE), item["id"]
        for gold in item["gold"]:
            article = articles[gold["url"]]
            assert gold["fact"], item["id"]
            assert gold["fact"] in article.paragraph(gold["paragraph"]), item["id"]
            day = str(article.published)
            assert scope.get("published_from", "") <= day <= scope.get("published_to", "9999"), item["id"]
            if "outlets" in scope:
                assert name_key(article.outlet or "") in map(name_key, scope["outlets"]), item["id"]
