"""Make an article of a record: whatever reads a format gives its items as records of fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from index.articles.blocks import paragraphs_in
from index.articles.body import with_body
from index.articles.characters import clean_lines, has_words, quoted
from index.articles.facts import (
    ReadArticle,
    entries_of,
    facts_of,
    is_nothing,
    kinds_of,
    shape_of,
    strings_in,
    values_of,
)
from index.articles.field_names import FIELDS, NO_TEXT, WITHDRAWN, bare_name, plain_name
from index.articles.markup import plain
from index.articles.paragraphs import TEXT_LIMIT
from rag.articles import LABELS
from rag.errors import ArticleUnreadable
from rag.text.sentences import sentence_spans

_DOTS = r"(?:…|\.{3}(?!\.)|[\[(<](?:…|\.{3,})[\])>])"
_COUNT = r"[\[(<]\s*\+?\s*\d[\d,. ]{0,9}k?\+?\s*(?:more )?(?:char(?:acter)?|word)s?(?: \w+){0,2}\s*[\])>]"
_MORE = (
    r"(?:read|continue|view|see|click)\b(?: (?:here|to|the|on|this|more|full|whole|rest|of|in|at|reading|read|story"
    r"|article|text|post|entry|original|source|website)){0,8}|(?:to be )?cont(?:inued|['’]?d|\.)|more|truncated"
    r"|(?:text|content|article) (?:cut(?: off)?|truncated|shortened)"
)
_CUT_OFF = re.compile(
    rf"\s*(?:{_DOTS}\s*)*(?:{_COUNT}|{_DOTS}\s*[^.!?…\n]{{1,40}}(?<![.!?”\"»’')])|[\[(<]\s*(?:{_MORE})\s*{_DOTS}?\s*[\])>]"
    rf"|(?<=[.!?”\"\n])\s*(?:{_MORE})\s*(?:{_DOTS}|[→»>]+)|{_DOTS})[\s.…→»>\])]*$",
    re.IGNORECASE,
)
"""How services mark where they cut a text off: "… [+1234 chars]", "... [5577 chars]", "[…]", "… (continued)"."""
_SURELY_CUT = re.compile(rf"{_COUNT}|{_MORE}", re.IGNORECASE)
_LONGEST_MARK = 120
_LONGEST_CUT = 3000
# "ONLY AVAILABLE IN PAID PLANS", "Upgrade your subscription to read this article": both kinds of words, and few others.
_GATE = re.compile(
    r"\b(?:only (?:available|for|to|in|with)|(?:available|reserved|for|to|members|subscribers|premium|paid)[ -]only"
    r"|(?:is|are) (?:hidden|restricted|exclusive|reserved|locked)|available (?:only|exclusively|in|to|for|on|with)"
    r"|(?:not|un)\s?available|required|requires? an?|to (?:read|view|continue|access|unlock))\b"
    r"|^\W*(?:please )?(?:upgrade|unlock|subscribe|sign (?:in|up)|log ?in|register|become)\b"
    r"|^\W*(?:premium|paid|exclusive|restricted)(?: \w+){1,2}\W*$",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:plans?|subscriptions?|subscribers?|tiers?|accounts?|memberships?|members|subscribe|paywall(?:ed)?|licen[cs]e)\b",
    re.IGNORECASE,
)
_PLACEHOLDER_WORDS = 20
_CLOSED = re.compile(r"[.!?。！？।؟](?:[\"”’'»)\]]|\s)*$")
_MAY_GO_ON = re.compile(r"(?:(?<!\d)\d{1,3}|\b[A-Za-z]|\b[A-Z][a-z]{1,2})\.\s*$")  # "2.4 million", "Mr. Brandt"
_MEGABYTES = TEXT_LIMIT // 1_000_000


@dataclass(frozen=True, slots=True)
class _Text:
    """One field's text, as clean lines."""

    name: str
    words: str
    letters: str
    mark: str
    """What its source put behind it where it cut it off; no part of ``words``."""
    is_summary: bool
    is_placeholder: bool = False
    """It is said instead of a text."""


