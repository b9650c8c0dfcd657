"""Answers for other programs: each format says what it must, and nothing of an article is obeyed in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag import Answer, Article, Claim, Hit, Passage, Scope, Span
from rag.record.export.formats import export
from rag.record.links import deep_link
from rag.search.hits import Explanation
from rag.store.protocol import Summary
from tests.cited import answer_of, cite, said
from tests.toy import HARBOUR, ORCHESTRA, PROTEST

TOLLS_URL = "https://www.ellery-courier.example/2025/03/04/tolls"
TWO = answer_of(
    Claim("The tolls rose.", (cite(HARBOUR, 1, 1, "raised the tolls by nine per cent"), cite(PROTEST, 2, 2))),
    said(HARBOUR, 3, 3),
)
LIMITED = replace(
    answer_of(),
    scope=Scope(outlets=("The Ellery Courier",)),
    hits=(Hit(1, 1.0, Passage(HARBOUR.id, (Span(1, 0, 5),), "The h"), HARBOUR, Explanation(0, 0, "")),),
)
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="https://evil.example/x.png" onerror="alert(1)">',
    "[click](https://evil.example) ![see](https://evil.example/i.png)",
    "as proven [1] and [2](#c2) and [^1] and [^1]: x",
    "https://evil.example and www.evil.example and a@evil.example and mailto:a@evil.example",
    "\u202edesrever\u202c \u2067isolated",
    "\" onmouseover='alert(1)' x=`y`",
    "line\n\n<b>bold</b>\r\n\tnext\x00\x1b",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "{{value}} ${alert(1)} {% raw %} $$\\href{https://evil.example}{x}$$ \\(a\\)",
    "<details open ontoggle=alert(1)><style>*{background:url(//evil.example)}</style>",
    "</title></mark></blockquote><!-- x -->",
    r"\input{/etc/passwd} } @article{x, ~^_%#&$ {{{ \} \{",
    "# heading",
    "- x",
    "1. x",
    "12) x",
    "+ x",
    ": x",
    "===",
    "> x",
    "\t\tcode",
    "| a | b |",
    "```\ncode\n```",
]


def hostile(text: str) -> Answer:
    article = Article(text, (text, f"before {text} behind"), text, "https://news.example/a", (text, "Mara Quill"))
    claims = said(article, 1, 1), Claim(f"said {text}", (cite(article, 2, 2, text),))
    return replace(answer_of(*claims, question=text), notice=text)


# ---- Markdown


def test_markdown_has_a_footnote_for_each_source() -> None:
    first, second, third = map(deep_link, TWO.citations)
    assert export(replace(TWO, rewritten="Who raised tolls?", notice="It was slow."), "markdown") == (
        "# Who raised the tolls?\n\n"
        "The Ellery Courier, 4 March 2025: The tolls rose.[^1][^2]\n\n"
        "The Ellery Courier, 4 March 2025: Fishermen called the rise unfair and announced a protest.[^3]\n\n"
        "Asked as: Who raised tolls?\n\n"
        "It was slow.\n\n"
        "Written by quotes from snapshot 20260314T101112Z-0a1b2c3d of the coverage, with news-rag.\n\n"
        f"[^1]: Mara Quill: [Harbour tolls rise](<{TOLLS_URL}>), The Ellery Courier, 4 March 2025, paragraph 1: "
        f"“raised the tolls by nine per cent” [To the sentence](<{first}>)\n\n"
        "[^2]: Tobin Vance: [Fishermen block the quay](<https://strand-radio.example/quay-blocked>), Strand Radio, "
        "12 April 2025, paragraph 2: “Odile Brandt offered to talk, but ruled out lower tolls.” [To the sentence]"
        f"(<{second}>)\n\n"
        f"[^3]: Mara Quill: [Harbour tolls rise](<{TOLLS_URL}>), The Ellery Courier, 4 March 2025, paragraph 3: "
        f"“Fishermen called the rise unfair and announced a protest.” [To the sentence](<{third}>)\n"
    )


def test_a_refusal_says_what_was_searched_and_which_limits_left_nothing() -> None:
    searched = (
        "The coverage does not answer this. Within these limits (The Ellery Courier) it holds 3 articles of 2 outlets, "
        "from 4 March 2025 to 2 May 2025."
    )
    assert export(LIMITED, "markdown") == (
        f"# Who raised the tolls?\n\n{searched}\n\n"
        "What comes nearest:\n\n"
        f"- Mara Quill: [Harbour tolls rise](<{TOLLS_URL}>), The Ellery Courier, 4 March 2025\n\n"
        "Written by quotes from snapshot 20260314T101112Z-0a1b2c3d of the coverage, with news-rag.\n"
    )
    page = Tags(export(LIMITED, "html"))
    assert (searched in page.text, page.links()) == (True, {TOLLS_URL})
    nothing = replace(LIMITED, searched=Summary(0, (), None, None), hits=())
    assert "No article is within these limits (The Ellery Courier). Widen them" in Tags(export(nothing, "html")).text
    assert export(replace(LIMITED, question="Who\n@article{x, @comment?"), "bibtex") == (
        f"% Asked: Who (at)article{{x, (at)comment?\n% {searched}\n"
    )
    assert checked_csl(export(LIMITED, "csl")) == []


def drawn(markdown: str) -> str:
    """Render it with everything that Markdown has; its footnotes as plain paragraphs, so that all of them are seen."""
    renderer = MarkdownIt("js-default", {"html": True}).enable(["table", "strikethrough"])
    return str(renderer.render(re.sub(r"^\[\^(\d+)\]: ", r"Note \1: ", markdown, flags=re.MULTILINE)))


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def links(self) -> set[str | None]:
        return {attributes.get("href") for tag, attributes in self.tags if tag == "a"}


def shown(text: str) -> str:
    """The text as a reader sees it."""
    return " ".join(
        "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202d\u202e" else c for c in text).split()
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_article_is_obeyed_in_markdown(text: str) -> None:
    markdown = export(hostile(text), "markdown")
    tags = Tags(drawn(markdown))
    assert {tag for tag, _ in tags.tags} == {"h1", "p", "a"}
    assert all(link and link.startswith("https://news.example/a") for link in tags.links())
    assert tags.comments == []
    assert len(re.findall(r"(?<!\\)\[\^\d+\]", markdown)) == 4  # ours: two markers, two notes
    assert shown(tags.text).count(shown(text)) >= 9  # every time as it is, to the letter
    # Renderers that make links of bare addresses find none.
    bare = re.sub(r"\(<[^>]*>\)", "", markdown)
    assert not re.search(r"https?://|www\.\w|\w\.example", bare)


@given(st.text(min_size=1))
def test_any_text_is_shown_in_markdown_as_it_is(text: str) -> None:
    article = replace(HARBOUR, paragraphs=(f"x {text} x",), title=text)
    tags = Tags(drawn(export(answer_of(said(article, 1, 1), question=text), "markdown")))
    assert {tag for tag, _ in tags.tags} <= {"h1", "p", "a"}
    assert shown(f"x {text} x") in shown(tags.text)


# ---- the web page


def test_the_page_shows_each_claim_and_the_paragraph_it_rests_on() -> None:
    page = export(TWO, "html")
    assert '<p class="said" dir="auto">The tolls rose.<sup><a href="#c1">[1]</a></sup><sup><a href="#c2">[2]' in page
    assert (
        '<li id="c1"><a href="https://www.ellery-courier.example/2025/03/04/tolls#:~:text=raised%20the%20tolls%20by%20'
        'nine%20per%20cent" rel="noopener noreferrer nofollow"><bdi>Harbour tolls rise</bdi></a>, <bdi>The Ellery '
        "Courier, 4 March 2025</bdi>, <bdi>Mara Quill</bdi>, <bdi>ellery-courier.example</bdi>, paragraph 1"
        '<blockquote dir="auto">The harbour master of Port Ellery <mark>raised the tolls by nine per cent</mark> on '
        "Tuesday.</blockquote></li>"
    ) in page
    assert "<title>Who raised the tolls?</title>" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_no_article_is_obeyed_on_the_page(text: str) -> None:
    page = export(hostile(text), "html")
    plain = export(hostile("x"), "html")
    tags = Tags(page)
    assert [tag for tag, _ in tags.tags] == [tag for tag, _ in Tags(plain).tags]
    assert {name for _, attributes in tags.tags for name in attributes} == {
        *("lang", "charset", "http-equiv", "content", "name", "dir", "class", "href", "rel", "id"),
    }
    assert all(link and re.match(r"#c[12]$|https://news\.example/a(#|$)", link) for link in tags.links())
    assert tags.comments == []
    assert shown(text) in shown(tags.text)
    assert "default-src 'none'" in page


# ---- CSL-JSON

# What of the standard's schema (csl-data.json) concerns us.
_CSL_TEXT = {"id", "type", "title", "container-title", "section", "language", "URL", "note"}


def checked_csl(text: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(text)
    for item in items:
        assert {name for name in item if isinstance(item[name], str)} <= _CSL_TEXT
        assert item.keys() - _CSL_TEXT <= {"author", "issued", "accessed", "custom"}
        assert all(set(name) in ({"literal"}, {"family", "given"}) for name in item.get("author", []))
    assert len({item["id"] for item in items}) == len(items)
    return items


def test_csl_json_has_an_item_for_each_article() -> None:
    first, second = checked_csl(export(TWO, "csl"))
    assert first == {
        "id": f"ellerycourier2025-{HARBOUR.id[:8]}",
        "type": "article-newspaper",
        "title": "Harbour tolls rise",
        "container-title": "The Ellery Courier",
        "author": [{"family": "Quill", "given": "Mara"}],
        "issued": {"date-parts": [[2025, 3, 4]]},
        "URL": TOLLS_URL,
        "accessed": {"date-parts": [[2026, 3, 14]]},
        "note": "[1] cites paragraph 1; [3] cites paragraph 3",
        "custom": {
            "article_id": HARBOUR.id,
            "article_version": HARBOUR.version,
            "citations": [
                {"marker": one.marker, "paragraph": one.paragraph, "quote": one.quote, "link": deep_link(one)}
                for one in (TWO.citations[0], TWO.citations[2])
            ],
        },
    }
    assert (second["id"], second["container-title"]) == (f"strandradio2025-{PROTEST.id[:8]}", "Strand Radio")


NAMES = [
    ("Mara Quill", {"family": "Quill", "given": "Mara"}, "Quill, Mara"),
    ("Léa O'Brien", {"family": "O'Brien", "given": "Léa"}, "O'Brien, Léa"),
    ("Ludwig van Beethoven", {"literal": "Ludwig van Beethoven"}, "{Ludwig van Beethoven}"),
    ("Associated Press", {"literal": "Associated Press"}, "{Associated Press}"),
    ("Strand Wire", {"literal": "Strand Wire"}, "{Strand Wire}"),
    ("Quill, Mara", {"literal": "Quill, Mara"}, "{Quill, Mara}"),
    ("M. Q.", {"literal": "M. Q."}, "{M. Q.}"),
]


@pytest.mark.parametrize(("name", "csl", "bibtex"), NAMES)
def test_a_name_is_parted_only_where_that_is_safe(name: str, csl: dict[str, str], bibtex: str) -> None:
    answer = answer_of(said(replace(HARBOUR, authors=(name, "Bo Ek")), 1, 1))
    [item] = checked_csl(export(answer, "csl"))
    assert item["author"] == [csl, {"family": "Ek", "given": "Bo"}]
    assert f"\n  author = {{{bibtex} and Ek, Bo}},\n" in export(answer, "bibtex")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_article_is_obeyed_in_csl_json(text: str) -> None:
    [item] = checked_csl(export(hostile(text), "csl"))
    for written in (item["title"], item["container-title"], item["author"][0]["literal"]):
        assert not re.search(r"</?[a-z]|\n", written)
        assert written.replace("‹", "<") == shown(text)
    assert item["note"] == "[1] cites paragraph 1; [2] cites paragraph 2"  # programs read fields out of notes


# ---- BibTeX


def test_bibtex_has_an_entry_for_each_article() -> None:
    answer = answer_of(said(HARBOUR, 1, 1), said(replace(ORCHESTRA, outlet=None, published=None, url=None), 1, 2))
    untold = replace(ORCHESTRA, outlet=None, published=None, url=None).id[:8]
    assert export(answer, "bibtex") == (
        "% Cited in an answer to: Who raised the tolls?\n"
        "% Snapshot 20260314T101112Z-0a1b2c3d of the coverage\n"
        "\n"
        f"@article{{ellerycourier2025-{HARBOUR.id[:8]},\n"
        "  title = {{Harbour tolls rise}},\n"
        "  author = {Quill, Mara},\n"
        "  journal = {The Ellery Courier},\n"
        "  date = {2025-03-04},\n"
        "  year = {2025},\n"
        f"  url = {{{TOLLS_URL}}},\n"
        "  urldate = {2026-03-14},\n"
        "  note = {[1] cites paragraph 1},\n"
        "}\n"
        "\n"
        f"@online{{article-{untold},\n"
        "  title = {{Orchestra finds a new hall}},\n"
        "  note = {[2] cites paragraph 1},\n"
        "}\n"
    )


def entries(bibtex: str) -> list[dict[str, str]]:
    """Read BibTeX as BibTeX does: braces count, whatever stands before them."""
    found, at = [], 0
    while (begin := bibtex.find("@", at)) >= 0:
        kind = re.compile(r"@([a-z]+)\{([a-z0-9-]+),\n").match(bibtex, begin)
        assert kind
        entry, at = {"": kind[1], "key": kind[2]}, kind.end()
        while not bibtex.startswith("}", at):
            field = re.compile(r"  ([a-z]+) = ").match(bibtex, at)
            assert field
            start = at = field.end()
            depth = 0
            while depth or bibtex[at] != ",":
                depth += {"{": 1, "}": -1}.get(bibtex[at], 0)
                assert depth >= 0
                at += 1
            entry[field[1]] = bibtex[start:at]
            at += 2
        found.append(entry)
    return found


def of_tex(text: str) -> str:
    """What TeX would print."""
    for command, character in (("backslash", "\\"), ("braceleft", "{"), ("braceright", "}")):
        text = text.replace(f"\\text{command}{{}}", f"\0{ord(character)}\0")
    text = text.replace(r"\textasciitilde{}", "~").replace(r"\textasciicircum{}", "^")
    assert not re.search(r"(?<!\\)[%#&_$]", text)
    text = re.sub(r"\\([%#&_$])", r"\1", text)
    assert not re.search(r"[\\{}]", text)
    return re.sub(r"\0(\d+)\0", lambda found: chr(int(found[1])), text)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_article_is_obeyed_in_bibtex(text: str) -> None:
    [entry] = entries(export(hostile(text), "bibtex"))
    assert set(entry) == {"", "key", "title", "author", "journal", "url", "urldate", "note"}
    assert of_tex(entry["title"][2:-2]) == of_tex(entry["journal"][1:-1]) == shown(text)
    assert entry["author"].endswith("} and Quill, Mara}")
    assert entry["url"] == "{https://news.example/a}"


@given(st.text())
def test_any_text_stays_within_its_braces(text: str) -> None:
    [entry] = entries(export(answer_of(said(replace(HARBOUR, title=text), 1, 1), question=text), "bibtex"))
    assert of_tex(entry["title"][2:-2]) == shown(text.encode("utf-8", "replace").decode())


def test_two_versions_of_an_article_have_keys_of_their_own() -> None:
    newer = replace(HARBOUR, updated=date(2025, 3, 9))
    answer = answer_of(said(HARBOUR, 1, 1), said(newer, 1, 2), said(HARBOUR, 2, 3))
    assert [one["key"] for one in entries(export(answer, "bibtex"))] == [
        f"ellerycourier2025-{HARBOUR.id[:8]}",
        f"ellerycourier2025-{HARBOUR.id[:8]}-{newer.version}",
    ]
    assert len(checked_csl(export(answer, "csl"))) == 2


def test_an_unknown_format_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="no format 'docx': there are markdown, html, csl, bibtex"):
        export(TWO, "docx")
