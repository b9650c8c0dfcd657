"""The index on disk, and what a search asks of it."""
