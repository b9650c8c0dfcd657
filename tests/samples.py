"""One article in every format that is read, made here: what a reader must find, and what fuzzing begins with."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from html import escape

TITLE = "River depot closed for repairs"
PARAGRAPHS = (
    "The tram depot by the river at Lindmoor was closed on Monday after inspectors found cracks in two of its pillars.",
    "The repairs will take eleven months and cost 4.2 million crowns, the transport office said.",
    "Trams of lines 3 and 7 will be kept at the Hask yard until then, and will start ten minutes earlier.",
)
AUTHOR = "Ines Corvath"
OUTLET = "The Lindmoor Gull"
URL = "https://www.lindmoor-gull.example/2025/03/04/river-depot"
DAY = "2025-03-04"
MOMENT = "2025-03-04T10:15:00+00:00"
_MAIL_DATE = "Tue, 04 Mar 2025 10:15:00 +0000"
_BODY = "".join(f"<p>{escape(one)}</p>" for one in PARAGRAPHS)
_TEXT = "\n\n".join(PARAGRAPHS)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _record() -> dict[str, object]:
    return {"title": TITLE, "text": _TEXT, "source": OUTLET, "author": AUTHOR, "published_at": MOMENT, "url": URL}


def _page() -> bytes:
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": TITLE,
        "datePublished": MOMENT,
        "author": {"@type": "Person", "name": AUTHOR},
        "publisher": {"@type": "Organization", "name": OUTLET},
        "mainEntityOfPage": URL,
    }
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{TITLE} | {OUTLET}</title><link rel="canonical" href="{URL}">
<script type="application/ld+json">{json.dumps(about)}</script></head>
<body><nav><a href="/">Home</a> <a href="/local">Local</a></nav><main><article><h1>{TITLE}</h1><p>By {AUTHOR}</p>{_BODY}
</article></main><footer>© {OUTLET}</footer></body></html>""".encode()


def _rss() -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>{OUTLET}</title><link>https://www.lindmoor-gull.example/</link><description>News</description>
<item><title>{TITLE}</title><link>{URL}</link><guid isPermaLink="false">gull-4711</guid>
<dc:creator>{AUTHOR}</dc:creator><pubDate>{_MAIL_DATE}</pubDate><description>The depot is closed.</description>
<content:encoded><![CDATA[{_BODY}]]></content:encoded></item></channel></rss>""".encode()


def _atom() -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>{OUTLET}</title><id>urn:gull</id>
<updated>{MOMENT}</updated><entry><title>{TITLE}</title><link rel="alternate" href="{URL}"/><id>urn:gull:4711</id>
<author><name>{AUTHOR}</name></author>
<published>{MOMENT}</published><updated>{MOMENT}</updated>
<content type="html">{escape(_BODY)}</content></entry></feed>""".encode()


def _json_feed() -> bytes:
    item = {
        "id": "4711",
        "url": URL,
        "title": TITLE,
        "content_html": _BODY,
        "date_published": MOMENT,
        "authors": [{"name": AUTHOR}],
    }
    return _json({"version": "https://jsonfeed.org/version/1.1", "title": OUTLET, "items": [item]})


def _nitf() -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<nitf><head><title>{TITLE}</title><docdata><doc-id id-string="gull-4711"/><date.issue norm="20250304T101500Z"/>
<doc.copyright holder="{OUTLET}"/></docdata></head>
<body><body.head><hedline><hl1>{TITLE}</hl1></hedline><byline>By <person>{AUTHOR}</person></byline></body.head>
<body.content>{_BODY}</body.content></body></nitf>""".encode()


def _newsml() -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:lindmoor-gull.example:20250304:4711" version="1"
 standard="NewsML-G2" standardversion="2.29" xml:lang="en">
<itemMeta><itemClass qcode="ninat:text"/><provider><name>{OUTLET}</name></provider><versionCreated>{MOMENT}
</versionCreated><firstCreated>{MOMENT}</firstCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><creator><name>{AUTHOR}</name></creator><headline>{TITLE}</headline><language tag="en"/></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>{TITLE}</title></head><body>{_BODY}</body></html></inlineXML></contentSet></newsItem>""".encode()


