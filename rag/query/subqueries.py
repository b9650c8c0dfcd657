"""Decomposes a question that compares or joins into sub-queries, each of which brings evidence of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.reporting import COVERAGE_NOUN, REPORTED
from rag.text.words import terms

_ASKING = r"(?:who|whom|whose|what|which|when|where|why|how|did|does|do)"
# Where a clause, or a phrase that says something of its own, can begin;
_BEGINNING = re.compile(
    r"[,;:]\s|\b(?:while|whereas|but|and|or|than|before|after|according\sto|as\sreported\sby|who|which|that|compared)\b",
    re.IGNORECASE,
)
# where another one surely does, as "and" between two nouns is none;
_SURE_BEGINNING = re.compile(
    r"\b(?:while|whereas|compared\s(?:to|with)|in\scontrast\s(?:to|with)|similar\sto\show|in\sa\ssimilar\sway)\b|;\s"
    r"|,\s(?:and|but|who|which|whose|also)\b|,\s\w{2,30}ed\b",
    re.IGNORECASE,
)
# where the clauses of two outlets meet; and where those of a question that names no outlet do.
_BETWEEN_OUTLETS = re.compile(
    r"\b(?:while|whereas|compared|but|and|versus|than|or|before|after|(?:dis)?agrees?|differs?|contradicts?)\b|[,;]",
    re.I,
)
_JOINT = re.compile(
    r"[,;]?\s\b(?:while|whereas|compared\s(?:to|with)|in\scontrast\s(?:to|with))\b|;\s" rf"|,\sand\s(?={_ASKING}\b)",
    re.I,
)
# A clause of whom the other one names says too little by itself.
_LEANS = re.compile(
    rf"[,;]?\s?(?:and|while|whereas)(?:\s(?:{_ASKING}|was|were)\b)*\s(?:he|she|it|they)\b", re.IGNORECASE
)
# Where a second question begins that may lean on the first: ", and by how much?"
_AND_ASKS = re.compile(rf",? and (?=(?:(?:by|in|at|for|to|from|with|since|until|of) )?{_ASKING}\b)", re.IGNORECASE)
# A question of its own, which may be short.
_ASKS = re.compile(
    rf"\W*(?:and\s)?{_ASKING}\b(?!.*\b(?:it|they|him|them|his|its|their|then|next|later|else)\b)",
    re.IGNORECASE | re.DOTALL,
)
# "Which is older, the bridge or the tower at Ellery?"; "Who was longer in office, Ruhl or Dahl?"
_ALTERNATIVES = re.compile(
    r"^(?=[^,:]*\b(?:who|which|what)\b[^,:]*\b(?:more|most|less|least|fewer|fewest|better|best|worse|worst|first|last|"
    r"(?:old|young|long|short|bigg|larg|small|tall|high|low|fast|slow|earli|lat|rich|cheap|strong|near|deep)(?:er|est))\b)"
    r"(?P<head>[^,:]{6,}[,:]) (?P<one>[^,]{2,80}?) or (?P<other>[^,]{2,80}?)(?P<tail>,[^,]+)?[?.! ]*$",
    re.IGNORECASE,
)
# "How did Ruhl and Dahl each …?", "What did both Ruhl and Dahl say?", "compare Ruhl and Dahl on …"
_NAME = r"[A-Z][\w.'’-]*(?: (?:(?:of|the|de|van|von|al|bin) ){0,2}[A-Z][\w.'’-]*)*"
_FIRST_WORD = re.compile(rf"(?:{_ASKING}|is|are|was|were|has|have|had|can|could|will|would|should)\b", re.IGNORECASE)
_PAIR = re.compile(  # but not "compare Bosnia and Herzegovina with Serbia", nor "the Bears vs. Panthers game"
    rf"(?P<cue>\b(?i:both|respectively|compar(?:e|ing)|differences? between) (?:the )?)?"
    rf"\b(?P<one>{_NAME}),? (?:(?:and|or)|(?P<versus>versus|vs\.?)) (?:the )?(?P<other>(?>{_NAME}))"
    r"(?! (?:differ from|with(?! re)|to|game|match|fight|final)\b)"
    r"(?(cue)|(?(versus)|(?=(?: [a-z]+)? (?:each|both|differ(?:ed|ent)?|compared?)\b|.*\brespectively\b)))"
)
_QUOTED = re.compile(r'"[^"\n]{1,300}"|[“„][^“”„\n]{1,300}[”“]|«[^«»\n]{1,300}»')
_REPORTING = re.compile(rf"\b(?:{COVERAGE_NOUN}|{REPORTED})\b", re.IGNORECASE)
_CLAUSE, _QUESTION = 4, 2  # terms that a clause, or a question of its own, must have to be looked for by itself
_LIST = 2  # terms between two names of a list
_MOST = 8  # a question of more clauses is a pasted text
_REPORTS = 3  # a question that speaks of reporting this often speaks of several reports


@dataclass(frozen=True, slots=True)
class SubQuery:
    """What is searched for by itself: a clause of the question, with the constraints that it names."""

    text: str
    parsed: ParsedQuery
    """The question's, with only the constraints that belong to this clause."""


