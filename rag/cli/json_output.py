"""Answers and hits as JSON records: what `--json` prints. Fields are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rag.answer.answers import Answer
from rag.articles import Article
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.record.links import deep_link
from rag.search.hits import Hit, SearchResult

Record = dict[str, object]


def search_record(found: SearchResult) -> Record:
    """Make the record of a search: its hits, and how the question was parsed."""
    return {
        "hits": [hit_record(hit) for hit in found.hits],
        "parsed_query": parsed_query_record(found.parsed, found.relaxed),
    }


def parsed_query_record(parsed: ParsedQuery, relaxed: Sequence[Constraint]) -> Record:
    """Make the record of what was read in a question; ``start`` and ``end`` count its characters."""
    return {
        "as_of": parsed.as_of.isoformat(),
        "constraints": [
            {
                "kind": one.kind,
                "words": one.words,
                "start": one.start,
                "end": one.end,
                "restricts": one.restricts,
                "relaxed": one in relaxed,
                "outlet": one.outlet,
                "author": one.author,
                "published_from": _day(one.published_from),
                "published_to": _day(one.published_to),
                "phrase": one.phrase,
                "language": one.language,
            }
            for one in parsed.constraints
        ],
        "unknown_outlets": [one.words for one in parsed.unknown_outlets],
    }


def hit_record(hit: Hit) -> Record:
    """Make the record of a found passage: rank, score, text, paragraphs, article, explanation, near-duplicates."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "text": hit.text,
        "paragraphs": list(hit.passage.paragraphs),
        "article": article_record(hit.article),
        "explain": {
            "lexical": round(hit.explain.lexical, 6),
            "dense": round(hit.explain.dense, 6),
            "subquery": hit.explain.subquery,
            "reranked": hit.explain.reranked,
        },
        "near_duplicates": [article_record(one.article) for one in hit.near_duplicates],
    }


def answer_record(answer: Answer) -> Record:
    """Make the record of an answer; a citation's ``start`` and ``end`` count code points of its paragraph."""
    return {
        "question": answer.question,
        "rewritten": answer.rewritten,
        "text": answer.text,
        "refused": answer.refused,
        "citations": [
            {
                "marker": one.marker,
                "quote": one.quote,
                "paragraph": one.paragraph,
                "start": one.start,
                "end": one.end,
                "article": article_record(one.article),
                "link": deep_link(one),
            }
            for one in answer.citations
        ],
        "snapshot": answer.snapshot,
        "notice": answer.notice,
        "probability": round(answer.probability, 3),
        "unanswered": list(answer.unanswered),
        "parsed_query": parsed_query_record(answer.parsed, answer.relaxed) if answer.parsed else None,
    }


def article_record(article: Article) -> Record:
    """Make the record that names an article: ``published`` as YYYY-MM-DD, ``language`` as a code, or null."""
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "published": _day(article.published),
        "language": article.language,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
