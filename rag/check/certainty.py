"""Compares what claim and evidence deny, and what they leave open."""

from __future__ import annotations

from collections.abc import Callable

from rag.check.evidence import CitedText
from rag.check.statements import Statement, Token
from rag.check.verdicts import Rule, Verdict

_NEGATORS = frozenset("not no never none nobody nothing neither nor without cannot hardly".split())
_LESS = frozenset("only few fewer little less yet first last until instead rather".split())
# Stems of what denies the verb behind it (Karttunen 1971), of what lets nothing come about, and of what leaves it open.
_DENYING = frozenset("fail refus declin deni unabl".split())
_LACKING = frozenset("lack absent avert avoid prevent".split())
_OPEN = frozenset("may might could would will shall should if unless whether planned".split())
_LEAVING_OPEN = frozenset(
    """expect propos alleg reportedli accus suspect possibl possibli potenti like perhap probabl hope consid investig
    intend want aim seek sought specul believ thought suggest fear plan will vow pledg promis threaten urg
    demand""".split()
)


def wrong_negation(claim: Statement, evidence: CitedText) -> Verdict | None:
    """A claim that denies what is only affirmed there, or affirms what is only said there with a negation."""
    lessens = [token for token in claim.tokens if _lessens(token) and not claim.is_quoted(token.start)]
    explicit = any(token.key in ("not", "never", "hardly") or token.key.endswith("n't") for token in lessens)
    denied = {said: _governed(said, _negates) for said in (claim, *evidence.said)}
    # "for the first time in ten years"
    denying = [said for said in evidence.said if any(map(_lessens, said.tokens)) or " first " in said.text]
    for token in claim.checkable():
        places = [(said, one) for said in evidence.said for one in said.tokens if one.stem == token.stem]
        affirmed_only = explicit and token in denied[claim] and not any(said in denying for said, _ in places)
        denied_only = not lessens and all(one in denied[said] for said, one in places)
        if any(said in evidence.sentences for said, _ in places) and (affirmed_only or denied_only):
            return evidence.denies(Rule.NEGATION, f"the opposite of “{claim.text[token.start : token.end]}”")
    return None


def too_certain(claim: Statement, evidence: CitedText) -> Verdict | None:
    """A claim that tells as done what the evidence tells only as possible, planned or alleged."""
    if any(_leaves_open(token) or _negates(token) for token in claim.tokens):
        return None
    open_ = {token for said in evidence.said for token in _governed(said, _leaves_open)}
    for token in claim.checkable():
        if claim.text[: token.start].endswith(" to "):
            break  # what follows "to hand over" is no more done than that
        places = [one for said in evidence.said for one in said.tokens if one.stem == token.stem]
        # a plan is told in the present, too: "moves in autumn"
        if places and open_.issuperset(places) and not token.key.endswith("s"):
            word = claim.text[token.start : token.end]
            return evidence.lacks(Rule.CERTAINTY, f"{evidence.says} “{word}” only as possible, planned or alleged")
    return None


def _governed(said: Statement, is_cue: Callable[[Token], bool]) -> set[Token]:
    """The first word that carries meaning behind each cue, in its segment, adverbs passed over."""
    found = set[Token]()
    for i, cue in enumerate(said.tokens):
        if is_cue(cue):
            behind = [one for one in said.tokens[i + 1 :] if one.segment == cue.segment]
            found.update([one for one in behind if one.stem and not one.key.endswith("ly")][:1])
    return found


def _negates(token: Token) -> bool:
    return token.key in _NEGATORS or token.key.endswith("n't") or token.stem in _DENYING


def _lessens(token: Token) -> bool:
    lessening = token.key in _LESS or token.stem in _LACKING or token.key.startswith(("un", "non", "dis", "im"))
    return lessening or _negates(token)


def _leaves_open(token: Token) -> bool:
    return token.key in _OPEN or token.stem in _LEAVING_OPEN | _LACKING | _DENYING
