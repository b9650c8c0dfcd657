"""Ranks the sentences of found passages by how much they bear on the question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.articles import Article
from rag.embedding import Embedder
from rag.snapshot import LexicalIndex
from rag.words import length_in_words, question_terms, sentence_spans, terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.retrieval import Hit

# Sentences that the model reads per question; the others share so few words with it that they cannot win.
_READ_BY_MODEL = 32
# A term that stands beside the sentence, in its paragraph or title, helps to place it, but is not said by it.
_BESIDE = 0.5
_SHORTEST = 4
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
    """0 to 1: mean of the three below, none counted as less than 0."""
    similarity: float
    """Cosine of the angle between question and sentence."""
    passage_similarity: float
    """The same for the passage: what stands around a sentence says what it is about."""
    overlap: float
    """Share of the question's terms that are said here, the rarer the weightier (inverse passage frequency)."""


def rank_sentences(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], lexical: LexicalIndex, embedder: Embedder
) -> list[Sentence]:
    """Return the sentences of ``hits``, the most relevant first, without those that only ask or say next to nothing.

    ``vector`` is the question's, shape ``(dimension,)``.
    """
    # A sentence is compared with the question as cut in its own language; terms of other languages it cannot say.
    languages = dict.fromkeys(hit.article.language for hit in hits)
    by_language = {language: term_weights(question, lexical, language) for language in languages}
    candidates = {}
    for hit in hits:
        language = hit.article.language
        weights = by_language[language]
        total = sum(weights.values())
        title = set(terms(f"{hit.article.title} {hit.article.outlet or ''}", language))
        for span in hit.passage.spans:
            paragraph = hit.article.paragraph(span.paragraph)
            beside = title | set(terms(paragraph, language))
            # Sentences of the whole paragraph: a passage may begin or end inside one, and half a sentence can say the
            # opposite of the whole.
            for start, end in sentence_spans(paragraph):
                text = paragraph[start:end]
                if end <= span.start or start >= span.end or not _can_be_quoted(text):
                    continue
                said = set(terms(text, language))
                covered = sum(
                    weight * (1.0 if term in said else _BESIDE if term in beside else 0.0)
                    for term, weight in weights.items()
                )
                key = (hit.article.id, span.paragraph, start)
                candidates[key] = (covered / total if total else 0.0, hit, span.paragraph, start, end, text)
    # Ties go to the better hit: candidates stand in the order of the hits.
    chosen = sorted(candidates.values(), key=lambda candidate: -candidate[0])[:_READ_BY_MODEL]
    if not chosen:
        return []
    similarities = embedder.embed_passages([candidate[-1] for candidate in chosen]) @ vector
    ranked = [
        Sentence(
            hit.article,
            paragraph,
            start,
            end,
            text,
            relevance=(max(0.0, float(similarity)) + max(0.0, hit.explain.dense) + overlap) / 3,
            similarity=float(similarity),
            passage_similarity=hit.explain.dense,
            overlap=overlap,
        )
        for (overlap, hit, paragraph, start, end, text), similarity in zip(chosen, similarities, strict=True)
    ]
    return sorted(ranked, key=lambda sentence: -sentence.relevance)


def _can_be_quoted(sentence: str) -> bool:
    return (
        len(sentence) <= _LONGEST
        and length_in_words(sentence) >= _SHORTEST
        and not sentence.rstrip("\"'”’)»」』）").endswith(("?", "？", "؟"))
        # Who signed a quoted post, or a post with its links: pasted in, not said.
        and not sentence.startswith(("—", "–", "-"))
        and "://" not in sentence
    )


def term_weights(question: str, lexical: LexicalIndex, language: str | None = None) -> dict[str, float]:
    """Inverse passage frequency of the question's terms (Robertson & Spärck Jones 1976, without relevance data).

    The terms are those that the question would have in an article of ``language``.
    """
    rows = lexical.rows
    counts = {term: lexical.passages_with(term) for term in question_terms(question, [language])}
    return {term: math.log(1 + (rows - count + 0.5) / (count + 0.5)) for term, count in counts.items()}
