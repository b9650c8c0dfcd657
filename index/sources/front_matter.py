"""Read the facts above an article's text, between lines of ``---``."""

from __future__ import annotations

import re

_FENCE = re.compile(r"\ufeff?\s*---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_ENTRY = re.compile(r"([A-Za-z][\w .-]{0,60}?)\s*:(?:[ \t]+(.*)|[ \t]*)$")
_LONGEST = 20_000


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """The facts above the text, and the text; no facts where there is no front matter."""
    fenced = _FENCE.match(text[: _LONGEST + 10])
    # Between two rules there may be text; facts have names.
    if fenced and (entries := _entries(fenced[1])):
        return entries, text[fenced.end() :]
    return {}, text


def _entries(block: str) -> dict[str, object]:
    """Entry by entry, so that one which is no valid YAML does not cost the others."""
    entries: dict[str, list[str]] = {}
    name: str | None = None
    for line in block.split("\n"):
        if match := _ENTRY.match(line):
            name = match[1]
            entries[name] = [match[2] or ""]
        elif line.strip() and not line.startswith("#"):
            if name is None:
                return {}  # a line of prose: this is no front matter
            entries[name].append(line)
    return {name: _value(lines) for name, lines in entries.items()}


def _value(lines: list[str]) -> object:
    import yaml

    first = lines[0].strip()
    if len(lines) == 1 and first[:1] not in ("'", '"', "[", "{", "|", ">", "&", "!"):
        return first  # as it stands: "Harbour: tolls rise", "Strike #2" and "no" are words here, whatever YAML says
    text = "\n".join(["value: " + lines[0], *(line if line[:1].isspace() else " " + line for line in lines[1:])])
    try:
        # Every scalar stays a string: neither dates nor numbers nor Norway's "no" are YAML's to convert. BaseLoader
        # makes no objects.
        loaded = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
        value: object = loaded.get("value") if isinstance(loaded, dict) else None
    except (yaml.YAMLError, RecursionError, ValueError):
        value = None
    return value or " ".join(line.strip() for line in lines)
