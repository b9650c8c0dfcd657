"""Makes `python -m index` do what `rag-index` does."""

from index.commands import main

main()
