"""Read articles from files: plain text, Markdown, JSON and JSON Lines."""

from index.sources.files import Found, find_files
from index.sources.reading import Reading, read

__all__ = ["Found", "Reading", "find_files", "read"]
