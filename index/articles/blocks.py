"""The paragraphs of a text that stands in a tree of blocks, as the editors of web sites store it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from index.articles.field_names import BLOCK_KINDS, BLOCKS, NO_TEXT, bare_name
from index.articles.paragraphs import PARAGRAPH_LIMIT
from rag.errors import ArticleUnreadable

_DEEPEST = 12
_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*\{\s*\")")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")
_HEADING_KIND = re.compile(r"(?:sub)?-?(?:head(?:ing|er|line)?|title)\b|h[1-6]$|heading[-_]?\d", re.IGNORECASE)
_TITLES = frozenset("headline heading subheading header title subtitle".split())
_OPENINGS = frozenset("summary lead lede intro".split())
_INLINE = frozenset("text span link hyperlink a strong em bold italic entry-hyperlink".split())
_LEAF_TEXT = ("text", "value")
_OPEN_END = re.compile(r"[.!?…:][\"”’')\]]*\s*$")


def paragraphs_in(value: object, depth: int = 0, seen: Iterator[int] | None = None) -> list[str]:
    """The paragraphs of a text in whatever shape it is given, subheadings with "## "; each may be HTML or Markdown.

    Pictures, videos and the like are left out. Empty where there is no text.

    Raises:
        ArticleUnreadable: there are more blocks than an article has.
    """
    seen = seen or count(1)
    if isinstance(value, str):
        return _in_json(value) if depth == 0 and _JSON.match(value) else [value] if value.strip() else []
    if depth > _DEEPEST:
        return []
    if next(seen) > PARAGRAPH_LIMIT:
        raise ArticleUnreadable(f"text of more than {PARAGRAPH_LIMIT:,} blocks")
    if isinstance(value, list):
        return _in_list(value, depth, seen)
    if not isinstance(value, dict):
        return []
    kind = " ".join(one for name in BLOCK_KINDS if isinstance(one := value.get(name), str))
    if NO_TEXT.search(kind):
        return []
    if (translation := in_one_language(value)) is not None:
        return paragraphs_in(translation, depth + 1, seen)
    texts = next((texts for name in BLOCKS if (texts := paragraphs_in(value.get(name), depth + 1, seen))), [])
    if not texts and value and all(re.fullmatch(r"[A-Za-z_-]*\d+", name) for name in value):
        texts = _in_list(list(value.values()), depth, seen)  # {"p1": "…", "p2": "…"}
    heads = _named(value, _TITLES, depth, seen)
    if any(map(_HEADING_KIND.match, kind.split())):
        return [f"## {' '.join(texts or heads)}"] if texts or heads else []
    heads = [f"## {text}" for text in heads if texts]
    # Only where the text has sections: elsewhere a summary says again what the text says.
    openings = _named(value, _OPENINGS, depth, seen) if "sections" in value else []
    return [*openings, *heads, *texts]


def _in_json(text: str) -> list[str]:
    """The paragraphs of blocks that were written into a text field as JSON; of a text that only begins so, the text."""
    try:
        return paragraphs_in(json.loads(text), 1) or [text]
    except (ValueError, RecursionError):
        return [text]


def in_one_language(value: Mapping[str, object]) -> object | None:
    """What an object holds whose names are languages ({"en-US": …}): in English if it has that, else the first."""
    if not value or not all(_LANGUAGE.fullmatch(name) for name in value):
        return None
    return next((text for name, text in value.items() if name.startswith("en")), next(iter(value.values())))


def _named(value: Mapping[str, object], names: frozenset[str], depth: int, seen: Iterator[int]) -> list[str]:
    given = (inner for name, inner in value.items() if bare_name(name) in names)
    return [text for inner in given for text in paragraphs_in(inner, depth + 1, seen)]


def _mime(variant: Mapping[str, object]) -> str:
    return next((str(kind) for name, kind in variant.items() if bare_name(name) in ("contenttype", "mimetype")), "")


def _in_list(members: list[object], depth: int, seen: Iterator[int]) -> list[str]:
    variants = [one for one in members if isinstance(one, dict) and "value" in one and ("role" in one or _mime(one))]
    if variants and len(variants) == len(members):
        # The same text several times, as agencies send it: for several uses, or as plain text and as HTML.
        main = [one for one in variants if one.get("role") == "main"] or variants
        return paragraphs_in(max(main, key=lambda one: "html" in _mime(one)), depth + 1, seen)
    if depth and any(map(_is_leaf, members)):
        return ["".join(_inline(members, depth, seen))]
    if all(isinstance(one, str) for one in members):
        return _joined(str(one) for one in members)
    return [text for one in members for text in paragraphs_in(one, depth + 1, seen)]


def _is_leaf(value: object) -> bool:
    """Whether it is a stretch of words inside a paragraph: some words in bold, or what stands before a link."""
    if not isinstance(value, dict) or not any(isinstance(value.get(name), str) for name in _LEAF_TEXT):
        return False
    kinds = [kind for name in BLOCK_KINDS if isinstance(kind := value.get(name), str)]
    return not kinds or kinds[0] in _INLINE


def _inline(members: Iterable[object], depth: int, seen: Iterator[int]) -> list[str]:
    texts: list[str] = []
    for one in members:
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, dict):
            own = next((text for name in _LEAF_TEXT if isinstance(text := one.get(name), str)), None)
            texts.append(" ".join(paragraphs_in(one, depth + 1, seen)) if own is None else own)
    return texts


def _joined(pieces: Iterable[str]) -> list[str]:
    """The paragraphs that pieces of text are; what a selector gave of one paragraph, around its links, is joined."""
    paragraphs: list[str] = []
    open_end = False
    for piece in filter(str.strip, pieces):
        if open_end or (paragraphs and piece[0] in " .,;:!?)" and not _OPEN_END.search(paragraphs[-1])):
            paragraphs[-1] += piece
        else:
            paragraphs.append(piece)
        open_end = piece[-1] == " " and not _OPEN_END.search(piece)
    return paragraphs
