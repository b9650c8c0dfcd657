"""Checks one sentence against the paragraphs that it cites, rule by rule, without a model."""

from __future__ import annotations

from collections.abc import Sequence

from rag.articles import Article
from rag.check.attribution import wrong_quotation, wrong_speaker
from rag.check.evidence import Cited, Evidence
from rag.check.facts import Fault, says, standing, wrong_date, wrong_name, wrong_number
from rag.check.polarity import denies, has_less
from rag.check.roles import swapped_roles
from rag.check.speakers import SAYING
from rag.check.statements import Statement, read
from rag.check.verdicts import Outcome, Rule, Similarity, Support, Verdict
from rag.text.words import terms

# Share of the sentence's terms that its evidence must say, and the least cosine.
ENOUGH_SAID = 0.4
LIKE_ENOUGH = 0.35
_NEAR_OPPOSITE = 0.2
# Verbs of saying and of denying say how, and have rules of their own.
_NO_CONTENT = frozenset(stem for word in (*SAYING, "fail", "refuse", "decline", "unable") for stem in terms(word))


def check(text: str, cited: Sequence[tuple[Article, int]], *, similarity: Similarity | None = None) -> Verdict:
    """Check one sentence, without its markers, against the paragraphs (article, number from 1) that it cites.

    With ``similarity`` a sentence must also be like enough to the sentences that carry it. Never raises for a text.
    """
    there = [(article, number) for article, number in cited if 1 <= number <= len(article.paragraphs)]
    if len(there) < len(cited) or not there:
        return Verdict(Outcome.UNSUPPORTED, Rule.MARKER, _no_paragraph(cited, there), ())
    claim = read(text)
    evidence = Evidence(claim, there)
    if not evidence.sentences or not any(token.is_word for token in claim.tokens):
        return Verdict(Outcome.UNSUPPORTED, Rule.WORDS, "it says nothing that can be checked", ())
    supports = _supports(evidence)
    faults = _faults(claim, evidence, similarity)
    first = None
    for fault in faults:
        if fault.outcome is Outcome.CONTRADICTED:
            first = fault
            break
        first = first or fault
    if first:
        return Verdict(first.outcome, first.rule, first.reason, supports)
    return Verdict(Outcome.SUPPORTED, None, f"{says(evidence)} it", supports)


def _no_paragraph(cited: Sequence[tuple[Article, int]], there: Sequence[tuple[Article, int]]) -> str:
    for article, number in cited:
        if (article, number) not in there:
            return f"“{article.title}” has no paragraph {number}"
    return "it cites no paragraph"


def _faults(claim: Statement, evidence: Evidence, similarity: Similarity | None) -> list[Fault]:
    found = [rule(claim, evidence) for rule in _RULES]
    faults = [fault for fault in found if fault]
    if not faults and similarity:
        unlike = _unlike(claim, evidence, similarity)
        faults += [unlike] if unlike else []
    return faults


def _denied(claim: Statement, evidence: Evidence) -> Fault | None:
    """A word that the evidence denies, affirms, or has the opposite of, in the same place."""
    given = [(one, leaning) for one in evidence.chosen for leaning in one.said.leanings]
    anywhere = [(one, leaning) for one in evidence.sentences for leaning in one.said.leanings]
    disputed = {leaning.concept for leaning in claim.leanings if leaning.marked}
    disputed.update(leaning.concept for _, leaning in given if leaning.marked)
    for mine in claim.leanings:
        if mine.concept not in disputed or not mine.sign or (claim.tokens[mine.first].quoted and mine.sign > 0):
            continue
        same = [
            (one, other) for one, other in anywhere if other.concept == mine.concept and other.sign in (mine.sign, 0)
        ]
        others = [(one, other) for one, other in given if other.concept == mine.concept and other.sign == -mine.sign]
        found = standing(claim, mine, same, others)
        if found.rival and (found.displaced or (found.support is None and found.rival.near >= _NEAR_OPPOSITE)):
            return _opposite(evidence, claim.words(mine), found.rival.words)
    if denies(claim.tokens, quoted=False) and not any(has_less(one.said.tokens) for one in evidence.sentences):
        return Fault(Outcome.UNSUPPORTED, Rule.NEGATION, f"{says(evidence)} nothing that is denied")
    return None


def _opposite(evidence: Evidence, said: str, given: str = "") -> Fault:
    instead = f" (“{given}”)" if given and given != said else ""
    return Fault(Outcome.CONTRADICTED, Rule.NEGATION, f"{says(evidence)} the opposite of “{said}”{instead}")


def _too_little(claim: Statement, evidence: Evidence) -> Fault | None:
    said = {stem for one in evidence.chosen for stem in one.said.stems}
    said.update(stem for header in evidence.headers for stem in header.stems)
    named = {token.stem for name in claim.names for token in claim.tokens[name.first : name.behind]}
    # a name that is meant and not written ("she") has passed its own rule
    wanted = {stem for stem in claim.stems if stem not in _NO_CONTENT and (stem in said or stem not in named)}
    if not wanted:
        return None
    neighbour = {stem for one in evidence.sentences for stem in one.said.stems} - said
    beginnings = {stem[:5] for stem in said if len(stem) >= 5}
    share = sum(
        1.0 if stem in said or (len(stem) >= 5 and stem[:5] in beginnings) else 0.5 if stem in neighbour else 0.0
        for stem in wanted
    ) / len(wanted)
    if share >= ENOUGH_SAID:
        return None
    return Fault(Outcome.UNSUPPORTED, Rule.WORDS, f"only {share:.0%} of its words are in what it cites")


def _unlike(claim: Statement, evidence: Evidence, similarity: Similarity) -> Fault | None:
    texts = [one.said.text for one in evidence.chosen]
    if len(texts) > 1:
        texts.append(" ".join(one.said.text for one in sorted(evidence.chosen, key=_order)))
    best = max(similarity(claim.text, texts), default=0.0)
    if best >= LIKE_ENOUGH:
        return None
    return Fault(Outcome.UNSUPPORTED, Rule.SIMILARITY, f"it is too unlike what it cites (likeness {best:.2f})")


def _order(one: Cited) -> tuple[str, int, int]:
    return (one.article.title, *one.place)


def _supports(evidence: Evidence) -> tuple[Support, ...]:
    places = {id(article): n for n, article in enumerate(evidence.articles)}
    return tuple(
        Support(one.article, one.paragraph, one.said.start, one.said.end)
        for one in sorted(evidence.chosen, key=lambda one: (places[id(one.article)], *one.place))
    )


_RULES = (
    wrong_quotation,
    wrong_speaker,
    wrong_number,
    wrong_date,
    wrong_name,
    swapped_roles,
    _denied,
    _too_little,
)
