"""Fetching addresses: what is asked and what never, whatever a server does; and what a feed leads to."""

from __future__ import annotations

import gzip
import socket
import threading
from datetime import date
from html import escape
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address

import pytest

from index.articles.outlets import same_site
from index.network import addresses, fetching
from index.network.addresses import checked_url, is_public, resolve
from index.network.fetching import Fetcher, Gone
from index.network.following import Follower
from index.sources.reading import read
from index.sources.source import in_memory
from rag.errors import ArticleUnreadable
from tests.servers import Page, send, serving

TODAY = date(2025, 3, 10)
STORY = {"title": "River depot closed", "text": "The depot at Lindmoor closed on Monday.\n\nRepairs take a year."}


def redirect(to: str) -> Page:
    return lambda handler: send(handler, b"", 302, Location=to)


def fetcher() -> Fetcher:
    return Fetcher(allow_private=True, sleep=lambda seconds: None)


def reason(base: str, path: str = "/a") -> str:
    with pytest.raises(ArticleUnreadable) as error:
        fetcher().fetch(base + path)
    return str(error.value)


# Where to connect


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *((one, True) for one in ("93.184.216.34", "2606:2800:220:1::1")),
        *((one, False) for one in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")),
        *((one, False) for one in ("224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1")),
        *(
            (one, False)
            for one in ("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136::1", "ff02::1")
        ),
        *((one, False) for one in ("::7f00:1", "fec0::1", "64:ff9b:1::a00:1", "3fff::1")),
        *((one, False) for one in ("192.88.99.1", "168.63.129.16", "::ffff:168.63.129.16")),
    ],
)
def test_only_hosts_of_the_public_internet_are_public(address: str, expected: bool) -> None:
    assert is_public(ip_address(address)) is expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1"])
def test_this_machine_is_not_asked_however_it_is_written(host: str) -> None:
    with pytest.raises(ArticleUnreadable, match="which is not public: --allow-private fetches from there as well"):
        resolve(host, 80, allow_private=False)


@pytest.mark.parametrize("other", ["10.0.0.1", "::1"])
def test_one_address_that_is_not_public_is_enough_to_refuse_a_name(monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.216.34", other)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
    with pytest.raises(ArticleUnreadable, match=f"gull.example is at {other}, which is not public"):
        resolve("gull.example", 80, allow_private=False)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file:///etc/passwd", "is no web address: only http:// and https:// are fetched"),
        ("ftp://gull.example/a", "is no web address: only http:// and https:// are fetched"),
        ("http://", "is no web address: only http:// and https:// are fetched"),
        ("http://[::1", "is no web address"),
        ("http://gull.example:99999/", "is no web address"),
        ("http://ines:secret@gull.example/", "holds a user name or password: addresses with them are not fetched"),
        ("http://gull.example/a\r\nHost: b", "holds characters that no web address has"),
    ],
)
def test_what_is_no_address_to_fetch(url: str, expected: str) -> None:
    with pytest.raises(ArticleUnreadable) as error:
        checked_url(url)
    assert str(error.value) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://Gull.example/zölle?q=größe#x", "http://gull.example/z%C3%B6lle?q=gr%C3%B6%C3%9Fe"),
        ("https://bücher.example:8080/a%2Fb c", "https://xn--bcher-kva.example:8080/a%2Fb%20c"),
        ("http://[::1]:80/a;b=(c)", "http://[::1]:80/a;b=(c)"),
    ],
)
def test_an_address_is_asked_for_in_ascii(url: str, expected: str) -> None:
    assert checked_url(url) == expected == checked_url(expected)


def test_a_redirect_inward_is_refused_and_nothing_is_sent_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: str(address) == "127.0.0.2")
    with (
        serving({"/secret": STORY}) as (inside, asked),
        serving({"/a": redirect(inside + "/secret")}, "127.0.0.2") as (
            outside,
            _,
        ),
    ):
        with pytest.raises(ArticleUnreadable, match=r"127\.0\.0\.1 is at 127\.0\.0\.1, which is not public"):
            Fetcher(sleep=lambda seconds: None).fetch(outside + "/a")
        assert asked == []


