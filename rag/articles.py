"""The news as it lies in an index: articles, their paragraphs, and the passages cut from them."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

# What a cache of AMP pages, or a search engine, puts in front of the page's own address.
_AMP_CACHE = re.compile(
    r"(?:(?:[\w-]+\.)?cdn\.ampproject\.org/[cv]|(?:www\.)?google\.[a-z.]{2,6}/amp|[\w-]+\.bing-amp\.com/[cv])/(?:s/)?"
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)?://|//", re.IGNORECASE)
# Editions for a kind of device; only where a whole name is left, as "m.example" is somebody's name.
_EDITION = re.compile(r"^(?:(?:www\d*|m|mobile|amp)\.)+(?=[^.]+\.[^.])")
# A session in the path; the page of a folder; the AMP variant of a page, which "/amp" alone is not.
_VARIANT = re.compile(
    r";(?:jsessionid|phpsessid)=[^/;]*|/\(s\([a-z0-9]+\)\)(?=/|$)|/(?:index|default)\.(?:s?html?|php|aspx?|jsp|cfm)$"
    r"|(?<=[^/])/amp$|^/amp(?=/[^/])|(?<=[^/.])\.amp(?=\.html?$|$)",
    re.IGNORECASE,
)
# Parameters of AMP, and those of news sites that courlan's list lacks.
_TRACKING = re.compile(r"amp|(?:amp|at|ns|soc|guce|hsa|_hs\w*)_\w+|usqp|aoh|guccounter|\w*sessionid|phpsessid")
_TRACKING_WORDS = frozenset(
    "cmp cmpid s_cid icid intcid intcmp ocid smid smtyp emc ito ncid mbid taid partner spm".split()
)
# With a number behind it, any of them may well name the page.
_MAY_NAME = frozenset("cid eid uid ref source session keyword kwd partner".split())
_AMP_FORMS = frozenset(("outputtype", "view", "mode", "type", "format"))
_LONGEST_URL = 4_096  # what is longer is data
_ESCAPE = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)
_UNRESERVED = re.compile(r"[A-Za-z0-9._~/-]*")

LABELS = ("excerpt", "corrected", "opinion", "live")
"""Only the beginning or a summary is there; its publisher says that it was corrected; it gives a view; it is still
being written."""

_MONTHS = ("January February March April May June July August September October November December").split()


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside an article. It is shown, but is no paragraph and cannot be cited."""

    text: str
    before: int
    """Number of the paragraph it stands above."""


