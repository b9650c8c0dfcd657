"""Reads the record of an answer back; whatever is not as it was written is refused, with its place."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Literal, NoReturn, Union, cast, get_args, get_origin, get_type_hints

from rag.answer.answers import Answer
from rag.articles import Article
from rag.record.integrity import integrity_fault
from rag.record.serialize import FORMAT, RECORD


def from_json(text: str) -> Answer:
    """Read an answer back.

    Raises:
        ValueError: the text is no such record, or of a newer format; an article in it is not the version that it says;
            or a citation's quote does not stand at its place. The message says what is wrong, and where.
    """
    try:
        record = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        _refuse(f"it is no JSON, at line {error.lineno}: {error.msg}")
    except RecursionError:
        _refuse("it is nested too deeply")
    except ValueError as error:  # a field given twice, NaN, a number of more digits than Python reads
        _refuse(str(error))
    if not isinstance(record, dict) or record.get("record") != RECORD:
        _refuse(f"its field 'record' must be {RECORD!r}; rag ask … --save FILE writes one")
    number = record.get("format")
    if type(number) is not int or number < 1:
        _refuse(f"its format is {number!r:.40}, not a number from 1")
    if number > FORMAT:
        raise ValueError(f"the record has format {number}, and this news-rag reads formats up to {FORMAT}: update it")
    _no_others(record, ("record", "format", "answer", "articles"), "the record")
    reader = _Reader(record["articles"])
    answer = cast(Answer, reader.read(Answer, record["answer"], "answer"))
    if unused := next(reader.unused(), None):
        _refuse(f"nothing points to its article {unused!r}")
    if fault := integrity_fault(answer):
        _refuse(fault)
    return answer


def is_record(text: str) -> bool:
    """Whether a text is a record of this kind, whole or not; for what must not be written over."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and record.get("record") == RECORD