def test_a_name_is_looked_up_once_and_connected_to_as_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ["127.0.0.2", "127.0.0.2", "127.0.0.1"]  # for robots.txt, for the page, and whatever comes after
    monkeypatch.setattr(addresses, "is_public", lambda address: str(address) == "127.0.0.2")
    real = socket.getaddrinfo
    lookups: list[object] = []

    def rebinding(host: str, *args: object, **more: object) -> object:
        if host == "rebind.example":
            lookups.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found[len(lookups) - 1], 0))]
        return real(host, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with serving({"/a": STORY}, "127.0.0.2") as (base, asked):
        port = base.rpartition(":")[2]
        assert Fetcher(sleep=lambda seconds: None).fetch(f"http://rebind.example:{port}/a") is not None
    assert asked == ["/robots.txt", "/a"]
    assert len(lookups) == 2


# What a server may do


def test_what_is_fetched_is_a_source_with_its_address() -> None:
    german = "<html><p>Zürich größer</p></html>".encode("cp1252")
    pages: dict[str, Page | bytes | object] = {
        "/feed.json": lambda handler: send(handler, gzip.compress(b"[1]"), Content_Encoding="gzip"),
        "/a": redirect("/feed.json"),
        "/german": lambda handler: send(handler, german, Content_Type="text/html; charset=windows-1252"),
    }
    with serving(pages) as (base, _):
        source = fetcher().fetch(base + "/a")
        assert source is not None
        assert (source.where, source.url) == (f"{base}/feed.json", f"{base}/feed.json")
        assert (source.name, source.head) == ("feed.json", b"[1]")
        page = fetcher().fetch(base + "/german")
        assert page is not None
        assert page.read(1000, "").decode("utf-8-sig") == "<html><p>Zürich größer</p></html>"


def test_links_beyond_ascii_are_followed_and_what_a_library_raises_is_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    to = "/größe".encode().decode("latin-1")  # as servers send it
    with serving({"/z%C3%B6lle": redirect(to), "/gr%C3%B6%C3%9Fe": STORY}) as (base, asked):
        assert fetcher().fetch(base + "/zölle") is not None
        assert asked == ["/robots.txt", "/z%C3%B6lle", "/gr%C3%B6%C3%9Fe"]

        def fails(*args: object, **more: object) -> None:
            raise TypeError("no\nsuch thing")

        monkeypatch.setattr(fetching, "_request", fails)
        assert reason(base) == "cannot be fetched: TypeError: no\\nsuch thing"


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "zlib", "rot13", "unicode_escape", "x" * 99, ""])
def test_only_encodings_of_texts_are_decoded_as_declared(charset: str) -> None:
    body = b"<html><p>\xe4rgerlich" + b"a-" * 50_000
    with serving({"/a": lambda h: send(h, body, Content_Type=f'text/html; charset="{charset}"')}) as (base, _):
        source = fetcher().fetch(base + "/a")
        assert source is not None
        assert source.read(1_000_000, "") == body


def test_responses_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SIZE_LIMIT", 1_000_000)
    monkeypatch.setattr(fetching, "TIME_LIMIT", 0.6)
    over = threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.05):  # never silent for long, and never done
            try:
                handler.wfile.write(b"a")
            except OSError:
                return

    def short(handler: BaseHTTPRequestHandler) -> None:
        send(handler, b"abc", Content_Length="500")

    packed = gzip.compress(b"a" * 50_000_000)
    pages: dict[str, Page | bytes | object] = {
        "/large": b"a" * 1_000_001,
        "/bomb": lambda handler: send(handler, packed, Content_Encoding="gzip"),
        "/cut": lambda handler: send(handler, gzip.compress(b"abc" * 99)[:-9], Content_Encoding="gzip"),
        "/odd": lambda handler: send(handler, b"abc", Content_Encoding="br"),
        "/stall": stall,
        "/short": short,
        "/loop": redirect("/loop"),
        "/file": redirect("file:///etc/passwd"),
        "/busy": lambda handler: send(handler, b"x", 503, Retry_After="90"),
        "/gone": lambda handler: send(handler, b"x", 410),
        "/empty": b" \n",
    }
    try:
        with serving(pages) as (base, _):
            assert reason(base, "/large") == reason(base, "/bomb") == "gives more than 1 MB"
            assert reason(base, "/cut") == "is cut short: its gzip data ends too early"
            assert reason(base, "/odd") == "is sent in the encoding 'br', which was not asked for"
            assert reason(base, "/stall") == "takes longer than 1 seconds"
            assert reason(base, "/short").startswith("cannot be fetched: ")
            assert reason(base, "/loop") == "redirects more than 5 times"
            assert reason(base, "/file") == "is no web address: only http:// and https:// are fetched"
            expected = "cannot be fetched: the server answers 503, and to come back later"
            assert reason(base, "/busy") == expected
            assert reason(base, "/missing") == "cannot be fetched: the server answers 404"
            assert reason(base, "/empty") == "is empty"
            with pytest.raises(Gone):
                fetcher().fetch(base + "/gone")
            closed = base
    finally:
        over.set()
    assert reason(closed).startswith("is not fetched, as its robots.txt cannot be fetched: ")


