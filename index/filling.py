"""Cuts the articles of a draft into passages, embeds these, and writes both into a snapshot that is being made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.bases import Base
from index.chunking import chunk, fit
from index.copies import CopyGroups, sketch
from index.progress import Progress
from rag.articles import Article, Passage
from rag.models.embedding import Embedder
from rag.store.draft import CoverageDraft
from rag.store.parts import PartsDraft, vectors_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Passages that are cut, embedded and written at a time: what lies in memory, whatever the index holds.
_BATCH = 2_048


def fill(
    draft: CoverageDraft,
    parts: PartsDraft,
    base: Base | None,
    budget: int,
    embedder: Embedder,
    progress: Progress,
    groups: CopyGroups | None = None,
) -> int:
    """Cut, embed and write every article that has no passages yet, and place it among ``groups``, if they are given.

    Returns how many passages had to be embedded.
    """
    numbers = draft.uncut()
    known: dict[bytes, int] = {}
    if numbers and base:
        with base.coverage() as coverage:
            known = coverage.embedded()
    embedded = 0
    progress.stage("cutting and embedding articles", len(numbers))
    for batch in _batches(draft, numbers, budget, embedder):
        digests = [[text_digest(passage.text) for passage in passages] for _, _, passages in batch]
        every = [passage for _, _, passages in batch for passage in passages]
        vectors, missing = _vectors(every, [one for some in digests for one in some], base, known, embedder)
        embedded += missing
        at = 0
        for (number, article, passages), some in zip(batch, digests, strict=True):
            known_by = sketch(article)
            ids = draft.cut(number, list(zip(passages, some, strict=True)), known_by.tobytes())
            if groups:
                draft.group(number, groups.place(number, known_by))
            own = vectors[at : at + len(ids)]
            parts.add(number, article, list(zip(ids, passages, strict=True)), own)
            at += len(ids)
        progress.advance(len(batch))
    return embedded


def _batches(
    draft: CoverageDraft, numbers: Sequence[int], budget: int, embedder: Embedder
) -> Iterator[list[tuple[int, Article, list[Passage]]]]:
    """Articles with their passages, none longer than the model reads, about ``_BATCH`` passages at a time."""

    def fits(texts: Sequence[str]) -> list[bool]:
        return [tokens <= embedder.identity.window for tokens in embedder.count_tokens(texts)]

    batch: list[tuple[int, Article, list[Passage]]] = []
    size = 0
    for number in numbers:
        article = draft.article(number)
        passages = fit(article, chunk(article, budget), budget, fits)
        batch.append((number, article, passages))
        size += len(passages)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _vectors(
    passages: Sequence[Passage],
    digests: Sequence[bytes],
    base: Base | None,
    known: dict[bytes, int],
    embedder: Embedder,
) -> tuple[NDArray[np.float32], int]:
    """Vectors of passages, and the number that had to be embedded."""
    import numpy as np

    vectors = np.empty((len(passages), embedder.identity.dimension), dtype=np.float32)
    old = [known.get(digest) for digest in digests]
    missing = [number for number, row in enumerate(old) if row is None]
    if base:
        taken_over = [number for number, row in enumerate(old) if row is not None]
        vectors[taken_over] = vectors_of(base.path, base.manifest, [row for row in old if row is not None])
    if missing:
        vectors[missing] = embedder.embed_passages([passages[number].text for number in missing])
    return vectors, len(missing)


def text_digest(text: str) -> bytes:
    """What the text of a passage is known by, so that its vector can be taken over."""
    return hashlib.sha256(text.encode()).digest()