class _Reader:
    """Reads values by the types of the fields that they are for; articles are looked up in the record's own table."""

    def __init__(self, table: object) -> None:
        self._articles: dict[tuple[str, str], Article] = {}
        self._used: set[tuple[str, str]] = set()
        if not isinstance(table, list):
            _refuse(f"articles is {_kind(table)}, not a list")
        for position, item in enumerate(table):
            where = f"articles[{position}]"
            if not isinstance(item, dict):
                _refuse(f"{where} is {_kind(item)}, not an object")
            rest = {name: value for name, value in item.items() if name not in ("id", "version")}
            article = cast(Article, self._dataclass(Article, rest, where))
            key = (self.text(item, "id", where), self.text(item, "version", where))
            try:
                given = (article.id, article.version)
            except ValueError as error:  # a url that is none
                _refuse(f"{where}.url cannot be read: {error}")
            if given != key:
                _refuse(f"{where} was altered: its text gives version {given[1]} of {given[0]}, not what it says")
            if key in self._articles:
                _refuse(f"{where} is there twice")
            self._articles[key] = article

    def unused(self) -> Iterator[str]:
        """Ids of articles that nothing read so far points to."""
        return (key[0] for key in self._articles if key not in self._used)

    def text(self, record: Mapping[str, object], name: str, where: str) -> str:
        """Return a field that must be text."""
        if name not in record:
            _refuse(f"{where} has no {name}")
        return cast(str, self.read(str, record[name], f"{where}.{name}"))

    def read(self, kind: object, value: object, where: str) -> object:
        """Return ``value`` as ``kind``, a type as dataclasses name them; ``where`` is its place in the record."""
        form = get_origin(kind)
        if kind is Article:
            return self._reference(value, where)
        if is_dataclass(kind) and isinstance(kind, type):
            return self._dataclass(kind, value, where)
        if form in (Union, types.UnionType):
            [only] = [one for one in get_args(kind) if one is not type(None)]
            return None if value is None else self.read(only, value, where)
        if form is tuple:
            return self._tuple(get_args(kind), value, where)
        if form is Mapping:
            if not isinstance(value, dict):
                _refuse(f"{where} is {_kind(value)}, not an object")
            return {name: self.read(get_args(kind)[1], item, f"{where}.{name:.40}") for name, item in value.items()}
        if form is Literal:
            if not isinstance(value, str) or value not in get_args(kind):
                _refuse(f"{where} is {value!r:.60}, not one of {', '.join(get_args(kind))}")
            return value
        return _scalar(kind, value, where)

    def _reference(self, value: object, where: str) -> Article:
        if not isinstance(value, dict):
            _refuse(f"{where} is {_kind(value)}, not an object")
        _no_others(value, ("id", "version"), where)
        key = (self.text(value, "id", where), self.text(value, "version", where))
        if key not in self._articles:
            _refuse(f"{where} points to version {key[1]!r:.40} of {key[0]!r:.40}, which is not among its articles")
        self._used.add(key)
        return self._articles[key]

    def _dataclass(self, kind: type, value: object, where: str) -> object:
        if not isinstance(value, dict):
            _refuse(f"{where} is {_kind(value)}, not an object")
        types_by_name = _types(kind)
        if other := next((name for name in value if name not in types_by_name), None):
            _refuse(f"{where} has a field {other!r:.40} that this news-rag does not know")
        for field in fields(kind):
            # A field that came later has a default, which is what the answers before it had.
            optional = field.default is not MISSING or field.default_factory is not MISSING
            if field.name not in value and not optional:
                _refuse(f"{where} has no {field.name}")
        read = {name: self.read(types_by_name[name], item, f"{where}.{name}") for name, item in value.items()}
        try:
            return kind(**read)
        except ValueError as error:  # a scope whose days are the wrong way round
            _refuse(f"{where}: {error}")

    def _tuple(self, kinds: tuple[object, ...], value: object, where: str) -> tuple[object, ...]:
        if not isinstance(value, list):
            _refuse(f"{where} is {_kind(value)}, not a list")
        if kinds[-1] is Ellipsis:
            kinds = kinds[:1] * len(value)
        if len(kinds) != len(value):
            _refuse(f"{where} has {len(value)} items, not {len(kinds)}")
        return tuple(self.read(one, item, f"{where}[{n}]") for n, (one, item) in enumerate(zip(kinds, value)))  # noqa: B905 - their lengths are equal


@cache
def _types(kind: type) -> Mapping[str, object]:
    return get_type_hints(kind)


def _scalar(kind: object, value: object, where: str) -> object:
    if kind is float:
        if not _finite(value):
            _refuse(f"{where} is {_kind(value)}, not a finite number")
        return value
    if kind in (int, bool, str):
        if type(value) is not kind:
            _refuse(f"{where} is {_kind(value)}, not {_NAMES[cast(type, kind)]}")
        return value
    assert isinstance(kind, type)
    if not isinstance(value, str):
        _refuse(f"{where} is {_kind(value)}, not text")
    try:
        if issubclass(kind, StrEnum):
            return kind(value)
        assert kind in (date, datetime), f"{where}: no record holds {kind}"
        return kind.fromisoformat(value)
    except ValueError:
        _refuse(f"{where} is {value!r:.60}, not {'a day or time' if issubclass(kind, date) else 'one of its words'}")


def _finite(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False  # bool is an int to Python
    try:
        return math.isfinite(value)  # 1e999 is infinite
    except OverflowError:  # a whole number beyond all floats
        return False


_NAMES = {
    int: "a whole number",
    bool: "true or false",
    str: "text",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def _kind(value: object) -> str:
    return "null" if value is None else _NAMES[type(value)]


def _no_others(record: Mapping[str, object], names: tuple[str, ...], where: str) -> None:
    for name in names:
        if name not in record:
            _refuse(f"{where} has no {name}")
    if other := next((name for name in record if name not in names), None):
        _refuse(f"{where} has a field {other!r:.40} that this news-rag does not know")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("a field is given twice")
    return record


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _refuse(why: str) -> NoReturn:
    raise ValueError(f"this is no record of an answer: {why}")
