"""Turns text of articles into HTML that shows it, whatever it holds, and never obeys it."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# Every ASCII punctuation character, not only HTML's five: the conversation is read as Markdown before it is HTML, where
# `*`, `[`, `$$`, "www." and a bare address mean something too. A character reference means itself in both.
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# Overrides make a reader see other words than the article has; isolation alone does not undo them.
_OVERRIDES = "\u202d\u202e"


def escaped(text: str) -> str:
    """Return one line of HTML that shows ``text``, as content or within a quoted attribute."""
    # A line break would end the HTML block that the text stands in, and Markdown begin.
    shown = "".join(" " if _hidden(character) else character for character in text)
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", " ".join(shown.split()))


def isolated(text: str) -> str:
    """Return escaped text whose direction of writing cannot disturb what stands around it."""
    return f"<bdi>{escaped(text)}</bdi>"


def link(url: str | None, shown: str) -> str:
    """Return a link to a web page; just its text where ``url`` is none, as ``javascript:…``."""
    text = escaped(shown)
    if host_of(url) is None or url is None:
        return text
    return f'<a href="{escaped(url)}" target="_blank" rel="noopener noreferrer nofollow">{text}</a>'


def host_of(url: str | None) -> str | None:
    """Return the host that a link would lead to, so that the reader sees it; None for what must not become a link."""
    if not url or any(character.isspace() or _hidden(character) for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and parts.scheme in ("http", "https") else None


def _hidden(character: str) -> bool:
    return character in _OVERRIDES or unicodedata.category(character) in ("Cc", "Cs")
