"""A language has one code and one name."""

from __future__ import annotations

import pytest

from rag.text.languages import language_code, language_name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("en-US", "en"), ("EN", "en"), ("eng", "en"), ("English", "en"), ("Deutsch", "de"), ("nb_NO", "no")),
        *(("zh-Hant-TW", "zh"), ("zho", "zh"), ("Mandarin", "zh"), ("xx", "xx"), ("klingonic", None), ("", None)),
    ],
)
def test_a_language_has_one_code(name: str, code: str | None) -> None:
    assert language_code(name) == code


def test_a_language_has_a_name() -> None:
    assert (language_name("fr"), language_name("xx")) == ("French", "xx")