@dataclass(frozen=True)  # no slots: id and version are digests, kept once they were made
class Article:
    """One state (version) of a published news text.

    ``paragraphs`` are the article's own words, in order, without byline, captions or promotion; paragraph *n* is
    ``paragraphs[n - 1]``, and a citation points to characters of exactly this text.
    """

    title: str
    paragraphs: tuple[str, ...]
    outlet: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    published: date | None = None
    """The day of publication, as the article itself gives it."""
    published_at: datetime | None = None
    """The moment of publication, where the article gives one."""
    updated: date | None = None
    updated_at: datetime | None = None
    """The moment of the last change, where the article gives one."""
    section: str | None = None
    language: str | None = None
    subheadings: tuple[Subheading, ...] = ()
    publisher_id: str | None = None
    """What its publisher calls it (a feed's guid, an agency's uri), where it has no url of its own."""
    labels: tuple[str, ...] = ()
    """What is to be known before it is believed, of ``LABELS``, in their order."""

    @cached_property
    def id(self) -> str:
        """16 hex digits, the same in every run: from the url, else the publisher's id, else outlet, title and text."""
        if self.url:
            return _digest(["url", plain_url(self.url)])[:16]
        if self.publisher_id:
            return _digest(["id", self.outlet, self.publisher_id])[:16]
        return _digest(["text", self.outlet, self.title, *self.paragraphs])[:16]

    @cached_property
    def version(self) -> str:
        """16 hex digits that differ as soon as anything that a reader sees differs."""
        return _digest(
            [
                self.title,
                self.outlet,
                self.url,
                list(self.authors),
                self.agency,
                *(
                    str(value) if value else None
                    for value in (self.published, self.published_at, self.updated, self.updated_at)
                ),
                self.section,
                self.language,
                list(self.paragraphs),
                [[heading.before, heading.text] for heading in self.subheadings],
                # Named, and only where there are any: versions that were stored before there were these stay the same.
                *([{"publisher_id": self.publisher_id}] if self.publisher_id else []),
                *([{"labels": list(self.labels)}] if self.labels else []),
            ]
        )[:16]

    def paragraph(self, number: int) -> str:
        """Text of paragraph ``number``, counted from 1; raises ``IndexError`` outside the article."""
        if not 1 <= number <= len(self.paragraphs):
            raise IndexError(f"article {self.id} has {len(self.paragraphs)} paragraphs, not a paragraph {number}")
        return self.paragraphs[number - 1]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` up to, not including, ``end`` of one paragraph (numbered from 1)."""

    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and found: consecutive spans of one article, usually whole paragraphs."""

    article_id: str
    spans: tuple[Span, ...]
    text: str
    """The spans' text, joined by an empty line."""

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """Numbers of the paragraphs that the passage touches, in order."""
        return tuple(span.paragraph for span in self.spans)


def header(article: Article) -> str:
    """What is embedded above each passage so that it is found by title, outlet and day; never part of a citation."""
    origin = [_shortened(article.outlet or "", 60), day_in_words(article.published) if article.published else ""]
    return "\n".join(filter(None, (_shortened(article.title, 160), " · ".join(filter(None, origin)))))


def day_in_words(day: date) -> str:
    """Write a day as "4 March 2025"; not by ``strftime``, whose month names follow the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_in_words(day: date) -> str:
    """Write a day's month as "March 2025"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _shortened(text: str, length: int) -> str:
    # A title as long as a passage would leave the model no room for the passage.
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0]


def plain_url(url: str) -> str:
    """Reduce ``url`` to what names the page, without a scheme: the same for every way that leads there.

    Gone are what says how a reader came (tracking, sessions), the variant for a device or of AMP, a fragment that is no
    page (``#!/story/12`` is one), and all that can be written in two ways. What is no address stays as it is.
    """
    url = url.strip()
    if len(url) > _LONGEST_URL:
        return url
    scheme = _SCHEME.match(url)
    try:
        parts = urlsplit("//" + url[scheme.end() if scheme else 0 :])
        host, port = parts.hostname or "", parts.port
        host = (host if host.isascii() else host.encode("idna").decode()).rstrip(".")
    except ValueError:  # of Unicode too
        return url
    if not host or re.search(r"[\s%]", host):
        return url
    query = parts.query.replace("&amp;", "&")
    host = f"[{host}]" if ":" in host else _EDITION.sub("", host)
    port = None if port in (80, 443) else port
    path = posixpath.normpath(f"/{_one_spelling(parts.path).strip('/')}")
    page = _page(path)
    if not port and (cached := _AMP_CACHE.match(host + path) or _AMP_CACHE.match(host + page)):
        return plain_url(f"{cached.string[cached.end() :]}?{query}")
    fragment = f"#{_one_spelling(parts.fragment)}" if re.match("!.|/.", parts.fragment) else ""
    return f"{host}{f':{port}' if port is not None else ''}{page}{_naming(query)}{fragment}"


def without_tracking(url: str) -> str:
    """``url`` as it was written, but for what says how a reader came."""
    if "?" not in url and "#" not in url:
        return url
    address, _, fragment = url.partition("#")
    address, _, query = address.partition("?")
    fields = [field for field in re.split("&(?:amp;)?", query) if not _tracks(*_name_and_value(field))]
    # "#xtor=RSS-1" of French papers; "#!/story/12" and "#comments" lead somewhere.
    fragment = "" if re.match(r"[\w:~]+=", fragment) else fragment
    return address + "?" * any(fields) + "&".join(fields) + "#" * bool(fragment) + fragment


def _name_and_value(field: str) -> tuple[str, str]:
    name, _, value = field.lower().partition("=")
    return name, value


def _page(path: str) -> str:
    before = None
    while path != before:
        before, path = path, posixpath.normpath(f"/{_VARIANT.sub('', path).strip('/')}")
    return path.rstrip("/")


def _naming(query: str) -> str:
    """The parameters of a query that name the page, in one order."""
    # In Latin-1 the bytes of every encoding stay what they are.
    fields = parse_qsl(_one_spelling(query), keep_blank_values=True, encoding="latin-1")
    named = sorted({(name, value) for name, value in fields if not _tracks(name.lower(), value.lower())})
    return "?" + urlencode(named, encoding="latin-1") if named else ""


def _tracks(name: str, value: str) -> bool:
    """Whether a parameter says how a reader came to a page, and not which page it is."""
    if _TRACKING.fullmatch(name) or (value == "amp" and name in _AMP_FORMS):
        return True
    found = _trackers().search(name)
    word = found[0].strip("_") if found else name
    # Two pages must not become one.
    return bool(found or name in _TRACKING_WORDS) and not (word in _MAY_NAME and value.isdigit())


@cache
def _trackers() -> re.Pattern[str]:
    from courlan.clean import TRACKERS_RE  # takes 0.1 s, and most addresses have no parameters

    # Whole words of its list, since "ga" begins a gallery and "ref" a reference.
    return re.compile(rf"(?:{TRACKERS_RE.pattern})(?:(?<=_)|(?:id)?(?![a-z0-9]))")


def _one_spelling(text: str) -> str:
    """Escape what has to be, in capitals, and nothing else (RFC 3986, 6.2.2)."""
    if _UNRESERVED.fullmatch(text):
        return text
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    text = quote(text, safe="/%:@!$&'()*+,;=~?[]#|", errors="surrogatepass")
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character != "/" and _UNRESERVED.fullmatch(character) else escape[0].upper()


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
