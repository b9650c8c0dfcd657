"""Read archives: each member is a source of its own. Nothing is ever written under a name that an archive gives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from index.articles.characters import escaped
from index.sources.source import HEAD, Format, Item, Source
from rag.errors import ArticleUnreadable

_MEMBERS = 100_000
_DIRECTORY_LIMIT = 64_000_000  # bytes of a ZIP's list of members, which is read whole
_RATIO = 200  # text packs to a fifth, and lines of JSON to a twentieth
_FREE = 64_000_000  # bytes that any archive may unpack to
_IN_MEMORY = 4_000_000
_PIECE = 1 << 20
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, struct.error, ValueError)


class _Bomb(ArticleUnreadable):
    """Nothing more is unpacked of the archive."""


@dataclass(slots=True)
class Allowance:
    """What a file and all archives in it may still unpack to, in bytes."""

    left: int

    def take(self, size: int) -> None:
        """Count bytes that were unpacked; raises ``ArticleUnreadable`` where they are too many."""
        self.left -= size
        if self.left < 0:
            raise _Bomb(f"unpacks to more than {_RATIO} times its size: what follows was left out")


@dataclass(frozen=True, slots=True)
class _Member:
    """The bytes of a member, in memory or in a file without a name; opens them as ``Source.open`` does."""

    data: bytes | BinaryIO
    allowance: Allowance

    @contextmanager
    def __call__(self) -> Iterator[BinaryIO]:
        if isinstance(self.data, bytes):
            yield cast(BinaryIO, io.BufferedReader(io.BytesIO(self.data)))
        else:
            self.data.seek(0)
            with os.fdopen(os.dup(self.data.fileno()), "rb") as stream:
                yield stream


def allowance_of(source: Source, stream: BinaryIO) -> Allowance:
    """What a source may unpack to: what is left to the archive that it stands in, or else by the size of its file."""
    if isinstance(source.open, (_Member, _Unpacked)):
        return source.open.allowance
    try:
        size = os.fstat(stream.fileno()).st_size  # of the packed file, where it is unpacked as it is read
    except (OSError, AttributeError):
        size = len(source.head)
    return Allowance(_FREE + _RATIO * size)


@contextmanager
def _member(source: Source, name: str, stream: BinaryIO, allowance: Allowance) -> Iterator[Source]:
    """The member that ``stream`` gives; raises what the archive's library does where it is damaged."""
    start = b""
    while len(start) < _IN_MEMORY and (piece := stream.read(_PIECE)):
        allowance.take(len(piece))
        start += piece
    last = name.replace("\\", "/").rpartition("/")[2].lower()
    with ExitStack() as closed:
        data: bytes | BinaryIO = start
        if len(start) >= _IN_MEMORY:
            data = file = cast(BinaryIO, closed.enter_context(tempfile.TemporaryFile()))
            file.write(start)
            while piece := stream.read(_PIECE):
                allowance.take(len(piece))
                file.write(piece)
            file.flush()
        yield Source(f"{source.where}: {escaped(name)}", last, start[:HEAD], _Member(data, allowance))


def _refusal(name: str, reason: str) -> Item:
    return Item(f": {escaped(name)[:300]}", ArticleUnreadable(reason))


def _is_hidden(name: str) -> bool:
    """Whether a member is none that a person put there: what a Mac adds, and hidden files as in any folder."""
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in name.split("/"))


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or parts[0][1:2] == ":"


_EMPTY = "is an archive without files to read"
_OUTSIDE = "its name leads out of the archive: skipped"
_LINK = "is a link or device in an archive: skipped"


def _zip_items(source: Source) -> Iterator[Item | Source]:
    with source.open() as stream:
        allowance = allowance_of(source, stream)
        try:
            _check_directory(stream)
            archive = zipfile.ZipFile(stream)
        except (*_DAMAGE, NotImplementedError) as error:  # the list of members stands at its end
            raise ArticleUnreadable("is a ZIP archive that is damaged or cut short: fetch it again") from error
        names = {info.filename for info in archive.infolist()[:100]}
        if "[Content_Types].xml" in names or b"mimetypeapplication/vnd.oasis" in source.head[:100]:
            raise ArticleUnreadable("is an office document: save it as CSV, text or PDF")
        members = [
            info for info in archive.infolist() if not (info.filename.endswith("/") or _is_hidden(info.filename))
        ]
        if not members:
            raise ArticleUnreadable(_EMPTY)
        for info in members:
            name = info.filename
            if _leads_out(name):
                yield _refusal(name, _OUTSIDE)
            elif stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
                yield _refusal(name, _LINK)
            elif info.flag_bits & 1:
                yield _refusal(name, "is encrypted: unpack the archive with its password")
            else:
                try:
                    with (
                        archive.open(info) as packed,
                        _member(source, name, cast(BinaryIO, packed), allowance) as member,
                    ):
                        yield member
                except NotImplementedError:
                    yield _refusal(name, "is packed by a method that is not read: unpack the archive")
                except _DAMAGE:
                    yield _refusal(name, "is damaged: fetch the archive again")


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a list of members that would fill the memory, before the library reads it."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    end = tail.rfind(b"PK\5\6")
    members, length = struct.unpack_from("<HL", tail, end + 10) if end >= 0 else (0, 0)
    if (end64 := tail.rfind(b"PK\6\6")) >= 0:
        members, length = struct.unpack_from("<QQ", tail, end64 + 32)
    if members > _MEMBERS or length > _DIRECTORY_LIMIT:
        raise ArticleUnreadable(f"has more than {_MEMBERS:,} members: unpack it")
    stream.seek(0)


