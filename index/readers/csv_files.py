"""Read tables of text with one article a row: CSV, TSV, and their kin with any delimiter."""

from __future__ import annotations

import ast
import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.articles.characters import decode, quoted
from index.articles.field_names import FIELDS, plain_name
from index.articles.outlets import web_address
from index.sources import files
from index.sources.source import Format, Item, Source, in_memory
from rag.errors import ArticleUnreadable

_USUAL = ",;\t|"
_NEVER_DELIMITER = re.compile(r"[\w \r\n\"'()\[\]{}<>./\\@#-]")
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?\s*")  # for Excel
_LONGEST_HEADER = 10_000
_HEADER_WITHIN = 10  # lines: exports put a name and a day above it
_BLOCK = 1 << 20  # bytes decoded at once, so that an encoding is judged by more than one line
_ROW_LIMIT = 16_000_000
_AGAIN_LIMIT = 40_000_000  # characters, and a hundred for each line, read again after quotation marks gone wrong
_MENDED_LINES = 200
_BAD_QUOTES = "quotation marks that do not close, or close inside a cell"
_WRITTEN_LIST = re.compile(r"\[\s*['\"]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENDINGS = frozenset((".csv", ".tsv", ".tab", ".psv"))
_OTHER_FORMATS = frozenset((".md", ".markdown", ".html", ".htm", ".xml"))


class _TableLine(NamedTuple):
    number: int
    text: str | None
    """None for a line too long to be read."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]
    delimiter: str
    line: int

    def split(self, text: str, begun: list[list[str]] | None = None) -> tuple[list[list[str]], bool]:
        """Cells, each in pieces, with quotation marks that count only at the edges of cells; and whether all close.

        ``begun`` are the cells of lines before, of which the last goes on.
        """
        cells, inside, joint = begun or [], begun is not None, "\n"
        for piece in text.rstrip("\r\n").split(self.delimiter):
            if inside:
                cells[-1].append(joint + piece)
                inside = not piece.endswith('"')
            else:
                cells.append([piece])
                inside = piece.startswith('"') and (len(piece) == 1 or not piece.endswith('"'))
            joint = self.delimiter
        return cells, not inside

    def is_whole(self, row: Sequence[str]) -> bool:
        """Whether a row after damage has as many cells as it should, and no prose where an address or date belongs."""
        if len(row) != len(self.names):
            return False
        known = [(plain_name(name), cell.strip()) for name, cell in zip(self.names, row, strict=True) if cell.strip()]
        urls = [cell for name, cell in known if name in FIELDS["url"]]
        dates = [cell for name, cell in known if name in FIELDS["published"]]
        return all(map(web_address, urls)) and all(len(cell) < 60 and re.search(r"\d", cell) for cell in dates)

    def is_row(self, text: str | None) -> bool:
        """Whether a line is a row of its own, and no end of a quoted cell."""
        cells, closed = self.split(text or "")
        row = list(map("".join, cells))
        return closed and self.is_whole(row) and all(cell[:1] == '"' or cell[-1:] != '"' for cell in row)


class _Lines(Iterator[str]):
    """Lines for ``csv.reader``, of which those that turn out to belong to no row can be given back."""

    def __init__(self, lines: Iterator[_TableLine], *, backslash: bool) -> None:
        self.row: list[_TableLine] = []
        """Those that were taken since ``begin``."""
        self._lines = lines
        self._ahead: deque[_TableLine] = deque()
        self._backslash = backslash
        self._length = self._again = 0

    def begin(self) -> None:
        self.row.clear()
        self._length = 0

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        self.row.append(line)
        self._length += len(line.text or "")
        if line.text is None or self._length > _ROW_LIMIT:
            raise csv.Error
        return line.text.replace('\\"', '""') if self._backslash else line.text

    def give_back(self) -> None:
        """Give all but the first back, to be read again."""
        self._again += self._length + 100 * len(self.row)
        if self._again > _AGAIN_LIMIT:
            raise ArticleUnreadable(f"line {self.row[0].number} has {_BAD_QUOTES}, as many before: write the file anew")
        self._ahead.extendleft(reversed(self.row[1:]))
        del self.row[1:]


def missing_columns(names: Iterable[str]) -> str | None:
    """Why a table with these columns holds no articles, if it cannot hold any."""
    known = fields_named(names)
    listed = ", ".join(map(quoted, [name for name in names if name.strip()][:12])) or "none"
    if "title" not in known:
        return f"no column for a title: expected 'title' or 'headline'; its columns are {listed}"
    # An address leads to the text, and what was meant for a summary may be all that there is.
    if known.isdisjoint(("text", "url", "summary", "excerpt")):
        return f"no column for a text: expected 'text', 'body' or 'content'; its columns are {listed}"
    return None


def fields_named(names: Iterable[str]) -> set[str]:
    """The fields of an article that columns are named after."""
    plain = {plain_name(name) for name in names}
    return {field for field, known in FIELDS.items() if not plain.isdisjoint(known)}


def record_of(names: Sequence[str], cells: Sequence[object]) -> dict[str, object]:
    """A row as a record: cells that hold something, the first where two columns share a name."""
    record: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=True):
        if name.strip() and cell not in (None, "", "\\N"):
            record.setdefault(name, _listed(cell) if isinstance(cell, str) else cell)
    return record


def _listed(cell: str) -> object:
    """A cell as the list that a program wrote into it as text, "['Ada Roe', 'Ben Doe']"; else as it stands."""
    if not (_WRITTEN_LIST.match(cell) and cell.endswith("]") and len(cell) < _BLOCK):
        return cell
    if "', " not in cell and '", ' not in cell:
        cell = re.sub(r"(?<=['\"])\s+(?=['\"])", ", ", cell)  # numpy writes no commas
    try:
        value = ast.literal_eval(cell)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return cell
    return value if isinstance(value, list) and all(isinstance(member, str) for member in value) else cell


def item_of(place: str, record: dict[str, object], notices: tuple[str, ...] = ()) -> Item:
    """A row as an item, with the address of the whole text where the row has none."""
    named = {plain_name(name): value for name, value in record.items()}
    link = None
    if named.keys().isdisjoint(FIELDS["text"]):
        link = next((str(named[name]) for name in FIELDS["url"] if name in named), None)
    return Item(place, record, notices, link=web_address(link) if link else None)


def _items(source: Source) -> Iterator[Item]:
    source = _in_lines(source)
    header = _header(source)
    if header is None:
        shown = quoted(_head_lines(source)[0]) if source.head.strip() else "nothing"
        raise ArticleUnreadable(
            f"no header row that is known: expected column names such as 'title', 'text', 'date', 'url'; found {shown}"
        )
    if problem := missing_columns(header.names):
        raise ArticleUnreadable(problem)
    torn: tuple[int, int] | None = None
    above = [line for line in _head_lines(source)[: header.line - 1] if line.strip()]
    unused = (f"{len(above)} lines above the header row: left out",) if above else ()
    seen = False
    for lines, row in _rows(source, header):
        seen = True
        first, last = lines[0].number, lines[-1].number
        if lines[0].text is not None and (row is None or (torn and not header.is_whole(row))):
            torn = (torn[0] if torn else first, last)
            continue
        if torn:
            yield _torn(*torn)
            torn = None
        if row is None:
            yield Item(f" line {first}", ArticleUnreadable(f"longer than {files.LINE_LIMIT // 1_000_000} MB"))
        elif len(row) != len(header.names):
            columns = f"{len(row)} column{'s' * (len(row) != 1)} where the header has {len(header.names)}"
            yield Item(f" line {first}", ArticleUnreadable(f"{columns}: mend or quote its cells"))
        else:
            said = dict.fromkeys(notice for line in lines for notice in line.notices)
            yield item_of(f" line {first}", record_of(header.names, row), (*unused, *said))
            unused = ()
    if torn:
        yield _torn(*torn)
    if not seen:
        raise ArticleUnreadable("has a header row and no other")


def _torn(first: int, last: int) -> Item:
    place = f" line {first}" if first == last else f" lines {first} to {last}"
    return Item(place, ArticleUnreadable(f"{_BAD_QUOTES}: mend the row"))


def _rows(source: Source, header: _Header) -> Iterator[tuple[list[_TableLine], list[str] | None]]:
    """The rows below the header with their lines; None for one whose quotation marks cannot be understood."""
    # This limit holds for the whole process; _Lines stops before it.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * _ROW_LIMIT))
    lines = _Lines(_lines(source, header.line), backslash=_is_backslash_quoted(source.head))
    reader = csv.reader(
        lines,
        delimiter=header.delimiter,
        strict=True,
        skipinitialspace=True,
        quoting=csv.QUOTE_NONE if _is_unquoted(source, header) else csv.QUOTE_MINIMAL,
    )
    while True:
        lines.begin()
        row: list[str] | None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.give_back()
            row = _mended(lines, header)
        while row and len(row) > len(header.names) and not row[-1].strip():
            row.pop()  # a delimiter at the end of each line
        if row is None or any(map(str.strip, row)):
            yield lines.row, row


def _mended(lines: _Lines, header: _Header) -> list[str] | None:
    """The row that begins with the line that was taken, if its quotation marks count only at the edges of cells."""
    if (text := lines.row[0].text) is None or len(text) > _BLOCK:
        return None
    cells, closed = header.split(text)
    is_alone = False
    while not (closed or is_alone) and len(lines.row) < _MENDED_LINES:
        try:
            following = next(lines)
        except (StopIteration, csv.Error):
            break
        is_alone = header.is_row(following)
        if not is_alone:
            cells, closed = header.split(following, cells)
    if closed and len(cells) == len(header.names):
        row = map("".join, cells)
        return [cell[1:-1].replace('""', '"') if cell[:1] == '"' else cell for cell in row]
    is_alone = is_alone or len(lines.row) == 1
    lines.give_back()
    # A lone mark before a word, where the next row follows at once.
    plain = text.rstrip("\r\n").split(header.delimiter)
    return plain if not closed and is_alone and len(plain) == len(header.names) else None


def _lines(source: Source, above: int) -> Iterator[_TableLine]:
    """The lines below line ``above``, decoded."""
    with source.open() as stream:
        waiting: list[tuple[int, bytes]] = []
        size = 0
        for number, line in files.lines_in(stream):
            if number <= above:
                continue
            if line is None or size > _BLOCK:
                yield from _decoded(waiting)
                waiting, size = [], 0
            if line is None:
                yield _TableLine(number, None)
            else:
                waiting.append((number, line))
                size += len(line)
        yield from _decoded(waiting)


def _decoded(lines: list[tuple[int, bytes]]) -> Iterator[_TableLine]:
    data = b"".join(line for _, line in lines)
    zeros = data.count(b"\0")
    if zeros > len(data) // 100:
        raise ArticleUnreadable("is a binary file (it holds zero bytes), not a table")
    try:
        text, notices = decode(data.replace(b"\0", b""))
    except ArticleUnreadable:
        if lines[0][0] <= _HEADER_WITHIN:
            raise
        text, notices = data.decode("utf-8", "replace"), ("neither UTF-8 nor windows-1252: read with \ufffd",)
    for (number, raw), line in zip(lines, io.StringIO(text, newline="\n"), strict=True):
        left_out = ("zero bytes: left out",) if zeros and b"\0" in raw else ()
        yield _TableLine(number, line.replace("\0", ""), (*left_out, *(() if line.isascii() else notices)))


def _in_lines(source: Source) -> Source:
    """``source`` with line feeds at the ends of lines, and in UTF-8 where it is UTF-16, as old office programs save."""
    is_wide = source.head.startswith(_UTF_16)
    if not is_wide and (b"\r" not in source.head or b"\n" in source.head):
        return source
    data = source.read(files.JSON_LIMIT, "save it as UTF-8 with line feeds")
    data = data.decode("utf-16", "replace").encode() if is_wide else data.replace(b"\r", b"\n")
    return in_memory(source.where, source.name, data, source.url)


def _head_lines(source: Source) -> list[str]:
    """The lines at the beginning, the last of which may be cut."""
    encoding = "utf-16" if source.head.startswith(_UTF_16) else "utf-8-sig"
    head = source.head.decode(encoding, "replace").replace("\0", "")
    return (head if "\n" in head else head.replace("\r", "\n")).split("\n")


def _header(source: Source) -> _Header | None:
    """The first row that names a title or a text, with the delimiter by which it names most; None if there is none."""
    best: tuple[int, _Header] | None = None
    for number, line in enumerate(_head_lines(source)[:_HEADER_WITHIN], 1):
        if _SEPARATOR_LINE.fullmatch(line[:20]) or len(line) > _LONGEST_HEADER:
            continue
        others = sorted({*line} - {*_USUAL})
        for delimiter in (*_USUAL, *(char for char in others if not _NEVER_DELIMITER.match(char))):
            if delimiter not in line:
                continue
            try:
                cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
            except csv.Error:
                continue
            names = tuple(cell.strip() for cell in cells)
            known = fields_named(names)
            if len(known) > (best[0] if best else 1) and known & {"title", "text"} and max(map(len, names)) <= 60:
                best = len(known), _Header(names, delimiter, number)
        if best:
            return best[1]
    return None


def _is_backslash_quoted(head: bytes) -> bool:
    r"""Whether quotation marks inside cells are written as ``\"`` and not doubled, as databases export them."""
    doubled = len(re.findall(rb'[^",;\t|\r\n]""[^",;\t|\r\n]', head))
    return len(re.findall(rb'\\"[^,;\t|\r\n]', head)) > doubled


def _is_unquoted(source: Source, header: _Header) -> bool:
    """Whether quotation marks are characters as others, as they are where tabs part the cells and nothing is quoted."""
    if header.delimiter != "\t":
        return False
    lines = _head_lines(source)[header.line : -1]
    is_prose = re.compile(r'(?:^|\t)"[^"\t]*(?:"[^"\t\r]|\t)')
    return all(line.count("\t") == len(header.names) - 1 for line in lines) and any(map(is_prose.search, lines))


def _recognises(source: Source) -> bool:
    if source.ending in _ENDINGS:
        return True
    if source.ending in _OTHER_FORMATS or source.head[:1] in (b"{", b"[", b"<"):
        return False
    header = _header(source)
    if header is None or not {"title", "text"} <= fields_named(header.names):
        return False
    following = _head_lines(source)[header.line : header.line + 1]
    return any(header.delimiter in line for line in following)


TABLE = Format("CSV, TSV and other tables of text", _recognises, _items, "title,text,date,source,url")
