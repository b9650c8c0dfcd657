"""Ranks the sentences of found passages by how much they bear on the question."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rag.answer.features import ANSWER_THRESHOLD, AnswerFeatures, gives, probability
from rag.articles import Article, header
from rag.query.answer_type import answer_type
from rag.query.parsed_query import ParsedQuery
from rag.query.parsing import parse_question
from rag.search.hits import Hit, SearchResult
from rag.search.retriever import Retriever
from rag.store.protocol import Store
from rag.store.scope import Scope, name_key
from rag.text.markers import has_marker
from rag.text.sentences import sentence_spans
from rag.text.words import length_in_words, question_terms, terms, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Sentences that the model reads per question, half of what answering takes. Of those that are evidence, 98 % are among
# the first 16 on the sample, 93 % on MultiHop-RAG.
_READ_BY_MODEL = 16
# A term in the sentence's paragraph or title helps to place it, but is not said by it.
_NEAR = 0.5
# Thai, the first of the scripts that end no sentence with a mark.
_FIRST_WITHOUT_STOPS = "\u0e00"
_SHORTEST = 4
# A sub-query that asks for nothing in particular is measured by itself when it has so many terms.
_OWN_TERMS = 3
# What gives less than this of what is sought gives nothing: a number, say, that is only implied.
_NEXT_TO_NOTHING = 0.2
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


def rank_sentences(found: SearchResult, retriever: Retriever) -> list[Sentence]:
    """Return the sentences of what was found, the most relevant first; none that only asks or says nothing.

    A sentence is compared with the sub-query that found it, half of a comparison being all that one article can answer,
    and with those that name no outlet; with the whole question where it was not decomposed. It is returned once, with
    the sub-query that it answers best, and again for each other one that it answers.
    """
    parsed = found.parsed
    read = [parse_question(text, retriever.names, as_of=parsed.as_of) for text in found.subqueries]
    subqueries = read if len(read) > 1 and all(_says_enough(one) for one in read) else []
    vectors = retriever.embed_questions([parsed.question, *(one.question for one in subqueries)])

    @cache
    def compared_with(subquery: str, language: str | None) -> list[_Asked]:
        """What a hit is compared with, as cut in the language of its article; terms of others it cannot say."""
        chosen = [one for one in subqueries if one.question == subquery or not one.scope.outlets] or [parsed]
        return [_asked(one, vectors[one.question], retriever.store, language) for one in chosen]

    candidates: dict[tuple[str, int, int], tuple[float, _Candidate, list[_Asked]]] = {}
    for hit in found.hits:
        compared = compared_with(hit.explain.subquery, hit.article.language)
        for one in _sentences_of(hit):
            said = max(_NEAR * asked.share(one.near) + (1 - _NEAR) * asked.share(one.said) for asked in compared)
            place = (hit.article.id, one.paragraph, one.start)
            candidates.setdefault(place, (said + hit.explain.dense, one, compared))  # by the better hit
    # Ties go to the better hit: candidates stand in the order of the hits.
    chosen = sorted(candidates.values(), key=lambda candidate: -candidate[0])[:_READ_BY_MODEL]
    if not chosen:
        return []
    named = [Scope(one.published_from, one.published_to) for one in parsed.constraints if one.kind == "days"]
    days = [one for one in named if retriever.store.contains(one)]  # others prefer nothing
    lacking = {name_key(outlet.words) for outlet in parsed.unknown_outlets}
    embedded = retriever.embedder.embed_passages([one.text for _, one, _ in chosen])
    ranked = list[Sentence]()
    for (_, one, compared), vector in zip(chosen, embedded, strict=True):
        article = one.hit.article
        # The report of an agency that the question names may stand in another outlet.
        unknown_outlet = bool(lacking) and name_key(article.agency or "") not in lacking
        answering = list[Sentence]()
        for asked in compared:
            other_days = _is_of_other_days(article, days)
            features = asked.features(one, vector, unknown_outlet=unknown_outlet, other_days=other_days)
            at = (article, one.paragraph, one.start, one.end)
            answering.append(Sentence(*at, one.text, probability(features), features, asked.question))
        answering.sort(key=lambda sentence: -sentence.relevance)
        ranked += [answering[0], *(other for other in answering[1:] if other.relevance >= ANSWER_THRESHOLD)]
    return sorted(ranked, key=lambda sentence: -sentence.relevance)


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
        for start, end in sentence_spans(paragraph):
            text = paragraph[start:end]
            if end > span.start and start < span.end and _can_be_quoted(text):
                yield _Candidate(hit, span.paragraph, start, end, text, set(terms(text, language)), near)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is asked, as an article of one language would say it."""

    question: str
    weights: Mapping[str, float]
    """Of its terms, by inverse passage frequency (Robertson & Spärck Jones 1976, without relevance data)."""
    names: Set[str]
    unknown: Set[str]
    """Terms that stand nowhere in the coverage."""
    vector: NDArray[np.float32]

    def share(self, said: Set[str]) -> float:
        """Share of the weight of the terms that are ``said``; nothing where there are none."""
        total = sum(self.weights.values())
        return sum(weight for term, weight in self.weights.items() if term in said) / total if total else 0.0

    def features(
        self, one: _Candidate, vector: NDArray[np.float32], *, unknown_outlet: bool, other_days: bool
    ) -> AnswerFeatures:
        """What speaks for or against a sentence, whose vector is ``vector``, shape ``(dimension,)``."""
        asked = frozenset(word.removesuffix("'s") for word in words(self.question))
        given = gives(answer_type(self.question), one.text, asked)
        return AnswerFeatures(
            similarity=max(0.0, float(vector @ self.vector)),
            passage_similarity=max(0.0, one.hit.explain.dense),
            missing_nearby=1 - self.share(one.near),
            missing_in_article=1 - self.share(_article_terms(one.hit.article)),
            unnamed=float(not self.names <= one.near),
            unknown_name=float(not self.unknown.isdisjoint(self.names)),
            unknown_outlet=float(unknown_outlet),
            other_days=float(other_days),
            gives=given,
            gives_nothing=float(given < _NEXT_TO_NOTHING),
        )


