"""Cuts a question that compares or joins into parts, each of which brings evidence of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.query.parsed_query import ParsedQuery
from rag.query.reading import COVERAGE_NOUNS, Constraint
from rag.text.words import terms

# Runs of white space are bounded, so that no text is slow.
# Where one clause of a comparison ends and the next begins.
_JOINTS = re.compile(
    r"\b(?:while|whereas|compared|but|and|versus|than|or|before|after|(?:dis)?agrees?|differs?|contradicts?)\b|[,;]",
    re.IGNORECASE,
)
# The same in a question that names no outlets, where "and" mostly joins words and not clauses.
_STRONG_JOINTS = re.compile(
    r"[,;]?\s{1,9}\b(?:while|whereas|compared (?:to|with)|in contrast (?:to|with))\b|;\s"
    r"|,\s{1,9}and\s{1,9}(?=(?:who|whom|whose|what|which|when|where|why|how|did|does|do)\b)",
    re.IGNORECASE,
)
# Between two events, one before the other, of which a yes or no needs both.
_TIMES = re.compile(r",?\s{1,9}(?:before|after)\b", re.IGNORECASE)
_ASKS = re.compile(r"\W*(?:and\s{1,9})?(?:who|whom|whose|what|which|when|where|why|how|did|does|do)\b", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\W*(?:did|does|do|was|were|is|are|has|have|had)\b", re.IGNORECASE)
# A clause of whom the other one names says too little by itself.
_LEANS = re.compile(
    r"[,;]?\s*(?:and|while|whereas|before|after)(?:\s{1,9}(?:who|what|which|when|where|why|how|did|does|do|was|were)\b)*"
    r"\s{1,9}(?:he|she|it|they)\b",
    re.IGNORECASE,
)
# A short question that can be understood by itself: "who raised the tolls", but not "how much did it fetch".
_STANDS_ALONE = re.compile(
    r"\W*(?:and\s{1,9})?(?:who|which|when|where|how\s{1,9}(?:many|much))\b"
    r"(?!.*\b(?:it|they|him|them|his|its|their|then|next|later|afterwards|else)\b)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r'"[^"\n]{1,300}"|[“„][^“”„\n]{1,300}[”“]|«[^«»\n]{1,300}»')
# "X called the vote before Y did": another clause, and no list either.
_NEXT_CLAUSE = frozenset("before after while whereas but than versus".split())
# "X report on trams and the Y report": the words between are what X reported, and no list of names.
_OWN_CLAUSE = re.compile(
    r"(?:^|\W)(?:" + "|".join(sorted(COVERAGE_NOUNS)) + r")\s{1,9}(?:on|about|of|that|from|titled)\b", re.IGNORECASE
)
# A clause says at least this many things; less is a list of names or an afterthought. A question
# of its own may be shorter, and one that stands alone shorter still.
_CLAUSE = 4
_QUESTION = 3
_SHORT = 2
_LIST = 2
# A question of more parts than this is a pasted text.
_MOST = 8


@dataclass(frozen=True, slots=True)
class SubQuery:
    """What is looked for by itself: a clause of the question, within the limits that it names."""

    text: str
    parsed: ParsedQuery
    """What of the question's mentions belongs to this part."""


Decompose = Callable[[ParsedQuery], tuple[SubQuery, ...]]
"""Cuts a question into parts; ``divide`` by rule, and a language model may do it in its place."""


def whole(parsed: ParsedQuery) -> tuple[SubQuery, ...]:
    """Leave the question as it is."""
    return (SubQuery(parsed.question, parsed),)


