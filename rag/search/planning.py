"""Settles what is looked for to answer a question, and within which limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.subqueries import Decompose, SubQuery, clauses, is_compound
from rag.search.fusion import Weights
from rag.store.scope import Scope
from rag.store.snapshot import LexicalIndex
from rag.text.words import question_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Allowed = Callable[[Scope], "NDArray[np.bool_] | None"]
"""The passages that a scope allows, shape ``(rows,)``; None where it limits nothing."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One thing to look for, within one scope."""

    part: SubQuery
    scope: Scope
    phrases: tuple[str, ...]
    weight: float
    rest: float
    """What the rest of the question counts in it."""
    terms: Mapping[str, float]
    """What is said, as articles of each language within the scope would say it, and how much it counts."""
    preferred: tuple[str, ...] = ()
    """Outlets that the question prefers; none where its scope limits outlets, and leaves nothing to prefer."""
    days: tuple[Scope, ...] = ()
    """Periods with a beginning and an end that it names; none where its scope limits days."""


@dataclass(slots=True)
class Plan:
    """What is looked for to answer one question."""

    parsed: ParsedQuery
    scope: Scope
    lookups: list[Lookup] = field(default_factory=list)
    """The parts of the question, and the whole of it."""
    clauses: list[Lookup] = field(default_factory=list)
    """Its clauses, which say which passages of a part answer something."""
    relaxed: list[Constraint] = field(default_factory=list)
    """Limits read in the question that would have left nothing, and were let go."""
    parts: tuple[str, ...] = ()
    """What the question was cut into, each once."""


class Planner:
    """Makes plans for one snapshot; threads may share it."""

    def __init__(
        self,
        allowed: Allowed,
        lexical: LexicalIndex,
        languages: Iterable[str | None],
        decompose: Decompose,
        weights: Weights,
    ) -> None:
        """Plan for articles in ``languages``, None among them where an article names none."""
        self._allowed = allowed
        self._lexical = lexical
        self._languages = tuple(languages)
        self._divide = decompose
        self._weights = weights

    def plan(self, parsed: ParsedQuery, given: Scope, literally: bool) -> Plan:
        """Settle what is looked for, and within which limits: those given, and, unless ``literally``, those read."""
        if literally:
            parsed = replace(parsed, constraints=(), unknown_outlets=())
        parts = self._divide(parsed)
        plan = Plan(parsed, given, parts=tuple(dict.fromkeys(part.text for part in parts)))
        for part in parts:
            scope = self._within(given, part.parsed, plan)
            phrases = self._held_phrases(part, scope, plan)
            one = self._lookup(part, scope, phrases, 1.0, self._weights.rest, parsed)
            plan.lookups.append(replace(one, days=_days(part.parsed, scope)))
        bare = replace(parsed, constraints=())
        [first, *others] = plan.lookups
        if others or ((first.scope != given or first.phrases) and is_compound(parsed)):
            # Limits belong to the parts, or to one of the things that are joined; the others may stand elsewhere.
            undivided = SubQuery(parsed.question, bare)
            one = self._lookup(undivided, given, (), self._weights.undivided, 0.0, parsed)
            plan.lookups.append(replace(one, days=_days(parsed, given)))
        else:
            plan.scope = first.scope
        if self._weights.clause:
            rest = self._weights.clause_rest
            phrases = first.phrases if len(plan.lookups) == 1 else ()
            plan.clauses += [
                self._lookup(SubQuery(text, bare), plan.scope, phrases, 1.0, rest, parsed)
                for text in clauses(parsed.question)
            ]
        return plan

    def _lookup(
        self, part: SubQuery, scope: Scope, phrases: tuple[str, ...], weight: float, rest: float, parsed: ParsedQuery
    ) -> Lookup:
        languages = scope.languages or self._languages
        said: dict[str, float] = dict(question_terms(part.text, languages))
        if part.text == parsed.question:
            rest = 0.0
        if rest:
            for term, count in question_terms(parsed.question, languages).items():
                said[term] = said.get(term, 0.0) + rest * count
        preferred = () if scope.outlets else parsed.preferred_outlets
        return Lookup(part, scope, phrases, weight, rest, said, preferred)

    def _within(self, given: Scope, read: ParsedQuery, plan: Plan) -> Scope:
        """``given`` with the limits read in the question, as far as they leave anything.

        What a person set goes before what was read, kind by kind; of what was read the least certain is let go first.
        """
        kinds = [one for one in ("days", "language", "author", "outlet") if not _sets(given, one)]
        limits = read.scope
        # Names are read only where the index holds them; a language may be any.
        limits = replace(limits, languages=tuple(one for one in limits.languages if one in self._languages))
        for gone in range(len(kinds) + 1):
            scope = _limited(given, limits, kinds[gone:])
            if scope == given or self._holds(scope):
                break
        limiting = [one for one in read.constraints if one.restricts]
        lost = [
            one
            for one in limiting
            if one.kind in kinds[:gone]
            or (one.kind == "language" and "language" in kinds and one.language not in self._languages)
        ]
        plan.relaxed += [one for one in lost if one not in plan.relaxed]
        return scope

    def _holds(self, scope: Scope) -> bool:
        allowed = self._allowed(scope)
        return bool(allowed is None or allowed.any())

    def _held_phrases(self, part: SubQuery, scope: Scope, plan: Plan) -> tuple[str, ...]:
        """Return the part's quoted words, if some passage within the scope says them all; else they are let go."""
        phrases = part.parsed.phrases
        if not phrases:
            return ()
        allowed = self._allowed(scope)
        if any(allowed is None or allowed[row] for row in self._lexical.rows_with(phrases)):
            return phrases
        plan.relaxed += [one for one in part.parsed.constraints if one.phrase in phrases and one not in plan.relaxed]
        return ()


def _days(named: ParsedQuery, scope: Scope) -> tuple[Scope, ...]:
    """The closed periods among what is named, each a scope; none within a scope that limits days."""
    if _sets(scope, "days"):
        return ()
    periods = ((one.published_from, one.published_to) for one in named.constraints if one.kind == "days")
    return tuple(
        dict.fromkeys(Scope(published_from=first, published_to=last) for first, last in periods if first and last)
    )


def _sets(scope: Scope, kind: str) -> bool:
    """Whether a scope limits days, languages, authors or outlets."""
    limits = {
        "days": scope.published_from or scope.published_to,
        "language": scope.languages,
        "author": scope.authors,
        "outlet": scope.outlets,
    }
    return bool(limits[kind])


def _limited(given: Scope, read: Scope, kinds: Sequence[str]) -> Scope:
    """``given`` with the limits of some kinds that were read in a question."""
    if "days" in kinds:
        given = replace(given, published_from=read.published_from, published_to=read.published_to)
    if "language" in kinds:
        given = replace(given, languages=read.languages)
    if "author" in kinds:
        given = replace(given, authors=read.authors)
    if "outlet" in kinds:
        given = replace(given, outlets=read.outlets)
    return given
