"""The clauses of a question, and whether its limits belong to the whole of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query import Names, clauses, joins, parse_question

NAMES = Names(["The Ellery Courier", "Strand Radio", "Vellmar Post"], ["Mara Quill"])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who raised the harbour tolls?", ()),
        ("What did the mayor say about the tram depot and the ferry?", ()),
        (
            "Which minister, who closed the northern harbour in spring, is accused of hiding two flood studies?",
            (
                "Which minister, who closed the northern harbour in spring",
                "is accused of hiding two flood studies?",
            ),
        ),
        (
            "Who chairs the council that bought the tram depot, and won the vote on the harbour tolls in May?",
            ("Who chairs the council that bought the tram depot", "and won the vote on the harbour tolls in May?"),
        ),
        ('Who called the plan "a gift, and nothing else, to Vellmar and its harbour masters" in spring?', ()),
        ("", ()),
        ("?, ; :", ()),
    ],
)
def test_a_clause_says_something_by_itself(question: str, expected: tuple[str, ...]) -> None:
    assert clauses(question) == expected


@given(st.text(alphabet=st.sampled_from('and who , ; : " “ ” harbour tolls minister closed 3 é'), max_size=400))
def test_clauses_are_pieces_of_the_question_in_order(question: str) -> None:
    at = 0
    for clause in clauses(question):
        assert clause in question[at:]
        at = question.index(clause, at) + len(clause)
    assert len(clauses(question)) != 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did The Ellery Courier report on the harbour tolls in March 2025?", False),
        ("According to Strand Radio, who raised the tolls?", False),
        ("What did Mara Quill write about the tram depot and the ferry strike?", False),
        ("Did the Vellmar Post report differ from the article in Strand Radio?", True),
        ("Did The Ellery Courier's report of 3 March 2025 differ from the one of 9 May 2025?", True),
        ("Who raised the tolls according to Strand Radio, and who lowered the market fees in spring?", True),
        ("Did the Vellmar Post praise the tram depot, while the council sold the northern quay?", True),
        ("Which minister lost the harbour vote in Vellmar, accused by Strand Radio of hiding two flood studies?", True),
    ],
)
def test_limits_of_a_question_that_joins_may_belong_to_one_thing(question: str, expected: bool) -> None:
    assert joins(parse_question(question, NAMES, as_of=date(2026, 1, 1))) is expected
