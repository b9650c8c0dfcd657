"""Checks one sentence against the paragraphs that it cites, rule by rule, without a model."""

from __future__ import annotations

from collections.abc import Sequence

from rag.articles import Article
from rag.check.certainty import too_certain, wrong_negation
from rag.check.evidence import CitedText
from rag.check.facts import wrong_date, wrong_number
from rag.check.naming import wrong_name, wrong_quotation
from rag.check.statements import Statement, read
from rag.check.verdicts import Outcome, Rule, Similarity, Verdict

# The least cosine.
_LIKE_ENOUGH = 0.35
# Words without a stem of their own that change what a sentence says.
_TELLING = frozenset("all every everyone everybody everything each always because due owing thanks".split())


def check(text: str, cited: Sequence[tuple[Article, int]], *, similarity: Similarity | None = None) -> Verdict:
    """Check one sentence, without its markers, against the paragraphs (article, number from 1) that it cites.

    Rules see quotations, numbers, dates, names, and what is denied or left open; what is only said in other words is
    named in ``Verdict.unchecked``. With ``similarity`` a sentence must also be like enough to those that carry it.
    Never raises for a text.
    """
    for article, number in cited:
        if not 1 <= number <= len(article.paragraphs):
            return Verdict(Outcome.UNSUPPORTED, Rule.MARKER, f"“{article.title}” has no paragraph {number}", ())
    if not cited:
        return Verdict(Outcome.UNSUPPORTED, Rule.MARKER, "it cites no paragraph", ())
    claim = read(text, cited[0][0].published)
    evidence = CitedText(claim, cited)
    if not evidence.sentences or not claim.tokens:
        return Verdict(Outcome.UNSUPPORTED, Rule.WORDS, "it says nothing that can be checked", ())
    rules = (wrong_quotation, wrong_number, wrong_date, wrong_name, wrong_negation, too_certain, _too_little)
    faults = [fault for rule in rules if (fault := rule(claim, evidence))]
    if not faults and similarity and (unlike := _unlike(claim, evidence, similarity)):
        faults.append(unlike)
    if faults:
        return next((fault for fault in faults if fault.outcome is Outcome.CONTRADICTED), faults[0])
    supported = f"{evidence.says} it"
    return Verdict(Outcome.SUPPORTED, None, supported, evidence.supports, _unchecked(claim, evidence))


def _too_little(claim: Statement, evidence: CitedText) -> Verdict | None:
    said = {stem for one in evidence.said for stem in one.stems}
    if claim.quantities or not claim.stems or claim.stems & said:
        return None
    return evidence.lacks(Rule.WORDS, f"none of its words is in {evidence.where}")


def _unlike(claim: Statement, evidence: CitedText, similarity: Similarity) -> Verdict | None:
    texts = [said.text for said in evidence.chosen]
    best = max(similarity(claim.text, [*texts, " ".join(texts)] if len(texts) > 1 else texts), default=0.0)
    if best >= _LIKE_ENOUGH:
        return None
    return evidence.lacks(Rule.SIMILARITY, f"it is too unlike what it cites (likeness {best:.2f})")


def _unchecked(claim: Statement, evidence: CitedText) -> tuple[str, ...]:
    said = {token.stem or token.key for one in evidence.said for token in one.tokens}
    unsaid = {token.stem or token.key: token for token in claim.tokens if token.stem or token.key in _TELLING}
    left = [token for term, token in unsaid.items() if term not in said and token.stem not in claim.name_stems]
    return tuple(claim.text[token.start : token.end] for token in left)
