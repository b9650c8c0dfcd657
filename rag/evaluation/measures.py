"""Measures a retriever: how much of the evidence it brings in a number of words, and the usual measures of search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from rag.evaluation.matching import find_articles, says
from rag.evaluation.questions import GoldArticle, GoldQuestion
from rag.evaluation.runs import Result
from rag.search.hits import Hit
from rag.search.retriever import Retriever
from rag.store.scope import EVERYTHING, Scope

WORDS = 2_000
# Holds 2,000 words and ten articles nearly always; more are fetched where it does not.
_LIMIT = 120
_CUT = 10
_NONE: Mapping[GoldArticle, str] = MappingProxyType({})


class Measure(StrEnum):
    """What is measured of a question, between 0 and 1; the value is its short heading."""

    FACT_RECALL = "fact recall"
    ALL_FACTS = "all facts"
    ARTICLE_RECALL = "articles@10"
    HITS_4 = "Hits@4"
    HITS_10 = "Hits@10"
    MRR = "MRR@10"
    MAP = "MAP@10"
    ARTICLE_1 = "article@1"
    ARTICLE_5 = "article@5"
    ARTICLE_10 = "article@10"
    ANSWER_5 = "answer@5"

    @property
    def meaning(self) -> str:
        """What the heading stands for, in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Measure.FACT_RECALL: f"share of a question's evidence sentences within the first {WORDS:,} words",
    Measure.ALL_FACTS: f"questions with every evidence sentence within the first {WORDS:,} words",
    Measure.ARTICLE_RECALL: "share of a question's evidence articles among the first ten articles",
    Measure.HITS_4: "questions with an evidence sentence in the first four passages",
    Measure.HITS_10: "questions with an evidence sentence in the first ten passages",
    Measure.MRR: "1/rank of the first passage with an evidence sentence",
    Measure.MAP: "what MultiHop-RAG's own code calls so, which is no mean average precision",
    Measure.ARTICLE_1: "questions whose first article holds the answer",
    Measure.ARTICLE_5: "questions with an article that holds the answer among the first five",
    Measure.ARTICLE_10: "questions with an article that holds the answer among the first ten",
    Measure.ANSWER_5: "questions whose answer stands, as text, in the first five passages",
}


