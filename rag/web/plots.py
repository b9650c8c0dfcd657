"""Draws how much was published when, and how a story moved from outlet to outlet; pure functions from values to HTML.

Drawn here, and not by gradio's plots: those make code of a text in the browser, which the page's security policy
forbids, and no key reaches their marks. Colours, type and sizes are in plots.css.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.articles import Article, day_in_words, month_in_words
from rag.store.protocol import MonthCount
from rag.text.words import counted
from rag.web.escaping import escaped, isolated

# Outlets that are drawn by name; bars of a plot, and columns of marks, which a phone shows 24 pixels wide.
_OUTLETS, _BARS, _COLUMNS = 8, 36, 12
_UNNAMED = "Outlet not named"
# Steps of time, and days that surely lead from the first of one into the next.
_STEPS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366, "decade": 3660}


@dataclass(frozen=True, slots=True)
class _Period:
    """A stretch of the axis of time."""

    step: str
    first: date

    def __str__(self) -> str:
        year = self.first.year
        match self.step:
            case "day" | "week":
                return f"{'week of ' * (self.step == 'week')}{day_in_words(self.first)}"
            case "month":
                return month_in_words(self.first)
            case "quarter":
                return f"{self.short[0]} {year}"
        return str(year) if self.step == "year" else f"{year} to {year + 9}"

    @property
    def brief(self) -> str:
        """It in as few letters as say it alone."""
        return " ".join(self.short) if self.step in ("month", "quarter") else str(self)

    @property
    def short(self) -> tuple[str, str]:
        """What stands below its mark, and below that where it is another than the mark before has."""
        month, year = month_in_words(self.first)[:3], str(self.first.year)
        match self.step:
            case "day" | "week":
                return str(self.first.day), month
            case "month":
                return month, year
            case "quarter":
                return f"Q{self.first.month // 3 + 1}", year
        return f"’{year[2:]}" if self.step == "year" else year, ""


def coverage_plot(months: Sequence[MonthCount], href: Callable[[str], str] | None = None) -> str:
    """Draw the articles by outlet and month, a row of bars for all and one for each large outlet; "" for none.

    ``href`` says where the name of an outlet leads, if anywhere.
    """
    by_outlet = Counter[str | None]()
    for one in months:
        by_outlet[one.outlet] += one.articles
    if not (total := by_outlet.total()):
        return ""
    name_of = _named(by_outlet)
    periods = _periods((date.fromisoformat(f"{one.month}-01") for one in months if one.month), _BARS, "month")
    rows = {name: Counter[_Period | None]() for name in dict.fromkeys(name_of.values())}
    for one in months:
        at = _period(date.fromisoformat(f"{one.month}-01"), periods[0].step) if one.month else None
        rows[name_of[one.outlet]][at] += one.articles
    drawing = ""
    if periods:
        links = {name: href(outlet) for outlet, name in name_of.items() if href and outlet == name}
        drawn = [_row(name, row, periods, links.get(name)) for name, row in rows.items()]
        every = sum(rows.values(), Counter[_Period | None]())
        first = [_row("All outlets", every, periods, None)] if len(rows) > 1 else [drawn.pop()]
        ends = dict.fromkeys(one.brief for one in (periods[0], periods[-1]))
        axis = "".join(f"<span>{escaped(one)}</span>" for one in ends)
        drawing = (
            f'<ul class="all">{"".join(first)}</ul><p class="ends" aria-hidden="true">{axis}</p>'
            + (f"<ul>{''.join(drawn)}</ul>" if drawn else "")
            + ('<p class="note">The bars of each row are drawn to its own scale.</p>' if drawn else "")
        )
    return (
        f'<figure class="plot coverage"><figcaption>Articles by outlet and {periods[0].step if periods else "month"} '
        f"<span>{_amount(total, by_outlet)}{f', {_span(periods)}' if periods else ''}</span></figcaption>{drawing}"
        f"{_undrawn(sum(row[None] for row in rows.values()))}{_coverage_table(rows, periods)}</figure>"
    )


def _row(name: str, counts: Counter[_Period | None], periods: Sequence[_Period], href: str | None) -> str:
    most = max(periods, key=lambda one: counts[one])
    drawn = sum(counts[one] for one in periods)
    peak = f"{_span(periods)}, most in {most} ({counts[most]:,})" if drawn else "none with a date"
    said = escaped(f"{name}: {counted(drawn, 'article')}, {peak}")
    bars = "".join(
        # The least is still seen; the title is what a pointer that rests on a bar shows.
        f'<rect x="{10 * at}.5" y="{100 - height}" width="9" height="{height}">'
        f"<title>{escaped(str(one))}: {counted(counts[one], 'article')}</title></rect>"
        for at, one in enumerate(periods)
        if counts[one]
        for height in [max(5, round(100 * counts[one] / counts[most]))]
    )
    shown = f'<a href="{escaped(href)}">{isolated(name)}</a>' if href else isolated(name)
    return (
        f'<li><span class="name" title="{escaped(name)}">{shown}</span><svg role="img" aria-label="{said}" '
        f'viewBox="0 0 {10 * len(periods)} 100" preserveAspectRatio="none">{bars}</svg>'
        f'<span class="number">{counts.total():,}</span></li>'
    )


def _coverage_table(counts: dict[str, Counter[_Period | None]], periods: Sequence[_Period]) -> str:
    columns: list[_Period | None] = [*periods, *([None] if any(row[None] for row in counts.values()) else [])]
    head = "".join(f'<th scope="col">{escaped(str(one or "Undated"))}</th>' for one in columns)
    rows = "".join(
        f'<tr><th scope="row">{isolated(name)}</th>{"".join(f"<td>{row[one]:,}</td>" for one in columns)}'
        f"<td>{row.total():,}</td></tr>"
        for name, row in counts.items()
    )
    by = periods[0].step if periods else "day"
    return _table(f"Articles by outlet and {by}", f'<th scope="col">Outlet</th>{head}<th scope="col">All</th>', rows)


def timeline_plot(articles: Iterable[Article], href: Callable[[Article], str]) -> str:
    """Draw a story's articles by day and outlet, each a mark that leads to ``href(article)``; "" for none.

    A table, so that a screen reader says outlet and day of each mark, and marks find room at any width.
    """
    every = list({one.id: one for one in articles}.values())
    days = {one.id: one.published for one in every if one.published}
    dated = sorted((one for one in every if one.id in days), key=lambda one: days[one.id])
    if not every:
        return ""
    periods = _periods(days.values(), _COLUMNS, "day")
    by_outlet = Counter(one.outlet for one in every)
    name_of = _named(by_outlet)
    rows = dict[str, dict[_Period, str]]()
    # Outlets in the order in which they came to the story; those that share a row come last.
    for one in sorted(dated, key=lambda one: name_of[one.outlet] not in (one.outlet, _UNNAMED)):
        row = rows.setdefault(name_of[one.outlet], {})
        at = _period(days[one.id], periods[0].step)
        row[at] = row.get(at, "") + _mark(one, href(one))
    numbers, empty = Counter(name_of[one.outlet] for one in dated), ""
    body = "".join(
        f'<tbody><tr><th scope="rowgroup" colspan="{len(periods)}">{isolated(name)} <span>{numbers[name]:,}</span></th>'
        f"</tr><tr>{''.join(f'<td>{row.get(one, empty)}</td>' for one in periods)}</tr></tbody>"
        for name, row in rows.items()
    )
    caption = (
        f"The story by outlet and {periods[0].step if periods else 'day'} <span>{_amount(len(every), by_outlet)}</span>"
    )
    drawing = f'<table class="marks"><caption>{caption}</caption><thead><tr>{_axis(periods)}</tr></thead>{body}</table>'
    undated = [one for one in every if one.id not in days]
    told = "".join(
        f"<tr><td>{day_in_words(days[one.id]) if one.id in days else 'undated'}</td>"
        f"<td>{isolated(one.outlet or _UNNAMED)}</td>"
        f'<td dir="auto"><a href="{escaped(href(one))}">{escaped(one.title)}</a></td></tr>'
        for one in (*dated, *undated)
    )
    head = "".join(f'<th scope="col">{one}</th>' for one in ("Day", "Outlet", "Headline"))
    return (
        f'<div class="plot timeline">{drawing if dated else ""}{_undrawn(len(undated))}'
        f"{_table('The same articles, the oldest first', head, told)}</div>"
    )


def _mark(article: Article, href: str) -> str:
    day = day_in_words(article.published) if article.published else "undated"
    said = escaped(f"{article.outlet or _UNNAMED}, {day}: {article.title}")
    drawing = '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="7"/></svg>'
    return f'<a class="mark" href="{escaped(href)}" title="{said}" aria-label="{said}">{drawing}</a>'


def _axis(periods: Sequence[_Period]) -> str:
    cells, before = "", ""
    for one in periods:
        upper, lower = one.short
        shown = f"<span>{upper}</span> <span>{lower if lower != before else ''}</span>"
        cells += f'<th scope="col" aria-label="{escaped(str(one))}">{shown}</th>'
        before = lower
    return cells


def _table(caption: str, head: str, rows: str) -> str:
    """Render, folded, what a plot draws as a table; one that is wider than the page is scrolled, by keys as well."""
    return (
        '<details class="numbers"><summary>As a table</summary>'
        f'<div role="group" aria-label="{escaped(caption)}" tabindex="0"><table><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _amount(articles: int, outlets: Counter[str | None]) -> str:
    named = sum(outlet is not None for outlet in outlets)
    return counted(articles, "article") + (f" of {counted(named, 'outlet')}" if named else "")


def _undrawn(undated: int) -> str:
    if not undated:
        return ""
    said = "has no date and is" if undated == 1 else "have no date and are"
    return f'<p class="note">{counted(undated, "article")} {said} only in the table.</p>'


def _named(outlets: Counter[str | None]) -> dict[str | None, str]:
    """The name that each outlet is drawn under, the largest first; the small ones share one."""
    ranked = [outlet for outlet, _ in outlets.most_common()]
    named = {outlet: outlet or _UNNAMED for outlet in ranked}
    if len(ranked) > _OUTLETS + 1:
        named |= dict.fromkeys(ranked[_OUTLETS:], f"{len(ranked) - _OUTLETS} other outlets")
    return named


def _periods(days: Iterable[date], most: int, smallest: str) -> list[_Period]:
    """The periods, without a gap, that days lie in: the shortest of which there are at most ``most``."""
    known = sorted(days)
    steps, found = list(_STEPS), list[_Period]()
    for step in steps[steps.index(smallest) :] if known else ():
        found, last = [_period(known[0], step)], _period(known[-1], step)
        while found[-1] != last and (step == steps[-1] or len(found) <= most):
            found.append(_period(found[-1].first + timedelta(_STEPS[step]), step))
        if len(found) <= most:
            break
    return found


def _period(day: date, step: str) -> _Period:
    match step:
        case "day":
            first = day
        case "week":
            first = date.fromordinal(max(1, day.toordinal() - day.weekday()))
        case "month":
            first = day.replace(day=1)
        case "quarter":
            first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            first = date(day.year, 1, 1)
        case _:
            first = date(max(1, day.year // 10 * 10), 1, 1)
    return _Period(step, first)


def _span(periods: Sequence[_Period]) -> str:
    first, last = str(periods[0]), str(periods[-1])
    return first if first == last else f"{first} to {last}"
