"""Makes `python -m rag` do what `rag` does."""

from rag.commands import main

main()
