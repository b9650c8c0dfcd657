"""Read Parquet tables with one article a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import count
from typing import TYPE_CHECKING

from index.articles.characters import escaped
from index.readers.archives import Allowance, allowance_of
from index.readers.csv_files import fields_named, item_of, missing_columns, record_of
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData

_ROWS = 64  # held at once
_HELD = 256_000_000  # bytes: a value may be as large as all that its column says of a group of rows


def _items(source: Source) -> Iterator[Item]:
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise ArticleUnreadable("is Parquet: to read it, pip install 'news-rag[parquet]'") from error
    seen = False
    with source.open() as stream:
        try:
            table = ParquetFile(stream, pre_buffer=False)
            if problem := missing_columns(table.schema_arrow.names):
                raise ArticleUnreadable(problem)
            # Vectors and pictures are no facts of an article, and are most of such a file.
            columns = [one.name for one in table.schema_arrow if fields_named([one.name]) or _is_legible(one.type)]
            numbers = count(1)
            allowance = allowance_of(source, stream)
            for batch in table.iter_batches(_rows_at_once(table.metadata, allowance), columns=columns):
                names = batch.schema.names
                for row in zip(*(_cells(column) for column in batch.columns), strict=True):
                    seen = True
                    allowance.take(sum(len(cell) for cell in row if isinstance(cell, str)))
                    yield item_of(f" row {next(numbers)}", record_of(names, row))
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise ArticleUnreadable(f"damaged Parquet: {escaped(str(error))[:200]}; fetch it again") from error
    if not seen:
        raise ArticleUnreadable("is a table without rows")


def _rows_at_once(metadata: FileMetaData, allowance: Allowance) -> int:
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    sizes = [group.column(number).total_uncompressed_size for group in groups for number in range(group.num_columns)]
    for size in sizes:
        Allowance(allowance.left).take(size)
    return int(max(1, min(_ROWS, _HELD // max((1, *sizes)))))


def _is_legible(kind: object) -> bool:
    """Whether a column holds texts, numbers or dates, or lists and objects with such."""
    import pyarrow.types as types

    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inner = kind.value_type  # type: ignore[attr-defined]
        return not types.is_floating(inner) and _is_legible(inner)
    return not (types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))


def _cells(column: object) -> list[object]:
    import pyarrow
    import pyarrow.types as types

    kind = column.type  # type: ignore[attr-defined]
    if types.is_timestamp(kind):  # nanoseconds are none of Python's
        column = column.cast(pyarrow.timestamp("us", kind.tz), safe=False)  # type: ignore[attr-defined]
    return [_value(value) for value in column.to_pylist()]  # type: ignore[attr-defined]


def _value(value: object) -> object:
    """A value as JSON has it; a midnight without a zone is how programs store a day."""
    if isinstance(value, datetime):
        return (value.date() if value.tzinfo is None and value.time() == time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_value(member) for member in value]
    if isinstance(value, dict):
        return {str(name): _value(member) for name, member in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


PARQUET = Format("Parquet", lambda source: source.head.startswith(b"PAR1"), _items, "articles.parquet")
