"""What agencies, WordPress and MediaWiki write as XML, reduced to its articles."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from index.sources.source import Withdrawn
from tests.test_sources_feeds import found, items, record, titles

NITF = (
    '<nitf xml:lang="en"><head><docdata management-status="{status}"><doc-id id-string="vna-1"/>'
    '<date.issue norm="20250304T093000+0100"/><ed-msg info="Corrects a name"/></docdata>'
    '<pubdata name="Vellmar Echo" position.section="Port"/></head><body><body.head><hedline><hl1>Depot shut</hl1>'
    "</hedline><byline>By <person>Ines Corvath</person><byttl>Port Correspondent</byttl></byline><distributor>Reuters"
    "</distributor><dateline><location>LINDMOOR</location></dateline></body.head><body.content><block><p>The depot"
    " <em>shut</em>.</p><media><media-caption>A quay</media-caption></media><hl2>The cost</hl2><p>It costs.</p></block>"
    "</body.content></body></nitf>"
)
NEWS_ITEM = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:vna:7" xml:lang="en"><itemMeta><itemClass'
    ' qcode="ninat:{kind}"/><provider><name>Vellmar News Agency</name></provider><firstCreated>2025-03-04T09:00:00Z'
    "</firstCreated><pubStatus qcode='stat:{status}'/></itemMeta><contentMeta><by>By Ines Corvath</by><headline>"
    "Depot shut"
    "</headline></contentMeta><contentSet>{content}</contentSet></newsItem>"
)
XHTML = (
    "<inlineXML><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body><p>The depot shut.</p>"
    "<p>It costs.</p></body></html></inlineXML>"
)


def test_nitf_with_its_byline_dateline_and_correction() -> None:
    (item,) = found(NITF.format(status="usable"))
    article = item.article
    assert article
    assert (article.title, article.paragraphs) == ("Depot shut", ("LINDMOOR — The depot shut.", "It costs."))
    assert [heading.text for heading in article.subheadings] == ["The cost"]
    assert (article.outlet, article.agency, article.authors) == ("Vellmar Echo", "Reuters", ("Ines Corvath",))
    assert article.published_at == datetime(2025, 3, 4, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    given = record(NITF.format(status=""))
    assert (given["guid"], given["labels"]) == ("vna-1", ["corrected"])
    assert titles(NITF.format(status="embargoed")) == [
        "is withheld by its publisher (status 'embargoed'): it may not be published yet"
    ]


def test_a_message_gives_each_news_item_or_says_why_not() -> None:
    inner = NITF.format(status="")
    message = (
        NEWS_ITEM.format(kind="text", status="usable", content=XHTML)
        + NEWS_ITEM.format(kind="text", status="canceled", content="")
        + NEWS_ITEM.format(kind="picture", status="usable", content="<remoteContent href='a.jpg'/>")
        + NEWS_ITEM.format(kind="text", status="usable", content=f"<inlineXML>{inner}</inlineXML>")
    )
    message = f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{message}</itemSet></newsMessage>'
    one, gone, picture, other = found(message)
    assert one.article
    assert (one.article.paragraphs, one.article.outlet) == (("The depot shut.", "It costs."), "Vellmar News Agency")
    assert (gone.reason, gone.link) == ("was withdrawn by its publisher (status 'canceled')", "urn:vna:7")
    assert isinstance(items(message)[1].value, Withdrawn)
    assert picture.reason == "no text: the news item ('ninat:picture') holds none, as pictures and alerts do"
    assert other.article
    assert other.article.paragraphs[0] == "LINDMOOR — The depot shut."


WXR = (
    '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Lindmoor Gull</title><wp:author><wp:author_login>'
    "icorvath</wp:author_login><wp:author_display_name>Ines Corvath</wp:author_display_name></wp:author>"
    "{}</channel></rss>"
)
POST = (
    "<item><title>Depot shut</title><dc:creator>icorvath</dc:creator><content:encoded><![CDATA[{text}]]>"
    "</content:encoded>"
    "<wp:post_date>2025-03-05 01:30:00</wp:post_date><wp:post_date_gmt>2025-03-04 23:30:00</wp:post_date_gmt>"
    "<wp:status>"
    "{status}</wp:status><wp:post_type>{kind}</wp:post_type><category domain='post_tag'>tag</category>"
    "<category domain='category'>Port</category><wp:comment/></item>"
)


def test_wordpress_gives_published_posts_and_counts_the_rest() -> None:
    text = (
        'The <b>depot</b> shut [sic].\n\n[caption id="a"]<img src="x"/> A quay[/caption]\n\n<!-- wp:paragraph -->'
        '[box title="x"]It costs.[/box][gallery ids="1"]'
    )
    posts = [
        POST.format(text=text, status=status, kind=kind) for status, kind in (("publish", "post"), ("draft", "post"))
    ]
    (item,) = found(WXR.format("".join((*posts, POST.format(text="", status="inherit", kind="attachment")))))
    assert item.article
    assert item.article.paragraphs == ("The depot shut [sic].", "It costs.")
    assert (item.article.authors, item.article.section) == (("Ines Corvath",), "Port")
    assert item.article.published_at == datetime(2025, 3, 5, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert item.notices == (
        "left out of the whole file: comments (3), posts of status draft (1), of type attachment (1)",
    )
    assert titles(WXR.format(posts[0] * 2)[:-250]) == [
        "Depot shut",
        "is cut short, after item 1: what follows is lost; fetch it again",
    ]
    assert titles(WXR.format(posts[1])) == [
        "is a WordPress export without a published post or page, only comments (1), posts of status draft (1)"
    ]


def page(text: str, title: str = "Depot: shut", ns: int = 0, rest: str = "") -> str:
    old = "<revision><timestamp>2025-03-04T10:00:00Z</timestamp><text>old</text></revision>"
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    new = f"<revision><timestamp>2025-03-06T10:00:00Z</timestamp><text>{text}</text></revision>"
    return f"<page><title>{title}</title><ns>{ns}</ns>{rest}{new}{old}</page>"


def dump(*pages: str) -> str:
    return (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="en"><siteinfo><sitename>'
        "Wikinews</sitename>"
        "<base>https://wiki.example/wiki/Main</base><namespaces><namespace key='6'>Datei</namespace>"
        "</namespaces></siteinfo>" + "".join(pages) + "</mediawiki>"
    )


def test_a_wiki_gives_the_newest_text_of_its_articles() -> None:
    text = (
        "{{date|March 4, 2025}}\n{{Transport|box={{x|y}}}}\n[[Datei:D.jpg|thumb|A depot in [[Lindmoor]]. {{by|X}}]]\n"
        "The '''depot''' of {{w|Lindmoor|the town}} shut on [[w:Tuesday|Tuesday]].<ref>{{cite}}</ref>\nIt is"
        " {{convert|5|km}}"
        " long.\n\n{{haveyoursay}}\n* one&nbsp;thing\n== The cost ==\nIt costs.\n{|\n| a\n|}\n== Sources"
        " ==\n*{{source|url=x}}\n"
        "* T\n[[Category:Lindmoor]]\n[[de:Depot]]"
    )
    item, draft = found(dump(page(text), page("x", ns=1), page("#REDIRECT [[D]]"), page("{{develop}}\nA", title="D")))
    article = item.article
    assert article
    assert article.paragraphs == ("The depot of the town shut on Tuesday. It is long.", "one thing", "It costs.")
    assert [heading.text for heading in article.subheadings] == ["The cost"]
    assert (article.url, article.outlet, article.language) == (
        "https://wiki.example/wiki/Depot:_shut",
        "Wikinews",
        "en",
    )
    assert (article.published, article.updated) == (date(2025, 3, 4), date(2025, 3, 6))
    assert item.notices == ("tables left out: 1", "template '{{convert|5|km}}' in a sentence is left out")
    assert draft.reason == "page 'D' is a draft, as {{develop}} in it says"
    assert draft.notices == ()


@pytest.mark.parametrize(
    "mark", ["{{a|", "[[a|", "[[a {{b ]] c }} ", "[http://x ", "<ref>", "<!--", "<b>", "'''a''", "\n{|\n"]
)
def test_marks_that_are_never_closed_are_read_in_no_time(mark: str) -> None:
    (item,) = found(dump(page("The depot shut.\n\n" + mark * 50_000)))
    assert item.article is None or item.article.paragraphs[0] == "The depot shut."
