"""What was understood of a question is told one by one, and each can be taken back, which asks again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer, Choices
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.understood import Understood, understood
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.spelling import Correction
from rag.search.retriever import Retriever
from rag.store.scope import Scope
from tests.cited import answer_of
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

AS_OF = date(2025, 6, 1)


class Spelling(ToyEmbedder):
    """Its vocabulary holds a few words whole, and no name."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1 if text in ("report", "about", "tolls") else len(text) for text in texts]


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("understood") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA])
    return Answerer(Retriever.open(folder, embedder=Spelling()), ExtractiveGenerator())


def ask(asking: Answerer, question: str, choices: Choices, after: Sequence[Answer] = ()) -> Answer:
    chosen = {"as_of": choices.as_of, "parse_query": choices.parse_query}
    return asking.answer(question, scope=choices.scope, ignored=choices.ignored, after=after, **chosen)  # type: ignore[arg-type]


def shown(answer: Answer) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.words, one.meaning, one.effect) for one in understood(answer)]


def test_all_that_was_understood_is_told_in_the_order_of_the_question(asking: Answerer) -> None:
    question = 'What did Strand Radio report in April about "lower tolls" and Brant, according to the Evening Post?'
    choices = Choices(Scope(date(2025, 1, 1), authors=("Tobin Vance",)), AS_OF)
    answer = ask(asking, question, choices)
    assert shown(answer) == [
        ("outlet", "Strand Radio", "Strand Radio", "limits"),
        ("days", "in April", "1 April 2025 to 30 April 2025", "set aside"),  # days were set
        ("phrase", '"lower tolls"', "lower tolls", "limits"),
        ("correction", "Brant", "Brandt", "instead"),
        ("outlet", "the Evening Post", "the Evening Post", "not in this index"),
        ("as of", "", "1 June 2025", "counts from"),
        ("limit", "", "from 1 January 2025", "limits"),
        ("limit", "", "by Tobin Vance", "limits"),
    ]
    outlet, april, *_, as_of, days, author = understood(answer)
    assert outlet == Understood(
        "outlet",
        "Strand Radio",
        "Strand Radio",
        "limits",
        names=("Strand Radio",),
        otherwise=replace(choices, ignored=("Strand Radio",)),
    )
    assert (april.first, april.last) == (date(2025, 4, 1), date(2025, 4, 30))
    assert (as_of.first, as_of.otherwise) == (AS_OF, replace(choices, as_of=None))
    assert days.otherwise == replace(choices, scope=Scope(authors=("Tobin Vance",)))
    assert author.otherwise == replace(choices, scope=Scope(date(2025, 1, 1)))


QUESTIONS = [
    ("What did Strand Radio report in April 2025 about the tolls of Odile Brant?", Choices()),
    ('Who said "the tolls are free" on 3 May 2019, according to Strand Radio?', Choices(as_of=AS_OF)),  # relaxed
    ("Any news from last week, in French?", Choices(Scope(outlets=("Strand Radio", "The Ellery Courier")), AS_OF)),
    ("What did the Evening Post report of the quay in March?", Choices(Scope(date(2025, 3, 1)))),
]


@pytest.mark.parametrize(("question", "choices"), QUESTIONS, ids=[one[0][:30] for one in QUESTIONS])
def test_whatever_was_understood_can_be_taken_back_and_what_was_read_put_back(
    asking: Answerer, question: str, choices: Choices
) -> None:
    def told(answer: Answer, *, set_by_a_person: bool) -> list[tuple[object, ...]]:
        things = [one for one in understood(answer) if set_by_a_person == (one.kind == "limit") and one.kind != "as of"]
        return [(one.kind, one.words, one.effect, one.names) for one in things]

    before = ask(asking, question, choices)
    read, limits = told(before, set_by_a_person=False), told(before, set_by_a_person=True)
    for one in understood(before):
        thing = (one.kind, one.words, one.effect, one.names)
        if not one.otherwise:
            assert (one.kind, choices.as_of) == ("as of", None)  # nobody set it
        elif one.words:
            without = ask(asking, question, one.otherwise)
            ignored = [(*each[:2], "ignored", each[3]) if each == thing else each for each in read]
            assert told(without, set_by_a_person=False) == ignored
            [again] = [each.otherwise for each in understood(without) if each.effect == "ignored"]
            assert again == choices
        else:
            without = ask(asking, question, one.otherwise)
            assert told(without, set_by_a_person=True) == [each for each in limits if each != thing]
            assert (without.choices.as_of is None) == (one.kind == "as of" or not choices.as_of)


def test_what_is_ignored_neither_limits_nor_prefers_and_is_still_a_word(asking: Answerer) -> None:
    asked = "What did Strand Radio report about the tolls?"
    read = asking.retriever.search(asked)
    assert (read.scope, {hit.article for hit in read.hits}) == (Scope(outlets=("Strand Radio",)), {PROTEST})
    found = asking.retriever.search(asked, ignored=["strand radio"])
    assert (found.scope, {hit.article for hit in found.hits}) == (Scope(), {HARBOUR, PROTEST, ORCHESTRA})
    assert found.hits[0].explain.lexical > 0
    assert asking.retriever.search(asked, ignored=["Strand"]).scope == read.scope  # only all of its words
    likened = "Where does the orchestra move, like Strand Radio reported?"
    plain, free = (asking.retriever.search(likened, ignored=one).hits for one in ((), ["Strand Radio"]))
    assert (plain[0].article, free[0].article) == (ORCHESTRA, ORCHESTRA)
    assert {hit.article: hit.score for hit in free}[PROTEST] < {hit.article: hit.score for hit in plain}[PROTEST]