class _Guarded:
    """A file for ``tarfile``, which reads a header as long as it says it is into memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int) -> bytes:
        if size > 2 * _PIECE:
            raise tarfile.ReadError("header too long")
        return self._stream.read(size)


def _tar_items(source: Source) -> Iterator[Item | Source]:
    with source.open() as stream:
        allowance = allowance_of(source, stream)
        members = hidden = 0
        try:
            archive = tarfile.open(fileobj=cast(BinaryIO, _Guarded(stream)), mode="r:")  # noqa: SIM115
            while info := archive.next():
                members += 1
                if members > _MEMBERS:
                    raise ArticleUnreadable(f"has more than {_MEMBERS:,} members: unpack it")
                is_hidden, is_outside = _is_hidden(info.name), _leads_out(info.name)
                if info.isreg() and (is_hidden or is_outside):
                    allowance.take(info.size)  # it is unpacked, to get past it
                if info.isdir() or is_hidden:
                    hidden += 1
                    continue
                if is_outside:
                    yield _refusal(info.name, _OUTSIDE)
                elif not info.isreg():
                    yield _refusal(info.name, _LINK)
                elif packed := archive.extractfile(info):
                    with packed, _member(source, info.name, cast(BinaryIO, packed), allowance) as member:
                        yield member
            stream.seek(archive.offset)
            if stream.read(512) != bytes(512):  # else there is no end mark
                raise tarfile.ReadError
        except (*_DAMAGE, OSError) as error:
            if members:
                yield _refusal(
                    "the rest of the archive", "damaged or cut short: what stands before it was read; fetch it again"
                )
            else:
                raise ArticleUnreadable("is a damaged tar archive: fetch it again") from error
        if members == hidden:
            raise ArticleUnreadable(_EMPTY)


_UNPACKERS: dict[bytes, Callable[[BinaryIO], object]] = {
    b"\x1f\x8b\x08": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
_NOT_READ = {
    b"\x28\xb5\x2f\xfd": "is packed by zstd: unpack it by `zstd -d`",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive: unpack it",
    b"Rar!\x1a\x07": "is a RAR archive: unpack it",
}


@dataclass(frozen=True, slots=True)
class _Unpacked:
    """Opens a packed source, as ``Source.open`` does."""

    packed: Callable[[], object]
    unpack: Callable[[BinaryIO], object]
    allowance: Allowance

    @contextmanager
    def __call__(self) -> Iterator[BinaryIO]:
        try:
            with self.packed() as stream, self.unpack(stream) as unpacked:  # type: ignore[attr-defined]
                yield cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, _Counted(unpacked, self.allowance)), _PIECE))
        except lzma.LZMAError as error:
            raise ArticleUnreadable("damaged: not valid xz data; fetch it again") from error


class _Counted(io.RawIOBase):
    """What is unpacked, and counted."""

    def __init__(self, unpacked: BinaryIO, allowance: Allowance) -> None:
        self._unpacked = unpacked
        self._allowance = allowance

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._unpacked.seek(offset, whence)

    def tell(self) -> int:
        return self._unpacked.tell()

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._unpacked.read(len(buffer))
        self._allowance.take(len(data))
        buffer[: len(data)] = data
        return len(data)


def _packed_items(source: Source) -> Iterator[Source]:
    unpack = next(unpack for magic, unpack in _UNPACKERS.items() if source.head.startswith(magic))
    with source.open() as stream:
        opener = _Unpacked(source.open, unpack, allowance_of(source, stream))
    with opener() as stream:
        head = stream.read(HEAD)
    name = re.sub(r"\.(?:gz|bz2|xz)$", "", re.sub(r"\.t([bgx]z2?)$", ".tar", source.name))
    yield Source(source.where, name, head, opener, source.url)


def _other_items(source: Source) -> Iterator[Item]:
    reason = next(reason for magic, reason in _NOT_READ.items() if source.head.startswith(magic))
    yield Item("", ArticleUnreadable(reason))


def _is_tar(source: Source) -> bool:
    return source.head[257:262] == b"ustar" or (source.ending == ".tar" and len(source.head) >= 512)


FORMATS = (
    Format("ZIP", lambda source: source.head.startswith((b"PK\3\4", b"PK\5\6")), _zip_items, "pages.zip"),
    Format("tar", _is_tar, _tar_items, "pages.tar.gz"),
    Format("gzip, bzip2, xz", lambda source: source.head.startswith((*_UNPACKERS,)), _packed_items, "news.jsonl.bz2"),
    Format("archives to be unpacked first", lambda source: source.head.startswith((*_NOT_READ,)), _other_items, "7z"),
)
