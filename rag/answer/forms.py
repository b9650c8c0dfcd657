"""Chooses what an answer that is no single fact is made of: an overview, the latest, a timeline, a list of articles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from rag.answer.quoting import event_range
from rag.answer.sentence_ranking import Sentence, article_terms, can_be_quoted
from rag.articles import Article
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.question_kind import QuestionKind
from rag.search.hits import SearchResult
from rag.search.retriever import Retriever
from rag.store.protocol import Store
from rag.text.sentences import sentence_spans
from rag.text.words import length_in_words, question_terms, terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMED = frozenset((QuestionKind.OVERVIEW, QuestionKind.LATEST, QuestionKind.TIMELINE, QuestionKind.LIST))
"""The kinds that are answered by what articles on a topic say, and not by what is asked of them."""

# An article is on the topic that says so much of its terms, by weight; and nearly as much as the best one.
_SAYS_ENOUGH, _NEARLY = 0.5, 0.85
# Cosines; how much less like the question another article on the topic may be.
_LESS_ALIKE = 0.15
# Of a list it is seen at a glance which of its titles do not belong: it may reach further.
_LIST_NEARLY, _LIST_LESS_ALIKE = 0.6, 0.25
# Sentences of an overview, of one article or several; events of a timeline; articles of a list.
_SENTENCES, _EVENTS, _LISTED, _SEVERAL = 6, 8, 10, 4
# Share of its terms that were quoted already from which on a sentence repeats.
_REPEATED = 0.7
# Share of the best probability to answer from which on the newer sentence goes before the likelier one.
_NEARLY_ANSWERS = 0.5
# What a sentence at the end of an article is less a main point of it, in cosines.
_LATER = 0.4
# What is asked for where nothing in particular is.
_NOTHING_IN_PARTICULAR = frozenset(
    terms(
        """news story stories article articles coverage report reports item items headline headlines update
        updates event events thing things anything everything something new latest newest recent recently
        happen happened happening current currently today now lately time day days world going summarise
        summary give tell show list find know"""
    )
)
# Passages that say a word which is seldom said.
_SELDOM = 10
# What lies so long before the first article is background where few days do, and the story where more do: a life.
_FEW_OLD = 0.25
_BEFORE = timedelta(days=366)
# Sentences of an article that are looked at: what a page of thousands says first.
_LOOKED_AT = 60
# Words of a sentence that can be a lead.
_LEAD = 8


@dataclass(frozen=True, slots=True)
class _OnTopic:
    """An article on the topic."""

    article: Article
    says: float
    """Share of the topic's terms, by weight, that it says."""
    alike: float
    """Cosine of the angle between the question and its passage that is most like it."""


def compose(kind: QuestionKind, found: SearchResult, retriever: Retriever) -> list[Sentence]:
    """Return the sentences that an answer of a kind is made of, in its order; none where no article is on the topic.

    An overview is made of the leads of the articles on the topic, the newest first, or, of a single one, of its lead
    and its main points; the latest is the same of the newest articles; a timeline is made of the sentences that name a
    day, by day; a list has the lead of each article, the newest first. A question about nothing in particular ("any
    news?", "what happened last week?") gets the newest articles.
    """
    if is_open(found.parsed):
        newest = retriever.store.newest(_LISTED if kind is QuestionKind.LIST else _SEVERAL, found.scope)
        return [lead for article in newest for lead in _leads(article, 1)]
    reach = (_LIST_NEARLY, _LIST_LESS_ALIKE) if kind is QuestionKind.LIST else (_NEARLY, _LESS_ALIKE)
    on_topic = _articles_on_topic(found, retriever, *reach)
    chosen = _chosen(kind, on_topic, found, retriever) if on_topic else []
    return [replace(one, relevance=on_topic[0].says) for one in chosen]


def _chosen(
    kind: QuestionKind, on_topic: Sequence[_OnTopic], found: SearchResult, retriever: Retriever
) -> list[Sentence]:
    """What an answer of a kind is made of, from the articles on its topic, the best first."""
    if kind is QuestionKind.LIST:
        articles = sorted((one.article for one in on_topic[:_LISTED]), key=_newest_first)
        return [lead for article in articles for lead in _leads(article, 1) or _beginning(article)]
    question = retriever.embed_questions([found.parsed.question])[found.parsed.question]
    if kind is QuestionKind.TIMELINE:
        return _events([one.article for one in on_topic], question, retriever)
    several = sorted((one.article for one in on_topic[:_SEVERAL]), key=_newest_first)
    # The article that says most is told at length, the others by their leads.
    best = on_topic[0].article if kind is QuestionKind.OVERVIEW else several[0]
    chosen = list[Sentence]()
    for article in several:
        leads = _leads(article, 2 if len(several) == 1 else 1)
        chosen += leads
        if article is best:
            chosen += _points(article, leads, _SENTENCES - len(several) - (len(several) == 1), question, retriever)
    return chosen


def is_open(parsed: ParsedQuery) -> bool:
    """Whether a question is about nothing in particular, beside days, outlets and the like that it names."""
    return _NOTHING_IN_PARTICULAR.issuperset(terms(parsed.rest(phrases=False)))


