"""Reads question and passages together with a cross-encoder: slower than comparing vectors, and finer."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelUnavailable
from rag.models.loading import load

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# Endings of the names of models that were trained to judge a text.
_JUDGING = ("ForSequenceClassification", "ForCausalLM")


class Reranker(Protocol):
    """Says how well each of a few texts answers a question."""

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score for each text, in their order: 0 to 1, higher is better."""


class CrossEncoderReranker:
    """A reranker over a sentence-transformers cross-encoder; ``load`` makes one. Threads may share it."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model
        # The fast tokenizers raise "Already borrowed" when two threads use one at the same time.
        self._one_at_a_time = Lock()

    @classmethod
    def load(cls, name: str) -> CrossEncoderReranker:
        """Load a folder or a Hugging Face model (from its cache, else downloaded).

        Raises:
            ModelUnavailable: no such model, it cannot be downloaded, its files are damaged, or it is no reranker.
        """
        from sentence_transformers import CrossEncoder

        model, _, _ = load(CrossEncoder, name)
        # It loads models of any kind, and gives those that were not trained to judge a text a head of random weights.
        judges = any(one.endswith(_JUDGING) for one in model.config.architectures or ())
        if not judges:
            raise ModelUnavailable(f"model {name} is no cross-encoder, and its scores would be random: name another")
        if model.num_labels != 1:
            raise ModelUnavailable(
                f"model {name} gives each text {model.num_labels} scores, and a reranker gives one: name another model"
            )
        return cls(model)

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """See ``Reranker``."""
        if not texts:
            return []
        import torch

        with self._one_at_a_time:
            scores = self._model.predict(
                [(question, text) for text in texts],
                activation_fn=torch.nn.Identity(),  # whatever the model names: some end in a sigmoid, others do not
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        # In double precision, where good passages do not all become 1.
        judged: list[float] = scores.cpu().double().sigmoid().tolist()
        return judged
