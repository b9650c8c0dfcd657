"""Dates written out in a text."""

from __future__ import annotations

from datetime import date

import pytest

from rag.text.dates import written_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 4 March 2025", [(2025, 3, 4)]),
        ("March 4, 2025", [(2025, 3, 4)]),
        ("the 4th of March, 2025", [(2025, 3, 4)]),
        ("Sept. 5", [(None, 9, 5)]),
        ("4 March", [(None, 3, 4)]),
        ("2025-03-04", [(2025, 3, 4)]),
        ("in 2025, or mid-2024", [(2025, None, None), (2024, None, None)]),
        ("2019–2021", [(2019, None, None), (2021, None, None)]),
        ("3 to 9 May 2025", [(2025, 5, 3), (2025, 5, 9)]),
        ("March 3 and 5, 2025", [(2025, 3, 3), (2025, 3, 5)]),
        ("from 3 March to 9 April 2025", [(None, 3, 3), (2025, 4, 9)]),
        ("closed in may, or next March?", [(None, 5, None), (None, 3, None)]),
    ],
)
def test_dates_are_read(text: str, expected: list[tuple[int | None, int | None, int | None]]) -> None:
    assert [(one.year, one.month, one.day) for one in written_dates(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "04/03/2025",
        "31 February 2025",
        "29 February 2025",
        "the 1990s",
        "the 2019-20 season",
        "a 2000-metre race",
        "They march on Ellery, and April Ruhl may speak.",
        "version 3.5.2025.1",
    ],
)
def test_what_is_ambiguous_or_no_date_is_not_read(text: str) -> None:
    assert written_dates(text) == []


def test_a_date_knows_its_place_and_its_days() -> None:
    text = "The ferry sank on 4 March 2025."
    [written] = written_dates(text)
    assert text[written.start : written.end] == "4 March 2025"
    assert written.first == written.last == date(2025, 3, 4)
    [month], [year], [day] = written_dates("in February 2024"), written_dates("in 2024"), written_dates("4 March")
    assert (month.first, month.last) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (year.first, year.last) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (day.first, day.last) == (None, None)
