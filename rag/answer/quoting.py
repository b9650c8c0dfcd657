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
_AHEAD = re.compile(
    r"\b(?:will|would|shall|going to|to be|next|due|scheduled|plans?|planned|upcoming|set to|expected|forecast|"
    r"predicted)\b",
    re.I,
)
_NAMED_DAY = re.compile(
    r"yesterday|today|tonight|tomorrow|last night|this (?:morning|afternoon|evening)|"
    r"(?:(?:last|this) )?(?P<weekday>\w+day)",
    re.IGNORECASE,
)
# Beside a capitalised word a day is part of a name, but for those that begin a sentence: "On Monday", "Late Sunday".
_CAPITAL_BEFORE = re.compile(r"\b(?!On|Late|Early|By|Since|Until|Last|This|From|And|But)[A-Z][a-z]+ $")
_CAPITAL_BEHIND = re.compile(r" [A-Z]")
# The verbs of English whose past does not end in "ed" and differs from their present (a closed class), in news.
_IRREGULAR = (
    "was were had did said told made took came went saw got gave found thought became left felt brought began "
    "kept held wrote stood heard ran met paid sat spoke lay led grew lost fell sent built drew broke spent won "
    "rose bought caught chose dealt drove fought flew froze hid hung knew sank shook shot shrank slept slid sold "
    "sought sprang stole struck stuck swore swept swam taught threw understood withdrew woke wore"
)
PAST_TENSE = re.compile(rf"\b(?:\w\w+ed|{'|'.join(_IRREGULAR.split())})\b")
_PLANNED = re.compile(
    r"\b(?:to|is|are|be) (?:\w+ ){0,3}$|\b(?:it|he|she|they|who|which|that) (?!was\b|has\b)\w+s (?:\w+ ){0,4}$"
)
_PART_OF_DAY = re.compile(r"\s(?:early |late )?(?:morning|noon|afternoon|evening|night)\b", re.IGNORECASE)
_OPENING, _CLOSING = "“«„", "”»"
_POSSESSIVE = ("'", "’")


def quote(sentence: Sentence, *, dated: bool = False, widen: bool = True) -> Draft:
    """Draft a quotation of ``sentence``: alone where it can be understood so, else widened to the sentences before.

    Days that it names as on the day of its article ("yesterday") are said in brackets, and with ``dated`` so is its own
    day, in front. What stands in brackets is ours, and is listed as the draft's ``insertions``.
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
        if said != day:
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
    """The day, month or year of what a sentence tells, in words: the first that it names, else that of its article."""
    told = event_range(sentence)
    return _range_in_words(*told) if told else ""


def event_range(sentence: Sentence) -> Range | None:
    """First and last day of what a sentence tells, as ``event_day`` says them; None where nothing tells them.

    A day without a year is the nearest one: an article of March that looks ahead to July means the coming July.
    """
    text, published = sentence.text, sentence.article.published
    for one in periods(text, published):
        if (
            one.ranges
            and text[one.end : one.end + 1] not in _POSSESSIVE
            and _range_in_words(*_meant(one, text, published))
        ):
            return _meant(one, text, published)
    return (published, published) if published else None


def _meant(period: Period, text: str, published: date | None) -> Range:
    """Which of the days that a period may mean it does mean."""
    last, *others = period.ranges
    if not published or len(others) != 1:
        return last
    if period.kind == "weekday":
        return last if _happened(text, period) and not _AHEAD.search(text) else others[0]
    return min(period.ranges, key=lambda one: abs((one[0] - published).days))


def _happened(text: str, day: Period) -> bool:
    """Whether the clause around a weekday tells what happened then, and not "closes on", "was to begin on"."""
    before = re.split("[,;:]", text[: day.start])[-1]
    behind = re.split("[,;:]", text[day.end :])
    if len(before.split()) < 2:  # "On Monday, the council voted"
        behind = ["".join(behind[:2])]
    return PAST_TENSE.search(before + behind[0]) is not None and _PLANNED.search(before) is None


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
    found = periods(text, published)
    if any(one.kind in ("date", "year") for one in found):
        return
    for one in found:
        day = _NAMED_DAY.fullmatch(text, one.start, one.end)
        quoted = any(start <= one.start < end for start, end in quotations(text))
        in_name = _CAPITAL_BEFORE.search(text, 0, one.start) or _CAPITAL_BEHIND.match(text, one.end)
        if not day or not one.ranges or quoted or in_name or text[one.end : one.end + 1] in _POSSESSIVE:
            continue
        if day["weekday"] and (_AHEAD.search(text) or not _happened(text, one)):
            continue  # the last one, or the next: "closes on Thursday", "was to begin on Friday"
        part = _PART_OF_DAY.match(text, one.end)
        yield part.end() if part else one.end, _range_in_words(*one.ranges[0])


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
