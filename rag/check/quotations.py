"""Finds what a text quotes, and says whether the words stand in a paragraph, exactly but for typography."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# A quotation that is not closed goes on to the end, as in the paragraphs of a long one. Apostrophes open none.
_QUOTED = re.compile(
    '["“„«»＂「『]([^"“”„«»＂」』]*)(?:["”“»«＂」』]|$)'
    r"|(?<![\w'’])['‘‚‹](?=[^\W\d_]|\[|…)([^\"“”]{1,600}?)(?<=[\w.,!?…\])])['’›](?!\w)"
)
_MARKS = str.maketrans(
    dict.fromkeys("\"“”„‟«»＂「」『』'‘’‚‛‹›`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)
# An ellipsis leaves words out, and brackets replace them: what stands between must follow in this order.
_LEFT_OUT = re.compile(r"\[[^\[\]]{0,200}\]|\.(?: ?\.){2,}")


def quotations(text: str) -> list[tuple[int, int]]:
    """Start and end (exclusive) of the words that stand in quotation marks, the marks left out."""
    spans = [match.span(1 if match[1] is not None else 2) for match in _QUOTED.finditer(text)]
    return [(start, end) for start, end in spans if any(character.isalnum() for character in text[start:end])]


def stands(quotation: str, paragraph: str) -> bool:
    """Whether the words of a quotation stand in a paragraph, around what an ellipsis or brackets leave out, in order.

    Case counts, but for the first letter, which changes where a quotation begins a sentence or goes on with one.
    """
    text, behind = _folded(paragraph), 0
    for part in (_trimmed(part) for part in _LEFT_OUT.split(_folded(quotation))):
        if not any(character.isalnum() for character in part):
            continue
        pattern = f"[{re.escape(part[0] + part[0].swapcase())}]{re.escape(part[1:])}"
        before, after = r"(?<!\w)" if part[0].isalnum() else "", r"(?!\w)" if part[-1].isalnum() else ""
        found = re.compile(before + pattern + after).search(text, behind)
        if found is None:
            return False
        behind = found.end()
    return True


@lru_cache(maxsize=2_000)
def _folded(text: str) -> str:
    """What counts in a quotation: NFKC, one kind of quotation mark, dash and white space."""
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    return re.sub(r"\s+", " ", text).replace("''", "'").strip()


def _trimmed(part: str) -> str:
    # The comma or full stop inside the closing mark is the writer's, by American custom.
    return part.strip(" '").strip(" ,.;:-'")
