"""Answers and hits as JSON records: what `--json` prints. Fields are only ever added."""

from __future__ import annotations

from rag.answering import Answer
from rag.articles import Article
from rag.retrieval import Hit

Record = dict[str, object]


def hit_record(hit: Hit) -> Record:
    """Make the record of a found passage: rank, score, text, numbers of its paragraphs, article."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "text": hit.text,
        "paragraphs": list(hit.passage.paragraphs),
        "article": article_record(hit.article),
    }


def answer_record(answer: Answer) -> Record:
    """Make the record of an answer: its text, whether it is a refusal, its citations, the snapshot that was asked.

    ``start`` and ``end`` count characters (Unicode code points) of the paragraph, ``paragraph`` counts from 1.
    """
    return {
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
            }
            for citation in answer.citations
        ],
        "snapshot": answer.snapshot,
    }


def article_record(article: Article) -> Record:
    """Make the record that names an article; ``published`` is a day as YYYY-MM-DD, or null."""
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "published": article.published.isoformat() if article.published else None,
    }
