"""The names and shapes that news data gives its fields, and its words for nothing: one place to add another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

# By article field; earlier names are preferred. Case, "_", "-", "." and spaces don't count, nor does one of PREFIXES
# or SUFFIXES: "published_at" is "publishedAt", "article_title" and "og:title" are "title", "body_main" is "body".
FIELDS: dict[str, tuple[str, ...]] = {
    field: tuple(names.split())
    for field, names in {
        # Left out: "name" (often the file's), "subtitle", "kicker", "seo title".
        "title": "title headline headlines head heading titel titulo titre titolo tytul",
        "text": "text body bodies content maintext fulltext paragraphs bodytext plaintext cleantext cleanedtext"
        " textcontent contenttext markdown story contentelements bodyhtml contenthtml contents contentencoded article"
        " document news blocks sections rawtext html texto texte testo tekst inhalt contenido contenu conteudo"
        " contenuto",
        # About the article, not its text: read where there is no text, and told.
        "summary": "leadparagraph lead lede abstract description descriptions summary excerpt snippet contentsnippet"
        " shortdescription descriptionshort trailtext standfirst dek deck teaser synopsis intro metadescription"
        " chapeau chapo accroche entradilla bajada copete vorspann anriss sommario occhiello zajawka ingress",
        # Left out: "id" and "country" of a source, "feed", "domain" (the url says it), "copyright".
        "outlet": "outlet source publisher sitename sourcename sourcehostname publication newspaper outletname"
        " publishername medium provider website site sourcetitle hostname",
        # Left out: "editor" and "photographer", who did not write it; "url" and "email" of an author.
        "authors": "authors author byline bylines creator creators writer writers journalist journalists reporter"
        " reporters authorname authornames authorsname contributors by primaryauthor authorsbyline"
        " autor autoren autores auteur auteurs autore autori",
        # Left out: "credit" (pictures).
        "agency": "agency wire newswire wireservice",
        # Left out: NO_DATES.
        "published": "publishedat published publisheddate datepublished publishdate datepublish publicationdate"
        " publishingdate publishedon datetimepub pubdate pubtime pubdatetime publishtime publishedtime publicationtime"
        " publishdatetime publisheddatetime publicationdatetime timepublished firstpublished firstpublicationdate"
        " firstpublishedat firstpublishdate displaydate releasedate releasedat date datetime isodate dateposted posted"
        " postedat postedon issued dateissued timestamp firstcreated contentcreated created createdat datecreated"
        " creationdate versioncreated datum fecha",
        "updated": "updated updatedat lastupdated dateupdated updateddate updatedon updatedate modified modifiedat"
        " datemodified datemodify lastmodified modificationdate modifiedtime modifieddate contentmodified"
        " lastpublicationdate versioncreated",
        # Left out: "id", "image url", "short url".
        "url": "url canonicalurl canonical link sourceurl websiteurl permalink originalurl pageurl href"
        " mainentityofpage",
        # Left out: "tags" and "keywords": what it is about, not where it stood.
        "section": "section sectionname category categories rubric desk",
        # Left out: "locale" and "country" of the reader.
        "language": "language lang inlanguage languagecode langcode",
        # What its publisher calls it. Left out: "id", which is mostly a number of a database.
        "publisher_id": "guid uri urn",
        "labels": "labels",
        # What it is: a picture's caption is no article, a column is an opinion.
        "kind": "type genre articletype contenttype documenttype posttype typeofmaterial pillarname",
        # Each of these says so of itself where it holds something.
        "correction": "correction corrections correctionnote correctiontext corrected iscorrected erratum errata",
        "live": "live islive liveblog isliveblog",
        "cut": "truncated istruncated isexcerpt",
        "status": "pubstatus publishstatus publicationstatus status",
    }.items()
}
PREFIXES = (
    "",
    *"article news field og web dc dcterms post story item entry doc page main full plain clean raw".split(),
)
SUFFIXES = (
    "",
    *"gmt utc iso iso8601 unix ms epoch timestamp parsed string str main full text html xhtml plain markdown".split(),
)
WEAK_TITLES = ("name",)
"""A title only where the record has a date of publication: search engines name their hits so, and files too."""

WRAPPERS = frozenset(
    "fields attributes metadata meta properties extrainfo document doc record node frontmatter thread embedded kwargs"
    " data item payload article post story content news json row details credits head header yoastheadjson"
    " extra dates timestamps urls".split()
)
"""Objects in which programs put a part of an article's fields, or all of them."""

