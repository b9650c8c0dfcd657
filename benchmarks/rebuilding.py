"""What a rebuild costs where little has changed: ``python -m benchmarks.rebuilding [PASSAGES] [--news FILE]``.

A build from nothing, and then rebuilds with nothing, 1 % and 10 % of the articles changed, all of them in one JSON
file: of invented words, or of FILE, a list of records. They are embedded by the model of invented words, which
takes next to nothing; with ``--model`` by the packaged one.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from benchmarks.invented import InventedEmbedder, articles
from index.building import build
from rag.models.embedding import Embedder, load_embedder
from rag.store.folder import IndexFolder

CHANGES = (0.0, 0.01, 0.1)
ADDED = "The tram company of Lindmoor closed its river depot on Tuesday."


def records(passages: int) -> list[dict[str, str]]:
    """Invented articles as a file would have them."""
    return [
        {"title": one.title, "url": one.url or "", "published": str(one.published), "text": "\n\n".join(one.paragraphs)}
        for one in articles(passages)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", nargs="?", type=int, default=30_000)
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--news", type=Path)
    options = parser.parse_args()
    news = json.loads(options.news.read_text()) if options.news else records(options.passages)
    embedder: Embedder = load_embedder() if options.model else InventedEmbedder()
    embedder.embed_passages(["warm"])
    text = next(name for name in ("text", "body", "content") if name in news[0])
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        path, folder = Path(name) / "news.json", IndexFolder(Path(name) / "index")
        print(f"{'changed':>12} {'wall':>8} {'processor':>10} {'embedded':>9}")
        for share in (None, *CHANGES):
            for one in chance.sample(news, round(len(news) * (share or 0))):
                one[text] = f"{one[text]}\n\n{ADDED}"
            path.write_text(json.dumps(news))
            wall, processor = time.perf_counter(), time.process_time()
            report = build([path], folder, embedder)
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            what = "all is new" if share is None else f"{share:.0%}"
            print(f"{what:>12} {wall:6.1f} s {processor:8.1f} s {report.embedded:9,}", flush=True)


if __name__ == "__main__":
    main()
