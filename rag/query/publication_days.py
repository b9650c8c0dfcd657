"""Finds the days of publication that a question asks for, and tells a limit from a preference.

A question restricts publication where its wording ties days to the coverage: a word of reporting right before them
("published in March", "articles from last week"), a noun of coverage right behind ("the 3 March article"), or days that
head it ("3 to 9 May: ..."). All other days are the subject's. News follows what happens within days, so the days, month
or year in which something happened are a preference. The year of a thing ("the 2014 annexation", "since the pandemic in
2020"), days to come and days that something is compared with say nothing of publication.

A library was tried: dateparser 1.5 finds points of time where periods are meant, guesses 04/03/2025, and reads "march
on London" and "may the council" as months.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag.query.parsed_query import Constraint
from rag.query.reporting import PIECE
from rag.text.periods import Period, periods

_LEAD = re.compile(
    r"\b(?P<lead>later\sthan|earlier\sthan|prior\sto|up\sto|as\sof|since|after|before|until|till|by|between|from|dated|in|"
    r"on|during|throughout|over|within|at|of|around)\s(?P<the>the\s)?(?:\w+day,?\s)?"
    r"(?P<part>(?:early|mid|late|last|this|spring|summer|autumn|fall|winter|q[1-4]|\w+\squarter|start|beginning|middle|"
    r"end|week)(?:\sof)?[\s-])?$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?[-–—]\s?|\s(?:to|until|till|through)\s(?:the\s)?", re.IGNORECASE)
_UNTIL = ("until", "till", "by", "up to", "as of", "before", "prior to", "earlier than")
_NEAR = 200  # characters before a period that say what it means

# What only media publish. "The UN report of March", "crimes reported in 2021" and "a book published in May" are of the
# subject, so a report and what is published need a piece of news, a name or "what was" beside them.
_PUBLISHED = r"(?:published|printed|posted|written|wrote|reported|aired|broadcast|covered)"
_NAMED = r"(?:(?:by|in|from|on|of|at|the|and|dated|says?|[-|&]|(?-i:[\"'‘“]?[A-Z0-9][\w.:’'&-]*[\"”]?))\s)"
_COVERAGE_BEFORE = re.compile(
    rf"\b(?:{PIECE}\s{_NAMED}{{0,10}}(?:(?:(?:that|which)\s)?(?:(?:was|were)\s)?{_PUBLISHED}\s{_NAMED}{{0,10}})?"
    rf"|{PIECE}\b[^.?!]{{0,150}}\b(?:(?<!that\s)(?<!which\s)(?:was|were|been)\s{_PUBLISHED})\s{_NAMED}{{0,10}}"
    rf"|(?:{PIECE}|reports?)\b[^.?!]{{0,150}}\bones?\s{_NAMED}{{0,10}}"
    rf"|(?:reports?\s(?:by|from|in)|{_PUBLISHED}\sby)\s{_NAMED}{{1,10}}"
    rf"|^\W*{_PUBLISHED}\s{_NAMED}{{0,10}}"
    rf"|what\s(?:was|were|is|has\sbeen)\s(?:first\s)?{_PUBLISHED}\s"
    rf"|what\s(?:did|does|has)\s{_NAMED}{{1,6}}(?:report|publish|print|write)(?:ed)?\s)$",
    re.IGNORECASE,
)
# "What did the Courier report about tram fares in May": a topic without "the" or "a" is no event with days of its own.
_COVERAGE_OF_TOPIC = re.compile(
    rf"\bwhat\s(?:did|does|has|was|were)\s[^.?!]{{0,60}}\b(?:report|write|publish|{_PUBLISHED})\s(?:about|on|of)\s"
    r"(?:(?!(?:the|an?|this|that|who|which|when|after|since|before|\w+(?:ed|ing))\b)[\w.’'&-]+\s){1,5}$",
    re.IGNORECASE,
)
_COVERAGE_BEHIND = re.compile(rf"(?:['’]s)?\s(?:[A-Z][\w.’'&-]*\s){{0,5}}(?:{PIECE}|(?P<vague>reports?|interviews?))\b")
# "Than in 2021", "born in 2021": what something is compared with, and its beginning, say nothing of publication.
_NO_NEWS = re.compile(
    r"\b(?:(?:than|as|unlike|versus|compared\s(?:to|with))\s(?:\w+\s(?:was|were|did|is|are|had)\s)?"
    r"|(?:born|founded|established|built|created|formed|invented)\s(?:\w+\s){0,2})$",
    re.IGNORECASE,
)
# "Since the outbreak began in May", "the boom of 2021", "the bridge that fell in 2021": the days tell which thing is
# meant. In the last two only a year says nothing of publication: in the month or on the day of the thing it was news.
_OF_A_THING = re.compile(
    r"\b(?:(?P<since>since|after|before|from|until|during|following)|over|of|by|about|behind)\s(?:\w+ing\s)?"
    r"(?:the|an?|its|their|his|her)\s(?:[\w’'-]+\s){1,3}$"
    r"|\w\s(?<!\band\s)(?<!\bbut\s)(?:who|that|which|whose|where|when)\s(?:[\w’'-]+\s){1,8}$",
    re.IGNORECASE,
)
_COMING = re.compile(r"\b(?:will|plans?|planned|scheduled|due|expected|upcoming)\b", re.IGNORECASE)
# "How is the dam used today" means nowadays.
_PRESENT = re.compile(r"(?:(?:how|why|what|where|who|which)\s(?:\w+\s){0,2}?)?(?:is|are|am|do|does|can|should)\b", re.I)
_YEARS_BACK = 25


def find_days(question: str, as_of: date) -> list[Constraint]:
    """Find the days that a question names, as it would mean them on the day ``as_of``, in order."""
    with contextlib.suppress(ValueError, OverflowError):  # a day outside the calendar
        found = [period for period in periods(question, as_of) if period.ranges]
        meanings = [_meaning(question, period, as_of) for period in _joined(question, found)]
        return [constraint for constraint in meanings if constraint]
    return []


def _joined(question: str, found: Sequence[Period]) -> list[Period]:
    """The same with the two ends of a range ("3 to 9 May", "between May and July") as one."""
    joined = list[Period]()
    for period in found:
        before = joined[-1] if joined else None
        between = question[before.end : period.start] if before else ""
        led = before and re.search(r"\bbetween\s(?:the\s)?$", question[: before.start], re.IGNORECASE)
        if before and (_RANGE.fullmatch(between) or (led and re.fullmatch(r",?\sand\s(?:the\s)?", between))):
            first, last = before.ranges[0][0], period.ranges[0][1]
            if first > last and len(before.ranges) > 1:  # "November to January 2024"
                first = first.replace(year=first.year - 1)
            period = replace(joined.pop(), end=period.end, ranges=((min(first, last), max(first, last)),), kind="date")
        joined.append(period)
    return joined


def _meaning(question: str, period: Period, as_of: date) -> Constraint | None:
    before, behind = question[max(0, period.start - _NEAR) : period.start], question[period.end :]
    match = _LEAD.search(before)
    lead, the = (" ".join(match["lead"].lower().split()), bool(match["the"])) if match else ("", False)
    if period.kind == "weekday" and not (lead or behind[:1] in ("'", "’") or period.words.startswith(("last", "this"))):
        return None  # "Super Tuesday"
    start = period.start - (len(before) - match.start() if match else 0)
    before = before[: match.start()] if match else before
    year = period.kind == "year" and not (match and match["part"])
    [(first, last), *_] = period.ranges
    single = first == last
    attributive = bool(re.match(r"\s[^\W\d_]", behind)) and (the or not lead)
    covered = _COVERAGE_BEHIND.match(behind) if single or attributive or behind[:1] in ("'", "’") else None
    of_a_thing = attributive and the and not single  # "in articles on the May 2024 floods"
    restricts = bool(
        (covered and (single or not covered["vague"]))
        or (_COVERAGE_BEFORE.search(before) and (lead or period.kind != "year") and not of_a_thing)
        or (_COVERAGE_OF_TOPIC.search(before) and lead and not re.match(r"\s\w", behind))
        or (start == 0 and behind.startswith(":"))
    )
    restricts &= lead not in ("at", "over", "around", "within")
    today = period.words == "today" and behind[:1] not in ("'", "’") and _PRESENT.match(question)
    if not restricts and (today or not _prefers(period, lead, attributive, before, behind, year, as_of)):
        return None
    lead = "in" if attributive else lead  # "after the May 2024 floods" asks for what was said of them in May as well
    day = timedelta(days=1)
    published: tuple[date | None, date | None] = first, last
    if lead in ("after", "later than"):
        published = last + day, None
    elif lead == "since" or (lead == "from" and re.match(r"\sonwards?\b", behind)):
        published = first, None
    elif lead in ("before", "prior to", "earlier than"):
        published = None, first - day
    elif lead in _UNTIL:
        published = None, last
    elif single and not restricts:
        published = first, max(last, min(last + 2 * day, as_of))  # news of a day is published within days
    words = question[start : period.end]
    return Constraint("days", start, period.end, words, restricts, None, None, *published)


def _prefers(period: Period, lead: str, attributive: bool, before: str, behind: str, year: bool, as_of: date) -> bool:
    """Whether articles of days that restrict nothing are likelier to have the answer."""
    first = period.ranges[0][0]
    if not as_of.year - _YEARS_BACK <= first.year or first > as_of or _NO_NEWS.search(before):
        return False
    bare = len(period.ranges) > 1
    called = attributive and (lead or before.lower().endswith("the "))  # "the 6 January committee"
    if lead in _UNTIL or (bare and (called or _COMING.search(before + behind))):
        return False
    thing = _OF_A_THING.search(before)
    if not year:
        return not (thing and thing["since"])
    return lead in ("in", "during", "throughout", "since", "between", "from", "after") and not attributive and not thing
