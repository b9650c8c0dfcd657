"""Plots: what is drawn, what is said of it to who does not see it, and that nothing in it is obeyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rag.articles import Article
from rag.store.protocol import MonthCount
from rag.web.plots import coverage_plot, timeline_plot
from tests.drawn import HOSTILE, Drawn
from tests.toy import HARBOUR, ORCHESTRA, PROTEST

COURIER, RADIO = "The Ellery Courier", "Strand Radio"


def test_coverage_by_outlet_and_month() -> None:
    drawn = Drawn(
        coverage_plot(
            [
                MonthCount(COURIER, "2025-03", 12),
                MonthCount(COURIER, "2025-05", 3),
                MonthCount(RADIO, "2025-03", 1),
                MonthCount(RADIO, "", 2),
            ],
            lambda outlet: f"articles?outlet={outlet}",
        )
    )
    assert drawn.all("svg", "aria-label") == [
        "All outlets: 16 articles, March 2025 to May 2025, most in March 2025 (13)",
        "The Ellery Courier: 15 articles, March 2025 to May 2025, most in March 2025 (12)",
        "Strand Radio: 1 article, March 2025 to May 2025, most in March 2025 (1)",
    ]
    assert drawn.all("svg", "role") == ["img"] * 3
    # Three months, none skipped: the bars of the first and the last, each row to its own scale.
    bars = [(one["x"], one["height"]) for tag, one in drawn.elements if tag == "rect"]
    assert bars == [("0.5", "100"), ("20.5", "23"), ("0.5", "100"), ("20.5", "25"), ("0.5", "100")]
    assert drawn.all("a", "href") == [f"articles?outlet={COURIER}", f"articles?outlet={RADIO}"]
    assert drawn.rows == [
        ["Outlet", "March 2025", "April 2025", "May 2025", "Undated", "All"],
        [COURIER, "12", "0", "3", "0", "15"],
        [RADIO, "1", "0", "0", "2", "3"],
    ]


def test_many_outlets_share_a_row_and_long_spans_are_drawn_by_longer_steps() -> None:
    many = [MonthCount(f"Outlet {n:02}", f"20{n:02}-07", 40 - n) for n in range(1, 13)]
    drawn = Drawn(coverage_plot(many))
    assert drawn.rows[0] == ["Outlet", *(str(year) for year in range(2001, 2013)), "All"]
    assert [row[0] for row in drawn.rows[1:]] == [*(f"Outlet {n:02}" for n in range(1, 9)), "4 other outlets"]
    assert drawn.rows[-1][-5:] == ["31", "30", "29", "28", "118"]
    quarters = Drawn(coverage_plot([MonthCount("Tide", "2020-12", 1), MonthCount("Tide", "2024-02", 1)])).rows[0]
    assert (quarters[1], quarters[2], quarters[-2]) == ("Q4 2020", "Q1 2021", "Q1 2024")
    # One outlet is drawn once; of what no article has there is no empty drawing.
    alone = Drawn(coverage_plot([MonthCount(None, "2025-03", 2)]))
    assert alone.all("svg", "aria-label") == ["Outlet not named: 2 articles, March 2025, most in March 2025 (2)"]
    assert "svg" not in coverage_plot([MonthCount("Tide", "", 2)])
    assert "2 articles have no date and are only in the table." in coverage_plot([MonthCount("Tide", "", 2)])
    assert coverage_plot([]) == timeline_plot([], str) == ""


def test_a_story_has_a_mark_for_each_article_at_its_day_and_outlet() -> None:
    undated = replace(ORCHESTRA, published=None, url=None)
    drawn = Drawn(timeline_plot([ORCHESTRA, PROTEST, HARBOUR, undated, PROTEST], lambda article: f"#{article.id}"))
    marks = [one for tag, one in drawn.elements if tag == "a" and one.get("class") == "mark"]
    assert [(one["href"], one["aria-label"]) for one in marks] == [
        (f"#{HARBOUR.id}", "The Ellery Courier, 4 March 2025: Harbour tolls rise"),
        (f"#{ORCHESTRA.id}", "The Ellery Courier, 2 May 2025: Orchestra finds a new hall"),
        (f"#{PROTEST.id}", "Strand Radio, 12 April 2025: Fishermen block the quay"),
    ]
    assert all(one["title"] == one["aria-label"] for one in marks)
    # By week, as nine weeks are the shortest step of which no more than twelve are needed.
    weeks = [one["aria-label"] for tag, one in drawn.elements if tag == "th" and "aria-label" in one]
    assert (len(weeks), weeks[0], weeks[-1]) == (9, "week of 3 March 2025", "week of 28 April 2025")
    assert drawn.rows[-5:] == [
        ["Day", "Outlet", "Headline"],
        ["4 March 2025", COURIER, HARBOUR.title],
        ["12 April 2025", RADIO, PROTEST.title],
        ["2 May 2025", COURIER, ORCHESTRA.title],
        ["undated", COURIER, ORCHESTRA.title],
    ]
    assert "1 article has no date and is only in the table." in timeline_plot([undated], str)


@pytest.mark.parametrize("days", [(date(1, 1, 1), date(9999, 12, 31)), (date(9999, 12, 30), date(9999, 12, 31))])
def test_days_at_the_ends_of_the_calendar(days: tuple[date, date]) -> None:
    articles = [replace(HARBOUR, url=str(day), published=day) for day in days]
    assert timeline_plot(articles, str).count('class="mark"') == 2
    assert Drawn(coverage_plot([MonthCount("Tide", str(day)[:7], 1) for day in days])).rows[1][-1] == "2"


def test_hostile_text_is_shown_and_never_obeyed() -> None:
    hostile = Article(HOSTILE, ("x",), outlet=HOSTILE, url="https://o.example/1", published=date(2025, 3, 4))
    for html in (
        timeline_plot([hostile, replace(hostile, published=None, url=None)], lambda _: f"#{HOSTILE}"),
        coverage_plot([MonthCount(HOSTILE, "2025-03", 1)], lambda outlet: f"articles?outlet={outlet}"),
    ):
        drawn = Drawn(html)
        assert drawn.harmless
        assert drawn.all("a", "href")[0] in (f"#{HOSTILE}", f"articles?outlet={HOSTILE}")
