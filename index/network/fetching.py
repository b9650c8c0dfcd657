"""Fetch what an address gives: politely, within bounds, and by the address that was checked."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from functools import cache
from importlib.metadata import version
from io import BytesIO
from math import inf
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import httpcore

from index.articles.characters import escaped, in_utf8
from index.network.addresses import checked_url, resolve
from index.sources.source import HEAD, Source
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from protego import Protego

SIZE_LIMIT = 10_000_000
"""Bytes of one response, unpacked."""
TIME_LIMIT = 20.0
"""Seconds that one response may take from the connection to its last byte."""
MOST_REDIRECTS = 5
ROBOTS_LIFE = 86_400.0
"""Seconds that a robots.txt is believed (RFC 9309, 2.4)."""
ROBOTS_RETRY = 300.0
"""Seconds until one that could not be read is asked for again."""
_PRODUCT = "news-rag"  # what robots.txt may name
_DELAY = 1.0  # seconds between two requests to one host, where its robots.txt asks for no other
_LONGEST_DELAY = 30.0
_REDIRECTS = (301, 302, 303, 307, 308)


class Gone(ArticleUnreadable):
    """The server says that the page was there, and was taken away for good (410). Nothing follows from a 404."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server calls the state of a page (RFC 9110, 8.8), to ask whether it has changed since."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class _Response:
    url: str
    status: int
    headers: dict[str, str]
    body: bytes


class Fetcher:
    """Fetches addresses, one at a time. It remembers robots.txt, when a host was asked last, and validators."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.validators: dict[str, Validators] = {}
        """By address; a page that is asked for with them, and has not changed, is not sent again."""
        self._allow_private = allow_private
        self.sleep = sleep
        self._robots: dict[str, tuple[float, Protego | str | None]] = {}  # read when; the rules, or why there are none
        self._asked: dict[str, float] = {}

    def fetch(self, url: str, *, unless_unchanged: bool = False) -> Source | None:
        """What ``url`` gives; None where it has not changed since it was fetched last, if that is asked.

        Raises:
            Gone: it was taken away for good (410).
            ArticleUnreadable: it is no address to fetch, is not public, its robots.txt forbids it, or it cannot be
                fetched whole within the bounds; says which.
        """
        known = self.validators.get(url, Validators()) if unless_unchanged else Validators()
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        headers = {name: value for name, value in asked.items() if value}
        try:
            response = self._get(url, headers, robots=True)
        except ArticleUnreadable:
            raise
        except Exception as error:  # whatever a server makes a library raise is the matter of this address alone
            raise ArticleUnreadable(
                f"cannot be fetched: {type(error).__name__}: {escaped(str(error))[:200]}"
            ) from error
        if response.status == 304 and headers:
            return None
        if response.status == 410:
            raise Gone("was withdrawn by its publisher: the server answers 410 (gone)")
        if response.status != 200:
            # No more of when to come back: a number that runs down would make each look's reason another.
            later = ", and to come back later" if "retry-after" in response.headers else ""
            raise ArticleUnreadable(f"cannot be fetched: the server answers {response.status}{later}")
        if not response.body.strip():
            raise ArticleUnreadable("is empty")
        self.validators[url] = Validators(response.headers.get("etag"), response.headers.get("last-modified"))
        return _source(response)

    def _get(self, url: str, headers: dict[str, str], *, robots: bool) -> _Response:
        """Follow redirects, each checked as the first address was."""
        for _ in range(MOST_REDIRECTS + 1):
            url = checked_url(url)
            if robots:
                self._be_polite(url)
            response = _request(url, headers, allow_private=self._allow_private)
            target = response.headers.get("location")
            if response.status not in _REDIRECTS or not target:
                return response
            with suppress(UnicodeError):
                target = target.encode("latin-1").decode()
            url = urljoin(url, target)
        raise ArticleUnreadable(f"redirects more than {MOST_REDIRECTS} times")

    def _be_polite(self, url: str) -> None:
        """Ask robots.txt (RFC 9309), and wait until the host may be asked again."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        rules = self._rules(origin)
        if rules and not rules.can_fetch(url, _PRODUCT):
            raise ArticleUnreadable(f"is forbidden to programs by {escaped(origin)}/robots.txt")
        self._wait(origin, rules)

    def _wait(self, origin: str, rules: Protego | None) -> None:
        delay = min(float((rules and rules.crawl_delay(_PRODUCT)) or _DELAY), _LONGEST_DELAY)
        if origin in self._asked:
            self.sleep(max(0.0, self._asked[origin] + delay - time.monotonic()))
        self._asked[origin] = time.monotonic()

    def _rules(self, origin: str) -> Protego | None:
        """What robots.txt says, read anew once it is old."""
        since, rules = self._robots.get(origin, (-inf, None))
        if time.monotonic() - since > (ROBOTS_RETRY if isinstance(rules, str) else ROBOTS_LIFE):
            if origin in self._robots:
                self._wait(origin, None if isinstance(rules, str) else rules)
            try:
                rules = self._read_robots(origin)
            except ArticleUnreadable as error:
                rules = str(error)
                self._asked[origin] = time.monotonic()
            self._robots[origin] = (time.monotonic(), rules)
        if isinstance(rules, str):
            raise ArticleUnreadable(rules)
        return rules

    def _read_robots(self, origin: str) -> Protego | None:
        from protego import Protego

        try:
            response = self._get(f"{origin}/robots.txt", {}, robots=False)
        except ArticleUnreadable as error:
            raise ArticleUnreadable(f"is not fetched, as its robots.txt {error}") from error
        if response.status >= 500:  # RFC 9309, 2.3.1.4: who cannot say what is allowed allows nothing
            raise ArticleUnreadable(f"cannot be fetched: {escaped(origin)}/robots.txt answers {response.status}")
        return Protego.parse(response.body[:512_000].decode("utf-8", "replace")) if response.status == 200 else None


