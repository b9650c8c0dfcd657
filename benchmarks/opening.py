"""What an index costs before and beside a search: ``python -m benchmarks.opening INDEX …`` prints a column for each.

Each index is opened in a process of its own, in which the model is there already. The questions are titles of its
newest articles, and the scopes its newest days, so that any index will do.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.invented import InventedEmbedder
from rag.models.embedding import load_embedder
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder
from rag.store.scope import Scope
from rag.store.snapshot import Snapshot

QUESTIONS = 100
SHARES = (1.0, 0.1, 0.01, 0.001)


def milliseconds(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return 1000 * (time.perf_counter() - started)


def resident() -> float:
    """MB of memory that this process has now."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def newest_share(snapshot: Snapshot, share: float) -> Scope:
    """The newest days, so many that they have a share of all articles."""
    whole = snapshot.summary()
    first, last = (day.toordinal() for day in (whole.oldest or date.min, whole.newest or date.max))
    while first < last:
        middle = (first + last + 1) // 2
        enough = snapshot.summary(Scope(published_from=date.fromordinal(middle))).articles >= share * whole.articles
        first, last = (middle, last) if enough else (first, middle - 1)
    return Scope(published_from=date.fromordinal(first))


def figures(index: Path) -> dict[str, str]:
    folder = IndexFolder(index)
    name = folder.manifest(folder.current().id).model.name
    embedder = InventedEmbedder() if name == "invented words" else load_embedder(name)
    embedder.embed_questions(["warm"])
    before = resident()
    started = time.perf_counter()
    retriever = Retriever.open(index, embedder=embedder)
    opened, held = 1000 * (time.perf_counter() - started), resident()
    snapshot = retriever.store
    assert isinstance(snapshot, Snapshot)
    coverage = snapshot.coverage
    found = {
        "articles": f"{snapshot.manifest.counts.articles:,}",
        "passages": f"{snapshot.passage_count:,}",
        "open": f"{opened:.0f} ms",
        "summary, first": f"{milliseconds(coverage.summary):.1f} ms",
        "months, first": f"{milliseconds(coverage.months):.1f} ms",
    }
    asked = [f"What is known about {article.title}?" for article in snapshot.newest(QUESTIONS)]
    found["names of a question"] = f"{median(milliseconds(lambda: retriever.names.find(one)) for one in asked):.2f} ms"  # noqa: B023
    found["first question"] = f"{milliseconds(lambda: retriever.search(asked[0])):.0f} ms"
    took = [milliseconds(lambda: retriever.search(one)) for one in asked]  # noqa: B023
    found["question, median"] = f"{median(took):.0f} ms"
    found["memory, opened"] = f"{held - before:.0f} MB"
    found[f"memory, {QUESTIONS} asked"] = f"{resident() - before:.0f} MB"
    for share in SHARES:
        scope = replace(newest_share(snapshot, share), published_to=date.max)  # another than it was found by
        found[f"rows of {share:.1%}"] = f"{milliseconds(lambda: coverage.allowed(scope)):.2f} ms"  # noqa: B023
    return found


def main(indices: list[str]) -> None:
    columns = []
    for index in indices:
        command = [sys.executable, "-m", "benchmarks.opening", "--one", index]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        columns.append(dict(line.split("\t") for line in done.stdout.splitlines()))
    for name in columns[0]:
        print(f"{name:22}" + "".join(f"{column[name]:>14}" for column in columns))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m benchmarks.opening INDEX …")
    if sys.argv[1] == "--one":
        print("\n".join(f"{name}\t{value}" for name, value in figures(Path(sys.argv[2])).items()))
    else:
        main(sys.argv[1:])
