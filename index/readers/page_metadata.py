"""Read what a web page says about itself: in JSON-LD, in its meta tags, and in what a reader sees of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from index.articles.authors import agency_named, byline
from index.articles.characters import has_words, one_line
from index.articles.dates import PublishedDate, parse_date
from index.articles.field_names import FIELDS, plain_name
from index.articles.outlets import is_home_page, outlet_of, same_site, web_address
from rag.articles import plain_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_JSON_LIMIT = 2_000_000
_ARTICLE = re.compile(r".*(?:Article|Posting)|Report")
# Programs that measure readers put their own name before the field's.
_VENDOR = re.compile(r"^(?:parsely|sailthru|dc|dcterms|citation|cxenseparse|article|og|bt)(?=[.:_-])", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[|–—·•»:-]\s+|\s*[|»]\s*")
_ANY_SEPARATOR = re.compile(rf"{_SEPARATOR.pattern}|:\s+")
_QUOTES = str.maketrans("‘’‚‛`´“”„«»–—‑", "''''''\"\"\"\"\"---")
_VALUE_IN_BROKEN_JSON = re.compile(
    r'"(@type|headline|datePublished|dateModified|articleSection|isAccessibleForFree)"\s*:\s*("(?:[^"\\]|\\.)*"|\w+)'
)
# What stands behind a name in the same box: a date, a button, a place.
_AFTER_NAME = re.compile(
    r"\W+(?:on\W+)?(?:published|updated|posted|commented|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan|febr)uary|march|april|june"
    r"|july|august|(?:sept|nov|dec)ember|october|\d)\b.*",
    re.IGNORECASE,
)
_BREAKS = frozenset("br p div li".split())
_DAY_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/]?)(0\d|1[0-2])\2([0-3]\d)(?!\d)")
_NUMBER = re.compile(r"(?<![\d:])(?:\d\d?|\d{4})(?![\d:])")  # of a day or a year, not of an hour
_SHORT_OF = re.compile(r"\s*(?:…|\.\.\.)$")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says about itself; what it does not say is empty."""

    record: dict[str, object]
    """Fields of an article, by the names that ``field_names.FIELDS`` prefers; no text."""
    types: frozenset[str]
    """What schema.org calls the page or its article: "NewsArticle"; and "article" where OpenGraph does."""
    is_article: bool
    """Its markup says that it is an article."""
    is_free: bool | None
    """Whether its markup says that everybody may read it whole."""
    paid: frozenset[str]
    """Classes and ids of what not everybody may read, as its markup names them."""
    words: int
    """Words of the whole text, as the markup counts them; 0 where it does not say."""
    body: str
    """The whole text, where the markup holds it."""
    corrected: bool
    """The markup holds a correction."""
    notices: tuple[str, ...] = ()
    """What of it is not believed."""


