"""What is said around an answer: what it rests on, why it was refused, and how the question was read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import cycle
from typing import Literal, Protocol

from rag.articles import Article, day_in_words
from rag.check.citations import Citation
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.spelling import Correction
from rag.search.grouping import is_copy
from rag.search.hits import Hit
from rag.search.planning import limited
from rag.store.protocol import Summary
from rag.store.scope import EVERYTHING, Scope
from rag.text.languages import reads_as_english
from rag.text.words import counted

_LABELS = {
    "excerpt": "only the beginning",
    "corrected": "corrected by the publisher",
    "opinion": "opinion",
    "live": "live blog",
}
Effect = Literal["limits", "preferred", "relaxed", "set aside", "not in this index", "ignored"]
"""What became of something that was read: where a person limits the same, theirs holds and it is set aside."""
_BECAME: dict[Effect, str] = {
    "limits": "Read in the question",
    "preferred": "Preferred, as the question names it",
    "relaxed": "Relaxed, because nothing would be left",
    "set aside": "Set aside for the limits that were given",
    "not in this index": "Not in this index",
    "ignored": "Ignored, as was asked",
}
# Outlets that are named where somebody asks for help.
_OUTLETS = 8


class Quoted(Protocol):
    """A text with its citations, the first of which says where it stands."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def citations(self) -> Sequence[Citation]: ...  # noqa: D102


def rests_on(citations: Sequence[Citation], hits: Sequence[Hit] = ()) -> str:
    """Say what an answer rests on: "From 3 articles of 2 outlets, 4 March 2025 to 12 April 2025."; "" for nothing.

    Copies of one text are one article, of one outlet; ``hits`` know others that were not cited.
    """
    articles = {one.article.id: one.article for one in citations}
    if not articles:
        return ""
    apart = list[Article]()
    for one in articles.values():
        if not any(is_copy(one, other) for other in apart):
            apart.append(one)
    outlets = {one.outlet for one in apart if one.outlet}
    copies = [near.article for hit in hits if hit.article.id in articles for near in hit.near_duplicates]
    others = {one.outlet for one in (*articles.values(), *copies) if one.outlet} - outlets
    days = sorted(one.published for one in apart if one.published)
    text = f"From {counted(len(apart), 'article')}"
    if outlets:
        text += f" of {counted(len(outlets), 'outlet')}"
    if days:
        text += f", {_period(days[0], days[-1])}"
    if others:
        text += f"; copies in {counted(len(others), 'other outlet')}"
    return text + "."


def also_in(hit: Hit) -> str:
    """Say which other outlets carry a hit's text, each once, and where it seems to come from; "" where none does."""
    if not hit.near_duplicates:
        return ""
    carriers, others = [hit.article, *(one.article for one in hit.near_duplicates)], other_carriers(hit)
    where = f"{counted(len(others), 'other outlet')}: {', '.join(others)}" if others else "another article"
    source = likely_source(carriers)
    return f"nearly the same in {where}" + (f"; probably from {source}" if source else "")


def other_carriers(hit: Hit) -> list[str]:
    """The other outlets that carry a hit's text, each once."""
    others = (one.article.outlet for one in hit.near_duplicates)
    return list(dict.fromkeys(name for name in others if name and name != hit.article.outlet))


def likely_source(carriers: Sequence[Article]) -> str:
    """Who copies of one text probably come from: the agency that most name, or else who was first; "" for nobody."""
    if agencies := Counter(one.agency for one in carriers if one.agency):
        return agencies.most_common(1)[0][0]
    days = [one.published for one in carriers if one.published]
    first = {one.outlet for one in carriers if one.outlet and one.published == min(days)} if days else set[str]()
    return first.pop() if len(first) == 1 and len(set(days)) > 1 else ""


def not_answered(subqueries: Sequence[str]) -> str:
    """Say which parts of a question the coverage does not answer; "" where there are none."""
    if not subqueries:
        return ""
    return "The coverage does not answer this part: " + "; ".join(f"“{one}”" for one in subqueries) + "."


def why_refused(searched: Summary, scope: Scope, reason: str = "") -> str:
    """Say in a few sentences that the coverage does not answer, why, and what was searched."""
    if not searched.articles:
        nothing = f"No article is within these limits ({scope})."
        return " ".join(filter(None, (nothing, skipped_articles(searched), "Widen them, or ask without.")))
    return " ".join(filter(None, ("The coverage does not say.", reason, what_was_searched(searched, scope))))


def refusal(searched: Summary, scope: Scope, reason: str, nearest: Sequence[Quoted]) -> str:
    """Say that the coverage does not answer, why, what was searched, and which quotations come nearest, a line each."""
    lines = [f"- {origin(one.citations[0].article)}, “{one.citations[0].article.title}”: {one.text}" for one in nearest]
    return "\n".join([why_refused(searched, scope, reason), *(["Nearest, and no answer:", *lines] if lines else [])])


