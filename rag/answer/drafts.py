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
    insertions: tuple[tuple[int, int], ...] = ()
    """Characters of the text that are ours, and not of what it quotes: " [4 March 2025]" behind "yesterday"."""
    answer_span: tuple[int, int] | None = None
    """Characters of the text that answer the question, where that is known."""
    is_title: bool = False
    """Whether the text is the title of the one article that it cites, as a list has it."""


class Generator(Protocol):
    """Drafts an answer to a question, sentence by sentence."""

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """Yield drafted sentences; none when ``sentences``, the most relevant first, do not answer ``question``.

        A sentence that answers several parts of the question is among ``sentences`` once for each.

        Raises:
            GenerationFailed: it cannot go on; what it yielded before still counts.
        """
