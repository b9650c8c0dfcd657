"""Who says what: the speakers that a sentence names beside a verb of saying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.check.names import Name
from rag.check.statements import Statement
from rag.check.tokens import Token

SAYING = frozenset(
    """say says said saying tell tells told add adds added explain explains explained state states stated announce
    announces announced claim claims claimed argue argues argued insist insists insisted note notes noted remark
    remarked warn warns warned reply replied respond responded write writes wrote tweet tweeted call calls called
    describe describes described declare declares declared comment commented suggest suggested admit admits admitted
    promise promises promised confirm confirms confirmed report reports reported ask asks asked continue continued
    conclude concluded recall recalled acknowledge acknowledged predict predicted shout shouted joke joked demand
    demanded deny denied denies think thinks thought believe believes believed estimate estimated stress stressed
    observe observed complain complained urge urged assert asserted maintain maintained reveal revealed testify
    testified posted roared grinned laughed vowed accused accuse pledged""".split()
)
PRONOUNS = frozenset("he she they it who we i".split())
_QUOTE_MARKS = frozenset("\"“”«»„'‘’")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is said to have said something."""

    name: Name | None
    """None where it is a pronoun or a common noun."""
    stems: frozenset[str]
    """What else describes the speaker: "harbour master"."""
    pronoun: bool
    verb: str = ""
    """Key of the verb of saying, or "according"."""


def speakers_in(statement: Statement, *, quoted: bool = True) -> tuple[Speaker, ...]:
    """All speakers that the sentence names; ``quoted`` also reads inside its quotations."""
    tokens = statement.tokens
    found = []
    for i, token in enumerate(tokens):
        if token.quoted and not quoted:
            continue
        speaker = None
        if token.key == "according" and i + 1 < len(tokens) and tokens[i + 1].key == "to":
            speaker = _within(statement, i + 2, _clause_end(tokens, i + 2), nearest_last=False)
        elif token.key in SAYING and token.text[0].islower():
            speaker = _of_verb(statement, i)
        if speaker:
            found.append(replace(speaker, verb=token.key))
    return tuple(found)


def _of_verb(statement: Statement, verb: int) -> Speaker | None:
    tokens = statement.tokens
    before = tokens[verb - 1] if verb else None
    if before is None or before.text in _QUOTE_MARKS:
        return _within(statement, verb + 1, _clause_end(tokens, verb + 1), nearest_last=False)
    start = verb
    while start > 0 and verb - start < 30:
        token = tokens[start - 1]
        if token.text in _QUOTE_MARKS or token.text in ";:.!?" or token.key in ("that", "but", "because"):
            break
        start -= 1
    apposition = _apposition(tokens, start, verb)
    if apposition is not None and not tokens[apposition + 1].capital:  # "X, director of Y, said"
        speaker = _within(statement, start, apposition, nearest_last=True)
        if speaker and speaker.name:
            return speaker
    speaker = _within(statement, start, verb, nearest_last=True)
    if speaker is None or (before.text == "," and not speaker.name):
        behind = _within(statement, verb + 1, _clause_end(tokens, verb + 1), nearest_last=False)
        return behind if behind and behind.name else speaker
    return speaker


def _apposition(tokens: Sequence[Token], start: int, verb: int) -> int | None:
    """The comma that opens what stands between commas directly before a verb."""
    if tokens[verb - 1].text != ",":
        return None
    return next((at for at in range(verb - 2, start, -1) if tokens[at].text == ","), None)


def _clause_end(tokens: Sequence[Token], start: int) -> int:
    end = start
    while end < len(tokens) and end - start < 12 and tokens[end].text not in _QUOTE_MARKS | frozenset(";:.!?"):
        if tokens[end].key in ("that", "and", "but") and end > start:
            break
        if tokens[end].text == "," and any(token.capital for token in tokens[start:end]):
            break
        end += 1
    return end


def _within(statement: Statement, start: int, end: int, *, nearest_last: bool) -> Speaker | None:
    names = [name for name in statement.names if start <= name.first and name.behind <= end]
    tokens = statement.tokens[start:end]
    stems = frozenset(token.stem for token in tokens if token.stem and not token.capital)
    pronoun_last = bool(tokens) and any(token.key in PRONOUNS for token in tokens[-2 if nearest_last else 0 :][:2])
    if pronoun_last:
        return Speaker(None, frozenset(), True)
    if names:
        return Speaker(names[-1] if nearest_last else names[0], stems, False)
    return Speaker(None, stems, False) if stems else None
