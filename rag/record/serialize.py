"""Writes an answer as a JSON record that can be read, and checked, without the index it came from."""

from __future__ import annotations

import json
import re
from pathlib import Path

from cattrs.preconf.json import make_converter

from rag.answer.answers import Answer
from rag.articles import Article
from rag.record.integrity import integrity_fault
from rag.store.files import atomic_write, checked_target

RECORD = "news-rag answer"
"""What a record says that it is, in its field ``record``."""
FORMAT = 2
"""Raised when a record can no longer be read as before; a field that is added, with a default, does not raise it."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(answer: Answer) -> str:
    """Write an answer as JSON, each article that it points to once and whole; ``from_json`` gives the same answer.

    Raises:
        ValueError: a citation, or a passage, is not what its article says at its place, so nobody could read it back.
    """
    if fault := integrity_fault(answer):
        raise ValueError(f"the answer cannot be kept: {fault}")
    articles: dict[tuple[str, str], dict[str, object]] = {}
    converter = make_converter()
    fields_of = converter.get_unstructure_hook(Article)

    def refer_to(article: Article) -> dict[str, str]:
        reference = {"id": article.id, "version": article.version}
        articles.setdefault((article.id, article.version), reference | fields_of(article))
        return reference

    converter.register_unstructure_hook(Article, refer_to)
    record = {"record": RECORD, "format": FORMAT, "answer": converter.unstructure(answer)}
    text = json.dumps(record | {"articles": [*articles.values()]}, ensure_ascii=False, indent=1, allow_nan=False)
    # Half a surrogate pair, from a command line whose bytes are no text, can only be written as its code.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def save_answer(path: Path, answer: Answer) -> None:
    """Write the record of an answer to ``path``, whole or not at all; raises as ``checked_record`` and ``to_json``."""
    atomic_write(checked_record(path), [to_json(answer), "\n"], named=path)


def checked_record(path: Path) -> Path:
    """Return where a record for ``path`` goes, links followed; call it before what takes seconds.

    Raises:
        ValueError: the file there is no record of an answer, and is not written over.
        OSError: nothing can be written there; it names ``path``.
    """
    target = checked_target(path)
    if target.exists() and not is_record(target.read_bytes().decode("utf-8", "replace")):
        raise ValueError(f"{path} is there, and is no record of an answer: name another file")
    return target


def is_record(text: str) -> bool:
    """Whether a text is a record of an answer, of any format."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and record.get("record") == RECORD
