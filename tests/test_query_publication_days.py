"""The days that a question names: which restrict publication, which are preferred, and which say nothing of it."""

from __future__ import annotations

from datetime import date

import pytest

from rag.query.parsed_query import Constraint
from rag.query.publication_days import find_days

AS_OF = date(2025, 6, 18)  # a Wednesday


def read(question: str, as_of: date = AS_OF) -> list[tuple[str, str]]:
    """The days found, as text; "-" is open."""
    published = [(one.published_from, one.published_to) for one in find_days(question, as_of)]
    return [(str(first or "-"), str(last or "-")) for first, last in published]


def restricting(question: str) -> list[Constraint]:
    return [one for one in find_days(question, AS_OF) if one.restricts]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Which articles were published in March 2025?", "2025-03-01", "2025-03-31"),
        ("What was reported between 3 and 10 November 2023 about eels?", "2023-11-03", "2023-11-10"),
        ("What did Strand Radio report on Thursday, 2 December 2021?", "2021-12-02", "2021-12-02"),
        ("What does the article published by Strand Radio on May 3, 2024 say?", "2024-05-03", "2024-05-03"),
        ("What does the 3 October 2023 article say?", "2023-10-03", "2023-10-03"),
        ("What do articles from last week say?", "2025-06-09", "2025-06-15"),
        ("Published in March 2025: what happened to the eels?", "2025-03-01", "2025-03-31"),
        ("What are today's headlines?", "2025-06-18", "2025-06-18"),
        ("Give me last month's stories about eels", "2025-05-01", "2025-05-31"),
        ("What did Strand Radio report about tram fares in May 2025?", "2025-05-01", "2025-05-31"),
        ("What has Strand Radio written about tram fares since 20 May 2025?", "2025-05-20", "-"),
        ("Which stories about tolls were published until 3 May 2025?", "-", "2025-05-03"),
        ("Between 3 and 10 May 2025: did the tolls rise?", "2025-05-03", "2025-05-10"),
        ("March 2024: floods in Ellery", "2024-03-01", "2024-03-31"),
    ],
)
def test_days_of_the_coverage_restrict(question: str, first: str, last: str) -> None:
    assert read(question) == [(first, last)]
    assert len(restricting(question)) == 1


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened in Ellery in December 2021?", "2021-12-01", "2021-12-31"),
        ("Who was shot in Ellery on 2 june 2020", "2020-06-02", "2020-06-04"),
        ("What did the mayor say on 29 February?", "2024-02-29", "2024-03-02"),
        ("Which storms struck between April 28 and May 4, 2024?", "2024-04-28", "2024-05-04"),
        ("Which storms struck between the 3rd and the 9th of May?", "2025-05-03", "2025-05-09"),
        ("Which storms struck between November and January 2024?", "2023-11-01", "2024-01-31"),
        ("Which storms have struck since the start of 2025?", "2025-01-01", "-"),
        ("Which storms struck after 1 May 2024?", "2024-05-02", "-"),
        ("Who resigned in 2021?", "2021-01-01", "2021-12-31"),
        ("How many people lived in Ellery in 2011?", "2011-01-01", "2011-12-31"),
        ("How many cases were reported on 3 March 2025?", "2025-03-03", "2025-03-05"),
        ("What do stories about crimes reported in May 2025 say?", "2025-05-01", "2025-05-31"),
        ("What did the committee's report of March 2025 find?", "2025-03-01", "2025-03-31"),
        ("Which floods struck in the summer of 2023?", "2023-01-01", "2023-12-31"),
        ("Who left in early March 2025?", "2025-03-01", "2025-03-31"),
        ("What did the December 2021 floods destroy?", "2021-12-01", "2021-12-31"),
        ("How many left after the May 2024 floods?", "2024-05-01", "2024-05-31"),
        ("How many died in the fire of 3 March 2025?", "2025-03-03", "2025-03-05"),
        ("Who left yesterday?", "2025-06-17", "2025-06-18"),
        ("Who left this week?", "2025-06-15", "2025-06-22"),
        ("Who left last week?", "2025-06-09", "2025-06-15"),
        ("Who left in the last two weeks?", "2025-06-04", "2025-06-18"),
        ("Who left last Wednesday?", "2025-06-11", "2025-06-13"),
        ("Who left this Monday?", "2025-06-16", "2025-06-18"),
        ("Who left two weeks ago?", "2025-06-01", "2025-06-07"),
        ("Who left last December?", "2024-12-01", "2024-12-31"),
    ],
)
def test_days_of_what_happened_are_preferred(question: str, first: str, last: str) -> None:
    assert read(question) == [(first, last)]
    assert restricting(question) == []


@pytest.mark.parametrize(
    "question",
    [
        # years of the subject, and days that are compared with or to come
        "What followed the 2014 annexation?",
        "What has changed in Ellery since the pandemic in 2020?",
        "What has become of profits since the boom of 2021 and 2022?",
        "How many have fallen ill since the outbreak began in May?",
        "Where is the bridge that fell in 2021?",
        "How much bigger are the losses than they were a year ago?",
        "Was the flood higher than in March 2024?",
        "Which state plans to be carbon neutral by 2050?",
        "What will happen this winter?",
        "How is the old dam used today?",
        "Who sits on the 6 January committee?",
        "What came of the treaty of 3 May 1791?",
        "What was music like in the 1990s?",
        # no days
        "How many people joined the march on Ellery?",
        "May the council close the bridge?",
        "Who wrote 1984?",
        "Who won Super Tuesday?",
        "What did USA Today quote?",
        "Is 24/7 care offered between 10 and 20 places?",
        "escape room fire 04/01/2019",
        "Who said the ferry sank on 31 February 2024?",
        "",
    ],
)
def test_other_days_say_nothing_of_publication(question: str) -> None:
    assert read(question) == []


def test_days_without_a_year_are_of_the_year_beside_them() -> None:
    question = "What did the court say on 11 September and on 24 September 2019?"
    assert read(question) == [("2019-09-11", "2019-09-13"), ("2019-09-24", "2019-09-26")]


def test_the_words_of_a_constraint_begin_with_what_leads_to_the_days() -> None:
    question = "Which storms struck between 3 and 9 March 2025 at the weir?"
    [named] = find_days(question, AS_OF)
    assert named.words == "between 3 and 9 March 2025"
