"""News of invented words at any size, with a model that knows them: figures that need no real archive and no network.

Words are as frequent as in language (Zipf 1935), each belongs to a topic, and the articles of one story share names, so
that words and vectors find the same things without being alike. The model is a static one: a text's vector is the sum
of its words' vectors, the rarer the heavier. ``questions`` asks for one passage each, in some of its words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from rag.articles import Article
from rag.models.embedding import ModelIdentity
from rag.store.scope import Scope

PARAGRAPHS, WORDS = 10, 30
"""Of an article, and of a paragraph, which becomes a passage."""
OUTLETS, TOPICS, VOCABULARY, DIMENSION = 200, 400, 60_000, 384
FIRST_DAY, DAYS = date(2016, 1, 1), 3_650
_STORY = 5  # articles
_FREQUENT = 200  # words that say nothing of a topic
_COMMON = 30  # of them, those that no question asks for


@dataclass(frozen=True, slots=True)
class InventedQuestion:
    """A question, and what it is about."""

    text: str
    url: str
    """Of the article that holds the passage."""
    passage: str
    day: date

    def scope(self, share: float) -> Scope:
        """Days around the article's that hold about ``share`` of all articles."""
        days = max(1, round(share * DAYS))
        return Scope(self.day - timedelta(days // 2), self.day + timedelta(days - days // 2 - 1))


@cache
def vocabulary() -> tuple[str, ...]:
    """All words, the most frequent first, which are the shortest."""
    syllables = [a + b for a, b in product("bcdfghjklmnprstvw", "aeiou")]
    chance = np.random.default_rng(1)
    words: dict[str, None] = {}
    for length, count in ((2, 4_000), (3, VOCABULARY)):
        while len(words) < count:
            words["".join(chance.choice(syllables, length))] = None
    return tuple(words)


def articles(passages: int) -> Iterator[Article]:
    """About so many passages' worth of articles; the same ones at every call, and a smaller number begins alike."""
    for number in range(passages // PARAGRAPHS):
        yield article(number)


def article(number: int) -> Article:
    """The article of a number."""
    words, chance, story = vocabulary(), np.random.default_rng([2, number]), number // _STORY
    of_story = np.random.default_rng([3, story])
    topic, names = of_story.integers(TOPICS), of_story.integers(VOCABULARY // 2, VOCABULARY, 6)
    size = (PARAGRAPHS, WORDS)
    general = np.minimum(chance.zipf(1.15, size) - 1, VOCABULARY - 1)
    special = topic + TOPICS * chance.integers(1, VOCABULARY // TOPICS // 2, size)
    kind = chance.random(size)
    chosen = np.where(kind < 0.5, general, np.where(kind < 0.85, special, chance.choice(names, size)))
    paragraphs = tuple(" ".join(words[one] for one in some).capitalize() + "." for some in chosen.tolist())
    title = " ".join(words[one] for one in (*names[:2].tolist(), *special[0, :4].tolist())).capitalize()
    outlet = min(int(chance.zipf(1.3)) - 1, OUTLETS - 1)
    author = f"{words[number % 3_999].capitalize()} {words[4_000 + number // 2 % 50_000].capitalize()}"
    return Article(
        title,
        paragraphs,
        f"{words[4_000 + outlet].capitalize()} Courier",
        f"https://outlet{outlet}.example/{number}",
        authors=(author,),
        published=FIRST_DAY + timedelta(int(of_story.integers(DAYS))),
    )


def questions(passages: int, count: int) -> list[InventedQuestion]:
    """Questions of six words, each of a passage of its own among the first ``passages``."""
    chance = np.random.default_rng(4)
    asked = []
    for number in chance.choice(passages // PARAGRAPHS, count, replace=count > passages // PARAGRAPHS):
        one = article(int(number))
        assert one.url
        assert one.published
        passage = one.paragraphs[int(chance.integers(PARAGRAPHS))]
        rare = [word for word in dict.fromkeys(passage.lower().strip(".").split()) if _rank()[word] >= _COMMON]
        text = f"What about {' '.join(chance.choice(rare, min(6, len(rare)), replace=False))}?"
        asked.append(InventedQuestion(text, one.url, passage, one.published))
    return asked


@cache
def _rank() -> dict[str, int]:
    return {word: rank for rank, word in enumerate(vocabulary())}


class InventedEmbedder:
    """Sums the vectors of words; an ``Embedder``."""

    def __init__(self) -> None:
        chance = np.random.default_rng(5)
        # Like those of a trained model, vectors lie along some directions more than along others.
        spread = (1 + np.arange(DIMENSION)) ** -0.3
        topics = chance.standard_normal((TOPICS, DIMENSION), dtype=np.float32)
        own = chance.standard_normal((VOCABULARY + 1, DIMENSION), dtype=np.float32)
        ranks = np.arange(VOCABULARY + 1)
        weights = np.log1p(ranks)
        own += (ranks >= _FREQUENT)[:, None] * topics[ranks % TOPICS]
        self._vectors = (own * spread * weights[:, None]).astype(np.float32)
        self._vectors[VOCABULARY] = 0  # of a word that is not known
        digest = hashlib.sha256(self._vectors.tobytes()).hexdigest()
        self.identity = ModelIdentity("invented words", None, digest, DIMENSION, 256, "", "")

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        known = _rank()
        for at, text in enumerate(texts):
            ids = [known.get(word.strip(".?"), VOCABULARY) for word in text.lower().split()]
            vectors[at] = self._vectors[ids].sum(0)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors

    embed_questions = embed_passages

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]
