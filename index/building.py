"""Builds a snapshot: read, settle which version of an article counts, chunk, embed, publish."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from index.chunking import DEFAULT_BUDGET, SMALLEST_BUDGET, chunk, fit
from index.progress import Progress
from index.sources.files import find_files
from index.sources.reading import SourceItem
from index.versions import Gathered, gather
from rag.articles import Article, Passage
from rag.errors import ArticleUnreadable, RagError
from rag.models.embedding import Embedder, ModelIdentity
from rag.store.coverage import write_coverage
from rag.store.folder import IndexFolder
from rag.store.lexical import write_lexical
from rag.store.manifest import FORMAT, Chunking, Counts, Manifest, write_file
from rag.store.snapshot import Snapshot
from rag.store.vectors import write_vectors
from rag.text.tokens import ENCODING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LIBRARIES = "faiss-cpu tantivy sentence-transformers torch tiktoken nupunkt snowballstemmer numpy".split()

SKIPPED_FILE = "skipped.jsonl"
"""What was not read and why, and what was left out of articles that were: an object a line, with the item's place
(``where``) and one of ``skipped`` (the reason), ``notice`` or ``omitted`` (a line of the text)."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    snapshot: str
    published: bool
    """False: the index held exactly this already, whole, and was left as it is."""
    counts: Counts
    gathered: Gathered
    embedded: int
    """Passages that the last build's vectors could not be taken over for."""


