"""Lists the articles of a store for a reader to look through and choose from, and shows one whole, as HTML.

What is asked stands in the address alone (``articles?words=…&from=…``), so that the list works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from rag.articles import Article, Span
from rag.store.protocol import Store, Summary
from rag.store.scope import Scope, name_key, parse_day
from rag.text.display import one_line
from rag.text.languages import language_code, language_name
from rag.text.words import counted
from rag.web.rendering import whole_paragraph
from rag.web.templating import render

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
            return parse_day(text, last=name == "to") if text else None
        except ValueError as error:
            notices.append(str(error))
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


def render_listing(found: Found, root: str = "") -> str:
    """Render the search, and a page of what it found."""
    listing, first = found.listing, (found.listing.page - 1) * _PAGE + 1
    last = first + len(found.articles) - 1
    counts = counted(found.total, "article")
    return render(
        "listing.html",
        found=found,
        root=root,
        outlets=[(name, name) for name, _ in found.holds.outlets],
        languages=[(code, language_name(code)) for code, _ in found.holds.languages],
        range=f"{first:,} to {last:,} of {counts}" if found.total > _PAGE else counts,
        newer=listing.address(listing.page - 1) if first > 1 else "",
        older=listing.address(listing.page + 1) if last < found.total else "",
        name_key=name_key,
    )


def render_article(article: Article, cited: Sequence[Span] = ()) -> str:
    """Render the whole text of an article as it is stored, with what is cited of it marked."""
    shown = [whole_paragraph(article, number, cited) for number in range(1, len(article.paragraphs) + 1)]
    return render("article.html", article=article, paragraphs=shown)
