"""Read the article of a web page, or say what the page is instead, in a process that may be killed (``bounded``)."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from index.articles.characters import clean_lines, decode, has_words, one_line
from index.articles.encodings import declared_encoding
from index.articles.markup import escaped, plain
from index.articles.outlets import is_home_page
from index.articles.tables import Cell, rows_in_words
from index.readers.page_metadata import PageFacts, folded, page_facts
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_MOST_TAGS = 60_000
_MOST_ATTRIBUTES = 10_000
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{40000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")

# What no document may hold, and what stands for it: the parser lets both through.
_CONTROLS = bytes.maketrans(bytes(set(range(32)) - set(b"\t\n\r")), b" " * 29)
_CONTROL = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]);?(?![0-9])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]);?(?![0-9a-fA-F]))"
)
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
# What browsers read under these names: the declared one is a part of it.
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
          "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-11": "cp874", "tis-620": "cp874"}  # fmt: skip

_UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe")
# trafilatura takes these out as well, after it has copied them several times.
_AROUND = ("nav", "footer", "aside", "select", "video", "audio", "object", "canvas")
_SAVED_FROM = re.compile(
    r"<!--[^<>]{0,200}?(?:saved from url=\(\d+\)|\burl:\s*)(https?://[^\s<>\"]{4,2000})", re.IGNORECASE
)

_LITTLE = 120
"""Words below which a text without the markup of an article may be anything."""
_NOTHING = 20
"""Words below which there is no article, whatever the markup says."""
_LISTS = frozenset("CollectionPage SearchResultsPage ProfilePage ItemList".split())
_GALLERIES = frozenset("ImageGallery MediaGallery VideoGallery".split())
_STATUS = re.compile(
    r"(?:error|http)?\W*(?:4\d\d|5[0-3]\d)\b(?!\s+\w+\s+\w+\s+\w+)|.{0,60}\b(?:not found|forbidden|access denied"
    r"|bad gateway|server error|(?:temporarily|service) unavailable|just a moment)\b.{0,40}",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"(?:opinions?|op-?eds?|editorials?|comment(?:ary|isfree)?|columnists?|viewpoints?|letters|meinung|kommentare?"
    r"|leitartikel|opini[oó]n(?:es)?|opinione|editoriale?s?|tribunes?|opinie|ledare|debatt)",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"\W*(?:corrections?|clarifications?|erratum)\b[^.:]{0,60}[:—–]"
    r"|.{0,80}\b(?:this|an earlier|a previous) (?:article|story|version|report|post|column)\b.{0,200}"
    r"\b(?:corrected|amended|misstated|misidentified|misspelled|incorrect(?:ly)?|erroneously|wrongly)\b",
    re.IGNORECASE,
)
_CONSENT = '//*[contains(@id, "consent") or contains(@class, "consent") or contains(@action, "consent")]'
_OPEN_END = re.compile(r"(?:…|\.\.\.)\W{0,2}$")


@dataclass(frozen=True, slots=True)
class _Line:
    """A block of the article: a paragraph, or a heading in it."""

    text: str
    is_heading: bool = False


def read_page(data: bytes, url: str | None) -> dict[str, object]:
    """The record of the page's article, which was fetched from ``url`` if that is known, and the notices about it.

    Raises:
        ArticleUnreadable: it holds no article; says what it looks like.
    """
    import trafilatura  # noqa: F401 - what is needed for the first page is there before it
    from htmldate import find_date  # noqa: F401
    from lxml.etree import strip_elements

    text, notices = decoded(data)
    if not text.strip():
        raise ArticleUnreadable("is empty")
    _refuse_traps(text)
    if not url and (saved := _SAVED_FROM.search(text[:4000])):
        url = saved[1]
    tree = _parsed(text)
    _strip_unseen(tree)
    whole = _size(str(tree.xpath("string(//body)")))
    strip_elements(tree, *_AROUND, with_tail=False)
    asks_password = bool(tree.xpath('//input[@type="password"]'))
    facts = page_facts(tree, url)
    _mark_paragraphs(tree)
    _mark_article(tree, whole)
    is_cut = _drop_pleas(tree, facts)
    strip_elements(tree, "button", with_tail=False)
    lines = _lines(tree, facts)
    _refuse_what_is_no_article(tree, facts, lines, whole, asks_password=asks_password)
    labels, remarks = _labels(facts, lines, is_cut=is_cut)
    record = facts.record | {"text": _text(lines), "labels": labels}
    return {"record": record, "notices": [*notices, *facts.notices, *remarks]}


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """A page's text: by its byte order mark, as UTF-8 wherever it is that, else by what the page itself declares."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), ()
    data = data.replace(b"\0", b"")
    try:
        return data.decode("utf-8-sig"), ()  # what is valid UTF-8 is in no other encoding, whatever a page declares
    except UnicodeDecodeError:
        if declared := _CHARSET.search(data[:4096]):
            with suppress(LookupError, ValueError):
                codec = declared_encoding(declared[1].decode("ascii"))
                text = "" if codec.startswith("utf") else data.decode(_WIDER.get(codec, codec), "replace")
                wrong = text.count("\ufffd")
                if text and wrong * 200 <= len(text):
                    name = declared[1].decode("ascii").lower()
                    return text, (f"{wrong} characters are not {name}: read as \ufffd",) if wrong else ()
    return decode(data)


