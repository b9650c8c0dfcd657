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
        ("What does the 3 October 2023 article say?", "2023-10-03", "2023-10-03"),
        ("What do articles from last week say?", "2025-06-09", "2025-06-15"),
        ("What are today's headlines?", "2025-06-18", "2025-06-18"),
        ("Give me last month's stories about eels", "2025-05-01", "2025-05-31"),
        ("What has Strand Radio written about tram fares since 20 May 2025?", "2025-05-20", "-"),
        ("Which stories about tolls were published until 3 May 2025?", "-", "2025-05-03"),
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
        ("Which storms struck between November and January 2024?", "2023-11-01", "2024-01-31"),
        ("Which storms have struck since the start of 2025?", "2025-01-01", "-"),
        ("Who resigned in 2021?", "2021-01-01", "2021-12-31"),
        ("How many cases were reported on 3 March 2025?", "2025-03-03", "2025-03-05"),
        ("What did the committee's report of March 2025 find?", "2025-03-01", "2025-03-31"),
        ("Which floods struck in the summer of 2023?", "2023-01-01", "2023-12-31"),
        ("What did the December 2021 floods destroy?", "2021-12-01", "2021-12-31"),
        ("How many died in the fire of 3 March 2025?", "2025-03-03", "2025-03-05"),
        ("Who left yesterday?", "2025-06-17", "2025-06-18"),
        ("Who left this week?", "2025-06-15", "2025-06-22"),
        ("Who left in the last two weeks?", "2025-06-04", "2025-06-18"),
        ("Who left last Wednesday?", "2025-06-11", "2025-06-13"),
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
        "How many have fallen ill since the outbreak began in May?",
        "How much bigger are the losses than they were a year ago?",
        "Was the flood higher than in March 2024?",
        "Which state plans to be carbon neutral by 2050?",
        "What will happen this winter?",
        "Who sits on the 6 January committee?",
        "What was music like in the 1990s?",
        # no days
        "How many people joined the march on Ellery?",
        "May the council close the bridge?",
        "Who wrote 1984?",
        "What did USA Today quote?",
        "Is 24/7 care offered between 10 and 20 places?",
        "Who said the ferry sank on 31 February 2024?",
        "",
    ],
)
def test_other_days_say_nothing_of_publication(question: str) -> None:
    assert read(question) == []


def test_days_without_a_year_are_of_the_year_beside_them() -> None:
    question = "What did the court say on 11 September and on 24 September 2019?"
    assert read(question) == [("2019-09-11", "2019-09-13"), ("2019-09-24", "2019-09-26")]
