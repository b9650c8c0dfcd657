"""Archives: their members are read, nothing leaves them, and none of them is unpacked without end."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files

TABLE = b"title,text\nTolls rise,They rose.\n"
MEMBERS: tuple[tuple[str, bytes], ...] = (
    ("a.csv", TABLE),
    ("__MACOSX/._a.csv", b"x"),
    ("pages/.DS_Store", b"x"),
    ("../b.csv", TABLE),
    ("/etc/c.csv", TABLE),
    ("C:\\d.csv", TABLE),
    ("deep/er/e.csv", TABLE),
)
OUTSIDE = "its name leads out of the archive: skipped"
LINK = "is a link or device in an archive: skipped"
READ = [
    ("a.csv line 2", "Tolls rise"),
    ("../b.csv", OUTSIDE),
    ("/etc/c.csv", OUTSIDE),
    ("C:\\d.csv", OUTSIDE),
    ("deep/er/e.csv line 2", "Tolls rise"),
]


def read(folder: Path, name: str, content: bytes) -> list[tuple[str, str]]:
    """What becomes of each item: its place in the archive, and its title or the reason why there is none."""
    (folder / name).write_bytes(content)
    return [
        told(found, f"{folder}/{name}") for found in read_files(find_files([folder / name]), today=date(2026, 1, 1))
    ]


def told(found: SourceItem, above: str) -> tuple[str, str]:
    place = found.where.removeprefix(above).removeprefix(": ")
    return place, found.article.title if found.article else found.reason or ""


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


def tarred(members: Iterable[tuple[str, bytes]], *links: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for name, kind in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    return data.getvalue()


def test_members_of_a_zip(tmp_path: Path) -> None:
    content = zipped(MEMBERS)
    assert read(tmp_path, "a.zip", content) == READ
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.tar", bytes),
        ("a.tar.gz", gzip.compress),
        ("a.tgz", gzip.compress),
        ("b", bz2.compress),
        ("c", lzma.compress),
    ],
)
def test_members_of_a_tar(tmp_path: Path, name: str, pack: type[bytes]) -> None:
    links = (("link.csv", tarfile.SYMTYPE), ("hard.csv", tarfile.LNKTYPE), ("device.csv", tarfile.CHRTYPE))
    expected = [*READ, *((link, LINK) for link, _ in links)]
    assert read(tmp_path, name, pack(tarred(MEMBERS, *links))) == expected


def test_single_packed_files_and_archives_in_archives(tmp_path: Path) -> None:
    for name, content in (
        ("n.csv.bz2", bz2.compress(TABLE)),
        ("n.xz", lzma.compress(TABLE)),
        ("n", gzip.compress(TABLE)),
    ):
        assert read(tmp_path, name, content) == [(" line 2", "Tolls rise")]
    inner = zipped([("a.csv", TABLE)])
    outer = tarred([("x.zip", inner), ("y.csv.gz", gzip.compress(TABLE))])
    assert read(tmp_path, "o.tar", outer) == [("x.zip: a.csv line 2", "Tolls rise"), ("y.csv.gz line 2", "Tolls rise")]
    for _ in range(4):
        inner = zipped([("x.zip", inner)])
    [(_, reason)] = read(tmp_path, "deep.zip", inner)
    assert reason == "is an archive in an archive, too deep to be read: unpack it"


def test_damage_costs_only_what_stands_behind_it(tmp_path: Path) -> None:
    rest = "damaged or cut short: what stands before it was read; fetch it again"
    content = zipped([("a.csv", TABLE), ("../b.csv", TABLE), ("c.csv", TABLE)])
    [(_, reason)] = read(tmp_path, "a.zip", content[: content.index(b"PK\1\2") + 20])
    assert reason == "is a ZIP archive that is damaged or cut short: fetch it again"
    whole = tarred([("a.csv", TABLE), ("b.csv", TABLE)])
    for cut in (whole[:1024], whole[:1300], whole[:1550], whole[:1024] + b"x" * 2000):
        assert read(tmp_path, "a.tar", cut) == [("a.csv line 2", "Tolls rise"), ("the rest of the archive", rest)]
    flipped = bytearray(content)
    flipped[content.index(b"PK\3\4", 10) - 3] ^= 255  # the last bytes of the first member
    assert read(tmp_path, "c.zip", bytes(flipped)) == [
        ("a.csv", "is damaged: fetch the archive again"),
        ("../b.csv", OUTSIDE),
        ("c.csv line 2", "Tolls rise"),
    ]


def test_what_cannot_be_unpacked_is_named(tmp_path: Path) -> None:
    locked = bytearray(zipped([("a.csv", TABLE), ("b.csv", TABLE)]))
    locked[locked.index(b"PK\1\2") + 8] |= 1
    assert read(tmp_path, "a.zip", bytes(locked)) == [
        ("a.csv", "is encrypted: unpack the archive with its password"),
        ("b.csv line 2", "Tolls rise"),
    ]
    office = zipped([("[Content_Types].xml", b"<a/>"), ("xl/workbook.xml", b"<a/>")])
    for name, content, reason in (
        ("a.xlsx", office, "is an office document: save it as CSV, text or PDF"),
        ("a.zip", zipped([("__MACOSX/._a.csv", b"x")]), "is an archive without files to read"),
        ("a.tar", tarred([(".a", b"x")]), "is an archive without files to read"),
        ("a.rar", b"Rar!\x1a\x07\0", "is a RAR archive: unpack it"),
        ("a.zst", b"\x28\xb5\x2f\xfd", "is packed by zstd: unpack it by `zstd -d`"),
    ):
        assert read(tmp_path, name, content) == [("", reason)]


def test_bombs_are_left_before_they_fill_anything(tmp_path: Path) -> None:
    reason = "unpacks to more than 200 times its size: what follows was left out"
    zeros = bytes(150_000_000)
    assert read(tmp_path, "a.zip", zipped([("a.csv", TABLE), ("z.csv", zeros), ("b.csv", TABLE)])) == [
        ("a.csv line 2", "Tolls rise"),
        ("", reason),
    ]
    inner = zipped([("z.csv", b"title,text\n" + zeros[:60_000_000])])
    nested = read(tmp_path, "b.zip", zipped([(f"{number}.zip", inner) for number in range(16)]))
    assert nested[-1] == ("", reason)
    assert len(nested) == 3
    assert read(tmp_path, "c.tgz", gzip.compress(tarred([("z.csv", zeros)]))) == [("", reason)]
    assert read(tmp_path, "d.jsonl.bz2", bz2.compress(zeros)) == [("", reason)]
    header = tarfile.TarInfo("pax")
    header.type, header.size = b"x", 2_000_000_000
    header_bomb = gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + zeros)
    assert read(tmp_path, "e.tgz", header_bomb) == [("", "is a damaged tar archive: fetch it again")]
