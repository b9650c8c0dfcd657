"""Answers without a language model: quotes the sentences that answer, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answer.drafts import Draft, Evidence
from rag.answer.features import ANSWER_THRESHOLD
from rag.answer.sentences import Sentence
from rag.text.words import terms

_MOST_QUOTES = 4
# A further quote must come near the best one of its part: its odds to answer are at least this share. Chosen between
# being short and saying what was asked: with .3 quotations held the answers of RealTime QA less often than one passage.
_NEARLY = 0.15
# Share of its terms that were quoted already from which on a sentence repeats.
_REPEATED = 0.7


class ExtractiveGenerator:
    """Answers with sentences of the coverage, word for word; needs no language model."""

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``.

        First comes the sentence that answers best, or of a question of several parts the best for each, in the order
        of the question. The others follow in the order of publication and of the text, so that what hangs together is
        read together.
        """
        first, others = _chosen(sentences)
        first.sort(key=lambda sentence: question.find(sentence.subquery))
        for sentence in [*first, *sorted(others, key=_order)]:
            evidence = Evidence(sentence.article, sentence.paragraph, sentence.start, sentence.end, sentence.text)
            yield Draft(sentence.text, (evidence,))


def _chosen(sentences: Sequence[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """The best of each part, and what is nearly as likely to answer; nothing that repeats what was chosen."""
    enough = [one for one in sentences if one.relevance >= ANSWER_THRESHOLD]
    best: dict[str, Sentence] = {}
    for one in enough:
        best.setdefault(one.subquery, one)
    # What answers a part of its own is no repetition: that another outlet says the same may be what was asked.
    firsts = list({(one.article.id, one.paragraph, one.start): one for one in best.values()}.values())
    others = list[Sentence]()
    # cut alike, whatever language the articles name
    said = {term for one in firsts for term in terms(one.text)}
    for one in enough:
        if len(firsts) + len(others) >= _MOST_QUOTES:
            break
        first = best[one.subquery]
        meaning = set(terms(one.text))
        repeats = len(meaning & said) >= _REPEATED * len(meaning)
        if one is first or repeats or _odds(one.relevance) < _NEARLY * _odds(first.relevance):
            continue
        others.append(one)
        said |= meaning
    return firsts, others


def _odds(probability: float) -> float:
    return probability / max(1e-9, 1 - probability)


def _order(sentence: Sentence) -> tuple[str, str, int, int]:
    """By day, undated last, and within an article by place."""
    article = sentence.article
    return (str(article.published or "9999"), article.id, sentence.paragraph, sentence.start)
