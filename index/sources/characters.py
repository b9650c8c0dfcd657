"""Turn bytes into text, and hostile text into harmless text: one normal form, nothing invisible, no controls."""

from __future__ import annotations

import codecs
import re
import unicodedata

from rag.errors import ArticleUnreadable

# Characters that are not seen but change what is matched, copied or shown: controls, soft hyphen, zero-width spaces,
# marks and overrides of direction, annotation, musical and tag characters. Tags (U+E0000…) can hide a whole sentence
# from a reader.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Joiners are spelling in Persian and Indic scripts and glue emoji together; anywhere else they only hide.
_JOINER = re.compile(
    "(?<![\u0600-\u1fff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
    "|[\u200c\u200d](?![\u0600-\u1fff\u2600-\u27bf\U0001f000-\U0001faff])"
)
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_C1 = re.compile("[\x80-\x9f]")
_WORD = re.compile(r"[^\W_]")
_HIGH_BYTES = bytes(range(128, 256))
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """``data`` as text, with a notice where it was neither plain UTF-8 nor UTF-16; ``ArticleUnreadable`` if none.

    Other encodings than windows-1252 are not guessed: on a few lines of French a guess is Polish as soon as not.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise ArticleUnreadable("begins as UTF-16 but is not valid UTF-16: save it as UTF-8") from error
    if b"\0" in data:
        raise ArticleUnreadable("is a binary file (it holds zero bytes), not text")
    text = data.decode("utf-8-sig", "replace")
    wrong = text.count("\ufffd")
    if not wrong or data.count("\ufffd".encode()) == wrong:
        return text, ()
    if sum(char > "\x7f" for char in text) > 11 * wrong:  # a few broken bytes: another encoding spoils everything else
        return text, (f"{wrong} characters are not UTF-8: read as \ufffd",)
    high, controls = (len(data) - len(data.translate(None, kind)) for kind in (_HIGH_BYTES, _CONTROL_BYTES))
    # Western text has a few accents; a third of high bytes is another alphabet or no text at all.
    if high > 0.3 * len(data) or controls > 0.005 * len(data):
        raise ArticleUnreadable("is neither UTF-8 nor windows-1252 text: save it as UTF-8")
    return data.decode("cp1252", "replace"), ("not UTF-8: read as windows-1252",)


def clean_lines(text: str) -> str:
    """Clean ``text``, keeping its spaces, and its line breaks as plain newlines."""
    if text.isascii() and text.isprintable():
        return text
    # Pairs of surrogates are what they stand for; lone ones are nothing.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # windows-1252 that was declared as Latin-1 leaves its quotes and dashes here; browsers read them this way too.
    text = _C1.sub(lambda control: control[0].encode("latin-1").decode("cp1252", "ignore"), text)
    return unicodedata.normalize("NFC", _JOINER.sub("", _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text))))


def one_line(text: str) -> str:
    """Clean ``text`` and put it on one line, with single spaces."""
    return " ".join(clean_lines(text).split())


def has_words(text: str) -> bool:
    """Whether there is a letter or digit in ``text`` at all."""
    return _WORD.search(text) is not None


def quoted(value: str, limit: int = 80) -> str:
    """``value`` in quotes for a message: on one line, shortened, with nothing in it that could act on a terminal."""
    # Only the beginning is cleaned: a value of many megabytes may be what the message complains about.
    line = one_line(value[: limit * 4])
    return f"'{line if len(line) <= limit else line[: limit - 1].rstrip() + '…'}'"


def escaped(text: str) -> str:
    """``text`` with everything that does not print written as an escape, for file names."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
