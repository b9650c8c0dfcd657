"""Cuts text into sentences, and sentences into the words by which two texts are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

# Letters and digits, with the points, commas, apostrophes and ampersands that stand inside a word: 1,200.50 U.S. AT&T
_WORD = re.compile(r"[^\W_]+(?:[.,'’&][^\W_]+)*")
_ABBREVIATION = re.compile(r"(?:^|[\s(\"'“‘])(?:[A-Z]\.){2,}$")

# Words that say how something is said, not what: articles, pronouns, auxiliaries, question words, bare prepositions.
STOP_WORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before being between both but
    by can could did do does doing done down during each else few for from further get gets got had has have having he
    her here hers him his how i if in into is it its itself just let like many may me might more most much must my near
    no nor not now of off on once one only or other our out over own per same say said says shall she should since so
    some still such tell than that the their them then there these they this those through to too under until up upon
    us very was we were what when where whether which while who whom whose why will with within without would yes yet
    you your according article articles coverage news report reported reports outlet""".split()
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence of ``text``, without the white space around it."""
    spans: list[tuple[int, int]] = []
    for start, end in _sentence_tokenizer().span_tokenize(text):
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
        if start >= end:
            continue
        if spans and _goes_on(text[slice(*spans[-1])], text[start:end]):
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence was cut behind an abbreviation that names what follows: "meeting U.S. | Secretary of State".

    A word that often begins a sentence ("He", "The") shows that the abbreviation ended the one before.
    """
    first = _WORD.match(after)
    return bool(_ABBREVIATION.search(before) and first and fold(first[0]) not in STOP_WORDS)


def words(text: str) -> list[str]:
    """Words of ``text`` in order, case and accents folded."""
    return [fold(word) for word in _WORD.findall(text)]


def counted(number: int, noun: str) -> str:
    """Write a number of things: "1 article", "1,200 articles"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def fold(text: str) -> str:
    """Fold case, accents and typographic quotation marks, so that two spellings of one name compare equal."""
    if not text.isascii():
        text = text.replace("’", "'").replace("‘", "'")
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.casefold()


def terms(text: str) -> list[str]:
    """Stems of the words of ``text`` that carry meaning, in order (English Snowball stemmer, Porter 2001).

    "calls" and "called" give one term, and so do "U.S." and "US", "1,200" and "1200".
    """
    found = (_term(word) for word in _WORD.findall(text))
    return [term for term in found if term]


@lru_cache(maxsize=200_000)
def _term(word: str) -> str | None:
    if word[0].isdigit():
        return fold(word).replace(",", "")
    letters = word.replace(".", "")
    if len(letters) > 1 and letters.isupper():
        return fold(letters)  # an abbreviation, even where it spells a stop word: US, WHO, IT
    folded = fold(word).removesuffix("'s")
    if folded in STOP_WORDS:
        return None
    return str(_stemmer().stemWord(folded.replace("'", "")))


@cache
def _stemmer():  # type: ignore[no-untyped-def]  # noqa: ANN202 - snowballstemmer has no types
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@cache
def _sentence_tokenizer() -> PunktSentenceTokenizer:
    from nupunkt.models import load_default_model

    tokenizer = load_default_model()  # one of our own: nupunkt.load() gives every caller the same
    for title in ("lt", "cmdr", "spc", "msgr", "mme", "mlle"):  # the titles before names that its model lacks
        tokenizer.add_abbreviation(title)
    return tokenizer
