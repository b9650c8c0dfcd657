"""Which names a text has, and when two may mean the same."""

from __future__ import annotations

from datetime import date

import pytest

from rag.text.periods import periods
from rag.text.proper_names import is_acronym, names, same_word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H&M and M&S left X, said S&P.", ["H&M", "M&S", "X", "S&P"]),
        (
            "The Bank of Tarn's Ada O’Hare spoke to Ursula von der Ley.",
            ["Bank of Tarn's", "Ada O’Hare", "Ursula von der Ley"],
        ),
        ("On Monday the pro-Tarnian camp met Mr. Kehl in May.", ["Tarnian", "Mr. Kehl"]),
        ("It was late. He said the U.S. knew.", ["U.S."]),
        ("Although Weil left, Despite stayed.", ["Weil", "Despite"]),
        ("nothing", []),
    ],
)
def test_names_are_found(text: str, expected: list[str]) -> None:
    assert [text[one.start : one.end] for one in names(text)] == expected


def test_the_first_word_of_a_sentence_may_be_no_name() -> None:
    assert [one.opens for one in names("Prosecutors spoke. H&M paid Weil.")] == [True, False, False]


def test_what_means_the_same() -> None:
    assert same_word("norway", "norwegian")
    assert same_word("us", "american")
    assert not same_word("austria", "australia")
    assert is_acronym("fao", "the food and agriculture organization".split())
    assert not is_acronym("fbi", "the food and agriculture organization".split())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 3 November", date(2021, 11, 3), date(2021, 11, 3)),
        ("yesterday", date(2021, 11, 2), date(2021, 11, 2)),
        ("last year", date(2020, 1, 1), date(2020, 12, 31)),
        ("in October last year", date(2020, 10, 1), date(2020, 10, 31)),
        ("this month", date(2021, 11, 1), date(2021, 11, 30)),
        ("two years ago", date(2019, 1, 1), date(2019, 12, 31)),
        ("in the 1990s", date(1990, 1, 1), date(1999, 12, 31)),
        ("in January", date(2021, 1, 1), date(2021, 1, 31)),
        ("on Tuesday", date(2021, 11, 2), date(2021, 11, 2)),
    ],
)
def test_what_days_a_relative_date_means(text: str, first: date, last: date) -> None:
    assert periods(text, date(2021, 11, 3))[0].ranges[0] == (first, last)


def test_a_weekday_is_the_last_or_the_next_one() -> None:
    friday = periods("on Friday", date(2021, 11, 3))[0]
    assert [first for first, _ in friday.ranges] == [date(2021, 10, 29), date(2021, 11, 5)]
    assert periods("on Friday", None)[0].ranges == ()
