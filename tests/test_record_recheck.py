"""Old answers against the index of today: what holds, what moved, what was changed and what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag import Answerer, Claim, Span
from rag.record.recheck import RecheckedCitation, Standing, recheck
from rag.record.serialize import from_json, to_json
from rag.store.snapshot import Snapshot
from tests.cited import answer_of, cite, said
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

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
    answer = answer_of(*(said(*one, marker) for marker, one in enumerate(cited, start=1)))
    before = recheck(answer, Snapshot.open(index))
    assert (before.holds, [one.standing for one in before.citations]) == (True, [Standing.HOLDS] * 5)

    build_index(index, [HARBOUR, CORRECTED, PROTEST])
    snapshot = Snapshot.open(index)
    checked = recheck(from_json(to_json(answer)), snapshot)
    changed, moved, gone, same, missing = answer.citations
    assert checked.citations == (
        RecheckedCitation(changed, Standing.CHANGED, CORRECTED, None, instead=2),
        RecheckedCitation(moved, Standing.HOLDS_REVISED, CORRECTED, Span(3, 0, 71)),
        RecheckedCitation(gone, Standing.CHANGED, CORRECTED, None, instead=None),
        RecheckedCitation(same, Standing.HOLDS, PROTEST, Span(1, 0, 64)),
        RecheckedCitation(missing, Standing.MISSING, None, None),
    )
    assert (checked.snapshot, checked.holds) == (snapshot.id, False)
    assert checked.affected == (answer.claims[0], answer.claims[2], answer.claims[4])
    harbour = "“Harbour tolls rise” (The Ellery Courier, 4 March 2025), updated 6 March 2025, paragraph"
    assert [str(one) for one in checked.citations] == [
        f"[1] no longer holds, the article was changed: {harbour} 1, said: “{HARBOUR.paragraphs[0]}”\n"
        "    paragraph 2 says now: “The harbour master of Port Ellery raised the tolls by six per cent on Tuesday.”",
        f"[2] holds, word for word, in another version of the article: {harbour} then 2, now 3",
        f"[3] no longer holds, the article was changed: {harbour} 3, said: “{HARBOUR.paragraphs[2]}”\n"
        "    it says nothing like it now",
        "[4] holds: “Fishermen block the quay” (Strand Radio, 12 April 2025), paragraph 1",
        "[5] cannot be checked, the article is not in this index: “Orchestra finds a new hall” (The Ellery Courier, "
        f"2 May 2025), paragraph 1, said: “{ORCHESTRA.paragraphs[0]}”",
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


def test_a_refusal_is_kept_and_holds(toy_index: Path) -> None:
    refused = Answerer.open(toy_index, embedder=ToyEmbedder()).answer("What is quantum?")
    assert refused.refused
    read = from_json(to_json(refused))
    checked = recheck(read, Snapshot.open(toy_index))
    assert (read, checked.citations, checked.affected, checked.holds) == (refused, (), (), True)
