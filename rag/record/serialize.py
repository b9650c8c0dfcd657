"""Writes an answer as a JSON record that can be read, and checked, without the index it came from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from rag.answer.answers import Answer
from rag.articles import Article
from rag.record.integrity import integrity_fault

RECORD = "news-rag answer"
"""What a record says that it is, in its field ``record``."""
FORMAT = 1
"""Raised when a record can no longer be read as before; a field that is added, with a default, does not raise it."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(answer: Answer) -> str:
    """Write an answer as JSON, each article that it points to once and whole; ``from_json`` gives the same answer.

    Raises:
        ValueError: a citation, or a passage, is not what its article says at its place, so nobody could read it back.
    """
    if fault := integrity_fault(answer):
        raise ValueError(f"the answer cannot be kept: {fault}")
    articles: dict[tuple[str, str], Article] = {}
    record = {
        "record": RECORD,
        "format": FORMAT,
        "answer": _encoded(answer, articles),
        "articles": [
            {"id": id_, "version": version, **_fields(article, {})} for (id_, version), article in articles.items()
        ],
    }
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
    # Half a pair, as a command line gives where its bytes are no text, cannot be written to a file but as its code.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _encoded(value: object, articles: dict[tuple[str, str], Article]) -> object:
    if isinstance(value, Article):
        key = (value.id, value.version)
        articles.setdefault(key, value)
        return {"id": key[0], "version": key[1]}
    if is_dataclass(value):
        return _fields(value, articles)
    if isinstance(value, tuple):
        return [_encoded(item, articles) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _fields(value: object, articles: dict[tuple[str, str], Article]) -> dict[str, object]:
    assert is_dataclass(value)
    return {field.name: _encoded(getattr(value, field.name), articles) for field in fields(value)}
