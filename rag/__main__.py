"""Makes `python -m rag` do what `rag` does."""

from rag.cli.main import main

main()