def test_robots_txt_is_obeyed_and_hosts_are_not_hurried() -> None:
    rules = b"User-agent: *\nDisallow: /private\nCrawl-delay: 7\n"
    waited: list[float] = []
    with serving({"/robots.txt": rules, "/a": STORY, "/b": STORY, "/private/c": STORY}) as (base, asked):
        polite = Fetcher(allow_private=True, sleep=waited.append)
        for path in ("/a", "/b"):
            polite.fetch(base + path)
        with pytest.raises(ArticleUnreadable) as error:
            polite.fetch(base + "/private/c")
        assert str(error.value) == f"is forbidden to programs by {base}/robots.txt"
        assert asked == ["/robots.txt", "/a", "/b"]
    assert len(waited) == 1
    assert waited[0] == pytest.approx(7, abs=1)
    with serving({"/robots.txt": lambda handler: send(handler, b"", 500), "/a": STORY}) as (base, asked):
        assert reason(base) == f"cannot be fetched: {base}/robots.txt answers 500"
        assert asked == ["/robots.txt"]


def test_robots_txt_is_read_anew_once_it_is_old_and_a_failed_one_not_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: dict[str, Page | bytes | object] = {"/a": STORY, "/robots.txt": lambda handler: send(handler, b"", 500)}
    waited: list[float] = []
    with serving(pages) as (base, asked):
        polite = Fetcher(allow_private=True, sleep=waited.append)
        for _ in range(2):
            with pytest.raises(ArticleUnreadable, match=r"robots\.txt answers 500"):
                polite.fetch(base + "/a")
        assert (asked, waited) == (["/robots.txt"], [])
        monkeypatch.setattr(fetching, "ROBOTS_RETRY", -1)
        pages["/robots.txt"] = b"User-agent: *\nDisallow: /b\n"
        assert polite.fetch(base + "/a") is not None
        assert asked == ["/robots.txt", "/robots.txt", "/a"]
        assert len(waited) == 2
        pages["/robots.txt"] = b"User-agent: *\nDisallow: /a\n"
        assert polite.fetch(base + "/a") is not None
        monkeypatch.setattr(fetching, "ROBOTS_LIFE", -1)
        with pytest.raises(ArticleUnreadable, match="is forbidden to programs by"):
            polite.fetch(base + "/a")


