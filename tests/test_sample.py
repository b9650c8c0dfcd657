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
    readings = list(read(find_files([ARTICLES]).files, today=date(2025, 12, 31)))
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


def test_there_are_as_many_questions_of_each_type_and_none_is_asked_twice() -> None:
    own, further = read_questions(QUESTIONS), read_questions(FURTHER)
    counts = Counter(question.type for question in own)
    assert counts == {"single": 20, "several": 15, "dated": 13, "outlet": 12, "unanswerable": 20}
    assert Counter(question.type for question in further) == ANSWERABLE | UNANSWERABLE
    assert sum(ANSWERABLE.values()) == sum(UNANSWERABLE.values()) == 140
    for question in further:
        assert question.answerable == bool(question.answers) == (question.type in ANSWERABLE), question.id
    for known in ([one.text.casefold().rstrip("?") for one in (*own, *further)], [one.id for one in (*own, *further)]):
        assert len(set(known)) == len(known) == 360
    examples = [item["gold"] for item in items(QUESTIONS) if item.get("example")]
    assert (4 <= len(examples) <= 6, all(examples)) == (True, True)


@pytest.mark.parametrize("path", [QUESTIONS, FURTHER], ids=["own", "further"])
def test_every_fact_stands_where_the_question_says(articles: dict[str, Article], path: Path) -> None:
    for item in items(path):
        scope = item.get("scope", {})
        assert item["gold"] or item["type"] in ("unanswerable", *UNANSWERABLE), item["id"]
        for gold in item["gold"]:
            article = articles[gold["url"]]
            assert gold["fact"], item["id"]
            assert gold["fact"] in article.paragraph(gold["paragraph"]), item["id"]
            day = str(article.published)
            assert scope.get("published_from", "") <= day <= scope.get("published_to", "9999"), item["id"]
            if "outlets" in scope:
                assert name_key(article.outlet or "") in map(name_key, scope["outlets"]), item["id"]


def test_the_further_facts_are_spread_over_the_coverage_and_hold_the_answers(articles: dict[str, Article]) -> None:
    questions = read_questions(FURTHER)
    # Copies of the wire story about the ferry bring nothing that its first telling does not.
    wire = {url for url, one in articles.items() if one.agency == "Velmora Wire" and "/2025/06/14/" in url}
    assert len(wire) == 4
    assert set(articles) - wire == {article.url for question in questions for article in question.articles}
    for question in (one for one in questions if one.type in ANSWERABLE):
        things = question.answers[0].casefold().split("; ")  # several where the question asks for several
        yes_no = question.type == "yes-no"
        assert not yes_no or things[0] in ("yes", "no"), question.id
        stated = [one for one in things if one not in ("yes", "no")]
        assert stated or yes_no, question.id
        said = "\n".join(question.facts).casefold()
        assert [one for one in stated if one not in said] == [], question.id
