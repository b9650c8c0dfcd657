"""The sample coverage and its two files of questions: what they claim to rest on stands where they say."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.refusal import FURTHER
from index.sources.files import find_files
from index.sources.reading import read
from rag.articles import Article
from rag.evaluation.questions import read_questions
from rag.sample import ARTICLES, QUESTIONS
from rag.store.scope import name_key

ANSWERABLE = {
    **{"who": 12, "what": 12, "when": 10, "where": 8, "how many": 12, "how much": 10, "why": 10, "how": 8},
    **{"yes-no": 10, "comparison": 8, "dated": 10, "outlet": 8, "keywords": 12, "paraphrase": 10},
}
# A near miss is about people, places and events of the coverage, which does not say what is asked.
UNANSWERABLE = {
    **{"near miss: attribute": 22, "near miss: person": 10, "near miss: day": 8, "near miss: aftermath": 10},
    **{"near miss: outlet": 8, "near miss: presupposition": 12},
    **{"elsewhere: world": 35, "elsewhere: same topic": 35},
}


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


def items(path: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_the_coverage_is_broad_and_invented(articles: dict[str, Article]) -> None:
    assert 55 <= len(articles) <= 70
    assert len({article.outlet for article in articles.values()}) >= 7
    days = [article.published for article in articles.values() if article.published]
    assert len(days) == len(articles)
    assert {day.year for day in days} == {2025}
    assert (max(days) - min(days)).days > 120
    assert {"Opinion", "Live"} <= {article.section for article in articles.values()}
    assert sum(article.agency is not None for article in articles.values()) >= 4
    assert all(url.split("/")[2].endswith(".example") for url in articles)


def test_there_are_as_many_questions_of_each_type_and_none_is_asked_twice() -> None:
    own, further = read_questions(QUESTIONS), read_questions(FURTHER)
    counts = Counter(question.type for question in own)
    assert counts == {"single": 20, "several": 15, "dated": 13, "outlet": 12, "unanswerable": 20}
    assert Counter(question.type for question in further) == ANSWERABLE | UNANSWERABLE
    assert sum(ANSWERABLE.values()) == sum(UNANSWERABLE.values()) == 140
    for question in further:
        assert question.answerable == bool(question.answers) == (question.type in ANSWERABLE), question.id
    assert len({question.text.casefold().rstrip("?") for question in (*own, *further)}) == len(own) + len(further)
    assert len({question.id for question in (*own, *further)}) == len(own) + len(further)
    examples = [item for item in items(QUESTIONS) if item.get("example")]
    assert 4 <= len(examples) <= 6
    assert all(item["gold"] for item in examples)


@pytest.mark.parametrize("path", [QUESTIONS, FURTHER], ids=["own", "further"])
def test_every_fact_stands_where_the_question_says(articles: dict[str, Article], path: Path) -> None:
    for item in items(path):
        scope = item.get("scope", {})
        assert item["gold"] or item["type"] in ("unanswerable", *UNANSWERABLE), item["id"]
        for gold in item["gold"]:
            article = articles[gold["url"]]
            assert gold["fact"], item["id"]
            assert gold["fact"] in article.paragraph(gold["paragraph"]), item["id"]
            assert article.published is not None
            assert scope.get("published_from", "") <= article.published.isoformat(), item["id"]
            assert article.published.isoformat() <= scope.get("published_to", "9999"), item["id"]
            if "outlets" in scope:
                assert name_key(article.outlet or "") in map(name_key, scope["outlets"]), item["id"]


def test_the_further_facts_are_spread_over_the_coverage_and_hold_the_answers(articles: dict[str, Article]) -> None:
    questions = read_questions(FURTHER)
    # Copies of the wire story about the ferry bring nothing that its first telling does not.
    wire = {url for url, one in articles.items() if one.agency == "Velmora Wire" and "/2025/06/14/" in url}
    assert len(wire) == 4
    assert set(articles) - wire == {article.url for question in questions for article in question.articles}
    for question in (one for one in questions if one.type in ANSWERABLE):
        facts = [fact.casefold() for fact in question.facts]
        things = question.answers[0].casefold().split("; ")  # several where the question asks for several
        assert question.type != "yes-no" or things[0] in ("yes", "no"), question.id
        stated = [one for one in things if one not in ("yes", "no")]
        assert stated or question.type == "yes-no", question.id
        assert [one for one in stated if not any(one in fact for fact in facts)] == [], question.id
