"""Answers for other programs: each format says what it must, and nothing of an article is obeyed in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from rag import Answer, Article, Claim, Scope
from rag.record.export.formats import FORMATS, export
from rag.record.links import deep_link
from rag.store.protocol import Summary
from tests.cited import HOSTILE, SNAPSHOT, answer_of, cite, hit, said
from tests.toy import HARBOUR, ORCHESTRA, PROTEST

TOLLS_URL = str(HARBOUR.url)
TWO = answer_of(
    Claim("The tolls rose.", (cite(HARBOUR, 1, 1, "raised the tolls by nine per cent"), cite(PROTEST, 2, 2))),
    said(HARBOUR, 3, 3),
)
LIMITED = replace(answer_of(), scope=Scope(outlets=("The Ellery Courier",)), hits=(hit(HARBOUR),))
LIMITED = replace(LIMITED, reason="None names “Ruhl”.", nearest=(said(HARBOUR, 3, 1),))
# How each format names the harbour's article, and what it says at the end.
SOURCE = f"Mara Quill: [Harbour tolls rise](<{TOLLS_URL}>), The Ellery Courier, 4 March 2025"
WRITTEN = f"Generator quotes, from snapshot {SNAPSHOT} of the coverage, with news-rag.\n"


def hostile(text: str) -> Answer:
    article = Article(text, (text, f"before {text} behind"), text, "https://news.example/a", (text, "Mara Quill"))
    cited = (cite(article, 2, 2, text),)
    marked = Claim(f"said {text}", cited, insertions=((0, 4),), answer_span=(5, 5 + len(text)))
    claims = said(article, 1, 1), marked
    return replace(answer_of(*claims, question=text), notice=text)


def test_markdown_has_a_footnote_for_each_source() -> None:
    first, second, third = map(deep_link, TWO.citations)
    assert export(replace(TWO, rewritten="Who raised tolls?", notice="It was slow."), "markdown") == (
        "# Who raised the tolls?\n\n"
        "The Ellery Courier, 4 March 2025: The tolls rose.[^1][^2]\n\n"
        "The Ellery Courier, 4 March 2025: Fishermen called the rise unfair and announced a protest.[^3]\n\n"
        f"Asked as: Who raised tolls?\n\nIt was slow.\n\n{WRITTEN}\n"
        f"[^1]: {SOURCE}, paragraph 1: “raised the tolls by nine per cent” [To the sentence](<{first}>)\n\n"
        "[^2]: Tobin Vance: [Fishermen block the quay](<https://strand-radio.example/quay-blocked>), Strand Radio, "
        f"12 April 2025, paragraph 2: “{PROTEST.paragraphs[1]}” [To the sentence](<{second}>)\n\n"
        f"[^3]: {SOURCE}, paragraph 3: “{HARBOUR.paragraphs[2]}” [To the sentence](<{third}>)\n"
    )


def test_a_refusal_says_what_was_searched_and_which_limits_left_nothing() -> None:
    searched = (
        "The coverage does not say. None names “Ruhl”. Within these limits (The Ellery Courier) it holds 3 articles of "
        "2 outlets, from 4 March 2025 to 2 May 2025."
    )
    assert export(LIMITED, "markdown") == (
        f"# Who raised the tolls?\n\n{searched}\n\nNearest, and no answer:\n\n- {SOURCE}: {HARBOUR.paragraphs[2]}\n\n"
        f"{WRITTEN}"
    )
    page = Tags(export(LIMITED, "html"))
    assert (searched in page.text, HARBOUR.paragraphs[2] in page.text, page.links()) == (True, True, {TOLLS_URL})
    nothing = replace(LIMITED, searched=Summary(0, (), None, None), nearest=())
    assert "No article is within these limits (The Ellery Courier). Widen them" in Tags(export(nothing, "html")).text
    asked = replace(LIMITED, question="Who\n@article{x, @comment?")
    assert export(asked, "bibtex") == f"% Asked: Who (at)article{{x, (at)comment?\n% {searched}\n"
    assert checked_csl(export(LIMITED, "csl")) == []


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_to_be_known_of_an_article_is_in_every_export(name: str) -> None:
    labelled = replace(HARBOUR, updated=date(2025, 3, 9), labels=("excerpt", "opinion"))
    text = export(answer_of(said(labelled, 1, 1)), name)
    assert all(remark in text for remark in ("updated 9 March 2025", "only the beginning", "opinion"))


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
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f\u202d\u202e]", " ", text).split())


@pytest.mark.parametrize("text", HOSTILE)
def test_no_article_is_obeyed_in_markdown(text: str) -> None:
    markdown = export(hostile(text), "markdown")
    tags = Tags(drawn(markdown))
    assert {tag for tag, _ in tags.tags} == {"h1", "p", "a", "em"}
    assert all(link and link.startswith("https://news.example/a") for link in tags.links())
    assert tags.comments == []
    assert len(re.findall(r"(?<!\\)\[\^\d+\]", markdown)) == 4  # ours: two markers, two notes
    assert shown(tags.text).count(shown(text)) >= 9  # every time as it is, to the letter
    # Renderers that make links of bare addresses find none.
    bare = re.sub(r"\(<[^>]*>\)", "", markdown)
    assert not re.search(r"https?://|www\.\w|\w\.example", bare)


def test_the_page_shows_each_claim_and_the_paragraph_it_rests_on() -> None:
    page = export(TWO, "html")
    assert '<p class="said" dir="auto">The tolls rose.<sup><a href="#c1">[1]</a></sup><sup><a href="#c2">[2]' in page
    assert (
        f'<li id="c1"><a href="{TOLLS_URL}#:~:text=raised%20the%20tolls%20by%20nine%20per%20cent" rel="noopener '
        'noreferrer nofollow"><bdi>Harbour tolls rise</bdi></a>, <bdi>The Ellery Courier, 4 March 2025</bdi>, '
        '<bdi>Mara Quill</bdi>, <bdi>ellery-courier.example</bdi>, paragraph 1<blockquote dir="auto">The harbour '
        "master of Port Ellery <mark>raised the tolls by nine per cent</mark> on Tuesday.</blockquote></li>"
    ) in page
    assert "<title>Who raised the tolls?</title>" in page


def test_what_is_ours_is_set_apart_in_a_claim_and_what_answers_is_set_off_on_the_page() -> None:
    text = "[3 March] Tolls_rose on Tuesday [4 March]."
    claim = Claim(text, (cite(HARBOUR, 1, 1),), insertions=((0, 10), (31, 41)), answer_span=(10, 20))
    answer = answer_of(claim)
    refused = replace(answer, claims=(), refused=True, nearest=answer.claims)
    page = "<small>[3 March] </small><strong>Tolls_rose</strong> on Tuesday<small> [4 March]</small>."
    markdown = r"*\[3 March\]* Tolls\_rose on Tuesday *\[4 March\]*."
    assert f">{page}<sup>" in export(answer, "html")
    assert f">{re.sub('</?strong>', '', page)}</blockquote>" in export(refused, "html")
    assert all(f": {markdown}" in export(one, "markdown") for one in (answer, refused))
    assert "<em>[4 March]</em>." in drawn(export(answer, "markdown"))
    inside = replace(answer, claims=(replace(answer.claims[0], answer_span=(21, 41)),))
    assert "<strong>" not in export(inside, "html")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_article_is_obeyed_on_the_page(text: str) -> None:
    page = export(hostile(text), "html")
    tags = Tags(page)
    assert [tag for tag, _ in tags.tags] == [tag for tag, _ in Tags(export(hostile("x"), "html")).tags]
    known = {"lang", "charset", "http-equiv", "content", "name", "dir", "class", "href", "rel", "id"}
    assert {name for _, attributes in tags.tags for name in attributes} == known
    assert all(link and re.match(r"#c[12]$|https://news\.example/a(#|$)", link) for link in tags.links())
    assert tags.comments == []
    assert shown(text) in shown(tags.text)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_no_article_is_obeyed_where_nothing_is_answered(text: str) -> None:
    def tags(text: str) -> list[tuple[set[str], set[str]]]:
        answer = hostile(text)
        refused = replace(answer, claims=(), refused=True, reason=text, nearest=answer.claims)
        helped = replace(answer, claims=(), help=text)
        assert export(refused, "bibtex").count("\n") == 2
        drawings = [(drawn(export(one, "markdown")), export(one, "html")) for one in (refused, helped)]
        assert all(shown(text) in Tags(" ".join(both)).text for both in drawings)
        return [({tag for tag, _ in Tags(one).tags}, {tag for tag, _ in Tags(two).tags}) for one, two in drawings]

    assert tags(text) == tags("x")


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
    cited = [
        {"marker": one.marker, "paragraph": one.paragraph, "quote": one.quote, "link": deep_link(one)}
        for one in (TWO.citations[0], TWO.citations[2])
    ]
    assert first == {
        **{"id": f"ellerycourier2025-{HARBOUR.id[:8]}", "type": "article-newspaper", "title": "Harbour tolls rise"},
        **{"container-title": "The Ellery Courier", "author": [{"family": "Quill", "given": "Mara"}]},
        **{"issued": {"date-parts": [[2025, 3, 4]]}, "accessed": {"date-parts": [[2026, 3, 14]]}, "URL": TOLLS_URL},
        "note": "[1] cites paragraph 1; [3] cites paragraph 3",
        "custom": {"article_id": HARBOUR.id, "article_version": HARBOUR.version, "citations": cited},
    }
    assert (second["id"], second["container-title"]) == (f"strandradio2025-{PROTEST.id[:8]}", "Strand Radio")


PARTED = [("Mara", "Quill"), ("Léa", "O'Brien"), ("Jean-Luc", "McAdam")]
WHOLE = ["Ludwig van Beethoven", "Associated Press", "Strand Wire", "Quill, Mara", "习近平", "M. Q."]


@pytest.mark.parametrize("name", [*PARTED, *WHOLE])
def test_a_name_is_parted_only_where_that_is_safe(name: str | tuple[str, str]) -> None:
    if isinstance(name, str):
        author, csl, bibtex = name, {"literal": name}, f"{{{name}}}"
    else:
        given, family = name
        author, csl, bibtex = f"{given} {family}", {"family": family, "given": given}, f"{family}, {given}"
    answer = answer_of(said(replace(HARBOUR, authors=(author, "Bo Ek")), 1, 1))
    [item] = checked_csl(export(answer, "csl"))
    assert item["author"] == [csl, {"family": "Ek", "given": "Bo"}]
    assert f"\n  author = {{{bibtex} and Ek, Bo}},\n" in export(answer, "bibtex")


def test_bibtex_has_an_entry_for_each_article() -> None:
    bare = replace(ORCHESTRA, outlet=None, published=None, url=None)
    fields = ["title = {{Harbour tolls rise}}", "author = {Quill, Mara}", "journal = {The Ellery Courier}"]
    fields += ["date = {2025-03-04}", "year = {2025}", f"url = {{{TOLLS_URL}}}", "urldate = {2026-03-14}"]
    assert export(answer_of(said(HARBOUR, 1, 1), said(bare, 1, 2)), "bibtex").splitlines() == [
        *("% Cited in an answer to: Who raised the tolls?", f"% Snapshot {SNAPSHOT} of the coverage", ""),
        f"@article{{ellerycourier2025-{HARBOUR.id[:8]},",
        *(f"  {field}," for field in [*fields, "note = {[1] cites paragraph 1}"]),
        *("}", "", f"@online{{article-{bare.id[:8]},"),
        *("  title = {{Orchestra finds a new hall}},", "  note = {[2] cites paragraph 1},", "}"),
    ]


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
def test_no_article_is_obeyed_in_a_bibliography(text: str) -> None:
    [item] = checked_csl(export(hostile(text), "csl"))
    for written in (item["title"], item["container-title"], item["author"][0]["literal"]):
        assert not re.search(r"</?[a-z]|\n", written)
        assert written.replace("‹", "<") == shown(text)
    assert item["note"] == "[1] cites paragraph 1; [2] cites paragraph 2"  # programs read fields out of notes
    [entry] = entries(export(hostile(text), "bibtex"))
    assert set(entry) == {"", "key", "title", "author", "journal", "url", "urldate", "note"}
    assert of_tex(entry["title"][2:-2]) == of_tex(entry["journal"][1:-1]) == shown(text)
    assert entry["author"].endswith("} and Quill, Mara}")
    assert entry["url"] == "{https://news.example/a}"


def test_two_versions_of_an_article_have_keys_of_their_own() -> None:
    newer = replace(HARBOUR, updated=date(2025, 3, 9))
    answer = answer_of(said(HARBOUR, 1, 1), said(newer, 1, 2), said(HARBOUR, 2, 3))
    key = f"ellerycourier2025-{HARBOUR.id[:8]}"
    assert [one["key"] for one in entries(export(answer, "bibtex"))] == [key, f"{key}-{newer.version}"]
    assert len(checked_csl(export(answer, "csl"))) == 2
