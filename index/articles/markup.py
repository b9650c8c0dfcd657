"""Reduce markup to the words that a reader sees: HTML in a record, Markdown in a saved text."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from index.articles.characters import one_line
from index.articles.tables import Cell, rows_in_words

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BLOCK = frozenset(
    "p div br li ul ol tr table blockquote pre section article header footer main figure hr h1 h2 h3 h4 h5 h6 dd dt"
    " dl".split()
)
_CELL = frozenset(("td", "th", "option"))  # parted from the next one by a space, not into paragraphs
_HEADING = frozenset("h2 h3 h4 h5 h6".split())
# Never an article's words where they are closed; unclosed, they would swallow the rest of the article.
_ASIDE = frozenset("figcaption nav form button noscript svg iframe template textarea select script style".split())
_STRUCTURE = re.compile(
    r"<(?:p|br|div|li|h[1-6]|blockquote|script|style)(?:\s[^<>]{0,2000})?/?>|</[a-z][a-z0-9]{0,11}\s*>", re.I
)
_PARAGRAPH = re.compile(r"<(?:p|br|div|li)[\s/>]", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLOCK_TAG = re.compile(r"</(?:p|div|li|ul|ol|h[1-6]|blockquote)\s*>|<(?:p|br)\s*/?>", re.I)
_DRIVE = re.compile(r"[\"'(]?[A-Za-z]:\\")
_WRITTEN = re.compile(
    r"(?<!\\)\\{1,8}(?:(?:u(?=[0-9a-fA-F]{4})|x(?=[0-9a-fA-F]{2}(?![0-9a-fA-F])))(?P<code>[0-9a-fA-F]{2,4})"
    r"|(?P<letter>r\\{1,8}n|n|r|t|[\"'/]))"
)
_DECLARATION = re.compile(r"<[!?][^<>]{0,2000}>")
_NO_TAG = re.compile(r"<(?!/?[A-Za-z][^<>]{0,2000}>)")

_WIKI_LINK = re.compile(r"!?\[\[(?:[^\[\]|\n]{1,300}\|)?([^\[\]|\n]{1,300})\]\]|\[([^\[\]\n]{1,300})\]\[\d{0,4}\]")
# Marks of footnotes, as Markdown and as encyclopedias have them: "over several months.[^1]", "[12]".
_FOOTNOTE = re.compile(
    r"(?<=[^\s\]])(?:\[(?:\^[^\[\]\s]{1,60}|\d{1,3})\])+(?![(:\w])|^\[\^[^\[\]\s]{1,60}\]:?\s*"
    r"|\[\\?\[\d{1,3}\\?\]\]\([^()\s]{0,300}\)"
)
# "M*A*S*H" is a word, and nobody writes code in news: a backtick is a quotation mark.
_NO_MARKUP = re.compile(r"(?<=\w)\*+(?=\w)|`+")
_ROUNDS = 4  # most often that a text was escaped
_LONGEST = 10_000  # a paragraph beyond this was written by no person, and is left as it is


def visible(markdown: str) -> str:
    """The words that a reader sees of a paragraph of Markdown: no images, link targets or signs of emphasis."""
    if len(markdown) > _LONGEST or not re.search(r"[*_\[<`&\\]", markdown):
        return markdown
    # Note-taking programs' links, and references, whose definitions are elsewhere in the text.
    text = _WIKI_LINK.sub(lambda link: "" if link[0][0] == "!" else link[1] or link[2], _FOOTNOTE.sub("", markdown))
    text = _NO_MARKUP.sub(lambda signs: "".join("\\" + sign for sign in signs[0]), text)
    tokens = _markdown().parseInline(text)[0].children or ()
    return "".join(" " if token.type.endswith("break") else token.content for token in tokens if token.type != "image")


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def plain(text: str) -> str:
    """``text`` without HTML, if it is any, and without entities such as ``&amp;``; blocks are parted by empty lines.

    Headings are marked with ``##``, and captions with ``Caption:``. What was escaped more often than once, and line
    breaks that are written out (a backslash and an n), come out as they were meant.
    """
    text = _unwritten(text) if "\\" in text else text
    for _ in range(_ROUNDS):
        # Prose in which a "<b>" stands is no HTML; entities need their semicolon: "AT&T" and "?a=1&copy=2" stay.
        before = text
        if _STRUCTURE.search(text):
            text = _html_to_lines(text)
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
        if text == before or not (_ENTITY.search(text) or _BLOCK_TAG.search(text)):
            break
    return text


def escaped(text: str) -> str:
    """``text`` so that it comes out of ``plain``, and then of ``visible``, as it is, whatever markup it shows."""
    text = re.sub(r"&(?=#?\w{1,31};)", "&" + "amp;" * (_ROUNDS + 1), text)
    return re.sub(r"<(?=[A-Za-z/!?])", "&" + "amp;" * _ROUNDS + "lt;", text)


def _unwritten(text: str) -> str:
    """``text`` with the escapes of a program's strings as the characters that they stand for; paths keep theirs."""

    def word(found: re.Match[str]) -> str:
        return found[0] if _DRIVE.match(found[0]) else _WRITTEN.sub(_character, found[0])

    return re.sub(r"(?<!\S)\S*\\\S*", word, text)


