"""Answers without a language model: quotes the sentences that answer, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.answer.drafts import Draft, Evidence
from rag.answer.features import ANSWER_THRESHOLD
from rag.answer.quoting import quote
from rag.answer.sentence_ranking import Sentence
from rag.query.question_kind import QuestionKind
from rag.text.markers import has_marker
from rag.text.words import terms

# Quotations of an answer to a question of fact: what answers, and what confirms, differs or qualifies.
_MOST_QUOTES = 3
# A further quote must come near the best one of its part: its odds to answer are at least this share.
_NEARLY = 0.3
# Share of its terms that were quoted already from which on a sentence repeats.
_REPEATED = 0.7


class ExtractiveGenerator:
    """Answers with sentences of the coverage, word for word; needs no language model."""

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``.

        First comes the sentence that answers best, or of a question of several parts the best for each, in the order
        of the question. What is nearly as likely to answer, and repeats nothing, follows.
        """
        enough = [one for one in sentences if one.relevance >= ANSWER_THRESHOLD]
        best: dict[str, Sentence] = {}
        for one in enough:
            best.setdefault(one.subquery, one)
        # What answers a part of its own is no repetition: that another outlet says the same may be what was asked.
        chosen = list({(one.article.id, one.paragraph, one.start): one for one in best.values()}.values())
        chosen.sort(key=lambda one: question.find(one.subquery))
        said = {term for one in chosen for term in terms(one.text)}
        for one in enough:
            first, meaning = best[one.subquery], set(terms(one.text))
            repeats = one is first or len(meaning & said) >= _REPEATED * len(meaning)
            near = _odds(one.relevance) >= _NEARLY * _odds(first.relevance)
            if near and not repeats and len(chosen) < _MOST_QUOTES:
                chosen.append(one)
                said |= meaning
        yield from _quotations(chosen)


def quote_form(kind: QuestionKind, sentences: Sequence[Sentence]) -> Iterator[Draft]:
    """Quote what an answer of a kind is made of, in its order: titles for a list, days for a timeline."""
    if kind is QuestionKind.LIST:
        for one in sentences:
            # A reader would take a marker in a title for one of ours.
            titled = not has_marker(one.article.title)
            evidence = Evidence(one.article, one.paragraph, one.start, one.end, one.text)
            yield Draft(one.article.title if titled else one.text, (evidence,), is_title=titled)
    else:
        yield from _quotations(sentences, dated=kind is QuestionKind.TIMELINE)


def _quotations(sentences: Iterable[Sentence], *, dated: bool = False) -> Iterator[Draft]:
    """Quote sentences; one that would take along what was quoted already stands alone, and none is quoted twice."""
    quoted = set[tuple[str, int, int]]()
    for sentence in sentences:
        for widen in (True, False):
            draft = quote(sentence, dated=dated, widen=widen)
            places = {(one.article.id, one.paragraph, at) for one in draft.evidence for at in range(one.start, one.end)}
            if quoted.isdisjoint(places):
                quoted |= places
                yield draft
                break


def _odds(probability: float) -> float:
    return probability / max(1e-9, 1 - probability)
