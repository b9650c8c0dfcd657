"""RSS, Atom, JSON Feed and sitemaps as publishers write them, and what takes a feed's place."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from index.sources.formats import FORMATS, format_of, items_of
from index.sources.reading import SourceItem, read
from index.sources.source import HEAD, Item, Source, Withdrawn
from rag.errors import ArticleUnreadable

TODAY = date(2026, 1, 1)
ITEM = "<item><title>Mill opens</title><description>The mill opened.</description></item>"
RSS = "<rss><channel><title>Lindmoor Gull</title>{}</channel></rss>"
BOMB = (
    "<!DOCTYPE l [<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
)


def source(data: str | bytes, name: str = "news.xml") -> Source:
    whole = data.encode() if isinstance(data, str) else data
    return Source(name, name, whole[:HEAD], lambda: io.BytesIO(whole))


def found(data: str | bytes, name: str = "news.xml") -> list[SourceItem]:
    return list(read([source(data, name)], today=TODAY))


def items(data: str) -> list[Item]:
    return [item for item in items_of(source(data)) or () if isinstance(item, Item)]


def record(data: str) -> dict[str, object]:
    value = items(data)[0].value
    assert isinstance(value, dict)
    return {name: held for name, held in value.items() if held}


def titles(data: str | bytes) -> list[str | None]:
    return [item.article.title if item.article else item.reason for item in found(data)]


@pytest.mark.parametrize("one", [one for one in FORMATS if one.example.startswith("<") or "jsonfeed" in one.example])
def test_the_example_of_each_format_is_known_by_its_content_and_read(one: object) -> None:
    example = one.example  # type: ignore[attr-defined]
    assert format_of(source(example, "x")) is one
    (item,) = found(example, "x")
    if "<urlset" in example:
        assert (item.reason or "").startswith("no text, only the address https://courier.example/depot")
    else:
        assert item.article
        assert (item.article.title, item.article.published) == ("River depot closed", date(2025, 3, 4))
        assert item.article.paragraphs == ("The river depot of Port Ellery closed on Tuesday.",)


def test_an_item_of_rss_with_its_whole_text() -> None:
    item = (
        "<link>https://lindmoorgull.example</link><language>en-GB</language><item><title>Tolls &amp;amp; rise</title>"
        "<link>/a</link><guid isPermaLink='false'>gull-1</guid><pubDate>Tue, 04 Mar 2025 09:30:00 +0100</pubDate>"
        "<dc:creator>Ines Corvath</dc:creator><author>desk@gull.example (Rolf Tamsin)</author><category>Port</category>"
        "<description>Short.</description><content:encoded><![CDATA[<p>The port & its tolls.</p><p>More came.</p>]]>"
        "</content:encoded><media:content><media:description>A quay</media:description></media:content></item>"
    )
    (read_item,) = found(RSS.replace("Lindmoor Gull", "Port news | Lindmoor Gull").format(item))
    article = read_item.article
    assert article
    assert (article.title, article.paragraphs) == ("Tolls & rise", ("The port & its tolls.", "More came."))
    assert (article.outlet, article.url) == ("Lindmoor Gull", "https://lindmoorgull.example/a")
    assert article.published_at == datetime(2025, 3, 4, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert (article.authors, article.section, article.language) == (("Rolf Tamsin", "Ines Corvath"), "Port", "en")
    assert read_item.link is None
    assert record(RSS.format(item))["guid"] == "gull-1"


def test_a_summary_is_an_excerpt_with_the_address_of_the_whole_text() -> None:
    one = "<item><title>Mill</title><link>https://x.example/1</link><description>{}</description></item>"
    (item,) = items(RSS.format(one.format("It opened [&amp;#8230;]")))
    assert (item.link, record(RSS.format(one.format("It opened.")))["labels"]) == ("https://x.example/1", ["excerpt"])
    long = "&lt;p&gt;A paragraph of the report.&lt;/p&gt;" * 4
    assert "labels" not in record(RSS.format(one.format(long)))
    assert titles(RSS.format(one.format("&lt;a href='/'&gt;Mill&lt;/a&gt;")))[0] == (
        "no text, only the address https://x.example/1: rag-index add reads it"
    )


def test_atom_with_its_base_its_author_and_an_entry_taken_back() -> None:
    feed = (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://vellmar.example/news/">'
        "<a:title>Vellmar Echo</a:title><a:author><a:name>Ines Corvath</a:name></a:author><a:entry>"
        "<a:title type='html'>"
        "Ferry &lt;b&gt;stops&lt;/b&gt;</a:title><a:link rel='enclosure' href='a.mp3'/><a:link href='ferry'/>"
        "<a:id>tag:1</a:id><a:updated>2025-03-05T09:00:00Z</a:updated><a:published>2025-03-04T09:00:00Z</a:published>"
        "<a:content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>It <i>stopped</i>.</p><h2>Cost</h2>"
        "<p>It costs.</p></div></a:content></a:entry><at:deleted-entry ref='tag:0' when='2025-03-07T00:00:00Z'"
        " xmlns:at='http://purl.org/atompub/tombstones/1.0'><at:comment>wrong</at:comment></at:deleted-entry></a:feed>"
    )
    article, gone = found(feed)
    assert article.article
    assert (article.article.title, article.article.paragraphs) == ("Ferry stops", ("It stopped.", "It costs."))
    assert (article.article.url, article.article.authors) == ("https://vellmar.example/news/ferry", ("Ines Corvath",))
    assert (article.article.language, article.article.published) == ("de", date(2025, 3, 4))
    assert article.article.updated_at == datetime(2025, 3, 5, 9, tzinfo=UTC)
    assert gone.link == "tag:0"
    assert gone.reason == "was withdrawn by its publisher on '2025-03-07T00:00:00Z': 'wrong'"
    assert isinstance(items(feed)[1].value, Withdrawn)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_bytes_count_more_than_what_is_declared(encoding: str) -> None:
    feed = "\n<?xml version='1.0' encoding='utf-8'?>" + RSS.format(ITEM.replace("Mill opens", "Zoë’s café"))
    assert titles(feed.encode(encoding)) == ["Zoë’s café"]
    declared = "<?xml version='1.0' encoding='koi8-r'?>" + RSS.format(ITEM.replace("Mill opens", "Порт закрыт"))
    assert titles(declared.encode("koi8-r")) == titles(declared) == ["Порт закрыт"]


def test_what_xml_forbids_and_feeds_have() -> None:
    head = '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://n.example/rss.dtd" [<!ENTITY nbsp "&#160;">]>'
    item = ITEM.replace("Mill opens", "R&D; up &mdash; AT&T&nbsp;< 4<br>now")
    assert titles("\n " + head + RSS.format(item)) == ["R&D; up — AT&T < 4 now"]


def test_what_is_hostile_costs_only_itself() -> None:
    entity = "refers to an entity of the file's own, which is not resolved: write it out"
    assert titles(BOMB + RSS.format(ITEM.replace("The mill", "&a9;") + ITEM)) == [entity, "Mill opens"]
    outside = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    assert titles(outside + RSS.format(ITEM.replace("The mill", "&a;") + ITEM)) == [entity, "Mill opens"]
    deep = titles(RSS.format(ITEM + "<item>" + "<a>" * 100_000))
    assert deep == [
        "Mill opens",
        "is nested too deeply for an article in line 1: nothing was read from there on, after item 1",
    ]
    attributes = " ".join(f"a{number}=''" for number in range(200_000))
    assert titles(RSS.format(ITEM.replace("<item>", f"<item {attributes}>"))) == ["Mill opens"]
    assert titles(RSS.format(ITEM + ITEM.replace("The mill", "x" * 50_000_000)))[0] == "Mill opens"
    assert len(titles(RSS.format(ITEM * 10_000))) == 10_000


def test_what_is_no_feed_or_only_half_of_one_is_named() -> None:
    assert titles(RSS.format(ITEM * 2)[:-80]) == [
        "Mill opens",
        "is cut short, after item 1: what follows is lost; fetch it again",
    ]
    assert titles(RSS.format("")) == ["is a feed without items"]
    assert titles("<!DOCTYPE html><html><body>503</body></html>") == [
        "is an HTML page, not a feed, as errors often are: if it is news, name it .html"
    ]
    torn = titles(RSS.format(ITEM.replace("The mill", "<p>The <p>mill") + ITEM))
    assert torn[:2] == ["Mill opens", "Mill opens"]
    assert (torn[2] or "").startswith("is not well-formed")


def test_json_feed_gives_each_item_and_names_what_is_none() -> None:
    feed = (
        '{"version": "https:\\/\\/jsonfeed.org\\/version\\/1", "title": "Vellmar Echo",'
        ' "author": {"name": "Ines Corvath"},'
        ' "home_page_url": "https://vellmar.example/", "items": [{"id": 1, "url": "/x", "title": "One", "content_html":'
        ' "<p>It stopped.</p>", "date_published": "2025-03-04T09:00:00Z"}, {"id": "2", "url": "/y", "title": "Two",'
        ' "summary": "Short."}, 7]}'
    )
    one, two, three = found(feed, "feed.json")
    assert one.article
    assert (one.article.url, one.article.authors) == ("https://vellmar.example/x", ("Ines Corvath",))
    assert (one.link, two.link) == (None, "https://vellmar.example/y")
    assert three.reason == "is 7, not an object with a title and a text"


def test_sitemaps_give_addresses_and_what_is_known() -> None:
    news = next(one.example for one in FORMATS if "<urlset" in one.example)
    assert record(news) == {
        "title": "River depot closed",
        "outlet": "Ellery Courier",
        "published": "2025-03-04",
        "url": "https://courier.example/depot",
        "language": "en",
    }
    (other,) = items("<sitemapindex><sitemap><loc>https://x.example/s.xml</loc></sitemap></sitemapindex>")
    assert other.link == "https://x.example/s.xml"
    assert isinstance(other.value, ArticleUnreadable)
    assert titles("<urlset><url><loc>javascript:x</loc></url></urlset>") == ["address 'javascript:x' is no web address"]
