"""What is said around an answer: what it rests on, why it was refused, and how the question was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.articles import Article, day_in_words
from rag.check.citations import Citation
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.search.hits import Hit
from rag.store.protocol import Summary
from rag.store.scope import EVERYTHING, Scope
from rag.text.words import counted


def lead(citations: Sequence[Citation]) -> str:
    """Say what an answer rests on: "From 3 articles of 2 outlets, 4 March 2025 to 12 April 2025:"; "" for nothing."""
    articles = {one.article.id: one.article for one in citations}.values()
    if not articles:
        return ""
    outlets = {one.outlet for one in articles if one.outlet}
    days = sorted(one.published for one in articles if one.published)
    text = f"From {counted(len(articles), 'article')}"
    if outlets:
        text += f" of {counted(len(outlets), 'outlet')}"
    if days:
        text += f", {_period(days[0], days[-1])}"
    return text + ":"


def not_answered(subqueries: Sequence[str]) -> str:
    """Say which parts of a question the coverage does not answer; "" where there are none."""
    if not subqueries:
        return ""
    return "The coverage does not answer this part: " + "; ".join(f"“{one}”" for one in subqueries) + "."


def why_refused(searched: Summary, scope: Scope) -> str:
    """Say in a few sentences that the coverage does not answer, and what was searched."""
    if not searched.articles:
        nothing = f"No article is within these limits ({scope})."
        return " ".join(filter(None, (nothing, skipped_articles(searched), "Widen them, or ask without.")))
    return f"The coverage does not answer this. {what_was_searched(searched, scope)}"


def refusal(searched: Summary, scope: Scope, hits: Sequence[Hit]) -> str:
    """Say that the coverage does not answer, what was searched, and which articles come nearest, a line each."""
    near = nearest_articles(hits) if searched.articles else []
    lines = [f"- {article.title} ({origin(article)})" for article in near]
    return "\n".join([why_refused(searched, scope), *(["What comes nearest:", *lines] if near else [])])


def how_it_was_read(parsed: ParsedQuery | None, relaxed: Sequence[Constraint]) -> str:
    """Say what was read in a question: its limits, its preferences, what was relaxed, outlets that the index lacks."""
    if not parsed:
        return ""
    limits = [one for one in parsed.constraints if one.restricts and one not in relaxed]
    preferences = [one for one in parsed.constraints if not one.restricts]
    said = (
        ("Read in the question", limits),
        ("Preferred, as the question names it", preferences),
        ("Relaxed, because nothing would be left", relaxed),
        ("Not in this index", parsed.unknown_outlets),
    )
    return " ".join(f"{words}: {', '.join(map(_as_read, found))}." for words, found in said if found)


def _as_read(constraint: Constraint) -> str:
    """The words of a constraint, with the days that they were taken for where they name no year."""
    words, first, last = f"“{constraint.words}”", constraint.published_from, constraint.published_to
    if constraint.kind != "days" or re.search(r"\d{4}", constraint.words):
        return words
    if first and last:
        return f"{words} ({'' if first == last else 'from '}{_period(first, last)})"
    return f"{words} ({f'from {day_in_words(first)}' if first else f'to {day_in_words(last)}' if last else 'any day'})"


def what_was_searched(searched: Summary, scope: Scope = EVERYTHING) -> str:
    """Say it in a sentence: "It holds 63 articles of 8 outlets, from 3 February 2025 to 30 August 2025."."""
    text = f"Within these limits ({scope}) it" if scope else "It"
    text += f" holds {counted(searched.articles, 'article')}"
    if searched.outlets:
        text += f" of {counted(len(searched.outlets), 'outlet')}"
    if searched.oldest and searched.newest:
        text += ", of " if searched.oldest == searched.newest else ", from "
        text += _period(searched.oldest, searched.newest)
    return " ".join(filter(None, (f"{text}.", skipped_articles(searched))))


def skipped_articles(searched: Summary) -> str:
    """Say how many articles a limit skipped because their day, or language, is not known; "" where it skipped none."""
    lacking = ((searched.undated, "a date"), (searched.unnamed, "a named language"))
    return " ".join(
        f"{counted(number, 'article')} without {what} {'was' if number == 1 else 'were'} skipped."
        for number, what in lacking
        if number
    )


def nearest_articles(hits: Sequence[Hit], limit: int = 3) -> list[Article]:
    """Return the ``limit`` different articles that came nearest to a question."""
    return list({hit.article.id: hit.article for hit in hits}.values())[:limit]


def origin(article: Article) -> str:
    """Outlet and day of an article: "The Moscow Times, 2 December 2021"."""
    day = day_in_words(article.published) if article.published else "undated"
    return f"{article.outlet or 'unknown outlet'}, {day}"


def _period(first: date, last: date) -> str:
    return day_in_words(first) if first == last else f"{day_in_words(first)} to {day_in_words(last)}"
