"""Another coverage and other questions than those that the search was made with: RealTime QA's weekly quizzes.

``python -m benchmarks.realtime ARTICLES INDEX`` draws ARTICLES of its articles by a fixed seed, all among them that
hold an answer, builds an index of them at INDEX unless there is one, asks the questions whose article is known, as on
the day that they were asked, and prints a table: the search, parts of it taken away, and words alone.

With ``--without`` it only builds an index, without the articles that hold an answer: nothing there answers a question.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.retrieval import PLAIN
from index.building import build
from rag.articles import Article
from rag.evaluation.intervals import compare
from rag.evaluation.measures import Measure, examine, mean
from rag.evaluation.questions import NUMBERED_ARTICLES, read_questions
from rag.models.embedding import SentenceTransformerEmbedder
from rag.query.subqueries import whole
from rag.search.fusion import Weights
from rag.search.retriever import Retriever
from rag.store.snapshot import IndexFolder

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "realtime_qa"
SHOWN = (Measure.ARTICLE_1, Measure.ARTICLE_5, Measure.ARTICLE_10, Measure.ANSWER_5)


def subset(wanted: int, folder: Path, *, with_answers: bool = True) -> Path:
    """Write ``wanted`` articles under ``folder``: those that hold an answer and others by chance, or only others."""
    with gzip.open(DATA / NUMBERED_ARTICLES, "rt", encoding="utf-8") as stream:
        lines = list(stream)
    items = json.loads((DATA / "questions_dev.json").read_text(encoding="utf-8"))
    gold = {number for item in items for number in item["gold_doc_ids"]}
    numbers = [json.loads(line)["doc_id"] for line in lines]
    others = [place for place, number in enumerate(numbers) if number not in gold]
    chosen = set(random.Random(0).sample(others, max(0, min(len(others), wanted - len(gold)))))
    path = folder / "articles.jsonl"
    kept = [place for place, number in enumerate(numbers) if place in chosen or number in gold]
    if not with_answers:
        # Some articles are there twice, under addresses that mean the same.
        ids = [Article("", (), url=json.loads(line)["url"]).id for line in lines]
        answering = {id_ for id_, number in zip(ids, numbers, strict=True) if number in gold}
        kept = [place for place in kept if ids[place] not in answering]
    path.write_text("".join(lines[place] for place in kept), encoding="utf-8")
    return path


def build_subset(wanted: int, index: Path, embedder: SentenceTransformerEmbedder, *, with_answers: bool = True) -> None:
    with tempfile.TemporaryDirectory() as folder:
        build([subset(wanted, Path(folder), with_answers=with_answers)], IndexFolder(index), embedder)


def main(wanted: int, index: Path) -> None:
    embedder = SentenceTransformerEmbedder.load()
    if not (index / "CURRENT").exists():
        build_subset(wanted, index, embedder)
    everything = Retriever.open(index, embedder=embedder)
    snapshot = everything.snapshot
    # As if they were asked on no particular day: "this week" is looked for like any other words.
    dated = [one for one in read_questions(DATA / "questions_dev.json") if one.answerable]
    undated = [replace(one, asked_on=None) for one in dated]
    counts = snapshot.manifest.counts
    print(f"{len(dated)} questions, {counts.articles:,} articles, {snapshot.vectors.rows:,} passages")
    print(f"{'':36}" + "".join(f"{measure.value:>13}" for measure in SHOWN))
    bm25 = Retriever(snapshot, embedder, decompose=whole, weights=PLAIN)
    settings = [
        ("everything", everything, dated),
        ("everything, day of asking unknown", everything, undated),
        ("words only", Retriever(snapshot, embedder, weights=replace(Weights(), dense=0.0, neighbour=0.0)), dated),
        ("vectors only", Retriever(snapshot, embedder, weights=replace(Weights(), lexical=0.0)), dated),
        ("plain BM25 with the question's limits", bm25, dated),
        ("plain BM25", bm25, undated),
    ]
    scores = [examine(retriever, asked).scores for _, retriever, asked in settings]
    for (name, *_), one in zip(settings, scores, strict=True):
        print(f"{name:36}" + "".join(f"{mean(one, measure) or 0:>13.3f}" for measure in SHOWN))
    for (name, *_), plain in list(zip(settings, scores, strict=True))[-2:]:
        for compared in compare(scores[0], plain):
            if compared.measure in SHOWN:
                between = compared.difference
                interval = f"{between.mean:+.3f} [{between.low:+.3f}, {between.high:+.3f}]"
                print(f"everything beside {name}, {compared.measure}: {interval}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--without"] and len(sys.argv) == 4:
        build_subset(int(sys.argv[2]), Path(sys.argv[3]), SentenceTransformerEmbedder.load(), with_answers=False)
    elif len(sys.argv) == 3:
        main(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        sys.exit("usage: python -m benchmarks.realtime [--without] ARTICLES INDEX")
