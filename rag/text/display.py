"""Makes of any text one line that can be shown: nothing in it is obeyed, and no override turns it round."""

from __future__ import annotations

import unicodedata

# Overrides make a reader see other words than the article has; isolation alone does not undo them.
_OVERRIDES = "\u202d\u202e"


def one_line(text: str) -> str:
    """Return ``text`` with a space for each run of white space, control characters and overrides."""
    return " ".join("".join(" " if hidden(character) else character for character in text).split())


def hidden(character: str) -> bool:
    """Whether a character is obeyed instead of shown: a control character, half a character, or an override."""
    return character in _OVERRIDES or unicodedata.category(character) in ("Cc", "Cs")
