"""Lists the articles of a store for a reader to look through and choose from, and shows one whole, as HTML.

What is asked stands in the address alone (``articles?words=…&from=…``), so that the list works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from urllib.parse import quote, urlencode

from rag.articles import Article, Span
from rag.record.links import host_of
from rag.store.protocol import Store, Summary
from rag.store.scope import Scope, name_key
from rag.text.display import one_line
from rag.text.languages import codes_by_name, language_code, language_name
from rag.text.words import counted
from rag.web.escaping import escaped, link
from rag.web.excerpts import byline, heading, provenance, spaced

_PAGE = 20
# Characters of what is typed, and digits of a page's number, that are read of an address.
_LONGEST, _DIGITS = 200, 6


@dataclass(frozen=True, slots=True)
class Listing:
    """Which articles a reader wants to see."""

    words: str = ""
    published_from: date | None = None
    published_to: date | None = None
    outlet: str = ""
    language: str = ""
    page: int = 1
    notices: tuple[str, ...] = ()
    """What of it could not be read: lower case, without a full stop."""

    @property
    def scope(self) -> Scope:
        """Its limits."""
        outlets, languages = ((one,) if one else () for one in (self.outlet, self.language))
        return Scope(self.published_from, self.published_to, outlets, languages=languages)

    def address(self, page: int = 1) -> str:
        """Where one page of it is shown, from the root of the site."""
        fields = {
            "words": self.words,
            "from": self.published_from,
            "to": self.published_to,
            "outlet": self.outlet,
            "language": self.language,
            "page": page if page > 1 else "",
        }
        return "articles?" + urlencode({name: str(value) for name, value in fields.items() if value})


@dataclass(frozen=True, slots=True)
class Found:
    """What a store holds for a listing."""

    listing: Listing
    total: int
    articles: tuple[Article, ...]
    """Those of the page."""
    holds: Summary
    """All that may be chosen from."""


def read_listing(params: Mapping[str, str]) -> Listing:
    """Read a listing from the fields of an address; what is no day is left out, with a notice."""
    notices = list[str]()

    def day(name: str) -> date | None:
        text = read(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            notices.append(f"the day {name!r} is {text!r}: write it as 2025-03-04")
            return None

    def read(name: str) -> str:
        return one_line(params.get(name, ""))[:_LONGEST]

    first, last = day("from"), day("to")
    if first and last and first > last:
        notices.append(f"the range of days is the wrong way round: from {first} to {last}")
        first = last = None
    language, page = read("language"), read("page")
    return Listing(
        read("words"),
        first,
        last,
        read("outlet"),
        language_code(language) or language,
        max(1, int(page)) if page.isdecimal() and len(page) <= _DIGITS else 1,
        tuple(notices),
    )


def find(store: Store, listing: Listing) -> Found:
    """Ask a store for a listing. An outlet or a language that it does not hold is left out, with a notice."""
    try:
        total, articles = store.listing(listing.scope, listing.words, (listing.page - 1) * _PAGE, _PAGE)
    except ValueError as error:
        return find(store, replace(listing, outlet="", language="", notices=(*listing.notices, str(error))))
    last = max(1, -(-total // _PAGE))
    if listing.page > last:
        return find(store, replace(listing, page=last))
    return Found(listing, total, tuple(articles), store.summary())


def render_listing(found: Found) -> str:
    """Render the search, and a page of what it found."""
    if not found.holds.articles:
        return (
            '<section class="browsing"><h2>The index holds no articles yet</h2>'
            "<p>Build it from your own, in a terminal:</p><pre><code>rag-index build PATH</code></pre></section>"
        )
    listing = found.listing
    notices = "".join(
        f'<p class="notice" role="alert">{escaped(one[:1].upper() + one[1:])}.</p>' for one in listing.notices
    )
    return (
        f'<section class="browsing" aria-labelledby="browsing"><h2 id="browsing">Articles</h2>{_search(found)}'
        f"{notices}{_results(found) if found.total else _nothing(listing)}</section>"
    )


def _search(found: Found) -> str:
    listing = found.listing
    days = "".join(
        f'<label>Published {name} <input type="date" name="{name}" value="{day or ""}"></label>'
        for name, day in (("from", listing.published_from), ("to", listing.published_to))
    )
    languages = [(code, language_name(code)) for code, _ in found.holds.languages]
    return (
        '<form class="search" role="search" aria-label="Articles" method="get" action="articles">'
        f'<label class="words">Words <input type="search" name="words" maxlength="{_LONGEST}" dir="auto" '
        f'autocomplete="off" value="{escaped(listing.words)}"></label>{days}'
        + _choice("Outlet", "outlet", [(name, name) for name, _ in found.holds.outlets], listing.outlet, "All outlets")
        + (_choice("Language", "language", languages, listing.language, "All languages") if len(languages) > 1 else "")
        + '<button type="submit">Show</button></form>'
    )


def _choice(label: str, name: str, options: Sequence[tuple[str, str]], chosen: str, every: str) -> str:
    listed = ""
    for value, shown in sorted(options, key=lambda one: one[1].casefold()):
        selected = " selected" if name_key(value) == name_key(chosen) else ""
        listed += f'<option value="{escaped(value)}"{selected}>{escaped(shown)}</option>'
    return f'<label>{label} <select name="{name}"><option value="">{every}</option>{listed}</select></label>'


def _nothing(listing: Listing) -> str:
    said = "No article says all of these words" if listing.words else "No article is"
    within = " within these limits" if listing.scope or not listing.words else ""
    return f'<p class="found" role="status">{said}{within}. <a href="articles">Show all articles</a></p>'


def _results(found: Found) -> str:
    listing, first = found.listing, (found.listing.page - 1) * _PAGE + 1
    last = first + len(found.articles) - 1
    shown = f"{first:,} to {last:,} of " if found.total > _PAGE else ""
    shown += f"{counted(found.total, 'article')}, the newest first. Choose some to ask only them."
    pages = [(listing.page - 1, "prev", "Newer articles")] if first > 1 else []
    pages += [(listing.page + 1, "next", "Older articles")] if last < found.total else []
    links = "".join(f'<a rel="{rel}" href="{escaped(listing.address(page))}">{said}</a>' for page, rel, said in pages)
    return (
        f'<p class="found" role="status">{shown}</p><form class="choosing" method="get" action="./">'
        f'<ul class="articles">{"".join(map(_item, found.articles))}</ul>'
        '<p class="choose"><button type="submit">Ask only these</button></p></form>'
        + (f'<nav class="pages" aria-label="Pages">{links}</nav>' if links else "")
    )


def _item(article: Article) -> str:
    title = article.title or "Untitled"
    return (
        f'<li><label class="pick"><input type="checkbox" name="articles" value="{escaped(article.id)}" '
        f'aria-label="Choose {escaped(title)}"></label><div>{provenance(article)}'
        f'<h3 dir="auto"><a href="articles/{quote(article.id, safe="")}" data-article="{escaped(article.id)}">'
        f"{escaped(title)}</a></h3>{byline(article)}</div></li>"
    )


def render_article(article: Article, cited: Sequence[Span] = ()) -> str:
    """Render the whole text of an article as it is stored, with what is cited of it marked."""
    marked = {number: [one for one in cited if one.paragraph == number] for number in {one.paragraph for one in cited}}
    text = ""
    for number, paragraph in enumerate(article.paragraphs, start=1):
        text += "".join(
            f'<h3 dir="auto">{escaped(one.text)}</h3>' for one in article.subheadings if one.before == number
        )
        spans = marked.get(number, ())
        kind = ' class="cited"' if spans else ""
        text += f'<p id="p{number}" data-number="{number}"{kind} dir="auto">{_marked(paragraph, spans)}</p>'
    page = (
        f'<p class="publisher">{link(article.url, "Open the page of its publisher")}</p>'
        if host_of(article.url)
        else ""
    )
    code = article.language if article.language in codes_by_name().values() else None
    language = f' lang="{code}"' if code else ""
    return (
        f'<article class="whole" data-article="{escaped(article.id)}" tabindex="-1">{heading(article, None, level=2)}'
        f'{page}<div class="text"{language}>{text}</div></article>'
    )


def _marked(text: str, spans: Sequence[Span]) -> str:
    """A paragraph with the characters of ``spans`` marked; spans may overlap, and may not reach beyond it."""
    edges = sorted({0, len(text), *(min(max(0, at), len(text)) for one in spans for at in (one.start, one.end))})
    pieces = list[tuple[str, bool]]()
    for first, last in pairwise(edges):
        inside = any(one.start <= first < one.end for one in spans)
        if pieces and pieces[-1][1] == inside:
            pieces[-1] = (pieces[-1][0] + text[first:last], inside)
        else:
            pieces.append((text[first:last], inside))
    return "".join(f"<mark>{spaced(piece)}</mark>" if inside else spaced(piece) for piece, inside in pieces)
