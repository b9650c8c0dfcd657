"""How large should a passage be: fact recall in 2,000 words on MultiHop-RAG, by budget of tokens.

``python -m benchmarks.passages [ARTICLES]`` builds an index for each budget over the first ARTICLES articles that
questions rest on (default 150), and prints a table; the questions are those whose evidence lies wholly in them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from index.building import build
from rag.evaluation.measures import evaluate, mean
from rag.evaluation.questions import read_questions
from rag.models.embedding import load_embedder
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "multihop_rag"
BUDGETS = (60, 90, 120, 150, 180)
HEADINGS = f"{'tokens':>6} {'passages':>9} {'words each':>10} {'fact recall':>11} {'all facts':>9} {'embedded in':>11}"


def subset(wanted: int, folder: Path) -> tuple[Path, Path]:
    """Write the first ``wanted`` articles that questions rest on, and the questions that rest on them alone."""
    corpus = json.loads((DATA / "corpus.json").read_text(encoding="utf-8"))
    items = json.loads((DATA / "questions_dev.json").read_text(encoding="utf-8"))
    chosen: dict[int, None] = {}
    for item in items:
        chosen.update(dict.fromkeys(evidence["doc_id"] for evidence in item["evidence_list"]))
        if len(chosen) >= wanted:
            break
    inside = [item for item in items if all(evidence["doc_id"] in chosen for evidence in item["evidence_list"])]
    articles, questions = folder / "articles.json", folder / "questions.json"
    articles.write_text(json.dumps([item for item in corpus if item["doc_id"] in chosen]), encoding="utf-8")
    questions.write_text(json.dumps(inside), encoding="utf-8")
    return articles, questions


def main(wanted: int) -> None:
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as folder:
        articles, questions = subset(wanted, Path(folder))
        asked = read_questions(questions)
        words = sum(len(item["body"].split()) for item in json.loads(articles.read_text(encoding="utf-8")))
        print(f"{wanted} articles of {words:,} words, {sum(bool(one.facts) for one in asked)} questions with evidence")
        print(HEADINGS)
        for budget in BUDGETS:
            index = Path(folder, f"index-{budget}")
            started = time.perf_counter()
            report = build([articles], IndexFolder(index), embedder, budget=budget)
            took = time.perf_counter() - started
            scores = evaluate(Retriever.open(index, embedder=embedder), asked)
            recall, whole = mean(scores, "fact recall") or 0.0, mean(scores, "all facts") or 0.0
            passages = report.counts.passages
            print(
                f"{budget:>6} {passages:>9,} {words / passages:>10.0f} {recall:>11.3f} {whole:>9.3f} {took:>9.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
