"""Ranks the sentences of found passages by how much they bear on the question."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache

from rag.answer.features import ANSWER_THRESHOLD, AnswerFeatures, holds, probability
from rag.articles import Article, header
from rag.models.reading import Reader, Reading
from rag.query.answer_type import AnswerKind, answer_type
from rag.query.parsed_query import ParsedQuery
from rag.query.parsing import parse_question
from rag.search.hits import Hit, SearchResult
from rag.search.retriever import Retriever
from rag.store.protocol import Store
from rag.store.scope import Scope, name_key
from rag.text.markers import has_marker
from rag.text.sentences import sentence_spans
from rag.text.words import length_in_words, question_terms, terms, words

# Sentences that the reader reads per question, most of what answering takes. Of those that are evidence, 98 % are among
# the first 16 on the sample, 93 % on MultiHop-RAG.
_READ_BY_MODEL = 24
# What a sentence loses of what it says, at most two, where the question names other days and those to be read are
# chosen: else those of its days, put in other words, may never be read.
_OTHER_DAYS = 0.5
# A term in the sentence's paragraph or title helps to place it, but is not said by it.
_NEAR = 0.5
# Where there is no reader, the share of the question's terms that a sentence says stands in: log odds of all of them.
_BY_WORDS = 6.0
# Who it was may be said without a name: "two fishermen".
_NO_NAME = 0.5
# Thai, the first of the scripts that end no sentence with a mark.
_FIRST_WITHOUT_STOPS = "\u0e00"
_SHORTEST = 4
# A sub-query that asks for nothing in particular is measured by itself when it has so many terms.
_OWN_TERMS = 3
# A word with a capital that does not begin a sentence.
_WORD = re.compile(r"(?<![.?!]\s)(?<!^)(?<!^[\"“'‘])\b[^\W\d_][\w’'-]*(?<=[\w])")
# In characters: what is longer is a table or a list, which no model reads to its end and nobody reads as a quotation.
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the coverage at its place: characters ``start`` to ``end`` (exclusive) of a paragraph."""

    article: Article
    paragraph: int
    start: int
    end: int
    text: str
    relevance: float
    """Probability that it answers the question; see ``rag.answer.features``."""
    features: AnswerFeatures | None = None
    subquery: str = ""
    """The sub-query, or the whole question, that it was compared with."""
    span: tuple[int, int] | None = None
    """Characters of the sentence that answer, as a reader found them."""


def rank_sentences(found: SearchResult, retriever: Retriever, reader: Reader | None = None) -> list[Sentence]:
    """Return the sentences of what was found, the most relevant first; none that only asks or says nothing.

    A sentence is compared with the sub-query that found it, half of a comparison being all that one article can answer,
    and with those that name no outlet; with the whole question where it was not decomposed. It is returned once, with
    the sub-query that it answers best, and again for each other one that it answers.
    """
    parsed = found.parsed
    ignored = [one.words for one in parsed.ignored]
    read = [parse_question(one, retriever.names, as_of=parsed.as_of, ignored=ignored) for one in found.subqueries]
    subqueries = read if len(read) > 1 and all(_says_enough(one) for one in read) else []

    @cache
    def compared_with(subquery: str, language: str | None) -> list[_Asked]:
        """What a hit is compared with, as cut in the language of its article; terms of others it cannot say."""
        chosen = [one for one in subqueries if one.question == subquery or not one.scope.outlets] or [parsed]
        return [_asked(one, retriever.store, language) for one in chosen]

    named = [Scope(one.published_from, one.published_to) for one in parsed.constraints if one.kind == "days"]
    days = [one for one in named if retriever.store.contains(one)]  # others prefer nothing
    candidates: dict[tuple[str, int, int], tuple[float, _Candidate, list[_Asked]]] = {}
    for hit in found.hits:
        compared = compared_with(hit.explain.subquery, hit.article.language)
        for one in _sentences_of(hit):
            said = max(_NEAR * asked.share(one.near) + (1 - _NEAR) * asked.share(one.said) for asked in compared)
            place = (hit.article.id, one.paragraph, one.start)
            says_most = said + hit.explain.dense - _OTHER_DAYS * _is_of_other_days(hit.article, days)
            candidates.setdefault(place, (says_most, one, compared))  # by the better hit
    # Ties go to the better hit: candidates stand in the order of the hits.
    chosen = sorted(candidates.values(), key=lambda candidate: -candidate[0])[:_READ_BY_MODEL]
    if not chosen:
        return []
    lacking = {name_key(outlet.words) for outlet in parsed.unknown_outlets}
    readings = _read(reader, chosen)
    ranked = list[Sentence]()
    for _, one, compared in chosen:
        article = one.hit.article
        # The report of an agency that the question names may stand in another outlet.
        unknown_outlet = bool(lacking) and name_key(article.agency or "") not in lacking
        answering = list[Sentence]()
        for asked in compared:
            other_days = _is_of_other_days(article, days)
            reading = readings.get((asked.question, id(one)))
            features = asked.features(one, reading, unknown_outlet=unknown_outlet, other_days=other_days)
            at = (article, one.paragraph, one.start, one.end)
            span = (reading.start, reading.end) if reading and reading.end else None
            answering.append(Sentence(*at, one.text, probability(features), features, asked.question, span))
        answering.sort(key=lambda sentence: -sentence.relevance)
        ranked += [answering[0], *(other for other in answering[1:] if other.relevance >= ANSWER_THRESHOLD)]
    return sorted(ranked, key=lambda sentence: -sentence.relevance)


