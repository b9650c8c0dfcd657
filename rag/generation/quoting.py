"""Answers without a language model: quotes the sentences that answer, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.generation.drafts import Draft, Evidence
from rag.relevance import Sentence
from rag.signs import ENOUGH
from rag.words import terms

_MOST_QUOTES = 4
# A further quote must be nearly as likely to answer as the best one of its part: its odds at least this share.
_NEARLY = 0.3
# Share of its terms that were quoted already from which on a sentence repeats.
_REPEATED = 0.7


class Quotes:
    """Answers with sentences of the coverage, word for word; needs no language model."""

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``.

        Of a question of several parts each part is answered by its best sentence first. The first quote is the one that
        answers best; the others follow in the order of publication and of the text, so that what hangs together is
        read together.
        """
        chosen = _chosen(sentences)
        for sentence in [*chosen[:1], *sorted(chosen[1:], key=_order)]:
            evidence = Evidence(sentence.article, sentence.paragraph, sentence.start, sentence.end, sentence.text)
            yield Draft(sentence.text, (evidence,))


def _chosen(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The best of each part, then what is nearly as likely to answer; nothing that repeats what was chosen."""
    enough = [one for one in sentences if one.relevance >= ENOUGH]
    best: dict[str, Sentence] = {}
    for one in enough:
        best.setdefault(one.part, one)
    # What answers a part of its own is no repetition: that another outlet says the same may be what was asked.
    chosen = list(best.values())
    # cut alike, whatever language the articles name
    said = {term for one in chosen for term in terms(one.text)}
    for one in enough:
        if len(chosen) >= _MOST_QUOTES:
            break
        first = best[one.part]
        meaning = set(terms(one.text))
        repeats = len(meaning & said) >= _REPEATED * len(meaning)
        if one is first or repeats or _odds(one.relevance) < _NEARLY * _odds(first.relevance):
            continue
        chosen.append(one)
        said |= meaning
    return chosen


def _odds(probability: float) -> float:
    return probability / max(1e-9, 1 - probability)


def _order(sentence: Sentence) -> tuple[str, str, int, int]:
    """By day, undated last, and within an article by place."""
    article = sentence.article
    return (str(article.published or "9999"), article.id, sentence.paragraph, sentence.start)
