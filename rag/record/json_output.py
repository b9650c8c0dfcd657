"""Answers, searches and feedback as JSON, as the README documents it. Fields are only ever added."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from rag.answer.answers import Answer, Claim
from rag.articles import Article
from rag.check.citations import Citation
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.record.links import deep_link
from rag.search.hits import SearchResult

if TYPE_CHECKING:
    from rag.record.keeping import Feedback

_Record = dict[str, object]


def search_json(found: SearchResult) -> str:
    """Write a search as JSON."""
    return _json(search_fields(found))


def answer_json(answer: Answer) -> str:
    """Write an answer as JSON."""
    return _json(answer_fields(answer))


def search_fields(found: SearchResult) -> dict[str, object]:
    """What a search's JSON holds: its hits, and what was read in the question."""
    hits = [
        {
            "rank": hit.rank,
            "score": round(hit.score, 6),
            "text": hit.text,
            "paragraphs": hit.passage.paragraphs,
            "article": _article(hit.article),
            "explain": asdict(hit.explain),
            "near_duplicates": [_article(one.article) for one in hit.near_duplicates],
        }
        for hit in found.hits
    ]
    return {"hits": hits, "parsed_query": _parsed_query(found.parsed, found.relaxed)}


def answer_fields(answer: Answer) -> dict[str, object]:
    """What an answer's JSON holds; a citation's ``start`` and ``end`` count code points of its paragraph."""
    return {
        **_fields(answer, "question rewritten kind outcome lead text reason refused snapshot notice unanswered"),
        "claims": [_claim(one) for one in answer.claims],
        "nearest": [_claim(one) | {"citations": [*map(_citation, one.citations)]} for one in answer.nearest],
        "corrections": [asdict(one) for one in answer.corrections],
        "citations": [*map(_citation, answer.citations)],
        "probability": round(answer.probability, 3),
        "parsed_query": _parsed_query(answer.parsed, answer.relaxed) if answer.parsed else None,
    }


def feedback_json(feedback: Sequence[Feedback]) -> str:
    """Write what readers said as JSON, in ASCII: comments are anybody's, and a terminal obeys some characters."""
    said = [
        {
            "given_at": one.given_at.isoformat(),
            **_fields(one, "verdict marker comment"),
            "answer": one.answer_id,
            "question": one.answer.question if one.answer else None,
            "sentence": one.claim.text if one.claim else None,
            "citation": _citation(one.citation) if one.citation else None,
        }
        for one in feedback
    ]
    return json.dumps(said, indent=1, default=date.isoformat)


def _claim(claim: Claim) -> _Record:
    """``insertions`` and ``answer_span`` count characters of the text."""
    markers = [one.marker for one in claim.citations]
    return {**_fields(claim, "text answer_span insertions"), "markers": markers}


def _citation(one: Citation) -> _Record:
    place = _fields(one, "marker quote paragraph start end")
    return place | {"article": _article(one.article), "link": deep_link(one)}


def _parsed_query(parsed: ParsedQuery, relaxed: Sequence[Constraint]) -> _Record:
    """What was read in a question; ``start`` and ``end`` count its characters."""
    return {
        "as_of": parsed.as_of,
        "constraints": [asdict(one) | {"relaxed": one in relaxed} for one in parsed.constraints],
        "unknown_outlets": [one.words for one in parsed.unknown_outlets],
        "ignored": [one.words for one in parsed.ignored],
    }


def _article(article: Article) -> _Record:
    return _fields(article, "id title url outlet published updated language labels")


def _fields(value: object, names: str) -> _Record:
    return {name: getattr(value, name) for name in names.split()}


def _json(record: _Record) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1, default=date.isoformat)
