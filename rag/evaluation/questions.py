"""Reads questions with their gold facts: the sample's format and MultiHop-RAG's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rag.scope import Scope


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and the sentences of the coverage that answer it; none where the coverage does not."""

    text: str
    type: str
    facts: tuple[str, ...]
    """Distinct evidence sentences, word for word."""
    scope: Scope


def read_questions(path: Path) -> list[GoldQuestion]:
    """Read a JSON list of questions.

    Two formats: the sample's (``question``, ``type``, ``gold[].fact``, ``scope``; see rag/sample/README.md) and that of
    MultiHop-RAG (``query``, ``question_type``, ``evidence_list[].fact``; Tang & Yang 2024, arXiv 2401.15391).

    Raises:
        ValueError: not such a file; the message names the file and the item.
        OSError: it cannot be read.
    """
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: name a file of questions") from error
    if not isinstance(items, list) or not items:
        raise ValueError(f"{path} holds no list of questions")
    questions = []
    for number, item in enumerate(items, start=1):
        try:
            questions.append(_question(item))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise ValueError(
                f"{path} item {number} is no question with its facts ({what}): see rag/sample/README.md"
            ) from error
    return questions


def _question(item: Mapping[str, object]) -> GoldQuestion:
    multihop = "query" in item
    gold = item["evidence_list" if multihop else "gold"]
    if not isinstance(gold, list):
        raise TypeError("the gold is no list")
    scope = item.get("scope") or {}
    if not isinstance(scope, Mapping):
        raise TypeError("the scope is no object")
    return GoldQuestion(
        text=str(item["query" if multihop else "question"]),
        type=str(item["question_type" if multihop else "type"]).removesuffix("_query"),
        facts=tuple(dict.fromkeys(str(one["fact"]) for one in gold)),
        scope=Scope(
            published_from=date.fromisoformat(scope["published_from"]) if "published_from" in scope else None,
            published_to=date.fromisoformat(scope["published_to"]) if "published_to" in scope else None,
            outlets=tuple(scope.get("outlets", ())),
        ),
    )
