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
# UTF-8 that was read as windows-1252 and saved again: "Ã©", "â€™", "Ð´Ðµ".
_SURELY_TWICE = re.compile(
    "\u00c3[\x80-\xbf\u0152-\u02dc\u2013-\u2122]|\u00c2[\xa0-\xbf]|\u00e2\u20ac[\x80-\xbf\u0152-\u2122]"
)
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_TWICE_ENCODED = re.compile(
    "[\u00c2-\u00df][\x80-\xbf\u0152-\u02dc\u2013-\u2122]|[\u00e2-\u00ef][\x80-\xbf\u0152-\u20ac][\x80-\xbf\u0152-\u2122]"
)


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """``data`` as text, with a notice where it was neither plain UTF-8 nor UTF-16.

    ``ArticleUnreadable`` where it is none, or its encoding is not sure: another would make other words of it.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise ArticleUnreadable("begins as UTF-16 but is not valid UTF-16: save it as UTF-8") from error
    if b"\0" in data:
        return _without_mark(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _other_encoding(data)
    if b"\x1b$" in data[:4096]:  # Japanese mail: all of it is ASCII
        text = data.decode("iso2022_jp", "replace")
        return text, ("not UTF-8: read as ISO-2022-JP",)
    return text, ()


def _without_mark(data: bytes) -> tuple[str, tuple[str, ...]]:
    for encoding, zeros in (("utf-16-le", data[1:4096:2]), ("utf-16-be", data[:4096:2])):
        if 2 * zeros.count(0) > len(zeros) and len(data) % 2 == 0:
            try:
                return data.decode(encoding), (f"no mark of its encoding: read as {encoding.upper()}",)
            except UnicodeDecodeError:
                break
    raise ArticleUnreadable("is a binary file (it holds zero bytes), not text")


def _other_encoding(data: bytes) -> tuple[str, tuple[str, ...]]:
    from index.articles.encodings import encoding_of, likely_name, readable_name

    if len(data) - len(data.translate(None, _CONTROL_BYTES)) <= 0.005 * len(data):
        text = data.decode("utf-8-sig", "replace")
        wrong, right = text.count("\ufffd") - data.count("\ufffd".encode()), sum(char > "\x7f" for char in text)
        if right > 11 * wrong:  # a few broken bytes: another encoding spoils everything else
            return text, (f"{wrong} characters are not UTF-8: read as \ufffd",)
        lines = data.split(b"\n")
        other = [number for number, line in enumerate(lines) if not is_utf8(line)]
        rest = [line for line in lines if not line.isascii() and is_utf8(line)]
        foreign = b"\n".join(lines[number] for number in other)
        # Lines of UTF-8 among them are no accident of two bytes.
        if rest and sum(len(line) for line in rest) > 0.05 * len(foreign) and (encoding := encoding_of(foreign)):
            for number in other:
                lines[number] = lines[number].decode(encoding, "replace").encode()
            name = readable_name(encoding)
            notice = f"two encodings: {len(other)} of {len(lines)} lines are not UTF-8 and were read as {name}"
            return b"\n".join(lines).decode("utf-8-sig", "replace"), (notice,)
        if whole := encoding_of(data):
            return data.decode(whole, "replace"), (f"not UTF-8: read as {readable_name(whole)}",)
        if likely := likely_name(data):
            raise ArticleUnreadable(f"is not UTF-8 but perhaps {likely}, which is not sure: save it as UTF-8")
    raise ArticleUnreadable("is neither UTF-8 nor text in an encoding that is sure: save it as UTF-8")


def is_utf8(data: bytes) -> bool:
    """Whether ``data`` is valid UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def in_utf8(data: bytes, charset: str | None) -> bytes:
    """``data`` in UTF-8 with its mark, where it is valid in the encoding that only its server named; else as it is."""
    from index.articles.encodings import declared_encoding

    try:
        return codecs.BOM_UTF8 + data.decode(declared_encoding(charset or "utf-8")).encode()
    except (LookupError, UnicodeError):
        return data


def mended(value: object, depth: int = 0) -> object:
    """``value`` (a text, or what JSON has around texts) with UTF-8 that was read as windows-1252 read as what it is.

    The same object where there is nothing to mend. Whole lines where they decode without loss, or else the commonest
    signs of it.
    """
    if isinstance(value, str):
        return _mended_text(value) if not value.isascii() and _TWICE_ENCODED.search(value) else value
    if depth < 20 and isinstance(value, (list, dict)):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        new = {key: one for key, member in members if (one := mended(member, depth + 1)) is not member}
        if new:
            return {**value, **new} if isinstance(value, dict) else [new.get(at, one) for at, one in enumerate(value)]
    return value


def _mended_text(text: str) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for _ in range(2):  # it happens to some twice
            if not _TWICE_ENCODED.search(line):
                break
            line = _read_back(line) or _SURELY_TWICE.sub(lambda sign: _read_back(sign[0]) or sign[0], line)
        lines[number] = line
    return "\n".join(lines)


def _read_back(text: str) -> str | None:
    try:
        return b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return None


def _byte(char: str) -> bytes:
    # Five bytes mean nothing in windows-1252, and were kept as the controls that they are in Latin-1.
    return char.encode("latin-1") if char < "\u0100" else char.encode("cp1252")


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