@dataclass(frozen=True, slots=True)
class Score:
    """How one question fared."""

    question: str
    """The question's id."""
    type: str
    values: Mapping[Measure, float]
    """Only the measures that the question's gold allows."""

    @property
    def fact_recall(self) -> float:
        """Share of the facts that stand in the first ``WORDS`` words of passages; ``KeyError`` without facts."""
        return self.values[Measure.FACT_RECALL]

    @property
    def all_facts(self) -> bool:
        """Whether every fact stands there; ``KeyError`` without facts."""
        return bool(self.values[Measure.ALL_FACTS])


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores and what they come from."""

    scores: list[Score]
    results: list[Result]
    """Everything that was found, for a run file."""
    missing: tuple[GoldArticle, ...]
    """Gold articles that the index does not hold; they count as not found."""


def score(question: GoldQuestion, hits: Sequence[Hit], found: Mapping[GoldArticle, str] = _NONE) -> Score:
    """Score one question; ``found`` says which article of the index each gold article is.

    With facts: the measures up to MAP@10, of them articles@10 where the gold names articles. With articles only:
    articles@10 and those after MAP@10.

    A passage holds a fact when it contains the sentence, white space removed on both sides (as MultiHop-RAG compares).
    Standard measures come from ``ir_measures``, on ranks instead of scores, so that equal scores keep their order.
    """
    values: dict[Measure, float] = {}
    if question.facts:
        share = _share_within(question.facts, hits)
        values[Measure.FACT_RECALL] = share
        values[Measure.ALL_FACTS] = float(share == 1)
        values[Measure.MAP] = multihop_map([_facts_in(hit, question.facts) for hit in hits[:_CUT]], len(question.facts))
    values |= _standard(question, hits, found)
    if question.answers and not question.facts:
        first = [hit.text for hit in hits[:5]]
        values[Measure.ANSWER_5] = float(any(says(text, answer) for text in first for answer in question.answers))
    return Score(question.id, question.type, MappingProxyType({one: values[one] for one in Measure if one in values}))


def _share_within(facts: Sequence[str], hits: Sequence[Hit]) -> float:
    """Walk down the ranking as long as the passages' text stays within ``WORDS`` words, and see which facts are inside.

    A passage that would go over the limit ends the walk, so that large passages gain nothing.
    """
    texts, words = [], 0
    for hit in hits:
        words += len(hit.text.split())
        if words > WORDS:
            break
        texts.append(squeezed(hit.text))
    return sum(any(squeezed(fact) in text for text in texts) for fact in facts) / len(facts)


def _facts_in(hit: Hit, facts: Sequence[str]) -> set[int]:
    text = squeezed(hit.text)
    return {number for number, fact in enumerate(facts) if squeezed(fact) in text}


def multihop_map(ranking: Sequence[set[int]], facts: int) -> float:
    """Compute "MAP@10" of one question as MultiHop-RAG's ``retrieval_evaluate.py`` does.

    Each of the first ten passages adds (facts found here for the first time) / rank; the sum is divided by the smaller
    of ten and the number of facts. So it differs from average precision, which counts everything relevant down to a
    rank: two facts at ranks 1 and 2 give .75, not 1; two facts in the first passage give 1; a further passage with a
    known fact adds nothing; and with more than ten facts it can exceed 1. Ours leaves out all white space where theirs
    leaves out spaces and newlines.

    Args:
        ranking: which facts each passage holds, best passage first.
        facts: how many there are.
    """
    known: set[int] = set()
    total = 0.0
    for rank, here in enumerate(ranking[:_CUT], start=1):
        total += len(here - known) / rank
        known |= here
    return total / min(facts, _CUT)


def _standard(question: GoldQuestion, hits: Sequence[Hit], found: Mapping[GoldArticle, str]) -> dict[Measure, float]:
    """Compute the measures that ``ir_measures`` knows, over passages and over distinct articles."""
    import ir_measures
    from ir_measures import RR, R, Success

    relevant, ranked = dict[str, dict[str, int]](), dict[str, dict[str, float]]()
    named: dict[tuple[str, ir_measures.Measure], Measure] = {}
    if question.facts:
        holding = [str(rank) for rank, hit in enumerate(hits[:_CUT], start=1) if _facts_in(hit, question.facts)]
        # Without any, one that was not found stands for those further down: the question counts, with nothing.
        relevant["passages"] = dict.fromkeys(holding or ["further down"], 1)
        ranked["passages"] = {str(rank): -float(rank) for rank in range(1, len(hits[:_CUT]) + 1)}
        for wanted, measure in ((Success @ 4, Measure.HITS_4), (Success @ 10, Measure.HITS_10), (RR @ 10, Measure.MRR)):
            named["passages", wanted] = measure
    if question.articles:
        relevant["articles"] = {found.get(gold, f"missing: {gold}"): 1 for gold in question.articles}
        articles = list(dict.fromkeys(hit.article.id for hit in hits))
        ranked["articles"] = {article: -float(rank) for rank, article in enumerate(articles, start=1)}
        named["articles", R @ 10] = Measure.ARTICLE_RECALL
        if not question.facts:
            named["articles", Success @ 1] = Measure.ARTICLE_1
            named["articles", Success @ 5] = Measure.ARTICLE_5
            named["articles", Success @ 10] = Measure.ARTICLE_10
    values = {}
    for result in ir_measures.iter_calc({wanted for _, wanted in named}, relevant, ranked):
        known = named.get((result.query_id, result.measure))
        if known:
            values[known] = float(result.value)
    return values


def evaluate(retriever: Retriever, questions: Iterable[GoldQuestion], *, scoped: bool = False) -> list[Score]:
    """Score every question that the coverage can answer; ``scoped`` searches within each question's own scope."""
    return examine(retriever, questions, scoped=scoped).scores


def examine(retriever: Retriever, questions: Iterable[GoldQuestion], *, scoped: bool = False) -> Evaluation:
    """Score as ``evaluate`` does, and keep what was found.

    Raises:
        ValueError: a question cannot be asked (too long, or an outlet that the index lacks); it names the question.
    """
    asked = [question for question in questions if question.answerable]
    wanted = dict.fromkeys(gold for question in asked for gold in question.articles)
    found = find_articles(retriever.store, wanted)
    scores, results = [], []
    for question in asked:
        try:
            hits = _enough(retriever, question, question.scope if scoped else EVERYTHING)
        except ValueError as error:
            raise ValueError(f"question {question.id} cannot be asked: {error}") from error
        scores.append(score(question, hits, found))
        results.append(Result.of(question.id, hits))
    return Evaluation(scores, results, tuple(gold for gold in wanted if gold not in found))


def _enough(retriever: Retriever, question: GoldQuestion, scope: Scope) -> list[Hit]:
    """Find passages of ``WORDS`` words and ten articles, as far as there are."""
    articles = min(_CUT, retriever.store.summary().articles)
    limit = _LIMIT
    while True:
        hits = retriever.retrieve(question.text, limit=limit, scope=scope, as_of=question.asked_on)
        words = sum(len(hit.text.split()) for hit in hits)
        if len(hits) < limit or (words > WORDS and len({hit.article.id for hit in hits}) >= articles):
            return hits
        limit *= 2


def mean(scores: Iterable[Score], measure: Measure) -> float | None:
    """Mean over the questions that the measure applies to; None where it applies to none."""
    values = [one.values[measure] for one in scores if measure in one.values]
    return sum(values) / len(values) if values else None


def squeezed(text: str) -> str:
    """Remove all white space."""
    return "".join(text.split())
