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


class CitedText:
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
        self.headers = tuple(read(" | ".join((one.title, *_origins(one))), one.published) for one in self.articles)
        # "The Ellery Courier reported that …" needs no paragraph to say so.
        self.reporters = {word for one in self.articles for origin in _origins(one) for word in words(origin)}

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
        sentences = [said for said in self.whole() if said not in self.headers]
        return frozenset(word for said in sentences for name in said.names if not name.opens for word in name.words)

    def _choose(self) -> tuple[Cited, ...]:
        """The sentences that say most of the claim, best first; a further one must add to what they say."""
        numbers = {quantity.value for quantity in self.claim.quantities}
        wanted: set[str | float] = {*self.claim.stems, *numbers}
        missing, rest, chosen = set(wanted), list(self.sentences), list[Cited]()
        while rest and len(chosen) < _MOST_CHOSEN:
            gains = [missing & {*one.said.stems, *(number.value for number in one.said.quantities)} for one in rest]
            best = max(range(len(rest)), key=lambda i: len(gains[i]))
            if chosen and len(gains[best]) < max(2, 0.12 * len(wanted)):
                break
            chosen.append(rest.pop(best))
            missing -= gains[best]
        return tuple(chosen)


def _origins(article: Article) -> list[str]:
    return [origin for origin in (article.outlet, article.agency, *article.authors) if origin]