def _read(
    reader: Reader | None, chosen: Sequence[tuple[float, _Candidate, list[_Asked]]]
) -> dict[tuple[str, int], Reading]:
    """What the reader says of each candidate, by question and candidate; nothing where there is no reader."""
    readings = dict[tuple[str, int], Reading]()
    if reader is None:
        return readings
    bare = {asked.question: asked.bare for _, _, compared in chosen for asked in compared}
    for question in bare:
        read = [one for _, one, compared in chosen if any(asked.question == question for asked in compared)]
        said = reader(bare[question], [(one.text, f"{one.hit.article.title}. {one.before}") for one in read])
        readings |= {(question, id(one)): reading for one, reading in zip(read, said, strict=True)}
    return readings


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that the model may read."""

    hit: Hit
    paragraph: int
    start: int
    end: int
    text: str
    said: Set[str]
    """Its terms."""
    near: Set[str]
    """The terms of its paragraph, title and outlet."""
    before: str
    """The sentence before it in its paragraph."""


def _sentences_of(hit: Hit) -> Iterator[_Candidate]:
    """The sentences of a hit that can be quoted.

    They are those of whole paragraphs: a passage may begin or end inside one, and half a sentence can say the opposite
    of the whole.
    """
    language = hit.article.language
    title = set(terms(f"{hit.article.title} {hit.article.outlet or ''} {hit.article.agency or ''}", language))
    for span in hit.passage.spans:
        paragraph = hit.article.paragraph(span.paragraph)
        near = title | set(terms(paragraph, language))
        before = ""
        for start, end in sentence_spans(paragraph):
            previous, text = before, paragraph[start:end]
            before = text
            if end > span.start and start < span.end and can_be_quoted(text):
                yield _Candidate(hit, span.paragraph, start, end, text, set(terms(text, language)), near, previous)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is asked, as an article of one language would say it."""

    question: str
    bare: str
    """The question without the days, outlets, authors and languages that it names: no sentence needs to say them."""
    weights: Mapping[str, float]
    """Of its terms, by inverse passage frequency (Robertson & Spärck Jones 1976, without relevance data)."""
    names: Set[str]
    unknown: Set[str]
    """Terms that stand nowhere in the coverage."""

    def share(self, said: Set[str]) -> float:
        """Share of the weight of the terms that are ``said``; nothing where there are none."""
        total = sum(self.weights.values())
        return sum(weight for term, weight in self.weights.items() if term in said) / total if total else 0.0

    def features(
        self, one: _Candidate, reading: Reading | None, *, unknown_outlet: bool, other_days: bool
    ) -> AnswerFeatures:
        """What speaks for or against a sentence, of which ``reading`` is what the reader says."""
        asked = frozenset(word.removesuffix("'s") for word in words(self.question))
        sought = answer_type(self.question)
        return AnswerFeatures(
            read=reading.answers if reading else _BY_WORDS * (self.share(one.said) - 0.5),
            similarity=max(0.0, one.hit.explain.dense),
            missing=1 - self.share(article_terms(one.hit.article)),
            unnamed=float(not self.names <= one.near),
            unknown_name=float(not self.unknown.isdisjoint(self.names)),
            unknown_outlet=float(unknown_outlet),
            other_days=float(other_days),
            wrong_kind=0.0 if holds(sought, one.text, asked) else _NO_NAME if sought is AnswerKind.NAME else 1.0,
        )


def _asked(parsed: ParsedQuery, store: Store, language: str | None) -> _Asked:
    question = _without_constraints(parsed)
    counts = store.passage_counts(question_terms(question, [language]))
    weights = {term: math.log(1 + (store.passage_count - n + 0.5) / (n + 0.5)) for term, n in counts.items()}
    capitals = [word for word in _WORD.findall(question) if word[0].isupper()]
    names = {term for word in capitals for term in question_terms(word, [language])}
    unknown = {term for term, n in counts.items() if not n}
    return _Asked(parsed.question, question, weights, names & counts.keys(), unknown)


def _says_enough(parsed: ParsedQuery) -> bool:
    """Whether a sub-query is a question by itself, or a preamble ("Considering an article of X, …")."""
    return answer_type(parsed.question) is not None or len(set(terms(_without_constraints(parsed)))) >= _OWN_TERMS


def _without_constraints(parsed: ParsedQuery) -> str:
    """The question without the days, outlets, authors and languages that it names: no article needs to say them."""
    text = parsed.rest(phrases=True)
    return text if any(question_terms(text, [None])) else parsed.question


@lru_cache(_READ_BY_MODEL)
def article_terms(article: Article) -> Set[str]:
    """Terms of the whole article, its title, outlet, day, authors and agency included."""
    text = "\n".join([*article.paragraphs, header(article), *article.authors, article.agency or ""])
    return set(terms(text, article.language))


def _is_of_other_days(article: Article, days: Sequence[Scope]) -> bool:
    """Whether an article was published on none of the days that the question names, or nobody knows when."""
    day = article.published
    return bool(days) and not any(
        day and (one.published_from or day) <= day <= (one.published_to or day) for one in days
    )


def can_be_quoted(sentence: str) -> bool:
    """Whether a sentence says something by itself that a reader would take for reporting."""
    bare = sentence.rstrip("\"'”’)»」』）] ")
    return (
        len(sentence) <= _LONGEST
        and length_in_words(sentence) >= _SHORTEST
        and not bare.endswith(("?", "？", "؟"))
        # A caption, a teaser or a heading: in alphabets that end sentences with a full stop, it has none.
        and not (bare[-1:].isalnum() and bare[-1:] < _FIRST_WITHOUT_STOPS)
        # Who signed a quoted post, or a post with its links: pasted in, not said.
        and not sentence.startswith(("—", "–", "-"))
        and "://" not in sentence
        and "](" not in sentence
        # A reader would take it for one of ours.
        and not has_marker(sentence)
    )
