"""The one guarded way into XML: element after element, in little memory; nothing is resolved, expanded or fetched."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html.entities import html5
from typing import TYPE_CHECKING, cast

from index.articles.characters import decode, quoted
from index.articles.encodings import declared_encoding
from index.sources import files
from index.sources.source import Item, Source
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from lxml.etree import XMLPullParser, _Element

PREFIXES = {
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://purl.org/atompub/tombstones/1.0": "at",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.google.com/schemas/sitemap-image/1.1": "image",
    "http://www.google.com/schemas/sitemap-video/1.1": "video",
}
"""By namespace, the prefix that ``name_of`` gives; a file may use any other, or leave it undeclared."""
# Of these the elements are known without a prefix: the vocabularies that a file as a whole is written in.
_OWN = re.compile(
    r"https?://(?:www\.w3\.org/2005/Atom|purl\.org/(?:atom/|rss/1\.0/$|net/rss)|my\.netscape\.com/rdf/|backend\.userland"
    r"|www\.sitemaps\.org/|www\.google\.com/schemas/sitemap/|(?:www\.)?iptc\.org/|www\.w3\.org/1999/xhtml|www\.mediawiki\.org/)"
)
_UNRESOLVED = "\ufdd0"  # no character of any text: stands where a file refers to an entity that it declares itself

_CHUNK = 1 << 16
_ITEM_BYTES = 32_000_000
_ITEM_ELEMENTS = 200_000
_HELD_BACK = 4096  # a tag or reference that lies across two chunks

_BEFORE_ROOT = re.compile(
    r"[\s\ufeff]+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_DECLARED = re.compile(rb"""^[^>]{0,200}\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0\ufffe\uffff\ud800-\udc7f\udd00-\udfff]")
_STRAY_BYTES = re.compile("[\udc80-\udcff]+")
# What XML forbids and feeds have: "AT&T", "a < b", "&nbsp;" without a declaration, "<br>". Tags that never end, each of
# which libxml2 looks for in all that follows, are shown as they are written.
_TOKEN = re.compile(
    r"(?P<open><!\[CDATA\[)|(?P<close>\]\]>)|<!ENTITY\s+(?:%\s+)?(?P<declared>[^\s%\"'<>]{1,100})"
    r"|&(?:#(?:\d{1,7}|x[0-9a-fA-F]{1,6});|(?P<entity>[A-Za-z][\w.-]{0,100});)?"
    r"|<(?P<void>(?i:br|hr|img|wbr)(?:\s[^<>]*)?)(?<!/)>(?!</)|<(?:(?![A-Za-z_/!?:])|(?=[A-Za-z_/:][^<>]*<))"
)
_PREDEFINED = frozenset(("amp", "lt", "gt", "quot", "apos"))


