"""Turns passages and questions into vectors with a sentence-transformers model."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelUnavailable
from rag.models.loading import DEFAULT_MODEL, INT8_MODEL, PACKAGED_NAMES, load, one_thread, unneeded
from rag.models.packaged import (
    DIGESTS,
    EMBEDDER,
    INT8_EMBEDDER,
    WEIGHTS,
    WEIGHTS_DIGEST,
    Network,
    begin_loading,
    load_network,
    model_folder,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    Vectors = NDArray[np.float32]

# What decides a model's vectors: weights, tokenizer and configuration, not its README.
_MODEL_FILES = (".safetensors", ".bin", ".json", ".txt", ".model")
# Passages embedded between two reports of progress.
_STRIDE = 512
# So few texts, those of one question, are embedded by one thread: a second one gains little, and on busy cores torch's
# threads wait for each other many times as long as the work takes.
_FEW = 64
# Texts of one length that are embedded together by the packaged model: with more, a core's cache no longer holds what
# passes from layer to layer.
_BATCH = 8
_WINDOW = 256  # tokens that it reads of a text


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


def load_embedder(name: str = DEFAULT_MODEL, *, revision: str | None = None) -> Embedder:
    """Load the packaged model, a folder, or a Hugging Face model (from its cache, else downloaded).

    The packaged model is run without torch, which takes seconds to import, unless there is a graphics card to use.

    Raises:
        ModelUnavailable: no such model, it cannot be downloaded, or its files are damaged.
    """
    if graph := _packaged_graph(name):
        return PackagedEmbedder.load(graph)
    return SentenceTransformerEmbedder.load(name, revision=revision)


def begin_embedder(name: str) -> None:
    """Have what takes longest of loading a model done in a thread, where it can be; ``load_embedder`` takes it."""
    if graph := _packaged_graph(name):
        begin_loading(graph)


def _packaged_graph(name: str) -> Path | None:
    """The graph of a model that is run without torch; None for others."""
    if name == INT8_MODEL:
        return INT8_EMBEDDER
    return EMBEDDER if name in PACKAGED_NAMES and not _has_graphics_card() else None


def _has_graphics_card() -> bool:
    if not any(map(Path.exists, map(Path, ("/dev/nvidia0", "/dev/dxg")))):
        return False  # looked at first, as asking torch means to import it
    import torch

    return torch.cuda.is_available()


class PackagedEmbedder:
    """The packaged model, all-MiniLM-L6-v2 (Reimers & Gurevych 2019), by ONNX Runtime. Threads may share it.

    Its vectors are those of ``SentenceTransformerEmbedder`` up to 1e-5, and its identity is the same. As ``INT8_MODEL``
    it multiplies bytes (dynamic quantisation), in half the time or less; those vectors are of a model of their own.
    """

    def __init__(self, network: Network, identity: ModelIdentity) -> None:
        self.identity = identity
        self._network = network
        # Bytes stand for numbers between the least and the greatest that a run meets: a text run with others would get
        # another vector each time.
        self._together = 1 if identity.name == INT8_MODEL else _BATCH

    @classmethod
    def load(cls, graph: Path = EMBEDDER) -> PackagedEmbedder:
        """Load it, or ``INT8_EMBEDDER``; raises ``ModelUnavailable`` where its files were altered."""
        network, name = load_network(graph), DEFAULT_MODEL
        digest = _digest(model_folder(), {WEIGHTS: WEIGHTS_DIGEST})  # as it was compared
        if graph == INT8_EMBEDDER:
            # How its graph rounds decides as much as the weights do.
            name, digest = INT8_MODEL, hashlib.sha256(f"{DIGESTS[graph]} {digest}".encode()).hexdigest()
        return cls(network, ModelIdentity(name, None, digest, 384, _WINDOW, "", ""))

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See ``Embedder``; the cores take a batch each, and equal texts are embedded once."""
        import numpy as np

        places: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(texts):
            places[text].append(at)
        of_length: dict[int, list[tuple[list[int], list[int]]]] = defaultdict(list)
        for tokens, equal in zip(self._tokens(list(places)), places.values(), strict=True):
            kept = tokens if len(tokens) <= _WINDOW else [*tokens[: _WINDOW - 1], tokens[-1]]
            of_length[len(kept)].append((kept, equal))
        # The long ones first, so that no core waits at the end.
        batches = [
            some[first : first + self._together]
            for _, some in sorted(of_length.items(), reverse=True)
            for first in range(0, len(some), self._together)
        ]
        vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)

        def embed(batch: Sequence[tuple[list[int], list[int]]]) -> int:
            [found] = self._network.run(np.array([tokens for tokens, _ in batch]))
            for vector, (_, equal) in zip(found, batch, strict=True):
                vectors[equal] = vector
            return sum(len(equal) for _, equal in batch)

        with ThreadPoolExecutor(_cores()) as threads:
            for done in threads.map(embed, batches):
                if progress:
                    progress(done)
        return vectors

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder``."""
        return self.embed_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See ``Embedder``."""
        return list(map(len, self._tokens(texts)))

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [one.ids for one in self._network.tokens(texts)]


def _cores() -> int:
    """How many this process may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
        from tokenizers import Tokenizer

        model, folder, commit = load(SentenceTransformer, name, revision)
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise ModelUnavailable(f"model {name} does not say how long its vectors are: name another model")
        # A folder's name is whole, so that the index opens from any working directory.
        packaged = name in PACKAGED_NAMES
        name = DEFAULT_MODEL if packaged else str(folder) if Path(name).is_dir() else name
        if isinstance(model.tokenizer, Tokenizer):
            # A static model, a vector a word, reads whole texts; some are saved with a tokenizer that would cut them.
            model.tokenizer.no_truncation()
            window = sys.maxsize
        else:
            window = int(model.max_seq_length or model.tokenizer.model_max_length)
        prompts = [model.prompts.get(kind) or "" for kind in ("query", "document")]
        return cls(model, ModelIdentity(name, commit, _digest(folder), dimension, window, *prompts))

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
        from tokenizers import Tokenizer

        whole = [self.identity.passage_prompt + text for text in texts]
        tokenizer = self._model.tokenizer
        with self._one_at_a_time:
            if isinstance(tokenizer, Tokenizer):  # of a static model
                return [len(one.ids) for one in tokenizer.encode_batch(whole, add_special_tokens=False)]
            encoded = tokenizer(whole, truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]


def _digest(folder: Path, known: Mapping[str, str] = MappingProxyType({})) -> str:
    """Digest of what decides the vectors; ``known`` are digests of files that need not be read for it."""
    whole = hashlib.sha256()
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in _MODEL_FILES and path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in files]
    # What else a cache may hold of a model decides nothing, and must not part two machines' indexes.
    ignored = unneeded(names)
    for path, name in zip(files, names, strict=True):
        if any(fnmatch(name, pattern) for pattern in ignored):
            continue
        with path.open("rb") as file:
            whole.update(f"{name}\0{known.get(name) or hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()
