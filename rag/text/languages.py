"""Languages by their codes, as articles name them and people write them; names and codes are from Unicode's CLDR."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from rag.text.words import STOP_WORDS

# What is asked with in Spanish, French, German, Italian, Portuguese, Dutch, Polish and Swedish, and stands in English
# only in names; and words of English that are some of theirs, too.
_NOT_ENGLISH = frozenset(
    """quién quiénes qué cuándo cuánto cuántos cuántas dónde cómo cuál por fue fueron los las del una
    qui que quoi quand où comment pourquoi quel quelle combien est les des aux dans été
    wer wen wem wie wann wo warum wieviel welche welcher hat haben ist sind wurde wurden der das dem den und nicht
    chi che cosa quando dove perché quanti quante gli della nel sono stato
    quem onde quantos foi foram não os uma
    wat waar wanneer waarom hoe hoeveel heeft het een werd
    kto kiedy gdzie dlaczego jak ile jest się
    vem vad när var varför hur och är
    quiero saber je veux savoir ich möchte wissen voglio sapere eu quero ik weten chcę wiedzieć jag vill veta""".split()
)
_SHARED = frozenset(
    "a am an as do have he her his in is it me no of on out over own so to under up us was were".split()
)
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*")
# The two written Norwegians are one language to readers and stemmers; names in everyday use that CLDR lacks.
_ONE_LANGUAGE = {"nb": "no", "nn": "no"}
_EVERYDAY = {"mandarin": "zh", "farsi": "fa"}


def reads_as_english(text: str) -> bool:
    """Whether a question may be English: it is in Latin letters, and not asked in words of another language."""
    letters = [one for one in text if one.isalpha()]
    if sum(not unicodedata.name(one, "").startswith("LATIN") for one in letters) > len(letters) / 2:
        return False
    said = re.findall(r"[^\W\d_]+", text)
    english = sum(word in STOP_WORDS and word not in _SHARED for word in map(str.lower, said))
    # A capital makes a name, but for that of the first word, which belongs to a name where another one follows.
    asks = [word for word in said if word.islower()] + (said[:1] if "".join(said[1:2]).islower() else [])
    foreign = sum(word.lower() in _NOT_ENGLISH for word in asks)
    return foreign <= english or (foreign < 2 and "?" not in text)


def language_code(name: str) -> str | None:
    """Return the code of a language: "en" for "en-US", "EN", "eng" and "English"; None for what is no language."""
    lower = name.strip().lower()
    if not lower:
        return None
    tag = _TAG.fullmatch(lower)
    if not tag:
        return codes_by_name().get(lower) or _codes_by_own_name().get(lower)
    from babel.core import get_global

    code = str(get_global("language_aliases").get(tag[1], tag[1]))
    return _ONE_LANGUAGE.get(code, code)


def language_name(code: str) -> str:
    """Return the English name of a language; the code itself where the name is not known."""
    from babel import Locale

    return str(Locale("en").languages.get(code, code))


@cache
def codes_by_name() -> Mapping[str, str]:
    """Return the two-letter codes (ISO 639-1) by the English names in lower case."""
    from babel import Locale

    languages = {str(code): str(name).lower() for code, name in Locale("en").languages.items()}
    codes = {name: _ONE_LANGUAGE.get(code, code) for code, name in languages.items() if len(code) == 2}
    return codes | _EVERYDAY


@cache
def _codes_by_own_name() -> Mapping[str, str]:
    """Codes by what the languages call themselves; slow the first time, and only for names that are not English."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    names = {code: str(Locale(code).languages.get(code, "")).lower() for code in locale_identifiers() if len(code) == 2}
    return {name: _ONE_LANGUAGE.get(code, code) for code, name in names.items() if name}
