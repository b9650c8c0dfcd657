"""Compares the names of a claim, and who is said to speak, with its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from rag.check.evidence import Cited, CitedText, Fault
from rag.check.facts import displaced
from rag.check.quotations import stands
from rag.check.statements import Statement, Token, statements
from rag.check.verdicts import Outcome, Rule
from rag.text.proper_names import Name, is_acronym, name_word, same_word

_SAYING = frozenset(
    """say says said tell tells told add adds added note notes noted warn warns warned claim claims claimed argue argues
    argued state states stated explain explained write writes wrote insisted announced according""".split()
)
# With fewer terms behind the verb, what is said stands before it: "…, Brandt said on Tuesday".
_FEW = 3
# How near another name must stand to be the one that is meant.
_SAME_PLACE = 0.75


def wrong_quotation(claim: Statement, evidence: CitedText) -> Fault | None:
    """Words in quotation marks that no cited paragraph has."""
    for start, end in claim.quoted:
        words = claim.text[start:end]
        if not any(stands(words, article.paragraph(number)) for article, number in evidence.paragraphs):
            reason = f"the words “{words.strip()}” do not stand in {evidence.where}"
            return Fault(Outcome.UNSUPPORTED, Rule.QUOTATION, reason)
    return None


def wrong_speaker(claim: Statement, evidence: CitedText) -> Fault | None:
    """A claim that lets one speak where the evidence names another, whom the claim does not name at all."""
    verb, claimed = _speakers(claim)
    claimed = [name for name in claimed if not name.opens or name.words[0] in evidence.name_words]
    if not claimed or (not claim.quoted and evidence.reporters.issuperset(claimed[0].words)):
        return None
    cited = _saying_it(claim, verb, evidence)
    said, given = _speakers_of(cited, evidence.name_words)
    if not given or any(_alike(one.words, name.words) for one in given for name in claim.names):
        return None
    mine, other = (text[one.start : one.end] for text, one in ((claim.text, claimed[0]), (said.text, given[0])))
    where = f"paragraph {cited.paragraph} of “{cited.article.title}”"
    return Fault(Outcome.CONTRADICTED, Rule.SPEAKER, f"{where} lets “{other}” say it, not “{mine}”")


def _saying_it(claim: Statement, verb: Token, evidence: CitedText) -> Cited:
    """The sentence that holds the claim's quotation, or else the one that says most of what is said."""
    words = [claim.text[start:end] for start, end in claim.quoted]
    behind = {token.stem for token in claim.tokens if token.start > verb.end and token.stem}
    what = behind if len(behind) > _FEW else claim.stems - claim.name_stems
    return max(
        evidence.sentences,
        key=lambda one: (any(stands(quote, one.said.text) for quote in words), len(what & one.said.stems)),
    )


def _speakers_of(cited: Cited, known: frozenset[str]) -> tuple[Statement, list[Name]]:
    """Who may be speaking in a sentence, or, where it is a quotation that goes on, in the ones beside it."""
    around = statements(cited.article.paragraph(cited.paragraph), cited.article.published)
    at = next(n for n, one in enumerate(around) if one.start == cited.said.start)
    beside = (*around[max(0, at - 1) : at], *around[at + 1 : at + 2]) if cited.said.quoted else ()
    for one in (cited.said, *beside):
        found = [name for name in _speakers(one)[1] if not name.opens or name.words[0] in known]
        if found:
            return one, found
    return cited.said, []


def _speakers(said: Statement) -> tuple[Token, list[Name]]:
    """The first verb of saying outside quotations, and the names beside it, or that begin the sentence before it."""
    unquoted = [name for name in said.names if not said.is_quoted(name.start)]
    for i, token in enumerate(said.tokens):
        if token.quoted or token.key not in _SAYING:
            continue
        segment = [one.start for one in said.tokens[i:] if one.segment == token.segment]
        if token.key == "according":
            found = [name for name in unquoted if name.start in segment]
        else:
            before = [name for name in unquoted if name.end <= token.start]
            found = [name for name in before[-1:] if len(said.text[name.end : token.start].split()) <= 1]
            if not found and said.quoted:
                found = [name for name in unquoted if name.start in segment]
            if not found and before and before[0].start == said.tokens[0].start:
                found = before[:1]  # "Odile Brandt, who runs the harbour, said"
        if found:
            return token, found
    return said.tokens[0], []


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shared = sum(any(same_word(a, b) for b in other) for a in one)
    initials = is_acronym("".join(one), other) or is_acronym("".join(other), one)
    return shared == min(len(one), len(other)) or one[-1] == other[-1] or initials


def wrong_name(claim: Statement, evidence: CitedText) -> Fault | None:
    """A name that stands neither in the cited paragraphs nor in their article, to which a pronoun may point."""
    said = list(evidence.all_said())
    for mine in claim.names:
        missing = [] if claim.is_quoted(mine.start) else _missing(mine, said)
        missing = missing and _missing(mine, list(evidence.whole()))
        if not missing:
            continue
        written = claim.text[mine.start : mine.end]
        # "Prosecutors said", "Counting North America": the first word of a sentence may be none of a name
        if missing == [mine.words[0]] and (mine.opens or (len(mine.words) > 2 and mine.start == claim.tokens[0].start)):
            others = [(one.said, name) for one in evidence.chosen for name in one.said.names if not name.opens]
            others = [
                (one, name) for one, name in others if not any(_alike(name.words, my.words) for my in claim.names)
            ]
            near, instead = displaced(claim, mine, (), others)
            if near < _SAME_PLACE:
                continue
            return Fault(Outcome.CONTRADICTED, Rule.NAME, f"{evidence.says} “{instead}” here, not “{written}”")
        return Fault(Outcome.UNSUPPORTED, Rule.NAME, f"the name “{written}” does not stand in {evidence.where}")
    return None


def _missing(mine: Name, said: Sequence[Statement]) -> list[str]:
    """The words of a name that no sentence has; none where one has its acronym, or spells it out."""
    sequences = [[name_word(token.key) for token in one.tokens] for one in said]
    known = {word for sequence in sequences for word in sequence}
    missing = [word for word in mine.words if not any(same_word(word, other) for other in known)]
    for sequence in sequences if missing else ():
        if len(missing) == 1 and is_acronym(missing[0], sequence):
            return []
        if len(mine.words) > 1 and any(is_acronym(word, mine.words) for word in sequence if len(word) > 1):
            return []
    return missing
