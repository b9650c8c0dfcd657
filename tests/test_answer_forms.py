"""Answers that are no single fact, refusals with their reason, and what people type that is no plain question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.answer.extractive import ExtractiveGenerator
from rag.articles import Article
from rag.models.reading import Pair, Reading
from rag.search.retriever import Retriever
from rag.store.scope import Scope
from tests.cited import Fixed
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index


def told(title: str, day: date | None, *paragraphs: str, outlet: str = "The Ellery Courier") -> Article:
    url = f"https://news.example/{title.replace(' ', '-')}"
    return Article(title, paragraphs, outlet, url, published=day)


STRIKE = told(
    "Ferry crews walk out",
    date(2025, 6, 2),
    "Crews of the Stony Reach ferry went on strike on Monday over their night pay.",
    "The ferry strike is the first since 1998. It keeps 4,000 commuters at home.",
)
TALKS = told(
    "No deal in ferry dispute",
    date(2025, 6, 5),
    "Talks to end the strike of the Stony Reach ferry broke down on Wednesday after nine hours.",
    "Ferry director Ulla Marrek called the demands of the strike out of reach.",
    outlet="Strand Radio",
)
DEAL = told(
    "Ferries run again",
    date(2025, 6, 9),
    "The strike of the Stony Reach ferry ended on Sunday with a rise in night pay of six per cent.",
)
FERRY = (STRIKE, TALKS, DEAL)
UNDATED = [replace(one, published=None) for one in FERRY]


def answerer(folder: Path, *articles: Article) -> Answerer:
    build_index(folder / "index", articles)
    return Answerer(Retriever.open(folder / "index", embedder=ToyEmbedder()), ExtractiveGenerator())


@pytest.fixture(scope="module")
def quoting(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    return answerer(tmp_path_factory.mktemp("forms"), *FERRY, HARBOUR, PROTEST, ORCHESTRA)


def titles(answer: Answer) -> list[str]:
    return [claim.citations[0].article.title for claim in answer.claims]


def test_an_overview_and_the_latest_tell_each_article_on_the_topic_the_newest_first(quoting: Answerer) -> None:
    for question in ("Tell me about the Stony Reach ferry strike", "Latest on the Stony Reach ferry strike"):
        answer = quoting.answer(question)
        assert list(dict.fromkeys(titles(answer))) == [DEAL.title, TALKS.title, STRIKE.title]
        assert answer.lead == f"{DEAL.paragraphs[0].replace('Sunday', 'Sunday [8 June 2025]')}"
        assert all(one.verbatim for one in answer.claims)
    then = quoting.answer("Latest on the Stony Reach ferry strike", as_of=date(2025, 6, 6))
    assert titles(then)[0] == TALKS.title  # what came later was not known
    from_now_on = Scope(published_from=date(2025, 6, 8))
    later = quoting.answer("Latest on the Stony Reach ferry strike", as_of=date(2025, 6, 6), scope=from_now_on)
    assert titles(later) == [DEAL.title]
    [only, *more] = quoting.answer("Summarise the Vellmar orchestra").claims
    assert (only.text, more) == (ORCHESTRA.paragraphs[0], [])


def test_a_timeline_has_one_line_a_day_by_day_and_dated_in_brackets(quoting: Answerer) -> None:
    answer = quoting.answer("Timeline of the Stony Reach ferry strike")
    days = [claim.text.partition("] ")[0].strip("[") for claim in answer.claims]
    assert days == ["2 June 2025", "4 June 2025", "8 June 2025"]  # and not 1998, the strike before
    assert all(claim.verbatim and claim.insertions[0][0] == 0 for claim in answer.claims)


def test_a_timeline_leaves_out_few_old_days_and_keeps_those_of_a_life(tmp_path: Path) -> None:
    first = "In 1911 the Stony Reach ferry opened in Vellmar."
    strike = [replace(STRIKE, paragraphs=(first, *STRIKE.paragraphs)), TALKS, DEAL]
    died = "Odile Brandt of the Stony Reach ferry died on Monday in her house in Vellmar."
    built, sold = "In 1971 Brandt built the Stony Reach ferry.", "In 1980 Brandt sold the ferry."
    life = replace(STRIKE, paragraphs=(died, built, sold))
    for articles, begins in ((strike, "[2 June 2025]"), ([life], "[1971]")):
        lines = answerer(tmp_path / begins, *articles).answer("Timeline of the Stony Reach ferry").claims
        assert [one.text.startswith(begins) for one in lines[:2]] == [True, False]


def test_a_list_has_the_titles_of_articles_with_their_outlets_and_days(quoting: Answerer) -> None:
    answer = quoting.answer("Which articles do you have on the ferry strike?")
    assert answer.text.split("\n") == [
        "The Ellery Courier, 9 June 2025: Ferries run again [1]",
        "Strand Radio, 5 June 2025: No deal in ferry dispute [2]",
        "The Ellery Courier, 2 June 2025: Ferry crews walk out [3]",
        "From 3 articles of 2 outlets, 2 June 2025 to 9 June 2025.",
    ]
    limited = quoting.answer("Which articles do you have on the ferry strike?", scope=Scope(outlets=("Strand Radio",)))
    assert titles(limited) == [TALKS.title]


@pytest.mark.parametrize(
    ("question", "newest"),
    [
        ("any news?", [DEAL, TALKS, STRIKE, ORCHESTRA]),
        ("What happened?", [DEAL, TALKS, STRIKE, ORCHESTRA]),
        ("latest news from Strand Radio", [TALKS, PROTEST]),
        ("What articles do you have from May?", [ORCHESTRA]),
        ("What happened in the week of 1 January 1999?", []),
    ],
)
def test_a_question_about_nothing_in_particular_gets_the_newest_articles_within_what_it_names(
    quoting: Answerer, question: str, newest: list[Article]
) -> None:
    assert titles(quoting.answer(question)) == [one.title for one in newest]


def test_days_that_would_leave_nothing_are_relaxed_and_it_is_said(tmp_path: Path) -> None:
    answer = answerer(tmp_path, *UNDATED).answer("What happened last week?", as_of=date(2025, 6, 12))
    assert sorted(titles(answer)) == sorted(one.title for one in FERRY)
    assert answer.notes[0] == ("Relaxed, because nothing would be left: “last week” (from 2 June 2025 to 8 June 2025).")


def test_a_comparison_has_both_sides_or_names_the_one_that_is_missing(quoting: Answerer) -> None:
    both = quoting.answer("Compare Ulla Marrek and Odile Brandt on demands")
    assert {TALKS.title, PROTEST.title} <= set(titles(both))
    half = quoting.answer("What did Ulla Marrek and Kestrel Bainbridge each call out of reach?")
    assert titles(half) == [TALKS.title]
    assert half.unanswered == ("What did Kestrel Bainbridge each call out of reach?",)


REASONS = [
    ("Who burnt Castle Ruhland?", "None of the 6 articles names “Castle Ruhland”."),
    ("Summarise the war of Ruhland and Dahl against Ruhland", "None of the 6 articles names “Ruhland”, “Dahl”."),
    ("Timeline of the zeppelin race", "No article says “zeppelin”, “race”."),
    (
        "Did anybody arrest Ulla Marrek?",
        "The article that comes nearest names “Ulla Marrek”, and does not say “arrest”.",
    ),
    ("Wer hat die Fähre bestreikt?", ""),
]


@pytest.mark.parametrize(("question", "reason"), REASONS)
def test_a_refusal_says_what_is_missing_where_that_is_known(quoting: Answerer, question: str, reason: str) -> None:
    answer = Answerer(quoting.retriever, Fixed()).answer(question)
    assert (answer.refused, answer.reason, answer.lead) == (True, reason, "")
    assert answer.text.startswith(f"The coverage does not say. {reason}".strip())


def sure(question: str, pairs: Sequence[Pair]) -> list[Reading]:
    """A reader to whom every sentence answers."""
    return [Reading(9.0) for _ in pairs]


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("Who called the demands of the Stony Reach ferry strike out of reach?", True),
        ("Who called the demands of the Kestrel Bay ferry strike out of reach?", False),
        ("Who called the demands of the ferry strike of Castle Ruhland out of reach?", False),
        ("Who called the demands of the Dutch ferry strike out of reach?", True),  # or of the Netherlands
        ("Who called the demands of the IMF on the ferry strike out of reach?", True),  # may be written out
        ("Whos The Director Who Called The Ferry Strike Out Of Reach?", True),
        ("What did Ulla Marrek call out of reach and what did Kestrel Bainbridge call out of reach?", True),
    ],
)
def test_a_question_of_what_no_article_names_is_declined_however_much_a_sentence_seems_to_answer(
    quoting: Answerer, question: str, answered: bool
) -> None:
    answer = replace(quoting, reader=sure).answer(question)
    assert answer.refused is not answered
    assert answered or answer.reason.startswith("None of the 6 articles names “")
    assert answered or answer.nearest


def test_what_is_nearest_is_quoted_once(quoting: Answerer) -> None:
    answer = Answerer(quoting.retriever, Fixed()).answer("How many are on strike right now on the Stony Reach ferry?")
    assert answer.outcome == "nearest"
    quotes = [one.quote for claim in answer.nearest for one in claim.citations]
    assert len(quotes) == len(set(quotes)) > 0
    assert (answer.claims, answer.citations) == ((), ())


ASKS_NOTHING = ["hello", "???", "🙂", "x", "what can you do?", "((((" * 400]


@pytest.mark.parametrize("question", ASKS_NOTHING)
def test_who_asks_nothing_is_told_what_can_be_asked_and_each_example_is_answered(
    quoting: Answerer, question: str
) -> None:
    answer = quoting.answer(question)
    assert (answer.kind, answer.refused, answer.claims, answer.hits) == ("help", False, (), ())
    assert answer.text.split("\n")[1:3] == [
        "It holds 6 articles of 2 outlets, from 4 March 2025 to 9 June 2025.",
        "Outlets: The Ellery Courier (4), Strand Radio (2).",
    ]
    examples = [line[2:] for line in answer.help.split("\n") if line.startswith("- ")]
    assert [titles(quoting.answer(one))[0] for one in examples] == [DEAL.title, TALKS.title, STRIKE.title]


def test_a_wrong_limit_is_told_to_who_only_says_hello(quoting: Answerer) -> None:
    with pytest.raises(ValueError, match="outlet 'The Lantern'"):
        quoting.answer("hello", scope=Scope(outlets=("The Lantern",)))


def test_a_question_in_another_language_is_read_as_words_and_it_is_said(quoting: Answerer) -> None:
    answer = quoting.answer("¿Quién es Ulla Marrek y por qué la Stony Reach ferry?")
    assert answer.notes[0] == "Only questions in English are read: of this one only the words were looked for."
    assert answer.hits[0].article == TALKS
    assert "read" not in quoting.answer("Who is Ulla Marrek?").notes[0]


LONG = [
    "x " * 999,
    "Who won? " * 222,
    "What did Anna Berg and Carl Dahl each say? " * 46,
    "a," * 999,
    "ferry or " * 222,
]


@pytest.mark.parametrize("question", [*LONG, "“" * 2000, "Compare " + "Anna and Bob " * 150, "Ferry, " + "?" * 1990])
def test_two_thousand_characters_of_anything_are_answered_or_refused(quoting: Answerer, question: str) -> None:
    answer = quoting.answer(question)
    assert answer.timings.get("whole", 0) < 5
    assert answer.text


def test_an_article_that_is_quoted_against_itself_is_quoted_whole(tmp_path: Path) -> None:
    denial = told("Mayor stays", date(2025, 5, 6), "The mayor of Port Ellery will not resign, she said on Tuesday.")
    quoting = answerer(tmp_path, denial, PROTEST)
    answer = quoting.answer('The article says "the mayor of Port Ellery will", so why will she resign?')
    assert answer.refused or "will not resign, she said" in answer.lead


SMALL: list[tuple[list[Article], str, list[str], str]] = [
    ([HARBOUR], "What happened?", [HARBOUR.title], ""),
    ([HARBOUR], "What do you have on harbour tolls?", [HARBOUR.title], ""),
    ([HARBOUR], "Who burnt Castle Ruhland?", [], "No article names “Castle Ruhland”."),
    (
        [STRIKE, DEAL],
        "What did Strand Radio say of the ferry strike?",
        [],
        "None of the 2 articles names “Strand Radio”.",
    ),
    (UNDATED, "Latest on the Stony Reach ferry strike", [one.title for one in UNDATED], ""),
    (UNDATED, "Timeline of the Stony Reach ferry strike", [], "The articles on this name no day."),
    ([replace(DEAL, paragraphs=("Ferries run again.",))], "Articles on ferries?", [DEAL.title], ""),
    ([replace(DEAL, paragraphs=("Ferries run again today.",))], "Timeline of the ferries", [DEAL.title], ""),
]


@pytest.mark.parametrize(("articles", "question", "shown", "reason"), SMALL)
def test_an_index_of_one_article_one_outlet_no_days_or_headlines_only(
    tmp_path: Path, articles: list[Article], question: str, shown: list[str], reason: str
) -> None:
    answer = answerer(tmp_path, *articles).answer(question)
    assert (sorted(set(titles(answer))), answer.reason) == (sorted(shown), reason)
