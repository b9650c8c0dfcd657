"""The command line `rag`, and what it shares with `rag-index`; it may import every room but the page's parts."""
