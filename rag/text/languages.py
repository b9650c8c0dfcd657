"""Languages by their codes, as articles name them and people write them."""

from __future__ import annotations

import re

# English name of each two-letter code (ISO 639-1).
_NAMES = dict(
    pair.split(":")
    for pair in """ar:Arabic bn:Bengali bg:Bulgarian ca:Catalan zh:Chinese hr:Croatian cs:Czech da:Danish nl:Dutch
    en:English et:Estonian fa:Persian fi:Finnish fr:French de:German el:Greek he:Hebrew hi:Hindi hu:Hungarian
    is:Icelandic id:Indonesian ga:Irish it:Italian ja:Japanese km:Khmer ko:Korean lo:Lao lv:Latvian lt:Lithuanian
    ms:Malay my:Burmese ne:Nepali no:Norwegian pl:Polish pt:Portuguese ro:Romanian ru:Russian sr:Serbian sk:Slovak
    sl:Slovenian es:Spanish sw:Swahili sv:Swedish ta:Tamil th:Thai tr:Turkish uk:Ukrainian ur:Urdu vi:Vietnamese
    cy:Welsh""".split()
)
# Other names and codes of the same: what they call themselves, three letters (ISO 639-2), the two written Norwegians.
_OTHERWISE = dict(
    pair.split(":")
    for pair in """mandarin:zh farsi:fa deutsch:de français:fr español:es italiano:it português:pt русский:ru
    українська:uk 中文:zh 日本語:ja nb:no nn:no iw:he ara:ar ben:bn bul:bg cat:ca chi:zh zho:zh hrv:hr
    cze:cs ces:cs dan:da dut:nl nld:nl eng:en est:et per:fa fas:fa fin:fi fre:fr fra:fr ger:de
    deu:de gre:el ell:el heb:he hin:hi hun:hu ice:is isl:is ind:id gle:ga ita:it jpn:ja khm:km
    kor:ko lao:lo lav:lv lit:lt may:ms msa:ms bur:my mya:my nep:ne nor:no nob:no nno:no pol:pl
    por:pt rum:ro ron:ro rus:ru srp:sr slo:sk slk:sk slv:sl spa:es swa:sw swe:sv tam:ta tha:th
    tur:tr ukr:uk urd:ur vie:vi wel:cy cym:cy""".split()
)
CODES_BY_NAME = {name.lower(): code for code, name in _NAMES.items()} | {"mandarin": "zh", "farsi": "fa"}
"""Codes by the names, in lower case, that an English question may use."""
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*")


def language_code(name: str) -> str | None:
    """Return the code of a language: "en" for "en-US", "EN", "eng" and "English"; None for what is no language."""
    lower = name.strip().lower()
    tag = _TAG.fullmatch(lower)
    code = tag[1] if tag else lower
    return CODES_BY_NAME.get(lower) or _OTHERWISE.get(code) or (code if tag else None)


def language_name(code: str) -> str:
    """Return the English name of a language; the code itself where the name is not known."""
    return _NAMES.get(code, code)
