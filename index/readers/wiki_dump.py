"""Read MediaWiki's XML export, such as Wikinews': the newest text of each article, without its templates.

Wikitext is resolved from the inside out by a few expressions that take time in proportion to its length:
mwparserfromhell, which knows more of it, is busy for minutes with 60,000 tags or braces that are never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from index.articles.characters import has_words, one_line, quoted
from index.readers.xml import attribute, children, first_text, language_of, name_of, read_items, root_of
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST = 2_100_000  # MediaWiki stores no page above 2 MiB
_DEEPEST = 12
# Templates that stand for words of the sentence they are in, and which of their values; "w" links to Wikipedia.
# Left out: what computes its words ("convert"). Where such a template stands in a sentence, a notice names it.
_SHOWN = {"w": -1, "wikipedia": -1, "nowrap": 0, "nobr": 0, "lang": -1, "quote": 0, "cquote": 0}
_DATES = frozenset("date datum fecha data".split())
_DRAFTS = frozenset(("develop", "prepare", "review", "editing", "under review", "draft", "stale", "abandoned"))
# Sections behind the article, in the languages of the largest Wikinews; left out are names that reporting may have.
_BEHIND = frozenset(
    "sources/references/notes/external links/see also/related news/related articles/sister links/further reading"
    "/quellen/einzelnachweise/weblinks/fuentes/referencias/enlaces externos/voir aussi/liens externes/fonti/fontes"
    "/collegamenti esterni/źródła/источники/ссылки".split("/")
)

# Each stops at the next of its own beginnings, so that many that never end cost no more than one.
_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
_NO_PROSE = re.compile(
    r"<(ref|references|gallery|score|math|timeline|imagemap|table)\b(?:[^<>]*/>|[^<>]*>(?:(?!<\1\b).)*?</\1\s*>)",
    re.DOTALL | re.IGNORECASE,
)
_TABLE = re.compile(r"^[ :]*\{\|(?:(?!^[ :]*\{\|).)*?^[ ]*\|\}", re.DOTALL | re.MULTILINE)
_BREAK = re.compile(r"<(?:br|p|/p|blockquote|/blockquote|div|/div)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LINK = re.compile(r"\[\[([^\[\]{}]*)\]\]")
_EXTERNAL = re.compile(r"\[(?:https?:)?//[^\s\[\]{}]*[^\S\n]*([^\[\]{}\n]*)\]")
_TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")
_UNREAD = re.compile("\x02([^\x02]*)\x02")  # a template that stands for nothing: XML has no such character
_HEADING = re.compile(r"(={1,6})\s*([^\n]*?)\s*\1\s*")
_LIST = re.compile(r"^\s*[*#:;]+\s*")
_MARKS = re.compile(r"'{2,5}|__[A-Z]{3,20}__|\[\[|\]\]")
_INTERLANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,10})*:")
_PREFIX = re.compile(r":?(?:[a-z]{1,12}:){0,2}(?=\S)")


@dataclass(slots=True)
class _Wikitext:
    """The text of a page while its marks are resolved."""

    hidden: frozenset[str]
    """Prefixes of links that show no words: pictures and categories, in the wiki's own language too."""
    date: str = ""
    draft: str = ""
    notices: list[str] = field(default_factory=list)

    def paragraphs(self, text: str) -> str:
        """The article's paragraphs, parted by empty lines, with ``##`` before its headings."""
        text = _NO_PROSE.sub("", _COMMENT.sub("", text))
        text, tables = _TABLE.subn("\n\n", _TAG.sub("", _BREAK.sub("\n\n", text)))
        if tables:
            self.notices.append(f"tables left out: {tables}")
        for _ in range(_DEEPEST):
            before = text
            text = _TEMPLATE.sub(self._template, _EXTERNAL.sub(r"\1", _LINK.sub(self._link, text)))
            if text == before:
                break
        if "{{" in text:
            self.notices.append("a template in the text is never closed: what it holds may be read as reporting")
        return "\n\n".join(self._blocks(text))

    def _blocks(self, text: str) -> Iterator[str]:
        behind = 0  # the level of the heading whose section is passed over
        sentence: list[str] = []
        for line in (*text.split("\n"), ""):
            heading = _HEADING.fullmatch(line[:1000].strip())
            starts_anew = heading or _LIST.match(line) or not line.strip()
            if starts_anew and sentence:
                yield " ".join(sentence)
                sentence = []
            if heading:
                level, title = len(heading[1]), self._words(heading[2])
                if not behind or level <= behind:
                    behind = level if title.casefold().rstrip(":") in _BEHIND else 0
                if not behind and title:
                    yield f"## {title}"
            elif not behind and has_words(words := self._words(_LIST.sub("", line, count=1))):
                sentence.append(words)
                if starts_anew:
                    yield sentence.pop()
        if sentence:
            yield " ".join(sentence)

    def _words(self, line: str) -> str:
        pieces = _UNREAD.split(line)  # at odd places stands a template
        spoken = [at for at in range(0, len(pieces), 2) if has_words(pieces[at])]
        inside = range(spoken[0] + 1, spoken[-1], 2) if spoken else ()
        for at in inside[: 5 - min(5, len(self.notices))]:
            self.notices.append(f"template {quoted('{{' + pieces[at] + '}}')} in a sentence is left out")
        return one_line(_MARKS.sub("", "".join(pieces[::2])))

    def _link(self, found: re.Match[str]) -> str:
        target, *shown = (part.strip() for part in found[1].split("|"))
        prefix = target.partition(":")[0].strip().lower()
        if ":" in target and prefix in self.hidden:
            return ""
        if not shown and _INTERLANGUAGE.match(target):
            return ""
        return (shown and shown[-1]) or _PREFIX.sub("", target, count=1)

    def _template(self, found: re.Match[str]) -> str:
        name, *values = (part.strip() for part in found[1].split("|"))
        kind = " ".join(name.replace("_", " ").lower().removeprefix("template:").split())
        given = [value.partition("=") for value in values]
        named = {key.strip().lower(): value.strip() for key, equals, value in given if equals}
        unnamed = [key for key, equals, _ in given if not equals]
        if kind in _DATES or kind == "byline":
            self.date = self.date or named.get("date") or (unnamed[0] if unnamed and kind in _DATES else "")
            return ""
        if kind in _DRAFTS:
            self.draft = kind
        if kind.startswith("formatnum:"):
            return name.partition(":")[2]
        if kind in _SHOWN:
            shown = unnamed or [named.get("1") or named.get("text") or ""]
            return shown[_SHOWN[kind]]
        return "\x02" + _UNREAD.sub("", found[1])[:60].replace("\x02", "") + "\x02"