def _source(response: _Response) -> Source:
    declared = Message()
    declared["content-type"] = response.headers.get("content-type", "")
    body = response.body
    if declared.get_content_type() == "text/html" and (charset := declared.get_content_charset()):
        body = in_utf8(body, charset)  # what the server declares counts more than what the page does (HTML, 13.2.3.2)

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield BytesIO(body)

    name = urlsplit(response.url).path.rpartition("/")[2].lower().removesuffix(".gz")
    return Source(escaped(response.url), name, body[:HEAD], opened, response.url)


def _request(url: str, headers: dict[str, str], *, allow_private: bool) -> _Response:
    """One request on a connection of its own, within ``SIZE_LIMIT`` and ``TIME_LIMIT``."""
    backend = _CheckedBackend(time.monotonic() + TIME_LIMIT, allow_private)
    agent = f"{_PRODUCT}/{version('news-rag')} (reads news into a private index; obeys robots.txt)"
    sent = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "gzip", "Host": urlsplit(url).netloc, **headers}
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
            pool.stream("GET", url, headers=list(sent.items())) as response,
        ):
            found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return _Response(url, response.status, found, _body(response.iter_stream(), found, backend))
    except httpcore.TimeoutException as error:
        raise ArticleUnreadable(f"takes longer than {TIME_LIMIT:.0f} seconds") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise ArticleUnreadable(f"cannot be fetched: {escaped(str(error))[:200] or type(error).__name__}") from error


def _body(chunks: Iterable[bytes], headers: dict[str, str], backend: _CheckedBackend) -> bytes:
    """The body, unpacked by pieces: a few kilobytes may stand for gigabytes."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity", ""):
        raise ArticleUnreadable(f"is sent in the encoding {escaped(encoding)[:40]!r}, which was not asked for")
    unpacker = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    body = bytearray()
    try:
        for chunk in chunks:
            body += unpacker.decompress(chunk, SIZE_LIMIT + 1 - len(body)) if unpacker else chunk
            if len(body) > SIZE_LIMIT:
                raise ArticleUnreadable(f"gives more than {SIZE_LIMIT // 1_000_000} MB")
            backend.left()
    except zlib.error as error:
        raise ArticleUnreadable("cannot be unpacked: its gzip data is damaged") from error
    if unpacker and not unpacker.eof:
        raise ArticleUnreadable("is cut short: its gzip data ends too early")
    return bytes(body)


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to the address that was checked, and gives up when the time is over, however slowly bytes come."""

    def __init__(self, deadline: float, allow_private: bool) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._backend = httpcore.SyncBackend()

    def left(self) -> float:
        """Seconds that are left."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = resolve(host, port, allow_private=self._allow_private)
        for address in others:  # of a host that has one in each of two protocols, only one may be reached
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(address, port, min(self.left(), TIME_LIMIT / 4))
        return self._connect(last, port, self.left())

    def _connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        return _BoundedStream(self._backend.connect_tcp(address, port, timeout), self)


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, backend: _CheckedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._backend.left())
        return _BoundedStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as its base says
        return self._stream.get_extra_info(info)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
