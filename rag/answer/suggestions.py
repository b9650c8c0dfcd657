"""Chooses which of the questions that a store suggests are shown: a varied few to begin with, or what goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.answer.answers import Answer
from rag.store.protocol import Store, Suggestion
from rag.text.proper_names import names
from rag.text.words import words


def suggestions(store: Store, answer: Answer | None = None, limit: int = 3, asked: Iterable[str] = ()) -> list[str]:
    """Choose up to ``limit`` questions that ``store`` answers; those in ``asked`` were asked already.

    To begin with they are of different wordings, and always the same for a store. After an ``answer`` they are about
    the articles that it found, the best first, and then about what it names; fewer, where there are not so many.
    """
    before = [*asked, *([answer.question, answer.rewritten] if answer else [])]
    known = {_key(question) for question in before}
    left = [one for one in store.suggestions() if _key(one.question) not in known]
    chosen = _going_on(left, answer) if answer else _varied(left)
    return [one.question for one in chosen[:limit]]


def _varied(left: Sequence[Suggestion]) -> list[Suggestion]:
    """In their order, but for those that begin with the same words as one before: they come behind."""
    first = dict[tuple[str, ...], Suggestion]()
    for one in left:
        first.setdefault(tuple(words(one.question)[:2]), one)
    varied = list(first.values())
    return [*varied, *(one for one in left if one not in varied)]


def _going_on(left: Sequence[Suggestion], answer: Answer) -> list[Suggestion]:
    cited = [one.article.id for one in answer.citations]
    found = list(dict.fromkeys([*cited, *(hit.article.id for hit in answer.hits)]))
    of_found = sorted((one for one in left if one.article_id in found), key=lambda one: found.index(one.article_id))
    told = " ".join([answer.rewritten or answer.question, *(claim.text for claim in answer.claims)])
    named = _names(told)
    alike = [one for one in left if one.article_id not in found and named & _names(one.question)]
    return [*of_found, *alike]


def _names(text: str) -> set[str]:
    """The last words of the names in a text: of Odile Brandt and of Brandt the same."""
    return {one.words[-1] for one in names(text) if not one.opens}


def _key(question: str) -> tuple[str, ...]:
    return tuple(words(question))
