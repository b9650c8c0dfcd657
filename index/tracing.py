"""Looks through every byte of an index folder for what was removed from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.store.kept import FILE, KeptFile
from rag.store.lexical import said_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Eight bytes of what is looked for are found by a table of their digests; only there is all of it compared.
_ANCHOR = 8
_TABLE_BITS = 16
_FACTOR = 0x9E3779B97F4A7C15  # spreads them over the table (Knuth's multiplicative hashing)
_PIECE = 1 << 18  # what is worked on stays in the processor's cache
# A shorter text ("Weather") is in too many places to be a trace of one article.
SHORTEST = 16


@dataclass(frozen=True, slots=True)
class Trace:
    """That something removed is still in a file."""

    file: str
    kind: str
    """url, title, sentence, vector or words."""
    count: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What was looked for, where, and what was found."""

    files: int
    bytes: int
    looked_for: Mapping[str, int]
    """How many things of each kind."""
    said_by_others: int
    """Of these, how many stand in articles that stay: they are no traces."""
    traces: tuple[Trace, ...]


@dataclass(slots=True)
class Wanted:
    """What is looked for."""

    texts: dict[str, str] = field(default_factory=dict)
    """Urls, titles and sentences, with their kinds."""
    vectors: dict[bytes, None] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    """As ``said_by`` gives them."""

    def counted(self) -> dict[str, int]:
        """How many there are of each kind."""
        kinds = list(self.texts.values())
        numbers = {kind: kinds.count(kind) for kind in ("url", "title", "sentence")}
        return numbers | {"vector": len(self.vectors), "words": len(self.words)}


class Finder:
    """Finds what is looked for; ``says`` tells whether an article that stays says a text: then it is no trace."""

    def __init__(self, wanted: Wanted, says: Callable[[str], bool]) -> None:
        self.wanted = wanted
        self.said_by_others = dict[bytes, bool]()
        self._says = says
        self._needles = {text.encode(): kind for text, kind in wanted.texts.items()}
        self._needles |= dict.fromkeys(wanted.vectors, "vector")
        self._table = _table(self._needles)

    def in_file(self, path: Path) -> Iterator[str]:
        """Kinds of the traces in a file, as often as they are there."""
        import numpy as np

        # An empty file cannot be mapped.
        return self._traces(np.memmap(path, dtype=np.uint8, mode="r")) if path.stat().st_size else iter(())

    def in_text(self, text: str) -> Iterator[str]:
        """Kinds of the traces in a text."""
        import numpy as np

        return self._traces(np.frombuffer(text.encode("utf-8", "replace"), dtype=np.uint8))

    def _traces(self, data: NDArray[np.uint8]) -> Iterator[str]:
        for needle in _found(data, self._table):
            kind = self._needles[needle]
            if needle not in self.said_by_others:
                self.said_by_others[needle] = kind != "vector" and self._says(needle.decode())
            if not self.said_by_others[needle]:
                yield kind


def scan(folder: Path, finder: Finder) -> Scan:
    """Look through all files under ``folder``.

    A file that snapshots share is read once and named for each. The words of articles lie compressed in their files, as
    kept answers do, so that every document of the lexical side, and every answer, is unpacked and compared, too.
    """
    names: dict[tuple[int, int], list[Path]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        state = path.stat()
        names.setdefault((state.st_dev, state.st_ino), []).append(path)
    size = 0
    traces: dict[tuple[str, str], int] = {}

    def trace(paths: Iterable[Path], kind: str) -> None:
        for path in paths:
            key = path.relative_to(folder).as_posix(), kind
            traces[key] = traces.get(key, 0) + 1

    for paths in names.values():
        size += paths[0].stat().st_size
        for kind in finder.in_file(paths[0]):
            trace(paths, kind)
    for part, snapshots in _lexical_parts(names.values()).items():
        try:
            for said in said_in(part):
                if said in finder.wanted.words:
                    trace(snapshots, "words")
        except RagError:
            trace(snapshots, "cannot be read")
    try:
        for text in KeptFile(folder).texts():
            for kind in finder.in_text(text):
                trace([folder / FILE], kind)
    except RagError:
        trace([folder / FILE], "cannot be read")
    found = tuple(Trace(file, kind, count) for (file, kind), count in sorted(traces.items()))
    return Scan(len(names), size, finder.wanted.counted(), sum(finder.said_by_others.values()), found)


def _lexical_parts(files: Iterable[Sequence[Path]]) -> dict[Path, list[Path]]:
    """A folder of each part that has words, with the folders of all snapshots that share it."""
    parts: dict[Path, list[Path]] = {}
    for paths in files:
        if paths[0].name == "meta.json" and paths[0].parent.name == "passages":
            folders = [path.parent.parent for path in paths]
            parts[folders[0]] = folders
    return parts


_Table = tuple["NDArray[np.bool_]", dict[int, list[tuple[int, bytes]]]]


def _table(needles: Iterable[bytes]) -> _Table:
    import numpy as np

    at: dict[int, list[tuple[int, bytes]]] = {}
    for needle in needles:
        # Where most of its bytes differ: a run of zeros or blanks is everywhere.
        place = max(range(len(needle) - _ANCHOR + 1), key=lambda start: len(set(needle[start : start + _ANCHOR])))
        at.setdefault(int.from_bytes(needle[place : place + _ANCHOR], "little"), []).append((place, needle))
    marked = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
    marked[_slots(np.array(list(at), dtype=np.uint64))] = True
    return marked, at


def _slots(anchors: NDArray[np.uint64]) -> NDArray[np.int64]:
    import numpy as np

    slots = anchors * np.uint64(_FACTOR)
    slots >>= np.uint64(64 - _TABLE_BITS)
    return slots.view(np.int64)


def _found(data: NDArray[np.uint8], table: _Table) -> Iterator[bytes]:
    """Everything looked for that is in some bytes, as often as it is there."""
    import numpy as np

    marked, at = table
    if not at:
        return
    for start in range(0, len(data), _PIECE):
        piece = np.asarray(data[start : start + _PIECE + _ANCHOR - 1])
        for shift in range(_ANCHOR):
            length = (len(piece) - shift) // _ANCHOR * _ANCHOR
            anchors = piece[shift : shift + length].view("<u8")
            for place in np.flatnonzero(marked.take(_slots(anchors))):
                for before, needle in at.get(int(anchors[place]), ()):
                    begin = start + shift + int(place) * _ANCHOR - before
                    if begin >= 0 and data[begin : begin + len(needle)].tobytes() == needle:
                        yield needle