def test_a_question_about_nothing_else_stays_one(asking: Answerer) -> None:
    march = asking.answer("What happened in March?", as_of=AS_OF)
    assert [one.article for one in march.citations] == [HARBOUR]
    ever = asking.answer("What happened in March?", as_of=AS_OF, ignored=["in March"])
    assert [one.article for one in ever.citations] == [ORCHESTRA, PROTEST, HARBOUR]
    assert ever.scope == Scope()


def test_a_name_that_is_no_slip_stays_as_it_is_typed(asking: Answerer) -> None:
    asked = "What did Odile Brant say?"
    assert asking.answer(asked).corrections == (Correction("Brant", "Brandt"),)
    kept = asking.answer(asked, ignored=["brant"])
    assert (kept.corrections, kept.parsed and kept.parsed.question) == ((), asked)
    assert shown(kept) == [("correction", "brant", "brant", "ignored")]


def test_a_follow_up_keeps_what_was_ignored_until_it_is_typed_anew(asking: Answerer) -> None:
    asked = "What did The Ellery Courier report in March 2025 about the tolls of Odile Brant?"
    first = asking.answer(asked, ignored=["in March 2025", "Brant"])
    assert (first.scope, first.corrections) == (Scope(outlets=("The Ellery Courier",)), ())
    second = asking.answer("And Strand Radio?", after=[first])
    assert second.rewritten == asked.replace("The Ellery Courier", "Strand Radio")
    assert (second.scope, second.corrections) == (Scope(outlets=("Strand Radio",)), ())
    [outlet, days] = understood(second)
    assert (days.words, days.effect, days.otherwise) == ("in March 2025", "ignored", None)  # it was not chosen here
    carried = ask(asking, "And Strand Radio?", outlet.otherwise or Choices(), [first])
    assert (carried.rewritten, carried.scope) == (second.rewritten, Scope())
    assert asking.answer("And The Ellery Courier?", after=[first, second]).scope == first.scope
    anew = asking.answer("And in March 2025?", after=[first, second])
    assert [(one.words, one.effect) for one in understood(anew)][-1] == ("in March 2025", "relaxed")  # so it is read


def test_the_day_of_the_question_limits_the_latest_and_is_told_only_where_something_counts_from_it(
    asking: Answerer,
) -> None:
    latest = asking.answer("What is the latest on the tolls?", as_of=date(2025, 4, 1))
    assert shown(latest) == [("as of", "", "1 April 2025", "limits")]
    assert shown(asking.answer("Who raised the tolls in March 2025?")) == [
        ("days", "in March 2025", "1 March 2025 to 31 March 2025", "preferred")
    ]
    dated = understood(asking.answer("Who raised the tolls in March?"))
    assert [(one.kind, one.otherwise is None) for one in dated] == [("days", False), ("as of", True)]


def test_days_that_were_read_are_set_aside_unless_they_narrow_those_that_were_set(asking: Answerer) -> None:
    def days(question: str, **choices: object) -> tuple[str, Scope]:
        answer = asking.answer(question, **choices)  # type: ignore[arg-type]
        return next(one.effect for one in understood(answer) if one.kind == "days"), answer.scope

    since, as_of = Scope(published_from=date(2025, 2, 1)), date(2025, 5, 20)
    assert days("What is the latest on the tolls in March?", as_of=as_of) == ("set aside", Scope(published_to=as_of))
    assert days("Who raised the tolls in March?", scope=since) == ("set aside", since)
    assert days("What happened in March?", scope=since) == ("limits", replace(since, published_to=date(2025, 3, 31)))


def test_what_a_sub_query_made_a_limit_of_and_lost_is_told_once() -> None:
    preferred = Constraint("outlet", 4, 16, "Strand Radio", False, outlet="Strand Radio")
    parsed = ParsedQuery("Did Strand Radio say so?", AS_OF, (preferred,))
    answer = replace(answer_of(), parsed=parsed, relaxed=(replace(preferred, restricts=True),))
    assert shown(answer) == [("outlet", "Strand Radio", "Strand Radio", "relaxed")]
    french = Constraint("language", 4, 13, "in French", True, language="fr")
    answer = replace(answer_of(), parsed=replace(parsed, constraints=(french,)))
    assert shown(answer) == [("language", "in French", "French", "limits")]


def test_help_and_a_question_in_which_nothing_was_read(asking: Answerer) -> None:
    assert understood(asking.answer("help", scope=Scope(outlets=("Strand Radio",)))) == ()
    literal = asking.answer("Who raised the tolls in March?", parse_query=False, scope=Scope(outlets=("Strand Radio",)))
    assert shown(literal) == [("limit", "", "Strand Radio", "limits")]
    assert literal.choices == Choices(Scope(outlets=("Strand Radio",)), parse_query=False)


def test_limits_of_one_kind_are_taken_back_one_by_one(tmp_path: Path) -> None:
    languages = [replace(HARBOUR, language="en"), replace(PROTEST, language="fr")]
    build_index(tmp_path / "index", languages)
    asking = Answerer(Retriever.open(tmp_path / "index", embedder=Spelling()), ExtractiveGenerator())
    answer = asking.answer("Who raised the tolls?", scope=Scope(languages=("en", "fr")))
    [english, french] = understood(answer)
    assert (english.meaning, french.meaning) == ("in English", "in French")
    assert english.otherwise == Choices(Scope(languages=("fr",)))
    assert french.otherwise == Choices(Scope(languages=("en",)))
