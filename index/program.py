"""Names the program that reads and cuts articles: while it is the same, what it made need not be made again."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

import rag.articles

_INDEX, _RAG = Path(__file__).parent, Path(rag.articles.__file__).parent
# All of the program index; of rag what an index is made with. Models count the tokens by which passages are cut.
_SOURCES = (_INDEX, _RAG / "articles.py", _RAG / "models", _RAG / "store", _RAG / "text")


@cache
def program() -> str:
    """Digest of Python, of our source and of every installed package, by its name and version.

    A number that is raised by hand would be forgotten, and an article then be kept as an older rule had read it; one
    change too many only costs a build.
    """
    whole = hashlib.sha256(sys.version.encode())
    for path in _SOURCES:
        for source in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            whole.update(source.read_bytes())
    for folder in dict.fromkeys(map(Path, sys.path)):
        installed = sorted(one.name for one in folder.glob("*.*-info"))  # dist, and egg of older installers
        whole.update("".join(installed).encode())
    return whole.hexdigest()
