"""Languages by their codes, as articles name them and people write them; names and codes are from Unicode's CLDR."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*")
# The two written Norwegians are one language to readers and stemmers; names in everyday use that CLDR lacks.
_ONE_LANGUAGE = {"nb": "no", "nn": "no"}
_EVERYDAY = {"mandarin": "zh", "farsi": "fa"}


def language_code(name: str) -> str | None:
    """Return the code of a language: "en" for "en-US", "EN", "eng" and "English"; None for what is no language."""
    lower = name.strip().lower()
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
