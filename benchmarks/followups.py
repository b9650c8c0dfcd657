"""How often a follow-up question finds its article: as it stands, rewritten by rule, and as a person would write it.

``python -m benchmarks.followups FILE CORPUS=INDEX…`` asks each conversation of FILE on the index of its corpus. FILE is
a JSON list of ``{"corpus", "as_of", "after": [questions before it], "question", "standalone", "articles": [urls],
"kind"}``; of the kind ``new topic`` are questions that stand alone and must not be rewritten.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TypedDict

from rag.query.followups import Turn, rewrite_followup
from rag.search.retriever import Retriever

NEW_TOPIC = "new topic"


class Conversation(TypedDict):
    """A follow-up with the questions before it, and the articles that answer it."""

    corpus: str
    as_of: str
    after: list[str]
    question: str
    standalone: str
    articles: list[str]
    kind: str


def rewritten(one: Conversation, retriever: Retriever) -> str | None:
    as_of, turns = date.fromisoformat(one["as_of"]), list[Turn]()
    for question in one["after"]:
        turns.append(Turn(rewrite_followup(question, turns, retriever.names, as_of=as_of) or question))
    return rewrite_followup(one["question"], turns, retriever.names, as_of=as_of)


def place(question: str, one: Conversation, retriever: Retriever) -> int | None:
    """The place of the first right article among those found, from 1; None where it is not there."""
    hits = retriever.retrieve(question, limit=20, as_of=date.fromisoformat(one["as_of"]))
    urls = list(dict.fromkeys(hit.article.url for hit in hits))
    return next((number for number, url in enumerate(urls, start=1) if url in one["articles"]), None)


def share(places: Sequence[int | None], within: int) -> str:
    return f"{sum(one is not None and one <= within for one in places)} of {len(places)}"


def main(file: Path, indexes: dict[str, Path]) -> None:
    conversations: list[Conversation] = json.loads(file.read_text(encoding="utf-8"))
    retrievers = {corpus: Retriever.open(path) for corpus, path in indexes.items()}
    places = defaultdict[tuple[bool, str], list[int | None]](list)
    wrongly = list[str]()
    for one in conversations:
        if (retriever := retrievers.get(one["corpus"])) is None:
            continue
        rule, new = rewritten(one, retriever), one["kind"] == NEW_TOPIC
        ways = {"as it stands": one["question"], "by rule": rule or one["question"], "by hand": one["standalone"]}
        found = {way: place(question, one, retriever) for way, question in ways.items()}
        for way, number in found.items():
            places[new, way].append(number)
        if new and rule:
            wrongly.append(rule)
        print(f"{one['kind']}: {one['question']} -> {rule or '(alone)'}  {', '.join(map(str, found.values()))}")
    for (new, way), numbers in sorted(places.items()):
        label = "new topics" if new else "follow-ups"
        print(f"{label}, {way}: article first {share(numbers, 1)}, among five {share(numbers, 5)}")
    print(f"new topics wrongly rewritten: {len(wrongly)} of {len(places[True, 'by rule'])}")


if __name__ == "__main__":
    if len(sys.argv) < 3 or not all("=" in one for one in sys.argv[2:]):
        sys.exit("usage: python -m benchmarks.followups FILE CORPUS=INDEX…")
    main(Path(sys.argv[1]), {corpus: Path(path) for corpus, _, path in (one.partition("=") for one in sys.argv[2:])})