NO_ITEMS = frozenset(
    "image images picture pictures photo photos media multimedia video videos gallery thumbnail thumbnails enclosure"
    " enclosures tags keywords comments related relatedarticles relateditems relatedstories associations embedded links"
    " schema includes included promoitems highlight highlights facets aggregations features".split()
)
"""Lists and objects beside articles that hold none, though they may have titles and descriptions."""

OUTLETS = frozenset("newspapers outlets sources publishers publications sites websites papers".split())
"""What stands under the keys of these is from the outlets that the keys name."""

INSIDE = tuple(
    "name displayname fullname rendered main title basic original default text content value byline author url uri @id"
    " date datetime iso numberlong seconds person by domain node data attributes t plain items nodes".split()
)
"""Where an object stands instead of a text, the text is under one of these names, the first preferred."""

PERSON = ("firstname", "givenname", "forename", "middlename", "lastname", "familyname", "surname")
"""The parts of a name that is given in parts, in their order."""

BLOCKS = tuple(
    "children content content_elements blocks sections paragraphs body root data items html bodyHtml rendered text"
    " #text value @value main basic".split()
)
"""Where a block of a text has its own text or blocks, the first preferred."""

BLOCK_KINDS = ("type", "_type", "nodeType", "blockType", "block_type", "kind", "style", "tag")
"""Where a block says what it is."""

NO_TEXT = re.compile(
    r"image|picture|photo|video|audio|embed|gallery|graphic|figure|caption|advert|\bads?\b|promo|related|newsletter"
    r"|interstitial|divider|separator|hr\b|script|iframe|tweet|social|podcast|asset|kicker|byline|author|link_?list|button|slideshow",
    re.IGNORECASE,
)
"""Kinds of blocks that are no reporting; of records, kinds that only have a caption."""

NOTHING = frozenset(
    ("", "none", "null", "nan", "n/a", "na", "nil", "undefined", "unknown", "-", "[]", "{}", "[removed]", "[deleted]")
)
"""What programs write for "nothing here"."""

WITHDRAWN = frozenset("canceled cancelled withheld withdrawn retracted killed draft trash private".split())
"""States in which a publisher does not, or no longer, stand by an article."""

OPINION = frozenset("opinion opinions oped editorial editorials column commentary opinionnewsarticle".split())
"""Kinds of articles that give a view, and sections of them."""

NO_DATES = re.compile(
    r"crawl|download|scrap|index|retriev|fetch|access|infer|saved|expir|embargo|event|birth|copyright|image|photo"
    r"|archived|collected|ingest|harvest",
    re.IGNORECASE,
)
"""Dates that say what became of a file, or what an article is about, never when it was published."""

_MOST_NAMES = 100
# "data_publikacji", "fecha de publicación", "Veröffentlichungsdatum"
_PUBLICATION = re.compile(
    r"^(?:dat[aeou]m?|fecha)(?:de|di|da|der)?(?:publi[ckq]|pubbli|vero?e?ffent|erschein)"
    r"|(?:publi[ck]\w+|vero?e?ffentlichungs|erscheinungs)(?:dat(?:um|o)|fecha|tidpunkt)$"
)
_NAMES = frozenset(name for names in FIELDS.values() for name in names)


@lru_cache(maxsize=16384)
def plain_name(name: str) -> str:
    """A name as ``FIELDS`` has it, where it has it."""
    plain = bare_name(name)
    starts = [prefix for prefix in PREFIXES if plain.startswith(prefix)]
    ends = [suffix for suffix in SUFFIXES if plain.endswith(suffix)]
    stems = (plain.removesuffix(suffix).removeprefix(prefix) for suffix in ends for prefix in starts)
    return next((stem for stem in stems if stem in _NAMES), "published" if _PUBLICATION.search(plain) else plain)


def inside(value: Mapping[str, object]) -> Iterator[object]:
    """What stands under the names of ``INSIDE`` in an object, the preferred name first."""
    named: dict[str, object] = {}
    for name, one in islice(value.items(), _MOST_NAMES):
        named.setdefault(name if name == "@id" else bare_name(name), one)
    return (named[name] for name in INSIDE if name in named)


@lru_cache(maxsize=16384)
def bare_name(name: str) -> str:
    """The letters and digits of a name, in lower case and without accents."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", name[:100].lower()))
