"""Makes quotations that can stand alone: with the sentence before, where one points back; "yesterday" with its day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rag.answer.drafts import Draft, Evidence
from rag.answer.sentence_ranking import Sentence
from rag.articles import Article, day_in_words, month_in_words
from rag.check.quotations import quotations
from rag.text.periods import Period, Range, periods
from rag.text.proper_names import names
from rag.text.sentences import sentence_spans
from rag.text.tense import PAST_TENSE, tense_of
from rag.text.words import length_in_words

# What a sentence begins with that points to the one before.
_POINTS_BACK = re.compile(
    r"[\"“‘'(\[]*(?:(?:but|and|so|also|however|instead|then|yet|meanwhile|later|still|"
    r"in addition|as a result|according to)[, ]+)?"
    r"(?:he|she|they|it|his|her|hers|their|its|him|them|this|that|these|those|both|neither|"
    r"the (?:two|three|latter|former|same|pair|man|woman|couple|move|statement|decision|incident|attack))\b"
    r"(?! is the first that\b)",
    re.IGNORECASE,
)
# Whom a sentence quotes that names its speaker by a pronoun only: '"The wall holds," she said.'
_SPEAKER = re.compile(r"[\"”’»],?\s+(?:he|she|they)\s+\w+", re.IGNORECASE)
# In words: a quotation that would be longer is not widened.
_LONGEST = 75
_NAMED_DAY = re.compile(
    r"yesterday|today|tonight|tomorrow|last night|this (?:morning|afternoon|evening)|"
    r"(?:(?:last|this) )?(?P<weekday>\w+day)",
    re.IGNORECASE,
)
# Beside a capitalised word a day is part of a name, but for those that begin a sentence: "On Monday", "Late Sunday".
_CAPITAL_BEFORE = re.compile(r"\b(?!On|Late|Early|By|Since|Until|Last|This|From|And|But)[A-Z][a-z]+ $")
_CAPITAL_BEHIND = re.compile(r" [A-Z]")
# What a date behind these is a limit of, and not the day of: "the first since 1998", "not before 2028".
_BACKGROUND = re.compile(
    r"\b(?:since|until|till|before|after|by|than)\s(?:the\s)?(?:early\s|mid-|late\s)?$", re.IGNORECASE
)
# Where a month or a year is that of what a clause tells, and what makes it a clause on something else.
_IN = re.compile(
    r"\b(?:in|during)\s(?:(?:early|late|mid|about|around)[\s-]|the\s\w+\s(?:and\s\w+\s)?of\s)?$", re.IGNORECASE
)
_ASIDE = re.compile(
    rf"^\s+(?:(?:and|first)\s)?(?:{PAST_TENSE.pattern})|\b(?:that|who|which|whose|where|after|before|since|until|than)\b",
    re.IGNORECASE,
)
_PLUPERFECT = re.compile(r"\bhad\s(?!an?\b|the\b|no\b)")
_PART_OF_DAY = re.compile(r"\s(?:early |late )?(?:morning|noon|afternoon|evening|night)\b", re.IGNORECASE)
_OPENING, _CLOSING = "“«„", "”»"
_POSSESSIVE = ("'", "’")


def quote(sentence: Sentence, *, dated: bool = False, widen: bool = True) -> Draft:
    """Draft a quotation of ``sentence``: alone where it can be understood so, else widened to the sentences before.

    Days that it names as on the day of its article ("yesterday") are said in brackets; with ``dated`` its own day is in
    front instead. What stands in brackets is ours, and is listed as the draft's ``insertions``.
    """
    article = sentence.article
    widened = _widened(sentence) if widen else [(sentence.paragraph, sentence.start, sentence.end)]
    evidence = tuple(
        Evidence(article, number, start, end, article.paragraph(number)[start:end]) for number, start, end in widened
    )
    text = " ".join(one.quote for one in evidence)
    at = len(text) - len(evidence[-1].quote) + sentence.start - evidence[-1].start
    day = event_day(sentence) if dated else ""
    marks = [(0, f"[{day}] ")] if day else []
    for place, said in _days(text, article.published):
        if not day or not at <= place <= at + len(sentence.text):
            marks.append((place, f" [{said}]"))
    shown, insertions, behind = "", list[tuple[int, int]](), 0
    for place, said in marks:
        shown += text[behind:place]
        insertions.append((len(shown), len(shown) + len(said)))
        shown, behind = shown + said, place
    span = None
    if sentence.span:
        first, last = (at + edge for edge in sentence.span)
        first += sum(len(said) for place, said in marks if place <= first)
        span = first, last + sum(len(said) for place, said in marks if place < last)
    return Draft(shown + text[behind:], evidence, insertions=tuple(insertions), answer_span=span)


def event_day(sentence: Sentence) -> str:
    """The day, month or year of what a sentence tells, in words: what it names, else the day of its article."""
    published = sentence.article.published
    told = event_range(sentence) or (published and (published, published))
    return _range_in_words(*told) if told else ""


def event_range(sentence: Sentence) -> Range | None:
    """First and last day of what a sentence tells, as ``event_day`` says them; None where it names none.

    A day goes before a month or a year. What is said in quotation marks, and what is background, is not what is told:
    "the first strike since 1998", "the mill, built in 1911".
    """
    text, published = sentence.text, sentence.article.published
    told = list[Range]()
    for one in _told(text, published):
        days = _meant(one, text, published)
        if days and _range_in_words(*days) and not _background(one, days, text, published):
            told.append(days)
    return next((one for one in told if one[0] == one[1]), told[0] if told else None)


def _told(text: str, published: date | None) -> Iterator[Period]:
    """The periods that a text names in its own words, and not in a quotation, in a name or as a possessive."""
    quoted = quotations(text)
    for one in periods(text, published):
        in_name = one.kind in ("weekday", "relative") and (
            _CAPITAL_BEFORE.search(text, 0, one.start) or _CAPITAL_BEHIND.match(text, one.end)
        )
        inside = any(start <= one.start < end for start, end in quoted)
        if one.ranges and not inside and not in_name and text[one.end : one.end + 1] not in _POSSESSIVE:
            yield one


def _meant(period: Period, text: str, published: date | None) -> Range | None:
    """Which of the days that a period may mean it does mean; None for a weekday of which its clause tells nothing.

    A day without a year is of the year named beside it, or the nearest one that its verb allows: an article of March
    that looks ahead to July means the coming July, and what happened in November is of the last.
    """
    last, *others = period.ranges
    if not published or len(others) != 1:
        return last
    tense = tense_of(text, period.start, period.end)
    if period.kind != "weekday":
        named = [one for one in period.ranges if str(one[0].year) in text]  # "in 2019, first on 6 February"
        told = [one for one in period.ranges if tense and (one[0] <= published) == (tense == "past")]
        return min(named or told or period.ranges, key=lambda one: abs((one[0] - published).days))
    # What is ahead on the weekday of publication is on that day, or a week later.
    return last if tense == "past" else others[0] if tense == "ahead" and last[0] != published else None


def _background(period: Period, days: Range, text: str, published: date | None) -> bool:
    """Whether a period is beside what a sentence tells."""
    before = text[: period.start]
    if _BACKGROUND.search(before):
        return True
    if days[0] == days[1]:
        return False
    if period.kind != "date" and published and days[0] <= published <= days[1]:
        return True  # of "this year" the article's day says more
    clause = re.split("[,;:—(]", before)[-1]
    named = period.kind == "relative" or not before.strip() or _IN.search(clause)
    whole = clause + re.split("[,;:—(]", text[period.start :])[0]
    return not named or bool(_ASIDE.search(clause) or _PLUPERFECT.search(whole))


def _widened(sentence: Sentence) -> list[tuple[int, int, int]]:
    """Paragraph, start and end of what is quoted, in the order of the text."""
    article, number = sentence.article, sentence.paragraph
    start, end = sentence.start, sentence.end
    spans = sentence_spans(article.paragraph(number))
    before = [one for one in spans if one[1] <= start]
    text = article.paragraph(number)
    while before and (_points_back(text[start:end]) or _open_quotation(text[start:end])):
        wider = before.pop()[0]
        if length_in_words(text[wider:end]) > _LONGEST:
            return [(number, start, end)]
        start = wider
    if _open_quotation(text[start:end]) == "opens":
        for _, further in (one for one in spans if one[0] >= end):
            if length_in_words(text[start:further]) > _LONGEST:
                break
            end = further
            if not _open_quotation(text[start:end]):
                break
    if not _points_back(text[start:end]) or number == 1:
        return [(number, start, end)]
    previous = _last_sentence(article, number - 1)
    if (
        previous is None
        or length_in_words(article.paragraph(number - 1)[slice(*previous)]) + length_in_words(text[start:end])
        > _LONGEST
    ):
        return [(number, start, end)]
    return [(number - 1, *previous), (number, start, end)]


def _points_back(text: str) -> bool:
    """Whether only what stands before a text says who, or what, it speaks of."""
    return bool(_POINTS_BACK.match(text) or (_SPEAKER.search(text) and not names(text)))


def _last_sentence(article: Article, number: int) -> tuple[int, int] | None:
    text = article.paragraph(number)
    spans = sentence_spans(text)
    return spans[-1] if spans and not _open_quotation(text[slice(*spans[-1])]) else None


def _open_quotation(text: str) -> str:
    """Say "opens" or "closes" where a quotation in ``text`` has only that mark; "" where its marks come in pairs."""
    straight = text.count('"') % 2
    opened, closed = (sum(text.count(mark) for mark in marks) for marks in (_OPENING, _CLOSING))
    if straight:
        return "opens" if re.search(r'(?:^|[\s(\[])"[^"]*$', text) else "closes"
    return "opens" if opened > closed else "closes" if closed > opened else ""


def _days(text: str, published: date | None) -> Iterator[tuple[int, str]]:
    """Where in a text a day stands that only the day of its article explains, and which day is meant.

    Explained are "yesterday" and its like, and weekdays; not where the text names another date or year, from which they
    may count, nor inside a quotation, nor as part of a name ("Saturday Night Live", "Good Friday").
    """
    dates = (one for one in periods(text, published) if one.kind in ("date", "year"))
    if any(not one.ranges or not _background(one, one.ranges[0], text, published) for one in dates):
        return
    for one in _told(text, published):
        day, meant = _NAMED_DAY.fullmatch(text, one.start, one.end), _meant(one, text, published)
        if not day or not meant or (day["weekday"] and published and meant[0] > published):
            continue  # what is ahead may still be put off
        part = _PART_OF_DAY.match(text, one.end)
        yield part.end() if part else one.end, _range_in_words(*meant)


def _range_in_words(first: date, last: date) -> str:
    """A day, a month or a year in words; "" for other days in a row."""
    if first == last:
        return day_in_words(first)
    after = last + timedelta(days=1)
    if first.day == after.day == 1 and (after.year - first.year) * 12 + after.month - first.month == 1:
        return month_in_words(first)
    return (
        str(first.year)
        if (first.month, first.day) == (after.month, after.day) == (1, 1) and after.year == first.year + 1
        else ""
    )
