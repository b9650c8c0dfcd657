"""A language model in this process: runs a GGUF file with llama.cpp. Owns ``xllamacpp``.

llama.cpp's server speaks the protocol of every other endpoint, on the loopback interface: there is one code path.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from rag.answer.llm.endpoint import Endpoint
from rag.errors import ModelUnavailable

# Prompt and answer together, and the answer alone, in tokens.
_WINDOW, _LONGEST = 4_096, 400


class LocalModel(Endpoint):
    """A GGUF file run by llama.cpp in this process; its memory is freed when nobody holds it any more."""

    def __init__(self, path: Path) -> None:
        """Load the model, which takes seconds.

        Raises:
            ModelUnavailable: the extra ``local`` is not installed, or ``path`` holds no model that can be loaded.
        """
        try:
            import xllamacpp
        except ModuleNotFoundError as error:
            raise ModelUnavailable("what runs a GGUF file is not installed: pip install 'news-rag[local]'") from error
        if not path.is_file():
            raise ModelUnavailable(f"there is no model at {path}: name a GGUF file, as local:FILE.gguf")
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx = _WINDOW
        # Threads wait for each other at every token, so that with one on each core whatever else runs holds all of them
        # up: on two cores that others used as well, one thread wrote ten times as fast as two.
        cores = os.cpu_count() or 1
        parameters.cpuparams.n_threads = max(1, cores - 1)
        parameters.cpuparams_batch.n_threads = cores
        parameters.cpuparams.poll = parameters.cpuparams_batch.poll = 0  # not to spin while waiting for the others
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
        base = f"{self._server.listening_address}/v1"
        super().__init__(base, path.stem, key=key, timeout=300.0, longest=_LONGEST, holds_grammar=True)
