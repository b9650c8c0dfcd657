"""Cuts a question that compares or joins into parts, each of which brings evidence of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.questions.reading import Mention
from rag.questions.understanding import Understood
from rag.words import terms

# Where one clause of a comparison ends and the next begins.
_JOINTS = re.compile(r"\b(?:while|whereas|compared|but|and|versus|than|or)\b|[,;]", re.IGNORECASE)
# The same in a question that names no outlets, where "and" mostly joins words and not clauses.
_STRONG_JOINTS = re.compile(
    r"[,;]?\s+\b(?:while|whereas|compared (?:to|with)|in contrast (?:to|with))\b|;\s", re.IGNORECASE
)
# A clause says at least this many things; less is a list of names or an afterthought.
_CLAUSE = 4
_LIST = 2
# A question of more parts than this is a pasted text.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Part:
    """What is looked for by itself: a clause of the question, within the limits that it names."""

    text: str
    limits: Understood
    """What of the question's mentions belongs to this part."""


Divide = Callable[[Understood], tuple[Part, ...]]
"""Cuts a question into parts; ``divide`` by rule, and a language model may do it in its place."""


def whole(understood: Understood) -> tuple[Part, ...]:
    """Leave the question as it is."""
    return (Part(understood.question, understood),)


def divide(understood: Understood) -> tuple[Part, ...]:
    """Cut by rule: a part for every outlet that is named, with its clause; else for every clause of a comparison.

    Outlets named together ("as X and Y report") share one clause and are asked one by one, so that each brings what it
    has. A question with one clause and no outlet is one part.
    """
    question = understood.question
    outlets = [mention for mention in understood.mentions if mention.outlet][:_MOST]
    if not outlets:
        bounds = [0, *(match.start() for match in _STRONG_JOINTS.finditer(question)), len(question)]
        clauses = list(pairwise(bounds))
        if len(clauses) > _MOST or any(len(terms(question[start:end])) < _CLAUSE for start, end in clauses):
            return whole(understood)
        return tuple(_part(understood, start, end) for start, end in clauses)
    if len(outlets) == 1:
        return whole(understood)
    groups = [[outlets[0]]]
    for mention in outlets[1:]:
        between = question[groups[-1][-1].end : mention.start]
        if len(terms(between)) <= _LIST and not _STRONG_JOINTS.search(between):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    bounds = [0, *(_joint(question, group[-1], after[0]) for group, after in pairwise(groups)), len(question)]
    parts = [
        _part(understood, start, end, mention.outlet)
        for group, (start, end) in zip(groups, pairwise(bounds), strict=True)
        for mention in group
    ]
    return tuple(dict.fromkeys(parts))


def _joint(question: str, before: Mention, after: Mention) -> int:
    """Where the clause of one mention ends: at the last joint before the next mention."""
    between = question[before.end : after.start]
    joints = [match.start() for match in _JOINTS.finditer(between)]
    return before.end + (joints[-1] if joints else len(between))


def _part(understood: Understood, start: int, end: int, outlet: str | None = None) -> Part:
    # Of a comparison's part only the outlet is certain; days and quoted words are said in headers and passages, and
    # weigh as words.
    limits = [replace(one, limits=one.outlet == outlet) for one in understood.mentions if start <= one.start < end]
    limits += [replace(one, limits=True) for one in understood.mentions if outlet and one.outlet == outlet]
    return Part(understood.question[start:end].strip(" ,;"), replace(understood, mentions=tuple(dict.fromkeys(limits))))
