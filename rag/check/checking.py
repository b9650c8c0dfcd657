"""Checks one sentence against the paragraphs that it cites, rule by rule, without a model."""

from __future__ import annotations

from collections.abc import Sequence

from rag.articles import Article
from rag.check.evidence import CitedText, Fault
from rag.check.facts import wrong_date, wrong_number
from rag.check.naming import wrong_name, wrong_quotation, wrong_speaker
from rag.check.relations import swapped_roles, too_certain, wrong_cause, wrong_negation, wrong_scope
from rag.check.statements import Statement, read
from rag.check.verdicts import Outcome, Rule, Similarity, Support, Verdict

# Share of the sentence's terms that its evidence must say, and the least cosine.
_ENOUGH_SAID = 0.2
_LIKE_ENOUGH = 0.35
_RULES = (
    wrong_quotation,
    wrong_speaker,
    wrong_number,
    wrong_date,
    wrong_name,
    swapped_roles,
    wrong_negation,
    too_certain,
    wrong_scope,
    wrong_cause,
)


def check(text: str, cited: Sequence[tuple[Article, int]], *, similarity: Similarity | None = None) -> Verdict:
    """Check one sentence, without its markers, against the paragraphs (article, number from 1) that it cites.

    Rules see numbers, dates, names, quotations, and how words stand to each other; what is only said in other words is
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
    supports = _supports(evidence)
    faults = [fault for rule in (*_RULES, _too_little) if (fault := rule(claim, evidence))]
    if not faults and similarity and (unlike := _unlike(claim, evidence, similarity)):
        faults.append(unlike)
    if faults:
        worst = next((fault for fault in faults if fault.outcome is Outcome.CONTRADICTED), faults[0])
        return Verdict(worst.outcome, worst.rule, worst.reason, supports)
    return Verdict(Outcome.SUPPORTED, None, f"{evidence.says} it", supports, _unchecked(claim, evidence))


def _too_little(claim: Statement, evidence: CitedText) -> Fault | None:
    wanted = {token.stem: token.key for token in claim.tokens if token.stem}
    if not wanted:
        return None
    said = evidence.stems()
    beginnings = {stem[:5] for stem in said if len(stem) >= 5}
    share = sum(stem in said or stem[:5] in beginnings for stem in wanted) / len(wanted)
    if share >= _ENOUGH_SAID:
        return None
    return Fault(Outcome.UNSUPPORTED, Rule.WORDS, f"only {share:.0%} of its words are in what it cites")


def _unlike(claim: Statement, evidence: CitedText, similarity: Similarity) -> Fault | None:
    texts = [one.said.text for one in evidence.chosen]
    best = max(similarity(claim.text, [*texts, " ".join(texts)] if len(texts) > 1 else texts), default=0.0)
    if best >= _LIKE_ENOUGH:
        return None
    return Fault(Outcome.UNSUPPORTED, Rule.SIMILARITY, f"it is too unlike what it cites (likeness {best:.2f})")


def _unchecked(claim: Statement, evidence: CitedText) -> tuple[str, ...]:
    said = evidence.stems()
    unsaid = {
        token.stem: claim.text[token.start : token.end] for token in claim.tokens if token.stem not in said | {""}
    }
    return tuple(word for stem, word in unsaid.items() if stem not in claim.name_stems)


def _supports(evidence: CitedText) -> tuple[Support, ...]:
    order = {cited: n for n, cited in enumerate(evidence.sentences)}
    chosen = sorted(
        evidence.chosen, key=lambda cited: (evidence.articles.index(cited.article), cited.paragraph, order[cited])
    )
    return tuple(Support(one.article, one.paragraph, one.said.start, one.said.end) for one in chosen)