def page_facts(tree: HtmlElement, url: str | None) -> PageFacts:
    """What the page ``tree``, which was fetched from ``url`` if that is known, says about itself.

    Its scripts are taken out: libraries would read them as well, and choose between several articles.
    """
    from lxml.etree import strip_elements

    nodes = list(_json_ld(tree))
    strip_elements(tree, "script", with_tail=False)
    meta = _meta(tree)
    headings = [heading for heading in (text_of(element) for element in tree.iter("h1")) if has_words(heading)]
    address, notices = _believed(_address(tree, meta, [], url), url)
    article = _article(nodes, address, [*headings, *meta.get("title", ())])
    address = address or _address(tree, meta, _links(article or {}), None)
    kinds = {value.lower() for value in meta.get("type", ())}
    types = kinds.union(kind for node in (nodes if article is None else [article]) for kind in _types(node))
    outlet = _outlet(article, meta, address)
    sites = set(filter(None, (outlet, *meta.get("sitename", ()), outlet_of(address) if address else None)))
    record: dict[str, object] = {
        "title": _title(article, meta, headings, tree, sites),
        "authors": _authors(article, meta, tree, sites),
        "published": _date("published", "datePublished", article, meta, nodes, tree, address),
        "updated": _date("updated", "dateModified", article, meta, [], None, None),
        "url": address,
        "outlet": outlet,
        "section": next(filter(_is_section, (*_named(article, "articleSection"), *_of("section", meta))), None),
        "language": _language(article, meta, tree),
    }
    parts = [part for part in _listed((article or {}).get("hasPart")) if isinstance(part, dict)]
    whole = [_is_free(article or {}), *(free for part in parts if (free := _is_free(part)) is False)]
    selectors = " ".join(str(part.get("cssSelector")) for part in parts if _is_free(part) is False)
    return PageFacts(
        {name: value for name, value in record.items() if value},
        frozenset(types),
        article is not None or "article" in kinds,
        None if all(free is None for free in whole) else all(free is not False for free in whole),
        frozenset(re.findall(r"[.#]([\w-]+)", selectors)),
        _words(article),
        str(body) if isinstance(body := (article or {}).get("articleBody"), str) else "",
        bool(article and article.get("correction")) or any("CorrectionComment" in _types(node) for node in nodes),
        notices,
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _is_free(node: dict[str, object]) -> bool | None:
    said = node.get("isAccessibleForFree")
    return None if said is None else str(said).rpartition("/")[2].lower() not in ("false", "no", "0")


def _json_ld(tree: HtmlElement) -> Iterator[dict[str, object]]:
    """The objects of the page's JSON-LD, with what they refer to by ``@id`` in its place."""
    found: list[dict[str, object]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) <= _JSON_LIMIT:
            _collect(_parsed(script.text), found, 0)
    by_id = {str(node["@id"]): node for node in reversed(found) if "@id" in node and len(node) > 1}
    for node in found:
        yield {name: _resolved(value, by_id) for name, value in node.items()}


def _parsed(text: str) -> object:
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)?\s*;?\s*$", "", text)
    try:
        return json.JSONDecoder(strict=False).raw_decode(text.lstrip())[0]
    except RecursionError:
        return None
    except ValueError:
        # Templates leave out a value or write a comment; what stands there in order is read all the same.
        node: dict[str, object] = {}
        for name, value in _VALUE_IN_BROKEN_JSON.findall(text):
            node.setdefault(name, unescape(value.strip('"').replace('\\"', '"').replace("\\/", "/")))
        return node


def _collect(value: object, found: list[dict[str, object]], depth: int) -> None:
    if depth > 4:
        return
    if isinstance(value, list):
        for member in value:
            _collect(member, found, depth + 1)
    elif isinstance(value, dict):
        found.append(value)
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            _collect(value.get(name), found, depth + 1)


def _resolved(value: object, by_id: dict[str, dict[str, object]]) -> object:
    if isinstance(value, list):
        return [_resolved(member, by_id) for member in value[:200]]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _types(node: dict[str, object]) -> list[str]:
    return [str(kind).rpartition("/")[2] for kind in _listed(node.get("@type")) if kind]


def _meta(tree: HtmlElement) -> dict[str, list[str]]:
    """What the meta tags say, by names as ``FIELDS`` has them where it has them."""
    meta: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv") or ""
        content = one_line(unescape((tag.get("content") or "")[:4000]))
        if name and content:
            values = meta.setdefault(plain_name(_VENDOR.sub("", name.strip())), [])
            if content not in values:
                values.append(content)
    return meta


def _of(field: str, meta: dict[str, list[str]]) -> Iterator[str]:
    """What the meta tags give for a field, the preferred name first; an address is no name."""
    for name in FIELDS[field]:
        yield from (
            value for value in meta.get(name, ()) if field == "url" or not value.startswith(("http:", "https:"))
        )


def _article(nodes: list[dict[str, object]], url: str | None, titles: list[str]) -> dict[str, object] | None:
    """The one object that describes the page's article; none where several may be meant."""
    articles = [
        node for node in nodes if any(map(_ARTICLE.fullmatch, _types(node))) and not _is_other(node, url, titles)
    ]
    if len(articles) > 1 and (live := [node for node in articles if "LiveBlogPosting" in _types(node)]):
        articles = live
    if len(articles) > 1 and url:
        here = [node for node in articles if any(plain_url(one) == plain_url(url) for one in _links(node))]
        articles = here or articles
    if len(articles) > 1:
        known = {folded(title) for title in titles}
        articles = [node for node in articles if {folded(one) for one in _named(node, "headline")} & known] or articles
    # Two systems of one site describe it twice; the second adds what the first leaves out.
    if len({folded(one) for node in articles for one in _named(node, "headline")}) > 1:
        return None
    merged: dict[str, object] = {}
    for node in articles:
        merged = {**node, **{name: value for name, value in merged.items() if value}}
    return merged or None


