"""Reads a question together with a sentence: how likely the sentence answers it, and which of its words do."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelUnavailable
from rag.models.packaged import READER, Network, begin_loading, load_network, padded
from rag.models.reranking import CrossEncoderReranker, Reranker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding

_log = logging.getLogger(__name__)
_CLS, _SEP = 101, 102  # BERT's marks around the parts of an input
# Tokens of a question, of a context, and of all together. What is longer is cut.
QUESTION_TOKENS, CONTEXT_TOKENS, INPUT_TOKENS = 64, 40, 192
PACKAGED = "packaged"
_NEVER_SURE = 1e-6
# Tokens of an answer. Inputs of like length are read together, so many at a time.
_LONGEST_ANSWER, _BATCH = 16, 16
# Batches of one question that are read at once.
_CORES = 2

Tokens = Callable[[Sequence[str]], "list[Encoding]"]
Pair = tuple[str, str]
"""A sentence, and its context: the title of its article, and the sentence before."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader says of one sentence."""

    answers: float
    """Log odds that it answers the question."""
    start: int = 0
    """Characters of the sentence that answer, ``start`` to ``end``, exclusive; none where both are 0."""
    end: int = 0


class Reader(Protocol):
    """Says of sentences whether they answer a question. Threads may share one."""

    def __call__(self, question: str, pairs: Sequence[Pair]) -> list[Reading]:
        """Read ``question`` with each sentence; one reading each, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """A question, a sentence and its context as one input."""

    tokens: list[int]
    segments: list[int]
    begins: int
    """Number of the sentence's first token."""
    offsets: list[tuple[int, int]]
    """Characters of each token of the sentence."""


def encode(tokens: Tokens, question: str, pairs: Sequence[Pair]) -> list[Encoded]:
    """Encode each as ``[CLS] question [SEP] sentence [SEP] context [SEP]``; ``tokens`` takes texts apart."""
    flat = [question, *(text for pair in pairs for text in pair)]
    read = tokens(flat)
    asked = read[0].ids[:QUESTION_TOKENS]
    room = INPUT_TOKENS - len(asked) - 4
    encoded = []
    for at in range(1, len(flat), 2):
        sentence = read[at].ids[:room]
        context = read[at + 1].ids[: min(CONTEXT_TOKENS, room - len(sentence))]
        ids = [_CLS, *asked, _SEP, *sentence, _SEP, *context, _SEP]
        behind = len(ids) - len(asked) - 2
        offsets = read[at].offsets[: len(sentence)]
        encoded.append(Encoded(ids, [0] * (len(asked) + 2) + [1] * behind, len(asked) + 2, offsets))
    return encoded


def inputs(encoded: Sequence[Encoded]) -> tuple[NDArray[np.int64], ...]:
    """Token ids, which of them count, and segments, shape ``(inputs, longest)`` each."""
    counted = padded([[1] * len(one.tokens) for one in encoded])
    return padded([one.tokens for one in encoded]), counted, padded([one.segments for one in encoded])


class PackagedReader:
    """The reader whose weights are in this package, on top of those of the packaged embedding model.

    A cross-encoder (Nogueira & Cho 2019) with two heads: whether the sentence answers, and where the answer begins and
    ends (Devlin et al. 2019). ``training/reader.py`` made it; ``weights/README.md`` says of what.
    """

    def __init__(self, network: Network) -> None:
        self._network = network

    @classmethod
    def load(cls) -> PackagedReader:
        """Load the weights of the package; raises ``ModelUnavailable`` where they are missing or were altered."""
        return cls(load_network(READER))

    def __call__(self, question: str, pairs: Sequence[Pair]) -> list[Reading]:
        """See ``Reader``."""
        readings: list[Reading] = [Reading(0.0)] * len(pairs)
        encoded = encode(lambda texts: self._network.tokens(texts, special=False), question, pairs)
        by_length = sorted(range(len(encoded)), key=lambda at: len(encoded[at].tokens))
        batches = [by_length[first : first + _BATCH] for first in range(0, len(by_length), _BATCH)]

        def read(places: Sequence[int]) -> list[NDArray[np.float32]]:
            return self._network.run(*inputs([encoded[at] for at in places]))

        with ThreadPoolExecutor(_CORES) as cores:
            for places, (answers, edges) in zip(batches, cores.map(read, batches), strict=True):
                for at, logit, edge in zip(places, answers.tolist(), edges, strict=True):
                    readings[at] = Reading(logit, *_span(encoded[at], edge))
        return readings


def _span(encoded: Encoded, edges: NDArray[np.float32]) -> tuple[int, int]:
    """The likeliest characters of the answer, by the scores of beginning and end, shape ``(tokens, 2)``."""
    import numpy as np

    count = len(encoded.offsets)
    if not count:
        return 0, 0
    scores = edges[encoded.begins : encoded.begins + count]
    both = scores[:, 0][:, None] + scores[:, 1][None, :]
    allowed = np.tril(np.triu(np.ones_like(both, dtype=np.bool_)), _LONGEST_ANSWER - 1)
    first, last = divmod(int(np.where(allowed, both, -np.inf).argmax()), count)
    return encoded.offsets[first][0], encoded.offsets[last][1]


@dataclass(frozen=True, slots=True)
class RerankerReader:
    """A reader over any cross-encoder that judges question and text; it does not tell which words answer."""

    reranker: Reranker

    def __call__(self, question: str, pairs: Sequence[Pair]) -> list[Reading]:
        """See ``Reader``."""
        judged = self.reranker(question, [f"{context} {sentence}" for sentence, context in pairs])
        bounded = (min(1 - _NEVER_SURE, max(_NEVER_SURE, one)) for one in judged)
        return [Reading(math.log(one / (1 - one))) for one in bounded]


def begin_reader(name: str) -> None:
    """Have the packaged reader loaded in a thread, where ``name`` names it; ``create_reader`` takes it."""
    if name == PACKAGED:
        begin_loading(READER)


def create_reader(name: str = PACKAGED) -> Reader | None:
    """Return the reader called ``name``: ``packaged``, ``none``, or a cross-encoder's folder or Hugging Face name.

    Without the packaged weights, or where they were altered, there is none, and the log says so: features serve
    meanwhile.

    Raises:
        ModelUnavailable: no such model, or it is no cross-encoder.
    """
    if name == "none":
        return None
    if name != PACKAGED:
        return RerankerReader(CrossEncoderReranker.load(name))
    try:
        return PackagedReader.load()
    except ModelUnavailable as error:
        _log.warning("answers are chosen without a reader: %s", error)
        return None
