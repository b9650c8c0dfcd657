"""A toy embedder whose vectors have meaning, and small indices built with it: exact scores without a model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.building import BuildReport, build
from rag.articles import Article
from rag.models.embedding import ModelIdentity
from rag.store.folder import IndexFolder
from rag.store.manifest import Search
from rag.text.words import words

TODAY = date(2026, 1, 1)


class ToyEmbedder:
    """Each word is an axis: the cosine of two texts is the share of words they have in common.

    A word's axis comes from its digest, so that all instances agree; the words of the tests do not collide.
    Remembers the passages it embedded.
    """

    def __init__(self, name: str = "toy", dimension: int = 4096, window: int = 10_000) -> None:
        self._identity = ModelIdentity(name, None, hashlib.sha256(name.encode()).hexdigest(), dimension, window, "", "")
        self.embedded: list[str] = []

    @property
    def identity(self) -> ModelIdentity:
        return self._identity

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.embedded += texts
        if progress:
            progress(len(texts))
        return self._vectors(texts)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._vectors(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(words(text)) for text in texts]

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self._identity.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                axis = int.from_bytes(hashlib.sha256(word.encode()).digest()[4:8]) % self._identity.dimension
                vectors[row, axis] += 1
            norm = float(np.linalg.norm(vectors[row]))
            vectors[row] /= norm or 1
        return vectors


def write_article(folder: Path, name: str, article: Article) -> Path:
    """Write an article as a Markdown file with front matter, the way the sample does."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = {
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "author": ", ".join(article.authors),
        "published": article.published,
        "updated": article.updated,
        "language": article.language,
    }
    front = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
    path = folder / f"{name}.md"
    path.write_text(f"---\n{front}---\n\n" + "\n\n".join(article.paragraphs) + "\n", encoding="utf-8")
    return path


def build_index(
    folder: Path,
    articles: Sequence[Article],
    embedder: ToyEmbedder | None = None,
    *,
    budget: int = 120,
    search: Search = "auto",
) -> BuildReport:
    """Build an index at ``folder`` of exactly ``articles``."""
    texts = folder.parent / f"{folder.name}-articles"
    for old in texts.glob("*.md"):
        old.unlink()
    for number, article in enumerate(articles):
        write_article(texts, f"{number:04}", article)
    embedder = embedder or ToyEmbedder()
    return build([texts], IndexFolder(folder), embedder, budget=budget, search=search, today=TODAY)


HARBOUR = Article(
    title="Harbour tolls rise",
    paragraphs=(
        "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday.",
        '"We need the money for the sea wall," said harbour master Odile Brandt.',
        "Fishermen called the rise unfair and announced a protest.",
    ),
    outlet="The Ellery Courier",
    url="https://www.ellery-courier.example/2025/03/04/tolls",
    authors=("Mara Quill",),
    published=date(2025, 3, 4),
)
PROTEST = Article(
    title="Fishermen block the quay",
    paragraphs=(
        "About 200 fishermen blocked the quay of Port Ellery on Saturday.",
        "Odile Brandt offered to talk, but ruled out lower tolls.",
    ),
    outlet="Strand Radio",
    url="https://strand-radio.example/quay-blocked",
    authors=("Tobin Vance",),
    published=date(2025, 4, 12),
)
ORCHESTRA = Article(
    title="Orchestra finds a new hall",
    paragraphs=("The Vellmar orchestra will move into the old tram depot in autumn.",),
    outlet="The Ellery Courier",
    url="https://www.ellery-courier.example/2025/05/02/orchestra",
    published=date(2025, 5, 2),
)
