"""Answers without a language model: quotes the sentences that answer, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answer.drafts import Draft, Evidence
from rag.answer.features import ANSWER_THRESHOLD
from rag.answer.sentence_ranking import Sentence
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
        of the question. What is nearly as likely to answer, and repeats nothing, follows in the order of publication
        (undated last) and of the text, so that what hangs together is read together.
        """
        enough = [one for one in sentences if one.relevance >= ANSWER_THRESHOLD]
        best: dict[str, Sentence] = {}
        for one in enough:
            best.setdefault(one.subquery, one)
        # What answers a part of its own is no repetition: that another outlet says the same may be what was asked.
        chosen = list({(one.article.id, one.paragraph, one.start): one for one in best.values()}.values())
        chosen.sort(key=lambda one: question.find(one.subquery))
        others = list[Sentence]()
        said = {term for one in chosen for term in terms(one.text)}
        for one in enough:
            first, meaning = best[one.subquery], set(terms(one.text))
            repeats = one is first or len(meaning & said) >= _REPEATED * len(meaning)
            near = _odds(one.relevance) >= _NEARLY * _odds(first.relevance)
            if near and not repeats and len(chosen) + len(others) < _MOST_QUOTES:
                others.append(one)
                said |= meaning
        others.sort(key=lambda one: (str(one.article.published or "9999"), one.article.id, one.paragraph, one.start))
        for one in [*chosen, *others]:
            yield Draft(one.text, (Evidence(one.article, one.paragraph, one.start, one.end, one.text),))


def _odds(probability: float) -> float:
    return probability / max(1e-9, 1 - probability)
