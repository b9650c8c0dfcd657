"""Web archives: records become sources, and a wrong length costs one of them."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from index.sources.files import find_files, source_of
from index.sources.formats import items_of
from index.sources.reading import read_files
from index.sources.source import Source

KINDS = {"warcinfo": "application/warc-fields", "response": "application/http; msgtype=response"}


def record(kind: str, url: str, content: bytes, *, length: int | None = None, content_type: str | None = None) -> bytes:
    size = len(content) if length is None else length
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{url}>\r\nContent-Type: {content_type or KINDS[kind]}\r\nContent-Length: {size}\r\n"
    )
    return head.encode() + b"\r\n" + content + b"\r\n\r\n"


def response(content: bytes, kind: str = "application/json", status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + content


def article(title: str) -> bytes:
    return json.dumps({"title": title, "text": "The port raised its tolls."}).encode()


def told(folder: Path, name: str, content: bytes) -> list[tuple[str, str]]:
    (folder / name).write_bytes(content)
    items = read_files(find_files([folder / name]), today=date(2026, 1, 1))
    return [
        (found.where.removeprefix(f"{folder}/{name}"), found.article.title if found.article else found.reason or "")
        for found in items
    ]


INFO = record("warcinfo", "a.warc", b"software: ours\r\n")
ONE = record("response", "https://courier.example/1", response(article("One")))
TWO = record(
    "response",
    "https://courier.example/2",
    response(gzip.compress(article("Two")), more="Content-Encoding: gzip\r\n"),
)
CHUNKED = record(
    "response",
    "https://courier.example/3",
    response(
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(article("Three")), article("Three")), more="Transfer-Encoding: chunked\r\n"
    ),
)
LATIN = '{"title": "Café", "text": "Fermé hier."}'.encode("latin-1")
OTHERS = (
    record("response", "https://courier.example/old", response(b"", status="301 Moved Permanently"))
    + record("response", "https://courier.example/a.png", response(b"x", "image/png"))
    + record("response", "https://courier.example/4", response(LATIN, "application/json; charset=iso-8859-1"))
    + record("resource", "https://courier.example/5", article("Five"), content_type="application/json")
)


@pytest.mark.parametrize("is_packed", [False, True])
def test_pages_and_data_are_read_and_the_rest_is_counted(tmp_path: Path, is_packed: bool) -> None:
    records = INFO + ONE + TWO + CHUNKED + OTHERS
    assert told(tmp_path, "a.warc.gz" if is_packed else "b", gzip.compress(records) if is_packed else records) == [
        (": https://courier.example/1", "One"),
        (": https://courier.example/2", "Two"),
        (": https://courier.example/3", "Three"),
        (": https://courier.example/4", "Café"),
        (": https://courier.example/5", "Five"),
        (
            " other records",
            "2 hold no page, feed or data: 1 response of status 301, 1 image/png",
        ),
    ]


def test_a_page_keeps_its_address_and_is_known_as_one(tmp_path: Path) -> None:
    page = record("response", "https://courier.example/tolls?id=4", response(b"<html><p>x", "text/html"))
    (tmp_path / "a.warc").write_bytes(INFO + page)
    [source] = items_of(source_of(tmp_path / "a.warc")) or [None]
    assert isinstance(source, Source)
    assert (source.url, source.name, source.head) == ("https://courier.example/tolls?id=4", "tolls.html", b"<html><p>x")


def test_a_wrong_length_or_a_cut_costs_one_record(tmp_path: Path) -> None:
    damaged = (" damaged records", "1 cut short, damaged, or larger than 32 MB: fetch the file again")
    one, two = (": https://courier.example/1", "One"), (": https://courier.example/2", "Two")
    for length in (5, 0, 10**15):
        wrong = record("response", "https://courier.example/1", response(article("One")), length=length)
        assert told(tmp_path, "a.warc", INFO + wrong + TWO) == [two, damaged]
    too_long = record("response", "https://courier.example/1", response(article("One")), length=5000)
    assert told(tmp_path, "a.warc", INFO + too_long + TWO) == [one, two]
    assert told(tmp_path, "a.warc", (INFO + ONE + TWO)[:-60]) == [one, damaged]
    assert told(tmp_path, "a.warc", b"WARC/1.0\r\n" + b"a" * 50_000_000) == [damaged]
    [*_, (_, reason)] = told(tmp_path, "a.warc", b"WARC/1.0\r\nContent-Length: 30000000\r\n\r\n" * 1_000_000)
    assert reason == "more than 50 of its records are damaged: what follows was left out"
