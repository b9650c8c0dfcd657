"""Escapes text of articles, so that a browser shows it, whatever it contains, and never interprets it."""

from __future__ import annotations

import html

from rag.record.links import web_address
from rag.text.display import one_line


def escaped(text: str) -> str:
    """Return one line of HTML that shows ``text``, as content or within a quoted attribute."""
    return html.escape(one_line(text))


def isolated(text: str) -> str:
    """Return escaped text whose direction of writing cannot disturb what stands around it; nothing for no text."""
    return f"<bdi>{escaped(text)}</bdi>" if text else ""


def link(url: str | None, shown: str) -> str:
    """Return a link to a web page; just its text where ``url`` is no web address, such as ``javascript:…``."""
    text = escaped(shown)
    address = web_address(url)
    if address is None:
        return text
    return f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer nofollow">{text}</a>'