def _refuse_traps(text: str) -> None:
    """Refuse cheaply what would keep the parser, or the extraction, busy until it is killed."""
    if (tags := text.count("<")) > 12 * _MOST_TAGS:
        raise ArticleUnreadable(f"holds {tags:,} tags: a page for readers has fewer than {_MOST_TAGS:,}")
    for tag in _LONG_TAG.finditer(text):
        attributes = len(_QUOTED.sub('""', tag[0]).split())
        if attributes > _MOST_ATTRIBUTES:
            raise ArticleUnreadable(f"has a tag with {attributes:,} attributes: it is no page for readers")


def _parsed(text: str) -> HtmlElement:
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    data = text.encode("utf-8", "replace").translate(_CONTROLS)
    data = data.replace(b"\xef\xbf\xbe", b" ").replace(b"\xef\xbf\xbf", b" ")
    try:
        tree = document_fromstring(_CONTROL.sub(b" ", data), parser=parser)
    except LxmlError as error:
        raise ArticleUnreadable("is no HTML that can be read") from error
    if any("depth" in entry.message for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"):
        raise ArticleUnreadable("is nested more than 2,000 tags deep: it is no page for readers")
    if (elements := cast(float, tree.xpath("count(//*)"))) > _MOST_TAGS:
        raise ArticleUnreadable(f"holds {elements:,.0f} elements: a page for readers has fewer than {_MOST_TAGS:,}")
    return tree


def _strip_unseen(tree: HtmlElement) -> None:
    """Take out what no reader sees, which is most of a page, but for what it says about itself."""
    from lxml.etree import strip_elements

    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            script.tag = "json-ld"
    strip_elements(tree, *_UNSEEN, with_tail=False)
    for script in tree.iter("json-ld"):
        script.tag = "script"


def _drop_pleas(tree: HtmlElement, facts: PageFacts) -> bool:
    """Take out boxes that ask for an address or a subscription; whether one stands for the rest of the text.

    Such a box is small, has a button, a field or a link to an account, and says by its links or class what it is for,
    or the page does, which names what is not free.
    """
    host = (urlsplit(str(facts.record.get("url", ""))).hostname or "").removeprefix("www.")
    sizes: dict[HtmlElement, int] = {}
    is_cut = False
    triggers = tree.xpath("//input[@type='email' or @type='password'] | //button | //a[@href]")
    for trigger in islice(triggers, _MOST_ASKING):
        href = trigger.get("href", "")
        if trigger.tag == "a" and not (_asking(href) and _is_of(href, host)):
            continue
        box = _box_around(trigger, sizes, facts.paid)
        if box is None:
            continue
        region = next(box.iterancestors(*_REGIONS))
        below = (one for one in box.xpath("following::p") if _size(str(one.text_content())) >= _SENTENCE)
        ends = not any(region in one.iterancestors() for one in below)
        asking = _asking(" ".join(map(str, box.xpath("@class | @id | .//@href | descendant-or-self::*/@action"))))
        is_paid = _is_paid(box, facts.paid)
        asks = trigger.tag == "input" or asking or is_paid
        if not asks or (box.tag == "p" and not (ends and facts.is_free is False)):
            continue
        if ends and region.tag != "body" and trigger.tag != "input" and "newsletter" not in asking:
            is_cut = is_cut or is_paid or _OF_MONEY.search(asking) is not None
        box.drop_tree()
    return is_cut


def _asking(names: str) -> str:
    """Those parts of classes and addresses that name an account or a subscription; no headline in an address does."""
    parts = (part for part in re.split(r"[\s/?&=#]+", names.lower()) if part.count("-") < 3)
    return " ".join(filter(_ASKS.search, parts))


def _is_paid(box: HtmlElement, paid: frozenset[str]) -> bool:
    return not paid.isdisjoint(f"{box.get('class', '')} {box.get('id', '')}".split())


def _is_of(href: str, host: str) -> bool:
    with suppress(ValueError):
        other = urlsplit(href).hostname
        return other is None or f".{other}".endswith(f".{host}")
    return False


def _box_around(trigger: HtmlElement, sizes: dict[HtmlElement, int], paid: frozenset[str]) -> HtmlElement | None:
    """The box that speaks to the reader around a button: the smallest with words, and what belongs to it."""

    def size(element: HtmlElement) -> int:
        if element not in sizes:
            sizes[element] = _size(str(element.text_content()))
        return sizes[element]

    region = next(trigger.iterancestors(*_REGIONS), None)
    box = None
    for outer in trigger.iterancestors():
        if region in (outer, None) or size(outer) > min(100, 0.6 * size(region)) or outer.find(".//h1") is not None:
            break
        if box is None:
            box = outer if size(outer) - size(trigger) >= 4 else None
        elif size(outer) - size(box) < _SENTENCE or _asking(outer.get("class") or "") or _is_paid(outer, paid):
            box = outer
        else:
            break
    return box


def _lines(tree: HtmlElement, facts: PageFacts) -> list[_Line]:
    """The blocks of the article."""
    from trafilatura import bare_extraction

    _join_chunks(tree)
    _drop_links(tree)
    found = bare_extraction(tree, fast=True, include_comments=False)
    body: _Element | None = getattr(found, "body", None)
    lines: list[_Line] = []
    if body is not None:
        pieces: list[str] = []
        _walk(body, pieces, lines, is_heading=False)
        _flush(pieces, lines, is_heading=False)
        if len(body) == 1 and (dump := (body[0].text or "").split("\n"))[8:]:
            # Where it finds no article it gives all that the page shows, one piece a line: sentences are kept of that.
            lines = [_Line(one_line(line)) for line in dump if _size(line) >= _SENTENCE]
    if 2 * sum(_size(line.text) for line in lines) < _size(facts.body):
        # The page shows less than it holds: a program, or a payment, would show the rest.
        lines = [_Line(text) for text in map(one_line, clean_lines(plain(facts.body)).split("\n")) if has_words(text)]
    title = folded(str(facts.record.get("title", "")))
    return [line for line in lines if not (line.is_heading and folded(line.text) == title)]


def _mark_paragraphs(tree: HtmlElement) -> None:
    """Make paragraphs of text that stands bare in a box, parted by line breaks: only paragraphs are looked for."""
    from lxml.html import Element

    for box in list(tree.iter("pre")):
        if box.find(".//code") is None:
            text = str(box.text_content())
            box.clear(keep_tail=True)
            box.tag = "div"
            for part in re.split(r"\n\s*\n" if re.search(r"\S\s*\n\s*\n", text) else r"\n", text):
                box.append(Element("p"))
                box[-1].text = part
    boxes = [box for box in tree.iter(*_BOXES) if box.tag != "td" or box.find("br") is not None]
    bare = {box for box in boxes if any(len(text or "") >= _BARE for text in (box.text, *(one.tail for one in box)))}
    beside = {(box.getparent(), box.get("class")) for box in bare if box.tag == "div"}
    for box in boxes:
        if box not in bare and not (box.tag == "div" and (box.getparent(), box.get("class")) in beside):
            continue
        children = list(box)
        pieces = [Element("p")]
        pieces[0].text, box.text = box.text, None
        for child in children:
            tail, child.tail = child.tail, None
            if child.tag in _INLINE:
                pieces[-1].append(child)
                child.tail = tail
            elif child.tag != "br":
                pieces += [child, Element("p")]
                pieces[-1].text = tail
            elif len(pieces[-1]) and pieces[-1][-1].tag == "br" and not (pieces[-1][-1].tail or "").strip():
                pieces.append(Element("p"))
                pieces[-1].text = tail
            else:
                pieces[-1].append(child)
                child.tail = tail
        box.extend(piece for piece in pieces if piece.tag != "p" or len(piece) or (piece.text or "").strip())


def _mark_article(tree: HtmlElement, whole: int) -> None:
    """Mark the box that holds the prose of the page as its article, where the page does not: or else it is guessed."""
    from lxml.html import Element

    for box in tree.xpath("//*[contains(@class, 'comment') or contains(@id, 'comment')][not(self::body)]"):
        names = f"{box.get('class', '')} {box.get('id', '')}".split()
        if {"comment", "comments"} & {*names} and 2 * _size(str(box.text_content())) < whole:
            box.drop_tree()
    if next(tree.iter("article", "main"), None) is not None:
        return
    prose: Counter[HtmlElement] = Counter()
    for paragraph in tree.iter("p"):
        if (words := _size(str(paragraph.text_content()))) >= _SENTENCE:
            prose.update(dict.fromkeys(paragraph.iterancestors(), words))
    most = 0.8 * max(prose.values(), default=0)
    # In the order of the document, so that the last of these, each inside the one before, is the closest.
    *_, closest = [None, *(box for box in tree.iter() if prose[box] >= most)] if most else [None]
    if closest is None or len(closest.xpath(".//h1[.//a] | .//h2[.//a] | .//h3[.//a]")) > 1:
        return  # several articles, or their beginnings
    if closest.tag != "body":
        closest.tag = "article"
        return
    article = Element("article")
    article.text, closest.text = closest.text, None
    article.extend(list(closest))
    closest.append(article)


def _join_chunks(tree: HtmlElement) -> None:
    """Put together the text of an article that its page cuts up for advertisements, into boxes of one class.

    Of such boxes only the first would be taken for the article.
    """
    chunks: dict[tuple[HtmlElement, str, str], list[HtmlElement]] = {}
    for paragraph in tree.iter("p"):
        box = paragraph.getparent()
        region = None if box is None else next(box.iterancestors("article", "main"), None)
        if box is not None and region is not None and box.get("class"):
            boxes = chunks.setdefault((region, str(box.tag), box.get("class", "")), [])
            if box not in boxes[-1:]:
                boxes.append(box)
    for first, *others in chunks.values():
        if any(
            _size(str(paragraph.text_content())) >= _SENTENCE for box in others for paragraph in box.iterchildren("p")
        ):
            for box in others:
                if first not in box.iterancestors() and box not in first.iterancestors():
                    first.extend(list(box))


def _drop_links(tree: HtmlElement) -> None:
    """Take out the paragraphs that are one link and nothing else: they lead to other articles."""
    for paragraph in list(tree.iter("p")):
        links = paragraph.findall(".//a")
        if len(links) == 1 and str(links[0].text_content()).split() == str(paragraph.text_content()).split():
            paragraph.drop_tree()


_REGIONS = ("article", "main", "body")
_MOST_ASKING = 300
_ASKS = re.compile(
    r"pay-?wall|subscri|sign-?(?:in|up)|log-?in|regist(?:er|rier)|account|newsletter|membership|\babo\b|abonn|anmeld"
)
"""What the addresses and classes of such boxes are called, whatever language the page is in."""
_OF_MONEY = re.compile(r"pay-?wall|subscri|membership|\babo\b|abonn")

_SENTENCE = 12
"""Words of a paragraph that is surely prose."""
_BOXES = ("div", "td", "body", "article", "section", "main", "center")
_BARE = 60
"""Characters of text that are no label or button."""
_INLINE = frozenset("a b strong i em u s span font small big sub sup mark abbr cite q code time ins del".split())

# trafilatura's own names of blocks
_BLOCKS = frozenset("body p head list item quote table row cell div ab code graphic figure".split())


def _walk(element: _Element, pieces: list[str], lines: list[_Line], *, is_heading: bool) -> None:
    tag = element.tag
    if tag == "lb":
        _flush(pieces, lines, is_heading=is_heading)
    elif tag == "table" and (rows := rows_in_words(_cells(element))):
        _flush(pieces, lines, is_heading=is_heading)
        lines += map(_Line, rows)
    else:
        is_block = tag in _BLOCKS
        if is_block:
            _flush(pieces, lines, is_heading=is_heading)
            is_heading = tag == "head"
        pieces.append(element.text or "")
        for child in element:
            _walk(child, pieces, lines, is_heading=is_heading)
            pieces.append(child.tail or "")
        if is_block:
            _flush(pieces, lines, is_heading=is_heading)


def _flush(pieces: list[str], lines: list[_Line], *, is_heading: bool) -> None:
    text = one_line("".join(pieces))
    pieces.clear()
    if has_words(text):
        lines.append(_Line(text, is_heading))


def _cells(table: _Element) -> list[list[Cell]]:
    """The cells of a table, row by row; none where it only places blocks on the page."""
    rows = [[cell for cell in row if cell.tag == "cell"] for row in table.iter("row")]
    if any(part.tag in _BLOCKS for row in rows for cell in row for part in cell):
        return []
    return [
        [Cell(one_line("".join(map(str, cell.itertext()))), cell.get("role") == "head") for cell in row] for row in rows
    ]


def _text(lines: list[_Line]) -> str:
    """The blocks as the text of a record: nothing in them is taken for the markup that they show."""
    return "\n\n".join(("## " if line.is_heading else "") + escaped(line.text) for line in lines)


def _size(text: str) -> int:
    """Words of a text, by its bytes: a script without spaces has its words too."""
    return len(" ".join(text.split()).encode("utf-8", "replace")) // 6


def _refuse_what_is_no_article(
    tree: HtmlElement, facts: PageFacts, lines: list[_Line], whole: int, *, asks_password: bool
) -> None:
    words = sum(_size(line.text) for line in lines if not line.is_heading)
    if words >= _NOTHING and facts.is_article:
        return
    found = f"with {words:,} words of text"
    title = str(facts.record.get("title", ""))
    url = facts.record.get("url")
    cookies = sum("cookie" in line.text.lower() for line in lines)
    if words < _LITTLE:
        if (words < 2 * _NOTHING or whole < 2 * _LITTLE) and asks_password:
            raise ArticleUnreadable(f"looks like a login page: it asks for a password, {found}")
        if cookies * 2 >= len(lines) > 0 or (words < _NOTHING and tree.xpath(_CONSENT)):
            raise ArticleUnreadable(f"looks like a cookie wall: it asks for consent, {found}")
        if _STATUS.match(title) or any(re.fullmatch(r"4\d\d|50\d", line.text) for line in lines[:2]):
            raise ArticleUnreadable(f"looks like an error page: its title is '{title[:80]}', {found}")
        if words < 3 * _NOTHING and len(tree.xpath("//figure | //img")) >= 8:
            raise ArticleUnreadable(f"looks like a gallery: pictures, {found}")
        if any(kind.lower().startswith("video") for kind in facts.types):
            raise ArticleUnreadable(f"looks like a page for a video, which it only describes, {found}")
        if whole < 2 * _NOTHING:
            raise ArticleUnreadable(f"is filled in by JavaScript or empty, {found}: save it as the browser shows it")
    captions = sum(_size(str(caption.text_content())) for caption in tree.iter("figcaption"))
    if (facts.types & _GALLERIES and 2 * captions > words) or (words < _LITTLE and facts.types & _GALLERIES):
        raise ArticleUnreadable(f"looks like a gallery: pictures, {found}")
    if facts.types & _LISTS or (isinstance(url, str) and is_home_page(url)) or _is_list(tree, lines, words):
        raise ArticleUnreadable(f"looks like a home or section page: it leads to articles and is none, {found}")
    if words < _NOTHING:
        raise ArticleUnreadable(f"holds no article: only {words} words of text")


def _is_list(tree: HtmlElement, lines: list[_Line], words: int) -> bool:
    """Whether headings that are links stand there for many articles, and few paragraphs of any length."""
    teasers = len(tree.xpath("//h2[.//a or ancestor::a] | //h3[.//a or ancestor::a] | //h4[.//a or ancestor::a]"))
    long = sum(_size(line.text) >= 30 for line in lines)
    prose = [line.text for line in lines if _size(line.text) >= _SENTENCE]
    cut = sum(map(bool, map(_OPEN_END.search, prose)))  # in an article one is, where it is an excerpt
    return (teasers >= 6 and long * 3 < teasers and words < 60 * teasers) or (cut >= 4 and 2 * cut > len(prose))


def _labels(facts: PageFacts, lines: list[_Line], *, is_cut: bool) -> tuple[list[str], list[str]]:
    """What is to be known before the article is believed, and why."""
    words = sum(_size(line.text) for line in lines)
    last = next((line.text for line in reversed(lines) if not line.is_heading), "")
    is_short = words < 2 * _LITTLE
    remark = ""
    if words * 2 < facts.words:
        remark = f"text is only the beginning: {words:,} of the {facts.words:,} words that the page counts"
    elif facts.is_free is False and (is_short or _OPEN_END.search(last)):
        remark = "text is only the beginning: the page says that the whole is not free to read"
    elif is_cut and is_short and facts.is_free is not True:
        remark = "text may be only the beginning: below it the page asks for a subscription or an account"
    elif is_short and _OPEN_END.search(last):
        remark = f"text is only the beginning: it ends with '{last[-20:]}'"
    edges = [line.text for line in (*lines[:2], *lines[-3:])]
    section = str(facts.record.get("section", ""))
    path = str(facts.record.get("url", "")).split("/")[3:-1]
    told = {
        "excerpt": bool(remark),
        "corrected": facts.corrected or any(map(_CORRECTION.match, edges)),
        "opinion": "OpinionNewsArticle" in facts.types or any(map(_OPINION.fullmatch, (section, *path))),
        "live": "LiveBlogPosting" in facts.types,
    }
    return [label for label, is_so in told.items() if is_so], [remark] if remark else []
