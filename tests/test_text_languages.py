"""Languages by their names and codes."""

from __future__ import annotations

import pytest

from rag.text.languages import codes_by_name, language_code, language_name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("en-US", "en"), ("EN", "en"), ("eng", "en"), ("English", "en"), ("Deutsch", "de"), ("nb_NO", "no")),
        *(("ger", "de"), ("deu", "de"), ("iw", "he"), ("日本語", "ja"), ("Farsi", "fa"), ("Norwegian", "no")),
        *(("zh-Hant-TW", "zh"), ("zho", "zh"), ("Mandarin", "zh"), ("xx", "xx"), ("klingonic", None), ("", None)),
    ],
)
def test_a_language_has_one_code(name: str, code: str | None) -> None:
    assert language_code(name) == code


def test_a_language_has_an_english_name() -> None:
    assert (language_name("fr"), language_name("no"), language_name("xx")) == ("French", "Norwegian", "xx")
    assert (codes_by_name()["welsh"], codes_by_name()["chinese"]) == ("cy", "zh")
