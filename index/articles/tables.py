"""Tables of a text, row by row as words, so that a row can be quoted: "Year: 2024, Spent on the roof: 2,400,000."."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import NamedTuple

ROW = "| "
"""Stands before a row, so that nothing is joined to it or takes it for a heading."""

_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)+\|?\s*")
_GRID = re.compile(r"\s*\+(?:[-=]+\+)+\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_GAP = re.compile(r"\t+|\s{2,}")
_FEWEST_ROWS = 3


class Cell(NamedTuple):
    """A cell of a table in HTML."""

    text: str
    is_head: bool = False
    """Its markup says that it names a row or a column."""


def rows_in_words(table: list[list[Cell]]) -> list[str]:
    """The rows of a table whose cells are known; none where it is no table."""
    table = [row for row in table if any(cell.text for cell in row)]
    if len(table) < 2 or max(map(len, table)) < 2:
        return []
    first, *others = [[cell.text for cell in row] for row in table]
    if not (all(cell.is_head for cell in table[0]) or _is_table([first, *others], grid=False)):
        first, others = [], [first, *others]
    rows: list[str] = []
    for words, row in zip(others, table[-len(others) :], strict=True):
        if words == first:
            continue  # repeated for those who scroll
        if len(words) == 2 and row[0].is_head and not first:
            rows += _rows(words[:1], [words[1:]])  # each row names what it says
        else:
            # Cells that span others leave some out, and which ones is not known.
            rows += _rows(first if len(words) == len(first) else [], [words])
    return rows


def with_rows_as_words(block: str) -> list[str]:
    """The block, its lines above and below a table apart, and each row of the table as a block of its own."""
    lines = [line for line in block.split("\n") if line.strip() and not _GRID.fullmatch(line)]
    head = next((at for at, line in enumerate(lines) if at and _DELIMITER.fullmatch(line)), None)
    if head is None:
        grid = len(lines) < block.count("\n") + 1 and all(line.strip()[:1] == "|" for line in lines)
        cells = [_cells(line) if grid else _GAP.split(line.strip()) for line in lines]
        return _rows(cells[0], cells[1:]) if _is_table(cells, grid) else [block]
    end = next((at for at in range(head + 1, len(lines)) if not _PIPE.search(lines[at])), len(lines))
    names = _cells(lines[head - 1])
    if len(names) < 2 or len(names) != len(_cells(lines[head])):
        return [block]
    rows = _rows(names, [_cells(line) for line in lines[head + 1 : end]])
    return [*(["\n".join(lines[: head - 1])] if head > 1 else []), *rows, *with_rows_as_words("\n".join(lines[end:]))]


def _is_table(cells: list[list[str]], grid: bool) -> bool:
    """Whether lines that have no rule below the first are a table: as many cells in each, short ones, with figures."""
    if len(cells) < (2 if grid else _FEWEST_ROWS) or not 2 <= len(cells[0]) <= 30:
        return False
    same = all(len(row) == len(cells[0]) for row in cells) and all(len(cell) <= 80 for row in cells for cell in row)
    figures = [any(re.match(r"[^\w]{0,2}\d", cell) for cell in row) for row in cells]
    return same and (grid or (not figures[0] and all(figures[1:])))


def _cells(line: str) -> list[str]:
    return [cell.replace("\\|", "|").strip() for cell in _PIPE.split(line.strip().removeprefix("|").removesuffix("|"))]


def _rows(names: list[str], rows: list[list[str]]) -> list[str]:
    named = ([f"{name}: {cell}" if name else cell for name, cell in zip_longest(names, row) if cell] for row in rows)
    # What ends without a full stop is never quoted, as captions end so.
    return [ROW + ", ".join(cells).rstrip(".") + "." for cells in named if cells]
