"""Another coverage and other questions than those that the search was made with: RealTime QA's weekly quizzes.

``python -m benchmarks.realtime ARTICLES INDEX`` draws ARTICLES of its articles by a fixed seed, all among them that
hold an answer, builds an index of them at INDEX unless there is one, asks the questions whose article is known, as on
the day that they were asked, and prints a table: the search, parts of it taken away, and plain BM25.

With ``--further`` it asks other weeks' questions, which name no article: those of which the words of the editor's
evidence sentence point to one (benchmarks/retrieval.md says how well).

With ``--without`` it only builds an index, without the articles that hold an answer: nothing there answers a question.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.compare import compare
from benchmarks.embedders import Remembering
from benchmarks.retrieval import Setting, plain_bm25, print_heading, print_row
from index.building import build
from rag.articles import Article
from rag.evaluation.measures import evaluate
from rag.evaluation.questions import GoldArticle, GoldQuestion, read_questions
from rag.models.embedding import Embedder, load_embedder
from rag.search.fusion import Weights
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder
from rag.text.words import terms

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "realtime_qa"
SHOWN = ("article@1", "article@5", "article@10", "answer@5")
# How much of an evidence sentence, its terms weighted by their rarity, an article must say, and how much more of it
# than every other article of the time: of the questions whose article is known, 63 of the 64 chosen so are right.
SHARE, MARGIN = 0.75, 0.2
BEFORE, AFTER = timedelta(days=14), timedelta(days=3)


def numbered_articles() -> dict[int, str]:
    """Lines of the file of articles, each a JSON object, by the numbers that questions use."""
    with gzip.open(DATA / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {json.loads(line)["doc_id"]: line for line in lines}


def known_questions() -> list[GoldQuestion]:
    return [one for one in read_questions(DATA / "questions_dev.json") if one.answerable]


def further_questions(lines: dict[int, str]) -> list[GoldQuestion]:
    """Questions that name no article, each with the one that its evidence sentence points to."""
    items = {item["question_id"]: item for item in json.loads((DATA / "questions_dev.json").read_text("utf-8"))}
    articles = [json.loads(line) for line in lines.values()]
    said = [frozenset(terms(f"{article['title']} {article['text']}")) for article in articles]
    occurrences = Counter(term for one in said for term in one)
    days = [_day(article["publish_date"]) for article in articles]
    questions = []
    for question in read_questions(DATA / "questions_dev.json"):
        evidence, asked_on = set(terms(items[question.id]["evidence_text"])), question.asked_on
        if question.answerable or len(evidence) < 5 or not asked_on:
            continue
        rarity = {term: math.log(1 + len(articles) / (1 + occurrences[term])) for term in evidence}
        shares = sorted(
            (sum(rarity[term] for term in evidence & said[place]) / sum(rarity.values()), place)
            for place, day in enumerate(days)
            if day and asked_on - BEFORE <= day <= asked_on + AFTER
        )
        if len(shares) > 1 and shares[-1][0] >= SHARE and shares[-1][0] - shares[-2][0] >= MARGIN:
            gold = GoldArticle(articles[shares[-1][1]]["url"])
            questions.append(replace(question, articles=(gold,), settled=True))
    return questions


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text).replace("/", "-"))
    except ValueError:
        return None


def subset(lines: dict[int, str], asked: Sequence[GoldQuestion], wanted: int, *, with_answers: bool = True) -> str:
    """Choose ``wanted`` articles: those that hold an answer and others by chance, or only the others."""
    urls = {number: json.loads(line)["url"] for number, line in lines.items()}
    answering = {gold.url for question in asked for gold in question.articles}
    others = [number for number, url in urls.items() if url not in answering]
    chosen = set(random.Random(0).sample(others, max(0, min(len(others), wanted - len(lines) + len(others)))))
    if with_answers:
        return "".join(line for number, line in lines.items() if number in chosen or urls[number] in answering)
    # Some articles are there twice, under addresses that mean the same.
    ids = {Article("", (), url=url).id for url in answering}
    return "".join(
        lines[number] for number in lines if number in chosen and Article("", (), url=urls[number]).id not in ids
    )


def build_subset(articles: str, index: Path, embedder: Embedder) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "articles.jsonl")
        path.write_text(articles, encoding="utf-8")
        build([path], IndexFolder(index), embedder)


def main(wanted: int, index: Path, *, further: bool) -> None:
    embedder = load_embedder()
    lines = numbered_articles()
    dated = further_questions(lines) if further else known_questions()
    if not (index / "CURRENT").exists():
        build_subset(subset(lines, dated, wanted), index, embedder)
    everything = Retriever.open(index, embedder=Remembering(embedder))
    store = everything.store
    print(f"{len(dated)} questions, {store.summary().articles:,} articles, {store.passage_count:,} passages")
    print_heading(SHOWN)
    words = Retriever(store, everything.embedder, weights=replace(Weights(), dense=0.0, neighbour=0.0))
    vectors = Retriever(store, everything.embedder, weights=replace(Weights(), lexical=0.0))
    # As if they were asked on no particular day: "this week" is looked for like any other words.
    undated = [replace(one, asked_on=None) for one in dated]
    settings = [
        (Setting("everything", everything), dated),
        (Setting("everything, day of asking unknown", everything), undated),
        (Setting("nothing read in the question", everything, parse_query=False), dated),
        (Setting("words only", words), dated),
        (Setting("vectors only", vectors), dated),
        (plain_bm25(everything), dated),
    ]
    scores = []
    for one, asked in settings:
        scores.append(evaluate(one.retriever, asked, parse_query=one.parse_query))
        print_row(one.name, scores[-1], SHOWN)
    for compared in compare(scores[0], scores[-1]):
        if compared.measure in SHOWN:
            print(f"everything beside plain BM25, {compared.measure}: {compared.difference}")


if __name__ == "__main__":
    option = sys.argv[1] if sys.argv[1:2] in (["--further"], ["--without"]) else ""
    if len(sys.argv) != (4 if option else 3):
        sys.exit("usage: python -m benchmarks.realtime [--further | --without] ARTICLES INDEX")
    count, folder = int(sys.argv[-2]), Path(sys.argv[-1])
    if option == "--without":
        every = numbered_articles()
        chosen = subset(every, known_questions(), count, with_answers=False)
        build_subset(chosen, folder, load_embedder())
    else:
        main(count, folder, further=option == "--further")