def root_of(source: Source) -> str:
    """The name of the root element, without a prefix; empty where the source is no XML."""
    head = source.head
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")):
        text = head.decode("utf-16-be" if head[:1] in (b"\xfe", b"\0") else "utf-16-le", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    at = 0
    while before := _BEFORE_ROOT.match(text, at):
        at = before.end()
    root = _ROOT.match(text, at)
    return root[1] if root else ""


def read_items(
    source: Source, wanted: str, read: Callable[[_Element], Iterable[Item | str]], nothing: str, beside: str = ""
) -> Iterator[Item]:
    """What ``read`` finds in each element of the names ``wanted``; its ``ArticleUnreadable`` is the item's value.

    It is given those of the names ``beside`` as well, which are no items. Texts that it yields say what is no article;
    the last item gets a notice of how many there were.

    Raises:
        ArticleUnreadable: there was no item; ``nothing`` says what was not found. And as ``elements``.
    """
    left_out: Counter[str] = Counter()
    last: Item | None = None
    cut: Exception | None = None
    number = 0
    try:
        for element, notices in elements(source, wanted, beside):
            number += name_of(element) in wanted.split()
            try:
                found = list(read(element))
            except ArticleUnreadable as error:
                found = [Item("", error)]
            for item in found:
                if isinstance(item, str):
                    left_out[item] += 1
                    continue
                if last:
                    yield last
                last = replace(item, place=f" item {number}", notices=(*notices, *item.notices))
    except Exception as error:  # what was read before it is given first
        cut = error
    counted = ", ".join(f"{what} ({count:,})" for what, count in left_out.most_common(20))
    if last:
        yield replace(last, notices=(*last.notices, f"left out of the whole file: {counted}")) if counted else last
    if cut or not last:
        raise cut or ArticleUnreadable(f"{nothing}, only {counted}" if counted else nothing)


def elements(source: Source, wanted: str, beside: str = "") -> Iterator[tuple[_Element, tuple[str, ...]]]:
    """Each element of the names ``wanted`` once it is complete, and notices; it is emptied when the next is asked for.

    So are those of the names ``beside``, which are no items. What stands before and around an element can be reached
    from it. One in another comes before it.

    Raises:
        ArticleUnreadable: the source ends early, is not well-formed, or an item is beyond the limits; what could be
            read until there has been given.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("end",),
        encoding="utf-8",  # whatever the file says: `_text_of` has decoded it
        recover=True,
        no_network=True,
        load_dtd=False,
        resolve_entities=False,
        huge_tree=False,
    )
    names, others = frozenset(wanted.split()), frozenset(beside.split())
    text = _Mended(source)
    previous: _Element | None = None
    size = count = number = 0
    finished = False
    for chunk in text:
        size += len(chunk)
        parser.feed(chunk)
        for _, ended in parser.read_events():
            element = cast("_Element", ended)
            finished = finished or element.getparent() is None
            count += 1
            name = name_of(element)
            if name not in names | others:
                continue
            number += name in names
            yield element, text.notices
            element.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs are older
            # Not the element itself: the parser may still have to add to its place.
            if previous is not None and (parent := previous.getparent()) is not None:
                parent.remove(previous)
            previous, size, count = element, 0, 0
        if size > _ITEM_BYTES or count > _ITEM_ELEMENTS:
            limit = f"{_ITEM_BYTES // 1_000_000} MB or {_ITEM_ELEMENTS:,} elements"
            raise ArticleUnreadable(f"has more than {limit} after item {number}: nothing was read from there on")
    if reason := _ended_badly(parser, finished=finished, number=number):
        raise ArticleUnreadable(reason)


def _ended_badly(parser: XMLPullParser, *, finished: bool, number: int) -> str | None:
    """Why not all of a file was read, where it was not."""
    from lxml import etree

    # Before the end: a cut through a closing tag looks like one that does not match.
    mismatch = next((error for error in parser.feed_error_log if error.type_name == "ERR_TAG_NAME_MISMATCH"), None)
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        return f"is not XML: {error.msg or 'it is empty'}"
    errors = {error.type_name: error for error in parser.feed_error_log}
    after = f"after item {number}" if number else "and no item was found"
    if limit := errors.get("ERR_RESOURCE_LIMIT"):
        what = "is nested too deeply" if "depth" in limit.message else "has a text or name that is too long"
        return f"{what} for an article in line {limit.line}: nothing was read from there on, {after}"
    if mismatch:
        return f"is not well-formed ({quoted(mismatch.message)}): what could be read was read"
    if finished:
        end = errors.get("ERR_DOCUMENT_END")
        return f"goes on after its end in line {end.line}: that was not read" if end else None
    if "ERR_TAG_NOT_FINISHED" in errors:
        return f"is cut short, {after}: what follows is lost; fetch it again"
    what = next(iter(errors.values())).message
    return f"is not well-formed or cut short ({quoted(what)}): nothing was read from there on, {after}"


class _Mended:
    """The text of a source in chunks of UTF-8, with the faults mended that feeds have and parsers stop at."""

    def __init__(self, source: Source) -> None:
        self.notices: tuple[str, ...] = ()
        self._source = source
        self._declared: set[str] = set()
        self._in_cdata = False

    def __iter__(self) -> Iterator[bytes]:
        rest = ""
        at_beginning = True
        for text in self._decoded():
            text = _NO_CHARACTERS.sub("", _STRAY_BYTES.sub(self._stray, text))
            if at_beginning:
                text = text.lstrip("\ufeff \t\r\n")
                at_beginning = not text
            text = rest + text
            edge = max(text.rfind("<", -_HELD_BACK), text.rfind("&", -128), text.rfind("]", -2), -1)
            edge = edge if edge >= 0 else len(text)
            text, rest = text[:edge], text[edge:]
            # What is held back is a sign that a tag before it has no end; of "<!" itself nothing is made.
            sign = "<!" if rest.startswith("<") else ""
            yield _TOKEN.sub(self._token, text + sign).encode()[: -len(sign) or None]
        yield _TOKEN.sub(self._token, rest).encode()

    def _decoded(self) -> Iterator[str]:
        encoding = _encoding(self._source.head)
        if encoding is None:
            text, self.notices = decode(self._source.read(files.JSON_LIMIT, "save it as UTF-8"))
            yield from (text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK))
            return
        decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding == "utf-8" else "replace")
        with self._source.open() as stream:
            while data := stream.read(_CHUNK):
                yield decoder.decode(data)
            yield decoder.decode(b"", final=True)

    def _stray(self, found: re.Match[str]) -> str:
        self.notices = ("some characters are not UTF-8: read as windows-1252",)
        return bytes(ord(char) - 0xDC00 for char in found[0]).decode("cp1252", "replace")

    def _token(self, found: re.Match[str]) -> str:
        whole = found[0]
        if found["open"] or found["close"]:
            self._in_cdata = bool(found["open"])
            return whole
        if self._in_cdata:
            return whole
        if found["declared"]:
            if len(self._declared) >= 10_000:
                raise ArticleUnreadable("declares more than 10,000 entities of its own: it is no news")
            self._declared.add(found["declared"])
        elif name := found["entity"]:
            if name in _PREDEFINED:
                return whole
            if (char := html5.get(name + ";")) is not None:
                return "".join(f"&#{ord(one)};" for one in char)
            return _UNRESOLVED if name in self._declared else f"&amp;{name};"
        elif found["void"]:
            return f"<{found['void']}/>"
        elif whole in ("&", "<"):
            return "&amp;" if whole == "&" else "&lt;"
        return whole


def _encoding(head: bytes) -> str | None:
    """How to decode what begins so: as its bytes say, else as it is declared; None where neither helps."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[:2] in (b"<\0", b"\0<"):
        return "utf-16-le" if head[:1] == b"<" else "utf-16-be"
    declared = _DECLARED.match(head.lstrip())
    name = declared[1].decode().lower() if declared else "utf-8"
    try:
        ours = declared_encoding(name)
    except LookupError:
        ours = "utf-8"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        if ours.startswith("utf-"):
            return None
        return "cp1252" if ours in ("iso8859-1", "ascii") else ours
    # Bytes that are UTF-8 are nothing else, whatever is declared; where there are only ASCII's, the declaration counts.
    return "utf-8" if not head.isascii() or ours.startswith("utf-") or ours == "ascii" else ours


def name_of(element: _Element) -> str:
    """An element's name with the prefix that is usual for its namespace, none for a file's own; empty for a comment."""
    tag = cast(object, element.tag)
    if not isinstance(tag, str):
        return ""
    namespace, _, name = tag.rpartition("}")
    namespace = namespace[1:]
    if not namespace or _OWN.match(namespace):
        return name  # "dc:date" where its prefix is not declared
    prefix = PREFIXES.get(namespace) or element.prefix
    return f"{prefix}:{name}" if prefix else name


def children(element: _Element, *names: str) -> list[_Element]:
    """The children of these names, those of the first name first."""
    by_name = [(name_of(child), child) for child in element]
    return [child for name in names for known, child in by_name if known == name]


def descendants(element: _Element, *names: str) -> list[_Element]:
    """The elements of these names anywhere in ``element``, those of the first name first."""
    by_name = [(name_of(one), one) for one in element.iter()]
    return [one for name in names for known, one in by_name if known == name]


def text_of(element: _Element | None) -> str:
    """All text in an element, without the space around it; ``ArticleUnreadable`` for an entity of the file's own."""
    return "" if element is None else _resolved(cast(str, element.xpath("string()"))).strip()


def first_text(found: list[_Element]) -> str:
    """The text of the first element that has any."""
    return next(filter(None, map(text_of, found)), "")


def attribute(element: _Element, *names: str) -> str:
    """The first attribute of these names that is not empty."""
    # One by one: listing 200,000 attributes takes lxml minutes.
    return _resolved(next(filter(None, (str(element.get(name) or "").strip() for name in names)), ""))


def language_of(element: _Element) -> str:
    """The language that ``xml:lang`` gives an element, or one that it is in."""
    key = "{http://www.w3.org/XML/1998/namespace}lang"
    return next((str(one.get(key)) for one in (element, *element.iterancestors()) if one.get(key)), "")


def html_of(element: _Element, rename: dict[str, str], left_out: frozenset[str]) -> str:
    """An element as HTML: names without prefixes, some replaced, some left out with what they hold."""
    from lxml import etree

    for one in list(element.iter()):
        name = name_of(one).rpartition(":")[2]
        if one is not element and (not name or name in left_out):
            _take_out(one)
        elif name:
            one.tag = rename.get(name, name)
    etree.cleanup_namespaces(element)
    return _resolved(etree.tostring(element, encoding="unicode", with_tail=False))


def _take_out(element: _Element) -> None:
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return  # it was taken out with what it stands in
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)


def _resolved(text: str) -> str:
    if _UNRESOLVED in text:
        raise ArticleUnreadable("refers to an entity of the file's own, which is not resolved: write it out")
    return text
