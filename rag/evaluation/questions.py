"""Reads questions with their gold facts or articles: the sample's format, MultiHop-RAG's and RealTime QA's."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rag.store.scope import EVERYTHING, Scope

# Types of questions that no one sentence answers.
_WITHOUT_ONE_ANSWER = frozenset("overview latest timeline list compare meta headline".split())


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article that holds the evidence, as the file of questions names it."""

    url: str | None = None
    title: str | None = None
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and what of the coverage answers it: nothing where the coverage does not."""

    id: str
    text: str
    type: str
    facts: tuple[str, ...] = ()
    """Distinct evidence sentences, word for word."""
    articles: tuple[GoldArticle, ...] = ()
    """Distinct articles that hold the evidence; none where the file does not name them."""
    answers: tuple[str, ...] = ()
    """What counts as the answer; any one of them."""
    scope: Scope = EVERYTHING
    asked_on: date | None = None
    """The day from which words like "this week" count; None where the file does not say."""
    settled: bool = True
    """Whether the file says if the coverage answers it: RealTime QA names the article of some of its questions only."""

    @property
    def answerable(self) -> bool:
        """Whether retrieval can be measured with it."""
        return bool(self.facts or self.articles)

    def answerable_with(self, articles: Collection[GoldArticle]) -> bool:
        """Whether it is answerable by coverage that holds, of all gold articles, only these."""
        return self.answerable and (not self.articles or any(one in articles for one in self.articles))


def read_questions(path: Path) -> list[GoldQuestion]:
    """Read a JSON list of questions.

    Four formats: the sample's (``question``, ``type``, ``gold[].fact``, ``scope``; see rag/sample/README.md), that of
    MultiHop-RAG (``query``, ``question_type``, ``evidence_list[].fact``; Tang & Yang 2024, arXiv 2401.15391), that of
    questions as people type them (``question``, ``accept``, ``articles``; tests/quality/wikinews_seen.json), and that
    of RealTime QA (``question``, ``answer``, ``gold_doc_ids``; Kasai et al. 2022, arXiv 2207.13332), whose type is the
    quiz that it was asked in, on its ``date``, and whose articles have their urls in ``articles.jsonl.gz`` beside the
    file.

    Raises:
        ValueError: not such a file; the message names the file and the item.
        OSError: it, or what stands beside it, cannot be read.
    """
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: name a file of questions") from error
    if not isinstance(items, list) or not items:
        raise ValueError(f"{path} holds no list of questions")
    numbered: dict[object, GoldArticle] = {}
    questions = []
    for number, item in enumerate(items, start=1):
        try:
            if item.get("gold_doc_ids") and not numbered:
                numbered = _numbered_articles(path.with_name("articles.jsonl.gz"))
            questions.append(_question(item, number, numbered))
        except (KeyError, TypeError, ValueError, AttributeError, EOFError, zlib.error) as error:
            what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise ValueError(
                f"{path} item {number} is no question with its facts ({what}): see rag/sample/README.md"
            ) from error
    return questions


def _question(item: Mapping[str, Any], number: int, numbered: Mapping[object, GoldArticle]) -> GoldQuestion:
    name = str(next((item[key] for key in ("id", "query_id", "question_id") if key in item), number))
    if "gold_doc_ids" in item:
        return GoldQuestion(
            name,
            str(item["question"]),
            str(item.get("source") or "quiz"),
            articles=tuple(dict.fromkeys(numbered[one] for one in item["gold_doc_ids"])),
            answers=tuple(map(str, item.get("answer") or [])),
            asked_on=_day(item.get("date")),
            settled=bool(item["gold_doc_ids"]),
        )
    if "accept" in item:
        evidence = item.get("evidence") or []
        urls = item.get("articles") or [one["url"] for one in evidence]
        return GoldQuestion(
            name,
            str(item["question"]),
            str(item["type"]),
            tuple(dict.fromkeys(str(one["sentence"]) for one in evidence)),
            tuple(GoldArticle(one) for one in dict.fromkeys(urls)),
            answers=tuple(item["accept"]),
            asked_on=_day(item.get("as_of")),
            settled=not item.get("after") and item["type"] not in _WITHOUT_ONE_ANSWER,
        )
    multihop = "query" in item
    gold: list[Mapping[str, str]] = item["evidence_list" if multihop else "gold"]
    named = [GoldArticle(one.get("url") or None, one.get("title"), one.get("source")) for one in gold]
    scope = item.get("scope") or {}
    return GoldQuestion(
        name,
        str(item["query" if multihop else "question"]),
        str(item["question_type" if multihop else "type"]).removesuffix("_query"),
        tuple(dict.fromkeys(str(one["fact"]) for one in gold)),
        tuple(dict.fromkeys(one for one in named if one.url or one.title)),
        (str(item["answer"]),) if item.get("answer") else (),
        Scope(_day(scope.get("published_from")), _day(scope.get("published_to")), tuple(scope.get("outlets", ()))),
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text).replace("/", "-")) if text else None


def _numbered_articles(path: Path) -> dict[object, GoldArticle]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    return {item["doc_id"]: GoldArticle(item.get("url") or None, item.get("title")) for item in items}
