"""Find the encoding of bytes that are not UTF-8 and declare none, where it is sure; nothing is guessed in silence."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable
from functools import cache

_WESTERN = ("French", "German", "Spanish", "Portuguese", "Italian", "Dutch", "Swedish", "Danish", "Norwegian_Bokmal",
            "Finnish", "Icelandic", "Catalan", "English")  # fmt: skip
_CENTRAL = ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "Slovenian")
_CYRILLIC = ("Russian", "Ukrainian", "Bulgarian", "Serbian", "Belarusian", "Macedonian")
_LANGUAGES = {
    "cp1252": _WESTERN, "mac_roman": _WESTERN, "cp850": _WESTERN, "cp1250": _CENTRAL, "iso8859-2": _CENTRAL,
    "cp852": _CENTRAL, "cp1254": ("Turkish",), "cp1257": ("Lithuanian", "Latvian", "Estonian"), "cp1251": _CYRILLIC,
    "koi8-r": _CYRILLIC, "koi8-u": ("Ukrainian",), "iso8859-5": _CYRILLIC, "cp866": _CYRILLIC, "cp1253": ("Greek",),
    "iso8859-7": ("Greek",), "cp1255": ("Hebrew",), "cp1256": ("Arabic", "Persian"),
}  # fmt: skip
_HAN, _KANA, _HANGUL = "\u4e00-\u9fff", "\u3041-\u30ff", "\uac00-\ud7a3"
_SCRIPTS = {  # the letters that are nearly all of a text, and those that its language cannot do without
    "gb18030": (_HAN, _HAN), "big5": (_HAN, _HAN), "cp932": (_HAN + _KANA, _KANA), "euc_jp": (_HAN + _KANA, _KANA),
    "cp949": (_HANGUL + _HAN, _HANGUL),
}  # fmt: skip
_SAMPLE = 200_000
_FEWEST_BYTES = 40
_FEWEST_FREQUENT = 0.1  # of the words; one that happens to be frequent in another language is no sign
_TOKEN = re.compile(rb"[^\s\x00-\x26\x28-\x40\x5b-\x60\x7b-\x7f]+")  # words in any of them, apostrophes included
_NO_WORD = re.compile(
    r"[A-Za-z][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z]|[^\W\d_][^\w\s'’‘´`\-–—./:;,()*&@·\xad]+[^\W\d_]"
)


# What browsers read (WHATWG, Encoding), by Python's names. Of the others that Python knows some are no encodings of
# text (zlib, rot13), and some take a time that grows with the square of the length (punycode, idna, utf-7).
_DECLARABLE = frozenset(
    "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be ascii iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 "
    "iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u "
    "mac-roman mac-cyrillic cp437 cp850 cp852 cp866 cp874 tis-620 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 "
    "cp1257 cp1258 gb2312 gbk gb18030 big5 big5hkscs euc_jp iso2022_jp shift_jis cp932 euc_kr cp949".split()
)


def declared_encoding(name: str) -> str:
    """Python's name of the encoding that a page, a file or a server declares.

    Raises:
        LookupError: none that texts of today are in is called so.
    """
    codec = codecs.lookup(name).name if name.isascii() and "\0" not in name else ""
    if codec not in _DECLARABLE:
        raise LookupError(f"no encoding of texts: {name!r}")
    return codec


def encoding_of(data: bytes) -> str | None:
    """The encoding that ``data`` is surely in; None where it is not sure, or no text."""
    sample = (data[:_SAMPLE].rpartition(b"\n")[0] or data[:_SAMPLE]) if len(data) > _SAMPLE else data
    tokens = sorted({token for token in _TOKEN.findall(sample) if not token.isascii()})
    hits = {name: _hits(tokens, name) for name in _LANGUAGES if _decodes(data, name) and not _is_spoiled(tokens, name)}
    best = max(hits, key=lambda name: hits[name], default="")
    if hits.get(best, 0) > _FEWEST_FREQUENT * len(tokens):
        return best if all(_is_likelier(best, other, tokens) for other in hits if other != best) else None
    # A few accents of names in English text, say: what has long been the custom.
    high = sum(byte > 127 for byte in sample)
    return _multi_byte(sample, data) or ("cp1252" if "cp1252" in hits and high <= 0.3 * len(sample) else None)


def _is_likelier(best: str, other: str, tokens: Iterable[bytes]) -> bool:
    """Whether the words that two encodings read differently are words in the first, at least twice as often."""
    differing = [token for token in tokens if token.decode(best, "replace") != token.decode(other, "replace")]
    return 2 * _hits(differing, other) <= _hits(differing, best)


def readable_name(encoding: str) -> str:
    """An encoding as people know it: "windows-1250"."""
    names = {"cp932": "Shift-JIS", "cp949": "EUC-KR", "euc_jp": "EUC-JP", "big5": "Big5", "gb18030": "GB18030"}
    return names.get(encoding) or re.sub("^cp(?=125)", "windows-", encoding).replace("iso8859", "ISO-8859")


def likely_name(data: bytes) -> str | None:
    """The encoding that ``data`` may be in, for a message."""
    from charset_normalizer import from_bytes

    found = from_bytes(data[:_SAMPLE]).best()
    return readable_name(found.encoding) if found else None


def _is_spoiled(tokens: Collection[bytes], encoding: str) -> bool:
    """Whether too many words have a sign inside, letters of two alphabets, or capitals amid small letters."""
    words = [token.decode(encoding, "replace") for token in tokens]
    signs = sum(_NO_WORD.search(word) is not None for word in words)
    mixed = sum(not word.isupper() and any(char.isupper() for char in word[1:]) for word in words)
    return signs > 0.05 * len(words) or mixed > 0.3 * len(words)


def _hits(tokens: Iterable[bytes], encoding: str) -> int:
    """How many words with letters beyond ASCII are frequent ones of the languages that are written in ``encoding``."""
    known = _frequent_words(_LANGUAGES[encoding])
    return sum(token.decode(encoding, "replace").lower() in known for token in tokens)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return encoding == "cp1252"  # five bytes of it mean nothing
    return True


def _multi_byte(sample: bytes, data: bytes) -> str | None:
    """Of Chinese, Japanese and Korean, where what comes out is the letters of one of them."""
    from charset_normalizer import from_bytes

    fitting = [name for name in _SCRIPTS if _decodes(data, name) and _is_in_its_script(data, name)]
    if len(fitting) < 2:
        return next(iter(fitting), None)
    best = from_bytes(sample).best()
    # On a few words a guess is as often wrong.
    text = str(best) if best and len(sample.strip()) >= _FEWEST_BYTES else None
    return next((name for name in fitting if sample.decode(name, "replace") == text), None)


def _is_in_its_script(data: bytes, encoding: str) -> bool:
    text = data.decode(encoding)[:_SAMPLE]
    letters = "".join(char for char in text if char > "\x7f" and char.isalpha())
    # "Rühl" in windows-1252 is "R黨l" there: letters of the East stand beside each other, not within Latin words.
    if 4 * len(re.findall(f"[A-Za-z][{_HAN}{_KANA}{_HANGUL}]|[{_HAN}{_KANA}{_HANGUL}][A-Za-z]", text)) > len(letters):
        return False
    most, needed = (len(re.findall(f"[{script}]", letters)) for script in _SCRIPTS[encoding])
    return most > 0.9 * len(letters) and needed > 0.1 * len(letters)


@cache
def _frequent_words(languages: tuple[str, ...]) -> frozenset[str]:
    import justext

    listed = (word for language in languages for word in justext.get_stoplist(language))
    words = {word.strip(' .,;:"()').lower() for word in listed}
    # Single letters are what a dash or a quotation mark is in some encoding.
    return frozenset(word for word in words if not word.isascii() and len(word) > 1)
