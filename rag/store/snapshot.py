"""A snapshot: one complete, immutable build of an index, opened for reading."""

from __future__ import annotations

from pathlib import Path

from rag.errors import IndexCorrupt, IndexNotFound
from rag.store.coverage import Coverage
from rag.store.folder import IndexFolder
from rag.store.lexical import FOLDER as LEXICAL_FOLDER
from rag.store.lexical import LexicalIndex
from rag.store.manifest import Manifest
from rag.store.vectors import VectorIndex

__all__ = ["Coverage", "IndexFolder", "LexicalIndex", "Manifest", "Snapshot", "VectorIndex"]


class Snapshot:
    """One snapshot held open: what it says of itself, its articles, vectors and words. Threads may share it."""

    def __init__(
        self,
        folder: IndexFolder,
        manifest: Manifest,
        coverage: Coverage,
        vectors: VectorIndex,
        lexical: LexicalIndex,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.coverage = coverage
        self.vectors = vectors
        self.lexical = lexical

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """Open the current snapshot of the index at ``path``.

        Raises:
            IndexNotFound: there is no index.
            IndexCorrupt: a file is missing, cut short, or cannot be read.
            IndexIncompatible: it was written in another format.
        """
        folder = IndexFolder(path)
        while True:
            pointer = folder.current()
            try:
                manifest = folder.manifest(pointer.id, pointer.manifest)
                folder.check_sizes(manifest)
                return cls._load(folder, manifest)
            except (IndexCorrupt, IndexNotFound) as error:
                # A build and a prune may have passed since CURRENT was read; whoever comes second reads it again.
                if folder.current() != pointer:
                    continue
                if isinstance(error, IndexNotFound):
                    raise IndexCorrupt(
                        f"{path} has lost its current snapshot {pointer.id}: rebuild with rag-index build"
                    ) from error
                raise

    @classmethod
    def _load(cls, folder: IndexFolder, manifest: Manifest) -> Snapshot:
        at = folder.snapshot_path(manifest.id)
        coverage = Coverage(at / "coverage.sqlite")
        vectors = VectorIndex.read(at / "vectors.faiss")
        lexical = LexicalIndex.read(at / LEXICAL_FOLDER)
        passages = manifest.counts.passages
        if {coverage.rows, vectors.rows, lexical.rows} != {passages} or vectors.dimension != manifest.model.dimension:
            raise IndexCorrupt(
                f"{at} has passages, vectors and words that do not belong together: rebuild with rag-index build"
            )
        return cls(folder, manifest, coverage, vectors, lexical)

    @property
    def id(self) -> str:
        """Name of the snapshot."""
        return self.manifest.id

    def is_current(self) -> bool:
        """Whether the index still points to this snapshot; true also while it points to nothing readable."""
        try:
            return self.folder.current().id == self.id
        except (IndexCorrupt, IndexNotFound):
            return True  # what is held is better than nothing

    def close(self) -> None:
        """Let go of the files; not to be asked afterwards."""
        self.coverage.close()
