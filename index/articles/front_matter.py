"""Read the facts above an article's text: YAML between lines of ``---``, TOML between ``+++``, a JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time

# An unclosed fence ends at the first empty line, if all above it are entries.
_FENCE = re.compile(
    r"\s*(?P<fence>---|\+\+\+|;;;)[ \t]*(?P<kind>yaml|toml|json)?[ \t]*\n(?P<block>.*?)(?:^|\n)"
    r"(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|$)",
    re.DOTALL,
)
_UNCLOSED = re.compile(r"\s*(?P<fence>---|\+\+\+|;;;)(?P<kind>)[ \t]*\n(?P<block>.+?)\n[ \t]*\n", re.DOTALL)
_BARE = re.compile(r"\s*(?P<block>[^\n]+(?:\n[^\n]+)+?)\n[ \t]*\n")
_TOML_ENTRY = re.compile(r"([A-Za-z][\w-]{0,60})\s*=\s*(.*?)\s*$")
_ENTRY = re.compile(r"([A-Za-z][\w .-]{0,60}?)\s*:(?:[ \t]+(.*)|[ \t]*)$")
_LONGEST = 20_000


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """The facts above the text, and the text; no facts where there is no front matter."""
    head = text[: _LONGEST + 10]
    if head.lstrip()[:1] == "{":
        return _json_object(text, len(text) - len(text.lstrip()))
    # Between two rules there may be text; facts have names.
    for shape in (_FENCE, _UNCLOSED):
        if (fenced := shape.match(head)) is None:
            continue
        entries = _READERS[fenced["kind"] or fenced["fence"]](fenced["block"])
        if entries and (shape is _FENCE or _has_title(entries)):
            return entries, text[fenced.end() :]
    # Without any fence (Pelican, MultiMarkdown) only where every line is an entry, and one is the title.
    bare = _BARE.match(head)
    if bare and all(map(_ENTRY.match, bare["block"].split("\n"))):
        entries = _entries(bare["block"])
        if _has_title(entries):
            return entries, text[bare.end() :]
    return {}, text


def _has_title(entries: dict[str, object]) -> bool:
    return any(name.lower() == "title" for name in entries)


def _json_object(text: str, start: int) -> tuple[dict[str, object], str]:
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return {}, text
    rest = text[end:]
    # Hugo's: the object, a line break, the text.
    return (_flat(value), rest) if isinstance(value, dict) and value and rest.lstrip(" \t")[:1] == "\n" else ({}, text)


def _json_entries(block: str) -> dict[str, object]:
    return _json_object("{" + block.strip().removeprefix("{").removesuffix("}") + "}\n", 0)[0]


def _toml_entries(block: str) -> dict[str, object]:
    import tomllib

    try:
        return _flat(tomllib.loads(block))
    except (ValueError, RecursionError):  # line by line, so that one entry does not cost the others
        found = (_TOML_ENTRY.match(line) for line in block.split("\n"))
        return {entry[1]: _value([entry[2]]) for entry in found if entry}


def _flat(table: dict[str, object], depth: int = 0) -> dict[str, object]:
    """The entries of a table, those of the tables in it behind its own, and days as text."""
    entries = {name: _as_text(value) for name, value in table.items()}
    for value in table.values():
        if isinstance(value, dict) and depth < 3:
            for name, inner in _flat(value, depth + 1).items():
                entries.setdefault(name, inner)
    return entries


def _as_text(value: object) -> object:
    return value.isoformat() if isinstance(value, (datetime, date, time)) else value


def _entries(block: str) -> dict[str, object]:
    """Entry by entry, so that one which is no valid YAML does not cost the others."""
    entries: dict[str, list[str]] = {}
    name: str | None = None
    for line in block.split("\n"):
        if match := _ENTRY.match(line):
            name = match[1]
            entries[name] = [match[2] or ""]
        elif line.strip() and not line.startswith("#"):
            if name is None or not (line[0] in " \t-]}" or entries[name] != [""]):
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


_READERS: dict[str, Callable[[str], dict[str, object]]] = {
    "---": _entries,
    "+++": _toml_entries,
    ";;;": _json_entries,
    "yaml": _entries,
    "toml": _toml_entries,
    "json": _json_entries,
}