def article_in_record(value: Mapping[str, object], today: date) -> ReadArticle:
    """The article that one item holds; ``ArticleUnreadable`` where it has no title or no text, or was withdrawn."""
    for fields in (("title",), ("text", "summary")):  # before any work, as there may be millions of such records
        if not any(any(values_of(value, field)) for field in fields):
            raise ArticleUnreadable(_missing(value, fields[0]))
    for name, status in values_of(value, "status"):
        if any(bare_name(text) in WITHDRAWN for text in strings_in(status)):
            raise ArticleUnreadable(f"is no published article: field {quoted(name)} holds {shape_of(status)}")
    facts = facts_of(value, today)
    if not has_words(facts.article.title):
        raise ArticleUnreadable(_missing(value, "title"))
    problems: list[str] = []
    texts = list(_texts(value))
    # A teaser that is cut in its first sentence is better than nothing, where there is nothing else.
    for text, is_teaser in [*((one, False) for one in texts), *((one, True) for one in texts if one.mark)]:
        if text.is_summary and (kind := next(filter(NO_TEXT.search, kinds_of(value)), None)):
            raise ArticleUnreadable(f"no text: it is {quoted(kind)}, which field {quoted(text.name)} only describes")
        whole, told = _whole_sentences(text)
        if is_teaser:
            whole, told = (
                text.words,
                f"text is only the beginning of a sentence, as its source marked it: {quoted(text.mark)}",
            )
        draft = with_body(facts, whole, today)
        if not draft.article.paragraphs:
            problems.append(told or f"field {quoted(text.name)} holds nothing that could be one")
            continue
        summary = (
            f"only a summary or the beginning: its text is that of field {quoted(text.name)}" if text.is_summary else ""
        )
        labels = {*draft.article.labels, *(["excerpt"] if told or summary else [])}
        article = replace(draft.article, labels=tuple(label for label in LABELS if label in labels))
        problems = [] if is_teaser else problems
        return ReadArticle(article, (*draft.notices, *problems, *filter(None, (summary, told))), draft.omitted)
    raise ArticleUnreadable(f"no text: {problems[0]}" if problems else _missing(value, "text"))


def _missing(record: Mapping[str, object], field: str) -> str:
    for name, value in values_of(record, field):
        holds = "nothing that could be one" if strings_in(value) else shape_of(value)
        return f"no {field}: field {quoted(name)} holds {holds}"
    for _, name, value in entries_of(record):
        if plain_name(name) in FIELDS[field] and is_nothing(value):
            return f"no {field}: field {quoted(name)} is empty"
    one, other, *_ = FIELDS[field]
    return f"no {field}: expected a field '{one}' or '{other}', found {names_in(record)}"


def names_in(record: Mapping[str, object]) -> str:
    """The names of a record's fields, for a message."""
    return ", ".join(quoted(name, 30) for name in islice(record, 5)) + (", …" if len(record) > 5 else "") or "none"


def _texts(record: Mapping[str, object]) -> Iterator[_Text]:
    """The texts of a record, the one to be read first; of those that begin alike, the fullest."""
    texts, summaries = list(_texts_in(record, "text")), list(_texts_in(record, "summary"))
    if texts and summaries and max(len(one.letters) for one in texts) < len(summaries[0].letters) / 2:
        # "Please enable JS": what is said instead of a text is shorter than any; read last, it is told.
        texts = [replace(one, is_placeholder=True) for one in texts]
    while texts:
        first = max((text for text in texts if _goes_further(text, texts[0])), key=lambda text: len(text.letters))
        yield first
        texts = [text for text in texts if text is not first]
    yield from summaries


def _texts_in(record: Mapping[str, object], field: str) -> Iterator[_Text]:
    for name, value in values_of(record, field):
        paragraphs = paragraphs_in(value)
        if (length := sum(map(len, paragraphs))) > TEXT_LIMIT:
            raise ArticleUnreadable(f"text of {length / 1_000_000:.1f} MB: an article may have {_MEGABYTES} MB")
        words = clean_lines("\n\n".join(map(plain, paragraphs))).rstrip()
        cut = _CUT_OFF.search(words, max(0, len(words) - _LONGEST_MARK))
        # In a long text three dots are the writer's own.
        mark = cut[0] if cut and (len(words) < _LONGEST_CUT or _SURELY_CUT.search(cut[0])) else ""
        words = words.removesuffix(mark)
        if has_words(words):
            yield _Text(name, words, re.sub(r"\W", "", words), mark.strip(), field == "summary")


def _goes_further(text: _Text, other: _Text) -> bool:
    """Whether ``text`` is ``other``, or says the same and more, or the same in more paragraphs."""
    if text is other or not text.letters.startswith(other.letters):
        return text is other
    return len(text.letters) > len(other.letters) or text.words.count("\n") > other.words.count("\n")


def _whole_sentences(text: _Text) -> tuple[str, str]:
    """What of a text is reporting and whole, and what is to be told where that is not all of it."""
    words = text.words
    if text.is_placeholder or _is_placeholder(words):
        return "", f"field {quoted(text.name)} holds {quoted(words)}, what its source writes instead of a text"
    if not text.mark:
        return words, ""
    above, _, last = words.rpartition("\n")
    *_, (start, end) = sentence_spans(last) or [(0, len(last))]
    if _CLOSED.search(last) and not _MAY_GO_ON.search(last):
        return words, f"text is only the beginning, as its source marked it: {quoted(text.mark)}"
    kept = f"{above}\n{last[:start]}".strip()
    told = f"its last sentence was cut and is left out: {quoted(last[start:end])}"
    return kept, f"text is only the beginning, as its source marked it: {quoted(text.mark)}; {told}"


def _is_placeholder(words: str) -> bool:
    """Whether it only says that there is a text for those who pay; who tells of somebody names them."""
    count = len(words.split())
    if count > _PLACEHOLDER_WORDS or not _GATE.search(words) or (count > 4 and not _PLAN.search(words)):
        return False
    return words.isupper() or words.istitle() or not re.search(r"[a-z,;] [A-Z]|\d", words)
