"""Reads the record of an answer back; whatever is not as it was written is refused, with its place."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

from cattrs import transform_error
from cattrs.preconf.json import JsonConverter, make_converter
from cattrs.v import format_exception

from rag.answer.answers import Answer
from rag.articles import Article
from rag.record.integrity import integrity_fault
from rag.record.serialize import FORMAT, is_record

_T = TypeVar("_T")


def read_answer(path: Path) -> Answer:
    """Read the record of an answer from a file.

    Raises:
        ValueError: it is no such record, or was altered; the message names ``path``.
        OSError: it cannot be read.
    """
    try:
        return from_json(path.read_bytes().decode("utf-8"))
    except ValueError as error:  # bytes that are no UTF-8 as well
        raise ValueError(f"{path}: {error}") from error


def from_json(text: str) -> Answer:
    """Read an answer back.

    Raises:
        ValueError: the text is no such record, or of another format; an article in it is not the version that it says;
            or a citation's quote does not stand at its place. The message says what is wrong, and where.
    """
    if not is_record(text):
        _refuse("rag ask … --save FILE writes one")
    record = json.loads(text)
    if (number := record.get("format")) != FORMAT:
        way_out = (
            "update news-rag" if isinstance(number, int) and number > FORMAT else "ask again, and save that answer"
        )
        raise ValueError(f"the record has format {number!r:.40}, and this news-rag reads format {FORMAT}: {way_out}")
    if record.keys() != {"record", "format", "answer", "articles"}:
        _refuse("its fields are not record, format, answer and articles")
    converter = _strict_converter()
    article_of = converter.get_structure_hook(Article)

    def unsealed(value: Mapping[str, object], kind: type[Article]) -> Article:
        article: Article = article_of({name: value[name] for name in value if name not in ("id", "version")}, kind)
        if (article.id, article.version) != (value["id"], value["version"]):
            raise ValueError("the article was altered, its text gives another version than it says")
        return article

    converter.register_structure_hook(Article, unsealed)
    whole = _structured(converter, record["articles"], tuple[Article, ...], "articles")
    articles = {(one.id, one.version): one for one in whole}

    def referred(value: Mapping[str, str], _: object) -> Article:
        if value.keys() != {"id", "version"} or (value["id"], value["version"]) not in articles:
            raise ValueError("it names no article of the record")
        return articles[value["id"], value["version"]]

    converter = _strict_converter()
    converter.register_structure_hook(Article, referred)
    answer = _structured(converter, record["answer"], Answer, "answer")
    if fault := integrity_fault(answer):
        _refuse(fault)
    return answer


def _strict_converter() -> JsonConverter:
    """A converter that takes values for what they are; by itself cattrs reads "1" as 1, and "no" as true."""
    converter = make_converter(forbid_extra_keys=True)
    for kind in (str, int, bool, float):
        converter.register_structure_hook(kind, _exactly)
    return converter


def _exactly(value: object, kind: type[_T]) -> _T:
    if issubclass(kind, StrEnum):
        return kind(str(value))
    number = float(value) if kind is float and type(value) is int else value  # 1.0 may be written as 1
    if type(number) is not kind or (isinstance(number, float) and not math.isfinite(number)):
        raise TypeError
    return number


def _structured(converter: JsonConverter, value: object, kind: type[_T], place: str) -> _T:
    try:
        return converter.structure(value, kind)
    except Exception as error:  # groups of whatever a value made a constructor raise
        _refuse(transform_error(error, place, _reason)[0])


def _reason(error: BaseException, kind: type | None) -> str:
    return str(error) if isinstance(error, ValueError) else format_exception(error, kind)


def _refuse(why: str) -> NoReturn:
    raise ValueError(f"this is no record of an answer: {why}")
