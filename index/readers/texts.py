"""Read a file of plain text or Markdown as the article that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.articles.characters import decode
from index.articles.paragraphs import TEXT_LIMIT
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

_MARKDOWN = frozenset((".md", ".markdown", ".mdx"))
_ENDINGS = _MARKDOWN | {".txt", ".text"}


# Begins as JSON does, and goes on as it never does: "[gallery]", "{% include".
_NO_JSON = re.compile(rb"\[(?!\s*(?:[\[{\"\]\d-]|true|false|null))|\{(?!\s*[\"}])")


def _only_looks_like_json(source: Source) -> bool:
    start = source.head[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    front_matter = source.ending in _MARKDOWN and start.startswith(b"{")
    return front_matter or (source.ending in _ENDINGS and _NO_JSON.match(start) is not None)


def _items(source: Source) -> Iterator[Item]:
    limit = TEXT_LIMIT
    text, notices = decode(source.read(limit, f"an article may have {limit // 1_000_000} MB"))
    if not text.strip():
        raise ArticleUnreadable("is empty")
    yield Item("", text, notices, is_text=True)


BRACKETED = Format("Markdown below a JSON object", _only_looks_like_json, _items, "content/2025-03-04-tolls.md")
"""Before JSON is looked for: a bracket may begin a text, and an object be the front matter of what follows."""
TEXT = Format("plain text, Markdown", lambda source: source.ending in _ENDINGS, _items, "news/2025-03-04-tolls.md")
