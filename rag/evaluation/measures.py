"""Measures how much of the evidence a retriever brings within a number of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.evaluation.questions import GoldQuestion
from rag.retrieval import Hit, Retriever
from rag.scope import EVERYTHING

WORDS = 2_000
# About what 2,000 words hold; more are fetched where they are shorter.
_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Score:
    """How one question fared."""

    type: str
    fact_recall: float
    """Share of the question's facts that stand in the first ``WORDS`` words of passages."""
    all_facts: bool


def score(question: GoldQuestion, hits: Sequence[Hit]) -> Score:
    """Walk down the ranking as long as the passages' text stays within ``WORDS`` words, and see which facts are inside.

    A passage holds a fact when it contains the sentence, white space removed on both sides (as MultiHop-RAG compares).
    A passage that would go over the limit ends the walk, so that large passages gain nothing.
    """
    texts, words = [], 0
    for hit in hits:
        words += len(hit.text.split())
        if words > WORDS:
            break
        texts.append(squeezed(hit.text))
    found = sum(any(squeezed(fact) in text for text in texts) for fact in question.facts)
    return Score(question.type, found / len(question.facts), found == len(question.facts))


def evaluate(retriever: Retriever, questions: Iterable[GoldQuestion], *, scoped: bool = False) -> list[Score]:
    """Score every question that the coverage can answer; ``scoped`` searches within each question's own scope."""
    scores = []
    for question in questions:
        if question.facts:
            scope = question.scope if scoped else EVERYTHING
            limit = _LIMIT
            while True:
                hits = retriever.retrieve(question.text, limit=limit, scope=scope)
                if len(hits) < limit or sum(len(hit.text.split()) for hit in hits) > WORDS:
                    break
                limit *= 2
            scores.append(score(question, hits))
    return scores


def squeezed(text: str) -> str:
    """Remove all white space."""
    return "".join(text.split())