def _ninjs() -> bytes:
    return _json(
        {
            "uri": "urn:newsml:lindmoor-gull.example:20250304:4711",
            "type": "text",
            "pubstatus": "usable",
            "versioncreated": MOMENT,
            "firstcreated": MOMENT,
            "headline": TITLE,
            "byline": f"By {AUTHOR}",
            "body_xhtml": _BODY,
            "language": "en",
            "copyrightholder": OUTLET,
        }
    )


def _word_press() -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>{OUTLET}</title><link>https://www.lindmoor-gull.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_login><![CDATA[ines]]></wp:author_login>
<wp:author_display_name><![CDATA[{AUTHOR}]]></wp:author_display_name></wp:author>
<item><title>{TITLE}</title><link>{URL}</link><pubDate>{_MAIL_DATE}</pubDate><dc:creator><![CDATA[ines]]></dc:creator>
<content:encoded><![CDATA[{_TEXT}]]></content:encoded><wp:post_date_gmt>2025-03-04 10:15:00</wp:post_date_gmt>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>""".encode()


def _wiki() -> bytes:
    text = "{{date|March 4, 2025}}\n{{byline|date=March 4, 2025|location=Lindmoor}}\n" + "\n\n".join(
        one.replace("Lindmoor", "[[w:Lindmoor|Lindmoor]]") for one in PARAGRAPHS
    )
    return f"""<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
<siteinfo><sitename>{OUTLET}</sitename><base>https://www.lindmoor-gull.example/wiki/Main_Page</base></siteinfo>
<page><title>{TITLE}</title><ns>0</ns><id>7</id><revision><id>9</id><timestamp>2025-03-04T10:15:00Z</timestamp>
<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">{escape(text)}

