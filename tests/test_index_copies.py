"""One story in many outlets is one group; two reports in the same words, but of other things, are two."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from index.copies import CopyGroups, sketch
from rag.articles import Article
from tests.toy import HARBOUR

SYLLABLES = "ba do ker lin mar no pel qua ros sti tam ur vel wo".split()


def text(seed: int, sentences: int = 40) -> tuple[str, ...]:
    """Sentences of invented words, eleven each."""
    chance = random.Random(seed)
    said = [[chance.choice(SYLLABLES) + chance.choice(SYLLABLES) for _ in range(11)] for _ in range(sentences)]
    return tuple(" ".join(one).capitalize() + "." for one in said)


def article(*paragraphs: str) -> Article:
    return replace(HARBOUR, paragraphs=paragraphs, url=None)


def placed(*articles: Article) -> list[int]:
    groups = CopyGroups()
    return [groups.place(number, sketch(one)) for number, one in enumerate(articles)]


@pytest.mark.parametrize("original", [text(1), text(2, sentences=16)])
def test_a_copy_joins_the_first_and_what_is_no_copy_begins_a_group(original: tuple[str, ...]) -> None:
    own = ("Readers in Vellmar will hear more of it at the town hall on Thursday.",)
    dateline = (f"VELLMAR, 4 March (ANS) — {original[0]}", *original[1:])
    cut, localised, brief = original[: len(original) // 2], own + original[1:-1] + own, original[:3]
    assert placed(article(*original), *(article(*one) for one in (dateline, cut, localised, brief))) == [0] * 5
    assert placed(article(*cut), article(*original), article(*localised)) == [0, 0, 0]
    other = text(3)
    background = other[:20] + original[-3:]
    assert placed(article(*original), article(*other), article(*background)) == [0, 1, 1]


def test_a_chain_of_changes_does_not_merge_two_stories() -> None:
    story, other = text(4), text(5)
    between = [*story[:15], *other[:15]]
    assert placed(article(*story[:30]), article(*between), article(*other[:30])) == [0, 0, 2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "At least seven people died when the ferry to Strand sank in the storm on Friday night.",
            "At least nineteen people died when the ferry to Strand sank in the storm on Friday night.",
        ),
        (
            "Rain in the morning, 80 per cent, then 12 degrees and wind of 30 kilometres an hour from the west. " * 3,
            "Rain in the morning, 60 per cent, then 15 degrees and wind of 45 kilometres an hour from the west. " * 3,
        ),
        ("He did not comment on the report.", "He did not comment on the report."),
        ("", ""),
    ],
)
def test_the_same_words_are_no_copy_with_other_figures_or_where_they_are_few(one: str, other: str) -> None:
    assert placed(article(one), article(other)) == [0, 1]
    assert placed(article(one, *text(6)), article(other, *text(6))) == [0, 0]  # one sentence of many


def test_known_heads_place_as_those_that_came_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.copies._FRESH", 300)  # so that arrays are sorted and merged
    articles = [article(*text(seed, sentences=10 + seed)) for seed in range(30)]
    copies = [article(*one.paragraphs[2:]) for one in articles]
    groups = CopyGroups()
    assert [groups.place(100 + number, sketch(one)) for number, one in enumerate(articles)] == [*range(100, 130)]
    again = CopyGroups((100 + number, sketch(one)) for number, one in enumerate(articles))
    for known in (groups, again):
        assert [known.place(200 + number, sketch(one)) for number, one in enumerate(copies)] == [*range(100, 130)]


def test_furniture_of_many_stories_makes_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.copies._FURNITURE", 3)
    first, *others = (sketch(article(*text(seed, sentences=10), *text(7, sentences=30))) for seed in range(20, 26))
    assert CopyGroups([(0, first)]).place(9, others[0]) == 0
    assert CopyGroups([(0, first), *enumerate(others[1:], start=1)]).place(9, others[0]) == 9


def test_a_sketch_is_the_same_in_every_run() -> None:
    one = sketch(HARBOUR)
    assert (len(one), hex(one[0]), str(one.dtype)) == (38, "0x986ec325d20dbda", "uint64")
    assert np.array_equal(sketch(article(*(each.upper() for each in HARBOUR.paragraphs))), one)