def searched_instead(corrections: Sequence[Correction]) -> str:
    """Say which names were searched for instead of those typed; "" where none were."""
    said = ", ".join(f"“{one.meant}” instead of “{one.said}”" for one in corrections)
    return f"Searched for {said}; quotation marks keep a word as it is." if said else ""


def help_text(searched: Summary, titles: Sequence[str]) -> str:
    """Say what the index holds, what can be asked of it, and what it cannot do."""
    lines = ["Ask a question of the news coverage: the answer quotes the articles, and says so when they do not say."]
    lines.append(what_was_searched(searched))
    if searched.outlets:
        lines.append(
            "Outlets: " + ", ".join(f"{name} ({number:,})" for name, number in searched.outlets[:_OUTLETS]) + "."
        )
    lines += [f"- {asked}" for asked in example_questions(titles)]
    return "\n".join([*lines, "It knows nothing but these articles: no other news, no opinions, no advice."])


def example_questions(titles: Sequence[str]) -> list[str]:
    """Questions that an index answers which holds articles of these titles."""
    forms = ("What happened: {}?", "Summarise: {}", "What articles do you have on: {}?")
    return [
        form.format(title.rstrip(" ?!.")) for form, title in zip(forms, cycle(titles or [""]), strict=False) if title
    ]


def effects(
    parsed: ParsedQuery, relaxed: Sequence[Constraint], given: Scope = EVERYTHING
) -> list[tuple[Constraint, Effect]]:
    """All that was read in a question, in its order, and what became of it beside the limits that were ``given``."""
    # By their places: a sub-query may have made a limit of what the whole question only prefers.
    lost = {(one.start, one.words) for one in relaxed}

    def effect(one: Constraint) -> Effect:
        if one in parsed.ignored:
            return "ignored"
        if one in parsed.unknown_outlets:
            return "not in this index"
        if (one.start, one.words) in lost:
            return "relaxed"
        return "set aside" if limited(given, one.kind) else "limits" if one.restricts else "preferred"

    read = (*parsed.constraints, *parsed.unknown_outlets, *parsed.ignored)
    return [(one, effect(one)) for one in sorted(read, key=lambda one: one.start)]


def how_it_was_read(parsed: ParsedQuery | None, relaxed: Sequence[Constraint], given: Scope = EVERYTHING) -> str:
    """Say what was read in a question: its limits, its preferences, what was relaxed, outlets that the index lacks."""
    if not parsed:
        return ""
    found = effects(parsed, relaxed, given)
    said = ((words, [one for one, became in found if became == effect]) for effect, words in _BECAME.items())
    read = [f"{words}: {', '.join(map(_as_read, some))}." for words, some in said if some]
    return " ".join(filter(None, (why_unread(parsed), *read)))


def why_unread(parsed: ParsedQuery) -> str:
    """Say that little was read in a question because of its language; "" where it is English."""
    if reads_as_english(parsed.question):
        return ""
    return "Only questions in English are read: of this one only the words were looked for."


def _as_read(constraint: Constraint) -> str:
    """The words of a constraint, with the days that they were taken for where they name no year."""
    words, first, last = f"“{constraint.words}”", constraint.published_from, constraint.published_to
    if not depends_on_day(constraint):
        return words
    return f"{words} ({'from ' if first and last and first != last else ''}{days_in_words(first, last)})"


def depends_on_day(constraint: Constraint) -> bool:
    """Whether a constraint names days without their year, so that it depends on the day of the question."""
    return constraint.kind == "days" and not re.search(r"\d{4}", constraint.words)


def days_in_words(first: date | None, last: date | None) -> str:
    """Write a range of days: "1 March 2025 to 31 March 2025", "4 March 2025", "from 1 March 2025"."""
    if first and last:
        return _period(first, last)
    return f"from {day_in_words(first)}" if first else f"to {day_in_words(last)}" if last else "any day"


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


def origin(article: Article) -> str:
    """Outlet and day of an article, and what is to be known of it: "The Moscow Times, 2 December 2021, opinion"."""
    day = day_in_words(article.published) if article.published else "undated"
    return ", ".join((article.outlet or "unknown outlet", day, *remarks(article)))


def remarks(article: Article) -> list[str]:
    """What a reader must know of an article before believing it: that it was updated later, and its labels in words."""
    updated = article.updated
    changed = [f"updated {day_in_words(updated)}"] if updated and updated > (article.published or date.min) else []
    return changed + [_LABELS[label] for label in article.labels if label in _LABELS]


def _period(first: date, last: date) -> str:
    return day_in_words(first) if first == last else f"{day_in_words(first)} to {day_in_words(last)}"
