"""What was understood of a question, one by one, each with the choices that ask again without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from rag.answer.answers import Answer, Choices
from rag.answer.wording import Effect, days_in_words, depends_on_day, effects
from rag.articles import day_in_words
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.question_kind import QuestionKind
from rag.text.languages import language_name
from rag.text.words import counted

_LIMITS = {"outlets": "{}", "authors": "by {}", "languages": "in {}"}


@dataclass(frozen=True, slots=True)
class Understood:
    """One thing that was read in a question, or set beside it."""

    kind: Literal["days", "outlet", "author", "phrase", "language", "correction", "as of", "limit"]
    words: str
    """As the question has them; "" where a person set it."""
    meaning: str
    """In plain words: "1 March 2025 to 31 March 2025", "The Ellery Courier"."""
    effect: Effect | Literal["instead", "counts from"]
    """What became of it: it was searched for ``instead`` of what was typed, or "last week" ``counts from`` that day."""
    first: date | None = None
    last: date | None = None
    names: tuple[str, ...] = ()
    """Outlets, authors, codes of languages."""
    otherwise: Choices | None = None
    """Choices that ask without it, or with it again where it is ignored; None where nothing does.

    Whoever edits it sets a limit in these.
    """


def understood(answer: Answer) -> tuple[Understood, ...]:
    """What was read in a question, in its order, then its day, then the limits that a person set; none of help."""
    parsed, choices = answer.parsed, answer.choices
    if not parsed:
        return ()
    read = [(one.start, _read(one, became, choices)) for one, became in effects(parsed, answer.relaxed, answer.held)]
    read += [(parsed.question.casefold().find(one.meaning.casefold()), one) for one in _names(answer)]
    read.sort(key=lambda placed: placed[0])
    day = [_day(answer, parsed)] if choices.as_of or any(map(depends_on_day, parsed.constraints)) else []
    return (*(one for _, one in read), *day, *_limits(choices))


def _read(constraint: Constraint, effect: Effect, choices: Choices) -> Understood:
    name = constraint.outlet or constraint.author or constraint.language
    first, last = constraint.published_from, constraint.published_to
    meaning = constraint.phrase or name or constraint.words
    if constraint.kind == "days":
        meaning = days_in_words(first, last)
    elif constraint.language:
        meaning = language_name(constraint.language)
    otherwise = (_heeding if effect == "ignored" else _ignoring)(choices, constraint.words)
    names = (name,) if name else ()
    return Understood(constraint.kind, constraint.words, meaning, effect, first, last, names, otherwise)


def _names(answer: Answer) -> Iterator[Understood]:
    """The names that were taken for slips, and those that a person keeps as they are typed."""
    choices, parsed = answer.choices, answer.parsed
    for one in answer.corrections:
        yield Understood("correction", one.said, one.meant, "instead", otherwise=_ignoring(choices, one.said))
    read = {one.words.casefold() for one in parsed.ignored} if parsed else set[str]()
    for words in choices.ignored:
        if parsed and words.casefold() in parsed.question.casefold() and words.casefold() not in read:
            yield Understood("correction", words, words, "ignored", otherwise=_heeding(choices, words))


def _day(answer: Answer, parsed: ParsedQuery) -> Understood:
    choices, day = answer.choices, parsed.as_of
    limits = answer.kind is QuestionKind.LATEST and choices.as_of and answer.scope.published_to == day
    without = replace(choices, as_of=None) if choices.as_of else None
    effect: Literal["limits", "counts from"] = "limits" if limits else "counts from"
    return Understood("as of", "", day_in_words(day), effect, day, day, otherwise=without)


def _limits(choices: Choices) -> Iterator[Understood]:
    scope, first, last = choices.scope, choices.scope.published_from, choices.scope.published_to
    if first or last:
        without = replace(scope, published_from=None, published_to=None)
        meaning, otherwise = days_in_words(first, last), replace(choices, scope=without)
        yield Understood("limit", "", meaning, "limits", first, last, otherwise=otherwise)
    if scope.articles:
        without = replace(scope, articles=())
        meaning, otherwise = counted(len(scope.articles), "chosen article"), replace(choices, scope=without)
        yield Understood("limit", "", meaning, "limits", names=scope.articles, otherwise=otherwise)
    for field, said in _LIMITS.items():
        names = getattr(scope, field)
        for name in names:
            meaning = said.format(language_name(name) if field == "languages" else name)
            others: dict[str, Any] = {field: tuple(one for one in names if one != name)}
            otherwise = replace(choices, scope=replace(scope, **others))
            yield Understood("limit", "", meaning, "limits", names=(name,), otherwise=otherwise)


def _ignoring(choices: Choices, words: str) -> Choices:
    return replace(choices, ignored=(*choices.ignored, words))


def _heeding(choices: Choices, words: str) -> Choices | None:
    """Choices that no longer ignore words; None where a question before ignored them: typed anew they count again."""
    left = tuple(one for one in choices.ignored if one.casefold() != words.casefold())
    return replace(choices, ignored=left) if left != choices.ignored else None
