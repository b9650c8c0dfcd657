"""Tells the clauses of a question apart, and whether its limits belong to the whole of it."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.query.parsed_query import ParsedQuery
from rag.query.reading import COVERAGE_NOUNS, REPORTED
from rag.text.words import terms

# Where a clause, or a phrase that says something of its own, can begin.
_BEGINNINGS = re.compile(
    r"[,;:]\s|\b(?:while|whereas|but|and|or|than|before|after|according to|as reported by|who|which|that|compared)\b",
    re.IGNORECASE,
)
# Where another clause surely does; "and" between two nouns is none.
_SURE_BEGINNINGS = re.compile(
    r"\b(?:while|whereas|compared (?:to|with)|in contrast (?:to|with)|similar to how|in a similar way)\b|;\s"
    r"|,\s(?:and|but|who|which|whose|also)\b|,\s\w{2,30}ed\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"\n]{1,300}"|[“„][^“”„\n]{1,300}[”“]|«[^«»\n]{1,300}»')
_WORD = re.compile(r"[^\W_]+")
# Less says nothing that could be looked for by itself.
_TERMS = 4
# A question of more clauses than this is a pasted text.
_MOST = 8
# A question that speaks of reports this often speaks of several.
_REPORTS = 3


def clauses(question: str) -> tuple[str, ...]:
    """The clauses of a question, each of at least four terms; none where it has only one."""
    plain = _without_quoted(question)
    found, start = list[str](), 0
    for end in [*(match.start() for match in _BEGINNINGS.finditer(plain)), len(question)]:
        if len(terms(question[start:end])) >= _TERMS:
            found.append(question[start:end].strip(" ,;:"))
            start = end
    if found and start < len(question):
        begins = question.rindex(found[-1])
        found[-1] = question[begins:].strip(" ,;:")
    return tuple(found) if 2 <= len(found) <= _MOST else ()


def joins(parsed: ParsedQuery) -> bool:
    """Whether a question joins several things, so that a limit in it may belong to one of them only.

    "What did the Courier report in May?" is one thing. "Which port, closed in May according to the Courier, …, and who
    …?" is several, and so is what speaks of several days, outlets or reports.
    """
    named = parsed.constraints
    if sum(one.kind == "days" for one in named) > 1 or len({one.outlet for one in named if one.outlet}) > 1:
        return True
    plain = _without_quoted(parsed.question)
    said = _WORD.findall(plain.casefold())
    if sum(word in COVERAGE_NOUNS or word in REPORTED for word in said) >= _REPORTS:
        return True
    bounds = [0, *(match.start() for match in _SURE_BEGINNINGS.finditer(plain)), len(plain)]
    return sum(len(terms(parsed.question[start:end])) >= _TERMS for start, end in pairwise(bounds)) > 1


def _without_quoted(question: str) -> str:
    """The question with quoted words blotted out, so that nothing is cut inside them; places stay."""
    return _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), question)
