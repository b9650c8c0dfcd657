"""The outlets and authors of an index in a question: limits, preferences, and names that mean neither."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from rag.query.names import Names

NAMES = Names(
    outlets=[
        "The Ellery Courier",
        "Strand Radio",
        "TNC | World Business News Leader",
        "Beacon",
        "The Harbour Street Journal",
        "Vale Times - Sport",
        "The Lantern - Politics",
        "The Lantern - Sport",
    ],
    authors_written=lambda keys: [
        "Mara Quill",
        "Jonas O’Dell",
        "J. K. Rowan",
        "Ana-María Ortiz",
        "Tom St. Clair",
        "Beacon",
    ],
)


def outlets(question: str) -> list[tuple[str | None, bool]]:
    return [(one.outlet, one.restricts) for one in NAMES.find(question) if one.outlet]


def unknown(question: str) -> list[str]:
    return [one.words for one in NAMES.find_unknown(question, [])]


@pytest.mark.parametrize(
    ("question", "outlet"),
    [
        ("According to the Ellery Courier, who left?", "The Ellery Courier"),
        ("What did Strand Radio report about the toll?", "Strand Radio"),
        ("What did only the Courier say about the toll?", "The Ellery Courier"),
        ("Which mayor told Strand Radio that the toll was wrong?", "Strand Radio"),
        ('According to "Strand Radio", who left?', "Strand Radio"),
        ("What did TNC report about the toll?", "TNC | World Business News Leader"),
        ("According to the HSJ, who left?", "The Harbour Street Journal"),
        ("Beacon reported that the toll rose; who left?", "Beacon"),
        ("What does the Vale Times sports article say?", "Vale Times - Sport"),
    ],
)
def test_an_outlet_that_the_answer_is_tied_to_restricts(question: str, outlet: str) -> None:
    assert outlets(question) == [(outlet, True)]


@pytest.mark.parametrize(
    "question",
    [
        "Which outlets, like Strand Radio, reported the toll?",
        "Who bought Strand Radio?",
        "Why was Strand Radio described by the mayor as biased?",
    ],
)
def test_an_outlet_that_is_only_named_is_preferred(question: str) -> None:
    assert outlets(question) == [("Strand Radio", False)]


@pytest.mark.parametrize(
    "question",
    [
        "Beacon reports of fire: who lit it?",
        "According to hsj, who left?",
        "Which outlet other than Strand Radio reported the toll?",
        "Who heard it, Strand? Radio said so.",
        "According to the Lantern, who left?",  # the short form of two outlets
    ],
)
def test_what_is_no_outlet_or_excluded_is_not_found(question: str) -> None:
    assert outlets(question) == []


@pytest.mark.parametrize(
    "question",
    [
        "Who left, as both Strand Radio and the Ellery Courier report?",
        "How did Strand Radio cover the strike compared to the Ellery Courier?",
        "Did Strand Radio report the toll while the Ellery Courier praised the ferry?",
    ],
)
def test_outlets_that_are_compared_share_the_tie(question: str) -> None:
    assert outlets(question) == [("Strand Radio", True), ("The Ellery Courier", True)]


@pytest.mark.parametrize(
    ("question", "author"),
    [
        ("Which article by Mara Quill names the ferry?", "Mara Quill"),
        ("What did reporter Jonas O'Dell find?", "Jonas O’Dell"),
        ("What did JK Rowan write about locks?", "J. K. Rowan"),
        ("Who sued Mara Quill?", None),
        ("What did Mara Quill say?", None),
    ],
)
def test_an_author_restricts_as_a_writer_only(question: str, author: str | None) -> None:
    assert [(one.author, one.restricts) for one in NAMES.find(question)] == ([(author, True)] if author else [])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What does an article by the Evening Post say?", ["Evening Post"]),
        ("According to the Northport Herald, who left?", ["the Northport Herald"]),
        ("According to Powell, who left?", []),
        ("What do stories from Northport say?", []),
    ],
)
def test_outlets_that_the_index_lacks(question: str, words: list[str]) -> None:
    assert unknown(question) == words


def test_names_that_are_written_alike_mean_neither() -> None:
    names = Names(["The Vale", "Vále"], lambda keys: ["Bo Lind", "Bo-Lind", "J.K. Rowan", "JK Rowan"])
    assert names.find("What did JK Rowan write?") == []


@pytest.mark.parametrize(
    ("authors", "found"),
    [
        ([], [("outlet", "Bo Lind")]),
        (["Bo Lind"], [("author", None)]),
        (["Bo Lind", "Bo-Lind", "B. O. Lind"], []),
    ],
)
def test_an_author_goes_before_what_an_outlet_is_called_by(
    authors: list[str], found: list[tuple[str, str | None]]
) -> None:
    names = Names(["Bo Lind"], lambda keys: authors)
    assert [(one.kind, one.outlet) for one in names.find("What did the report by Bo Lind say?")] == found


def test_authors_are_looked_up_by_the_runs_of_words_that_may_be_a_name() -> None:
    asked = set[str]()

    def written(keys: Collection[str]) -> list[str]:
        asked.update(keys)
        return []

    Names(["Strand Radio"], written).find("Did Bo R. Lind, of Vellmar, sail?")
    runs = "did didbo didbor didborlind bo bor borlind r rlind lind of ofvellmar vellmar sail"
    assert asked == set(runs.split())


def test_names_of_no_letters_are_no_names() -> None:
    names = Names(["", " ", "|", "The", "the ", "...", "A | B | C", "(x)", "\u0301"], lambda keys: ["", "?", "x  y"])
    assert names.find("What is reported by . and ?") == []
