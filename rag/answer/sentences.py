"""Ranks the sentences of found passages by how much they bear on the question."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rag.answer.features import ANSWER_THRESHOLD, AnswerFeatures, gives, probability
from rag.articles import Article, header
from rag.models.embedding import Embedder
from rag.query import AnswerType, ParsedQuery, answer_type
from rag.search.hits import Hit
from rag.store.scope import name_key
from rag.store.snapshot import LexicalIndex
from rag.text.markers import has_marker
from rag.text.words import length_in_words, question_terms, sentence_spans, terms, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Sentences that the model reads per question, half of what answering takes. Of those that are evidence, 98 % are among
# the first 16 on the sample, 93 % on MultiHop-RAG.
_READ_BY_MODEL = 16
# A term that stands beside the sentence, in its paragraph or title, helps to place it, but is not said by it.
_BESIDE = 0.5
_SHORTEST = 4
# Terms of a part that is a question by itself; with less it is a preamble ("Considering an article of X, …").
_OWN_TERMS = 3
# "Who raised the tolls?" says little, and is a question all the same.
_SHORT_QUESTION = 2
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
    part: str = ""
    """The part of the question, or the whole of it, that it was compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """A question, or a part of one, with its vector, shape ``(dimension,)``."""

    parsed: ParsedQuery
    vector: NDArray[np.float32]


def rank_sentences(
    whole: Asking, parts: Sequence[Asking], hits: Sequence[Hit], lexical: LexicalIndex, embedder: Embedder
) -> list[Sentence]:
    """Return the sentences of ``hits``, the most relevant first, without those that only ask or say next to nothing.

    A sentence is compared with that one of ``parts`` of the question that found it, half of a comparison being all that
    one article can answer, and with those that name no outlet; with the ``whole`` where there are none. It stands there
    once, with the part that it answers best, and again for each other part that it answers.
    """

    @cache
    def compared_with(part: str, language: str | None) -> list[_Asked]:
        """What a hit is compared with, as cut in the language of its article; terms of others it cannot say."""
        chosen = [one for one in parts if one.parsed.question == part or not one.parsed.scope.outlets]
        return [_Asked.of(one, lexical, language) for one in chosen or [whole]]

    found: dict[tuple[str, int, int], _Candidate] = {}
    for hit in hits:
        compared = compared_with(hit.explain.part, hit.article.language)
        title = _title_terms(hit.article)
        for span in hit.passage.spans:
            paragraph = hit.article.paragraph(span.paragraph)
            neighbour = title | set(terms(paragraph, hit.article.language))
            # Sentences of the whole paragraph: a passage may begin or end inside one, and half a sentence can say the
            # opposite of the whole.
            for start, end in sentence_spans(paragraph):
                text = paragraph[start:end]
                if end <= span.start or start >= span.end or not _can_be_quoted(text):
                    continue
                said = set(terms(text, hit.article.language))
                promise = max((1 - _BESIDE) * one.share(said) + _BESIDE * one.share(neighbour) for one in compared)
                candidate = _Candidate(hit, span.paragraph, start, end, text, promise + hit.explain.dense, neighbour)
                # by the better hit
                found.setdefault((hit.article.id, span.paragraph, start), candidate)
    # Ties go to the better hit: candidates stand in the order of the hits.
    chosen = sorted(found.values(), key=lambda one: -one.promise)[:_READ_BY_MODEL]
    if not chosen:
        return []
    vectors = embedder.embed_passages([one.text for one in chosen])
    articles = {one.hit.article.id: _article_terms(one.hit.article) for one in chosen}
    ranked = list[Sentence]()
    for one, vector in zip(chosen, vectors, strict=True):
        article = one.hit.article
        lacking = whole.parsed.unknown_outlets
        unknown_outlets = bool(lacking) and not any(_is_agency(article, outlet.words) for outlet in lacking)
        answering = list[Sentence]()
        for asked in compared_with(one.hit.explain.part, article.language):
            features = _signs(
                one,
                float(vector @ asked.vector),
                asked,
                articles[article.id],
                unknown_outlets=unknown_outlets,
            )
            place = (article, one.paragraph, one.start, one.end)
            answering.append(Sentence(*place, one.text, probability(features), features, asked.part))
        answering.sort(key=lambda sentence: -sentence.relevance)
        ranked += [answering[0], *(other for other in answering[1:] if other.relevance >= ANSWER_THRESHOLD)]
    return sorted(ranked, key=lambda sentence: -sentence.relevance)