def _is_other(node: dict[str, object], url: str | None, titles: list[str]) -> bool:
    """Whether both the address and the headline of an object are another page's, to which this one leads."""
    links = [plain_url(link) for link in _links(node) if not is_home_page(link)]
    words = [set(re.findall(r"\w+", folded(title))) for title in (*titles, *_named(node, "headline"))]
    return bool(url and links and titles and len(words) > len(titles)) and not (
        plain_url(url or "") in links or any(2 * len(one & words[-1]) > len(words[-1]) for one in words[:-1])
    )


def _links(node: dict[str, object]) -> list[str]:
    values = (node.get(name) for name in ("url", "mainEntityOfPage", "@id"))
    links = [value.get("@id") or value.get("url") if isinstance(value, dict) else value for value in values]
    return [link for link in links if isinstance(link, str) and web_address(link)]


def _named(node: dict[str, object] | None, name: str) -> list[str]:
    return _names(node.get(name)) if node else []


def _names(value: object) -> list[str]:
    """The names in a value of JSON-LD: a text, an object with a name, a list of both."""
    if isinstance(value, list):
        return [name for member in value[:100] for name in _names(member)]
    if isinstance(value, dict):
        return _names(value.get("name") or value.get("@value"))
    text = one_line(unescape(value[:4000])) if isinstance(value, str) else ""
    return [text] if text and not text.startswith(("http:", "https:")) else []


def _address(tree: HtmlElement, meta: dict[str, list[str]], links: list[str], url: str | None) -> str | None:
    """The page's own address: as it names it, else where it was fetched or saved from, else one of ``links``."""
    said = [tag.get("href") for tag in tree.iter("link") if "canonical" in (tag.get("rel") or "").lower().split()]
    base = next(filter(None, (tag.get("href") for tag in tree.iter("base"))), None)
    base = url or (web_address(base) if base else None)
    addresses: list[str] = []
    for link in filter(None, (*said, *meta.get("url", ()), url, *links)):
        try:
            whole = urljoin(base, link.strip()) if base else link.strip()
        except ValueError:
            continue
        address = web_address("https:" + whole if whole.startswith("//") else whole)
        # An address of another kind than the page's own is a mistake of its template.
        if address and "localhost" not in (urlsplit(address).hostname or ""):
            addresses.append(address)
    return next((address for address in addresses if not is_home_page(address)), next(iter(addresses), None))