def _character(escape: re.Match[str]) -> str:
    if escape["code"]:
        return chr(int(escape["code"], 16))
    return {"n": "\n", "r": "\n", "t": " "}.get(escape["letter"][0], escape["letter"])


def _html_to_lines(html: str) -> str:
    html = _only_whole_tags(html)
    lower = html.lower()
    aside = frozenset(name for name in _ASIDE if lower.count(f"</{name}") >= lower.count(f"<{name}"))
    # A line break inside a block of HTML is a space; without blocks it is all that parts the paragraphs.
    reader = _Reader(aside, in_blocks=_PARAGRAPH.search(html) is not None)
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


def _only_whole_tags(html: str) -> str:
    """``html`` without comments and declarations, and every ``<`` that begins no whole tag as the character it shows.

    The parser starts over at each tag that never ends, so that a megabyte of ``<a <a`` keeps it busy for hours; and
    it raises on some declarations.
    """
    kept: list[str] = []
    start = 0
    while (comment := html.find("<!--", start)) >= 0 and (end := html.find("-->", comment + 4)) >= 0:
        kept.append(html[start:comment])
        start = end + 3
    html = "".join((*kept, html[start:])).replace("<![CDATA[", "").replace("]]>", "")
    return _NO_TAG.sub("&lt;", _DECLARATION.sub("", html))


class _Reader(HTMLParser):
    def __init__(self, aside: frozenset[str], *, in_blocks: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._aside = aside
        self._in_blocks = in_blocks
        self._inside: list[str] = []
        self._rows: list[list[tuple[bool, int]]] | None = None
        """Of the table that is being read: where in ``pieces`` each cell begins, and whether it is a head."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "figcaption" and tag in self._aside and not self._inside:
            self.pieces.append("\n\nCaption: ")
        elif tag in self._aside:
            self._inside.append(tag)
        elif tag in _CELL:
            if self._rows and tag != "option":
                self._rows[-1].append((tag == "th", len(self.pieces)))
            self.pieces.append(" ")
        elif tag in _BLOCK:
            if self._rows is not None and tag == "tr":
                self._rows.append([])
            else:  # a table with blocks in its cells only places them on a page
                self._rows = [] if tag == "table" else None
            self.pieces.append("\n\n## " if tag in _HEADING else "\n\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCK:
            self.pieces.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            del self._inside[self._inside.index(tag) :]
        elif tag in _BLOCK or tag == "figcaption":
            if tag == "table":
                self._end_table()
            self.pieces.append("\n\n")

    def _end_table(self) -> None:
        starts = [start for row in self._rows or () for _, start in row]
        ends = iter((*starts[1:], len(self.pieces)))
        table = [
            [Cell(one_line("".join(self.pieces[start : next(ends)])), is_head) for is_head, start in row]
            for row in self._rows or ()
        ]
        if words := rows_in_words(table):
            self.pieces[starts[0] :] = ["\n\n".join(words)]
        self._rows = None

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.pieces.append(re.sub(r"[\r\n]+", " ", data) if self._in_blocks else data)
