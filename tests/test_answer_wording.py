"""What is said around an answer in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rag.answer.wording import (
    also_in,
    how_it_was_read,
    not_answered,
    origin,
    rests_on,
    skipped_articles,
    what_was_searched,
)
from rag.articles import LABELS
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.search.hits import NearDuplicate
from rag.store.protocol import Summary
from rag.store.scope import Scope
from tests.cited import SUMMARY, cite, hit
from tests.toy import HARBOUR, PROTEST

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 31)


def days(words: str, first: date | None, last: date | None, *, restricts: bool = True) -> Constraint:
    return Constraint("days", 0, len(words), words, restricts, published_from=first, published_to=last)


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        (days("in March", FIRST, LAST), "“in March” (from 1 March 2025 to 31 March 2025)"),
        (days("in March 2025", FIRST, LAST), "“in March 2025”"),  # the year says it
        (days("today", LAST, LAST), "“today” (31 March 2025)"),
        (days("since March", FIRST, None), "“since March” (from 1 March 2025)"),
        (days("before April", None, LAST), "“before April” (to 31 March 2025)"),
        (Constraint("outlet", 0, 5, "Radio", True, outlet="Strand Radio"), "“Radio”"),
    ],
)
def test_days_without_a_year_are_said_with_those_that_they_were_taken_for(constraint: Constraint, said: str) -> None:
    parsed = ParsedQuery("?", LAST, (constraint,))
    assert how_it_was_read(parsed, ()) == f"Read in the question: {said}."


def test_what_was_preferred_or_relaxed_and_what_the_index_lacks_is_said() -> None:
    relaxed, preferred = days("in 2019", None, None), days("in 2020", None, None, restricts=False)
    lantern = Constraint("outlet", 0, 7, "the Evening Lantern", False)
    assert how_it_was_read(ParsedQuery("?", LAST, (relaxed, preferred), (lantern,)), (relaxed,)) == (
        "Preferred, as the question names it: “in 2020”. Relaxed, because nothing would be left: “in 2019”. "
        "Not in this index: “the Evening Lantern”."
    )
    march, radio = days("in March 2025", FIRST, LAST), Constraint("outlet", 20, 25, "Radio", True, outlet="Radio")
    parsed = ParsedQuery("?", LAST, (march,), ignored=(radio,))
    assert how_it_was_read(parsed, (), Scope(published_from=FIRST)) == (
        "Set aside for the limits that were given: “in March 2025”. Ignored, as was asked: “Radio”."
    )
    assert (how_it_was_read(None, ()), how_it_was_read(ParsedQuery("?", LAST, ()), ())) == ("", "")


def test_a_lead_says_what_an_answer_rests_on() -> None:
    assert rests_on([cite(HARBOUR, 1, 1), cite(HARBOUR, 2, 2)]) == "From 1 article of 1 outlet, 4 March 2025."
    assert rests_on([cite(PROTEST, 1, 1), cite(HARBOUR, 2, 2)]) == (
        "From 2 articles of 2 outlets, 4 March 2025 to 12 April 2025."
    )
    assert (rests_on([]), not_answered([])) == ("", "")


def test_a_copy_is_no_second_report() -> None:
    gull = replace(HARBOUR, outlet="Lindmoor Gull", url="https://gull.example/1", published=date(2025, 3, 5))
    post = replace(HARBOUR, outlet="Vellmar Post", url="https://post.example/1", paragraphs=HARBOUR.paragraphs[:2])
    assert rests_on([cite(HARBOUR, 1, 1), cite(gull, 2, 2)]) == (
        "From 1 article of 1 outlet, 4 March 2025; copies in 1 other outlet."
    )
    copied = replace(hit(HARBOUR), near_duplicates=tuple(NearDuplicate(hit(one).passage, one) for one in (gull, post)))
    assert rests_on([cite(HARBOUR, 1, 1), cite(PROTEST, 1, 2)], [copied]) == (
        "From 2 articles of 2 outlets, 4 March 2025 to 12 April 2025; copies in 2 other outlets."
    )
    assert also_in(copied) == "nearly the same in 2 other outlets: Lindmoor Gull, Vellmar Post"
    by_agency = replace(copied, article=replace(HARBOUR, agency="Agency One"))
    assert also_in(by_agency) == f"{also_in(copied)}; probably from Agency One"
    later = replace(copied, near_duplicates=copied.near_duplicates[:1])
    assert also_in(later) == "nearly the same in 1 other outlet: Lindmoor Gull; probably from The Ellery Courier"
    assert also_in(hit(HARBOUR)) == ""


def test_what_is_to_be_known_of_an_article_stands_beside_its_outlet_and_day() -> None:
    assert origin(replace(HARBOUR, updated=date(2025, 3, 5), labels=LABELS)) == (
        "The Ellery Courier, 4 March 2025, updated 5 March 2025, only the beginning, corrected by the publisher, "
        "opinion, live blog"
    )
    assert origin(replace(HARBOUR, updated=HARBOUR.published)) == "The Ellery Courier, 4 March 2025"
    assert origin(replace(HARBOUR, published=None, updated=date(2025, 3, 5), outlet=None)) == (
        "unknown outlet, undated, updated 5 March 2025"
    )


def test_what_was_searched_is_said_with_its_limits_and_what_they_skipped() -> None:
    assert what_was_searched(SUMMARY) == "It holds 3 articles of 2 outlets, from 4 March 2025 to 2 May 2025."
    some = Summary(1, (("Strand Radio", 1),), LAST, LAST, undated=2, unnamed=1)
    assert skipped_articles(some) == (
        "2 articles without a date were skipped. 1 article without a named language was skipped."
    )
    assert what_was_searched(some, Scope(outlets=("Strand Radio",))) == (
        f"Within these limits (Strand Radio) it holds 1 article of 1 outlet, of 31 March 2025. {skipped_articles(some)}"
    )
