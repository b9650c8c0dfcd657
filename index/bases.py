"""The snapshots that there are, as what another one is made from: which can be, and what is taken over of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexNotFound, RagError
from rag.models.embedding import ModelIdentity
from rag.store.coverage import Coverage
from rag.store.draft import CoverageDraft
from rag.store.folder import IndexFolder
from rag.store.manifest import Manifest
from rag.store.parts import PartsDraft
from rag.store.protocol import Suggestion
from rag.store.rows import Removal
from rag.store.suggested import read_suggested

COVERAGE = "coverage.sqlite"
"""The file of a snapshot's articles."""
SKIPPED_FILE = "skipped.jsonl"
"""What was not read and why, and what was left out of articles that were: an object a line, with the item's place
(``where``) and one of ``skipped`` (the reason), ``passed over``, ``notice`` or ``omitted`` (a line of the text)."""

Skipped = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Base:
    """The snapshot that another one is made from: its vectors are taken over, and what else is still right."""

    path: Path
    manifest: Manifest

    @contextmanager
    def coverage(self) -> Iterator[Coverage]:
        """Its articles, opened."""
        coverage = Coverage(self.path / COVERAGE)
        try:
            yield coverage
        finally:
            coverage.close()

    def draft(self, path: Path) -> CoverageDraft:
        """A draft at ``path`` that begins with all its articles."""
        return CoverageDraft(path, self.path / COVERAGE, self.manifest.files[COVERAGE])

    def suggestions(self) -> tuple[Suggestion, ...]:
        """The questions that it suggests."""
        return read_suggested(self.path, self.manifest)

    def skipped(self) -> list[Skipped]:
        """The lines of its ``SKIPPED_FILE``."""
        return [json.loads(line) for line in (self.path / SKIPPED_FILE).read_text("utf-8").splitlines()]


def last_manifest(folder: IndexFolder) -> Manifest | None:
    """The manifest of the current snapshot, or else of the newest that can be read; None where there is none."""
    for base in bases(folder):
        return base.manifest
    return None


def current_base(folder: IndexFolder) -> Base | None:
    """The current snapshot, to be changed; None where there is no index. Raises as ``Snapshot.open``."""
    try:
        pointer = folder.current()
    except IndexNotFound:
        return None
    manifest = folder.manifest(pointer.id, pointer.manifest)
    folder.check_sizes(manifest)
    return Base(folder.snapshot_path(pointer.id), manifest)


def take_over(folder: IndexFolder, draft: CoverageDraft, parts: PartsDraft, base: Base) -> None:
    """Take over all parts of ``base``, but for the passages that ``draft`` does not search any more."""
    rows, ids, versions = draft.outdated()
    touched = parts.take_over(base.path, base.manifest, rows, ids, versions)
    # What is written anew gets new digests, and must not be given them damaged.
    folder.check_bytes(base.manifest, [name for part in touched for name in part.files])


def refused(folder: IndexFolder) -> list[Removal]:
    """What was removed from the index for good: the newest snapshot that can be read knows all of it.

    That one may not be in use; but each begins with the list of the newest before it, whatever else it is made from. It
    may be of an older format, which this list has outlived: what was removed must not come in again by an update.
    """
    for id_ in reversed(folder.snapshots()):
        with suppress(RagError), closing(Coverage(folder.snapshot_path(id_) / COVERAGE)) as coverage:
            return coverage.removals()
    return []


def bases(folder: IndexFolder) -> Iterator[Base]:
    """The snapshots that can be read, the current one first, then the newest."""
    try:
        ids = [folder.current().id]
    except RagError:
        ids = []
    for id_ in [*ids, *reversed(folder.snapshots())]:
        with suppress(RagError):
            yield Base(folder.snapshot_path(id_), folder.manifest(id_))


def reusable(folder: IndexFolder, model: ModelIdentity) -> Base | None:
    """The current snapshot, if its vectors can be taken over: same model, and not one byte altered."""
    try:
        base = current_base(folder)
        if base is None or base.manifest.model != model:
            return None
        folder.verify(base.manifest.id)
    except (RagError, OSError):
        return None  # it is damaged: this build is what mends it
    return base
