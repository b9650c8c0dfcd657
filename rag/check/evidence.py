"""What a sentence may rest on: the paragraphs it cites, the sentences in them that come nearest, and the header."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rag.articles import Article
from rag.check.dates import Day
from rag.check.names import Name, constraints
from rag.check.quotations import pieces, stands
from rag.check.statements import Statement, read, sentences_of
from rag.check.tokens import Token, quotations_in

_MOST_CHOSEN = 3
_MEANING_SOMEBODY = frozenset("he she they it his her their who".split())


@dataclass(frozen=True, slots=True, eq=False)
class Cited:
    """A sentence of a cited paragraph."""

    article: Article
    paragraph: int
    said: Statement

    @property
    def place(self) -> tuple[int, int]:
        """Paragraph and first character, for ordering within an article."""
        return self.paragraph, self.said.start


class Evidence:
    """The cited paragraphs, as far as they bear on one sentence."""

    def __init__(self, claim: Statement, paragraphs: Sequence[tuple[Article, int]]) -> None:
        self.claim = claim
        self.paragraphs = tuple(dict.fromkeys((id(article), number) for article, number in paragraphs))
        self._cited = {(id(article), number): (article, number) for article, number in paragraphs}
        self.articles = tuple({id(article): article for article, _ in paragraphs}.values())
        self.sentences = tuple(
            Cited(article, number, said)
            for article, number in self._cited.values()
            for said in sentences_of(article.paragraphs[number - 1])
        )
        self.quotations = tuple(words for _, _, words in quotations_in(claim.text))
        self.chosen = self._choose()
        self.headers = tuple(read(_header(article)) for article in self.articles)
        self.words = frozenset(token.key for said in self._all_said() for token in said.tokens if token.is_word)
        """All words of the cited paragraphs and headers."""

    def _all_said(self) -> Iterator[Statement]:
        yield from (one.said for one in self.sentences)
        yield from self.headers

    def where(self) -> str:
        """Name the cited paragraphs for a reader."""
        if len(self._cited) > 1:
            return "none of the cited paragraphs"
        article, number = next(iter(self._cited.values()))
        return f"paragraph {number} of “{article.title}”"

    def texts(self) -> Iterator[str]:
        """The text of each cited paragraph."""
        return (article.paragraphs[number - 1] for article, number in self._cited.values())

    def publication(self, article: Article) -> Day | None:
        """The day of publication, as a date of the header."""
        day = article.published
        return Day(0, 0, day.year, day.month, day.day, day.weekday()) if day else None

    def _choose(self) -> tuple[Cited, ...]:
        """The sentences that say most of the claim, best first; a further one must add to what they say."""
        missing = dict.fromkeys(self.claim.stems, 1.0)
        for name in self.claim.names:
            for token in self.claim.tokens[name.first : name.behind]:
                if token.stem in missing:
                    missing[token.stem] = 1.5
        whole = sum(missing.values())
        quoting = [self._quotes(one) for one in self.sentences]
        chosen = list[Cited]()
        while len(chosen) < min(_MOST_CHOSEN, len(self.sentences)):
            gain, _, best = max(
                (
                    sum(weight for stem, weight in missing.items() if stem in one.said.stems) + quoting[n],
                    -n,
                    one,
                )
                for n, one in enumerate(self.sentences)
                if one not in chosen
            )
            if chosen and gain < max(1.5, 0.12 * whole):
                break
            chosen.append(best)
            missing = {stem: weight for stem, weight in missing.items() if stem not in best.said.stems}
        return tuple(chosen)

    def _quotes(self, sentence: Cited) -> float:
        """A bonus for the sentence in which a quotation of the claim begins."""
        return 3.0 * sum(
            stands(" ".join(pieces(words)[0].split()[:4]), sentence.said.text)
            for words in self.quotations
            if pieces(words)
        )

    def said_near(self, words: Collection[str]) -> bool:
        """Whether the chosen sentences mean the bearer of a name without writing it.

        By a pronoun, when no later name stands between; or by the office that the article gives with the name.
        """
        return any(self._by_pronoun(one, words) or self._by_office(one, words) for one in self.chosen)

    def by_office(self, words: Collection[str]) -> bool:
        """Whether the claim puts a name for an office in a chosen sentence: "Brandt" for "the harbour master"."""
        return any(self._by_office(one, words, self.claim.stems) for one in self.chosen)

    def _by_pronoun(self, sentence: Cited, words: Collection[str]) -> bool:
        if not any(token.key in _MEANING_SOMEBODY and not token.quoted for token in sentence.said.tokens):
            return False
        return any(set(words) & set(name) for name in self.antecedents(sentence))

    def antecedents(self, sentence: Cited) -> list[tuple[str, ...]]:
        """The names of the nearest sentence before that has any, of this paragraph and the two before it."""
        before = [
            said
            for number in range(max(1, sentence.paragraph - 2), sentence.paragraph + 1)
            for said in sentences_of(sentence.article.paragraphs[number - 1])
            if (number, said.start) < sentence.place
        ]
        known = constraints(sentence.article).words
        for said in reversed(before):
            names = [name.words for name in said.names if set(name.words) & known]
            if names:
                return names
        return []

    def _by_office(self, sentence: Cited, words: Collection[str], but: Collection[str] = ()) -> bool:
        definite = {
            token.stem
            for before, token in _pairs(sentence.said)
            if before in ("the", "a", "an", "her", "his", "their")
            and token.stem
            and not token.capital
            and token.stem not in but
        }
        if not definite:
            return False
        return any(
            token.stem in definite
            for paragraph in sentence.article.paragraphs
            for said in sentences_of(paragraph)
            for name in said.names
            if set(words) & set(name.words)
            for token in _office(said, name)
        )


def _office(said: Statement, name: Name) -> list[Token]:
    """What a sentence says of a name directly before it, or behind a comma: "harbour master X", "X, director of"."""
    found = list[Token]()
    for token in reversed(said.tokens[max(0, name.first - 3) : name.first]):
        if not token.stem or (token.capital and token is not said.tokens[0]):
            break
        found.append(token)
    behind = said.tokens[name.behind : name.behind + 5]
    if behind and behind[0].text == ",":
        for token in behind[1:]:
            if token.stem:
                found.append(token)
                break
    return found


def _pairs(said: Statement) -> Iterator[tuple[str, Token]]:
    """Each word with the word before it, and with the one before that."""
    for i, token in enumerate(said.tokens):
        for back in (1, 2):
            if i >= back:
                yield said.tokens[i - back].key, token


def _header(article: Article) -> str:
    parts = [article.title, article.outlet or "", *article.authors, article.agency or ""]
    return ". ".join(part for part in parts if part)