def decompose(parsed: ParsedQuery) -> tuple[SubQuery, ...]:
    """Cut by rule: a part for every outlet that is named, with its clause; else for every clause or joined question.

    Outlets named together ("as X and Y report") share one clause and are asked one by one, so that each brings what it
    has. A question with one clause and no outlet is one part.
    """
    question = parsed.question
    outlets = [constraint for constraint in parsed.constraints if constraint.outlet][:_MOST]
    if len(outlets) == 1:
        return whole(parsed)
    # Within quotation marks nothing is cut; characters stay where they are.
    plain = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), question)
    if not outlets:
        clauses = _clauses(parsed, plain)
        least = _QUESTION if all(_ASKS.match(plain, start, end) for start, end in clauses) else _CLAUSE
        # A limit in one of two short questions may be meant for both.
        short = least == _QUESTION and not any(constraint.restricts for constraint in parsed.constraints)
        for start, end in clauses:
            said = len(terms(question[start:end]))
            if said < least and not (short and said >= _SHORT and _STANDS_ALONE.match(plain, start, end)):
                return whole(parsed)
        return tuple(_part(parsed, start, end) for start, end in clauses)
    groups = [[outlets[0]]]
    for constraint in outlets[1:]:
        between = plain[groups[-1][-1].end : constraint.start]
        joined = len(terms(between)) <= _LIST and not _STRONG_JOINTS.search(between)
        if not joined or _OWN_CLAUSE.match(between) or _ends_clause(between):
            groups.append([constraint])
        else:
            groups[-1].append(constraint)
    bounds = [0, *(_joint(plain, group[-1], after[0]) for group, after in pairwise(groups)), len(question)]
    parts = [
        _part(parsed, start, end, constraint.outlet)
        for group, (start, end) in zip(groups, _full(parsed, list(pairwise(bounds))), strict=True)
        for constraint in group
    ]
    return tuple(dict.fromkeys(parts))


def _clauses(parsed: ParsedQuery, plain: str) -> list[tuple[int, int]]:
    """The clauses of a question that names no outlets."""
    joints = [*_STRONG_JOINTS.finditer(plain)]
    if _YES_OR_NO.match(plain):
        joints += _TIMES.finditer(plain)
    if len(joints) > _MOST:
        joints = []
    starts = sorted(
        joint.start()
        for joint in joints
        if not _LEANS.match(plain, joint.start())
        and not any(one.start < joint.end() <= one.end for one in parsed.constraints)
    )
    return list(pairwise([0, *starts, len(plain)]))


def _full(parsed: ParsedQuery, clauses: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put the whole question for a clause that names its outlet and nothing to look for: "before X did"."""
    full = list[tuple[int, int]]()
    for start, end in clauses:
        said, at = "", start
        for constraint in parsed.constraints:
            if constraint.outlet and start <= constraint.start < end:
                said, at = said + parsed.question[at : constraint.start], constraint.end
        said += parsed.question[at:end]
        full.append((start, end) if any(len(term) > 1 for term in terms(said)) else (0, len(parsed.question)))
    return full


def _ends_clause(between: str) -> bool:
    """Whether the words between two outlets say something, and lead to another clause with their last."""
    words = between.casefold().removesuffix(" ").removesuffix(" the").split()
    return bool(words) and words[-1] in _NEXT_CLAUSE and bool(terms(between))


def _joint(question: str, before: Constraint, after: Constraint) -> int:
    """Where the clause of one mention ends: at the last joint before the next mention."""
    between = question[before.end : after.start]
    joints = [match.start() for match in _JOINTS.finditer(between)]
    return before.end + (joints[-1] if joints else len(between))


def _part(parsed: ParsedQuery, start: int, end: int, outlet: str | None = None) -> SubQuery:
    # Where outlets are compared only the outlet is certain; days and quoted words are said in headers and passages, and
    # weigh as words. A clause without an outlet is limited by all that it names.
    limits = [replace(one, restricts=one.outlet == outlet) for one in parsed.constraints if start <= one.start < end]
    limits += [replace(one, restricts=True) for one in parsed.constraints if outlet and one.outlet == outlet]
    return SubQuery(parsed.question[start:end].strip(" ,;"), replace(parsed, constraints=tuple(dict.fromkeys(limits))))
