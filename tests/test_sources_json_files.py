"""JSON and JSON Lines, in the shapes and with the names that data sets have."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.articles.records import article_in_record
from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.articles import Article, Subheading
from rag.errors import ArticleUnreadable

TODAY = date(2026, 1, 1)
ITEM = {"title": "Tolls rise", "text": "The port raised its tolls."}


def readings_of(folder: Path, name: str, content: object) -> list[SourceItem]:
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    read = read_files(find_files([folder / name]), today=TODAY)
    return [replace(one, record=None) for one in read]  # digests of what was read


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
        {"hits": {"hits": [{"_id": "7", "_source": ITEM}]}},
        {"schema": {"fields": []}, "data": [ITEM]},
        {"columns": ["title", "text"], "data": [[*ITEM.values()]]},
        {"title": {"0": "Tolls rise"}, "text": {"0": "The port raised its tolls."}},
        [["title", "text"], [*ITEM.values()]],
    ):
        [found] = readings_of(tmp_path, "x.json", content)
        assert (found.where, found.article and found.article.title) == (f"{tmp_path}/x.json item 1", "Tolls rise")


def test_items_that_are_no_articles_are_told_one_by_one(tmp_path: Path) -> None:
    expected: list[tuple[object, str | None]] = [
        ("a string", "is the text 'a string', not an object with a title and a text"),
        (5, "is 5, not an object with a title and a text"),
        (None, "is null, not an object with a title and a text"),
        ({"text": "x"}, "no title: expected a field 'title' or 'headline', found 'text'"),
        ({"title": 5, "text": "x"}, "no title: field 'title' holds 5"),
        ({"title": " ", "text": "x"}, "no title: field 'title' is empty"),
        ({"title": "T"}, "no text: expected a field 'text' or 'body', found 'title'"),
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
        (
            '{"status": "error", "message": "no"}',
            "holds no article: expected a list of objects, each with a title and a text, found 'status', 'message'",
        ),
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
    assert reasons_of(tmp_path, "x.jsonl", json.dumps([ITEM], indent=1)) == [("x.jsonl item 1", None)]
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
        *("Town: Ellery, Boats: 3.",),
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


@pytest.mark.parametrize(
    "mark",
    [
        "… [+1234 chars]",
        "... [5577 chars]",
        " [1,234 characters]",
        "… Read more…",
        " […]",
        "... (continued)",
        "… →",
        "...",
    ],
)
def test_a_text_that_its_source_cut_off_keeps_whole_sentences(mark: str) -> None:
    draft = article_in_record({"title": "T", "content": f"The port raised its tolls. Ships of 2.{mark}"}, TODAY)
    assert draft.article.paragraphs == ("The port raised its tolls.",)
    assert draft.article.labels == ("excerpt",)
    [notice] = draft.notices
    assert notice.endswith("; its last sentence was cut and is left out: 'Ships of 2.'")
    whole = article_in_record({"title": "T", "content": "The port raised its tolls. “And …”"}, TODAY)
    assert (whole.article.labels, whole.notices) == ((), ())


def test_what_stands_instead_of_a_text_gives_way_to_a_summary() -> None:
    for content in (
        "ONLY AVAILABLE IN PAID PLANS",
        "Upgrade your plan to read it",
        "The por… [+99 chars]",
        "[Removed]",
    ):
        record = {"title": "T", "content": content, "description": "The port raised its tolls."}
        draft = article_in_record(record, TODAY)
        assert draft.article.paragraphs == ("The port raised its tolls.",)
        assert draft.article.labels == ("excerpt",)
        assert draft.notices[-1] == "only a summary or the beginning: its text is that of field 'description'"
    for content in (
        "Only members of Port Ellery's club may vote.",
        "They rose. Many paid.",
        "Subscribers paid the plan.",
    ):
        assert article_in_record({"title": "T", "content": content}, TODAY).article.labels == ()


def test_the_fullest_of_texts_that_begin_alike_is_read() -> None:
    record = {
        "title": "T",
        "text": "One is he… [+9 chars]",
        "body": "One is here.\n\nTwo is there.",
        "html": "<p>Menu</p>",
    }
    draft = article_in_record(record, TODAY)
    assert (draft.article.paragraphs, draft.notices) == (("One is here.", "Two is there."), ())


def test_withdrawn_articles_and_pictures_are_refused_by_name() -> None:
    for record, reason in (
        ({"pubStatus": "canceled"}, "is no published article: field 'pubStatus' holds the text 'canceled'"),
        ({"type": "picture"}, "no text: it is 'picture', which field 'description_text' only describes"),
    ):
        with pytest.raises(ArticleUnreadable, match=f"^{reason}$"):
            article_in_record({"headline": "T", "description_text": "A ship.", **record}, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        'One is here.\\n\\nTwo is \\"there\\".',
        "&lt;p&gt;One is here.&lt;/p&gt;&lt;p&gt;Two is &amp;quot;there&amp;quot;.&lt;/p&gt;",
        '<div>&lt;p class="a"&gt;One is here.&lt;/p&gt;&lt;br/&gt;Two is "there".</div>',
        ["One is here.", 'Two is "there".'],
        ["One is ", "here", ".", 'Two is "there".'],
        {"blocks": [{"type": "paragraph", "data": {"text": "One is here."}}, {"type": "p", "html": 'Two is "there".'}]},
        [
            {"_type": "block", "children": [{"_type": "span", "text": "One is "}, {"_type": "span", "text": "here."}]},
            {"_type": "image", "caption": "A ship"},
            {"_type": "block", "children": [{"_type": "span", "text": 'Two is "there".'}]},
        ],
        [
            {"role": "main", "value": "x"},
            {"role": "main", "contentType": "text/html", "value": "<p>One is here."},
        ],
        '{"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "One is here."}]}]}',
    ],
)
def test_texts_of_every_shape(text: object) -> None:
    assert paragraphs(text) in (("One is here.", 'Two is "there".'), ("One is here.",))


def test_paths_keep_their_backslashes() -> None:
    assert paragraphs("It lay in C:\\new\\reports of the port.") == ("It lay in C:\\new\\reports of the port.",)


def test_all_lists_are_read_and_each_member_that_is_no_article_is_named(tmp_path: Path) -> None:
    content = {
        "newspapers": {
            "ellery-courier": {"articles": [ITEM, {"title": "Titles only", "url": "https://a.example/2"}]},
            "The Gull": {"articles": [ITEM | {"url": "https://gull.example/1"}]},
        },
        "2021-12-02": [ITEM],
        "tags": [{"title": "port"}],
    }
    found = readings_of(tmp_path, "x.json", content)
    assert [(one.where.removeprefix(f"{tmp_path}/x.json "), one.notices or one.reason) for one in found] == [
        ("newspapers ellery-courier articles item 1", ("outlet 'Ellery Courier' is what it stands under",)),
        (
            "newspapers ellery-courier articles item 2",
            "no text, only the address https://a.example/2: rag-index add reads it",
        ),
        ("newspapers The Gull articles item 1", None),
        ("2021-12-02 item 1", ("published '2021-12-02' is what it stands under",)),
    ]
    assert found[1].link == "https://a.example/2"
    assert [one.article and one.article.outlet for one in found] == ["Ellery Courier", None, "Gull", None]


def test_several_values_one_behind_the_other(tmp_path: Path) -> None:
    one = json.dumps(ITEM)
    for name, content, places in (
        ("x.json", f"{one}\r\n{one}", ["line 1", "line 2"]),
        ("x", f"{one}\n{one}", ["line 1", "line 2"]),
        ("x.json", one + one, ["value 1", "value 2"]),
        ("x.json", f"[{one}][{one}]", ["value 1 item 1", "value 2 item 1"]),
        ("x.json", f"{json.dumps(ITEM, indent=1)}\n{json.dumps(ITEM, indent=1)}", ["value 1", "value 2"]),
        ("x.jsonl", json.dumps({"articles": [ITEM, ITEM]}), ["line 1 item 1", "line 1 item 2"]),
    ):
        found = reasons_of(tmp_path, name, content)
        assert found == [(f"{name} {place}", None) for place in places]
    kept, lost = reasons_of(tmp_path, "x.json", f"[{one}, {{")  # a program was stopped
    assert (kept[1], str(lost[1])[-27:]) == (None, "; nothing behind it is read")
    feed = json.dumps(
        {"status": "ok", "pages": [{"articles": [ITEM, ITEM]}, {"articles": [ITEM, ITEM | {"tags": ["a"]}]}]}
    )
    for end, count in ((-1, 4), (-3, 4), (-8, 3), (-30, 3), (-90, 2)):
        *whole, lost = reasons_of(tmp_path, "x.json", feed[:end])
        assert ([reason for _, reason in whole], str(lost[1])[-27:]) == ([None] * count, "; nothing behind it is read")
    (tmp_path / "y.json").write_bytes(json.dumps(ITEM).encode("utf-16-le"))
    [reading] = read_files(find_files([tmp_path / "y.json"]), today=TODAY)
    assert reading.article is not None


def test_what_is_refused_by_the_million_is_counted(tmp_path: Path) -> None:
    found = readings_of(tmp_path, "x.json", [{}] * 3000 + [ITEM])
    assert (len(found), found[-2].article is not None) == (1002, True)
    assert found[-1].reason == "2,000 more members of the list are no articles: no title or no text"
    found = readings_of(tmp_path, "x.jsonl", "\n".join(['{"title": "T"}'] * 3000 + [json.dumps(ITEM)]))
    assert (len(found), found[-2].article is not None, found[-1].count) == (1002, True, 2000)
    told = "no text: expected a field 'text' or 'body', found 'title'"
    assert found[-1].reason == f"2,000 more items like the first 1,000: {told}"
    [reading] = readings_of(tmp_path, "x.json", "[" + "{}," * 5_000_001 + "{}]")
    assert reading.reason == "is JSON of more than 5,000,000 values: write it as .jsonl, one article a line"


def test_what_stands_beside_articles_is_told(tmp_path: Path) -> None:
    [reading] = readings_of(
        tmp_path, "x.json", {"articles": [ITEM | {"related": [ITEM, ITEM], "media": [{"title": "x"}]}]}
    )
    assert reading.notices == ("not read, as what stands beside articles: 'related' (2)",)
    pages = [{"meta": {"page": 1}, "data": [ITEM]}, {"meta": {"page": 2}, "data": []}, {"error": "no"}]
    assert reasons_of(tmp_path, "x.json", pages) == [
        ("x.json item 1 data item 1", None),
        ("x.json item 3", "no title: expected a field 'title' or 'headline', found 'error'"),
    ]


def test_a_part_names_where_the_whole_stands(tmp_path: Path) -> None:
    url = "https://a.example/x"
    records: list[dict[str, object]] = [
        ITEM | {"url": url, "text": text} for text in ("It rose. And… [+9 chars]", "It rose.", None)
    ]
    records.append(ITEM | {"url": url, "text": None, "description": "It rose."})
    found = readings_of(tmp_path, "x.json", records)
    assert [(one.link, one.reason is None) for one in found] == [(url, True), (None, True), (url, False), (url, True)]


def test_linked_data_names_who_wrote_and_published(tmp_path: Path) -> None:
    graph = [
        {
            "@type": "NewsArticle",
            "headline": "T",
            "articleBody": "The port.",
            "author": {"@id": "#a"},
            "publisher": {"@id": "#b"},
        },
        {"@type": "WebPage", "name": "T | Courier", "description": "The port.", "datePublished": "2021-12-02"},
        {"@id": "#a", "@type": "Person", "name": "Jane Doe"},
        {"@id": "#b", "@type": "Organization", "name": "The Courier"},
    ]
    [found] = readings_of(tmp_path, "x.json", {"@graph": graph})
    assert found.article == Article("T", ("The port.",), outlet="The Courier", authors=("Jane Doe",))


def test_articles_in_what_is_an_article_itself_are_read_too(tmp_path: Path) -> None:
    inner = [{"title": name, "text": f"Text of {name}.", "url": f"https://gull.example/{name}"} for name in "AB"]
    bundle = {"title": "Bundle", "text": "Words of its own.", "articles": inner}
    export = {"articles": inner, "meta": {"title": "Export", "text": "Of today."}}
    for value, title in ((bundle, "Bundle"), (export, "Export"), ([bundle | {"children": inner}], "Bundle")):
        (tmp_path / "x.json").write_text(json.dumps(value))
        found = [one.article for one in read_files(find_files([tmp_path]), today=date(2025, 3, 10))]
        assert {one.title for one in found if one} == {title, "A", "B"}
    (tmp_path / "x.json").write_text(json.dumps(bundle | {"articles": [{"title": "Part", "text": "A part."}]}))
    [whole] = read_files(find_files([tmp_path]), today=date(2025, 3, 10))
    assert whole.notices == ("not read, as what stands beside articles: 'articles' (1)",)
