"""The names that news data gives its fields: one place to add another."""

from __future__ import annotations

import re
from functools import lru_cache

# By article field; earlier names are preferred. Case, "_", "-", "." and spaces don't count, nor does one of PREFIXES:
# "published_at" is "publishedAt", "article_title" and "og:title" are "title".
FIELDS: dict[str, tuple[str, ...]] = {
    field: tuple(names.split())
    for field, names in {
        # Left out: "name" (often the file's), "subtitle", "kicker", "seo title".
        "title": "title headline head heading",
        # Left out: "description", "summary", "abstract", "lead", "snippet": about the article, not its text.
        "text": "text body content maintext fulltext paragraphs bodytext plaintext cleantext cleanedtext textcontent"
        " contenttext story bodyhtml contenthtml html",
        # Left out: "id" and "country" of a source, "feed", "domain" (the url says it), "copyright".
        "outlet": "outlet source publisher sitename sourcename publication newspaper outletname publishername medium"
        " provider website site sourcetitle",
        # Left out: "editor" and "photographer", who did not write it; "url" and "email" of an author.
        "authors": "authors author byline bylines creator creators writer writers journalist journalists reporter"
        " reporters authorname authornames",
        # Left out: "credit" (pictures).
        "agency": "agency wire newswire wireservice",
        # Left out: "first seen", "crawled", "scraped", "downloaded", "indexed" and anything "inferred": not what the
        # article says.
        "published": "publishedat published publisheddate datepublished publishdate datepublish publicationdate"
        " publishedon pubdate publishtime publishedtime publicationtime firstpublished firstpublicationdate"
        " firstpublishedat date datetime dateposted posted postedat issued timestamp created createdat datecreated"
        " creationdate",
        "updated": "updated updatedat lastupdated dateupdated updateddate updatedate modified modifiedat datemodified"
        " datemodify lastmodified modificationdate modifiedtime modifieddate",
        # Left out: "id", "guid", "image url", "short url".
        "url": "url canonicalurl canonical link sourceurl permalink originalurl pageurl href mainentityofpage",
        # Left out: "tags" and "keywords": what it is about, not where it stood.
        "section": "section sectionname category categories rubric desk",
        # Left out: "locale" and "country" of the reader.
        "language": "language lang inlanguage languagecode langcode",
    }.items()
}
PREFIXES = ("", "article", "news", "og", "web", "dc")

INSIDE = ("name", "rendered", "title", "text", "#text", "content", "value", "@value", "url", "@id", "$date")
"""Where an object stands instead of a text, the text is under one of these names, the first preferred."""

NOTHING = frozenset(("", "none", "null", "nan", "n/a", "na", "nil", "undefined", "unknown", "-", "[]", "{}"))
"""What programs write for "nothing here"."""

_NAMES = frozenset(name for names in FIELDS.values() for name in names)


@lru_cache(maxsize=1024)
def plain_name(name: str) -> str:
    """A name as ``FIELDS`` has it, where it has it."""
    plain = re.sub(r"[^a-z0-9]", "", name[:100].lower())
    return next((rest for prefix in PREFIXES if (rest := plain.removeprefix(prefix)) in _NAMES), plain)
