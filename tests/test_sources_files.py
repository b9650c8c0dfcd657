"""Finding and opening files, and what becomes of hostile ones."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles.characters import clean_lines, one_line
from index.sources.files import FoundFiles, find_files
from index.sources.reading import SourceItem, read_files
from rag.errors import ArticleUnreadable

TODAY = date(2026, 1, 1)
STORY = "Tolls rise\n\nThe port raised its tolls on Monday.\n"


def read(paths: Sequence[Path], *, today: date) -> Iterator[SourceItem]:
    """Read files as a build does that names them one by one; also those that cannot be found."""
    return read_files(FoundFiles(tuple(paths), frozenset(paths), ()), today=today)


def read_one(path: Path) -> SourceItem:
    readings = list(read([path], today=TODAY))
    assert len(readings) == 1
    return readings[0]


def reason(path: Path, data: bytes) -> str | None:
    path.write_bytes(data)
    found = read_one(path)
    assert found.article is None
    return found.reason


# Finding


def test_files_of_a_folder_are_found_sorted_and_others_passed_over(tmp_path: Path) -> None:
    for name in ("b.md", "a.TXT", "c.json.gz", "deep/d.jsonl", ".hidden.txt", ".git/f.txt", "notes"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(STORY)
    assert find_files([tmp_path]) == FoundFiles(
        files=tuple(tmp_path / name for name in ("a.TXT", "b.md", "c.json.gz", "deep/d.jsonl", "notes")),
        named=frozenset(),
        passed_over=(),
    )
    assert find_files([tmp_path, tmp_path / "b.md", tmp_path]).files == find_files([tmp_path]).files


def test_an_index_among_the_articles_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    snapshot = tmp_path / "data" / "index" / "snapshots" / "20250304T101500Z-1a2b3c4d"
    snapshot.mkdir(parents=True)
    (snapshot / "manifest.json").write_text("{}")
    (tmp_path / "data" / "index" / "CURRENT").write_text("{}")
    expected = FoundFiles(files=(tmp_path / "a.txt",), named=frozenset(), passed_over=(tmp_path / "data" / "index",))
    assert find_files([tmp_path]) == expected


def test_a_folder_is_entered_once_whichever_links_lead_to_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text(STORY)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "y.txt").symlink_to(tmp_path / "a" / "x.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    found = find_files([tmp_path])
    assert found.files == (tmp_path / "gone.txt", tmp_path / "y.txt")
    assert read_one(tmp_path / "gone.txt").reason == "no such file or directory"


def test_a_named_path_must_exist_and_be_of_a_kind_that_is_read(
    tmp_path: Path,
) -> None:
    with pytest.raises(ArticleUnreadable) as missing:
        find_files([tmp_path / "no"])
    assert str(missing.value) == f"cannot open {tmp_path}/no: no such file or directory"
    with pytest.raises(ArticleUnreadable, match="embedded null"):
        find_files([Path("a\0b.txt")])
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n")
    kind = "is of a kind that is not read: see rag-index sources"
    for paths, passed_over in (([tmp_path], True), ([tmp_path / "x.png"], False)):
        [found] = read_files(find_files(paths), today=TODAY)
        assert (found.reason, found.passed_over) == (kind, passed_over)


# Opening


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.txt")
    assert read_one(tmp_path / "x.txt").reason == "is a device or pipe, not a file"
    assert find_files([tmp_path]) == FoundFiles((), frozenset(), (tmp_path / "x.txt",))


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    for name, text in (("a.txt", ""), ("b.json", "{"), ("c.txt", STORY), ("d.png", STORY)):
        (tmp_path / name).write_text(text)
    names = ("a.txt", "b.json", "c.txt", "d.png", "e.txt", "f\0.txt")
    readings = list(read([tmp_path / name for name in names], today=TODAY))
    assert [bool(found.article) for found in readings] == [False, False, True, False, False, False]
    broken = "is not valid JSON at line 1 column 2 (expecting property name enclosed in double quotes)"
    kinds = "is of a kind that is not read: see rag-index sources"
    assert [found.reason for found in readings] == [
        *("is empty", f"{broken}: mend it or leave it out", None, kinds),
        *("no such file or directory", "embedded null byte"),
    ]
    assert readings[5].where == f"{tmp_path}/f\\x00.txt"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\0\0", "is a binary file (it holds zero bytes), not text"),
        (bytes(range(128, 256)) * 9, "is neither UTF-8 nor text in an encoding that is sure: save it as UTF-8"),
        (b"\xff\xfea", "begins as UTF-16 but is not valid UTF-16: save it as UTF-8"),
        (b"Only a title", "no text: nothing below the title is reporting"),
        (
            b"Advertisement\n\nhttps://example.org/x",
            "no title: no line could be one; put the title on a line of its own at the top",
        ),
        (b"word " * 100, "no title: the first line has 499 characters; put the title on a line of its own above it"),
        (b"x" * 5_000_001, "more than 5 MB of data: an article may have 5 MB"),
        (b"Title\n" + b"line\n" * 20_001, "text of 20,002 paragraphs: an article may have 20,000"),
    ],
)
def test_text_that_is_no_article(tmp_path: Path, data: bytes, expected: str) -> None:
    assert reason(tmp_path / "x.txt", data) == expected


def test_encodings(tmp_path: Path) -> None:
    text = "Café tolls\n\nThe “port” raised its tolls — again."
    western = ("not UTF-8: read as windows-1252",)
    for encoding, notices in (("utf-8", ()), ("utf-8-sig", ()), ("utf-16", ()), ("cp1252", western)):
        (tmp_path / "x.txt").write_bytes(text.encode(encoding))
        found = read_one(tmp_path / "x.txt")
        assert found.article is not None
        assert (found.article.title, *found.article.paragraphs) == tuple(text.split("\n\n"))
        assert found.notices == notices
    (tmp_path / "x.txt").write_bytes("Порт\n\nПорт повысил сборы в понедельник.".encode() + b" \xff.")
    found = read_one(tmp_path / "x.txt")
    assert found.article is not None
    assert found.article.paragraphs == ("Порт повысил сборы в понедельник. \ufffd.",)
    assert found.notices == ("1 characters are not UTF-8: read as \ufffd",)


CUT_SHORT = "cut short: the compressed data ends before its end mark; fetch the file again"
DAMAGED = "damaged: not valid gzip data; fetch the file again"
LONG_FILE = "more than 5 MB of data: an article may have 5 MB"
LONG_LINE = "longer than 32 MB: an article's text may have 5 MB"


def test_gzip_and_its_damages(tmp_path: Path) -> None:
    packed = gzip.compress(STORY.encode())
    (tmp_path / "x.txt.gz").write_bytes(packed)
    found = read_one(tmp_path / "x.txt.gz")
    assert found.article is not None
    assert found.article.paragraphs == ("The port raised its tolls on Monday.",)
    assert reason(tmp_path / "x.txt.gz", packed[:-9]) == CUT_SHORT
    assert reason(tmp_path / "x.txt.gz", b"no gzip") == DAMAGED
    assert reason(tmp_path / "x.txt.gz", packed[:12] + b"\xff\xff" + packed[14:]) == DAMAGED
    bomb = gzip.compress(b"a" * 70_000_000)
    way_out = "more than 64 MB of data: write larger files as .jsonl, one article a line"
    assert reason(tmp_path / "x.txt.gz", bomb) == LONG_FILE
    assert reason(tmp_path / "x.json.gz", bomb) == way_out
    assert reason(tmp_path / "x.jsonl.gz", bomb) == LONG_LINE


def test_articles_before_the_damage_are_kept(tmp_path: Path) -> None:
    lines = (json.dumps({"title": f"Tolls {n}", "text": f"Port {n} raised its tolls."}) + "\n" for n in range(3000))
    packed = gzip.compress("".join(lines).encode())
    (tmp_path / "x.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    readings = list(read([tmp_path / "x.jsonl.gz"], today=TODAY))
    assert len(readings) > 100
    assert all(found.article for found in readings[:-1])
    assert readings[-1].reason == CUT_SHORT


# Each of these made some regular expression or parser start over at every character, for hours.
HOSTILE = ("[", "[a](", "**a ", "_a ", "![", "<a ", "<!", "<!--", "</", "<a '" + "'" * 1900 + ">", "&amp", " ", "A, ")


@pytest.mark.parametrize("pattern", [*HOSTILE, "By A and ", "#", "{{ #"])
def test_hostile_repetition_is_read(tmp_path: Path, pattern: str) -> None:
    filler = pattern * (400_000 // len(pattern))
    (tmp_path / "x.txt").write_text(f"Tolls rise\n\n{filler}\n\nThe port raised its tolls.")
    record = {"title": "Tolls rise", "text": f"<p>The port raised its tolls.<p>{filler}"}
    (tmp_path / "x.json").write_text(json.dumps(record))
    assert [found.reason for found in read([tmp_path / "x.txt", tmp_path / "x.json"], today=TODAY)] == [None, None]


# Characters


def test_invisible_characters_go_and_spelling_stays() -> None:
    assert one_line("a\u200bb\u202ec\u2066d\ufeffe\u00adf\x00g\x1b[1m h\u00a0\t i") == "abcdefg[1m h i"
    assert one_line("see\U000e0049\U000e0067\U000e006e this") == "see this"
    assert one_line("می\u200cخواهم") == "می\u200cخواهم"
    assert one_line("a\u200db") == "ab"
    assert one_line("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"
    assert one_line("cafe\u0301") == "café"
    assert one_line("It\x92s \x93so\x94\x85") == "It’s “so”…"
    assert one_line("a\ud800b \ud83d\ude00") == "a\ufffdb 😀"
    assert clean_lines("a\r\nb\rc\u2028d\x0be") == "a\nb\nc\nd\ne"


CONTROL = {chr(code) for code in (*range(32), *range(127, 160))} | set("\u200b\u202e\u2066\ufeff\u2028")


def assert_harmless(readings: list[SourceItem]) -> None:
    for found in readings:
        texts = [found.where, found.reason or "", *found.notices, *found.omitted]
        assert (found.article is None) == bool(found.reason)
        if article := found.article:
            assert article.title.strip()
            assert article.paragraphs
            assert all(paragraph.strip() for paragraph in article.paragraphs)
            assert all(1 <= heading.before <= len(article.paragraphs) for heading in article.subheadings)
            texts += [article.title, *article.paragraphs, *article.authors, *(one.text for one in article.subheadings)]
            texts += filter(None, (article.outlet, article.url, article.agency, article.section))
        assert all(not CONTROL & set(text) for text in texts)
        assert all(not "\ud800" <= character <= "\udfff" for text in texts for character in text)


KINDS = st.sampled_from([".txt", ".md", ".json", ".jsonl", ".txt.gz", ".json.gz", ".jsonl.gz"])
# What makes the readers branch; arbitrary text alone seldom does.
PIECES = st.sampled_from(
    "---\n|\n\n|\n|title: |source: |By |Jane Doe| for AFP|**|*|## |- |“|'|[a](http://[x)|https://x.org/a|Original url:"
    "|Source:|2 Dec 2021|London (AP) — |Advertisement|(AP Photo/A B)|\x00|\u202e|\ud800|\x1b[0m|<p>|</p>|<script>|&#0;"
    "|&#xd800;|The port raised its tolls on Monday after a long winter of stalled dredging.".split("|")
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=30).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "title", "text", "url"]) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from("title text body source published_at updated authors url section language agency items".split())


@settings(max_examples=200, deadline=None)
@given(data=TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=400), kind=KINDS)
def test_any_file_is_read_without_an_exception(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{kind}"
    path.write_bytes(data)
    assert_harmless(list(read([path], today=TODAY)))


@settings(max_examples=150, deadline=None)
@given(values=st.lists(st.dictionaries(NAMES, VALUES, max_size=8) | VALUES, max_size=3))
def test_any_record_is_read_without_an_exception(
    tmp_path_factory: pytest.TempPathFactory, values: list[object]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "any.json").write_text(json.dumps(values))
    (folder / "any.jsonl").write_text("".join(json.dumps(value) + "\n" for value in values))
    assert_harmless(list(read([folder / "any.json", folder / "any.jsonl"], today=TODAY)))
