"""Newsletters and other mail."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files

NEWSLETTER = (
    b"""From: =?utf-8?q?The_Ellery_Courier?= <news@courier.example>
To: readers@courier.example
Subject: =?utf-8?b?"""
    + base64.b64encode("Tolls rise at the Café quay".encode())
    + b"""?=
Date: Tue, 4 Mar 2025 07:30:00 +0100
Message-ID: <20250304@courier.example>
Archived-At: <https://courier.example/briefing/4>
List-Unsubscribe: <https://courier.example/u>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

Plain words.
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<html><head><title>Mail</title><style>p {}</style></head><body><div style=3D"display:none">Seen in lists only</div>
<table><tr><td><a href=3D"https://courier.example/4">View this email in your browser</a></td></tr>
<tr><td><h2>Port</h2><p>The tolls ros=
e, the caf=C3=A9 said.</p><p>Whoever wants to unsubscribe from the ferry's list must write, and many did.</p></td></tr>
<tr><td>You are receiving this email because you asked for it.<br>Unsubscribe</td></tr></table></body></html>
--inner--
--outer
Content-Type: text/csv
Content-Disposition: attachment; filename="fees.csv"
Content-Transfer-Encoding: base64

"""
    + base64.b64encode(b"title,text\nFees fall,They fell.\n")
    + b"""
--outer
Content-Type: image/png
Content-Disposition: attachment; filename="logo.png"

x
--outer--
"""
)


def readings_of(folder: Path, name: str, content: bytes) -> list[SourceItem]:
    (folder / name).write_bytes(content)
    return list(read_files(find_files([folder / name]), today=date(2026, 1, 1)))


def test_a_newsletter_and_what_is_attached_to_it(tmp_path: Path) -> None:
    for name, content in (("a.eml", NEWSLETTER), ("b", NEWSLETTER.replace(b"\n", b"\r\n"))):
        letter, attached = readings_of(tmp_path, name, content)
        assert letter.article
        assert letter.article.title == "Tolls rise at the Café quay"
        assert letter.article.paragraphs == (
            "The tolls rose, the café said.",
            "Whoever wants to unsubscribe from the ferry's list must write, and many did.",
        )
        assert [heading.text for heading in letter.article.subheadings] == ["Port"]
        assert (letter.article.outlet, letter.article.authors) == ("The Ellery Courier", ())
        assert letter.article.url == "https://courier.example/briefing/4"
        assert letter.article.published_at == datetime(2025, 3, 4, 7, 30, tzinfo=timezone(timedelta(hours=1)))
        assert letter.notices == (
            "left out: 'View this email in your browser'",
            "left out: 'You are receiving this email because you asked for it.'",
            "left out: 'Unsubscribe'",
        )
        assert attached.where == f"{tmp_path}/{name}: fees.csv line 2"
        assert attached.article
        assert attached.article.title == "Fees fall"


def test_a_mailbox_keeps_each_message(tmp_path: Path) -> None:
    second = (
        b"From ada@courier.example Wed Mar  5 07:30:00 2025\nFrom: Ada Roe at Lindmoor Post <ada@post.example>\n"
        b"List-Id: <b.post.example>\nSubject: Fwd: Snow\nMessage-ID: <2@post.example>\nDate: some day\n\n"
        b">From here to Vellmar the road was shut.\n\nIt opened.\n-- \nAda\n"
    )
    content = b"From - Tue Mar  4 07:30:00 2025\n" + NEWSLETTER + b"\n" + second
    *_, found = readings_of(tmp_path, "letters", content)
    assert found.where == f"{tmp_path}/letters message 2"
    assert found.article
    assert (found.article.title, found.article.authors, found.article.outlet) == ("Snow", ("Ada Roe",), "Lindmoor Post")
    assert found.article.paragraphs == ("From here to Vellmar the road was shut.", "It opened.")
    assert found.notices == ("date 'some day' not understood: kept undated",)


def test_a_message_in_a_message_is_read(tmp_path: Path) -> None:
    content = (
        b"From: Ada Roe <ada@post.example>\nSubject: For you\nMessage-ID: <1@post.example>\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=no-such\n\n"
        b"See the caf\xc3\xa9's letter.\n--b\nContent-Type: message/rfc822\n\n" + NEWSLETTER + b"\n--b--\n"
    )
    outer, inner, attached = readings_of(tmp_path, "a.eml", content)
    assert outer.article
    assert (outer.article.authors, outer.article.paragraphs) == (("Ada Roe",), ("See the café's letter.",))
    assert inner.where == f"{tmp_path}/a.eml: message.eml"
    assert inner.article
    assert inner.article.outlet == "The Ellery Courier"
    assert attached.where == f"{tmp_path}/a.eml: message.eml: fees.csv line 2"


def test_a_text_with_lines_of_facts_is_no_mail(tmp_path: Path) -> None:
    content = b"Title: Tolls rise\nDate: 4 March 2025\nSource: Lindmoor Post\n\nThe port raised its tolls.\n"
    [found] = readings_of(tmp_path, "a.txt", content)
    assert found.article
    assert found.article.title == "Tolls rise"


def test_hostile_mail_is_refused_with_a_reason(tmp_path: Path) -> None:
    head = b"From: a <a@post.example>\nSubject: s\nMessage-ID: <1@post.example>\nMIME-Version: 1.0\n"
    deep = b"Content-Type: text/plain\n\ndeep\n"
    inner = head + b"\nInnermost.\n"
    for number in range(1000):
        deep = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%b\n--b%d--\n" % (number, number, deep, number)
        inner = head + b"Content-Type: message/rfc822\n\n" + inner
    wide = (
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: text/plain\n\nx\n" * 100_000
        + b"--b--\n"
    )
    many = "has more than 200 parts: save what is an article alone"
    for content, reason in (
        (head + deep, "is damaged mail: save it anew"),
        (inner, "is damaged mail: save it anew"),
        (head + wide, many),
        (head + b"Content-Type: application/pkcs7-mime\n\nMII\n", "is encrypted: save it decrypted"),
        (b"Subject: " + b"=?utf-8?q?a?= " * 1_000_000 + b"\nFrom: a\n\nText.\n", "is of a kind that is not read"),
        (head + b"Content-Type: image/png\n\nx\n", "no text"),
    ):
        [found] = readings_of(tmp_path, "a.eml", content)
        assert found.reason
        assert found.reason.startswith(reason)
