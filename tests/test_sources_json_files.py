"""JSON and JSON Lines, in the shapes and with the names that data sets have."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from index.sources.records import article_in_record
from rag.articles import Article, Subheading

TODAY = date(2026, 1, 1)
ITEM = {"title": "Tolls rise", "text": "The port raised its tolls."}


def readings_of(folder: Path, name: str, content: object) -> list[SourceItem]:
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return list(read_files(find_files([folder / name]), today=TODAY))


def reasons_of(folder: Path, name: str, content: object) -> list[tuple[str, str | None]]:
    return [(found.where.removeprefix(f"{folder}/"), found.reason) for found in readings_of(folder, name, content)]


def paragraphs(text: object) -> tuple[str, ...]:
    return article_in_record({"title": "Tolls rise", "text": text}, TODAY).article.paragraphs


def test_a_whole_record_with_one_sort_of_names(tmp_path: Path) -> None:
    content = {
        "headline": "Tolls &amp; rise",
        "articleBody": "ELLERY (AP) — The port raised its tolls.\n\nAdvertisement\n\nMore followed.",
        "publisher": {"@type": "Organization", "name": "The Ellery Courier"},
        "datePublished": "2021-12-02T01:00:00+03:00",
        "dateModified": "2021-12-03",
        "author": [{"@type": "Person", "name": "Jane Doe"}, {"name": "John Roe"}],
        "url": "https://courier.org/x",
        "articleSection": ["Port", "News"],
        "inLanguage": "en-GB",
    }
    assert readings_of(tmp_path, "x.json", content) == [
        SourceItem(
            f"{tmp_path}/x.json",
            Article(
                title="Tolls & rise",
                paragraphs=("ELLERY (AP) — The port raised its tolls.", "More followed."),
                outlet="The Ellery Courier",
                url="https://courier.org/x",
                authors=("Jane Doe", "John Roe"),
                agency="AP",
                published=date(2021, 12, 2),
                published_at=datetime(2021, 12, 1, 22, tzinfo=UTC),
                updated=date(2021, 12, 3),
                section="Port",
                language="en",
            ),
            omitted=("Advertisement",),
        )
    ]


def test_lists_are_found_where_they_are(tmp_path: Path) -> None:
    for content in (
        [ITEM],
        {"articles": [ITEM], "status": "ok", "tags": ["a"]},
        {"anything": [ITEM]},
        {"authors": [{"name": "x"}], "data": [ITEM]},
        {"response": {"results": [ITEM]}},
        {"a1": ITEM},
    ):
        [found] = readings_of(tmp_path, "x.json", content)
        assert (found.where, found.article and found.article.title) == (f"{tmp_path}/x.json item 1", "Tolls rise")


def test_items_that_are_no_articles_are_told_one_by_one(tmp_path: Path) -> None:
    expected: list[tuple[object, str | None]] = [
        ("a string", "is the text 'a string', not an object with a title and a text"),
        (5, "is 5, not an object with a title and a text"),
        (None, "is null, not an object with a title and a text"),
        ({"text": "x"}, "no title: expected a field 'title' or 'headline'"),
        ({"title": 5, "text": "x"}, "no title: field 'title' holds 5"),
        ({"title": " ", "text": "x"}, "no title: expected a field 'title' or 'headline'"),
        ({"title": "T"}, "no text: expected a field 'text' or 'body'"),
        ({"title": "T", "text": {"a": 1}}, "no text: field 'text' holds an object"),
        ({"title": "T", "text": "Advertisement"}, "no text: field 'text' holds nothing that could be one"),
        ({"title": "T\n" * 999, "text": "x"}, "no title: field 'title' holds nothing that could be one"),
        (ITEM, None),
        ({"title": "T", "text": "word " * 1_000_001}, "text of 5.0 MB: an article may have 5 MB"),
    ]
    found = reasons_of(tmp_path, "x.json", [value for value, _ in expected])
    assert found == [(f"x.json item {number}", reason) for number, (_, reason) in enumerate(expected, 1)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("[]", "holds no article: expected a list of objects, each with a title and a text"),
        ("5", "holds no article: expected a list of objects, each with a title and a text"),
        ("[{}\n{}]", "is not valid JSON at line 2 column 1 (expecting ',' delimiter): mend it or leave it out"),
        ('{"a": 1}\n{"b": 2}', "is not valid JSON at line 2 column 1: one JSON value a line is named .jsonl"),
        ("[" * 100_000, "is JSON nested too deeply to be an article"),
        ('{"a":' * 100_000, "is JSON nested too deeply to be an article"),
        ("1" * 5000, "is JSON with a number too long to be read"),
    ],
)
def test_files_that_hold_no_articles(tmp_path: Path, content: str, reason: str) -> None:
    assert reasons_of(tmp_path, "x.json", content) == [("x.json", reason)]


def test_lines_are_read_one_by_one(tmp_path: Path) -> None:
    good = json.dumps(ITEM)
    content = f'{good}\n\n{{"title": \n[]\n{"[" * 100_000}\n{good}'
    assert reasons_of(tmp_path, "x.ndjson", content) == [
        ("x.ndjson line 1", None),
        ("x.ndjson line 3", "is not valid JSON at column 10 (expecting value): mend it or leave it out"),
        ("x.ndjson line 4", "is a list, not an object with a title and a text"),
        ("x.ndjson line 5", "is JSON nested too deeply to be an article"),
        ("x.ndjson line 6", None),
    ]
    assert reasons_of(tmp_path, "x.jsonl", json.dumps([ITEM], indent=1)) == [
        ("x.jsonl", "is not JSON Lines but one JSON value over many lines: name it .json")
    ]
    assert reasons_of(tmp_path, "x.jsonl", json.dumps([ITEM, ITEM])) == [
        ("x.jsonl line 1 item 1", None),
        ("x.jsonl line 1 item 2", None),
    ]


def test_html_is_reduced_to_visible_words() -> None:
    html = (
        "<!-- <p>no</p> --><style>p {}</style><script>if (a<b) alert('<p>no</p>')</script>"
        "<p>The <b>port</b>\nraised&nbsp;its <a href='https://x.org/?a=1&b=2'>tolls</a>.</p>"
        "<figure><img src=x><figcaption>A ship</figcaption></figure><h2>Next</h2>"
        "<p>One<br>Two &lt;b&gt; &amp; three.</p><ul><li>Four</li></ul>"
    )
    draft = article_in_record({"title": "<b>Tolls</b> rise", "content": {"rendered": html}}, TODAY)
    article = draft.article
    assert draft.omitted == ("Caption: A ship",)
    assert article.title == "Tolls rise"
    assert article.paragraphs == ("The port raised its tolls.", "One", "Two <b> & three.", "Four")
    assert article.subheadings == (Subheading("Next", 2),)
    assert paragraphs("<table><tr><th>Town</th><th>Boats</th></tr><tr><td>Ellery</td><td>3</td></tr></table>") == (
        *("Town Boats", "Ellery 3"),
    )
    prose = "The <b> tag & AT&T, 3 < 4 > 2, f*** and [sic] stay."
    assert paragraphs(prose) == (prose,)
    # A caption that is never closed must not swallow the rest of the article.
    assert paragraphs("<figcaption>A ship<p>The port.</p>") == ("A ship", "The port.")


def test_lines_at_the_head_that_repeat_the_facts_are_dropped() -> None:
    text = "Tolls rise\nJane Doe\nUpdated Nov. 17, 2015, 3:06 p.m. ET\nCNN —\nThe port did."
    draft = article_in_record({"title": "Tolls rise", "authors": ["Jane Doe"], "text": text}, TODAY)
    assert draft.article.paragraphs == ("CNN — The port did.",)
    assert (draft.article.updated, draft.omitted) == (date(2015, 11, 17), ())
    dated = article_in_record({"title": "Tolls rise", "date": "2015-11-16", "text": text}, TODAY)
    assert dated.omitted == ("Updated Nov. 17, 2015, 3:06 p.m. ET",)  # not what the record says


def test_a_text_that_its_source_cut_off_is_told() -> None:
    draft = article_in_record({"title": "T", "content": "The port raised its… [+1234 chars]"}, TODAY)
    assert draft.article.paragraphs == ("The port raised its",)
    assert draft.notices == ("text is only the beginning, as its source marked it: '… [+1234 chars]'",)
