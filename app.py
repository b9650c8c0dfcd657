"""Serve the page: ``python app.py [--index DIR]`` does what ``rag chat`` does."""

from __future__ import annotations

import sys

from rag.cli.main import main

if __name__ == "__main__":
    main(["chat", *sys.argv[1:]])
