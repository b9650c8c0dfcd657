"""Keeps an answer as a JSON record that can be read, and checked, without the index that it came from."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from cattrs import transform_error
from cattrs.preconf.json import JsonConverter, make_converter
from cattrs.v import format_exception

from rag.answer.answers import Answer
from rag.articles import Article
from rag.check.verdicts import Outcome
from rag.query.question_kind import QuestionKind
from rag.store.files import atomic_write, checked_target

RECORD = "news-rag answer"
"""What a record says that it is, in its field ``record``."""
FORMAT = 2
"""Raised when a record can no longer be read as before; a field that is added, with a default, does not raise it."""
_REFERENCE = {"id", "version"}

_T = TypeVar("_T")


def to_json(answer: Answer) -> str:
    """Write an answer as JSON, each article that it points to once and whole; ``from_json`` gives the same answer.

    Raises:
        ValueError: a citation, or a passage, is not what its article says at its place, so nobody could read it back.
    """
    if fault := _integrity_fault(answer):
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
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def from_json(text: str) -> Answer:
    """Read an answer back.

    Raises:
        ValueError: the text is no such record, or of another format; an article in it is not the version that it says;
            or a citation's quote does not stand at its place. The message says what is wrong, and where.
    """
    if not _is_record(text):
        raise ValueError("this is no record of an answer: rag ask … --save FILE writes one")
    record = json.loads(text)
    if (number := record.get("format")) != FORMAT:
        newer = isinstance(number, int) and number > FORMAT
        way_out = "update news-rag" if newer else "ask again, and save that answer"
        raise ValueError(f"the record has format {number!r:.40}, and this news-rag reads format {FORMAT}: {way_out}")
    try:
        answer = _converter().structure(record, _Record).answer
    except Exception as error:  # groups of whatever a value made a constructor raise
        fault = transform_error(error, "record", _reason)[0]
    else:
        fault = _integrity_fault(answer) or ""
    if fault:
        raise ValueError(f"this is no record of an answer: {fault}")
    return answer


def save_answer(path: Path, answer: Answer) -> None:
    """Write the record of an answer to ``path``, whole or not at all; raises as ``checked_record`` and ``to_json``."""
    save_record(path, to_json(answer))


def save_record(path: Path, record: str) -> None:
    """Do as ``save_answer`` with what ``to_json`` made."""
    atomic_write(checked_record(path), [record, "\n"], named=path)


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


def checked_record(path: Path) -> Path:
    """Return where a record for ``path`` goes, links followed; call it before what takes seconds.

    Raises:
        ValueError: the file there is no record of an answer, and is not written over.
        OSError: nothing can be written there; it names ``path``.
    """
    target = checked_target(path)
    if target.exists() and not _is_record(target.read_bytes().decode("utf-8", "replace")):
        raise ValueError(f"{path} is there, and is no record of an answer: name another file")
    return target


def _is_record(text: str) -> bool:
    """Whether a text is a record of an answer, of any format."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and record.get("record") == RECORD


@dataclass(frozen=True, slots=True)
class _Record:
    record: str
    format: int
    articles: tuple[Article, ...]
    """Read before the answer, which refers to them."""
    answer: Answer


def _converter() -> JsonConverter:
    """A converter that reads articles and references to them, and takes values for what they are."""
    converter = make_converter(forbid_extra_keys=True)
    for kind in (str, int, bool, float):  # by itself cattrs reads "1" as 1, and "no" as true
        converter.register_structure_hook(kind, _exactly)
    read_fields = converter.get_structure_hook(Article)
    articles: dict[tuple[object, object], Article] = {}

    def read_article(value: dict[str, object], kind: type[Article]) -> Article:
        key = (value["id"], value["version"])
        if value.keys() != _REFERENCE:
            article: Article = read_fields({name: value[name] for name in value.keys() - _REFERENCE}, kind)
            # Its id may have been made from its address by the rules of an older news-rag; the version says it all.
            if article.version != value["version"]:
                raise ValueError("the article was altered, its text gives another version than it says")
            articles[key] = article
        if key not in articles:
            raise ValueError("it names no article of the record")
        return articles[key]

    converter.register_structure_hook(Article, read_article)
    return converter


def _exactly(value: object, kind: type[_T]) -> _T:
    if issubclass(kind, StrEnum):
        return kind(str(value))
    number = float(value) if kind is float and type(value) is int else value  # 1.0 may be written as 1
    if type(number) is not kind or (isinstance(number, float) and not math.isfinite(number)):
        raise TypeError
    return number


def _reason(error: BaseException, kind: type | None) -> str:
    return str(error) if isinstance(error, ValueError) else format_exception(error, kind)


def _integrity_fault(answer: Answer) -> str | None:
    """Say what in an answer points to what is not there, or None."""
    if answer.help and (answer.claims or answer.kind is not QuestionKind.HELP):
        return "it has the text of help, and is no help"
    if answer.refused == bool(answer.claims or answer.help):
        return "it is a refusal with claims" if answer.refused else "it is an answer without a claim"
    near = tuple(citation for claim in answer.nearest for citation in claim.citations)
    for marker, one in (*enumerate(answer.citations, start=1), *enumerate(near, start=1)):
        if one.marker != marker:
            return f"citation {marker} has the marker {one.marker}"
        if _text_at(one.article, one.paragraph, one.start, one.end) != one.quote:
            return (
                f"the quote of citation {marker} does not stand in paragraph {one.paragraph} of "
                f"“{one.article.title:.60}” at characters {one.start} to {one.end}"
            )
    for claim in (*answer.claims, *answer.nearest):
        if not claim.citations:
            return "it has a claim without a citation"
        start, end = claim.answer_span or (0, 1)
        if not 0 <= start < end <= len(claim.text):
            return f"it marks characters that “{claim.text:.60}” does not have"
        if claim.verdict.outcome is not Outcome.SUPPORTED:
            return f"“{claim.text:.60}” is a claim that the check did not find supported"
        # What a model wrote has sentences that support it; everything else says that it quotes what it cites.
        if not claim.verdict.supports and not claim.verbatim:
            return f"“{claim.text:.60}” is given as a quotation, and is not what it cites"
        for support in claim.verdict.supports:
            if _text_at(support.article, support.paragraph, support.start, support.end) is None:
                return f"a verdict rests on characters that “{support.article.title:.60}” does not have"
    for hit in answer.hits:
        near_duplicates = [(one.passage, one.article) for one in hit.near_duplicates]
        for passage, article in [(hit.passage, hit.article), *near_duplicates]:
            texts = [_text_at(article, span.paragraph, span.start, span.end) or "\0" for span in passage.spans]
            if "\n\n".join(texts) != passage.text:
                return f"a passage of hit {hit.rank} does not stand in “{article.title:.60}”"
    return None


def _text_at(article: Article, paragraph: int, start: int, end: int) -> str | None:
    text = article.paragraph(paragraph) if 1 <= paragraph <= len(article.paragraphs) else ""
    return text[start:end] if 0 <= start < end <= len(text) else None
