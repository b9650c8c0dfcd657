"""How quantities are read from a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.quantities import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nine boats", [(9, "")]),
        ("two hundred and five boats, twenty-five crews", [(205, ""), (25, "")]),
        ("half a million boats, a quarter of a billion dollars", [(500_000, ""), (2.5e8, "dollar")]),
        ("half a year, half of a year, half of the year", [(0.5, "year"), (0.5, "year"), (0.5, "share")]),
        ("USD910 thousand, EUR 9m, try 3 of the SEKs", [(910_000, "dollar"), (9e6, "euro"), (3, "")]),
        ("1,200.5 boats", [(1200.5, "")]),
        ("١٨ years", [(18, "year")]),
        ("two dozen lorries, dozens of lorries, hundreds of people", [(24, "")]),
        ("$1.2bn, €300m and 5 million US dollars", [(1.2e9, "dollar"), (3e8, "euro"), (5e6, "dollar")]),
        ("Cr 5.1 million, 5.1 million crowns", [(5.1e6, "crown"), (5.1e6, "crown")]),
        ("12 per cent, 12%, 0.5 percentage points", [(0.12, "share"), (0.12, "share"), (0.005, "share")]),
        ("two-thirds, a quarter, ½", [(2 / 3, "share"), (0.25, "share"), (0.5, "share")]),
        ("one in four voters", [(0.25, "share")]),
        ("17 out of 18 districts", [(17, ""), (18, "")]),
        ("0 – 1%, 2 to 3 million", [(0, "share"), (0.01, "share"), (2e6, ""), (3e6, "")]),
        ("twice as many, three times", [(2, "times"), (3, "times")]),
        ("the 22nd time", [(22, "ordinal")]),
        ("8 pm, 07:30, 8.30 p.m.", [(20, "clock"), (7.5, "clock"), (20.5, "clock")]),
        ("three decades, eight weeks", [(30, "year"), (56, "day")]),
        ("31 metres, 6 feet, 12 square kilometres", [(31, "meter"), (6, "foot"), (12, "square-kilometer")]),
        ("on 4 March 2025, in 2019, Q1, GPT4, O'Brien", []),
    ],
)
def test_values_and_units(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(round(one.value, 9), one.unit) for one in quantities(text)] == [
        (round(value, 9), unit) for value, unit in expected
    ]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("faster than 65", "over"),
        ("no more than 65", "under"),
        ("nearly 200", "nearly"),
        ("some $20", "about"),
        ("more than a third", "over"),
        ("65", ""),
    ],
)
def test_how_a_number_is_limited(text: str, bound: str) -> None:
    assert [one.bound for one in quantities(text)] == [bound]


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("1209.,$%- onetwo½m")), max_size=100))
def test_any_text_is_read(text: str) -> None:
    assert all(0 <= one.start < one.end <= len(text) for one in quantities(text))
