"""Answers for other programs: each format says what it must, and nothing of an article is obeyed in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from benchmarks.injections import INJECTIONS
from rag import Answer, Article, Citation, Claim, Scope
from rag.articles import Passage, Span, Subheading
from rag.record.export.formats import FORMATS, export
from rag.record.links import deep_link, host_of, web_address
from rag.search.hits import Explanation, Hit
from rag.store.protocol import Summary
from tests.test_page import HOSTILE
from tests.toy import HARBOUR, ORCHESTRA, PROTEST

SUMMARY = Summary(3, (("The Ellery Courier", 2), ("Strand Radio", 1)), date(2025, 3, 4), date(2025, 5, 2))
TOLLS_URL = "https://www.ellery-courier.example/2025/03/04/tolls"


def cite(article: Article, paragraph: int, marker: int, quote: str = "") -> Citation:
    text = article.paragraph(paragraph)
    quote = quote or text
    start = text.index(quote)
    return Citation(marker, article, paragraph, start, start + len(quote), quote)


def answer_of(*claims: Claim, question: str = "Who raised the tolls?") -> Answer:
    return Answer(
        question, Scope(), claims, not claims, (), SUMMARY, "20260314T101112Z-0a1b2c3d", generator="quotes", model="toy"
    )


def said(article: Article, paragraph: int, marker: int) -> Claim:
    return Claim(article.paragraph(paragraph), (cite(article, paragraph, marker),))


TWO = answer_of(
    Claim("The tolls rose.", (cite(HARBOUR, 1, 1, "raised the tolls by nine per cent"), cite(PROTEST, 2, 2))),
    said(HARBOUR, 3, 3),
)
LIMITED = replace(
    answer_of(),
    scope=Scope(outlets=("The Ellery Courier",)),
    hits=(Hit(1, 1.0, Passage(HARBOUR.id, (Span(1, 0, 5),), "The h"), HARBOUR, Explanation(0, 0, "")),),
)
HOSTILE_TEXTS = [
    *HOSTILE,
    *INJECTIONS,
    "- x",
    "1. x",
    "12) x",
    "+ x",
    ": x",
    "===",
    "---",
    "> x",
    "\t\tcode",
    "| a | b |",
]


def hostile(text: str) -> Answer:
    article = Article(text, (text, f"before {text} behind"), text, "https://news.example/a", (text, "Mara Quill"))
    return replace(
        answer_of(said(article, 1, 1), Claim(f"said {text}", (cite(article, 2, 2, text),)), question=text),
        notice=text,
    )


# ---- links to the sentence

LONG = "One two three four five six seven eight nine ten eleven twelve."
LINKS = [
    ("So it was.", "So%20it%20was"),
    ("“A, b-c & d,” she said: 100 %.", "A%2C%20b%2Dc%20%26%20d%2C%E2%80%9D%20she%20said%3A%20100"),
    (LONG, "One%20two%20three%20four,nine%20ten%20eleven%20twelve"),
    ("これは長い文です。", "%E3%81%93%E3%82%8C%E3%81%AF%E9%95%B7%E3%81%84%E6%96%87%E3%81%A7%E3%81%99"),
    ("नमस्ते।", "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87"),  # a vowel sign belongs to its letter
]


@pytest.mark.parametrize(("quote", "fragment"), LINKS)
def test_a_link_leads_to_the_sentence(quote: str, fragment: str) -> None:
    article = replace(HARBOUR, paragraphs=("Before.", f"Else. {quote}"))
    assert deep_link(cite(article, 2, 1, quote)) == f"{TOLLS_URL}#:~:text={fragment}"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x", "https://a.example/x#:~:text=So%20it%20was"),
        ("https://a.example/x#part", "https://a.example/x#part:~:text=So%20it%20was"),
        ("https://a.example/x#", "https://a.example/x#:~:text=So%20it%20was"),
        ("https://a.example/x#:~:text=other", "https://a.example/x#:~:text=So%20it%20was"),
        ("https://a.example/x#part:~:text=other", "https://a.example/x#part:~:text=So%20it%20was"),
        ('https://a.example/"><b>{\\}`', "https://a.example/%22%3E%3Cb%3E%7B%5C%7D%60#:~:text=So%20it%20was"),
        ("https://a.example/ünï", "https://a.example/ünï#:~:text=So%20it%20was"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/x", None),
        ("https://a.example/x y", None),
        ("https://a.example/\u202ex", None),
        ("http://[", None),
        ("https:///x", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    assert deep_link(cite(replace(HARBOUR, url=url, paragraphs=("So it was.",)), 1, 1)) == link
    assert (web_address(url) is None) == (host_of(url) is None) == (link is None)


SAME = "It was so, he said."
AMBIGUOUS = [
    # title, paragraphs, which is cited, from which character, and the fragment
    ("T", ("First words here. It was so, he said.", "Then other words. It was so, he said."), 2, 18,
     "Then%20other%20words.-,It%20was%20so%2C%20he%20said"),
    ("It was so, he said", ("Intro. It was so, he said.",), 1, 7, "Intro.-,It%20was%20so%2C%20he%20said"),
    ("IT WAS  SO, HE SAID again", (SAME,), 1, 0, "HE%20SAID%20again-,It%20was%20so%2C%20he%20said"),
    ("T", ("Sit was so, he said. It was so, he said.",), 1, 21, "It%20was%20so%2C%20he%20said"),  # whole words only
    ("T", ("It was so, he said. A b c d.", "It was so, he said. Again."), 2, 0,
     "b%20c%20d.-,It%20was%20so%2C%20he%20said"),
    ("T", ("x y z It was so, he said. Yes.", "x y z It was so, he said. No."), 2, 6,
     "It%20was%20so%2C%20he%20said,-.%20No."),
    ("T", (f"One {SAME} A.", f"Two {SAME} B.", f"One {SAME} B."), 3, 4,
     "One-,It%20was%20so%2C%20he%20said,-.%20B."),
    ("T", (SAME, SAME), 1, 0, "It%20was%20so%2C%20he%20said"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "paragraphs", "number", "start", "fragment"), AMBIGUOUS)
def test_words_around_it_tell_a_sentence_from_the_same_before(
    title: str, paragraphs: tuple[str, ...], number: int, start: int, fragment: str
) -> None:
    article = replace(HARBOUR, title=title, paragraphs=paragraphs)
    citation = Citation(1, article, number, start, start + len(SAME), SAME)
    assert article.paragraph(number)[start : citation.end] == SAME
    assert deep_link(citation) == f"{TOLLS_URL}#:~:text={fragment}"


def test_more_words_tell_long_sentences_apart() -> None:
    first = "a b c d e f g h one two three four."
    second = "a b c d e f z h i j k l m n o p one two three four."
    article = replace(HARBOUR, paragraphs=(first, second))
    assert deep_link(cite(article, 2, 1)) == (
        f"{TOLLS_URL}#:~:text=a%20b%20c%20d%20e%20f%20z,n%20o%20p%20one%20two%20three%20four"
    )
    article = replace(article, subheadings=(Subheading("a b c d e f z x", 2),))
    whole = "%20".join(second.rstrip(".").split())
    assert deep_link(cite(article, 2, 1)) == f"{TOLLS_URL}#:~:text={whole}"


def test_the_same_words_with_nothing_to_tell_them_apart_still_have_a_link() -> None:
    article = replace(HARBOUR, title="T", paragraphs=(SAME,) * 9)
    assert deep_link(cite(article, 5, 1)) == f"{TOLLS_URL}#:~:text=It%20was%20so%2C%20he%20said"


@pytest.mark.parametrize("quote", ["…", "。！？", "x" * 500], ids=["marks", "more marks", "endless"])
def test_what_no_browser_would_find_leads_to_the_page(quote: str) -> None:
    assert deep_link(cite(replace(HARBOUR, paragraphs=(quote,)), 1, 1)) == TOLLS_URL


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.data())
def test_any_text_has_a_link_that_is_one_word(paragraphs: list[str], data: st.DataObject) -> None:
    article = replace(HARBOUR, paragraphs=tuple(paragraphs))
    number = data.draw(st.integers(1, len(paragraphs)))
    link = deep_link(cite(article, number, 1))
    assert link is not None
    assert re.fullmatch(r"https://[a-z0-9./-]+(#:~:text=[A-Za-z0-9_.~%,-]+)?", link)
    unquote(link.partition(":~:text=")[2], errors="strict")


# ---- Markdown


def test_markdown_has_a_footnote_for_each_source() -> None:
    assert export(replace(TWO, rewritten="Who raised tolls?", notice="It was slow."), "markdown") == (
        "# Who raised the tolls?\n\n"
        "The Ellery Courier, 4 March 2025: The tolls rose.[^1][^2]\n\n"
        "The Ellery Courier, 4 March 2025: Fishermen called the rise unfair and announced a protest.[^3]\n\n"
        "Understood as: Who raised tolls?\n\n"
        "It was slow.\n\n"
        "Written by quotes from snapshot 20260314T101112Z-0a1b2c3d of the coverage, with news-rag.\n\n"
        f"[^1]: Mara Quill: [Harbour tolls rise](<{TOLLS_URL}>), The Ellery Courier, 4 March 2025, paragraph 1: "
        f"“raised the tolls by nine per cent” [To the sentence](<{TOLLS_URL}#:~:text=raised%20the%20tolls%20by%20nine"
        "%20per%20cent>)\n\n"
        "[^2]: Tobin Vance: [Fishermen block the quay](<https://strand-radio.example/quay-blocked>), Strand Radio, "
        "12 April 2025, paragraph 2: “Odile Brandt offered to talk, but ruled out lower tolls.” [To the sentence]"
        "(<https://strand-radio.example/quay-blocked#:~:text=Odile%20Brandt%20offered%20to%20talk%2C%20but%20ruled%20"
        "out%20lower%20tolls>)\n\n"
        f"[^3]: Mara Quill: [Harbour tolls rise](<{TOLLS_URL}>), The Ellery Courier, 4 March 2025, paragraph 3: "
        f"“Fishermen called the rise unfair and announced a protest.” [To the sentence](<{TOLLS_URL}#:~:text=Fishermen"
        "%20called%20the%20rise%20unfair%20and%20announced%20a%20protest>)\n"
    )


def test_a_refusal_says_in_markdown_what_was_searched() -> None:
    assert export(LIMITED, "markdown") == (
        "# Who raised the tolls?\n\n"
        "The coverage does not answer this. Within these limits (The Ellery Courier) it holds 3 articles of 2 outlets, "
        "from 4 March 2025 to 2 May 2025.\n\n"
        "What comes nearest:\n\n"
        f"- Mara Quill: [Harbour tolls rise](<{TOLLS_URL}>), The Ellery Courier, 4 March 2025\n\n"
        "Written by quotes from snapshot 20260314T101112Z-0a1b2c3d of the coverage, with news-rag.\n"
    )


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


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
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


def test_a_refusal_says_on_the_page_what_was_searched() -> None:
    tags = Tags(export(LIMITED, "html"))
    assert (
        "does not answer this. Within these limits (The Ellery Courier) it holds 3 articles of 2 outlets" in tags.text
    )
    assert tags.links() == {TOLLS_URL}
    nothing = replace(LIMITED, searched=Summary(0, (), None, None), hits=())
    assert "No article is within these limits (The Ellery Courier). Widen them" in Tags(export(nothing, "html")).text


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
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

# The parts of the standard's schema (csl-data.json) that concern us.
_CSL_TEXT = {"title", "container-title", "section", "language", "URL", "note"}
_CSL_FIELDS = _CSL_TEXT | {"id", "type", "author", "issued", "accessed", "custom"}


def checked_csl(text: str) -> list[dict[str, Any]]:
    items = json.loads(text)
    assert isinstance(items, list)
    for item in items:
        assert set(item) <= _CSL_FIELDS
        assert item["type"] == "article-newspaper"
        assert all(isinstance(item[name], str) for name in (_CSL_TEXT | {"id"}) & set(item))
        assert all(set(name) in ({"literal"}, {"family", "given"}) for name in item.get("author", []))
        for name in {"issued", "accessed"} & set(item):
            assert [len(part) for part in item[name]["date-parts"]] == [3]
        assert isinstance(item["custom"], dict)
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
                {
                    "marker": marker,
                    "paragraph": paragraph,
                    "quote": quote,
                    "link": f"{TOLLS_URL}#:~:text={fragment}",
                }
                for marker, paragraph, quote, fragment in (
                    (1, 1, "raised the tolls by nine per cent", "raised%20the%20tolls%20by%20nine%20per%20cent"),
                    (
                        3,
                        3,
                        HARBOUR.paragraphs[2],
                        "Fishermen%20called%20the%20rise%20unfair%20and%20announced%20a%20protest",
                    ),
                )
            ],
        },
    }
    assert (second["id"], second["container-title"]) == (f"strandradio2025-{PROTEST.id[:8]}", "Strand Radio")
    assert checked_csl(export(LIMITED, "csl")) == []


NAMES = [
    ("Mara Quill", {"family": "Quill", "given": "Mara"}, "Quill, Mara"),
    ("Léa O'Brien", {"family": "O'Brien", "given": "Léa"}, "O'Brien, Léa"),
    ("Jean-Luc McAdam", {"family": "McAdam", "given": "Jean-Luc"}, "McAdam, Jean-Luc"),
    ("Ian McAdam", {"family": "McAdam", "given": "Ian"}, "McAdam, Ian"),
    ("Ludwig van Beethoven", {"literal": "Ludwig van Beethoven"}, "{Ludwig van Beethoven}"),
    ("Associated Press", {"literal": "Associated Press"}, "{Associated Press}"),
    ("Strand Wire", {"literal": "Strand Wire"}, "{Strand Wire}"),
    ("Quill, Mara", {"literal": "Quill, Mara"}, "{Quill, Mara}"),
    ("Salt and Pepper", {"literal": "Salt and Pepper"}, "{Salt and Pepper}"),
    ("习近平", {"literal": "习近平"}, "{习近平}"),
    ("M. Q.", {"literal": "M. Q."}, "{M. Q.}"),
]


@pytest.mark.parametrize(("name", "csl", "bibtex"), NAMES)
def test_a_name_is_parted_only_where_that_is_safe(name: str, csl: dict[str, str], bibtex: str) -> None:
    answer = answer_of(said(replace(HARBOUR, authors=(name, "Bo Ek")), 1, 1))
    [item] = checked_csl(export(answer, "csl"))
    assert item["author"] == [csl, {"family": "Ek", "given": "Bo"}]
    assert f"\n  author = {{{bibtex} and Ek, Bo}},\n" in export(answer, "bibtex")


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_no_article_is_obeyed_in_csl_json(text: str) -> None:
    [item] = checked_csl(export(hostile(text), "csl"))
    for part in (item["title"], item["container-title"], item["author"][0]["literal"]):
        assert not re.search(r"</?[a-z]|\n", part)
        assert part.replace("‹", "<") == shown(text)
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
        "  month = mar,\n"
        "}\n"
        "\n"
        f"@online{{article-{untold},\n"
        "  title = {{Orchestra finds a new hall}},\n"
        "  note = {[2] cites paragraph 1},\n"
        "}\n"
    )


def test_a_refusal_says_in_bibtex_what_was_searched() -> None:
    assert export(replace(LIMITED, question="Who\n@article{x, @comment?"), "bibtex") == (
        "% Asked: Who (at)article{x, (at)comment?\n"
        "% The coverage does not answer this. Within these limits (The Ellery Courier) it holds 3 articles of 2 "
        "outlets, from 4 March 2025 to 2 May 2025.\n"
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


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, r"\input{/etc/passwd} } @article{x, ~^_%#&$ {{{ \} \{"])
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
        f"ellerycourier2025-{HARBOUR.id[:8]}-{HARBOUR.id[8:]}-{newer.version}",
    ]
    assert len(checked_csl(export(answer, "csl"))) == 2


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("answer", [TWO, LIMITED], ids=["answer", "refusal"])
def test_every_format_ends_with_a_line_break(name: str, answer: Answer) -> None:
    text = export(answer, name)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_an_unknown_format_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="no format 'docx': there are markdown, html, csl, bibtex"):
        export(TWO, "docx")
