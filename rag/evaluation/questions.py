"""Reads questions with their gold facts or articles: the sample's format, MultiHop-RAG's and RealTime QA's."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rag.store.scope import Scope

# Where RealTime QA's questions find the urls of the articles that they name by number.
NUMBERED_ARTICLES = "articles.jsonl.gz"


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article that answers, by what the questions' file says of it."""

    url: str | None = None
    title: str | None = None
    outlet: str | None = None

    def __str__(self) -> str:
        return self.url or f"“{self.title}”"


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and what of the coverage answers it: nothing where the coverage does not."""

    text: str
    type: str
    facts: tuple[str, ...]
    """Distinct evidence sentences, word for word."""
    scope: Scope
    id: str = ""
    """Names the question in a run file: no white space, unique in its file."""
    articles: tuple[GoldArticle, ...] = ()
    """Distinct articles that hold the evidence; none where the file does not name them."""
    answers: tuple[str, ...] = ()
    """What counts as the answer; any one of them."""
    asked_on: date | None = None
    """The day that words like "this week" count from; None where the file does not say."""
    settled: bool = True
    """Whether the file says if the coverage answers it: RealTime QA names the article of some of its questions only."""

    @property
    def answerable(self) -> bool:
        """Whether retrieval can be measured with it."""
        return bool(self.facts or self.articles)


def read_questions(path: Path) -> list[GoldQuestion]:
    """Read a JSON list of questions.

    Three formats: the sample's (``question``, ``type``, ``gold[].fact``, ``scope``; see rag/sample/README.md), that of
    MultiHop-RAG (``query``, ``question_type``, ``evidence_list[].fact``; Tang & Yang 2024, arXiv 2401.15391), and that
    of RealTime QA (``question``, ``answer``, ``gold_doc_ids``; Kasai et al. 2022, arXiv 2207.13332), whose type is the
    quiz that it was asked in, on its ``date``, and whose articles have their urls in ``articles.jsonl.gz`` beside the
    file.

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
    numbered = _numbered_articles(path.with_name(NUMBERED_ARTICLES), _numbers(items))
    questions: dict[str, GoldQuestion] = {}
    for number, item in enumerate(items, start=1):
        try:
            question = _question(item, number, numbered)
            if question.id in questions:
                raise ValueError(f"its id {question.id} is that of an earlier one")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise ValueError(
                f"{path} item {number} is no question with its facts ({what}): see rag/sample/README.md"
            ) from error
        questions[question.id] = question
    return list(questions.values())


def _question(item: Mapping[str, object], number: int, numbered: Mapping[object, GoldArticle]) -> GoldQuestion:
    name = _id(item, number)
    if "gold_doc_ids" in item:
        return GoldQuestion(
            text=str(item["question"]),
            type=str(item.get("source") or "quiz"),
            facts=(),
            scope=Scope(),
            id=name,
            articles=tuple(dict.fromkeys(numbered[one] for one in _list(item["gold_doc_ids"], "gold_doc_ids"))),
            answers=_answers(item),
            settled=bool(item["gold_doc_ids"]),
            asked_on=date.fromisoformat(str(item["date"]).replace("/", "-")) if item.get("date") else None,
        )
    multihop = "query" in item
    gold = _list(item["evidence_list" if multihop else "gold"], "gold")
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
        id=name,
        articles=_articles(gold),
        answers=(str(item["answer"]),) if item.get("answer") else (),
    )


def _id(item: Mapping[str, object], number: int) -> str:
    given = next((item[key] for key in ("id", "query_id", "question_id") if item.get(key) is not None), number)
    return "_".join(str(given).split()) or str(number)


def _articles(gold: Iterable[Mapping[str, object]]) -> tuple[GoldArticle, ...]:
    fields = [[_text(one.get(key)) for key in ("url", "title", "source")] for one in gold]
    return tuple(dict.fromkeys(GoldArticle(*values) for values in fields if values[0] or values[1]))


def _text(value: object) -> str | None:
    return str(value) if value else None


def _list(value: object, what: str) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, list):
        raise TypeError(f"the {what} is no list")
    return value


def _answers(item: Mapping[str, object]) -> tuple[str, ...]:
    """Answers as text: RealTime QA first published them as positions among the choices, and here as their text."""
    choices = item.get("choices")
    choices = [str(choice) for choice in choices] if isinstance(choices, list) else []
    answers = []
    for one in _list(item.get("answer") or [], "answer"):
        text = str(one)
        position = int(text) if text.isdecimal() else len(choices)
        answers.append(choices[position] if text not in choices and position < len(choices) else text)
    return tuple(answers)


def _numbers(items: Sequence[object]) -> set[object]:
    """Numbers of all articles that RealTime QA's questions name; whatever else stands there is told by the item."""
    lists = [item.get("gold_doc_ids") for item in items if isinstance(item, Mapping)]
    return {one for ids in lists if isinstance(ids, list) for one in ids if isinstance(one, int | str)}


def _numbered_articles(path: Path, numbers: set[object]) -> dict[object, GoldArticle]:
    """Find the articles with these numbers.

    Raises:
        ValueError: the file cannot be read, or lacks one of them.
    """
    found: dict[object, GoldArticle] = {}
    if not numbers:
        return found
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                if item["doc_id"] in numbers:
                    found[item["doc_id"]] = GoldArticle(_text(item.get("url")), _text(item.get("title")))
                    if len(found) == len(numbers):
                        return found
    except FileNotFoundError as error:
        raise ValueError(
            f"{path} is not there: the questions beside it name their articles by numbers in it"
        ) from error
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} cannot be read as articles, one JSON object with a doc_id a line: {error}") from error
    lacking = sorted(map(str, numbers - found.keys()))
    raise ValueError(
        f"{path} lacks {len(lacking):,} articles that the questions beside it name, as doc_id {lacking[0]}"
    )
