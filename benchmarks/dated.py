"""Measures what reading days and outlets in a question is worth, on dated questions by someone who knew no rule.

``python -m benchmarks.dated QUESTIONS INDEX…`` asks each question of the first index that holds one of its articles, as
on its day of asking, with what it names read and without, and prints how often an article that answers is among the
first, what wrong limits shut out, and how often the days of the limits are those that the wording plainly means.

QUESTIONS is a JSON list of ``{"question", "as_of", "articles": [URL], "restricts": {"from", "to"} | null}``; the days
of ``restricts`` are inclusive, null is open.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TypedDict

from rag.articles import Article
from rag.models.embedding import load_embedder
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.search.hits import Hit
from rag.search.retriever import Retriever

FIRST = (1, 5, 10)
PASSAGES = 60
Days = tuple[str | None, str | None]


class Question(TypedDict):
    """A question as the file has it."""

    question: str
    as_of: str
    articles: list[str]
    restricts: dict[str, str | None] | None


def place_of(gold: set[str], hits: Sequence[Hit]) -> int:
    """The place of the first article among ``gold``, counted in articles from 1; 1,000 where none is found."""
    articles = list(dict.fromkeys(hit.article.id for hit in hits))
    return next((place for place, id_ in enumerate(articles, start=1) if id_ in gold), 1_000)


def days_of(constraints: Sequence[Constraint], parsed: ParsedQuery) -> Days:
    """The days that constraints name together."""
    scope = ParsedQuery(parsed.question, parsed.as_of, tuple(constraints)).scope
    return str(scope.published_from or "") or None, str(scope.published_to or "") or None


def shut_out(article: Article, parsed: ParsedQuery) -> bool:
    """Whether the limits read in the question exclude the article by its day or its outlet."""
    scope = parsed.scope
    published = article.published or date.min
    return (
        published < (scope.published_from or date.min)
        or published > (scope.published_to or date.max)
        or bool(scope.outlets and article.outlet not in scope.outlets)
    )


def main(path: Path, indexes: Sequence[Path]) -> None:
    """Ask all questions and print the table."""
    embedder = load_embedder()
    retrievers = [Retriever.open(index, embedder=embedder) for index in indexes]
    places: dict[bool, list[int]] = {True: [], False: []}
    counts = Counter[str]()
    questions: list[Question] = json.loads(path.read_text(encoding="utf-8"))
    for one in questions:
        gold = {Article("", (), url=url).id for url in one["articles"]}
        holds = [retriever for retriever in retrievers if any(retriever.store.article(id_) for id_ in gold)]
        if not holds:
            continue
        for reads in (True, False):
            found = holds[0].search(
                one["question"], limit=PASSAGES, as_of=date.fromisoformat(one["as_of"]), parse_query=reads
            )
            places[reads].append(place_of(gold, found.hits))
            if not reads:
                continue
            meant: Days = (one["restricts"]["from"], one["restricts"]["to"]) if one["restricts"] else (None, None)
            limiting = [limit for limit in found.parsed.constraints if limit.kind == "days" and limit.restricts]
            read = days_of(limiting, found.parsed)
            counts["equal"] += read == meant
            counts["wrong"] += read not in (meant, (None, None))
            articles = filter(None, (holds[0].store.article(id_) for id_ in gold))
            counts["shut out"] += sum(shut_out(article, found.parsed) for article in articles)
            counts["held"] += len(gold)
    total = len(places[True])
    print(f"{total} of {len(questions)} questions have an article in the indexes")
    for reads, name in ((True, "with what is named read"), (False, "without")):
        shares = "  ".join(f"@{first} {sum(place <= first for place in places[reads]) / total:.3f}" for first in FIRST)
        print(f"{name:26}{shares}")
    print(f"articles that a limit shut out: {counts['shut out']} of {counts['held']}")
    print(f"limits of days as meant: {counts['equal']} of {total}; others read: {counts['wrong']}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m benchmarks.dated QUESTIONS INDEX...")
    main(Path(sys.argv[1]), [Path(index) for index in sys.argv[2:]])