def _items(source: Source) -> Iterator[Item]:
    newest = ("", "")

    def read(element: _Element) -> Iterator[Item | str]:
        nonlocal newest
        if name_of(element) == "revision":
            # A whole history is read one revision at a time: of a page, only the newest text is kept.
            moment = first_text(children(element, "timestamp"))
            if moment >= newest[0]:
                newest = (moment, first_text(children(element, "text")))
            return
        (moment, text), newest = newest, ("", "")
        if first_text(children(element, "ns")) not in ("", "0"):
            yield "pages that are no articles"
        elif children(element, "redirect") or re.match(r"\s*#\w+:?\s*\[\[", text):
            yield "redirects"
        else:
            yield _article(element, moment, text)

    return read_items(source, "page", read, "is a MediaWiki export without an article", beside="revision")


def _article(element: _Element, moment: str, text: str) -> Item:
    title = first_text(children(element, "title"))
    site = next(iter(children(element.getroottree().getroot(), "siteinfo")), None)
    spaces = [] if site is None else [one for group in children(site, "namespaces") for one in group]
    local = {first_text([one]).lower() for one in spaces if attribute(one, "key") in ("6", "14")}
    if len(text) > _LONGEST:
        raise ArticleUnreadable(
            f"page {quoted(title)} has {len(text):,} characters of wikitext: no article has so many"
        )
    wikitext = _Wikitext(frozenset(local | {"file", "image", "category"}))
    paragraphs = wikitext.paragraphs(text)
    if wikitext.draft:
        raise ArticleUnreadable(f"page {quoted(title)} is a draft, as {{{{{wikitext.draft}}}}} in it says")
    base = "" if site is None else first_text(children(site, "base")).rpartition("/")[0]
    record = {
        "title": title,
        "text": paragraphs,
        "outlet": "" if site is None else first_text(children(site, "sitename")),
        "published": wikitext.date,
        "updated": moment,
        "url": f"{base}/{quote(title.replace(' ', '_'), safe='/:,()!@*;~')}" if base else "",
        "language": language_of(element),
    }
    return Item("", record, tuple(wikitext.notices))


WIKI = Format(
    "MediaWiki export (Wikinews)",
    lambda source: root_of(source) == "mediawiki",
    _items,
    "<mediawiki><siteinfo><sitename>Wikinews</sitename><base>https://wiki.example/wiki/Main_Page</base></siteinfo><page>"
    "<title>River depot closed</title><ns>0</ns><revision><timestamp>2025-03-05T08:00:00Z</timestamp><text>"
    "{{date|March 4, 2025}} The [[river]] depot of Port Ellery closed on Tuesday.</text></revision></page></mediawiki>",
)
