"""The index folder: its snapshots, the pointer to the current one, and every change that is made to them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from rag.errors import IndexBusy, IndexCorrupt, IndexNotFound, RagError
from rag.store.manifest import SNAPSHOT_ID, Manifest, created_at, snapshot_id, write_file

_STAGING = ".staging-"


@dataclass(frozen=True, slots=True)
class Pointer:
    """What CURRENT holds: a snapshot's id and the sha256 of its manifest."""

    id: str
    manifest: str


class IndexFolder:
    """An index on disk. Reading takes no lock and writes nothing.

    A reader sees the old snapshot or the new one and never a mixture, because a snapshot's folder is complete, and on
    the disk, before ``CURRENT`` names it, and ``CURRENT`` is replaced in one step.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> Pointer:
        """Read which snapshot is in use.

        Raises:
            IndexNotFound: there is no index.
            IndexCorrupt: the pointer is missing or garbled.
        """
        try:
            data = (self.path / "CURRENT").read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            if ids := self.snapshots():
                raise IndexCorrupt(
                    f"{self.path / 'CURRENT'} is missing: choose a snapshot with rag-index use {ids[-1]} "
                    f"--index {self.path}"
                ) from error
            raise IndexNotFound(
                f"no index at {self.path}: build one with rag-index build PATH --index {self.path}"
            ) from error
        except OSError as error:
            raise IndexCorrupt(f"{self.path / 'CURRENT'} cannot be read: {error.strerror}") from error
        try:
            fields = json.loads(data)
            pointer = Pointer(fields["snapshot"], fields["manifest"])
            if not SNAPSHOT_ID.fullmatch(pointer.id) or not re.fullmatch("[0-9a-f]{64}", pointer.manifest):
                raise ValueError
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            known = self.snapshots()
            way_out = f"use {known[-1]}" if known else "build PATH"
            raise IndexCorrupt(
                f"{self.path / 'CURRENT'} is garbled: mend it with rag-index {way_out} --index {self.path}"
            ) from error
        return pointer

    def snapshots(self) -> list[str]:
        """Ids of all snapshots, oldest first."""
        try:
            return sorted(
                entry.name for entry in (self.path / "snapshots").iterdir() if SNAPSHOT_ID.fullmatch(entry.name)
            )
        except (FileNotFoundError, NotADirectoryError):
            return []

    def snapshot_path(self, snapshot: str) -> Path:
        """Folder of a snapshot; raises ``ValueError`` for what is no snapshot's id."""
        if not SNAPSHOT_ID.fullmatch(snapshot):
            raise ValueError(f"{snapshot!r} is no snapshot id: see rag-index list --index {self.path}")
        return self.path / "snapshots" / snapshot

    def manifest(self, snapshot: str, sha256: str | None = None) -> Manifest:
        """Read the manifest of a snapshot and compare it with its digest, where that is known.

        Raises:
            IndexNotFound: no such snapshot.
            IndexCorrupt: the manifest is not the one that was published.
            IndexIncompatible: it has another format.
        """
        path = self.snapshot_path(snapshot) / "manifest.json"
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise IndexNotFound(f"no snapshot {snapshot} in {self.path}: see rag-index list") from error
        except OSError as error:
            raise IndexCorrupt(f"{path} cannot be read: {error.strerror}") from error
        if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
            raise IndexCorrupt(f"{path} is not the manifest that was published: {self._way_out()}")
        manifest = Manifest.from_bytes(data, path)
        if manifest.id != snapshot:
            raise IndexCorrupt(f"{path} belongs to snapshot {manifest.id}: {self._way_out()}")
        return manifest

    def check_sizes(self, manifest: Manifest) -> None:
        """Compare every file's size with the manifest; raises ``IndexCorrupt`` naming the first that differs."""
        for name, record in manifest.files.items():
            path = self.snapshot_path(manifest.id) / name
            try:
                size = path.stat().st_size
            except OSError as error:
                raise IndexCorrupt(f"{path} is missing: {self._way_out()}") from error
            if size != record.size:
                raise IndexCorrupt(f"{path} has {size} bytes instead of {record.size}: {self._way_out()}")

    def check(self) -> None:
        """Compare what opening compares; raises as ``current``, ``manifest`` and ``check_sizes``."""
        pointer = self.current()
        self.check_sizes(self.manifest(pointer.id, pointer.manifest))

    def verify(self, snapshot: str | None = None) -> Manifest:
        """Compare every byte of the current, or the named, snapshot with its digests.

        Raises:
            IndexNotFound, IndexCorrupt, IndexIncompatible: naming what is wrong and the way out.
        """
        try:
            pointer = self.current()
        except RagError:
            if snapshot is None:
                raise
            pointer = None
        name = snapshot or (pointer.id if pointer else "")
        manifest = self.manifest(name, pointer.manifest if pointer and pointer.id == name else None)
        self.check_sizes(manifest)
        self.check_bytes(manifest, manifest.files)
        return manifest

    def check_bytes(self, manifest: Manifest, files: Iterable[str]) -> None:
        """Compare every byte of some files of a snapshot with their digests; raises ``IndexCorrupt``."""
        for file in files:
            path = self.snapshot_path(manifest.id) / file
            with path.open("rb") as opened:
                if hashlib.file_digest(opened, "sha256").hexdigest() != manifest.files[file].sha256:
                    raise IndexCorrupt(f"{path} was altered after it was published: {self._way_out()}")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the folder for one change; the lock ends with its process, however that ends.

        Raises:
            IndexBusy: another process is changing it. Nothing was touched.
            RagError: the folder holds other things than an index.
        """
        from filelock import FileLock, Timeout

        self._prepare()
        try:
            # Not at once: somebody may be looking whether it is held (``being_built``).
            with FileLock(self.path / ".lock", timeout=0.2):
                for left in self.path.glob(_STAGING + "*"):
                    shutil.rmtree(left)  # of a build that was killed; its lock is gone, so it is too
                yield
        except Timeout as error:
            raise IndexBusy(f"another process is changing {self.path}: try again when it has ended") from error

    def name(self, content: str, instead_of: Manifest | None = None) -> tuple[str, datetime]:
        """Choose an id for a snapshot that is about to be staged, and say when it was made; needs ``changing``.

        Ids sort by age, so it is later than every other, also within a second, or when the clock was put back; but one
        that comes in the place of another keeps its age.
        """
        if instead_of:
            return snapshot_id(instead_of.created, content), instead_of.created
        created = datetime.now(UTC).replace(microsecond=0)
        # none is there, or somebody made a folder that only looks like one
        with suppress(ValueError, IndexError, OverflowError):
            created = max(created, created_at(self.snapshots()[-1]) + timedelta(seconds=1))
        while self.snapshot_path(snapshot_id(created, content)).exists():
            created += timedelta(seconds=1)
        return snapshot_id(created, content), created

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Lend a folder to build in, which is gone afterwards unless it was published; needs ``changing``."""
        staging = self.path / f"{_STAGING}{os.getpid()}"
        staging.mkdir()
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def publish(self, staging: Path, manifest: Manifest, *, current: bool = True) -> Path:
        """Make a staged build a snapshot, the ``current`` one, and return its folder; needs ``changing``.

        The order is what makes a crash harmless. Until the rename the build is under a name that nobody reads; until
        ``CURRENT`` is replaced it is complete but unused; and each step is on the disk before the next begins, so that
        a power cut cannot keep a later step and lose an earlier one.
        """
        data = manifest.to_bytes()
        write_file(staging / "manifest.json", data)
        inside = {parent for name in manifest.files for parent in PurePosixPath(name).parents}
        for folder in sorted(inside, reverse=True):
            _sync(staging / folder)
        target = self.snapshot_path(manifest.id)
        target.parent.mkdir(exist_ok=True)
        if not current and target.exists():
            return target  # a command that was killed came as far as this, and does it again
        staging.rename(target)
        _sync(target.parent)
        _sync(self.path)
        if current:
            self._point(Pointer(manifest.id, hashlib.sha256(data).hexdigest()))
        return target

    def use(self, snapshot: str) -> Manifest:
        """Make an older, or newer, snapshot current after comparing every byte of it; needs ``changing``.

        Raises:
            IndexNotFound, IndexCorrupt, IndexIncompatible: it cannot be used; the old one stays current.
        """
        manifest = self.verify(snapshot)
        path = self.snapshot_path(snapshot) / "manifest.json"
        self._point(Pointer(snapshot, hashlib.sha256(path.read_bytes()).hexdigest()))
        return manifest

    def prune(self, keep: int) -> list[str]:
        """Delete all but the current snapshot and the ``keep - 1`` newest others, and return their ids.

        Needs ``changing``.

        Raises:
            ValueError: ``keep`` is below 1.
            IndexNotFound, IndexCorrupt: it is not known which is current. Nothing was deleted.
        """
        if keep < 1:
            raise ValueError(f"at least 1 snapshot, the current one, must be kept, not {keep}")
        current = self.current().id
        others = [snapshot for snapshot in self.snapshots() if snapshot != current]
        doomed = others[: max(0, len(others) - (keep - 1))]
        for snapshot in doomed:
            self.delete(snapshot)
        return doomed

    def delete(self, snapshot: str) -> None:
        """Delete a snapshot, which must not be the current one; needs ``changing``."""
        # Renamed first: a snapshot is there as a whole or not at all, also when this is killed half-way.
        left = self.path / f"{_STAGING}{snapshot}"
        self.snapshot_path(snapshot).rename(left)
        _sync(left.parent)
        shutil.rmtree(left)

    def _point(self, pointer: Pointer) -> None:
        sibling = self.path / ".CURRENT-next"
        data = json.dumps({"snapshot": pointer.id, "manifest": pointer.manifest}) + "\n"
        try:
            write_file(sibling, data.encode())
            sibling.replace(self.path / "CURRENT")
        finally:
            sibling.unlink(missing_ok=True)
        _sync(self.path)

    def check_place(self) -> None:
        """Check that there is an index, or may be one in time; raises ``RagError`` where other things are."""
        if not self.path.exists():
            return
        if not self.path.is_dir():
            raise RagError(f"{self.path} is a file: name a folder for the index")
        names = {entry.name for entry in self.path.iterdir()}
        if names and not names & {"CURRENT", "snapshots", ".lock"}:
            raise RagError(f"{self.path} holds other files and no index: name a new or empty folder")

    def being_built(self) -> bool:
        """Whether a process is changing the folder at this moment, also from another container; writes nothing.

        Where that cannot be asked, whether there is an unfinished build.
        """
        try:
            import fcntl
        except ImportError:  # Windows
            return any(self.path.glob(_STAGING + "*"))
        try:
            with (self.path / ".lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)  # let go again with the file, in microseconds
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def staged(self) -> int:
        """How many bytes of an unfinished build are written: how far it is, for whoever waits for it."""
        files = (path for folder in self.path.glob(_STAGING + "*") for path in folder.rglob("*"))
        sizes = 0
        for path in files:
            with suppress(OSError):  # it was moved on meanwhile
                sizes += path.stat().st_size
        return sizes

    def _prepare(self) -> None:
        self.check_place()
        made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in made:
            _sync(folder.parent)

    def _way_out(self) -> str:
        way_out = "rebuild with rag-index build"
        if len(self.snapshots()) > 1:
            way_out += f", or go back with rag-index use (see rag-index list --index {self.path})"
        return way_out


def _sync(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and needs no such call
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
