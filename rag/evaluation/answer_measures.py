"""Measures answers: what is declined, whether citations are in place, and whether the gold answer is said."""

from __future__ import annotations

from collections.abc import Iterable

from rag.answer.answerer import Answerer
from rag.check.citations import validate_citation
from rag.evaluation.matching import find_articles, says
from rag.evaluation.measures import Score
from rag.evaluation.questions import GoldQuestion
from rag.store.scope import EVERYTHING

# Answers of one word that stand in nearly every text say nothing about it.
_SAID_ANYWHERE = frozenset("yes no true false before after same different".split())

ANSWER_MEASURES = {
    "declined": "share of the unanswerable questions that were declined",
    "refused": "share of the answerable questions that were declined, wrongly",
    "in place": "share of an answer's citations whose text stands at its span, read anew from the index",
    "says gold": "share of the answerable questions whose answer says the gold one, where that is more than yes or no",
}
"""What is measured of the answer to a question, 0 to 1, and what it means."""


def evaluate_answers(answerer: Answerer, questions: Iterable[GoldQuestion], *, scoped: bool = False) -> list[Score]:
    """Ask every question of which it is known whether the index answers it.

    Raises:
        ValueError: a question is too long, or its scope names an outlet that the index lacks.
    """
    asked = [question for question in questions if question.settled]
    store = answerer.retriever.store
    found = find_articles(store, (gold for question in asked for gold in question.articles))
    scores = []
    for question in asked:
        scope = question.scope if scoped else EVERYTHING
        answer = answerer.answer(question.text, scope=scope, as_of=question.asked_on)
        answerable = question.answerable_with(found)
        values = {"refused" if answerable else "declined": float(answer.refused)}
        if answer.citations:
            in_place = [validate_citation(citation, store) is None for citation in answer.citations]
            values["in place"] = sum(in_place) / len(in_place)
        gold = [one for one in question.answers if one.casefold() not in _SAID_ANYWHERE]
        if gold and answerable:
            # With its sources: "The Verge, 3 May: …" may itself be what was asked for.
            values["says gold"] = float(not answer.refused and any(says(answer.text, one) for one in gold))
        scores.append(Score(question.id, question.type, values))
    return scores
