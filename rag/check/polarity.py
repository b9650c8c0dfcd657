"""What a text affirms and what it denies: words under a negation, and words that have an opposite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rag.check.tokens import CLAUSE_MARKS, Token
from rag.text.words import terms

_DENYING = frozenset("not never no none nobody nothing neither nor without cannot nowhere".split())
# Only before "to": "failed to", "declined to comment".
_DENYING_TO = frozenset("fail fails failed failing refuse refuses refused refusing decline declines declined".split())
_DENYING_THAT = frozenset("deny denies denied denying unable".split())
_NOT_DENYING = frozenset("only just merely simply least".split())
_CONJUNCTIONS = frozenset(
    "but because although though while who which whereas after before when where if unless and whether".split()
)
_QUOTE_MARKS = frozenset('"“”«»„‘')
# Verbs that carry too little meaning to be terms, but can be denied.
_LIGHT = dict.fromkeys("say says said saying tell tells told".split(), "say") | {"like": "like", "want": "want"}
# "no more than", "no stronger storm": not a denial, but a comparison
_COMPARED = frozenset(
    """more fewer less other further better worse stronger weaker larger bigger smaller higher lower greater older
    younger faster slower later earlier""".split()
)
# What may be put in other words with a "not".
_LESS = frozenset(
    """only ruled lack lacks lacked lacking missing miss missed empty stop stopped avoid avoided prevent prevented doubt
    doubts except far few hardly barely little too until unless instead rather abandoned cancelled canceled dropped
    dismissed withdrew withdrawn gave impossible alone""".split()
)
_SCOPE, _FOCUS = 4, 2

# Words of one line say the same on each side of the bar, and the opposite across it.
_OPPOSITES = """
before | after
more | fewer less
first | last final
rise rose risen increase grow grew growth climb jump surge soar gain | fall fell fallen decrease drop plunge slump
raise hike high higher | low lower cut reduce slash
approve accept adopt endorse pass | reject veto refuse
support back favour favor | oppose
allow permit legalise legalize | ban prohibit forbid outlaw forbade
win won victory triumph | lose lost defeat loss
begin began begun start open launch | end finish close stop cease halt
arrive enter join | leave left quit depart
arrest detain jail | release free freed
guilty convict | innocent acquit
survive live alive | die dead death kill
agree | disagree
confirm admit acknowledge | deny
buy bought purchase | sell sold
import | export
success succeed | failure fail
majority | minority
strengthen strong | weaken weak
hire appoint | fire dismiss sack
legal lawful | illegal unlawful
praise welcome | criticise criticize condemn
safe | unsafe dangerous
maximum | minimum
upheld uphold | overturn
impose | lift
include | exclude
north northern | south southern
east eastern | west western
expand widen | narrow
positive | negative
remember | forget forgot
present attend | absent
accelerate | slow
older | younger
male | female
largest biggest | smallest
best | worst
early | late
likely | unlikely
possible | impossible
able | unable
""".strip()


@dataclass(frozen=True, slots=True)
class Leaning:
    """A word with its sign: whether it is affirmed or denied, or which of two opposites it is."""

    first: int
    """``first`` to ``behind`` (exclusive) are its tokens."""
    behind: int
    concept: str
    sign: int
    """1 or -1; 0 where it stands too far behind a denying word to tell."""
    marked: bool
    """Whether it has an opposite, or is what a denying word is about."""


@cache
def _table() -> Mapping[str, tuple[str, int]]:
    """Each stem of the table, with its concept and side."""
    found = dict[str, tuple[str, int]]()
    for line in _OPPOSITES.splitlines():
        for side, sign in zip(line.split("|"), (1, -1), strict=True):
            for word in side.split():
                stem = (terms(word) or [word])[0]  # "before" and "more" are no terms
                found.setdefault(stem, (f"={line.split()[0]}", sign))
    return found


def leanings_in(tokens: Sequence[Token]) -> tuple[Leaning, ...]:
    """The words of a sentence that carry meaning, with their signs."""
    flips, far = dict[int, int](), set[int]()
    for i, token in enumerate(tokens):
        if token.is_word and _denies(tokens, i):
            scope = _scope(tokens, i)
            # what an opposite stands before is not denied itself: "never rejected the design"
            focus = 1 if scope and _concept(tokens[scope[0]])[0].startswith("=") else _FOCUS
            for at in scope[:focus]:
                flips[at] = -flips.get(at, 1)
            far.update(scope[focus:])
            # "promised no money": whether the verb is denied with its object cannot be told
            if token.key in ("no", "nothing", "none", "nobody"):
                far.update([at for at in range(max(0, i - 3), i) if tokens[at].stem][-1:])
    found = list[Leaning]()
    for i, token in enumerate(tokens):
        if not token.is_word:
            continue
        concept, sign = _concept(token)
        if not token.stem and not concept.startswith("=") and i not in flips:
            continue
        sign = 0 if i in far and i not in flips else sign * flips.get(i, 1)
        found.append(Leaning(i, i + 1, concept, sign, i in flips or concept.startswith("=") or sign < 0))
    return tuple(found)


def denies(tokens: Sequence[Token], *, quoted: bool = True) -> bool:
    """Whether a sentence denies anything; ``quoted`` also counts what it quotes."""
    return any(
        (quoted or not token.quoted) and token.is_word and _denies(tokens, i) and _scope(tokens, i)
        for i, token in enumerate(tokens)
    )


def has_less(tokens: Sequence[Token]) -> bool:
    """Whether a sentence says in any way that something is not so: "only", "ruled out", "is missing"."""
    return denies(tokens) or any(token.key in _LESS or _concept(token)[1] < 0 for token in tokens if token.is_word)


def _denies(tokens: Sequence[Token], i: int) -> bool:
    key, following = tokens[i].key, tokens[i + 1].key if i + 1 < len(tokens) else ""
    if key in _DENYING_TO:
        return following == "to"
    if key == "no" and (following == "." or following[:1].isdigit()):
        return False
    if key in ("not", "no") and following in _NOT_DENYING:
        return False
    if key == "no" and following in _COMPARED:
        return False
    if key.endswith("n't"):
        return following not in _NOT_DENYING
    return key in _DENYING or key in _DENYING_THAT


def _scope(tokens: Sequence[Token], i: int) -> list[int]:
    found = list[int]()
    # "had not been “avoidable”": a quotation that is denied as a whole
    begun = next((at for at in range(i + 1, min(len(tokens), i + 4)) if tokens[at].text in _QUOTE_MARKS), i)
    if tokens[i].quoted or any(token.stem for token in tokens[i + 1 : begun]):
        begun = i
    for at in range(begun + 1, min(len(tokens), i + 12)):
        token = tokens[at]
        if token.key in CLAUSE_MARKS or token.text in _QUOTE_MARKS or (found and token.key in _CONJUNCTIONS):
            break
        if token.stem or token.key in _LIGHT:
            found.append(at)
        if len(found) == _SCOPE:
            break
    for at in range(i - 1, max(-1, i - 5), -1):  # "he would not": what stands before it
        if (
            found
            or tokens[at].key in CLAUSE_MARKS
            or tokens[at].key in _CONJUNCTIONS
            or tokens[at].text in _QUOTE_MARKS
        ):
            break
        if tokens[at].stem:
            found.append(at)
    return found


def _concept(token: Token) -> tuple[str, int]:
    listed = _table().get(token.stem or token.key)
    if listed:
        return listed
    if token.key in _LIGHT:
        return _LIGHT[token.key], 1
    if token.key.startswith("un") and len(token.key) > 6:
        base = terms(token.key[2:])
        if base:
            return base[0], -1
    return token.stem, 1
