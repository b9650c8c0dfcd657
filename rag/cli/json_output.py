"""Answers and hits as JSON records: what `--json` prints. Fields are only ever added."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.answers import Answer
from rag.articles import Article
from rag.query import Constraint, ParsedQuery
from rag.record.links import deep_link
from rag.search.hits import Hit, SearchResult

Record = dict[str, object]


def search_record(found: SearchResult) -> Record:
    """Make the record of a search: its hits, and how the question was understood."""
    return {
        "hits": [hit_record(hit) for hit in found.hits],
        "understood": understood_record(found.parsed, found.relaxed),
    }


def understood_record(parsed: ParsedQuery, relaxed: Sequence[Constraint]) -> Record:
    """Make the record of what was read in a question: the words, what they mean, and whether they limited the search.

    ``start`` and ``end`` count characters of the question; ``loosened`` is a limit that would have left nothing.
    """
    return {
        "as_of": parsed.as_of.isoformat(),
        "mentions": [
            {
                "kind": constraint.kind,
                "words": constraint.words,
                "start": constraint.start,
                "end": constraint.end,
                "limits": constraint.restricts,
                "loosened": constraint in relaxed,
                "outlet": constraint.outlet,
                "author": constraint.author,
                "published_from": constraint.published_from.isoformat() if constraint.published_from else None,
                "published_to": constraint.published_to.isoformat() if constraint.published_to else None,
                "phrase": constraint.phrase,
                "language": constraint.language,
            }
            for constraint in parsed.constraints
        ],
        "unheld": [constraint.words for constraint in parsed.unknown_outlets],
    }


def hit_record(hit: Hit) -> Record:
    """Make the record of a found passage: rank, score, text, numbers of its paragraphs, article, why, and copies."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "text": hit.text,
        "paragraphs": list(hit.passage.paragraphs),
        "article": article_record(hit.article),
        "explain": {
            "lexical": round(hit.explain.lexical, 6),
            "dense": round(hit.explain.dense, 6),
            "part": hit.explain.subquery,
            "reranked": hit.explain.reranked,
        },
        "copies": [article_record(copy.article) for copy in hit.near_duplicates],
    }


def answer_record(answer: Answer) -> Record:
    """Make the record of an answer: its text, whether it is a refusal, its citations, the snapshot that was asked.

    ``notice`` says what went wrong with the generator, and is empty when nothing did; ``rewritten`` is the question
    made whole from those before it, and is empty where it stands alone.

    ``start`` and ``end`` count characters (Unicode code points) of the paragraph, ``paragraph`` counts from 1;
    ``link`` leads to the sentence on the article's page, and is null where the article has no web address.
    """
    return {
        "question": answer.question,
        "rewritten": answer.rewritten,
        "text": answer.text,
        "refused": answer.refused,
        "citations": [
            {
                "marker": citation.marker,
                "quote": citation.quote,
                "paragraph": citation.paragraph,
                "start": citation.start,
                "end": citation.end,
                "article": article_record(citation.article),
                "link": deep_link(citation),
            }
            for citation in answer.citations
        ],
        "snapshot": answer.snapshot,
        "notice": answer.notice,
        "probability": round(answer.probability, 3),
        "unanswered": list(answer.unanswered),
        "understood": understood_record(answer.parsed, answer.relaxed) if answer.parsed else None,
    }


def article_record(article: Article) -> Record:
    """Make the record that names an article: ``published`` as YYYY-MM-DD, ``language`` as a code, or null."""
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
    }
