"""Saved web pages: the article of a page, what the page says about itself, and pages that are something else."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.articles.markup import plain
from index.readers import bounded
from index.sources import files
from index.sources.formats import format_of, items_of
from index.sources.reading import SourceItem, read
from index.sources.source import Item
from rag.articles import Subheading
from rag.errors import ArticleUnreadable

TODAY = date(2025, 3, 10)
PARAGRAPHS = (
    "The tram company of Quarrendon closed its river depot on Tuesday after inspectors found cracks in four of its roof"
    " beams, and 31 trams were moved to the Hask yard.",
    "“We saw it at once,” said Marta Oyelaran, who leads the inspectors.",
    "No one was hurt.",
    "The repairs will take eleven months and cost 4.2 million crowns, the transport office of Lindmoor said.",
)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
URL = "https://www.lindmoor-gull.example/2025/03/04/river-depot"


def item(folder: Path, data: str | bytes, name: str = "page.html") -> SourceItem:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    [found] = read([files.source_of(path)], today=TODAY)
    return found


def record(folder: Path, data: str) -> dict[str, object]:
    """What the reader makes of a page before it is an article, with the labels."""
    path = folder / "page.html"
    path.write_text(data, encoding="utf-8")
    found, *_ = items_of(files.source_of(path)) or iter(())
    assert isinstance(found, Item)
    assert isinstance(found.value, dict)
    return found.value | {"notices": found.notices}


ARTICLE = f"<article><h1>River depot closed</h1>{TEXT}</article>"


def page(body: str = ARTICLE, head: str = "", about: object = None) -> str:
    script = f'<script type="application/ld+json">{json.dumps(about)}</script>' if about else ""
    head = f"<title>River depot closed</title>{head}{script}"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"


def news(**facts: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "River depot closed", **facts}


def test_the_article_of_a_page_and_what_its_json_ld_says(tmp_path: Path) -> None:
    graph = {
        "@graph": [
            {"@type": "Person", "@id": "#ines", "name": "Ines Corvath"},
            {"@type": "Organization", "@id": "#gull", "name": "The Lindmoor Gull"},
            {"@type": "WebPage", "datePublished": "2025-02-01"},
            news(
                author=[{"@id": "#ines"}, {"@type": "Person", "name": "Rolf Tamsin, Lindmoor Gull"}],
                publisher={"@id": "#gull"},
                datePublished="2025-03-04T10:15:00+01:00",
                dateModified="2025-03-05T08:00:00Z",
                articleSection=["City", "Transport"],
                mainEntityOfPage={"@id": URL},
            ),
        ]
    }
    body = f"""<nav><a href="/">Home</a> <a href="/city">City</a></nav>
        <main><article><h1>River depot closed for repairs</h1><p>By Ines Corvath</p>{TEXT}
        <h2>The cost</h2><ul><li>Roof: 2 million crowns</li><li>Beams: 1.1 million</li></ul>
        <table><tr><th>Year</th><th>Spent</th></tr><tr><td>2024</td><td>2,400,000</td></tr></table>
        <p>Trams of lines 3 and 7 will start ten minutes earlier until then.</p>
        <p><a href="/other">Mayor of Vellmar asks for a second bridge</a></p></article>
        <div class="comments"><p>I have always said that the old roof would not last, but nobody listened.</p></div>
        </main><footer>© The Lindmoor Gull</footer>"""
    head = '<meta property="og:title" content="River depot closed for repairs | The Lindmoor Gull">'
    found = item(tmp_path, page(body, head, graph))
    assert found.reason is None
    article = found.article
    assert article is not None
    assert article.title == "River depot closed for repairs"
    assert article.paragraphs == (
        *PARAGRAPHS,
        *("Roof: 2 million crowns", "Beams: 1.1 million", "Year: 2024, Spent: 2,400,000."),
        "Trams of lines 3 and 7 will start ten minutes earlier until then.",
    )
    assert article.subheadings == (Subheading("The cost", before=5),)
    assert (article.outlet, article.url, article.section, article.language) == ("The Lindmoor Gull", URL, "City", "en")
    assert article.authors == ("Ines Corvath", "Rolf Tamsin")
    assert article.published == date(2025, 3, 4)
    assert article.updated_at == datetime(2025, 3, 5, 8, tzinfo=UTC)


def test_a_page_without_json_ld_and_one_whose_json_is_broken(tmp_path: Path) -> None:
    head = """<base href="https://post.example/city/"><link rel="canonical" href="depot?id=7">
        <meta property="og:site_name" content="Quarrendon Post | News">
        <meta name="author" content="By Ines Corvath | Gull Media">
        <meta property="article:published_time" content="0001-01-01T00:00:00Z">
        <meta name="parsely-pub-date" content="2025-03-04">
        <meta property="article:section" content="City">"""
    body = f"<h1>Quarrendon Post</h1><h1>River depot closed</h1><div>{TEXT}</div>"
    article = item(tmp_path, page(body, head)).article
    assert article is not None
    assert (article.title, article.outlet, article.section) == ("River depot closed", "Quarrendon Post", "City")
    assert (article.url, article.authors) == ("https://post.example/city/depot?id=7", ("Ines Corvath",))
    assert article.published == date(2025, 3, 4)

    broken = '{"@type": "NewsArticle", "wordCount": , "datePublished": "2025-03-04"}'
    article = item(tmp_path, page(head=f'<script type="application/ld+json">{broken}</script>')).article
    assert article is not None
    assert article.published == date(2025, 3, 4)


def test_of_several_articles_in_the_markup_the_one_of_the_page_counts(tmp_path: Path) -> None:
    other = {"@type": "NewsArticle", "headline": "A second bridge", "datePublished": "2024-01-01", "url": URL + "-2"}
    about = [other, news(datePublished="2025-03-04", url=URL)]
    article = item(tmp_path, page(head=f'<link rel="canonical" href="{URL}">', about=about)).article
    assert article is not None
    assert article.published == date(2025, 3, 4)
    article = item(tmp_path, page(about=[other, {**other, "headline": "A third bridge"}])).article
    assert article is not None
    assert article.published is None  # not guessed


BREAKS = "<br><br>\n".join(PARAGRAPHS)
BOXES = "".join(f'<div class="t">{paragraph}</div>' for paragraph in PARAGRAPHS)


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>River depot closed</h1>{BREAKS}",
        f"<h1>River depot closed</h1><table><tr><td><nav><a href='/'>Home</a></nav></td><td>{BREAKS}</td></tr></table>",
        f"<h1>River depot closed</h1><div>{BOXES}</div>",
        "<h1>River depot closed</h1><pre>" + "\n\n".join(PARAGRAPHS).replace(" of ", "\nof ") + "</pre>",
        "<main><h1>River depot closed</h1>"
        + "<aside>Subscribe</aside>".join(f'<div class="body"><p>{paragraph}</p></div>' for paragraph in PARAGRAPHS[:1])
        + '<aside>Advertisement</aside><div class="body">'
        + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[1:])
        + "</div></main>",
    ],
)
def test_paragraphs_stay_paragraphs_however_a_page_parts_them(tmp_path: Path, body: str) -> None:
    article = item(tmp_path, page(body)).article
    assert article is not None
    assert article.paragraphs == PARAGRAPHS


def test_a_text_that_only_the_markup_holds_is_read_from_there(tmp_path: Path) -> None:
    about = news(articleBody="\n\n".join(PARAGRAPHS), author="Ines Corvath")
    article = item(tmp_path, page("<div id='root'></div><script>start()</script>", about=about)).article
    assert article is not None
    assert article.paragraphs == PARAGRAPHS
    assert article.authors == ("Ines Corvath",)


def test_what_a_text_shows_is_not_taken_for_markup(tmp_path: Path) -> None:
    shown = "The page said &amp;amp; and &lt;p&gt; where the office of Lindmoor had meant to show the price."
    article = item(tmp_path, page(f"<article><h1>River depot closed</h1>{TEXT}<p>{shown}</p></article>")).article
    assert article is not None
    assert article.paragraphs[-1].startswith("The page said &amp; and <p> where the office")


OLD = f"""<HTML><TITLE>River depot closed - Hask Evening Mail</TITLE><BODY><TABLE><TR><TD><A HREF=/>Front page</A><TD>
    <FONT SIZE=5><B>River depot closed</B></FONT><BR>{TEXT}</TABLE><HR><B>Hask Evening Mail</B></BODY></HTML>"""


def test_a_title_without_its_site_where_no_markup_names_either(tmp_path: Path) -> None:
    for data in (OLD, OLD.replace("River depot closed - Hask Evening Mail", "Hask Evening Mail: River depot closed")):
        article = item(tmp_path, data).article
        assert article is not None
        assert (article.title, article.paragraphs) == ("River depot closed", PARAGRAPHS)


def test_what_the_markup_says_of_another_page_is_not_believed(tmp_path: Path) -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Ten walks",
        "author": "Viola Crane",
        "url": "https://post.example/walks",
    }
    read_ = record(tmp_path, page(head=f'<link rel="canonical" href="{URL}">', about=other))
    assert "authors" not in read_
    assert read_["title"] == "River depot closed"


@pytest.mark.parametrize(
    ("moment", "shown", "day"),
    [
        ("2025-03-05T02:24:00Z", "Mar 4, 2025 at 9:24 pm ET", date(2025, 3, 4)),
        ("2025-03-05T02:24:00Z", "March 5, 2025", date(2025, 3, 5)),
        ("2025-03-05T20:24:00Z", "4 March 2025", date(2025, 3, 5)),  # nowhere is it the day before
        ("2025-03-05T02:24:00+01:00", "4 March 2025", date(2025, 3, 5)),
        ("2025-03-05T02:24:00Z", "", date(2025, 3, 4)),
        ("2025-03-03T18:00:00Z", "", date(2025, 3, 4)),
    ],
)
def test_the_day_that_a_page_shows_where_its_moment_is_in_utc(
    tmp_path: Path, moment: str, shown: str, day: date
) -> None:
    head = "" if shown else f'<link rel="canonical" href="{URL}">'
    found = item(
        tmp_path, page(ARTICLE.replace("</h1>", f"</h1><time>{shown}</time>"), head, news(datePublished=moment))
    )
    assert found.article is not None
    assert found.article.published == day


NEWSLETTER = """<div class="box"><h3>Der Morgen</h3><p>Was in Lindmoor wichtig ist, um sechs in Ihrem Postfach.</p>
    <form><input type="email"><button>Anmelden</button></form>
    <p>Mit der Anmeldung stimmen Sie den Regeln zu.</p></div>"""
GATE = """<div class="rest"><div><h3>Read on with Gull Plus</h3><p>You have read your three free stories this month, and
    may read this and all others for two crowns a week.</p></div>
    <p>Already with us? <a href="{}">Sign in</a></p></div>"""


@pytest.mark.parametrize(
    ("box", "facts", "labels"),
    [
        (NEWSLETTER, {}, []),
        (GATE.format("https://login.lindmoor-gull.example/subscriber"), {}, ["excerpt"]),
        (GATE.format("/subscribe"), {"isAccessibleForFree": True}, []),
        (GATE.replace("<a", "<button").replace("</a", "</button"),
         {"hasPart": {"isAccessibleForFree": False, "cssSelector": ".rest"}}, ["excerpt"]),
    ],
)  # fmt: skip
def test_what_asks_for_an_address_or_a_subscription_is_no_reporting(
    tmp_path: Path, box: str, facts: dict[str, object], labels: list[str]
) -> None:
    data = page(
        ARTICLE.replace("</article>", f"{box}</article>"), f'<link rel="canonical" href="{URL}">', news(**facts)
    )
    assert record(tmp_path, data)["labels"] == labels
    article = item(tmp_path, data).article
    assert article is not None
    assert article.paragraphs == PARAGRAPHS
    assert article.subheadings == ()


def test_reporting_beside_buttons_and_links_to_accounts_stays(tmp_path: Path) -> None:
    last = "<p>Owners of trams can <a href='https://roads.example/register'>register for a permit</a> until May.</p>"
    share = "<div><p>The mayor of Lindmoor will speak at noon in the Corn Exchange.</p></div>"
    body = ARTICLE.replace("</article>", f"{last}{share}<button>Share</button></article>")
    found = item(tmp_path, page(body, about=news(isAccessibleForFree=False)))
    assert found.article is not None
    assert found.article.paragraphs[-2:] == (
        "Owners of trams can register for a permit until May.",
        "The mayor of Lindmoor will speak at noon in the Corn Exchange.",
    )


def test_rows_of_tables_in_records_say_their_columns() -> None:
    head = "<tr><th>District<th>Farr<th>Sloane</tr>"
    votes = f"<p>Votes:</p><table><thead>{head}<tbody><tr><td>Nine<td>2,114<td>1,987{head}<tr><td>All<td>12"
    votes += "</table><p>So.</p>"
    lines = [line for line in plain(votes).split("\n") if line.strip()]
    assert lines == ["Votes:", "| District: Nine, Farr: 2,114, Sloane: 1,987.", "| All, 12.", "So."]
    named = "<table><tr><th>Cast</th><td>1911</td></tr><tr><th>Home</th><td>Hask</td></tr></table>"
    assert plain(named).split() == "| Cast: 1911. | Home: Hask.".split()
    placed = "<table><tr><td><p>News</p><td><p>The bell was found.</p><tr><td>1<td>2</table>"
    assert "|" not in plain(placed)


TEASERS = "".join(
    f'<article><h3><a href="/{number}">Council of Vellmar meets about bridge {number}</a></h3>'
    f"<p>The council of Vellmar meets again about bridge {number} on Monday evening.</p></article>"
    for number in range(30)
)
LOGIN = "<h1>Sign in</h1><form><p>Enter your address and password to go on.</p><input type='password'></form>"
COOKIES = "<h1>Your cookies</h1><p>We and our partners use cookies.</p><p>Cookies help us. <button>Accept</button></p>"
ERROR = "<html><title>404 Not Found</title><body><h1>404 Not Found</h1><p>The page that you asked for is not here.</p>"
PICTURE = "<figure><img src='a.jpg'><figcaption>A tram in Lindmoor.</figcaption></figure>"
GALLERY = f"<h1>The week in pictures</h1>{PICTURE * 12}<p>The best that our readers took of trams this week.</p>"
LEADS = "looks like a home or section page: it leads to articles and is none, with"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (page(LOGIN), "looks like a login page: it asks for a password, with"),
        (page(COOKIES), "looks like a cookie wall: it asks for consent, with"),
        (ERROR, "looks like an error page: its title is '404 Not Found', with"),
        (page("<div id='app'></div><noscript>Turn JavaScript on.</noscript><script>start()</script>"),
         "is filled in by JavaScript or empty, with 0 words of text: save it as the browser shows it"),
        (page(GALLERY), "looks like a gallery: pictures, with"),
        (page("<p>404</p><h1>Sorry</h1><p>The story may have been moved, or its address may have been mistyped.</p>"
              "<p>Try the search, or go back to the front page, where you find what happened today in Lindmoor.</p>"
              "<p>If you think that something is broken, please tell us which link brought you here.</p>"),
         "looks like an error page: its title is 'River depot closed', with"),
        (page("<main><h1>Whale greets ferry</h1><p>Passengers of the ferry met a young whale on Saturday and filmed it"
              " twenty minutes, as it swam beside them and sang.</p></main>" , about={"@type": "VideoObject"}),
         "looks like a page for a video, which it only describes, with"),
        (page("<h1>The frost</h1>" + f"<figure><img src='a'><figcaption>{PARAGRAPHS[0]}</figcaption></figure>" * 5,
              about={"@type": "ImageGallery"}), "looks like a gallery: pictures, with"),
        (page("".join(f"<li><a href='/1'>Depot</a><p>{number}. {PARAGRAPHS[0][:120]} …</p>" for number in range(5))),
         LEADS),
        (page(TEASERS, about={"@type": "CollectionPage", "name": "City"}), LEADS),
        (page(TEASERS), LEADS),
        (page(f"<h1>The Lindmoor Gull</h1>{TEXT}", '<link rel="canonical" href="https://gull.example/">'), LEADS),
        (page("<h1>River depot closed</h1><p>Soon more.</p><nav>" + "<a href='/'>Home and more</a> " * 40),
         "holds no article: only"),
    ],
)  # fmt: skip
def test_a_page_that_is_no_article_says_what_it_looks_like(tmp_path: Path, data: str, reason: str) -> None:
    found = item(tmp_path, data)
    assert found.article is None
    assert (found.reason or "").startswith(reason)


def test_labels_and_why(tmp_path: Path) -> None:
    stub = record(tmp_path, page(about=news(isAccessibleForFree="False")))
    assert stub["labels"] == ["excerpt"]
    assert stub["notices"] == ("text is only the beginning: the page says that the whole is not free to read",)
    counted = record(tmp_path, page(about=news(wordCount=900)))
    assert counted["labels"] == ["excerpt"]
    assert "of the 900 words that the page counts" in str(counted["notices"])
    cut = page(ARTICLE.replace("</article>", "<p>The mayor of Lindmoor did not say whether she …</p></article>"))
    assert record(tmp_path, cut)["labels"] == ["excerpt"]
    assert record(tmp_path, page(about=news() | {"@type": "OpinionNewsArticle"}))["labels"] == ["opinion"]
    assert record(tmp_path, page(about=news(articleSection="Opinion")))["labels"] == ["opinion"]
    assert record(tmp_path, page(about=news() | {"@type": "LiveBlogPosting"}))["labels"] == ["live"]
    note = "<p>Correction: an earlier version of this article gave the wrong number of trams.</p>"
    assert record(tmp_path, page(ARTICLE.replace("</article>", f"{note}</article>")))["labels"] == ["corrected"]
    assert record(tmp_path, page(about=news(isAccessibleForFree=True)))["labels"] == []


@pytest.mark.parametrize(
    ("data", "notices"),
    [
        (page().replace("Quarrendon", "Quärendon").encode("utf-16"), ()),
        (page(head='<meta charset="iso-8859-1">').replace("Quarrendon", "Quärendon").encode("cp1252"), ()),
        (page(head='<meta charset="iso-8859-1">').replace("Quarrendon", "Quärendon").encode(), ()),
        (page(head='<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">')
         .replace("Quarrendon", "Quärendon").replace("Hask", "Hąsk").encode("cp1250"), ()),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Path, data: bytes, notices: tuple[str, ...]) -> None:
    found = item(tmp_path, data)
    assert found.article is not None
    assert "Quärendon" in found.article.paragraphs[0]
    assert "“We saw it at once,”" in found.article.paragraphs[1]
    assert found.notices == notices


def test_pages_as_browsers_save_them(tmp_path: Path) -> None:
    saved = f"<!doctype html>\n<!-- saved from url=(0056){URL} -->\n" + page().removeprefix("<!doctype html>")
    article = item(tmp_path, saved).article
    assert article is not None
    assert (article.url, article.outlet) == (URL, "Lindmoor Gull")

    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = URL
    text = page().replace("Quarrendon", "Quärendon")
    message.set_content(text, subtype="html", charset="windows-1252", cte="quoted-printable")
    message.add_related(b"GIF89a", "image", "gif")
    for name in ("page.mhtml", "page.eml"):
        article = item(tmp_path, message.as_bytes(), name).article
        assert article is not None
        assert article.url == URL
        assert article.paragraphs == (PARAGRAPHS[0].replace("Quarrendon", "Quärendon"), *PARAGRAPHS[1:])
    assert item(tmp_path, b"MIME-Version: 1.0\n\nhello", "page.mht").reason == "holds no page: no part of it is HTML"


@pytest.mark.parametrize(
    ("name", "data", "is_page"),
    [
        ("page", "<!-- a --> \n<!DOCTYPE HTML><title>x", True),
        ("page.php", "\ufeff<?xml version='1.0'?><html>", True),
        ("piece.txt", "<html><p>x", True),
        ("piece", f"<div>{TEXT}</div>", True),
        ("piece.htm", "River <b>depot</b> closed<br>", True),
        ("notes.md", f"<div>{TEXT}</div>", False),
        ("feed.html", "<?xml version='1.0'?><rss><channel><description>&lt;p&gt;<p></description>", False),
        ("notes", "The <p> tag", False),
    ],
)
def test_pages_are_known_by_what_they_hold(tmp_path: Path, name: str, data: str, *, is_page: bool) -> None:
    (tmp_path / name).write_text(data, encoding="utf-8")
    found = format_of(files.source_of(tmp_path / name))
    assert (found is not None and found.name == "saved web pages (HTML)") == is_page


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        ("<div " + " ".join(f"a{number}" for number in range(200_000)) + ">", "has a tag with 200,001 attributes"),
        ("<div>" * 100_000, "is nested more than 2,000 tags deep"),
        ("<p>x</p>" * 70_000, "holds 70,0"),
        ("<" * 9_000_000, "holds 9,000,"),
        ("<" * 10_485_760, "more than 10 MB of data"),
    ],
)
def test_traps_are_refused(tmp_path: Path, hostile: str, reason: str) -> None:
    assert (item(tmp_path, page(f"{TEXT}{hostile}")).reason or "").startswith(reason)


def misbehave(data: bytes, argument: str | None) -> object:
    """Called in the other process."""
    if data == b"sleep":
        time.sleep(3600)
    if data == b"die":
        os._exit(1)
    if data == b"fail":
        raise KeyError
    if data == b"refuse":
        raise ArticleUnreadable("is no page")
    return len(bytearray(2_000_000_000)) if data == b"eat" else f"{argument}: {len(data)}"


def test_a_process_that_hangs_dies_or_eats_is_replaced_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bounded.run(misbehave, b"x" * 100_000, "Vellmar", "cut it") == "Vellmar: 100000"
    for data, reason in (
        (b"die", "the process that reads it died of it"),
        (b"fail", "cannot be read: KeyError in the library that reads it"),
        (b"refuse", "is no page"),
        (b"eat", "takes more than 900 MB of memory to be read: cut it"),
    ):
        with pytest.raises(ArticleUnreadable, match=reason):
            bounded.run(misbehave, data, None, "cut it")
    monkeypatch.setattr(bounded, "SECONDS", 0.5)
    with pytest.raises(ArticleUnreadable, match=r"takes more than 0\.5 seconds to be read: cut it"):
        bounded.run(misbehave, b"sleep", None, "cut it")
    monkeypatch.undo()
    assert bounded.run(misbehave, b"", None, "cut it") == "None: 0"
