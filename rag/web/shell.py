"""The page around questions and answers, as HTML."""

from __future__ import annotations

from rag.web.escaping import escaped


def render_page(title: str, main: str, root: str) -> str:
    """Render a whole page with ``main`` in its middle; ``root`` is the path under which the program is served."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escaped(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="{escaped(root)}/page/style.css"><link rel="icon" href="{escaped(root)}/page/icon.svg">'
        f'<script type="module" src="{escaped(root)}/page/page.js"></script></head><body data-root="{escaped(root)}">{main}</body></html>'
    )