def _believed(said: str | None, url: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The address that a page gives itself, unless it is another site's: that site's page must not be replaced."""
    if not said or not url or same_site(said, url):
        return said, ()
    return web_address(url), (f"says that its address is {said[:300]}, on another site: kept as {url[:300]}",)


def _outlet(article: dict[str, object] | None, meta: dict[str, list[str]], url: str | None) -> str | None:
    """Who published the page, whoever wrote for it: of two names the one that its host bears out."""
    named = [*_named(article, "publisher"), *meta.get("sitename", ()), *_of("outlet", meta)]
    names = [_SEPARATOR.split(name)[0] for name in named if not name.startswith("@")]
    host = _letters((urlsplit(url or "").hostname or "").removeprefix("www."))
    borne_out = (name for name in names if host and (_letters(name) in host or host.startswith(_initials(name))))
    others = (name for name in names if not agency_named(name))
    return next(borne_out, None) or next(others, None) or next(iter(names), None)


def _initials(name: str) -> str:
    words = re.findall(r"[^\W_]+", folded(name))
    return "".join(word[0] for word in words) if len(words) > 2 else folded(name)


def _title(
    article: dict[str, object] | None,
    meta: dict[str, list[str]],
    headings: list[str],
    tree: HtmlElement,
    sites: set[str],
) -> str:
    """The headline as it stands above the article: other places shorten it, or add the site's name."""
    own = next((text_of(element) for element in tree.iter("title")), "")
    said = [*_named(article, "headline"), *_named(article, "name"), *meta.get("title", ()), own]
    said = [title for title in said if has_words(title) and not _is_site(title, sites)]
    plain = [_without_site(title, sites) for title in said]
    known = {folded(title) for title in (*said, *plain)}
    headings = [heading for heading in headings if not _is_site(heading, sites)]
    if not headings and (piece := max(_shown_pieces(own, tree), key=len, default="")):
        return piece
    # "Opinion | The tolls must go" is what the heading says, and so is a heading that was cut off elsewhere.
    for is_known in (known.__contains__, lambda words: any(_belongs(words, title) for title in known)):
        if found := next((heading for heading in headings if is_known(folded(heading))), None):
            return found
    if plain:
        # What two places say is what the article is called, and not what a search engine should show.
        votes = Counter(map(folded, plain))
        return max(plain, key=lambda title: (votes[folded(title)] > 1, -plain.index(title)))
    return headings[0] if headings else ""


def _shown_pieces(title: str, tree: HtmlElement) -> Iterator[str]:
    """What stands on the page as a line of its own and, with the site's name beside it, in its title."""
    parted = [part for sign in _ANY_SEPARATOR.finditer(title) for part in (title[: sign.start()], title[sign.end() :])]
    pieces = {folded(part): part for part in parted if len(part.split()) > 2}
    body = tree.find("body")
    for element in body.iter() if pieces and body is not None else ():
        if element.text and folded(element.text[:400]) in pieces and not len(element) and element.tag != "a":
            yield one_line(element.text)


def _belongs(heading: str, title: str) -> bool:
    cut = _SHORT_OF.sub("", title)
    if len(cut) < len(title) and len(cut) > 20 and heading.startswith(cut):
        return True
    return heading in title and len(heading) > len(title) / 2 and len(heading.split()) > 2


def _without_site(title: str, sites: set[str]) -> str:
    """``title`` without the name of its site before or behind it."""
    pieces = list(_SEPARATOR.finditer(title))
    while pieces and _is_site(title[pieces[-1].end() :], sites):
        title = title[: pieces.pop().start()]
    if pieces and _is_site(title[: pieces[0].start()], sites):
        title = title[pieces[0].end() :]
    return title.strip()


def _is_site(words: str, sites: set[str]) -> bool:
    return has_words(words) and _letters(words) in map(_letters, sites)


def _letters(name: str) -> str:
    return re.sub(r"\W", "", folded(name)).removeprefix("the")


def _authors(
    article: dict[str, object] | None, meta: dict[str, list[str]], tree: HtmlElement, sites: set[str]
) -> list[str]:
    named = _named(article, "author") or _named(article, "creator") or list(_of("authors", meta))
    if not named:
        for element in tree.xpath('//*[@itemprop="author"]')[:10]:
            inner = element.xpath('.//*[@itemprop="name"]')
            named.append(text_of(inner[0] if inner else element) or element.get("content") or "")
    if not any(map(has_words, named)):
        from trafilatura.metadata import extract_author

        # It takes whatever is marked as an author's place; a name is what a byline could hold.
        seen = (_AFTER_NAME.sub("", name) for name in (extract_author(tree) or "").split("; "))
        named = [name for name in seen if byline(f"by {name}")]
    return [_without_employer(name, sites) for name in named if has_words(name) and len(name) < 300]


def _without_employer(name: str, sites: set[str]) -> str:
    """``name`` without whom its bearer writes for: "Ines Corvath | Gull Media", "Ines Corvath, Lindmoor Gull"."""
    name = name.partition(" | ")[0]
    while (degree := re.fullmatch(r"(.+), ([A-Z]{2,4})", name)) and not agency_named(degree[2]):
        name = degree[1]
    if parts := re.fullmatch(r"(.{4,})[,.] (.+)", name):
        ours = [letters for letters in map(_letters, sites) if len(letters) > 2]
        return parts[1] if any(_letters(parts[2]).startswith(one) for one in ours) else name
    words = name.split()
    named = next((count for count in (2, 1) if len(words) > count + 1 and agency_named(" ".join(words[-count:]))), 0)
    return f"{' '.join(words[:-named])}, {' '.join(words[-named:])}" if named else name


def _date(
    field: str,
    name: str,
    article: dict[str, object] | None,
    meta: dict[str, list[str]],
    nodes: list[dict[str, object]],
    tree: HtmlElement | None,
    url: str | None,
) -> str | None:
    """The first date that can be understood; the first of all, so that it is named, where none can."""
    said = [*_dates(article, name), *_of(field, meta)]
    if tree is not None:
        pages = [node for node in nodes if "WebPage" in _types(node)]
        said += [found for node in pages for found in _dates(node, name)]
        for element in tree.xpath(f'//*[@itemprop="{name}"]')[:3]:
            said.append(element.get("datetime") or element.get("content") or text_of(element))
    for text in said:
        with suppress(ValueError):
            found = parse_date(text, date.max)
            return _as_shown(text, found, tree, url) if tree is not None else text
    seen = _seen_date(tree, url) if tree is not None else None
    return seen or next(iter(said), None)


def _as_shown(text: str, found: PublishedDate, tree: HtmlElement, url: str | None) -> str:
    """``text``, or the day beside it that the publisher means: where it is night in UTC, it is evening elsewhere."""
    if found.at is None or found.at.utcoffset():
        return text
    shown = [(f"{year}-{month}-{day}", {int(year), int(day)}) for year, _, month, day in _DAY_IN_URL.findall(url or "")]
    for tag in tree.xpath("//time | //*[contains(@class, 'date')]")[:20]:
        shown.append((seen := text_of(tag), {int(number) for number in _NUMBER.findall(seen)}))
    others: list[str] = []
    for one, numbers in shown:
        if len(one) > 80 or found.day.year not in numbers:
            continue
        if found.day.day in numbers:
            return text
        for days in (-1, 1):
            # Where it is night in UTC it may be the evening before in the west, or the next morning in the east.
            if (found.at.hour < 12 if days < 0 else found.at.hour >= 10) and not others:
                other = found.day + timedelta(days=days)
                with suppress(ValueError):
                    others += [one] if other.day in numbers and parse_date(one, date.max).day == other else []
    return next(iter(others), text)


def _dates(node: dict[str, object] | None, name: str) -> list[str]:
    value = node.get(name) if node else None
    if isinstance(value, dict):
        value = value.get("@value")
    return [str(value)[:200]] if isinstance(value, (str, int)) and value else []


def _seen_date(tree: HtmlElement, url: str | None) -> str | None:
    """The date in the page's address, or in what its markup shows to readers as the date."""
    from htmldate import find_date

    return find_date(tree, extensive_search=False, original_date=True, url=url, deferred_url_extractor=True)


def _is_section(name: str) -> bool:
    return len(name) <= 60 and name.count(",") < 2  # some list all their keywords there


def _language(article: dict[str, object] | None, meta: dict[str, list[str]], tree: HtmlElement) -> str | None:
    own = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    said = (*_named(article, "inLanguage"), own, *_of("language", meta), *meta.get("contentlanguage", ()))
    return next((language for language in said if language and re.match(r"[A-Za-z]{2,3}(?:[-_]|$)", language)), None)


def _words(article: dict[str, object] | None) -> int:
    count = str((article or {}).get("wordCount") or "")
    return int(count) if re.fullmatch(r"[0-9]{1,6}", count) else 0


def text_of(element: HtmlElement) -> str:
    """What a reader sees of an element, on one line."""
    from lxml.etree import iterwalk

    pieces: list[str] = []
    for event, part in iterwalk(element, events=("start", "end")):
        if event == "start":
            pieces.append((" " if part.tag in _BREAKS else "") + (part.text or ""))
        elif part is not element:
            pieces.append(part.tail or "")
    return one_line("".join(pieces)[:4000])


def folded(title: str) -> str:
    """``title`` without what differs from place to place: case, spaces, the form of quotation marks and dashes."""
    return " ".join(title.casefold().translate(_QUOTES).split())
