"""Read the facts above an article's text, between lines of ``---`` or as ``Title: …`` lines."""

from __future__ import annotations

import re

from index.sources.fields import field_named

_FENCE = re.compile(r"\ufeff?\s*---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_ENTRY = re.compile(r"([A-Za-z][\w .-]{0,60}?)\s*:(?:[ \t]+(.*)|[ \t]*)$")
_LONGEST = 20_000


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """The facts above the text, and the text; no facts where there is no front matter."""
    fenced = _FENCE.match(text[: _LONGEST + 10])
    if fenced:
        entries = _entries(fenced[1])
        # Between two rules there may be text; facts have names.
        if entries:
            return entries, text[fenced.end() :]
    return _head_lines(text)


def _entries(block: str) -> dict[str, object]:
    """Entry by entry, so that one which is no valid YAML does not cost the others."""
    chunks: list[tuple[str, list[str]]] = []
    for line in block.split("\n"):
        match = _ENTRY.match(line)
        if match:
            chunks.append((match[1], [match[2] or ""]))
        elif chunks and line.strip() and not line.startswith("#"):
            chunks[-1][1].append(line)
        elif line.strip() and not line.startswith("#"):
            return {}  # a line of prose: this is no front matter
    return {name: _value(lines) for name, lines in chunks}


def _value(lines: list[str]) -> object:
    first = lines[0].strip()
    if len(lines) == 1 and first[:1] not in ("'", '"', "[", "{", "|", ">", "&", "!"):
        return first  # as it stands: "Harbour: tolls rise", "Strike #2" and "no" are words here, whatever YAML says
    return _yaml(lines)


def _yaml(lines: list[str]) -> object:
    import yaml

    text = "\n".join(["value: " + lines[0], *(line if line[:1].isspace() else " " + line for line in lines[1:])])
    try:
        # Every scalar stays a string: neither dates nor numbers nor Norway's "no" are YAML's to convert. BaseLoader
        # makes no objects.
        loaded = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
        value: object = loaded.get("value") if isinstance(loaded, dict) else None
    except (yaml.YAMLError, RecursionError, ValueError):
        value = None
    return value if value else " ".join(line.strip() for line in lines)


def _head_lines(text: str) -> tuple[dict[str, object], str]:
    """``Title: …`` and what follows it, line by line, up to the first line that is none of the facts."""
    facts: dict[str, object] = {}
    start = len(text) - len(text.lstrip())
    while start < len(text) and len(facts) < 40:
        end = text.find("\n", start, start + 1000)
        line = text[start : end if end >= 0 else start + 1000].strip()
        match = _ENTRY.match(line)
        field = field_named(match[1]) if match else None
        if line and (match is None or field is None):
            break
        if match and field == "text":
            start += text[start:].index(":") + 1  # "Text:" stands before the text itself
            break
        if match:
            if not facts and field != "title":
                break
            facts.setdefault(match[1], (match[2] or "").strip())
        if end < 0:
            start = len(text)
            break
        start = end + 1
    return (facts, text[start:]) if len(facts) >= 2 else ({}, text)
