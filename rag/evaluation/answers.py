"""Measures answers: what is declined, what the sentences rest on, and whether the gold answer is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.check.citations import validate_citation
from rag.evaluation.matching import answerable_here, find_articles, says
from rag.evaluation.measures import squeezed
from rag.evaluation.questions import GoldQuestion
from rag.store.scope import EVERYTHING

# Answers of one word that stand in nearly every text say nothing about it.
_SAID_ANYWHERE = frozenset("yes no true false before after same different".split())


@dataclass(frozen=True, slots=True)
class Answered:
    """How the answer to one question fared."""

    type: str
    answerable: bool
    refused: bool
    claims: int
    in_place: int
    """Citations whose text stands at its span, read anew from the coverage."""
    citations: int
    on_gold: int | None
    """Claims that cite a paragraph with a gold fact; None where the question names no facts or was refused."""
    says_gold: bool | None
    """Whether the answer holds the gold answer; None where there is none that could be looked for."""
    passage_says_gold: bool | None
    """The same for the first passage that was found, which is what to beat."""
    cut: int
    first: float | None
    """Seconds until the first claim; None where there was none."""


def examine_answers(answerer: Answerer, questions: Iterable[GoldQuestion], *, scoped: bool = False) -> list[Answered]:
    """Ask every question, those too that the coverage does not answer, but none of which that is not known.

    A question whose articles the index lacks, all of them, counts as one that is not answered.

    Raises:
        ValueError: a question cannot be asked; it names the question.
    """
    asked = [question for question in questions if question.settled]
    snapshot = answerer.retriever.snapshot
    held = find_articles(snapshot, [article for question in asked for article in question.articles])
    found = []
    for question in asked:
        try:
            scope = question.scope if scoped else EVERYTHING
            answer = answerer.answer(question.text, scope=scope, as_of=question.asked_on)
        except ValueError as error:
            raise ValueError(f"question {question.id} cannot be asked: {error}") from error
        found.append(_answered(question, answer, answerer, answerable=answerable_here(question, held)))
    return found


def _answered(question: GoldQuestion, answer: Answer, answerer: Answerer, *, answerable: bool) -> Answered:
    coverage = answerer.retriever.snapshot.coverage
    on_gold = None
    if question.facts and answerable and answer.claims:
        facts = [squeezed(fact) for fact in question.facts]
        on_gold = sum(
            any(fact in squeezed(one.article.paragraph(one.paragraph)) for one in claim.citations for fact in facts)
            for claim in answer.claims
        )
    gold = [one for one in question.answers if one.casefold() not in _SAID_ANYWHERE] if answerable else []
    # The quotations with their sources: "The Verge, 3 May: …" may itself be what was asked for.
    said = "" if answer.refused else answer.text
    passage = answer.hits[0].text if answer.hits else ""
    return Answered(
        question.type,
        answerable,
        answer.refused,
        len(answer.claims),
        sum(validate_citation(citation, coverage) is None for citation in answer.citations),
        len(answer.citations),
        on_gold,
        any(says(said, one) for one in gold) if gold else None,
        any(says(passage, one) for one in gold) if gold else None,
        len(answer.cut),
        answer.timings.get("first"),
    )


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """The figures of a group of questions; None where nothing in the group has one."""

    questions: int
    declined: float | None
    """Share of the unanswerable questions that were declined."""
    refused: float | None
    """Share of the answerable questions that were declined, wrongly."""
    in_place: float | None
    on_gold: float | None
    """Share of the sentences of answers that cite a paragraph with a gold fact."""
    says_gold: float | None
    passage_says_gold: float | None
    cut: int
    first: float | None
    """Median seconds until the first sentence."""


def figures(group: Sequence[Answered]) -> AnswerFigures:
    """Sum up a group of questions."""
    cited = sum(one.citations for one in group)
    with_gold = [one for one in group if one.on_gold is not None]
    claims = sum(one.claims for one in with_gold)
    first = [one.first for one in group if one.first is not None]
    return AnswerFigures(
        len(group),
        _share([one.refused for one in group if not one.answerable]),
        _share([one.refused for one in group if one.answerable]),
        sum(one.in_place for one in group) / cited if cited else None,
        sum(one.on_gold or 0 for one in with_gold) / claims if claims else None,
        _share([one.says_gold for one in group if one.says_gold is not None]),
        _share([one.passage_says_gold for one in group if one.passage_says_gold is not None]),
        sum(one.cut for one in group),
        median(first) if first else None,
    )


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
