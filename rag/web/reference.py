"""Shows the HTTP API to a reader: a page made of its OpenAPI schema, without a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rag.web.escaping import escaped

EXAMPLE_BASE = "http://127.0.0.1:7860"
"""Where the schema's examples take the server to be; on the page it is where the page is."""
_Schema = Mapping[str, Any]
_FORMATS = {"date": "day as 2025-03-04", "date-time": "moment"}
_BOUNDS = {"minimum": "from {}", "maximum": "to {}", "maxLength": "up to {} characters", "maxItems": "up to {}"}


def render_reference(schema: _Schema, base: str, root: str) -> str:
    """Render an OpenAPI schema; ``base`` is the address of the program, ``root`` the path that it is served under."""
    about = schema["info"]
    title = escaped(f"{about['title']}: the HTTP API")
    operations = "".join(
        _operation(method, path, one, base)
        for path, methods in schema["paths"].items()
        for method, one in methods.items()
    )
    kinds = "".join(
        f'<h3 id="{escaped(name)}">{escaped(name)}</h3><p>{escaped(one.get("description", ""))}</p>{_fields(one)}'
        for name, one in schema["components"]["schemas"].items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="{escaped(root)}/page/style.css">'
        f'<link rel="icon" href="{escaped(root)}/page/icon.svg"></head>'
        f'<body class="reference"><main><p><a href="{escaped(root)}/">news-rag</a></p><h1>{title}</h1>'
        f"<p>{escaped(about['summary'])} "
        f'<a href="{escaped(root)}/api/openapi.json">The same as an OpenAPI schema</a></p>'
        f"{_paragraphs(about['description'])}{operations}<h2>Fields</h2>{kinds}</main></body></html>"
    )


def _operation(method: str, path: str, operation: _Schema, base: str) -> str:
    what = _paragraphs(operation["description"])
    examples = (one["source"].replace(EXAMPLE_BASE, base) for one in operation["x-codeSamples"])
    shown = "".join(f"<p><code>{escaped(one)}</code></p>" for one in examples)
    sent = operation.get("requestBody", {}).get("content", {}).values()
    body = "".join(f"<p>Body: {_type(one['schema'])}</p>" for one in sent)
    given = operation["responses"]["200"]["content"]["application/json"]["schema"]
    problems = "".join(
        f"<dt>{escaped(status)}</dt><dd>{escaped(one['description'])}</dd>"
        for status, one in operation["responses"].items()
        if status != "200"
    )
    parameters = ((one["name"], one["schema"] | one, one["required"]) for one in operation.get("parameters", ()))
    return (
        f"<section><h2>{escaped(f'{method.upper()} /api{path}')}</h2>{what}{shown}{_list(parameters)}{body}"
        f"<p>Reply: {_type(given)}; or, as application/problem+json with a detail that says the way out:</p>"
        f"<dl>{problems}</dl></section>"
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escaped(one)}</p>" for one in text.split("\n\n"))


def _fields(kind: _Schema) -> str:
    if values := kind.get("enum"):
        return f"<p>{escaped(', '.join(values))}</p>"
    required = kind.get("required", ())
    return _list((name, one, name in required) for name, one in kind.get("properties", {}).items())


def _list(fields: Iterable[tuple[str, _Schema, bool]]) -> str:
    # No table: it would not fit a phone.
    items = "".join(
        f"<dt><code>{escaped(name)}</code>: {_type(one)}{'' if needed else ', optional'}</dt>"
        f"<dd>{escaped(one.get('description', ''))}</dd>"
        for name, one, needed in fields
    )
    return f"<dl>{items}</dl>" if items else ""


def _type(schema: _Schema) -> str:
    """A type in words, as HTML; what is made of fields links to them."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        return f'<a href="#{escaped(name)}">{escaped(name)}</a>'
    if choices := schema.get("anyOf"):
        return " or ".join(map(_type, choices))
    bounds = "".join(f", {text.format(schema[bound])}" for bound, text in _BOUNDS.items() if bound in schema)
    if parts := schema.get("prefixItems"):
        return f"[{', '.join(map(_type, parts))}]"
    if "items" in schema:
        return f"list of {_type(schema['items'])}{escaped(bounds)}"
    return escaped(_FORMATS.get(schema.get("format", ""), str(schema["type"])) + bounds)