Decompose = Callable[[ParsedQuery], tuple[SubQuery, ...]]
"""Cuts a question into sub-queries; ``decompose`` by rule, and a language model may do it in its place."""


def decompose(parsed: ParsedQuery) -> tuple[SubQuery, ...]:
    """Cut by rule: a sub-query for every outlet that is named, with its clause; else for every clause.

    Outlets named together ("as X and Y report") share a clause and are asked one by one, so that each brings what it
    has. A question with one clause and no outlet is one sub-query.
    """
    plain = _without_quotations(parsed.question)
    outlets = [one for one in parsed.constraints if one.outlet][:_MOST]
    if not outlets and (sides := _sides(parsed.question)):
        return tuple(_side(parsed, side) for side in sides)
    joined = _joined_clauses(parsed, plain) if not outlets else []
    if len(joined) == 1 and (asked := _asked_together(parsed.question, plain)):
        return tuple(_side(parsed, text) for text in asked)
    if len(outlets) == 1 or len(joined) == 1:
        if is_compound(parsed):  # days may be those of one of its things
            constraints = [replace(one, restricts=one.restricts and one.kind != "days") for one in parsed.constraints]
            parsed = replace(parsed, constraints=tuple(constraints))
        return (SubQuery(parsed.question, parsed),)
    if not outlets:
        return tuple(_sub_query(parsed, start, end) for start, end in joined)
    groups = [[outlets[0]]]
    for before, after in pairwise(outlets):
        if _is_list(plain[before.end : after.start]):
            groups[-1].append(after)
        else:
            groups.append([after])
    bounds = [0, *(_joint(plain, group[-1], after[0]) for group, after in pairwise(groups)), len(plain)]
    clauses = [_or_all(parsed, start, end) for start, end in pairwise(bounds)]
    found = [
        _sub_query(parsed, *clause, one.outlet) for group, clause in zip(groups, clauses, strict=True) for one in group
    ]
    return tuple(dict.fromkeys(found))


def compares(question: str) -> bool:
    """Whether a question sets two things side by side."""
    return (
        bool(_sides(question))
        or re.match(r"(?:please )?(?:compare|what(?:'s| is) the difference)\b", question, re.I) is not None
    )


def _sides(question: str) -> tuple[str, ...]:
    """What a comparison asks of each of its two sides; nothing where it is none, or they cannot be told."""
    plain = _without_quotations(question)
    if found := _ALTERNATIVES.search(plain):
        head, tail = (
            question[: found.end("head")],
            question[slice(*found.span("tail"))].rstrip(" ?.!") if found["tail"] else "",
        )
        return tuple(f"{head} {question[slice(*found.span(side))]}{tail}?" for side in ("one", "other"))
    first = _FIRST_WORD.match(plain)  # its capital makes no name of it
    if found := _PAIR.search(plain, first.end() if first else 0):
        before = re.sub(r"^(?:please )?compare (?:the )?", "", question[: found.start("one")], flags=re.IGNORECASE)
        after = question[found.end() :]
        return tuple(f"{before}{question[slice(*found.span(side))]}{after}" for side in ("one", "other"))
    return ()


def clauses(question: str) -> tuple[str, ...]:
    """Return the clauses of a question, each of at least four terms; none where it has only one."""
    plain = _without_quotations(question)
    found, start = list[tuple[int, int]](), 0
    for end in [*(match.start() for match in _BEGINNING.finditer(plain)), len(question)]:
        if len(terms(question[start:end])) >= _CLAUSE:
            found.append((start, end))
            start = end
    if found:
        found[-1] = (found[-1][0], len(question))
    return tuple(question[start:end].strip(" ,;:") for start, end in found) if 2 <= len(found) <= _MOST else ()


