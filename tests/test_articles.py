from dataclasses import replace
from datetime import date

import pytest

from tests.toy import HARBOUR


def test_id_comes_from_the_page_whatever_way_led_there() -> None:
    same = [
        "https://www.ellery-courier.example/2025/03/04/tolls",
        "http://ellery-courier.example/2025/03/04/tolls/?utm_source=x&fbclid=1#top",
        "https://ELLERY-COURIER.example/2025/03/04/tolls",
    ]
    assert {replace(HARBOUR, url=url).id for url in same} == {HARBOUR.id}
    assert (
        replace(HARBOUR, url="https://ellery-courier.example/?p=12").id
        != replace(HARBOUR, url="https://ellery-courier.example/?p=13").id
    )


def test_id_without_url_comes_from_the_text() -> None:
    one = replace(HARBOUR, url=None)
    assert one.id == replace(one, published=None).id
    assert one.id != replace(one, paragraphs=("Other text.",)).id


def test_version_changes_with_anything_a_reader_sees() -> None:
    versions = {HARBOUR.version, replace(HARBOUR, updated=date(2025, 3, 5)).version}
    versions |= {replace(HARBOUR, title="Tolls").version, replace(HARBOUR, paragraphs=("Tolls rose.",)).version}
    assert len(versions) == 4
    assert HARBOUR.version == replace(HARBOUR).version


def test_paragraph_outside_the_article() -> None:
    assert HARBOUR.paragraph(3) == "Fishermen called the rise unfair and announced a protest."
    for number in (0, 4, -1):
        with pytest.raises(IndexError, match=f"has 3 paragraphs, not a paragraph {number}"):
            HARBOUR.paragraph(number)
