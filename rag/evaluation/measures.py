"""Measures retrieval (how much of the evidence is found, and where) and answers (what is declined, cited and said)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rag.answer.answerer import Answerer
from rag.check.citations import validate_citation
from rag.evaluation.matching import find_articles, says, squeezed
from rag.evaluation.questions import GoldArticle, GoldQuestion
from rag.search.hits import Hit
from rag.search.retriever import Retriever
from rag.store.scope import EVERYTHING

WORDS = 2_000
# Passages that are asked for: they hold 2,000 words and ten articles nearly always.
_LIMIT = 120
# Answers of one word that stand in nearly every text say nothing about it.
_SAID_ANYWHERE = frozenset("yes no true false before after same different".split())

MEASURES = {
    "fact recall": f"share of a question's evidence sentences within the first {WORDS:,} words",
    "all facts": f"questions with every evidence sentence within the first {WORDS:,} words",
    "articles@10": "share of a question's evidence articles among the first ten articles",
    "Hits@4": "questions with an evidence sentence in the first four passages",
    "Hits@10": "questions with an evidence sentence in the first ten passages",
    "MRR@10": "1/rank of the first passage with an evidence sentence, of the first ten passages",
    "article@1": "questions whose first article holds the evidence",
    "article@5": "questions with an article that holds the evidence among the first five",
    "article@10": "questions with an article that holds the evidence among the first ten",
    "answer@5": "questions whose answer stands, as text, in the first five passages",
}
"""What is measured of the hits of a question, 0 to 1, and what it means."""

ANSWER_MEASURES = {
    "declined": "share of the unanswerable questions that were declined",
    "refused": "share of the answerable questions that were declined, wrongly",
    "in place": "share of an answer's citations whose text stands at its span, read anew from the index",
    "says gold": "share of the answerable questions whose answer says the gold one, where that is more than yes or no",
}
"""What is measured of the answer to a question, 0 to 1, and what it means."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one question fared."""

    question: str
    """The question's id."""
    type: str
    values: Mapping[str, float]
    """By name, those measures that the question's gold allows."""


def evaluate(
    retriever: Retriever, questions: Iterable[GoldQuestion], *, scoped: bool = False, parse_query: bool = True
) -> list[Score]:
    """Score every question that names evidence, asked on its own day.

    ``scoped`` searches within each question's own scope; without ``parse_query`` nothing is read in the questions.

    Raises:
        ValueError: a question is too long, or its scope names an outlet that the index lacks.
    """
    asked = [question for question in questions if question.answerable]
    found = find_articles(retriever.store, (gold for question in asked for gold in question.articles))
    scores = []
    for question in asked:
        scope = question.scope if scoped else EVERYTHING
        result = retriever.search(
            question.text, limit=_LIMIT, scope=scope, as_of=question.asked_on, parse_query=parse_query
        )
        scores.append(score(question, result.hits, found))
    return scores


def score(question: GoldQuestion, hits: Sequence[Hit], found: Mapping[GoldArticle, str]) -> Score:
    """Score one question; ``found`` holds the ids of those gold articles that the index has.

    A passage holds a fact when it contains the sentence, white space removed on both sides (as MultiHop-RAG compares).
    A gold article that the index lacks counts as not found.
    """
    values: dict[str, float] = {}
    if question.facts:
        facts = [squeezed(fact) for fact in question.facts]
        # A passage that would exceed the words ends the walk, so that large passages gain nothing.
        words = accumulate(len(hit.text.split()) for hit in hits)
        texts = [squeezed(hit.text) for hit, total in zip(hits, words, strict=True) if total <= WORDS]
        values["fact recall"] = sum(any(fact in text for text in texts) for fact in facts) / len(facts)
        values["all facts"] = float(values["fact recall"] == 1)
        holding = [rank for rank, hit in enumerate(hits[:10], 1) if any(fact in squeezed(hit.text) for fact in facts)]
        values |= {f"Hits@{depth}": float(min(holding, default=11) <= depth) for depth in (4, 10)}
        values["MRR@10"] = 1 / holding[0] if holding else 0.0
    if question.articles:
        ranked = list(dict.fromkeys(hit.article.id for hit in hits))
        gold = [found.get(one) for one in question.articles]
        values["articles@10"] = sum(one in ranked[:10] for one in gold) / len(gold)
        if not question.facts:
            values |= {f"article@{depth}": float(any(one in ranked[:depth] for one in gold)) for depth in (1, 5, 10)}
    if question.answers and not question.facts:
        said = any(says(hit.text, answer) for hit in hits[:5] for answer in question.answers)
        values["answer@5"] = float(said)
    return Score(question.id, question.type, values)


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


def mean(scores: Iterable[Score], measure: str) -> float | None:
    """Mean over the questions that the measure applies to; None where it applies to none."""
    values = [one.values[measure] for one in scores if measure in one.values]
    return sum(values) / len(values) if values else None
