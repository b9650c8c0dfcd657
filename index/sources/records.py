"""Make an article of a record: whatever reads a format gives its items as records of fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from index.sources import files
from index.sources.body import with_body
from index.sources.characters import clean_lines, has_words, quoted
from index.sources.facts import ReadArticle, facts_of, shape_of, strings_in, values_of
from index.sources.field_names import FIELDS
from index.sources.markup import plain
from rag.errors import ArticleUnreadable

_CUT_OFF = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d{1,7} chars\]\s*$")
_MEGABYTES = files.TEXT_LIMIT // 1_000_000


def article_in_record(value: Mapping[str, object], today: date) -> ReadArticle:
    """The article that one item holds; ``ArticleUnreadable`` where it has no title or no text."""
    facts = facts_of(value, today)
    if not has_words(facts.article.title):
        raise ArticleUnreadable(_missing(value, "title"))
    text, notices = _text(value)
    draft = with_body(ReadArticle(facts.article, (*facts.notices, *notices)), text, today)
    if not draft.article.paragraphs:
        raise ArticleUnreadable(_missing(value, "text"))
    return draft


def _missing(record: Mapping[str, object], field: str) -> str:
    for name, value in values_of(record, field):
        holds = "nothing that could be one" if strings_in(value) else shape_of(value)
        return f"no {field}: field {quoted(name)} holds {holds}"
    one, other, *_ = FIELDS[field]
    return f"no {field}: expected a field '{one}' or '{other}'"


def _text(record: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    """The text as clean lines, and a notice where it is only the beginning; empty where there is none."""
    texts = ("\n\n".join(strings_in(value)) for _, value in values_of(record, "text"))
    text = next(filter(has_words, texts), "")
    if len(text) > files.TEXT_LIMIT:
        raise ArticleUnreadable(f"text of {len(text) / 1_000_000:.1f} MB: an article may have {_MEGABYTES} MB")
    notices: tuple[str, ...] = ()
    if cut := _CUT_OFF.search(text[-60:]):
        text = text[: len(text) - len(cut[0])]
        notices = (f"text is only the beginning, as its source marked it: {quoted(cut[0])}",)
    return clean_lines(plain(text)), notices