== Sources ==
* {{{{source|url=https://hask-post.example/1|title=Depot|pub=Hask Post}}}}

[[Category:Lindmoor]]</text></revision></page></mediawiki>""".encode()


def _sitemap() -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>{URL}</loc><news:news><news:publication><news:name>{OUTLET}</news:name><news:language>en</news:language>
</news:publication><news:publication_date>{DAY}</news:publication_date><news:title>{TITLE}</news:title></news:news></url>
</urlset>""".encode()


def _csv(delimiter: str) -> bytes:
    cells = ["1", TITLE, _TEXT, OUTLET, AUTHOR, DAY, URL]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    header = ["", "title", "content", "publication", "author", "date", "url"]
    return f"{delimiter.join(header)}\r\n{delimiter.join(quoted)}\r\n".encode()


def _parquet() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    stream = io.BytesIO()
    parquet.write_table(pa.table({name: [value] for name, value in _record().items()}), stream)
    return stream.getvalue()


def _mail() -> bytes:
    lines = [
        f"From: {OUTLET} <news@lindmoor-gull.example>",
        "To: reader@example.org",
        f"Subject: {TITLE}",
        f"Date: {_MAIL_DATE}",
        "Message-ID: <4711@lindmoor-gull.example>",
        "List-Unsubscribe: <https://www.lindmoor-gull.example/u>",
        "MIME-Version: 1.0",
        "Content-Type: text/html; charset=utf-8",
        "",
        f"<html><body>{_BODY}</body></html>",
    ]
    return "\r\n".join(lines).encode()


def _warc() -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + _page()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        f"WARC-Date: 2025-03-05T00:00:00Z\r\nWARC-Target-URI: {URL}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def _pdf() -> bytes:
    """A page with the title, the byline, the day and the paragraphs, each line set on its own, as clippings are."""
    lines = [(18, TITLE), (10, f"By {AUTHOR}"), (10, "4 March 2025"), (10, "")]
    for paragraph in PARAGRAPHS:
        words, line = paragraph.split(), ""
        for word in words:
            if len(line) + len(word) > 70:
                lines.append((10, line.strip()))
                line = ""
            line += word + " "
        lines += [(10, line.strip()), (10, "")]
    drawn, height = [], 780
    for size, line in lines:
        height -= size + 4
        if line:
            drawn.append(f"BT /F1 {size} Tf 72 {height} Td ({line}) Tj ET")
    content = "\n".join(drawn).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))
    return data + table + trailer


def _export() -> bytes:
    return f"""1 of 1 DOCUMENTS

{OUTLET}

March 4, 2025 Tuesday

{TITLE}

BYLINE: {AUTHOR}

SECTION: LOCAL; Pg. 3

LENGTH: 57 words

{_TEXT}

LOAD-DATE: March 5, 2025

LANGUAGE: ENGLISH

Copyright 2025 {OUTLET}
All Rights Reserved
""".encode()


def _factiva() -> bytes:
    body = "\n\n".join(PARAGRAPHS[1:])
    return f"""Document GULL000020250304el34000a1

HD  {TITLE}
BY  {AUTHOR}
WC  57 words
PD  4 March 2025
SN  {OUTLET}
SC  GULL
LA  English
CY  Copyright 2025 {OUTLET}
LP  {PARAGRAPHS[0]}
TD  {body}
AN  Document GULL000020250304el34000a1
""".encode()


def _front_matter(fence: str, entries: str) -> bytes:
    return f"{fence}\n{entries}{fence}\n\n{_TEXT}\n".encode()


def _yaml() -> bytes:
    entries = f"title: {TITLE}\nauthor: {AUTHOR}\noutlet: {OUTLET}\ndate: {DAY}\nurl: {URL}\n"
    return _front_matter("---", entries)


def _toml() -> bytes:
    entries = f'title = "{TITLE}"\nauthor = "{AUTHOR}"\noutlet = "{OUTLET}"\ndate = {DAY}\nurl = "{URL}"\n'
    return _front_matter("+++", entries)


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("news/depot.json", _json(_record()))
    return stream.getvalue()


def _tar() -> bytes:
    stream, data = io.BytesIO(), _json(_record())
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        member = tarfile.TarInfo("news/depot.json")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def samples() -> dict[str, bytes]:
    """The article by the name of a file in each format."""
    page = _page()
    return {
        "record.json": _json(_record()),
        "list.json": _json({"status": "ok", "articles": [_record()]}),
        "columns.json": _json({name: {"0": value} for name, value in _record().items()}),
        "lines.jsonl": json.dumps(_record()).encode() + b"\n",
        "lines.jsonl.gz": gzip.compress(json.dumps(_record()).encode() + b"\n"),
        "ninjs.json": _ninjs(),
        "feed.json": _json_feed(),
        "rss.xml": _rss(),
        "atom.xml": _atom(),
        "nitf.xml": _nitf(),
        "newsml.xml": _newsml(),
        "word-press.xml": _word_press(),
        "wiki.xml": _wiki(),
        "sitemap.xml": _sitemap(),
        "table.csv": _csv(","),
        "table.tsv": _csv("\t"),
        "table.parquet": _parquet(),
        "page.html": page,
        "page.warc": _warc(),
        "page.warc.gz": gzip.compress(_warc()),
        "mail.eml": _mail(),
        "clipping.pdf": _pdf(),
        "nexis.txt": _export(),
        "factiva.txt": _factiva(),
        "yaml.md": _yaml(),
        "toml.md": _toml(),
        "plain.txt": f"{TITLE}\n\nBy {AUTHOR}\n4 March 2025\n\n{_TEXT}\n\nOriginal url: {URL}\n".encode(),
        "news.zip": _zip(),
        "news.tar.gz": _tar(),
    }
