"""What a claim may rest on: the paragraphs it cites, the sentences in them that come nearest, and their articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.articles import Article
from rag.check.statements import Statement, read, statements
from rag.check.verdicts import Outcome, Rule
from rag.text.words import words

_MOST_CHOSEN = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a claim breaks, and the reason for a reader."""

    outcome: Outcome
    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Cited:
    """A sentence of a cited paragraph."""

    article: Article
    paragraph: int
    said: Statement


class Evidence:
    """The cited paragraphs, as far as they bear on one claim."""

    def __init__(self, claim: Statement, paragraphs: Sequence[tuple[Article, int]]) -> None:
        self.claim = claim
        self.paragraphs = tuple(dict.fromkeys(paragraphs))
        self.articles = tuple(dict.fromkeys(article for article, _ in paragraphs))
        self.sentences = tuple(
            Cited(article, number, said)
            for article, number in self.paragraphs
            for said in statements(article.paragraph(number), article.published)
        )
        self.chosen = self._choose()
        self.headers = tuple(read(_header(one), one.published) for one in self.articles)

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

    def all_said(self) -> Iterator[Statement]:
        """Every sentence of the cited paragraphs, and the headers of their articles."""
        yield from (one.said for one in self.sentences)
        yield from self.headers

    def stems(self) -> set[str]:
        """The terms of all that."""
        return {stem for said in self.all_said() for stem in said.stems}

    def whole(self) -> Iterator[Statement]:
        """All sentences of the articles: what a pronoun, or half a name, in a cited paragraph may mean."""
        yield from self.headers
        for article in self.articles:
            for paragraph in article.paragraphs:
                yield from statements(paragraph, article.published)

    @cached_property
    def name_words(self) -> frozenset[str]:
        """The words of the names in the paragraphs, where they do not begin a sentence and so may be none."""
        return frozenset(
            word
            for said in self.whole()
            if said not in self.headers
            for name in said.names
            if not name.opens
            for word in name.words
        )

    def _choose(self) -> tuple[Cited, ...]:
        """The sentences that say most of the claim, best first; a further one must add to what they say."""
        missing = {stem: 1.5 if stem in self.claim.name_stems else 1.0 for stem in self.claim.stems}
        whole = sum(missing.values())
        numbers = {quantity.value for quantity in self.claim.quantities}
        rest, chosen = list(self.sentences), list[Cited]()
        while rest and len(chosen) < _MOST_CHOSEN:
            gains = [
                sum(weight for stem, weight in missing.items() if stem in one.said.stems)
                + (not chosen) * len(numbers & {quantity.value for quantity in one.said.quantities})
                for one in rest
            ]
            best = gains.index(max(gains))
            if chosen and gains[best] < max(1.5, 0.12 * whole):
                break
            chosen.append(rest.pop(best))
            missing = {stem: weight for stem, weight in missing.items() if stem not in chosen[-1].said.stems}
        return tuple(chosen)


def reported_by(article: Article) -> set[str]:
    """The words of outlet, agency and authors: "The Ellery Courier reported that …" needs no paragraph to say so."""
    return {word for origin in (article.outlet, article.agency, *article.authors) for word in words(origin or "")}


def _header(article: Article) -> str:
    return " | ".join(filter(None, (article.title, article.outlet, article.agency, *article.authors)))
