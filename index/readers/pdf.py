"""Read a PDF clipping as the article that it is: its lines joined to paragraphs, without what repeats on its pages."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from index.articles.characters import clean_lines, one_line, quoted
from index.articles.dates import date_line
from index.articles.paragraphs import TEXT_LIMIT
from index.readers.bounded import run
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

_SIZE_LIMIT = 64_000_000
_PAGES = 200
_NO_TITLE = re.compile(
    r"untitled|(?:microsoft )?word\b|document\d*$|.*\.(?:docx?|pdf|indd|qxd|html?|odt)$", re.IGNORECASE
)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\xad\u2010\u0002\ufffe]$")
_BROKEN = re.compile("([^\\W\\d_]+)[\x02\ufffe] ?([^\\W\\d_]+)")  # at the end of a line, as the library gives it too
_SENTENCE_END = re.compile(r"[.!?:…][\"”’»')\]]*$")
_PAGE_NUMBER = re.compile(r"\W*(?:page|p\.|seite)?\s*\d{1,4}(?:\s*(?:of|/|von)\s*\d{1,4})?\W*", re.IGNORECASE)
_PARTED = re.compile(r"\s+[|·•–—-]\s+")
_WAY_OUT = "save the article's pages alone"
_MASTHEAD = 4  # lines
_EDGE = 2  # lines at the top and the foot of a page, where running heads and page numbers stand


class _PageLine(NamedTuple):
    text: str
    left: float
    right: float
    bottom: float
    last_bottom: float
    """Of its end: a word that was parted at the end of a line is one with the next."""
    height: float


def _items(source: Source) -> Iterator[Item]:
    record = run(article_in_pdf, source.read(_SIZE_LIMIT, _WAY_OUT), None, _WAY_OUT)
    assert isinstance(record, dict)
    yield Item("", record, notices=tuple(record.pop("notices")))


def article_in_pdf(data: bytes, _: str | None) -> object:
    """The record of the article in a PDF, for ``bounded``; ``ArticleUnreadable`` where it has no text."""
    import pypdfium2

    if not data:
        return None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ArticleUnreadable("is encrypted: save it without a password") from error
        raise ArticleUnreadable("is a damaged PDF: fetch it again") from error
    pages: list[list[_PageLine]] = []
    notices: list[str] = []
    length = 0
    for number in range(min(len(document), _PAGES)):
        try:
            pages.append(_lines(document[number].get_textpage()))
        except pypdfium2.PdfiumError:
            notices.append(f"page {number + 1} is damaged: left out")
            continue
        length += sum(len(line.text) for line in pages[-1])
        if length > TEXT_LIMIT:
            raise ArticleUnreadable(f"text of more than {TEXT_LIMIT // 1_000_000} MB: save the article's pages alone")
    if len(document) > _PAGES:
        notices.append(f"{len(document):,} pages: read up to page {_PAGES}")
    if not any(pages):
        raise ArticleUnreadable("has no text: it is a picture of its pages, so have it recognised (OCR) first")
    lines, running = _without_running_lines(pages)
    if not lines:
        raise ArticleUnreadable("has no text but what repeats on its pages")
    title, above, below = _title(one_line(document.get_metadata_value("Title")), lines)
    # Above a title stand the paper, the section and the day. What stands higher is another article.
    mastheads = [line.text for line in above] if len(above) <= _MASTHEAD else []
    around = list(dict.fromkeys((*running, *mastheads)))
    days = [piece for line in around for piece in _PARTED.split(line) if date_line(piece, date.max)]
    if around:
        notices.append(f"around the text, left out: {', '.join(map(quoted, around[:5]))}")
    kept = [*([] if mastheads else above), *below]
    return {"title": title, "text": "\n\n".join((*days[:1], *_paragraphs(kept))), "notices": notices}


def _lines(page: PdfTextPage) -> list[_PageLine]:
    lines: list[_PageLine] = []
    text = page.get_text_range()
    for match in re.finditer(r"[^\r\n]+", text):
        if not (words := " ".join(match[0].split(" ")).strip()):
            continue
        first, last = (page.get_charbox(index, loose=True) for index in (match.start(), match.end() - 1))
        lines.append(_PageLine(words, first[0], last[2], first[1], last[1], first[3] - first[1]))
    return lines


def _without_running_lines(pages: list[list[_PageLine]]) -> tuple[list[_PageLine], list[str]]:
    """The lines of all pages in order; and the texts of those at the edges that stand on several, or are numbers."""
    edges = [{*range(_EDGE), *range(len(page) - _EDGE, len(page))} for page in pages]
    shapes = Counter(
        shape
        for page, numbers in zip(pages, edges, strict=True)
        for shape in {_shape(page[number]) for number in numbers if 0 <= number < len(page)}
    )
    kept: list[_PageLine] = []
    running: dict[str, str] = {}
    for page, numbers in zip(pages, edges, strict=True):
        for number, line in enumerate(page):
            repeated = shapes[_shape(line)] >= max(2, len(pages) // 2) or _PAGE_NUMBER.fullmatch(line.text)
            if number in numbers and repeated and len(page) > _EDGE:
                running.setdefault(_shape(line), line.text)
            else:
                kept.append(line)
    return kept, list(running.values())


def _shape(line: _PageLine) -> str:
    return re.sub(r"\d+", "0", line.text.casefold())


def _title(named: str, lines: list[_PageLine]) -> tuple[str, list[_PageLine], list[_PageLine]]:
    """The title, and the lines above and below it: what the document calls itself, or else its largest lines."""
    top = lines[:40]
    for start in range(len(top)):
        for end in range(start + 1, min(start + 5, len(top)) + 1):
            if named and _letters(" ".join(line.text for line in top[start:end])) == _letters(named):
                return named, lines[:start], lines[end:]
    largest = max(line.height for line in top)
    if largest > 1.2 * statistics.median(line.height for line in lines):
        start = next(number for number, line in enumerate(top) if line.height > 0.95 * largest)
        end = start
        while end < len(top) and top[end].height > 0.95 * largest:
            end += 1
        return " ".join(line.text for line in top[start:end]), lines[:start], lines[end:]
    if named and not _NO_TITLE.match(named):
        return named, [], lines
    return lines[0].text, [], lines[1:]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _paragraphs(lines: list[_PageLine]) -> list[str]:
    """Lines joined to paragraphs: a new one begins after a gap, a short line that ends a sentence, or indented."""
    if not lines:
        return []
    usual = statistics.median(line.height for line in lines)
    steps = [above.bottom - line.bottom for above, line in pairwise(lines)]
    step = statistics.median([one for one in steps if usual / 2 < one < 4 * usual] or [usual])
    text = " ".join(line.text for line in lines)
    paragraphs = [lines[0].text]
    edges: dict[int, float] = {}  # how far lines go to the right, by where they begin
    for line in lines:
        for column in (-1, 0, 1):
            column += round(line.left / (3 * usual))
            edges[column] = max(edges.get(column, 0), line.right)
    for above, line in pairwise(lines):
        fall = above.last_bottom - line.bottom
        ended = _SENTENCE_END.search(above.text) is not None
        goes_on = fall < usual / 2  # in the next column, or on the next page
        sized = abs(above.height - line.height) > 0.12 * usual
        full = edges[round(above.left / (3 * usual))]
        left_open = full - above.right
        # Without a full stop it is a byline or a heading, if it ends long before the margin.
        short = left_open > 4 * usual and (ended or left_open > 0.4 * (full - above.left))
        indented = ended and 0.5 * usual < line.left - above.left < 5 * usual
        gap = fall > 1.35 * step
        if sized or (gap and not goes_on) or short or (indented and not goes_on):
            paragraphs.append(line.text)
        elif _HYPHEN.search(paragraphs[-1]):
            paragraphs[-1] = _HYPHEN.sub("\x02", paragraphs[-1]) + line.text
        else:
            paragraphs[-1] += " " + line.text

    def mended(word: re.Match[str]) -> str:
        return f"{word[1]}-{word[2]}" if f"{word[1]}-{word[2]}" in text or word[2][0].isupper() else word[1] + word[2]

    return [clean_lines(_BROKEN.sub(mended, paragraph)) for paragraph in paragraphs]


PDF = Format("PDF", lambda source: b"%PDF-" in source.head[:1024], _items, "clipping.pdf")