def is_compound(parsed: ParsedQuery) -> bool:
    """Whether a question joins several things, so that a limit in it may belong to one of them only.

    "What did the Courier report in May?" is one thing. "Which port, closed in May according to the Courier, …, and who
    …?" is several, and so is what speaks of several days, outlets or reports.
    """
    named = parsed.constraints
    if sum(one.kind == "days" for one in named) > 1 or len({one.outlet for one in named if one.outlet}) > 1:
        return True
    plain = _without_quotations(parsed.question)
    if len(_REPORTING.findall(plain)) >= _REPORTS:
        return True
    bounds = [0, *(match.start() for match in _SURE_BEGINNING.finditer(plain)), len(plain)]
    return sum(len(terms(parsed.question[start:end])) >= _CLAUSE for start, end in pairwise(bounds)) > 1


def _asked_together(question: str, plain: str) -> tuple[str, ...]:
    """The two questions of a sentence whose second one leans on the first, with what it leans on in brackets.

    "Who won the race, and by how much?" asks "By how much? (Who won the race?)" beside "Who won the race?".
    """
    found = _AND_ASKS.search(plain)
    if not found or not re.match(_ASKING, plain, re.IGNORECASE) or len(_AND_ASKS.findall(plain)) > 1:
        return ()
    first, second = question[: found.start()].strip(" ,?"), question[found.end() :].strip(" ,?.!")
    if not terms(first):
        return ()
    return f"{first}?", f"{second[:1].upper()}{second[1:]}? ({first}?)"


def _joined_clauses(parsed: ParsedQuery, plain: str) -> list[tuple[int, int]]:
    """The clauses of a question that names no outlets; all of it where one of them says too little by itself."""
    starts = [joint.start() for joint in _JOINT.finditer(plain) if not _LEANS.match(plain, joint.start())]
    found = list(pairwise([0, *starts, len(plain)]))
    # A limit in one of two short questions may be meant for both.
    asks = not parsed.constraints and all(_ASKS.match(plain, start, end) for start, end in found)
    short = any(len(terms(plain[start:end])) < (_QUESTION if asks else _CLAUSE) for start, end in found)
    return [(0, len(plain))] if short or len(found) > _MOST else found


def _is_list(between: str) -> bool:
    """Whether the words between two outlets make a list of them: "X, Y", "X for its trams and Y"."""
    said = terms(between)
    if len(said) > _LIST or _JOINT.search(between):
        return False
    # "X called the vote before Y did" are two clauses.
    return not (said and re.search(r"\b(?:before|after|but|than|versus)\s(?:the\s)?$", between, re.IGNORECASE))


def _joint(question: str, before: Constraint, after: Constraint) -> int:
    """Where the clause of one outlet ends: at the last joint before the next one's name."""
    between = question[before.end : after.start]
    joints = [match.start() for match in _BETWEEN_OUTLETS.finditer(between)]
    return before.end + (joints[-1] if joints else len(between))


def _or_all(parsed: ParsedQuery, start: int, end: int) -> tuple[int, int]:
    """The clause; or all of the question where it names its outlet and nothing to look for: "before X did"."""
    said, at = "", start
    for one in parsed.constraints:
        if one.outlet and start <= one.start < end:
            said, at = said + parsed.question[at : one.start], one.end
    said += parsed.question[at:end]
    return (start, end) if any(len(term) > 1 for term in terms(said)) else (0, len(parsed.question))


def _sub_query(parsed: ParsedQuery, start: int, end: int, outlet: str | None = None) -> SubQuery:
    # Where outlets are compared only the outlet is certain; days and quoted words are said in headers and passages, and
    # weigh as words. A clause without an outlet is restricted by all that it names.
    constraints = [
        replace(one, restricts=one.outlet == outlet if outlet else one.restricts)
        for one in parsed.constraints
        if start <= one.start < end or (outlet and one.outlet == outlet)
    ]
    return SubQuery(parsed.question[start:end].strip(" ,;"), replace(parsed, constraints=tuple(constraints)))


def _side(parsed: ParsedQuery, text: str) -> SubQuery:
    """One side of a comparison, with the constraints that its words name; days may be those of the other one."""
    constraints = [
        replace(one, restricts=one.restricts and one.kind != "days") for one in parsed.constraints if one.words in text
    ]
    return SubQuery(text, replace(parsed, constraints=tuple(constraints)))


def _without_quotations(question: str) -> str:
    """The question with quoted words blotted out, so that nothing is cut inside them; places stay."""
    return _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), question)
