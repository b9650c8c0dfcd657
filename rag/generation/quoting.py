"""Answers without a language model: quotes the most relevant sentences, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.generation.drafts import Draft, Evidence
from rag.relevance import Sentence
from rag.words import terms

# Below this relevance nothing is quoted; what each choice costs is measured by benchmarks/refusal.py.
ENOUGH = 0.38
_MOST_QUOTES = 4
# A further quote must be nearly as relevant as the best one, and must not say the same.
_NEARLY = 0.8
_SAME = 0.6


class Quotes:
    """Answers with sentences of the coverage, word for word; needs no language model."""

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``."""
        said: list[set[str]] = []
        for sentence in sentences:
            if sentence.relevance < ENOUGH or sentence.relevance < _NEARLY * sentences[0].relevance:
                return
            meaning = set(terms(sentence.text))  # cut alike, whatever language the articles name
            if any(_likeness(meaning, other) > _SAME for other in said):
                continue
            said.append(meaning)
            evidence = Evidence(sentence.article, sentence.paragraph, sentence.start, sentence.end, sentence.text)
            yield Draft(sentence.text, (evidence,))
            if len(said) == _MOST_QUOTES:
                return


def _likeness(one: set[str], other: set[str]) -> float:
    """Share of terms that two sentences have in common (Jaccard 1901)."""
    return len(one & other) / len(one | other) if one | other else 1.0