def narrowed(found: SearchResult, store: Store) -> SearchResult:
    """Make limits of what a question about nothing in particular names: days and outlets are all that it says."""
    scope, constraints, relaxed = found.scope, list[Constraint](), list(found.relaxed)
    for one in found.parsed.constraints:
        first, last = scope.published_from or one.published_from, scope.published_to or one.published_to
        outlets = scope.outlets or ((one.outlet,) if one.outlet else ())
        limits = one.kind in ("days", "outlet") and one not in relaxed and (not first or not last or first <= last)
        constraints.append(replace(one, restricts=True) if limits else one)
        if limits:
            narrower = replace(scope, published_from=first, published_to=last, outlets=outlets)
            held = store.contains(narrower)
            scope, relaxed = (narrower, relaxed) if held else (scope, [*relaxed, constraints[-1]])
    parsed = replace(found.parsed, constraints=tuple(constraints))
    return replace(found, scope=scope, parsed=parsed, relaxed=tuple(relaxed))


def latest_first(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The most relevant sentences by day, the newest first, and behind them the others as they stand."""
    best = sentences[0].relevance if sentences else 0.0
    near = [one for one in sentences if one.relevance >= _NEARLY_ANSWERS * best]
    return sorted(near, key=lambda one: _newest_first(one.article)) + list(sentences[len(near) :])


def _articles_on_topic(found: SearchResult, retriever: Retriever, nearly: float, less_alike: float) -> list[_OnTopic]:
    """The articles that were found on what the question is about, the best first."""
    store, asked = retriever.store, found.parsed.question
    best = dict[str, _OnTopic]()
    weights = dict[str | None, dict[str, float]]()
    for hit in found.hits:
        article = hit.article
        if article.language not in weights:
            counts = store.passage_counts(question_terms(asked, [article.language]))
            # What the coverage never says counts as what it seldom says: it may be another word for the matter.
            weights[article.language] = {
                term: math.log(1 + store.passage_count / max(n, _SELDOM)) for term, n in counts.items()
            }
        weight = weights[article.language]
        said = article_terms(article)
        says = sum(one for term, one in weight.items() if term in said) / (sum(weight.values()) or 1)
        known = best.get(article.id)
        best[article.id] = _OnTopic(article, says, max(hit.explain.dense, known.alike if known else 0.0))
    ranked = sorted(best.values(), key=lambda one: -(one.says + one.alike))
    if not ranked or ranked[0].says < _SAYS_ENOUGH:
        return []
    first = ranked[0]
    return [one for one in ranked if one.says >= nearly * first.says and one.alike >= first.alike - less_alike]


def sentences_of(article: Article) -> Iterator[Sentence]:
    """The sentences of an article that can be quoted, in the order of the text."""
    for number, paragraph in enumerate(article.paragraphs, start=1):
        for start, end in sentence_spans(paragraph):
            if can_be_quoted(paragraph[start:end]):
                yield Sentence(article, number, start, end, paragraph[start:end], 1.0)


def _leads(article: Article, count: int) -> list[Sentence]:
    sentences = list(sentences_of(article))
    return [one for one in sentences if length_in_words(one.text) >= _LEAD][:count] or sentences[:1]


def _beginning(article: Article) -> list[Sentence]:
    """The first sentence, whatever it is: a list shows only the title."""
    start, end = sentence_spans(article.paragraph(1))[0]
    return [Sentence(article, 1, start, end, article.paragraph(1)[start:end], 1.0)]


def _points(
    article: Article, leads: Sequence[Sentence], count: int, question: NDArray[np.float32], retriever: Retriever
) -> list[Sentence]:
    """The main points of an article beside its leads: what is most like question and article, and repeats nothing."""
    others = [one for one in islice(sentences_of(article), _LOOKED_AT) if one not in leads]
    if count <= 0 or not others:
        return []
    vectors = retriever.embedder.embed_passages([one.text for one in others])
    alike = vectors @ question + vectors @ vectors.mean(axis=0)
    for place in range(len(others)):  # news says first what matters most
        alike[place] -= _LATER * place / len(others)
    said = {term for one in leads for term in terms(one.text)}
    chosen = list[Sentence]()
    for _, one in sorted(zip(alike.tolist(), others, strict=True), key=lambda pair: -pair[0]):
        meaning = set(terms(one.text))
        if len(chosen) < count and len(meaning & said) < _REPEATED * len(meaning):
            chosen.append(one)
            said |= meaning
    return sorted(chosen, key=lambda one: (one.paragraph, one.start))


def _events(articles: Sequence[Article], question: NDArray[np.float32], retriever: Retriever) -> list[Sentence]:
    """The sentences of a timeline: what is told with its day and is most like the question, by day."""
    articles = articles[:_SEVERAL]
    # A lead that names no day tells what is of the day of its article.
    leads = (lead for article in articles for lead in _leads(article, 1))
    dated = [(day, lead) for lead in leads if (day := lead.article.published) and not event_range(lead)]
    for article in articles:
        for one in islice(sentences_of(article), _LOOKED_AT):
            if told := event_range(one):
                dated.append((told[0], one))
    begun = min((one.published for one in articles if one.published), default=date.max) - _BEFORE
    days = {day for day, _ in dated}
    if sum(day < begun for day in days) <= _FEW_OLD * len(days):
        dated = [(day, one) for day, one in dated if day >= begun]
    if not dated:
        return []
    vectors = retriever.embedder.embed_passages([one.text for _, one in dated])
    alike = dict(zip((id(one) for _, one in dated), (vectors @ question).tolist(), strict=True))
    chosen = dict[date, Sentence]()  # of each day what is most like the question
    for day, one in sorted(dated, key=lambda pair: -alike[id(pair[1])]):
        if len(chosen) < _EVENTS:
            chosen.setdefault(day, one)
    return [one for _, one in sorted(chosen.items(), key=lambda pair: pair[0])]


def _newest_first(article: Article) -> tuple[int, str]:
    return -article.published.toordinal() if article.published else 0, article.id
