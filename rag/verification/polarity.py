"""What a text affirms and what it denies: words under a negation, and words that have an opposite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rag.verification.tokens import CLAUSE_MARKS, Token
from rag.words import terms

_DENYING = frozenset("not never no none nobody nothing neither nor without cannot nowhere".split())
# Only before "to": "failed to", "declined to comment".
_DENYING_TO = frozenset("fail fails failed failing refuse refuses refused refusing decline declines declined declining".split())
_DENYING_THAT = frozenset("deny denies denied denying unable".split())
_NOT_DENYING = frozenset("only just merely simply least yet".split())
_CONJUNCTIONS = frozenset("but because although though while who which whereas after before when where if unless and whether".split())
_QUOTE_MARKS = frozenset("\"“”«»„‘")
# Verbs that carry too little meaning to be terms, but can be denied.
_SAYING = frozenset("say says said saying tell tells told".split())
_SCOPE = 4

# Words of one line say the same on each side of the bar, and the opposite across it.
_OPPOSITES = """
before | after
more | fewer less
first | last final
rise rose risen increase grow grew grown growth climb jump surge soar gain | fall fell fallen decrease drop plunge shrink shrank sink slump
raise hike | lower cut reduce slash
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
higher | lower
high | low
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
    """A word that has an opposite."""

    first: int
    """``first`` to ``behind`` (exclusive) are its tokens."""
    behind: int
    concept: str
    sign: int
    """1 or -1, after what denies it."""


@dataclass(frozen=True, slots=True)
class Polarity:
    """What is affirmed and denied: signs (1 or -1) of concepts, and what each denying word is about."""

    signs: Mapping[str, frozenset[int]]
    denied: tuple[tuple[str, ...], ...]
    """For each denying word, the concepts in its scope, nearest first."""
    leanings: tuple[Leaning, ...]
    """Its words that have an opposite."""
    words: Mapping[str, str]
    """How the text writes each concept."""


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


def polarity_of(tokens: Sequence[Token]) -> Polarity:
    """Read the polarity of a sentence."""
    flipped = dict[int, int]()
    denied = list[tuple[str, ...]]()
    for i, token in enumerate(tokens):
        if not token.is_word or not _denies(tokens, i):
            continue
        scope = _scope(tokens, i)
        for at in scope:
            flipped[at] = -flipped.get(at, 1)
        if scope:
            denied.append(tuple(_concept(tokens[at])[0] for at in scope))
    signs, words, leanings = dict[str, set[int]](), dict[str, str](), list[Leaning]()
    for i, token in enumerate(tokens):
        concept, sign = _concept(token)
        sign *= flipped.get(i, 1)
        if concept.startswith("="):
            leanings.append(Leaning(i, i + 1, concept, sign))
        if token.stem or (token.key in _SAYING and sign < 0):
            signs.setdefault(concept, set()).add(sign)
            words.setdefault(concept, token.text)
    return Polarity({key: frozenset(value) for key, value in signs.items()}, tuple(denied), tuple(leanings), words)


def _denies(tokens: Sequence[Token], i: int) -> bool:
    key, following = tokens[i].key, tokens[i + 1].key if i + 1 < len(tokens) else ""
    if key in _DENYING_TO:
        return following == "to"
    if key == "no" and (following == "." or following[:1].isdigit()):
        return False
    if key in ("not", "no") and following in _NOT_DENYING:
        return False
    if key == "no" and (following in ("more", "fewer", "less") or (following.endswith("er") and following != "longer")):
        return False
    return key in _DENYING or key in _DENYING_THAT or key.endswith("n't")


def _scope(tokens: Sequence[Token], i: int) -> list[int]:
    found = list[int]()
    for at in range(i + 1, min(len(tokens), i + 12)):
        token = tokens[at]
        if token.key in CLAUSE_MARKS or token.text in _QUOTE_MARKS or (found and token.key in _CONJUNCTIONS):
            break
        if token.stem or token.key in _SAYING:
            found.append(at)
        if len(found) == _SCOPE:
            break
    return found


def _concept(token: Token) -> tuple[str, int]:
    listed = _table().get(token.stem or token.key)
    if listed:
        return listed
    if token.key in _SAYING:
        return "say", 1
    if token.key.startswith("un") and len(token.key) > 6:
        base = terms(token.key[2:])
        if base:
            return base[0], -1
    return token.stem, 1


def together(polarities: Sequence[Polarity]) -> Polarity:
    """What several sentences affirm and deny."""
    signs, words = dict[str, frozenset[int]](), dict[str, str]()
    for one in polarities:
        for concept, found in one.signs.items():
            signs[concept] = signs.get(concept, frozenset()) | found
        words = {**one.words, **words}
    denied = tuple(scope for one in polarities for scope in one.denied)
    return Polarity(signs, denied, tuple(leaning for one in polarities for leaning in one.leanings), words)


def conflict(claimed: Polarity, given: Polarity) -> str | None:
    """What one side denies and the other affirms, as the sentence writes it; None where there is nothing."""
    for scope in claimed.denied:
        stated = [concept for concept in scope if concept in given.signs]
        if stated and all(given.signs[one] == {1} and claimed.signs[one] == {-1} for one in stated):
            return claimed.words[stated[0]]
    for scope in given.denied:
        stated = [concept for concept in scope if concept in claimed.signs]
        if set(stated) & set(scope[:2]) and all(
            claimed.signs[one] == {1} and given.signs[one] == {-1} for one in stated
        ):
            return claimed.words[stated[0]]
    return None
