"""Read a file of plain text or Markdown as the article that it is."""

from __future__ import annotations

from collections.abc import Iterator

from index.sources import files
from index.sources.characters import decode
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

_MARKDOWN = frozenset((".md", ".markdown", ".mdx"))
_ENDINGS = _MARKDOWN | {".txt", ".text"}


def _recognises(source: Source) -> bool:
    return source.ending in _ENDINGS


def _begins_with_json(source: Source) -> bool:
    return source.ending in _MARKDOWN and source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _items(source: Source) -> Iterator[Item]:
    limit = files.TEXT_LIMIT
    text, notices = decode(source.read(limit, f"an article may have {limit // 1_000_000} MB"))
    if not text.strip():
        raise ArticleUnreadable("is empty")
    yield Item("", text, notices, is_text=True)


FRONT_MATTER = Format("Markdown below a JSON object", _begins_with_json, _items, "content/2025-03-04-tolls.md")
"""Before JSON is looked for: the object is the front matter of the text that follows."""
TEXT = Format("plain text, Markdown", _recognises, _items, "news/2025-03-04-tolls.md")
