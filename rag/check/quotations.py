"""Whether words in quotation marks stand in a paragraph, exactly but for typography."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = str.maketrans(
    dict.fromkeys("\"“”„‟«»＂「」『』'‘’‚‛‹›`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)
_SPACE = re.compile(r"\s+")
# An ellipsis leaves words out, and brackets replace them: what stands between must follow in this order.
_LEFT_OUT = re.compile(r"\[[^\[\]]{0,200}\]|\.(?: ?\.){2,}")


@lru_cache(maxsize=2_000)
def folded(text: str) -> str:
    """Reduce ``text`` to what counts in a quotation: NFKC, one kind of quotation mark, dash and white space."""
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    return _SPACE.sub(" ", text).replace("''", "'").strip()


def pieces(quotation: str) -> list[str]:
    """The parts of a quotation that must stand word for word, in order."""
    parts = (_trimmed(part) for part in _LEFT_OUT.split(folded(quotation)))
    return [part for part in parts if any(character.isalnum() for character in part)]


def _trimmed(part: str) -> str:
    # The comma or full stop inside the closing mark is the writer's, by American custom.
    return part.strip(" '").rstrip(" ,.;:-'").lstrip(" ,.;:-'")


def stands(quotation: str, paragraph: str) -> bool:
    """Whether the words of a quotation stand in a paragraph, its pieces in order.

    Case counts, but for the first letter, which changes where a quotation begins a sentence or goes on with one.
    """
    text = folded(paragraph)
    behind = 0
    for part in pieces(quotation):
        found = _find(part, text, behind)
        if found is None:
            return False
        behind = found + len(part)
    return True


def _find(part: str, text: str, behind: int) -> int | None:
    forms = (part, part[0].swapcase() + part[1:]) if len(part[0].swapcase()) == 1 else (part,)
    for form in forms:
        start = text.find(form, behind)
        while start >= 0:
            end = start + len(form)
            if not (_inside_word(text, start) or _inside_word(text, end)):
                return start
            start = text.find(form, start + 1)
    return None


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