def _signs(
    one: _Candidate,
    similarity: float,
    asked: _Asked,
    in_article: Set[str],
    *,
    unknown_outlets: bool,
) -> AnswerFeatures:
    given = gives(asked.kind, one.text, asked.keys)
    return AnswerFeatures(
        similarity=max(0.0, similarity),
        passage_similarity=max(0.0, one.hit.explain.dense),
        missing_beside=1 - asked.share(one.near),
        missing_in_article=1 - asked.share(in_article),
        unnamed=float(not asked.names <= one.near),
        unknown_name=float(not asked.unknown.isdisjoint(asked.names)),
        unknown_outlets=float(unknown_outlets),
        gives=given,
        gives_nothing=float(given < _NEXT_TO_NOTHING),
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that the model may read."""

    hit: Hit
    paragraph: int
    start: int
    end: int
    text: str
    promise: float
    """How likely it answers, as far as words, and the vector of its passage, say: by this it is chosen."""
    near: Set[str]
    """The terms of it, its paragraph, title and outlet."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is asked, as an article of one language would say it."""

    weights: Mapping[str, float]
    """By inverse passage frequency."""
    names: frozenset[str]
    unknown: frozenset[str]
    """Terms that stand nowhere in the coverage."""
    kind: AnswerType | None
    keys: frozenset[str]
    """All words of the question."""
    part: str
    vector: NDArray[np.float32]

    @classmethod
    def of(cls, asking: Asking, lexical: LexicalIndex, language: str | None) -> _Asked:
        parsed = asking.parsed
        question = _without_limits(parsed)
        weights = term_weights(question, lexical, language)
        capitals = [word for word in _WORD.findall(question) if word[0].isupper()]
        names = {term for word in capitals for term in question_terms(word, [language])}
        unknown = {term for term in weights if not lexical.passages_with(term)}
        return cls(
            weights,
            frozenset(names & weights.keys()),
            frozenset(unknown),
            answer_type(parsed.question),
            frozenset(word.removesuffix("'s") for word in words(parsed.question)),
            parsed.question,
            asking.vector,
        )

    def share(self, said: Set[str]) -> float:
        """Share of the weight of the terms that are ``said``; nothing where there are none."""
        total = sum(self.weights.values())
        return sum(weight for term, weight in self.weights.items() if term in said) / total if total else 0.0


def says_enough(parsed: ParsedQuery) -> bool:
    """Whether a part says enough, beside where to look, for a sentence to be measured by it alone."""
    said = len(set(terms(_without_limits(parsed))))
    return said >= (_SHORT_QUESTION if answer_type(parsed.question) else _OWN_TERMS)


def _without_limits(parsed: ParsedQuery) -> str:
    """The question without the days, outlets and languages that limit the search: no article needs to say them."""
    text = parsed.question
    for constraint in reversed(parsed.constraints):
        if constraint.kind in ("days", "outlet", "author", "language"):
            text = f"{text[: constraint.start]} {text[constraint.end :]}"
    return text if any(question_terms(text, [None])) else parsed.question


def _title_terms(article: Article) -> set[str]:
    return set(terms(f"{article.title} {article.outlet or ''} {article.agency or ''}", article.language))


def _article_terms(article: Article) -> set[str]:
    """Terms of the whole article, its title, outlet, day, authors and agency included."""
    text = "\n".join([*article.paragraphs, header(article), *article.authors, article.agency or ""])
    return set(terms(text, article.language))


def _is_agency(article: Article, outlet: str) -> bool:
    """Whether an article, of another outlet, is the report of the agency that ``outlet`` names."""
    return article.agency is not None and name_key(article.agency) == name_key(outlet)


def _can_be_quoted(sentence: str) -> bool:
    return (
        len(sentence) <= _LONGEST
        and length_in_words(sentence) >= _SHORTEST
        and not sentence.rstrip("\"'”’)»」』）").endswith(("?", "？", "؟"))
        # Who signed a quoted post, or a post with its links: pasted in, not said.
        and not sentence.startswith(("—", "–", "-"))
        and "://" not in sentence
        and "](" not in sentence
        # A reader would take it for one of ours.
        and not has_marker(sentence)
    )


def term_weights(question: str, lexical: LexicalIndex, language: str | None = None) -> dict[str, float]:
    """Inverse passage frequency of the question's terms (Robertson & Spärck Jones 1976, without relevance data).

    The terms are those that the question would have in an article of ``language``.
    """
    rows = lexical.rows
    counts = {term: lexical.passages_with(term) for term in question_terms(question, [language])}
    return {term: math.log(1 + (rows - count + 0.5) / (count + 0.5)) for term, count in counts.items()}
