"""Cuts a text into tokens that remember their place, and finds its quotations."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from rag.text.words import STOP_WORDS, fold, terms

# Every quantifier is bounded or over characters that what follows it cannot begin with: no text is slow.
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*"
    r"|(?:[^\W\d_]\.){2,}"
    r"|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*(?:['’][^\W\d_]+)*"
    r"|\S"
)
_SINGLE_OPENS, _SINGLE_CLOSES = "'‘‚‹›", "'’‘›‹"
_DOUBLE = {'"': '"', "“": "”“", "”": "”", "„": "“”", "«": "»", "»": "«", "＂": "＂", "「": "」", "『": "』"}
DASHES = frozenset("-‐‑‒–—―−")
CLAUSE_MARKS = frozenset(",;:.!?()[]–—―")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a mark of a text."""

    text: str
    key: str
    """Without case, accents and a possessive's "'s"."""
    stem: str
    """Its term, as ``rag.text.words.terms`` gives it; empty for marks and words that carry no meaning."""
    start: int
    end: int
    quoted: bool
    """Whether it stands within quotation marks."""
    is_word: bool
    """Whether it has letters or digits."""

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()


def tokens_in(text: str) -> tuple[Token, ...]:
    """All tokens of ``text``, in order."""
    quoted = [(start, end) for start, end, _ in quotations_in(text)][::-1]
    found = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        key, stem, is_word = _word(match[0])
        while quoted and quoted[-1][1] <= start:
            quoted.pop()
        inside = bool(quoted) and quoted[-1][0] <= start
        found.append(Token(match[0], key, stem, start, end, inside, is_word))
    return tuple(found)


@lru_cache(maxsize=50_000)
def _word(text: str) -> tuple[str, str, bool]:
    is_word = text[0].isalnum()
    if not is_word:
        return text, "", False
    if text[0].isdigit():  # ١٢ and １２ are 12, too
        text = "".join(str(unicodedata.decimal(character, character)) for character in text)
    key = fold(text).removesuffix("'s")
    found = terms(text) if key not in STOP_WORDS or text.isupper() else []
    return key, found[0] if found else "", True


def quotations_in(text: str) -> tuple[tuple[int, int, str], ...]:
    """Start, end and words of what stands in quotation marks, outermost marks only; apostrophes are none.

    A quotation that is opened and not closed goes on to the end, as in the paragraphs of a long one.
    """
    found = []
    closers: list[int] | None = None
    i = 0
    while i < len(text):
        closing = _DOUBLE.get(text[i])
        if closing:
            ends = [j for mark in closing if (j := text.find(mark, i + 1)) >= 0]
            end = min(ends, default=len(text))
        elif text[i] in _SINGLE_OPENS and _opens(text, i):
            if closers is None:
                closers = [j for j in range(len(text)) if _closes(text, j)]
            after = bisect_right(closers, i)
            end = closers[after] if after < len(closers) else 0
            if not end:  # an apostrophe that begins a word: '90s, ’tis
                i += 1
                continue
        else:
            i += 1
            continue
        if any(character.isalnum() for character in text[i + 1 : end]):
            found.append((i + 1, end, text[i + 1 : end]))
        i = end + 1
    return tuple(found)


def _opens(text: str, i: int) -> bool:
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    return not (before.isalnum() or before in ("'", "’")) and (after.isalpha() or after in ("[", "…", "."))


def _closes(text: str, j: int) -> bool:
    if text[j] not in _SINGLE_CLOSES or text[j + 1 : j + 2].isalnum() or text[j - 1].isspace():
        return False
    # "the dockers’ strike’": an apostrophe behind a plural closes only when no better mark follows.
    later = text.find("’", j + 1, j + 1_000)
    plural = text[j - 1] == "s" and text[j + 1 : j + 2] == " "
    return not (plural and later > 0 and not text[later + 1 : later + 2].isalnum() and "‘" not in text[j:later])
