"""What becomes of an article beside the versions of it that are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from index.versions import Fate, is_stub, settle
from rag import Article
from rag.store.rows import Known
from tests.toy import HARBOUR

DAY = date(2025, 3, 6)
OTHER = replace(HARBOUR, paragraphs=("Quite another text.",))
UPDATED = replace(OTHER, updated=DAY)
UNDATED = replace(OTHER, published=None)
EARLIER = replace(OTHER, published=date(2025, 3, 1))
EXCERPT = replace(HARBOUR, paragraphs=("Tolls are up.",), labels=("excerpt",))
EARLIER_DAY = replace(HARBOUR, published=date(2025, 3, 3))
SHORTENED = replace(HARBOUR, paragraphs=HARBOUR.paragraphs[:1])
CORRECTED = replace(HARBOUR, labels=("corrected",))


@pytest.mark.parametrize(
    ("article", "beside", "in_one_command", "later"),
    [
        (HARBOUR, [HARBOUR], Fate.REPEAT, Fate.REPEAT),
        (replace(HARBOUR, section="Port"), [HARBOUR], Fate.REPEAT, Fate.REPEAT),
        (replace(HARBOUR, published=None), [HARBOUR], Fate.REPEAT, Fate.REPEAT),
        (CORRECTED, [HARBOUR], Fate.REPEAT, Fate.CURRENT),
        (replace(HARBOUR, updated=DAY), [HARBOUR], Fate.CURRENT, Fate.CURRENT),
        (UPDATED, [HARBOUR], Fate.CURRENT, Fate.CURRENT),
        (HARBOUR, [UPDATED], Fate.EARLIER, Fate.EARLIER),
        (OTHER, [HARBOUR], Fate.CONFLICT, Fate.CURRENT),
        (UNDATED, [HARBOUR], Fate.EARLIER, Fate.CURRENT),
        (EARLIER, [HARBOUR, UNDATED], Fate.EARLIER, Fate.EARLIER),
        (EARLIER_DAY, [HARBOUR], Fate.REPEAT, Fate.CURRENT),
        (replace(HARBOUR, authors=("Mara Quill", "Tobin Vance")), [HARBOUR], Fate.REPEAT, Fate.CURRENT),
        (replace(HARBOUR, outlet="Ellery Courier"), [HARBOUR], Fate.REPEAT, Fate.CURRENT),
        (replace(HARBOUR, title="Harbour Tolls Rise"), [HARBOUR], Fate.CONFLICT, Fate.CURRENT),
        (replace(EARLIER_DAY, authors=()), [HARBOUR], Fate.REPEAT, Fate.REPEAT),
        (EARLIER_DAY, [UPDATED, HARBOUR], Fate.REPEAT, Fate.REPEAT),
        (EARLIER_DAY, [replace(HARBOUR, updated=DAY)], Fate.REPEAT, Fate.REPEAT),
        (SHORTENED, [HARBOUR], Fate.STUB, Fate.CURRENT),
        (replace(SHORTENED, labels=("excerpt",)), [HARBOUR], Fate.STUB, Fate.STUB),
        (EXCERPT, [HARBOUR], Fate.STUB, Fate.STUB),
        (HARBOUR, [EXCERPT], Fate.CURRENT, Fate.CURRENT),
    ],
)
def test_the_fate_of_an_article(article: Article, beside: list[Article], in_one_command: Fate, later: Fate) -> None:
    taken = datetime(2025, 3, 7, tzinfo=UTC)
    known = [Known(number, one, number == 1, "a.json", taken) for number, one in enumerate(beside, start=1)]
    assert settle(article, known, [True] * len(known)).fate == in_one_command
    assert settle(article, known, [False] * len(known)).fate == later


@pytest.mark.parametrize(
    ("text", "full", "expected"),
    [
        ("The tram stops. It is col", "The tram stops. It is cold.", True),
        ("The tram stops. It is col… [+20 chars]", "The tram stops. It is cold.", False),
        ("The tram stops.", "The tram stops. It is cold.", True),
        ("The tram runs.", "The tram stops. It is cold.", False),
        ("The tram stops. It is cold.", "The tram stops.", False),
    ],
)
def test_a_beginning_is_a_stub(text: str, full: str, expected: bool) -> None:
    short, long = (replace(HARBOUR, paragraphs=(one,)) for one in (text, full))
    assert is_stub(short, long) == expected
    assert not is_stub(short, replace(long, updated=DAY)) or text.endswith("col")
