"""Further questions of the sample's coverage, to measure when to decline: what they claim to rest on stands there."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import read
from rag.articles import Article
from rag.evaluation.questions import GoldQuestion, read_questions
from rag.sample import ARTICLES, QUESTIONS
from rag.store.scope import name_key

FURTHER = Path(__file__).parent / "quality" / "questions.json"

ANSWERABLE = {
    "who": 12,
    "what": 12,
    "when": 10,
    "where": 8,
    "how many": 12,
    "how much": 10,
    "why": 10,
    "how": 8,
    "yes-no": 10,
    "comparison": 8,
    "dated": 10,
    "outlet": 8,
    "keywords": 12,
    "paraphrase": 10,
}
# A near miss is about people, places and events of the coverage, which does not say what is asked.
UNANSWERABLE = {
    "near miss: attribute": 22,
    "near miss: person": 10,
    "near miss: day": 8,
    "near miss: aftermath": 10,
    "near miss: outlet": 8,
    "near miss: presupposition": 12,
    "elsewhere: world": 35,
    "elsewhere: same topic": 35,
}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """The newest version of each article, by url."""
    newest: dict[str, Article] = {}
    for reading in read(find_files([ARTICLES]).files, today=date(2025, 12, 31)):
        article = reading.article
        assert article is not None
        assert article.url is not None
        other = newest.get(article.url)
        if other is None or (article.updated or date.min) > (other.updated or date.min):
            newest[article.url] = article
    return newest


@pytest.fixture(scope="module")
def questions() -> list[GoldQuestion]:
    return read_questions(FURTHER)


def test_there_are_as_many_of_each_kind(questions: list[GoldQuestion]) -> None:
    assert Counter(question.type for question in questions) == ANSWERABLE | UNANSWERABLE
    assert sum(ANSWERABLE.values()) == sum(UNANSWERABLE.values()) == 140


def test_the_kind_says_whether_the_coverage_answers(questions: list[GoldQuestion]) -> None:
    for question in questions:
        assert question.answerable == bool(question.answers) == (question.type in ANSWERABLE), question.id


def test_ids_count_from_one(questions: list[GoldQuestion]) -> None:
    assert [question.id for question in questions] == [f"further-{number:03}" for number in range(1, 281)]


def test_no_question_is_asked_twice(questions: list[GoldQuestion]) -> None:
    texts = [question.text.casefold().rstrip("?") for question in [*questions, *read_questions(QUESTIONS)]]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_every_fact_stands_where_the_question_says(articles: dict[str, Article]) -> None:
    for item in json.loads(FURTHER.read_text(encoding="utf-8")):
        scope = item.get("scope", {})
        for gold in item["gold"]:
            article = articles[gold["url"]]
            assert gold["fact"], item["id"]
            assert gold["fact"] in article.paragraph(gold["paragraph"]), item["id"]
            assert article.published is not None
            assert scope.get("published_from", "") <= article.published.isoformat(), item["id"]
            assert article.published.isoformat() <= scope.get("published_to", "9999"), item["id"]
            if "outlets" in scope:
                assert name_key(article.outlet or "") in map(name_key, scope["outlets"]), item["id"]


def test_the_facts_are_spread_over_the_coverage(questions: list[GoldQuestion], articles: dict[str, Article]) -> None:
    used = {article.url for question in questions for article in question.articles}
    # Copies of the wire story about the ferry bring nothing that its first telling does not.
    near_duplicates = {
        url for url, article in articles.items() if article.agency == "Velmora Wire" and "/2025/06/14/" in url
    }
    assert len(near_duplicates) == 4
    assert set(articles) - near_duplicates == used


def test_every_answer_stands_in_the_facts(questions: list[GoldQuestion]) -> None:
    for question in questions:
        if question.type not in ANSWERABLE:
            continue
        facts = [fact.casefold() for fact in question.facts]
        # More than one part where the question asks for more than one.
        parts = question.answers[0].casefold().split("; ")
        if question.type == "yes-no":
            assert parts[0] in ("yes", "no"), question.id
        stated = [part for part in parts if part not in ("yes", "no")]
        assert stated or question.type == "yes-no", question.id
        assert [part for part in stated if not any(part in fact for fact in facts)] == [], question.id
