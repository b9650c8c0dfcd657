"""Cuts text into words, and into the terms by which two texts are compared."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from threading import Lock

# Written without spaces between words, or, as Korean, with particles grown on: Han, kana, Hangul, Thai, Lao, Khmer,
# Burmese. Their runs are cut into overlapping pairs of characters, as Lucene's CJKAnalyzer does.
_SPACELESS = (
    "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
    "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7fb"
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf"
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u1000-\u103f\u1050-\u109d\ua9e0-\ua9ef\uaa60-\uaa7f"
)
# Accents and vowels that are characters of their own and belong to the letter before, which to Python are no letters:
# combining accents, Hebrew, Arabic, Syriac, Thaana, and the scripts of India.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0971-\u0dff"
)
_ONE_AT_A_TIME = Lock()
_RUN = re.compile(f"[{_SPACELESS}]+")
_LETTERS = f"[^\\W_{_SPACELESS}]+(?:[{_MARKS}]+[^\\W_{_SPACELESS}]*)*"
# Letters and digits, with the points, commas, apostrophes and ampersands that stand inside a word: 1,200.50 U.S. AT&T
_WORD = re.compile(f"{_RUN.pattern}|{_LETTERS}(?:[.,'’&]{_LETTERS})*")
# The same where there is nothing but ASCII, which goes five times as fast.
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:[.,'&][A-Za-z0-9]+)*")

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


# Codes of the languages that Snowball has a stemmer for, but for those of scripts without spaces.
_STEMMERS = dict(
    pair.split(":")
    for pair in """ar:arabic ca:catalan cs:czech da:danish nl:dutch en:english et:estonian fi:finnish fr:french
    de:german el:greek hi:hindi hu:hungarian id:indonesian ga:irish it:italian lt:lithuanian ne:nepali no:norwegian
    fa:persian pl:polish pt:portuguese ro:romanian ru:russian sr:serbian es:spanish sv:swedish ta:tamil
    tr:turkish hy:armenian eu:basque eo:esperanto st:sesotho yi:yiddish""".split()
)
ENGLISH = "en"
# Share of stop words from which on a question is taken for English: "Who owns the harbour?" has a half of them.
_ENGLISH_SHARE = 0.25


def words(text: str) -> list[str]:
    """Words of ``text`` in order, case and accents folded; single characters where a script parts no words."""
    text = _plain(text)
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    if not _RUN.search(text):
        return list(map(_folded, _WORD.findall(text)))
    found = list[str]()
    for word in _WORD.findall(text):
        if _RUN.match(word):
            found += _folded_run(word)
        else:
            found.append(_folded(word))
    return found


def length_in_words(text: str) -> int:
    """How many words a text has, about; two characters count as one where a script parts no words."""
    runs = _RUN.findall(text)
    return len(_RUN.sub(" ", text).split()) + (sum(map(len, runs)) + len(runs)) // 2


def counted(number: int, noun: str) -> str:
    """Write a number of things: "1 article", "1,200 articles"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def fold(text: str) -> str:
    """Fold case, accents and typographic quotation marks, so that two spellings of one name compare equal."""
    if not text.isascii():
        text = text.replace("’", "'").replace("‘", "'")
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not _is_accent(c))
        text = unicodedata.normalize("NFC", text)  # Korean syllables and voiced kana are one character again
    return text.casefold()


# A text's words are few, and each stands in many texts.
_folded = lru_cache(maxsize=200_000)(fold)


def _is_accent(character: str) -> bool:
    # The classes of vowels, tones, and signs that make another letter, in kana and the scripts of South and Southeast
    # Asia: without them other words would be left.
    marked = unicodedata.combining(character)
    return marked > 0 and not 7 <= marked <= 9 and not 84 <= marked <= 132


def terms(text: str, language: str | None = None) -> list[str]:
    """Stems of the words of ``text`` that carry meaning, in order (Snowball stemmers, Porter 2001).

    ``language`` is the code of the article's language; None, where it names none, cuts as for English. "calls" and
    "called" give one term, and so do "U.S." and "US", "1,200" and "1200". A language without a stemmer keeps its words
    whole. Scripts without spaces between words give pairs of characters, whatever the language.
    """
    language = language or ENGLISH
    return _terms(text, language, stops=language == ENGLISH)


def question_terms(question: str, languages: Iterable[str | None]) -> dict[str, int]:
    """Terms that a question, whose own language nobody names, would have in articles of ``languages``; and how often.

    A term that several languages give counts once. When the question is English, as its many stop words show, "the" and
    "what" carry no meaning in any of them: as rare words they would outweigh the rest in articles of other languages.
    """
    wanted = dict.fromkeys(language or ENGLISH for language in languages)
    said = words(question)
    stops = _ENGLISH_SHARE * len(said) <= sum(word in STOP_WORDS for word in said) > 0
    merged = Counter[str]()
    for language in wanted:
        merged |= Counter(_terms(question, language, stops=stops or language == ENGLISH))
    return dict(merged)


def _terms(text: str, language: str, *, stops: bool) -> list[str]:
    text = _plain(text)
    if text.isascii() or not _RUN.search(text):
        said = (_ASCII_WORD if text.isascii() else _WORD).findall(text)
        return [term for word in said if (term := _term(word, language, stops))]
    found = list[str]()
    for word in _WORD.findall(text):
        if _RUN.match(word):
            run = _folded_run(word)
            found += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
        elif term := _term(word, language, stops):
            found.append(term)
    return [term for term in found if term]


def _plain(text: str) -> str:
    """Text with typewriter's apostrophes, and without the marks that part words anyway; of most news it makes ASCII."""
    if not text.isascii():
        text = text.replace("’", "'")
        for mark in "‘“”–—…":
            text = text.replace(mark, " ")
    return text


def _folded_run(run: str) -> str:
    return "".join(fold(run).split())


@lru_cache(maxsize=200_000)
def _term(word: str, language: str, stops: bool) -> str | None:
    if word[0].isdigit():
        return fold(word).replace(",", "")
    letters = word.replace(".", "")
    if len(letters) > 1 and letters.isupper():
        return fold(letters)  # an abbreviation, even where it spells a stop word: US, WHO, IT
    folded = fold(word).removesuffix("'s")
    if stops and folded in STOP_WORDS:
        return None
    stemmer = _stemmer(language)
    if stemmer is None:
        return folded.replace("'", "")
    if language == ENGLISH:
        return _stem(stemmer, folded.replace("'", ""))
    # Other stemmers read accents, and leave off "l'" and "d'"; what they leave is folded like all else.
    plain = unicodedata.normalize("NFC", word)
    if language == "tr":
        plain = plain.replace("İ", "i").replace("I", "ı")
    plain = plain.lower().replace("’", "'").removesuffix("'s")
    return fold(_stem(stemmer, plain)).replace("'", "")


def _stem(stemmer, word: str) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001 - snowballstemmer has no types
    with _ONE_AT_A_TIME:  # a stemmer keeps the word in itself, and questions are answered by several threads
        return str(stemmer.stemWord(word))


@cache
def _stemmer(language: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - snowballstemmer has no types
    import snowballstemmer

    return snowballstemmer.stemmer(_STEMMERS[language]) if language in _STEMMERS else None
