"""Settles what is searched for to answer a question, within which limits, and what is preferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.subqueries import Decompose, SubQuery, clauses, is_compound
from rag.search.fusion import Weights
from rag.store.protocol import Store
from rag.store.scope import Scope
from rag.text.words import question_terms

# What a constraint of a kind limits; the first is the least certain to be read aright.
_FIELDS = {
    "days": ("published_from", "published_to"),
    "language": ("languages",),
    "author": ("authors",),
    "outlet": ("outlets",),
}


@dataclass(frozen=True, slots=True)
class Preference:
    """Articles that gain ``weight``, beside 1 for words, in a search that is open to others."""

    scope: Scope
    weight: float


@dataclass(frozen=True, slots=True)
class Lookup:
    """One thing to search for, within one scope."""

    subquery: SubQuery
    scope: Scope
    phrases: tuple[str, ...]
    terms: Mapping[str, float]
    """What is said, as articles of each language within the scope would say it, and how much it counts."""
    preferences: tuple[Preference, ...]
    rest: float
    """What the rest of the question counts in it."""
    weight: float = 1.0


@dataclass(slots=True)
class Plan:
    """What is searched for to answer one question."""

    parsed: ParsedQuery
    scope: Scope
    lookups: list[Lookup] = field(default_factory=list)
    """The sub-queries, and the whole question."""
    clauses: list[Lookup] = field(default_factory=list)
    """Its clauses, which say which passages of a sub-query answer something."""
    relaxed: list[Constraint] = field(default_factory=list)
    """Constraints that would have left nothing, and are not applied."""
    subqueries: tuple[str, ...] = ()
    """What the question was decomposed into, each once."""


class Planner:
    """Makes plans for one store; threads may share it."""

    def __init__(self, store: Store, decompose: Decompose, weights: Weights) -> None:
        self._store = store
        self._languages = tuple(store.languages())
        self._decompose = decompose
        self._weights = weights

    def plan(self, parsed: ParsedQuery, given: Scope) -> Plan:
        """Settle what is searched for within the limits ``given`` and those that the question sets."""
        subqueries = self._decompose(parsed)
        plan = Plan(parsed, given, subqueries=tuple(dict.fromkeys(one.text for one in subqueries)))
        for subquery in subqueries:
            scope = self._within(given, subquery.parsed, plan)
            phrases = self._held_phrases(subquery, scope, plan)
            plan.lookups.append(self._lookup(subquery, scope, parsed, phrases, rest=self._weights.rest))
        [first, *others] = plan.lookups
        if others or ((first.scope != given or first.phrases) and is_compound(parsed)):
            # Limits belong to the sub-queries, or to one of the things that are joined; the others may stand elsewhere.
            whole = self._lookup(SubQuery(parsed.question, parsed), given, parsed)
            plan.lookups.append(replace(whole, weight=self._weights.undivided))
        else:
            plan.scope = first.scope
        if self._weights.clause:
            bare, rest = replace(parsed, constraints=()), self._weights.clause_rest
            phrases = first.phrases if len(plan.lookups) == 1 else ()
            plan.clauses = [
                self._lookup(SubQuery(text, bare), plan.scope, parsed, phrases, rest=rest)
                for text in clauses(parsed.question)
            ]
        return plan

    def _lookup(
        self, subquery: SubQuery, scope: Scope, whole: ParsedQuery, phrases: tuple[str, ...] = (), rest: float = 0.0
    ) -> Lookup:
        languages = scope.languages or self._languages
        said: dict[str, float] = dict(question_terms(subquery.text, languages))
        if subquery.text == whole.question:
            rest = 0.0
        if rest:
            for term, count in question_terms(whole.question, languages).items():
                said[term] = said.get(term, 0.0) + rest * count
        return Lookup(subquery, scope, phrases, said, self._preferences(subquery.parsed, scope), rest)

    def _preferences(self, parsed: ParsedQuery, scope: Scope) -> tuple[Preference, ...]:
        """What the question names without restricting the answer to it, where the scope leaves that open."""
        found = dict[Preference, None]()
        for one in parsed.constraints:
            weight = self._weights.days if one.kind == "days" else self._weights.named
            limits = replace(parsed, constraints=(replace(one, restricts=True),)).scope
            if one.kind != "phrase" and not limited(scope, one.kind) and set(limits.languages) <= set(self._languages):
                found[Preference(limits, weight)] = None
        return tuple(one for one in found if self._store.contains(one.scope))

    def _within(self, given: Scope, read: ParsedQuery, plan: Plan) -> Scope:
        """``given`` with the limits that the question sets, as far as they leave anything.

        What a person set goes before what was read, kind by kind; of what was read the least certain is relaxed first.
        """
        kinds = [kind for kind in _FIELDS if not limited(given, kind)]
        limits = read.scope
        # Names are read only where the store holds them; a language may be any.
        limits = replace(limits, languages=tuple(one for one in limits.languages if one in self._languages))
        # All of them, or all but one, before several are relaxed together.
        one_less = ([other for other in kinds if other != kind] for kind in kinds)
        for applied in (kinds, *one_less, *(kinds[start:] for start in range(2, len(kinds) + 1))):
            scope = given
            for kind in applied:
                scope = _with_limits(scope, kind, limits)
            if scope == given or self._store.contains(scope):
                break
        lost = [
            one
            for one in read.constraints
            if one.restricts and one.kind in kinds
            if one.kind not in applied or (one.language and one.language not in self._languages)
        ]
        plan.relaxed += [one for one in lost if one not in plan.relaxed]
        return scope

    def _held_phrases(self, subquery: SubQuery, scope: Scope, plan: Plan) -> tuple[str, ...]:
        """Return the quoted words of a sub-query where some passage within the scope has them all; else none."""
        phrases = subquery.parsed.phrases
        if not phrases or self._store.contains(scope, phrases):
            return phrases
        lost = (one for one in subquery.parsed.constraints if one.phrase in phrases)
        plan.relaxed += [one for one in lost if one not in plan.relaxed]
        return ()


def _with_limits(scope: Scope, kind: str, limits: Scope) -> Scope:
    """``scope`` with the days, languages, authors or outlets of ``limits``."""
    return replace(scope, **{field: getattr(limits, field) for field in _FIELDS[kind]})


def limited(scope: Scope, kind: str) -> bool:
    """Whether a scope limits what a constraint of a kind does: days, languages, authors or outlets."""
    return any(getattr(scope, field) for field in _FIELDS.get(kind, ()))
