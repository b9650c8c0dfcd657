"""Reads in a question where and when it asks to look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.query.names import Names
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.publication_days import find_days
from rag.query.reporting import COVERAGE_NOUN, REPORTED
from rag.text.languages import codes_by_name

_QUOTED = re.compile(r'(?<!\w)(?:"([^"“”„\n]{1,200})"|[“„]([^"“”„\n]{1,200})[”“]|«([^«»\n]{1,200})»)(?!\w)')
_PHRASE_WORDS = 12
_TITLE_BEFORE = re.compile(r"\b(?:(?:head)?lined?|titled?|entitled|article|story|piece)[\s,:]{1,3}$", re.IGNORECASE)
# "Articles in Turkish", "reported in Turkish?" and "Turkish-language press", but not "reported in Turkish prisons".
_MEDIA = rf"(?:{COVERAGE_NOUN}|{REPORTED}|sources?|press|media|outlets?|newspapers?|papers?)"
_IN_LANGUAGE = re.compile(r"\bin\s(?P<name>[^\W\d_]+)\b(?!-)")
_OF_LANGUAGE = re.compile(rf"\b(?P<name>[^\W\d_]+)[-\s]language\b(?=\s(?:\w+\s){{0,2}}{_MEDIA}\b)", re.IGNORECASE)


def parse_question(question: str, names: Names, *, as_of: date, ignored: Sequence[str] = ()) -> ParsedQuery:
    """Read where and when a question asks to look; days are meant as on the day ``as_of``. No text is an error.

    A constraint that has just the words of one of ``ignored``, whatever their case, is none.
    """
    as_of = date(as_of.year, as_of.month, as_of.day)
    sources = names.find(question)
    outlets = {one.words.casefold() for one in sources}
    found = [one for one in _phrases(question) if (one.phrase or "").casefold() not in outlets]
    others = [*sources, *find_days(question, as_of), *_languages(question)]
    for constraint in sorted(others, key=lambda one: one.start - one.end):
        if all(constraint.end <= one.start or one.end <= constraint.start for one in found):
            found.append(constraint)
    found.sort(key=lambda one: one.start)
    unknown = names.find_unknown(question, [(one.start, one.end) for one in found])
    words = {one.casefold() for one in ignored}
    out = tuple(one for one in (*found, *unknown) if one.words.casefold() in words)
    kept, lacking = (tuple(one for one in some if one not in out) for some in (found, unknown))
    return ParsedQuery(question, as_of, kept, lacking, out)


def _phrases(question: str) -> list[Constraint]:
    found = list[Constraint]()
    for match in _QUOTED.finditer(question):
        phrase = " ".join(next(filter(None, match.groups())).split()).strip(" ,.;:!?")
        if 1 <= len(phrase.split()) <= _PHRASE_WORDS and any(c.isalnum() for c in phrase):
            titled = _TITLE_BEFORE.search(question, 0, match.start())
            found.append(Constraint("phrase", *match.span(), match[0], restricts=not titled, phrase=phrase))
    return found


def _languages(question: str) -> list[Constraint]:
    found = list[Constraint]()
    for match in [*_IN_LANGUAGE.finditer(question), *_OF_LANGUAGE.finditer(question)]:
        code = codes_by_name().get(match["name"].lower())
        if not code or not (match["name"][0].isupper() or question.islower()):
            continue
        before, ends = question[: match.start()], not re.match(r"\s[^\W_]", question[match.end() :])
        of_coverage = re.search(rf"\b{COVERAGE_NOUN}\s$", before, re.IGNORECASE)
        reported = ends and re.search(rf"\b{_MEDIA}\b", before, re.IGNORECASE)
        if match.re is _OF_LANGUAGE or of_coverage or reported:
            found.append(Constraint("language", *match.span(), match[0], restricts=True, language=code))
    return found
