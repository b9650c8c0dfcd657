"""Escapes text of articles, so that a browser shows it, whatever it contains, and never interprets it."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.record.links import web_address
from rag.text.display import one_line

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).with_name("templates")


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


@cache
def templates() -> Environment:
    """The page's templates: whatever is put into one is escaped as ``escaped`` does, but for HTML made here."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _on_one_line(value) if type(value) is str else value,
    )
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    made_here = {"isolated": isolated, "link": link}
    environment.filters |= {name: lambda *given, make=make: Markup(make(*given)) for name, make in made_here.items()}  # noqa: S704
    return environment


def _on_one_line(text: str) -> str:
    # Where a piece of a text meets the next one, its space is what parts two words.
    return f"{' ' if text[:1].isspace() else ''}{one_line(text)}{' ' if text.strip() and text[-1].isspace() else ''}"
