"""Tables with one article a row: CSV and its kin, Parquet."""

from __future__ import annotations

import io
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files

TODAY = date(2026, 1, 1)


def readings_of(folder: Path, name: str, content: str | bytes) -> list[SourceItem]:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_files(find_files([folder / name]), today=TODAY))


def told(items: list[SourceItem]) -> list[tuple[str, str]]:
    """The place of each item, and its reason or its title and paragraphs."""
    return [
        (found.where.rpartition("/")[2], found.reason or "")
        if found.article is None
        else (found.where.rpartition("/")[2], " | ".join((found.article.title, *found.article.paragraphs)))
        for found in items
    ]


def test_a_news_table_as_people_share_it(tmp_path: Path) -> None:
    content = (
        ",title,content,publication,author,date,url\n"
        '0,Ferry halts,"<p>The ferry, &amp; its crew, rest.</p><p>It was ""cold"".</p>",Lindmoor Post,Ada Roe,'
        "2024-03-04,https://post.example/a\n"
        "1,Nothing,NaN,NaN,NaN,NaN,NaN\n"
        '2,Bridge opens,"It opened.\n\nMany came.",Lindmoor Post,NaN,2024-03-05 10:30:00,https://post.example/b\n'
    )
    first, second, third = readings_of(tmp_path, "articles.csv", content)
    assert first.article
    assert first.article.paragraphs == ("The ferry, & its crew, rest.", 'It was "cold".')
    assert (first.article.outlet, first.article.authors) == ("Lindmoor Post", ("Ada Roe",))
    assert (first.article.published, first.article.url) == (date(2024, 3, 4), "https://post.example/a")
    assert second.where == f"{tmp_path}/articles.csv line 3"
    assert second.reason
    assert second.reason.startswith("no text")
    assert third.where == f"{tmp_path}/articles.csv line 4"
    assert third.article
    assert third.article.paragraphs == ("It opened.", "Many came.")
    assert third.article.authors == ()
    assert third.article.published_at == datetime(2024, 3, 5, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'title;text;date\nTolls rise;"The port; it rose.";2024-03-05\n'),
        ("a.tsv", "title\ttext\tdate\nTolls rise\tThe port; it rose.\t2024-03-05\n"),
        ("a.txt", "title|body|date\nTolls rise|The port; it rose.|2024-03-05\n"),
        ("a.csv", "title^text^date\nTolls rise^The port; it rose.^2024-03-05\n"),
        ("a", "title\x01text\x01date\nTolls rise\x01The port; it rose.\x012024-03-05\n"),
        ("a.csv", "\ufefftitle,text,date\r\nTolls rise,The port; it rose.,2024-03-05\r\n"),
        ("a.csv", "title,text,date\rTolls rise,The port; it rose.,2024-03-05\r"),
        ("a.csv", "title;text;date\nTolls rise;The port\\; it rose.;2024-03-05\n".replace("\\;", ",").encode("utf-16")),
        ("a.csv", 'Export of Monday\n\nsep=,\ntitle, text, date\nTolls rise, "The port; it rose.", 2024-03-05\n'),
        ("a.csv", "title,text,date,,\nTolls rise,The port; it rose.,2024-03-05,,\n"),
    ],
)
def test_any_delimiter_and_encoding(tmp_path: Path, name: str, content: str | bytes) -> None:
    [found] = readings_of(tmp_path, name, content)
    assert found.article
    assert (found.article.title, found.article.published) == ("Tolls rise", date(2024, 3, 5))
    assert found.article.paragraphs[0].replace(",", ";") == "The port; it rose."