def build(
    paths: Sequence[Path],
    folder: IndexFolder,
    embedder: Embedder,
    *,
    budget: int = DEFAULT_BUDGET,
    today: date | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build an index of exactly the articles under ``paths``, and make it the current one.

    Articles that are no longer there leave the index; what is unchanged is not embedded again. Until the last step the
    old index stays in use, whatever happens.

    Raises:
        ArticleUnreadable: a path does not exist, or there is no readable article under any of them.
        IndexBusy: another process is changing the index.
        ValueError: a budget below ``SMALLEST_BUDGET``, or a model that cannot read one word.
        OSError: the disk is full or not to be written.
    """
    if budget < SMALLEST_BUDGET:
        raise ValueError(f"a passage needs at least {SMALLEST_BUDGET} tokens, not {budget}")
    progress = progress or Progress()
    named = ", ".join(map(str, paths))
    found = find_files(paths)
    if not found.files:
        raise ArticleUnreadable(f"no articles in {named}: the folder is empty")
    with folder.changing():
        gathered = gather(found, today or date.today(), progress)
        if not gathered.current:
            if not gathered.skipped:
                others = f"only files of other kinds are there ({kinds_among(gathered.passed_over)})"
                raise ArticleUnreadable(f"no articles in {named}: {others}")
            first = gathered.skipped[0]
            skipped = f"{len(gathered.skipped)} skipped, the first is {first.where} ({first.reason})"
            raise ArticleUnreadable(f"no readable article in {named}: {skipped}")
        chunking = Chunking(budget, ENCODING)
        content = _content(gathered, chunking, embedder.identity)
        previous = _previous(folder, embedder.identity)
        published = previous is None or previous.manifest.content != content
        embedded = 0
        if previous and not published:
            manifest = previous.manifest
        else:
            rows = _chunk_all(gathered.current, budget, embedder, progress)
            vectors, embedded = _vectors(rows, previous, embedder, progress)
            progress.stage("publishing", None)
            manifest = _publish(folder, gathered, rows, vectors, content, chunking, embedder.identity)
        if previous:
            previous.close()
    return BuildReport(manifest.id, published, manifest.counts, gathered, embedded)


def last_manifest(folder: IndexFolder) -> Manifest | None:
    """The manifest of the current snapshot, or else of the newest that can be read; None where there is none."""
    try:
        ids = [folder.current().id]
    except RagError:
        ids = []
    for id_ in [*ids, *reversed(folder.snapshots())]:
        with suppress(RagError):
            return folder.manifest(id_)
    return None


def _chunk_all(
    articles: Sequence[Article], budget: int, embedder: Embedder, progress: Progress
) -> list[tuple[Passage, Article]]:
    """Every passage with its article, none longer than the model reads."""

    def fits(texts: Sequence[str]) -> list[bool]:
        return [tokens <= embedder.identity.window for tokens in embedder.count_tokens(texts)]

    progress.stage("chunking", len(articles))
    rows: list[tuple[Passage, Article]] = []
    for article in articles:
        rows += [(passage, article) for passage in fit(article, chunk(article, budget), budget, fits)]
        progress.advance(1)
    return rows


def _vectors(
    rows: Sequence[tuple[Passage, Article]], previous: Snapshot | None, embedder: Embedder, progress: Progress
) -> tuple[NDArray[np.float32], int]:
    """Vectors of all rows, and the number that had to be embedded."""
    import numpy as np

    vectors = np.empty((len(rows), embedder.identity.dimension), dtype=np.float32)
    known = previous.coverage.embedded() if previous else {}
    old = [known.get(_text_digest(passage.text)) for passage, _ in rows]
    missing = [number for number, row in enumerate(old) if row is None]
    if previous:
        taken_over = [number for number, row in enumerate(old) if row is not None]
        vectors[taken_over] = previous.vectors.all()[[row for row in old if row is not None]]
    progress.stage("embedding", len(missing))
    if missing:
        vectors[missing] = embedder.embed_passages([rows[number][0].text for number in missing], progress.advance)
    return vectors, len(missing)


def _publish(
    folder: IndexFolder,
    gathered: Gathered,
    rows: Sequence[tuple[Passage, Article]],
    vectors: NDArray[np.float32],
    content: str,
    chunking: Chunking,
    model: ModelIdentity,
) -> Manifest:
    name, created = folder.name(content)
    digests = [(passage, _text_digest(passage.text)) for passage, _ in rows]
    skipped = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in _skipped(gathered))
    with folder.staging() as staging:
        coverage = staging / "coverage.sqlite"
        files = {
            "coverage.sqlite": write_coverage(coverage, gathered.current, gathered.earlier, digests),
            "vectors.faiss": write_vectors(staging / "vectors.faiss", vectors),
            **write_lexical(staging, rows, gathered.current),
            SKIPPED_FILE: write_file(staging / SKIPPED_FILE, skipped.encode()),
        }
        versions = [*gathered.current, *gathered.earlier]
        manifest = Manifest(
            id=name,
            created=created,
            content=content,
            model=model,
            chunking=chunking,
            libraries={library: version(library) for library in _LIBRARIES},
            counts=Counts(
                articles=len(gathered.current),
                versions=len(versions),
                paragraphs=sum(len(article.paragraphs) for article in versions),
                passages=len(rows),
                skipped=len(gathered.skipped),
            ),
            files=files,
        )
        folder.publish(staging, manifest)
    return manifest


def _previous(folder: IndexFolder, model: ModelIdentity) -> Snapshot | None:
    """Open the current snapshot, if its vectors can be taken over: same model, and not one byte altered."""
    try:
        snapshot = Snapshot.open(folder.path)
        if snapshot.manifest.model != model:
            return None
        folder.verify(snapshot.id)
    except (RagError, OSError):
        return None  # there is none, or it is damaged: this build is what mends it
    return snapshot


def _content(gathered: Gathered, chunking: Chunking, model: ModelIdentity) -> str:
    versions = [[article.id, article.version] for article in (*gathered.current, *gathered.earlier)]
    parts = [FORMAT, chunking.budget, chunking.encoding, model.name, model.digest, model.passage_prompt, versions]
    # What was skipped counts too: a snapshot answers why an article is missing.
    return hashlib.sha256(json.dumps([*parts, _skipped(gathered)]).encode()).hexdigest()


def _skipped(gathered: Gathered) -> list[dict[str, str | None]]:
    skipped = [{"where": item.where, "skipped": item.reason} for item in gathered.skipped]
    for item in gathered.noticed:
        skipped += [{"where": item.where, "notice": notice} for notice in item.notices]
        skipped += [{"where": item.where, "omitted": line} for line in item.omitted]
    return skipped


def _text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def kinds_among(items: Sequence[SourceItem]) -> str:
    """How many files of which kinds, the most frequent first: "3 .png, 1 .mp3"."""
    kinds = Counter(path.suffix or path.name for path in (Path(item.where) for item in items))
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(5))
