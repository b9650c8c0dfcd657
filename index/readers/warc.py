"""Read web archives (WARC): pages, feeds and data that were fetched, each a source with its address."""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from index.articles.characters import escaped
from index.articles.encodings import declared_encoding
from index.sources.files import reason_for
from index.sources.source import Format, Item, Source, in_memory
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_HEADER_LIMIT = 1 << 20
_RECORD_LIMIT = 32_000_000
_DAMAGED = 50
_PIECE = 1 << 16
_BEGIN = re.compile(rb"^WARC/1\.[0-9]\r?\n", re.MULTILINE)
_NEXT = re.compile(rb"\r\n\r\n(?=WARC/1\.[0-9]\r\n)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_DAMAGE = (ValueError, AttributeError, EOFError, zlib.error)  # what the library raises on records without an address
_ABOUT_OTHERS = frozenset(("warcinfo", "request", "metadata"))
# By what is in a content type: what a source's name must end with where its first bytes leave its kind open.
_ENDINGS = {
    "html": ".html",
    "rss": ".xml",
    "atom": ".xml",
    "xml": ".xml",
    "json": ".json",
    "pdf": ".pdf",
    "csv": ".csv",
    "text/plain": ".txt",
}


class _Records:
    """The records of a file, each by its first line: a wrong length costs one record, and not those behind it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = b""
        self._at = 0
        self._mended = 0
        self.damaged = 0
        """Records cut short, with a wrong length, or too long to be read."""

    def __iter__(self) -> Iterator[bytes]:
        while self._find():
            if self.damaged + self._mended > _DAMAGED:
                raise ArticleUnreadable(f"more than {_DAMAGED} of its records are damaged: what follows was left out")
            head = self._head()
            length = _LENGTH.search(head)
            if not length or int(length[1]) > _RECORD_LIMIT:
                self.damaged += 1  # the search for the next one passes over it
                continue
            data, after = self._read(int(length[1])), self._read(4)
            rest = after.lstrip(b"\r\n")
            if len(data) == int(length[1]) and (rest != after or not after) and b"WARC".startswith(rest):
                self._give_back(rest)
            elif end := _NEXT.search(data + after):  # it says that it is longer than it is
                self._mended += 1
                self._give_back((data + after)[end.end() :])
                data = data[: end.start()]
            else:
                self.damaged += 1
                continue
            yield b"WARC/1.1\r\n" + head + data

    def _read(self, size: int) -> bytes:
        data = self._ahead[self._at : self._at + size]
        self._at += len(data)
        while len(data) < size and (piece := self._stream.read(size - len(data))):
            data += piece
        return data

    def _give_back(self, data: bytes) -> None:
        if data:
            self._ahead, self._at = data + self._ahead[self._at :], 0

    def _find(self) -> bool:
        """Whether there is another record; what stands before it is passed over."""
        while not (found := _BEGIN.search(self._ahead, self._at)):
            if not (piece := self._stream.read(_PIECE)):
                return False
            self._ahead, self._at = self._ahead[max(self._at, len(self._ahead) - 16) :] + piece, 0
        self._at = found.end()
        return True

    def _head(self) -> bytes:
        """The lines that describe the record; none where there is no end of them."""
        while not (end := _HEAD_END.search(self._ahead, self._at)):
            if len(self._ahead) - self._at > _HEADER_LIMIT or not (piece := self._stream.read(_PIECE)):
                return b""
            self._ahead, self._at = self._ahead[self._at :] + piece, 0
        head = self._ahead[self._at : end.end()]
        self._at = end.end()
        return head


def _items(source: Source) -> Iterator[Item | Source]:
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader
    from warcio.statusandheaders import StatusAndHeadersParserException

    loader = ArcWarcRecordLoader()
    others: Counter[str] = Counter()
    with source.open() as stream:
        records = _Records(stream)
        seen = False
        try:
            for data in records:
                try:
                    with redirect_stderr(io.StringIO()):  # where the library says what it mends
                        record = loader.parse_record_stream(io.BytesIO(data), known_format="warc")
                    member = _member(source, record, others)
                except (ArchiveLoadFailed, StatusAndHeadersParserException, *_DAMAGE):
                    records.damaged += 1
                    continue
                if member:
                    seen = True
                    yield member
        except (OSError, EOFError, zlib.error) as error:
            yield Item(" end", ArticleUnreadable(f"{reason_for(error)}; what stands before it was read"))
    if records.damaged:
        problem = f"{records.damaged} cut short, damaged, or larger than {_RECORD_LIMIT // 1_000_000} MB"
        yield Item(" damaged records", ArticleUnreadable(f"{problem}: fetch the file again"))
    if others:
        kinds = ", ".join(f"{count} {kind}" for kind, count in others.most_common(8))
        yield Item(" other records", ArticleUnreadable(f"{others.total()} hold no page, feed or data: {kinds}"))
    if not (seen or records.damaged or others):
        raise ArticleUnreadable("holds no page, feed or data")


def _member(source: Source, record: ArcWarcRecord, others: Counter[str]) -> Source | Item | None:
    """What a record holds, if that may be news; what else it is is counted in ``others``."""
    if record.rec_type in _ABOUT_OTHERS:
        return None
    kind = record.rec_headers.get_header("Content-Type") or ""
    if record.rec_type == "response" and record.http_headers:
        status = record.http_headers.get_statuscode()
        if status != "200":
            others[f"response of status {escaped(status)[:20]}"] += 1
            return None
        kind = record.http_headers.get_header("Content-Type") or ""
    elif record.rec_type != "resource":
        others[escaped(str(record.rec_type))[:20]] += 1
        return None
    kind, _, parameters = kind.lower().partition(";")
    url = escaped(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    last = re.sub(r"[^\w.-]", "", urlsplit(url).path.rpartition("/")[2])[:100]
    ending = next((ending for name, ending in _ENDINGS.items() if name in kind), "")
    if not ending and kind.strip() and "octet-stream" not in kind:
        others[escaped(kind.strip())[:40]] += 1
        return None
    content = record.content_stream().read(_RECORD_LIMIT + 1)
    if len(content) > _RECORD_LIMIT:
        raise ValueError
    packing = (record.http_headers and record.http_headers.get_header("Content-Encoding")) or "identity"
    if content[:1] not in (b"<", b"{", b"[") and packing.lower() not in ("gzip", "deflate", "identity"):
        others[f"packed by {escaped(packing)[:20]}"] += 1
        return None
    name = last if not ending or last.lower().endswith(ending) else last + ending
    web = url if url.startswith(("http://", "https://")) else None
    return in_memory(f"{source.where}: {url[:300]}", name, _in_utf8(content, parameters), web)


def _in_utf8(content: bytes, parameters: str) -> bytes:
    """Content with the encoding that only its server named: its readers do not hear of that."""
    charset = re.search(r"charset=[\"']?([\w.:-]{1,40})", parameters)
    try:
        content.decode()
    except UnicodeDecodeError:
        try:
            return b"\xef\xbb\xbf" + content.decode(declared_encoding(charset[1] if charset else "utf-8")).encode()
        except (LookupError, UnicodeError):
            pass
    return content


WARC = Format(
    "WARC (CC-NEWS)",
    lambda source: re.match(rb"WARC/1\.[0-9]\r?\n", source.head) is not None,
    _items,
    "CC-NEWS-20250304-00001.warc.gz",
)