def test_lists_that_were_written_into_cells(tmp_path: Path) -> None:
    content = (
        "title,text,authors\nTolls,\"['The port toll, \"\"now\"\" up.', 'Many came.']\",\"['Ada Roe', 'Ben Doe']\"\n"
        "Fees,They fell.,['Ada Roe' 'Ben Doe']\nBees,['Hum' said,[]\n"
    )
    found = readings_of(tmp_path, "a.csv", content)
    articles = [one.article for one in found]
    assert [(one.paragraphs, one.authors) for one in articles if one] == [
        (('The port toll, "now" up.', "Many came."), ("Ada Roe", "Ben Doe")),
        (("They fell.",), ("Ada Roe", "Ben Doe")),
        (("['Hum' said",), ()),
    ]


def test_rows_that_do_not_fit_are_named_and_cost_no_others(tmp_path: Path) -> None:
    content = (
        'id,title,text,date\n1,Tolls\n2,Fees,a,b,c,d\n3,Bees,"They, hum.",2024-01-04,,\n'
        '4,Café,"Fermé \ufffd, hier.",2024-01-05\n5,Nul,A \0 b.,2024-01-06\n'
    )
    items = readings_of(tmp_path, "a.csv", content)
    assert told(items) == [
        ("a.csv line 2", "2 columns where the header has 4: mend or quote its cells"),
        ("a.csv line 3", "6 columns where the header has 4: mend or quote its cells"),
        ("a.csv line 4", "Bees | They, hum."),
        ("a.csv line 5", "Café | Fermé \ufffd, hier."),
        ("a.csv line 6", "Nul | A b."),
    ]
    assert items[-1].notices == ("zero bytes: left out",)


def test_quotation_marks_that_programs_write_wrongly(tmp_path: Path) -> None:
    backslash = 'title,text,date\n"A","He said \\"no\\", then \\"yes\\".",2024-01-02\n'
    assert told(readings_of(tmp_path, "a.csv", backslash)) == [("a.csv line 2", 'A | He said "no", then "yes".')]
    inside = 'title,text,date\n"A","He said "no" then left.\nHe came, back.",2024-01-02\n"B","She went.",2024-01-03\n'
    assert told(readings_of(tmp_path, "b.csv", inside)) == [
        ("b.csv line 2", 'A | He said "no" then left. | He came, back.'),
        ("b.csv line 4", "B | She went."),
    ]
    tabs = 'title\ttext\n"Stop," she said\tThe "mayor" spoke.\n"Go\tThey went.\n'
    assert told(readings_of(tmp_path, "c.tsv", tabs)) == [
        ("c.tsv line 2", '"Stop," she said | The "mayor" spoke.'),
        ("c.tsv line 3", '"Go | They went.'),
    ]


def test_an_open_quotation_mark_costs_its_row_and_none_behind(tmp_path: Path) -> None:
    content = (
        'id,title,text,date\n1,Tolls,"No.",2024-01-02\n2,Fees,"She went, and never,\nclosed it, so,2024-01-03\n'
        '3,Bees,"They, hum.",2024-01-04\n4,Sea,"The file, ends, in\nthe middle, of, a row'
    )
    reason = "quotation marks that do not close, or close inside a cell: mend the row"
    assert told(readings_of(tmp_path, "a.csv", content)) == [
        ("a.csv line 2", "Tolls | No."),
        ("a.csv lines 3 to 4", reason),
        ("a.csv line 5", "Bees | They, hum."),
        ("a.csv lines 6 to 7", reason),
    ]


def test_a_table_without_what_an_article_needs_says_what_it_has(tmp_path: Path) -> None:
    [found] = readings_of(tmp_path, "a.csv", "Tolls rise,They rose,2024-03-04\n")
    assert found.reason
    assert found.reason.startswith("no header row that is known: expected column names such as 'title', 'text'")
    assert "found 'Tolls rise,They rose,2024-03-04'" in found.reason
    [found] = readings_of(tmp_path, "b.csv", "title,date\nTolls,2024-03-04\n")
    assert found.reason
    assert found.reason.startswith("no column for a text: expected 'text'")
    assert "'title', 'date'" in found.reason
    [found] = readings_of(tmp_path, "c.csv", "title,text\n")
    assert found.reason == "has a header row and no other"
    [found] = readings_of(tmp_path, "d.csv", "title,url\nTolls rise,https://courier.example/a\n")
    assert (found.article, found.link) == (None, "https://courier.example/a")


