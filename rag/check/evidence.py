"""What a claim may rest on: the paragraphs it cites, the sentences in them that come nearest, and their articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.articles import Article
from rag.check.statements import Statement, read, statements
from rag.check.verdicts import Outcome, Rule, Support, Verdict

_MOST_CHOSEN = 3


class CitedText:
    """The cited paragraphs, as far as they bear on one claim."""

    def __init__(self, claim: Statement, cited: Sequence[tuple[Article, int]]) -> None:
        self.articles = tuple(dict.fromkeys(article for article, _ in cited))
        self.paragraphs = sorted(dict.fromkeys(cited), key=lambda one: (self.articles.index(one[0]), one[1]))
        self.sentences = dict[Statement, Support]()
        for article, number in self.paragraphs:
            for said in statements(article.paragraph(number), article.published):
                support = Support(article, number, said.start, said.start + len(said.text))
                self.sentences.setdefault(said, support)
        # "The Ellery Courier reported that …" needs no paragraph to say so.
        self.headers = [
            read(" | ".join(filter(None, (one.title, one.outlet, one.agency, *one.authors))), one.published)
            for one in self.articles
        ]
        self.said = [*self.sentences, *self.headers]
        self.chosen = _nearest(claim, self.sentences)

    @property
    def where(self) -> str:
        """The cited paragraphs, named for a reader."""
        if len(self.paragraphs) > 1:
            return "the cited paragraphs"
        article, number = self.paragraphs[0]
        return f"paragraph {number} of “{article.title}”"

    @property
    def says(self) -> str:
        """The beginning of a reason: "paragraph 3 of “…” says"."""
        return self.where + (" say" if len(self.paragraphs) > 1 else " says")

    @property
    def supports(self) -> tuple[Support, ...]:
        """The sentences that come nearest, in the order of the text."""
        return tuple(support for said, support in self.sentences.items() if said in self.chosen)

    def lacks(self, rule: Rule, reason: str) -> Verdict:
        """The verdict that the paragraphs do not say it."""
        return Verdict(Outcome.UNSUPPORTED, rule, reason, self.supports)

    def denies(self, rule: Rule, reason: str) -> Verdict:
        """The verdict that the paragraphs say otherwise; ``reason`` is what they say."""
        return Verdict(Outcome.CONTRADICTED, rule, f"{self.says} {reason}", self.supports)


def _nearest(claim: Statement, sentences: Iterable[Statement]) -> list[Statement]:
    """The sentences that say most of the claim, best first; a further one must add to what they say."""
    wanted: set[str | float] = {*claim.stems, *(quantity.value for quantity in claim.quantities)}
    missing, rest, chosen = set(wanted), list(sentences), list[Statement]()
    while rest and len(chosen) < _MOST_CHOSEN:
        gains = [missing & {*said.stems, *(number.value for number in said.quantities)} for said in rest]
        best = max(range(len(rest)), key=lambda i: len(gains[i]))
        if chosen and len(gains[best]) < max(2, 0.12 * len(wanted)):
            break
        chosen.append(rest.pop(best))
        missing -= gains[best]
    return chosen
