"""Reads question and passages together with a cross-encoder: slower than comparing vectors, and finer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelUnavailable
from rag.models.embedding import first_line, from_hub, quiet

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH = 32
# Endings of the names of models that were trained to judge a text; any other gets a head of random weights.
_JUDGING = ("ForSequenceClassification", "ForCausalLM")


class Reranker(Protocol):
    """Says how well each of a few texts answers a question."""

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score for each text, in their order: 0 to 1, higher is better."""
        ...


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
        folder = _locate(name)
        if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
            raise ModelUnavailable(f"{folder} holds no model: name a folder that sentence-transformers saved")
        with quiet():
            from sentence_transformers import CrossEncoder

            try:
                model = CrossEncoder(str(folder), local_files_only=True)
                judges = _judges(folder)
            except Exception as error:  # it raises whatever the file at fault makes its many readers raise
                raise ModelUnavailable(f"model {name} cannot be loaded from {folder}: {first_line(error)}") from error
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
                batch_size=_BATCH,
                activation_fn=torch.nn.Identity(),  # whatever the model names: some end in a sigmoid, others do not
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        # In double precision, where good passages do not all become 1.
        judged: list[float] = scores.cpu().double().sigmoid().tolist()
        return judged


def _locate(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name).resolve()
    if Path(name).is_absolute():
        raise ModelUnavailable(f"no model folder at {name}: name the folder of a cross-encoder, or a Hugging Face name")
    return from_hub(name, None)[0]


def _judges(folder: Path) -> bool:
    """Whether the model in ``folder`` was trained to judge texts; sentence-transformers loads any, with a warning."""
    own = folder / "config_sentence_transformers.json"
    if own.is_file() and json.loads(own.read_text(encoding="utf-8")).get("model_type") == "CrossEncoder":
        return True
    config = folder / "config.json"
    named = json.loads(config.read_text(encoding="utf-8")).get("architectures") if config.is_file() else None
    return any(one.endswith(_JUDGING) for one in named or ())