def test_prose_that_speaks_of_titles_and_texts_is_no_table(tmp_path: Path) -> None:
    [found] = readings_of(tmp_path, "a.txt", "Title, text and nothing more\n\nThe title, and the text, stand here.\n")
    assert found.article
    assert found.article.title == "Title, text and nothing more"


def test_lines_and_cells_of_any_length_are_bounded(tmp_path: Path) -> None:
    content = b"title,text\nA,One.\nB," + b"b" * 33_000_000 + b'\nC,Three.\nD,"' + b"d," * 9_000_000 + b"\nE,Five.\n"
    assert told(readings_of(tmp_path, "a.csv", content)) == [
        ("a.csv line 2", "A | One."),
        ("a.csv line 3", "longer than 32 MB"),
        ("a.csv line 4", "C | Three."),
        ("a.csv line 5", "quotation marks that do not close, or close inside a cell: mend the row"),
        ("a.csv line 6", "E | Five."),
    ]
    [found] = readings_of(tmp_path, "b.csv", b"title,text" + b"a" * 100_000_000)
    assert found.reason
    assert found.reason.startswith("no header row")
    *_, found = readings_of(tmp_path, "c.csv", b"title,text\n" + b'x"y,"z\n' * 2_000_000)
    assert found.reason
    assert found.reason.endswith("as many before: write the file anew")


def parquet(columns: dict[str, object], **options: object) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as files

    data = io.BytesIO()
    files.write_table(pyarrow.table(columns), data, **options)
    return data.getvalue()


def test_parquet_with_the_types_that_programs_store(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    columns: dict[str, object] = {
        "__index_level_0__": [0, 1],
        "headline": ["Tolls rise", "Fees fall"],
        "body": [["They rose.", "Many came."], ["They fell."]],
        "date": pyarrow.array([datetime(2024, 3, 4), datetime(2024, 3, 5, 10, 30)], pyarrow.timestamp("ns")),
        "authors": [["Ada Roe", "Ben Doe"], None],
        "source": pyarrow.array(["Lindmoor Post"] * 2).dictionary_encode(),
        "embedding": [[0.5] * 3] * 2,
    }
    first, second = readings_of(tmp_path, "news", parquet(columns))
    assert first.where == f"{tmp_path}/news row 1"
    assert first.article
    assert first.article.paragraphs == ("They rose.", "Many came.")
    assert (first.article.published, first.article.published_at) == (date(2024, 3, 4), None)
    assert (first.article.outlet, first.article.authors) == ("Lindmoor Post", ("Ada Roe", "Ben Doe"))
    assert second.article
    assert second.article.published_at == datetime(2024, 3, 5, 10, 30, tzinfo=UTC)


def test_parquet_that_is_damaged_empty_or_a_bomb(tmp_path: Path) -> None:
    data = parquet({"title": ["Tolls"], "text": ["They rose."]})
    [found] = readings_of(tmp_path, "a.parquet", data[:-20])
    assert found.reason
    assert found.reason.startswith("damaged Parquet: ")
    [found] = readings_of(tmp_path, "b.parquet", parquet({"a": ["x"]}))
    assert found.reason == "no column for a title: expected 'title' or 'headline'; its columns are 'a'"
    pyarrow = pytest.importorskip("pyarrow")
    texts = pyarrow.DictionaryArray.from_arrays([0] * 100, ["a" * 6_000_000])
    *_, found = readings_of(tmp_path, "c.parquet", parquet({"title": ["Tolls"] * 100, "text": texts}))
    assert found.reason
    assert found.reason.startswith("unpacks to more than 200 times its size")


def test_parquet_without_its_library_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    [found] = readings_of(tmp_path, "a.parquet", b"PAR1 and so on")
    assert found.reason == "is Parquet: to read it, pip install 'news-rag[parquet]'"
