"""The list of articles: its address is read, its pages and states are shown, and an article is shown whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.articles import Article, Span, Subheading
from rag.store.protocol import Summary
from rag.store.scope import Scope
from rag.store.snapshot import Snapshot
from rag.web.browsing import Found, Listing, find, read_listing, render_article, render_listing
from tests.drawn import HOSTILE, Drawn
from tests.markup import Html
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index


def indexed(folder: Path, articles: Sequence[Article]) -> Snapshot:
    build_index(folder / "index", articles)
    return Snapshot.open(folder / "index")


def test_an_address_is_read_and_written() -> None:
    params = {"words": " tolls\n quay", "from": "2025-03-01", "to": "2025-04-30", "outlet": "Strand Radio", "page": "2"}
    listing = read_listing(params | {"language": "French", "other": "x"})
    assert listing == Listing("tolls quay", date(2025, 3, 1), date(2025, 4, 30), "Strand Radio", "fr", 2)
    assert listing.scope == Scope(date(2025, 3, 1), date(2025, 4, 30), ("Strand Radio",), languages=("fr",))
    assert listing.address(3) == (
        "articles?words=tolls+quay&from=2025-03-01&to=2025-04-30&outlet=Strand+Radio&language=fr&page=3"
    )
    assert read_listing({}) == Listing()
    assert Listing().address() == "articles?"


@pytest.mark.parametrize(
    ("params", "notice"),
    [
        ({"from": "4.3.2025"}, "'4.3.2025' is not a day: write 2025-03-04, 2025-03 for a month or 2025 for a year"),
        ({"to": "2025-02-30"}, "'2025-02-30' is not a day: write 2025-03-04, 2025-03 for a month or 2025 for a year"),
        (
            {"from": "2025-04-01", "to": "2025-03-01"},
            "the range of days is the wrong way round: from 2025-04-01 to 2025-03-01",
        ),
    ],
)
def test_bad_days_are_left_out_and_said(params: dict[str, str], notice: str) -> None:
    assert read_listing(params) == Listing(notices=(notice,))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000, "²", ""])
def test_what_is_no_page_is_the_first(page: str) -> None:
    assert read_listing({"page": page}).page == 1


def test_pages_of_twenty(tmp_path: Path) -> None:
    articles = [replace(HARBOUR, title=f"Tolls {n}", url=f"https://c.example/{n}") for n in range(41)]
    store = indexed(tmp_path, articles)
    middle = find(store, Listing("tolls", page=2))
    assert (middle.total, len(middle.articles)) == (41, 20)
    html = render_listing(middle)
    assert "21 to 40 of 41 articles, the newest first" in html
    drawn = Drawn(html)
    links = [(one.get("rel"), one["href"]) for tag, one in drawn.elements if tag == "a" and "rel" in one]
    assert links[-2:] == [("prev", "/articles?words=tolls"), ("next", "/articles?words=tolls&page=3")]
    boxes = [one for tag, one in drawn.elements if tag == "input" and one["type"] == "checkbox"]
    assert [(one["name"], one["value"]) for one in boxes] == [("articles", one.id) for one in middle.articles]
    assert boxes[0]["aria-label"] == f"Choose {middle.articles[0].title}"
    assert links[:-2] == []
    assert drawn.all("a", "href")[:-2] == [f"/articles/{one.id}" for one in middle.articles]
    # Beyond the last page is the last.
    assert find(store, Listing(page=999)).listing.page == 3
    assert [one.title for one in find(store, Listing(page=999)).articles] == ["Tolls 40"]


def test_limits_and_states(tmp_path: Path) -> None:
    store = indexed(tmp_path, [HARBOUR, replace(PROTEST, language="fr"), replace(ORCHESTRA, language="de")])
    listed = find(store, read_listing({"outlet": "strand radio", "language": "fr"}))
    assert listed.articles == (replace(PROTEST, language="fr"),)
    drawn = Drawn(render_listing(listed))
    assert [one["value"] for tag, one in drawn.elements if tag == "option" and "selected" in one] == [
        "Strand Radio",
        "fr",
    ]
    lacking = find(store, read_listing({"outlet": "Zeta", "words": "tolls"}))
    assert lacking.listing == Listing(
        "tolls", notices=("no outlet 'Zeta' in the index: it holds Strand Radio, The Ellery Courier",)
    )
    assert lacking.total == 2
    assert "No outlet &#39;Zeta&#39; in the index" in render_listing(lacking)
    nothing = render_listing(find(store, Listing("zeppelin", published_from=date(2025, 5, 1))))
    assert 'No article says all of these words within these limits. <a href="/articles">' in nothing
    assert "<ul" not in nothing
    assert "No article is within these limits." in render_listing(find(store, Listing(published_from=date(2026, 1, 1))))
    empty = render_listing(Found(Listing(), 0, (), Summary(0, (), None, None)))
    assert "The index holds no articles yet" in empty
    assert "<form" not in empty


WHOLE = Article(
    "Council hears the harbour master",
    ("The council met. Nobody spoke.", "The wall loses its foundation each winter.", "It ended before midnight."),
    *("Ellery Evening Post", "https://evening-post.example/council"),
    authors=("Mara Quill",),
    published=date(2025, 4, 17),
    updated=date(2025, 4, 18),
    language="en",
    subheadings=(Subheading("The wall", 2),),
    labels=("opinion",),
)


def test_an_article_is_shown_whole_with_what_is_cited_marked() -> None:
    html = render_article(WHOLE, [Span(2, 4, 14), Span(2, 9, 29), Span(1, 17, 9999), Span(7, 0, 3)])
    found = Html(html)
    assert found.texts("h2", "h3") == [WHOLE.title, "The wall"]
    assert found.values("id", "p") == ["p1", "p2", "p3"]
    assert found.texts("mark") == ["Nobody spoke.", "wall loses", "its foundation"]
    assert found.texts("p")[-3:] == [*WHOLE.paragraphs]
    assert found.texts(".label") == ["updated 18 April 2025", "opinion"]
    assert found.texts(".byline") == ["By Mara Quill"]
    drawn = Drawn(html)
    assert drawn.all("a", "href") == [WHOLE.url]
    assert drawn.all("div", "lang") == ["en"]


def test_hostile_text_is_shown_and_never_obeyed() -> None:
    hostile = Article(
        HOSTILE,
        (HOSTILE,),
        HOSTILE,
        "javascript:alert(1)",
        (HOSTILE,),
        language=HOSTILE,
        subheadings=(Subheading(HOSTILE, 1),),
    )
    holds = Summary(1, ((HOSTILE, 1),), None, None, languages=((HOSTILE, 1), ("fr", 1)))
    listing = read_listing(dict.fromkeys(("words", "from", "to", "outlet", "language", "page"), HOSTILE))
    for html in (
        render_listing(Found(listing, 99, (hostile,), holds)),
        render_listing(Found(listing, 0, (), holds)),
        render_article(hostile, [Span(1, 3, 9)]),
    ):
        drawn = Drawn(html)
        assert drawn.harmless
        assert not [one for one in drawn.all("a", "href") if not str(one).startswith("/articles")]
        assert not drawn.all("div", "lang")
