"""How long it takes to add one article to an index, and to remove one: ``python -m benchmarks.adding [PASSAGES …]``.

The index is of invented words and random unit vectors, so that it is made quickly; the one that is added is embedded
by the packaged model. Seconds are of the whole command, and of what it does without starting Python and the model.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import building, removing
from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.articles import Article
from rag.models.embedding import ModelIdentity, SentenceTransformerEmbedder
from rag.store.folder import IndexFolder

PARAGRAPHS, WORDS = 10, 18
ADDED = {
    "title": "River depot closed",
    "outlet": "Quarrendon Post",
    "published": "2025-03-04",
    "url": "https://post.example/depot",
    "text": "The tram company closed its river depot on Tuesday.\n\nRepairs will take eleven weeks.",
}


class RandomEmbedder:
    """Gives any text a random unit vector, and says that it is ``identity``."""

    def __init__(self, identity: ModelIdentity) -> None:
        self.identity = identity
        self._random = np.random.default_rng(0)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        vectors = self._random.standard_normal((len(texts), self.identity.dimension), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    embed_questions = embed_passages

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1] * len(texts)


def invented(passages: int) -> Iterator[SourceItem]:
    """Articles of about so many passages in all."""
    chance = random.Random(0)
    letters = "bcdfghjklmnprstvw"
    words = ["".join(chance.choice(letters) + chance.choice("aeiou") for _ in range(3)) for _ in range(20_000)]
    for number in range(passages // PARAGRAPHS):
        said = [" ".join(chance.choices(words, k=WORDS)).capitalize() + "." for _ in range(PARAGRAPHS)]
        title, day = " ".join(chance.choices(words, k=6)), date(2020, 1, 1) + timedelta(number % 2000)
        url = f"https://outlet{number % 40}.example/{number}"
        yield SourceItem(str(number), Article(title, tuple(said), f"Outlet {number % 40}", url, published=day))


def timed(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def command(*arguments: object) -> float:
    """Seconds that one `rag-index` takes, from start to end."""
    run = [sys.executable, "-m", "index", *map(str, arguments)]
    return timed(lambda: subprocess.run(run, check=True, capture_output=True))


def main() -> None:
    embedder = SentenceTransformerEmbedder.load()
    embedder.embed_passages(["warm"])
    for passages in [int(one) for one in sys.argv[1:]] or [10_000, 300_000]:
        with tempfile.TemporaryDirectory() as name:
            folder, news = IndexFolder(Path(name) / "index"), Path(name) / "one.json"
            made = timed(lambda: building.add(invented(passages), folder, RandomEmbedder(embedder.identity)))  # noqa: B023
            manifest = folder.manifest(folder.current().id)
            size = sum(record.size for record in manifest.files.values()) / 2**20
            print(f"{manifest.counts.passages:,} passages, {size:,.0f} MiB, made in {made:.0f} s", flush=True)
            figures = {}
            for number, way in enumerate(("command", "within")):
                news.write_text(json.dumps(ADDED | {"url": f"{ADDED['url']}/{number}", "title": f"Closed {number}"}))
                items = read_files(find_files([news]), today=date(2026, 1, 1))
                url = f"https://outlet{number + 1}.example/{40 * number + number + 1}"
                if way == "command":
                    figures["add"] = command("add", news, "--index", folder.path)
                    figures["add again"] = command("add", news, "--index", folder.path)
                    figures["remove"] = command("remove", url, "--index", folder.path)
                else:
                    figures["add, within"] = timed(lambda: building.add(items, folder, embedder))  # noqa: B023
                    gone = removing.Selection((url,))
                    figures["remove, within"] = timed(lambda: removing.remove(folder, gone, "why"))  # noqa: B023
            print("  " + ", ".join(f"{what} {seconds:.1f} s" for what, seconds in figures.items()), flush=True)


if __name__ == "__main__":
    main()
