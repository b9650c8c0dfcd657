"""Compares how claim and evidence say things: who did what to whom; denied, planned or alleged, of all; and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rag.check.evidence import CitedText, Fault
from rag.check.statements import Statement, Token
from rag.check.verdicts import Outcome, Rule

_BEING = frozenset("is are was were be been being".split())
_AUXILIARIES = _BEING | frozenset("has have had will would can could may might must did do does to not also".split())
_BY_OR_ARTICLE = frozenset("by the a an his her its their".split())
_LESS = frozenset("only few fewer little less yet first last until instead rather".split())
_ALL = frozenset("all every everyone everybody everything each entire whole always".split())
_ALSO_ALL = _ALL | frozenset("both any only none no never nobody full throughout".split())
_LIMITING = frozenset("nearly almost not at after above".split())
_BECAUSE = re.compile(r"\b(?:because(?: of)?|due to|owing to|thanks to|as a result of|caused by)\b", re.IGNORECASE)


def swapped_roles(claim: Statement, evidence: CitedText) -> Fault | None:
    """Somebody who does in the claim what is done to them in the evidence, or the other way."""
    given = {role for cited in evidence.sentences for role in _roles(cited.said)}
    for who, verb, does in _roles(claim):
        if (who, verb, not does) in given and (who, verb, does) not in given:
            written = [claim.text[one.start : one.end] for one in claim.tokens if one.stem in (who, verb)]
            reason = f"{evidence.says} it the other way round: “{'” – “'.join(written)}”"
            return Fault(Outcome.CONTRADICTED, Rule.ROLES, reason)
    return None


def _roles(said: Statement) -> Iterator[tuple[str, str, bool]]:
    """Stems of whoever stands beside a verb, of the verb, and whether they do it: "X had sent", "sent the X"."""
    tokens, known = said.tokens, said.name_stems
    for i, verb in enumerate(tokens):
        if not verb.stem:
            continue
        left = right = i
        while left and tokens[left - 1].key in _AUXILIARIES:
            left -= 1
        passive = any(one.key in _BEING for one in tokens[left:i]) and not verb.key.endswith("ing")
        while right + 1 < len(tokens) and tokens[right + 1].key in _BY_OR_ARTICLE:
            right += 1
        by = any(one.key == "by" for one in tokens[i : right + 1])
        before = tokens[left - 1] if left and tokens[left - 1].segment == verb.segment else None
        behind = tokens[right + 1] if right + 1 < len(tokens) and tokens[right + 1].segment == verb.segment else None
        named = before is not None and before.stem in known
        both = named and behind is not None and behind.stem in known  # "Weil sued Kehl"
        if before and before.stem and (left < i or (named and right > i) or both):
            yield before.stem, verb.stem, not passive
        if behind and behind.stem and (right > i or both):
            yield behind.stem, verb.stem, by


def wrong_negation(claim: Statement, evidence: CitedText) -> Fault | None:
    """A claim that denies what is only affirmed there, or affirms what is only said there with a negation."""
    lessens = [token for token in claim.tokens if _lessens(token) and not token.quoted]
    explicit = [token for token in lessens if token.key in ("not", "never", "hardly") or token.key.endswith("n't")]
    given = list(evidence.all_said())
    denying = [said for said in given if any(map(_lessens, said.tokens)) or _counts_first(said)]
    for i, token in enumerate(claim.tokens):
        if not token.stem or token.quoted or token.stem in claim.name_stems:
            continue
        places = [(said, n) for said in given for n, one in enumerate(said.tokens) if one.stem == token.stem]
        affirmed_only = bool(explicit) and i in claim.denied and not any(said in denying for said, _ in places)
        denied_only = not lessens and all(n in said.denied for said, n in places)
        if places and (affirmed_only or denied_only):
            reason = f"{evidence.says} the opposite of “{claim.text[token.start : token.end]}”"
            return Fault(Outcome.CONTRADICTED, Rule.NEGATION, reason)
    if explicit and not denying:
        return Fault(Outcome.UNSUPPORTED, Rule.NEGATION, f"{evidence.says} nothing that is denied")
    return None


def _counts_first(said: Statement) -> bool:
    return any(one.unit == "ordinal" and one.value == 1 for one in said.quantities)  # "for the first time in ten years"


def _lessens(token: Token) -> bool:
    return token.denies or token.key in _LESS or token.key.startswith(("un", "non", "dis", "im"))


def too_certain(claim: Statement, evidence: CitedText) -> Fault | None:
    """A claim that tells as done what the evidence tells only as possible, planned or alleged."""
    if any(token.leaves_open or token.denies for token in claim.tokens):
        return None
    spots = dict[str, list[bool]]()
    for said in evidence.all_said():
        for i, token in enumerate(said.tokens):
            spots.setdefault(token.stem, []).append(i in said.open)
    for token, behind in zip(claim.tokens, (*claim.tokens[1:], None), strict=True):
        if token.key == "to" and behind and behind.stem:
            break  # what follows "to hand over" is no more done than that
        if (
            token.stem
            and token.stem not in claim.name_stems
            and not token.quoted
            and not token.key.endswith("s")  # a plan is told in the present, too: "moves in autumn"
            and all(spots.get(token.stem, [False]))
        ):
            word = claim.text[token.start : token.end]
            reason = f"{evidence.says} “{word}” only as possible, planned or alleged"
            return Fault(Outcome.UNSUPPORTED, Rule.CERTAINTY, reason)
    return None


def wrong_scope(claim: Statement, evidence: CitedText) -> Fault | None:
    """A claim of all, where the evidence says nothing of all."""
    given = list(evidence.all_said())
    whole = any((one.value, one.unit) == (1, "share") for said in given for one in said.quantities)
    claimed = _unlimited(claim, _ALL)
    if not claimed or whole or any(_unlimited(said, _ALSO_ALL) for said in given):
        return None
    return Fault(Outcome.UNSUPPORTED, Rule.SCOPE, f"{evidence.where} does not say “{claimed[0]}”")


def _unlimited(said: Statement, keys: frozenset[str]) -> list[str]:
    """Those of the words ``keys`` that stand in a sentence, but for "nearly all" and "after all"."""
    words = pairwise(["", *(token.key for token in said.tokens)])
    return [key for before, key in words if key in keys and before not in _LIMITING]


def wrong_cause(claim: Statement, evidence: CitedText) -> Fault | None:
    """A reason of which the evidence has not one word."""
    cause = _BECAUSE.search(claim.text)
    if not cause or claim.is_quoted(cause.start()):
        return None
    segment = next((one.segment for one in claim.tokens if one.start >= cause.end()), None)
    reason = {one.stem for one in claim.tokens if one.start >= cause.end() and one.segment == segment and one.stem}
    said = {stem for cited in evidence.sentences for stem in cited.said.stems}
    if reason <= claim.name_stems or (reason & said) - claim.name_stems:
        return None
    return Fault(Outcome.UNSUPPORTED, Rule.CAUSE, f"{evidence.where} does not give the reason after “{cause[0]}”")
