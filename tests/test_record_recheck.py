"""Old answers against the index of today: what holds, what moved, what was changed and what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag import Answer, Answerer, Article, Claim, Retriever, Span
from rag.answer.drafts import Draft, Evidence
from rag.answer.extractive import ExtractiveGenerator
from rag.check.verdicts import Rule
from rag.record.recheck import RecheckedCitation, Standing, recheck
from rag.record.serialize import from_json, to_json
from rag.store.snapshot import Snapshot
from tests.cited import Fixed, answer_of, cite, said
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index


def whole(article: Article, number: int, text: str = "") -> Draft:
    paragraph = article.paragraph(number)
    return Draft(text or paragraph, (Evidence(article, number, 0, len(paragraph), paragraph),))


def asked(index: Path, *drafts: Draft) -> Answer:
    retriever = Retriever.open(index, embedder=ToyEmbedder())
    return Answerer(retriever, Fixed(*drafts)).answer("Who raised the tolls?")


CORRECTED = replace(
    HARBOUR,
    updated=date(2025, 3, 6),
    paragraphs=(
        "Correction: an earlier version gave the wrong figure.",
        "The harbour master of Port Ellery raised the tolls by six per cent on Tuesday.",
        HARBOUR.paragraphs[1],
    ),
)


def test_an_old_answer_is_checked_against_the_corrected_article(tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(index, [HARBOUR, PROTEST, ORCHESTRA])
    cited = [(HARBOUR, 1), (HARBOUR, 2), (HARBOUR, 3), (PROTEST, 1), (ORCHESTRA, 1)]
    answer = asked(index, *(whole(*one) for one in cited))
    before = recheck(answer, Snapshot.open(index))
    assert before.holds
    assert [one.standing for one in before.citations] == [Standing.HOLDS] * 5

    build_index(index, [HARBOUR, CORRECTED, PROTEST])
    snapshot = Snapshot.open(index)
    read = from_json(to_json(answer))
    checked = recheck(read, snapshot)
    changed, moved, gone, same, missing = checked.citations
    assert changed == RecheckedCitation(read.citations[0], Standing.CHANGED, CORRECTED, None, instead=2)
    assert moved == RecheckedCitation(read.citations[1], Standing.HOLDS_REVISED, CORRECTED, Span(3, 0, 71))
    assert gone == RecheckedCitation(read.citations[2], Standing.CHANGED, CORRECTED, None, instead=None)
    assert same == RecheckedCitation(read.citations[3], Standing.HOLDS, PROTEST, Span(1, 0, 64))
    assert missing == RecheckedCitation(read.citations[4], Standing.MISSING, None, None)
    assert (checked.snapshot, checked.holds) == (snapshot.id, False)
    assert checked.affected == (read.claims[0], read.claims[2], read.claims[4])
    assert [str(one) for one in checked.citations] == [
        "[1] no longer holds, the article was changed: “Harbour tolls rise” (The Ellery Courier, 4 March 2025), "
        "updated 6 March 2025, paragraph 1, said: “The harbour master of Port Ellery raised the tolls by nine per "
        "cent on Tuesday.”\n    paragraph 2 says now: “The harbour master of Port Ellery raised the tolls by six per "
        "cent on Tuesday.”",
        "[2] holds, word for word, in another version of the article: “Harbour tolls rise” (The Ellery Courier, "
        "4 March 2025), updated 6 March 2025, paragraph then 2, now 3",
        "[3] no longer holds, the article was changed: “Harbour tolls rise” (The Ellery Courier, 4 March 2025), "
        "updated 6 March 2025, paragraph 3, said: “Fishermen called the rise unfair and announced a protest.”\n"
        "    it says nothing like it now",
        "[4] holds: “Fishermen block the quay” (Strand Radio, 12 April 2025), paragraph 1",
        "[5] cannot be checked, the article is not in this index: “Orchestra finds a new hall” (The Ellery Courier, "
        "2 May 2025), paragraph 1, said: “The Vellmar orchestra will move into the old tram depot in autumn.”",
    ]
    assert str(checked) == f"2 of 5 citations hold in snapshot {snapshot.id}"

    build_index(index, [HARBOUR])  # an older version is no proof either
    claim = Claim("x", (cite(CORRECTED, 2, 1), cite(CORRECTED, 3, 2)))
    checked = recheck(answer_of(claim), Snapshot.open(index))
    assert [one.standing for one in checked.citations] == [Standing.CHANGED, Standing.HOLDS_REVISED]
    assert ([one.article for one in checked.citations], checked.affected) == ([HARBOUR, HARBOUR], (claim,))


@pytest.mark.parametrize(
    ("quote", "paragraphs", "expected"),
    [
        ("Tolls will rise.", ("Tolls will rise.",), Span(1, 0, 16)),
        ("Tolls will rise.", ("News.", "Boats came. Tolls will rise. Boats left."), Span(2, 12, 28)),
        ("Tolls will rise.", ("It is false that Tolls will rise.",), None),
        ("Tolls will rise.", ("Tolls will rise. So it goes.", "Tolls will rise."), Span(1, 0, 16)),
        ("Tolls will rise.", ("Now this.", "Tolls will rise, they say."), None),
        ("Tolls will rise.", (), None),
        ("will rise", ("Tolls will rise soon.",), Span(1, 6, 15)),  # of a sentence that was not cited whole
        ("will rise", ("Sawill riseth.",), None),
    ],
)
def test_words_that_moved_are_found_where_they_mean_the_same(
    tmp_path: Path, quote: str, paragraphs: tuple[str, ...], expected: Span | None
) -> None:
    old = replace(HARBOUR, paragraphs=("Tolls will rise.", "An end."))
    new = replace(HARBOUR, paragraphs=(*paragraphs, "Something else happened."), updated=date(2025, 3, 9))
    build_index(tmp_path / "index", [old, new])
    checked = recheck(answer_of(said(old, 1, 1, quote)), Snapshot.open(tmp_path / "index"))
    [one] = checked.citations
    assert (one.place, checked.holds, one.article) == (expected, expected is not None, new)


def test_a_refusal_is_kept_and_holds(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    retriever = Retriever.open(tmp_path / "index", embedder=ToyEmbedder())
    refused = Answerer(retriever, ExtractiveGenerator()).answer("What is quantum?")
    assert refused.refused
    read = from_json(to_json(refused))
    assert read == refused
    checked = recheck(read, Snapshot.open(tmp_path / "index"))
    assert (checked.citations, checked.affected, checked.holds) == ((), (), True)


def test_what_a_generator_wrote_is_kept_with_what_was_cut(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    answer = asked(
        tmp_path / "index",
        whole(HARBOUR, 1, "The harbour master raised the tolls by nine per cent."),
        whole(HARBOUR, 1, "The harbour master raised the tolls by ten per cent."),
    )
    assert [one.rule for one in answer.cut] == [Rule.NUMBER]
    assert len(answer.claims) == 1
    read = from_json(to_json(answer))
    assert (read, read.timings) == (answer, answer.timings)