def _asked(parsed: ParsedQuery, vector: NDArray[np.float32], store: Store, language: str | None) -> _Asked:
    question = _without_constraints(parsed)
    counts = store.passage_counts(question_terms(question, [language]))
    weights = {term: math.log(1 + (store.passage_count - n + 0.5) / (n + 0.5)) for term, n in counts.items()}
    capitals = [word for word in _WORD.findall(question) if word[0].isupper()]
    names = {term for word in capitals for term in question_terms(word, [language])}
    unknown = {term for term, n in counts.items() if not n}
    return _Asked(parsed.question, weights, names & counts.keys(), unknown, vector)


def _says_enough(parsed: ParsedQuery) -> bool:
    """Whether a sub-query is a question by itself, or a preamble ("Considering an article of X, …")."""
    return answer_type(parsed.question) is not None or len(set(terms(_without_constraints(parsed)))) >= _OWN_TERMS


def _without_constraints(parsed: ParsedQuery) -> str:
    """The question without the days, outlets, authors and languages that it names: no article needs to say them."""
    text = parsed.question
    for constraint in reversed(parsed.constraints):
        if constraint.kind != "phrase":
            text = f"{text[: constraint.start]} {text[constraint.end :]}"
    return text if any(question_terms(text, [None])) else parsed.question


@lru_cache(_READ_BY_MODEL)
def _article_terms(article: Article) -> Set[str]:
    """Terms of the whole article, its title, outlet, day, authors and agency included."""
    text = "\n".join([*article.paragraphs, header(article), *article.authors, article.agency or ""])
    return set(terms(text, article.language))


def _is_of_other_days(article: Article, days: Sequence[Scope]) -> bool:
    """Whether an article was published on none of the days that the question names, or nobody knows when."""
    day = article.published
    return bool(days) and not any(
        day and (one.published_from or day) <= day <= (one.published_to or day) for one in days
    )


def _can_be_quoted(sentence: str) -> bool:
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
