"""Dates, outlets, authors and the other facts about an article."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from index.articles.authors import Credits, byline, credits_in
from index.articles.dates import DateLine, PublishedDate, date_line, parse_date
from index.articles.facts import ReadArticle, facts_of
from index.articles.outlets import outlet_of, web_address
from rag.articles import Article

TODAY = date(2026, 1, 1)
DAY = date(2021, 12, 2)
AT = datetime(2021, 12, 2, 14, 5, tzinfo=UTC)


def test_dates_that_are_understood() -> None:
    days: tuple[object, ...] = (
        *("2021-12-02", "2021/12/2", "20211202", 20211202, "December 02, 2021", "Dec. 2, 2021", "02.12.2021"),
        *("Thursday, December 2nd, 2021", "2 December 2021", "2. Dezember 2021", "2 de diciembre de 2021"),
        *("2 декабря 2021", "2021年12月2日", "2021-12-02T14:05 IST"),
    )
    assert {parse_date(value, TODAY) for value in days} == {PublishedDate(DAY)}
    moments: tuple[object, ...] = (
        *("2021-12-02T14:05:00Z", "2021-12-02T14:05:00.123456+00:00", "20211202T140500Z", "2021-12-02 14:05"),
        *("2 Dec 2021 14:05 GMT", "Thu, 02 Dec 2021 14:05:00 GMT", "Tue Dec 02 2021 15:05:00 GMT+0100"),
        *("Dec. 2, 2021, 9:05 a.m. ET", "9:05 AM EST, Thu December 2, 2021"),
        *(1638453900, 1638453900000, "1638453900"),
    )
    assert {parse_date(value, TODAY) for value in moments} == {PublishedDate(DAY, AT)}
    summer = parse_date("July 2, 2021, 9:05 a.m. ET", TODAY)
    assert summer == PublishedDate(date(2021, 7, 2), datetime(2021, 7, 2, 13, 5, tzinfo=UTC))
    assert {parse_date(text, TODAY) for text in ("13/04/2025", "04/13/2025")} == {PublishedDate(date(2025, 4, 13))}
    assert parse_date("04/04/2025", TODAY) == PublishedDate(date(2025, 4, 4))
    assert parse_date("2026-01-02", TODAY) == PublishedDate(date(2026, 1, 2))


def test_the_day_is_the_one_of_the_articles_own_clock() -> None:
    moment = parse_date("2021-12-02T01:00:00+03:00", TODAY)
    assert moment == PublishedDate(DAY, datetime(2021, 12, 1, 22, tzinfo=UTC))
    assert moment.at is not None
    assert moment.at.utcoffset() == timedelta(hours=3)


def test_dates_that_are_refused() -> None:
    strange = ("May", "May 2021", "2021", 2021, 20251399, "Smarch 3", "2021-02-30", "2 hours ago")
    others: tuple[object, ...] = (True, float("nan"), 10**400, [])
    for value in (*strange, *others):
        with pytest.raises(ValueError, match=r"^not understood$"):
            parse_date(value, TODAY)
    with pytest.raises(ValueError, match=r"^is ambiguous \(3 April or 4 March\)$"):
        parse_date("03/04/2025", TODAY)
    with pytest.raises(ValueError, match=r"^is in the future$"):
        parse_date("2026-01-03", TODAY)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("December 02, 2021", DateLine(PublishedDate(DAY))),
        ("Published: 2 Dec 2021 14:05 GMT", DateLine(PublishedDate(DAY, AT))),
        ("Dec 1, 2021 Updated Dec 2, 2021", DateLine(PublishedDate(date(2021, 12, 1)), PublishedDate(DAY))),
        ("Published 2 Dec 2021 | Updated 3 Dec 2021", DateLine(PublishedDate(DAY), PublishedDate(date(2021, 12, 3)))),
        ("Date: 03/04/2025", DateLine(problem="date '03/04/2025' is ambiguous (3 April or 4 March)")),
        ("December 2, 2021 was a Thursday.", None),
        ("Published in December", None),
        ("", None),
    ],
)
def test_date_lines(line: str, expected: DateLine | None) -> None:
    assert date_line(line, TODAY) == expected


def test_outlets_are_named_by_rule() -> None:
    named = {
        "The Moscow Times": "www.themoscowtimes.com/2021/12/02/x",
        "Washington Post": "www.washingtonpost.com",
        "BBC": "www.bbc.co.uk/news",
        "The Guardian": "www.theguardian.com/world",
        "Wikinews": "en.wikinews.org/wiki/x",
        "NZ Herald": "www.nzherald.co.nz",
        "Therapist": "therapist.com",
        "Times of Israel": "www.timesofisrael.com",
        "Sky": "news.sky.com",
        "Reuters": "web.archive.org/web/2021/https://www.reuters.com/x",
    }
    assert {outlet: outlet_of(f"https://{url}") for outlet, url in named.items()} == {
        outlet: outlet for outlet in named
    }
    assert {
        outlet_of(url)
        for url in ("http://192.168.0.1/x", "http://localhost/x", "http://[", "http://xn--mnchen-3ya.de/")
    } == {None}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Marc Preel and Francesco Fontemaggi for AFP", Credits(("Marc Preel", "Francesco Fontemaggi"), "AFP")),
        ("By Jane Doe, John Roe and Ann Poe | Reuters", Credits(("Jane Doe", "John Roe", "Ann Poe"), "Reuters")),
        ("By Jane Doe, Science Editor", Credits(("Jane Doe",))),
        ("By Jane van der Berg in Berlin", Credits(("Jane van der Berg",))),
        ("By Agence France-Presse", Credits((), "AFP")),
        ("By Reuters Staff", Credits((), "Reuters")),
        ("By Christmas, the war was over.", None),
        ("By Friday Harbour officials had counted 12 boats", None),
    ],
)
def test_bylines(line: str, expected: Credits | None) -> None:
    assert byline(line) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["By Jane Doe and John Roe, AFP"], Credits(("Jane Doe", "John Roe"), "AFP")),
        (["Jane Doe; John Roe & Ann Poe"], Credits(("Jane Doe", "John Roe", "Ann Poe"))),
        (["Preel, Marc"], Credits(("Marc Preel",))),
        (["Reuters"], Credits((), "Reuters")),
        (["Jane Doe for The Guardian"], Credits(("Jane Doe",))),
        (["Jane Doe John Roe", "Jane Doe", "John Roe"], Credits(("Jane Doe", "John Roe"))),
        (["Martin Luther King, Jr. and Jane Doe"], Credits(("Martin Luther King Jr", "Jane Doe"))),
        (["https://facebook.com/x", "jane@x.org"], Credits()),
        (["The Port Courier", "jane doe", "Jane Doe"], Credits(("jane doe",))),
        (["x" * 81], Credits(unused=("x" * 81,))),
        # Lists as numpy, Python, Postgres, R and JSON print them.
        (["['Jane Doe' \"Conor O'Roe\"]"], Credits(("Jane Doe", "Conor O'Roe"))),
        (["array(['Jane Doe'\n 'John Roe'], dtype=object)"], Credits(("Jane Doe", "John Roe"))),
        (["['Conor O'Roe', None]", "[nan]"], Credits(("Conor O'Roe",))),
        (['{"Jane Doe",dpa}'], Credits(("Jane Doe",), "dpa")),
        (['c("Jane Doe", "John Roe")'], Credits(("Jane Doe", "John Roe"))),
        (['[{"name": "Jane Doe", "url": null}]'], Credits(("Jane Doe",))),
        (["(Jane Doe)", "Autor: John Roe / PAP"], Credits(("Jane Doe", "John Roe"), "PAP")),
    ],
)
def test_authors_of_a_record(names: list[str], expected: Credits) -> None:
    assert credits_in(names, outlet="Port Courier") == expected


def test_facts_that_cannot_be_used_are_left_out_with_a_notice() -> None:
    record = {"title": "T", "date": "Smarch 3", "updated": "2027-01-01", "author": 5, "source": ["a"], "section": {}}
    assert facts_of(record | {"link": "ftp://x"}, TODAY) == ReadArticle(
        Article("T", (), outlet="a"),
        notices=(
            "url 'ftp://x' is no web address: left out",
            "field 'author' holds 5, no text: left out",
            "date 'Smarch 3' not understood: kept undated",
            "update '2027-01-01' is in the future: left out",
        ),
    )


def facts(record: dict[str, object]) -> Article:
    return facts_of(record, TODAY).article


def test_a_home_page_names_the_outlet_and_never_the_article() -> None:
    home = "https://www.theellerytimes.com"
    for record in ({"source": home}, {"source_url": home + "/"}, {"url": home + "/#top"}):
        found = facts_of(record, TODAY)
        assert (found.article.outlet, found.article.url, found.notices) == ("The Ellery Times", None, ())
    assert facts({"source_url": home, "link": home + "/a"}).url == home + "/a"
    assert facts({"source": home + "/a"}).url == home + "/a"
    assert facts({"url": home + "/?p=7"}).url == home + "/?p=7"


def test_names_in_other_shapes_and_languages() -> None:
    found = facts({"Título": "T", "Fecha de publicación": "2.12.2021", "field_byline": [{"byline": "Jane Doe"}]})
    assert (found.title, found.published, found.authors) == ("T", DAY, ("Jane Doe",))
    found = facts({"titel": "T", "Veröffentlichungsdatum": "2.12.2021", "autor": {"display_name": "Jane Doe"}})
    assert (found.title, found.published, found.authors) == ("T", DAY, ("Jane Doe",))
    wide = facts_of({"title": "T"} | {f"column {number}": number for number in range(300)}, TODAY)
    assert wide.notices == ("has 51 fields more than the 250 that are read",)


def test_a_field_may_hold_two_dates() -> None:
    later = date(2021, 12, 3)
    for text, published, updated in (
        ("Posted at 7:42 AM, Dec 02, 2021 and last updated 9:10 AM, Dec 03, 2021", DAY, later),
        ("02.12.2021, 08:15 Uhr, zuletzt aktualisiert am 03.12.2021", DAY, later),
        ("Updated 2 hours ago | Published 2 December 2021", DAY, None),
        ("Last modified on Fri 3 Dec 2021 09.14 GMT", None, later),
        ("Thursday, 02-Dec-21 08:00:00 GMT", DAY, None),
    ):
        found = facts({"date": text})
        assert (found.published, found.updated) == (published, updated)


def test_addresses_are_kept_without_tracking() -> None:
    for url, kept in (
        ("https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"),
        ("https://a.example/x?id=7&amp;fbclid=abc#comments", "https://a.example/x?id=7#comments"),
        ("https://a.example/#!/story/12?x=1", "https://a.example/#!/story/12?x=1"),
        ("https://a.example/x?b=%C3%A9&a=1#xtor=RSS-1", "https://a.example/x?b=%C3%A9&a=1"),
    ):
        assert facts({"url": url}).url == (kept if "#!" not in kept else None)
        assert web_address(url) == kept


def test_facts_stand_in_wrappers_and_in_parts() -> None:
    record: dict[str, object] = {
        "title": "T",
        "author": 7,
        "_embedded": {"author": [{"firstName": "Jane", "lastName": "Doe"}]},
        "guid": {"rendered": "tag:a.example,2021:7"},
        "metadata": {
            "date": {"$date": {"$numberLong": "1638453900000"}},
            "source": {"domain": "ellery-courier.example"},
        },
    }
    expected = Article(
        "T",
        (),
        "Ellery Courier",
        authors=("Jane Doe",),
        published=DAY,
        published_at=AT,
        publisher_id="tag:a.example,2021:7",
    )
    assert facts(record) == expected
    assert facts({"title": "T", "uri": "8546423422"}).publisher_id is None
    assert facts({"title": "T", "year": 2021, "month": "12", "day": 2}).published == DAY
    agency = facts({"title": "T", "versioncreated": "2021-12-02", "firstcreated": "2021-12-01"})
    assert (agency.published, agency.updated) == (date(2021, 12, 1), DAY)
    assert facts({"title": "T", "versioncreated": "2021-12-02"}).updated is None


def test_labels_are_what_the_publisher_says() -> None:
    for record, labels in (
        ({"labels": ["live", "excerpt", "hot"]}, ("excerpt", "live")),
        ({"correction": {"text": "A name was wrong."}}, ("corrected",)),
        ({"corrections": [], "corrected": False, "isLive": "no"}, ()),
        ({"genre": "Op-Ed"}, ("opinion",)),
        ({"section": "Opinion", "@type": ["LiveBlogPosting"]}, ("opinion", "live")),
    ):
        assert facts({"title": "T", **record}).labels == labels


def test_a_field_that_looks_like_a_missing_fact_is_named() -> None:
    record = {
        "title": "T",
        "aired": "2 December 2021",
        "crawled": "2021-12-03",
        "written by": "Jane Doe",
        "score": 1638453900,
    }
    assert facts_of(record, TODAY).notices == (
        "undated; field 'aired' looks like a date",
        "no author; field 'written by' looks like one",
    )


@pytest.mark.parametrize("value", [-62135596801, 1e300, float("inf"), 10**30])
def test_numbers_that_are_no_moment_of_this_era_are_no_dates(value: float) -> None:
    with pytest.raises(ValueError, match="not understood"):
        parse_date(value, date(2025, 3, 10))
