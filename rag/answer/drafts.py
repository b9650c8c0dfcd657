"""What a generator is asked for: sentences drafted from what was found, with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answer.sentence_ranking import Sentence
from rag.articles import Article


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters of a paragraph that a drafted sentence rests on."""

    article: Article
    paragraph: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence that a generator would like to say, and what it rests on. It counts once its evidence was checked."""

    text: str
    evidence: tuple[Evidence, ...]
    fault: str | None = None
    """Why it must not be shown, as the generator itself found; None where it found nothing."""


class Generator(Protocol):
    """Drafts an answer to a question, sentence by sentence."""

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """Yield drafted sentences; none when ``sentences``, the most relevant first, do not answer ``question``.

        A sentence that answers several parts of the question is among ``sentences`` once for each.

        Raises:
            GenerationFailed: it cannot go on; what it yielded before still counts.
        """