def test_what_has_not_changed_is_not_sent_again() -> None:
    def versioned(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == '"1"'
        send(handler, b"" if same else b"[1]", 304 if same else 200, ETag='"1"')

    with serving({"/a": versioned}) as (base, _):
        one = fetcher()
        assert one.fetch(base + "/a", unless_unchanged=True) is not None
        assert one.fetch(base + "/a", unless_unchanged=True) is None
        assert one.fetch(base + "/a") is not None  # what is named anew is read anew
    with serving({"/a": lambda handler: send(handler, b"", 304)}) as (base, _):  # nobody asked for that
        assert reason(base) == "cannot be fetched: the server answers 304"


# What is followed


def test_a_page_is_read_at_its_address_and_what_cannot_be_is_told() -> None:
    with serving({"/a.json": {**STORY, "url": "https://gull.example/a"}, "/x": b"\x89PNG\r\n"}) as (base, _):
        follower = Follower(fetcher(), TODAY)
        [found] = follower.read(base + "/a.json")
        assert found.article is not None
        assert found.article.title == "River depot closed"
        [unknown] = follower.read(base + "/x")
        assert (unknown.reason, unknown.passed_over) == ("is of a kind that is not read: see rag-index sources", False)
        [missing] = follower.read(base + "/none")
        assert (missing.where, missing.reason) == (f"{base}/none", "cannot be fetched: the server answers 404")


def test_only_its_own_site_withdraws_an_article_and_gives_a_page_its_address() -> None:
    days = "Monday Tuesday Wednesday Thursday Friday".split()
    text = "".join(f"<p>The harbour office raises its tolls in April, as it said on {day}.</p>" for day in days)
    page = (
        '<html><head><link rel="canonical" href="{}/tolls"><title>Tolls rise at Lindmoor</title></head><body><article>'
        f"<h1>Tolls rise at Lindmoor</h1>{text}"
    )
    gone = '<at:deleted-entry ref="{}" when="2025-03-10T08:00:00Z"/>'
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
    pages: dict[str, Page | bytes | object] = {}
    with serving(pages) as (base, _):
        port = base.rpartition(":")[2]
        refs = (f"{base}/wall", "http://127.0.0.2/wall", "0123456789abcdef")
        pages["/feed"] = f"{head}<title>Gull</title>{''.join(map(gone.format, refs))}</feed>".encode()
        pages["/own.html"] = page.format(f"http://127.0.0.1:{port}").encode()
        pages["/other.html"] = page.format("http://courier.example").encode()
        follower = Follower(fetcher(), TODAY)
        found = list(follower.read(base + "/feed"))
        assert [(item.withdrawn, item.link) for item in found] == [(True, refs[0]), (False, None), (False, None)]
        assert str(found[1].reason).endswith("not removed, as http://127.0.0.2/wall is of another site")
        [own], [other] = (list(follower.read(base + path)) for path in ("/own.html", "/other.html"))
        assert own.article is not None
        assert other.article is not None
        assert own.article.url == f"{base}/tolls"
        assert other.article.url == f"{base}/other.html"
        assert other.notices[0].startswith("says that its address is http://courier.example/tolls, on another site")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("https://www.courier.co.uk/a", "http://news.courier.co.uk", True),
        ("https://courier.co.uk/a", "https://gull.co.uk/a", False),
        ("https://gull.example/a", "https://www.gull.example/b", True),
        ("https://gull.example/a", "https://gull.example@courier.example/a", False),
        ("https://bücher.de/", "https://xn--bcher-kva.de/a", True),
        ("https://www.google.com/amp/s/gull.example/a", "https://gull.example/b", True),
        ("https://www.google.com/amp/s/gull.example/a", "https://www.google.com/b", False),
        ("urn:gull:a", "urn:gull:a", False),
    ],
)
def test_whether_two_addresses_are_of_one_site(one: str, other: str, expected: bool) -> None:
    assert same_site(one, other) is expected


@pytest.mark.parametrize("charset", ["punycode", "utf-7", "zlib"])
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.html", '<html><meta charset="{}"><title>Tolls</title><body><article><h1>Tolls</h1>{}</article>'),
        ("a.eml", "From: Gull <a@gull.example>\nSubject: Tolls\nContent-Type: text/plain; charset={}\n\n{}"),
        ("a.xml", '<?xml version="1.0" encoding="{}"?><rss><item><title>Tolls</title>{}</item></rss>'),
    ],
)
def test_a_file_that_declares_no_encoding_of_texts_is_read_all_the_same(name: str, form: str, charset: str) -> None:
    days = "Monday Tuesday Wednesday Thursday Friday".split()
    text = "".join(f"<p>The tolls at Lindmoor are größer than ever, as the office said on {day}.</p>" for day in days)
    text = f"<description>{escape(text)}</description>" if name == "a.xml" else text
    [found] = read([in_memory(name, name, form.format(charset, text).encode("cp1252"))], today=TODAY)
    assert found.article is not None, found.reason
    assert "größer than ever" in found.article.paragraphs[0]


def test_what_a_feed_and_its_pages_make_together_is_not_recalled_for_either_alone() -> None:
    head = "<rss version='2.0'><channel><title>The Ellery Courier</title>"
    item = "<item><title>River depot closed</title><link>{}</link><description>The depot at Lindmoor closed."
    pages: dict[str, Page | bytes | object] = {"/a.txt": "\n\n".join(STORY.values()).encode()}
    with serving(pages) as (base, _):
        links = (f"{base}/a.txt", f"{base}/none")
        items = "".join(f"{item.format(link)}</description></item>" for link in links)
        pages["/feed"] = f"{head}{items}</channel></rss>".encode()
        found = list(Follower(fetcher(), TODAY).read(base + "/feed"))
        alone = [*read([fetcher().fetch(links[0])], today=TODAY)]  # type: ignore[list-item]
    assert [one.article and one.article.outlet for one in (*alone, *found)] == [None, *["The Ellery Courier"] * 2]
    assert "only what the feed says is kept" in found[1].notices[0]
    assert [one.record is None for one in (*alone, *found)] == [False, True, True]
