"""The manifest: what a snapshot says about itself, and the digests that hold it together."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from rag.errors import IndexCorrupt, IndexIncompatible
from rag.models.embedding import ModelIdentity
from rag.text.display import one_line

FORMAT = 5
SNAPSHOT_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_FILE_NAME = re.compile(r"[a-z][a-z0-9-]*(?:[./][a-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Size in bytes and sha256 of one file of a snapshot."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each a snapshot holds; ``skipped`` were found but could not be read as articles."""

    articles: int
    versions: int
    paragraphs: int
    passages: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Chunking:
    """How the articles were cut: at most ``budget`` tokens of ``encoding`` a passage, header not counted."""

    budget: int
    encoding: str


Search = Literal["auto", "exact", "compressed"]


@dataclass(frozen=True, slots=True)
class Vectors:
    """How the vectors are searched: each of them, or a shorter form first, and then the ``candidates`` best by that."""

    asked: Search = "auto"
    """What was asked for; auto: exact while there are few."""
    compressed: bool = False
    candidates: int = 0
    recall: float = 1.0
    """Of the ten nearest, the share that was found in a sample of questions."""
    passages: int = 0
    """How many there were when that was measured."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that must be known of a snapshot before a byte of it is read."""

    id: str
    created: datetime
    content: str
    """Digest of articles, chunking and model: two builds with the same content would answer alike."""
    model: ModelIdentity
    chunking: Chunking
    program: str
    """Digest of what read and cut all articles; empty where more than one did."""
    vectors: Vectors
    libraries: dict[str, str]
    counts: Counts
    files: dict[str, FileRecord]

    def to_bytes(self) -> bytes:
        """As stored: JSON with sorted keys."""
        fields = {"format": FORMAT, **asdict(self), "created": self.created.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return (json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes, path: Path) -> Manifest:
        """Read a manifest; ``path`` is named in errors.

        Raises:
            IndexCorrupt: not a manifest.
            IndexIncompatible: written in another format.
        """
        try:
            fields = json.loads(data)
            written = fields.pop("format")
        except (ValueError, KeyError, AttributeError, RecursionError) as error:
            raise IndexCorrupt(f"{path} is not a manifest: rebuild with rag-index build") from error
        if written != FORMAT:
            raise IndexIncompatible(
                f"{path} has format {written!r} and this news-rag reads format {FORMAT}: rebuild with rag-index build"
                + _options(fields)
            )
        try:
            return cls(
                id=fields["id"],
                created=datetime.strptime(fields["created"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
                content=fields["content"],
                model=ModelIdentity(**fields["model"]),
                chunking=Chunking(**fields["chunking"]),
                program=fields["program"],
                vectors=Vectors(**fields["vectors"]),
                libraries=dict(fields["libraries"]),
                counts=Counts(**fields["counts"]),
                # A name that leads out of the folder would make verify read, and prune's size count, other files.
                files={_safe(name): FileRecord(**record) for name, record in fields["files"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IndexCorrupt(f"{path} lacks or garbles a field ({error}): rebuild with rag-index build") from error


def _options(fields: Mapping[str, Any]) -> str:
    """With what a build makes again what was written in another format, as far as that is understood."""
    try:
        model, budget = str(fields["model"]["name"]), int(fields["chunking"]["budget"])
    except (KeyError, TypeError, ValueError):
        return ""
    return f" --model {shlex.quote(one_line(model))} --passage-tokens {budget}"


def snapshot_id(created: datetime, content: str) -> str:
    """Name of a snapshot's folder: when it was built, and the start of its content digest."""
    return f"{created:%Y%m%dT%H%M%SZ}-{content[:8]}"


def created_at(snapshot: str) -> datetime:
    """When a snapshot of this id was built, to the second; raises ``ValueError`` where the id names no moment."""
    return datetime.strptime(snapshot.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def write_file(path: Path, data: bytes) -> FileRecord:
    """Write, flush to the disk and digest one file; raises ``OSError`` when the disk is full."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return FileRecord(len(data), hashlib.sha256(data).hexdigest())


def record_file(path: Path) -> FileRecord:
    """Flush a file that a library wrote to the disk, and digest what is really there."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        return FileRecord(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _safe(name: str) -> str:
    if not _FILE_NAME.fullmatch(name):
        raise ValueError(f"file name {name!r}")
    return name
