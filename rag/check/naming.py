"""Compares the quotations and names of a claim with its evidence."""

from __future__ import annotations

from rag.check.evidence import CitedText
from rag.check.quotations import stands
from rag.check.statements import Statement, nearness, statements
from rag.check.verdicts import Rule, Verdict
from rag.text.proper_names import Name, is_acronym, name_word, same_word

# How near another name must stand to be the one that is meant.
_SAME_PLACE = 0.75
# What a body may be called, or not: "the State Department" where the Secretary of State is named.
_BODIES = frozenset(
    """department ministry agency office authority council government party company corporation group university club
    city county state province republic river lake""".split()
)


def wrong_quotation(claim: Statement, evidence: CitedText) -> Verdict | None:
    """Words in quotation marks that no cited paragraph has."""
    for start, end in claim.quoted:
        words = claim.text[start:end]
        if not any(stands(words, article.paragraph(number)) for article, number in evidence.paragraphs):
            return evidence.lacks(Rule.QUOTATION, f"the words “{words.strip()}” do not stand in {evidence.where}")
    return None


def wrong_name(claim: Statement, evidence: CitedText) -> Verdict | None:
    """A name that stands nowhere in the articles, as a pronoun of a cited paragraph may mean whom another names."""
    paragraphs = [(paragraph, article.published) for article in evidence.articles for paragraph in article.paragraphs]
    article = [*evidence.headers, *(one for paragraph in paragraphs for one in statements(*paragraph))]
    sequences = [[name_word(token.key) for token in one.tokens] for one in article]
    known = {word for sequence in sequences for word in sequence}
    claimed = {word for name in claim.names for word in name.words}
    for mine in claim.names:
        missing = [word for word in mine.words if not any(same_word(word, other) for other in known)]
        # Only the last word must be there: titles, first names and kinds of bodies are added from what one knows.
        if mine.words[-1] not in missing or (len(missing) < len(mine.words) and mine.words[-1] in _BODIES):
            continue
        if claim.is_quoted(mine.start) or any(_abbreviates(mine, missing, said) for said in sequences):
            continue
        written = claim.text[mine.start : mine.end]
        if not mine.opens:
            return evidence.lacks(Rule.NAME, f"the name “{written}” does not stand in {evidence.where}")
        for near, other in ((said, other) for said in evidence.chosen for other in said.names if not other.opens):
            if claimed.isdisjoint(other.words) and nearness(claim, mine, near, other) > _SAME_PLACE:
                return evidence.denies(Rule.NAME, f"“{near.text[other.start : other.end]}” here, not “{written}”")
    return None


def _abbreviates(mine: Name, missing: list[str], said: list[str]) -> bool:
    """Whether the one is an acronym of words of the other."""
    spelt_out = len(mine.words) > 1 and any(is_acronym(word, mine.words) for word in said if len(word) > 1)
    return spelt_out or (len(missing) == 1 and is_acronym(missing[0], said))
