"""Kept answers: the same when read back, refused when altered, written whole or not at all, and checked anew."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Answer, Answerer, Article, Claim, Cut, Hit, Passage, Scope, Span
from rag.answer.answers import VERBATIM, Choices
from rag.articles import Subheading
from rag.check.verdicts import Outcome, Rule, Support, Verdict
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.question_kind import QuestionKind
from rag.query.spelling import Correction
from rag.record.recheck import RecheckedCitation, Standing, recheck
from rag.record.serialize import FORMAT, from_json, read_answer, save_answer, to_json
from rag.search.hits import Explanation, NearDuplicate
from rag.store.protocol import Summary
from rag.store.snapshot import Snapshot
from tests.cited import SUMMARY, answer_of, cite, said
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

FULL = replace(
    HARBOUR,
    agency="Strand Wire",
    published_at=datetime(2025, 3, 4, 9, 30, tzinfo=UTC),
    updated=date(2025, 3, 5),
    updated_at=datetime(2025, 3, 5, 7, 0, 1),
    section="Local “news”\u2028\ud83d",
    language="en",
    subheadings=(Subheading("The wall", 2),),
)


def passage_of(article: Article, *spans: Span) -> Passage:
    text = "\n\n".join(article.paragraph(one.paragraph)[one.start : one.end] for one in spans)
    return Passage(article.id, spans, text)


TWICE = passage_of(FULL, Span(1, 4, 20), Span(2, 0, 71))
NEAR = NearDuplicate(passage_of(PROTEST, Span(1, 0, 64)), PROTEST)
ROSE = Verdict(Outcome.SUPPORTED, None, "both say it", (Support(FULL, 1, 34, 50), Support(PROTEST, 2, 0, 10)))
NEEDED = Verdict(Outcome.SUPPORTED, None, "paragraph 2 says it", (Support(FULL, 2, 0, 71),), ("wanted",))
CONSTRAINT = Constraint("days", 4, 8, "week", True, published_from=date(2025, 3, 1), published_to=None)
# Every field of every type holds something else than its default.
EVERYTHING_IN_IT = Answer(
    question="Who\x00 raised \udce4 the tolls?",
    scope=Scope(
        date(2025, 1, 1), date(2025, 12, 31), ("The Ellery Courier",), ("Mara Quill",), ("fr", "en"), (HARBOUR.id,)
    ),
    claims=(
        Claim("They rose.", (cite(FULL, 1, 1, "raised the tolls"), cite(PROTEST, 2, 2)), ROSE),
        Claim("Money is needed.", (cite(FULL, 2, 3),), NEEDED),
        Claim("raised the tolls [May 2025]", (cite(FULL, 1, 4, "raised the tolls"),), VERBATIM, ((16, 27),), (11, 16)),
    ),
    refused=False,
    kind=QuestionKind.LATEST,
    nearest=(said(PROTEST, 2, 1),),
    reason="No article names “Ruhl”.",
    corrections=(Correction("Elery", "Ellery"),),
    hits=(
        Hit(1, 0.1 + 0.2, TWICE, FULL, Explanation(1.5, -0.25, "a sub-query", 0.9), (NEAR,)),
        Hit(2, 0.0, passage_of(ORCHESTRA, Span(1, 0, 66)), ORCHESTRA, Explanation(0.0, 1e-300, "")),
    ),
    searched=replace(SUMMARY, newest=None, undated=4, languages=(("en", 2), ("fr", 1)), unnamed=5),
    snapshot="20250101T000000Z-00000000",
    cut=(
        Cut("It fell.", "they say otherwise", Outcome.CONTRADICTED, Rule.NEGATION),
        Cut("x", "y", Outcome.UNSUPPORTED, None),
    ),
    parsed=ParsedQuery(
        "Who?", date(2025, 3, 9), (CONSTRAINT, replace(CONSTRAINT, kind="phrase")), (CONSTRAINT,), (CONSTRAINT,)
    ),
    relaxed=(CONSTRAINT,),
    unanswered=("who paid them?",),
    probability=0.25,
    notice="The server is down; quotations were looked for instead.",
    rewritten="Who raised the harbour tolls?",
    choices=Choices(Scope(outlets=("The Ellery Courier",)), date(2025, 3, 9), False, ("week",)),
    generator="openai:model",
    model="toy",
    timings={"searched": 0.001, "whole": 1.0},
)
REFUSAL = Answer("Why?", Scope(), (), True, (), Summary(0, (), None, None), "s")


@pytest.mark.parametrize("answer", [EVERYTHING_IN_IT, REFUSAL], ids=["everything in it", "refusal"])
def test_an_answer_is_the_same_when_read_back(answer: Answer) -> None:
    text = to_json(answer)
    read = from_json(text)
    assert read == answer
    assert read.timings == answer.timings  # which do not count when answers are compared
    assert to_json(read) == text
    assert text.encode("utf-8")  # half a pair is written as its code


def test_a_record_from_before_a_field_was_added_is_read() -> None:
    record = json.loads(to_json(REFUSAL))
    added = ("kind", "nearest", "reason", "corrections", "help")
    for name in (
        *added,
        "cut",
        "parsed",
        "relaxed",
        "unanswered",
        "notice",
        "rewritten",
        "choices",
        "generator",
        "model",
        "timings",
    ):
        del record["answer"][name]
    del record["answer"]["scope"]["articles"]
    assert from_json(json.dumps(record)) == REFUSAL


def test_the_record_has_this_form() -> None:
    """Pinned: what was kept with one release must be read by the next."""
    record = json.loads(to_json(EVERYTHING_IN_IT))
    assert list(record) == ["record", "format", "answer", "articles"]
    assert (record["record"], record["format"]) == ("news-rag answer", 2)
    answer, articles = record["answer"], record["articles"]
    assert list(answer) == [field.name for field in fields(Answer)]
    harbour, protest, orchestra = ({"id": one.id, "version": one.version} for one in (FULL, PROTEST, ORCHESTRA))
    assert [{"id": one["id"], "version": one["version"]} for one in articles] == [harbour, protest, orchestra]
    assert list(articles[0]) == ["id", "version", *(field.name for field in fields(Article))]
    assert articles[0]["published_at"] == "2025-03-04T09:30:00+00:00"
    assert articles[0]["subheadings"] == [{"text": "The wall", "before": 2}]
    citation = {"marker": 1, "article": harbour, "paragraph": 1, "start": 34, "end": 50, "quote": "raised the tolls"}
    assert answer["claims"][0]["citations"][0] == citation
    assert answer["claims"][1]["verdict"] == {
        **{"outcome": "supported", "rule": None, "reason": "paragraph 2 says it", "unchecked": ["wanted"]},
        "supports": [{"article": harbour, "paragraph": 2, "start": 0, "end": 71}],
    }
    assert answer["searched"]["outlets"] == [["The Ellery Courier", 2], ["Strand Radio", 1]]


def test_a_record_is_read_whose_ids_were_made_by_older_rules_of_addresses() -> None:
    read = from_json(to_json(EVERYTHING_IN_IT).replace(FULL.id, "0123456789abcdef"))
    assert (read.claims, read.hits[0].article.id) == (EVERYTHING_IN_IT.claims, FULL.id)


REMOVED: Any = object()


def altered(path: Sequence[str | int], value: object) -> str:
    """The record with another value at a place."""
    record = place = json.loads(to_json(EVERYTHING_IN_IT))
    for step in path[:-1]:
        place = place[step]
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(record)


CLAIM, QUOTED, CITATION = "answer.claims.1", "answer.claims.2", "answer.claims.0.citations.0"
QUOTE_1 = "the quote of citation 1 does not stand in paragraph 1 of “Harbour tolls rise” at characters "
ALTERED: list[tuple[str, object, str]] = [
    ("record", "answer", "this is no record of an answer: rag ask … --save FILE writes one"),
    ("format", 1, f"the record has format 1, and this news-rag reads format {FORMAT}: ask again, and save"),
    ("format", FORMAT + 1, f"has format {FORMAT + 1}, and this news-rag reads format {FORMAT}: update"),
    ("extra", 1, "extra fields found (extra) @ record"),
    ("articles.0.paragraphs.2", "Fishermen called it fair.", "article was altered, its text gives"),
    ("articles.0.title", None, "expected str @ record.articles[0].title"),
    ("articles.2", REMOVED, "it names no article of the record @ record.answer.hits[1].article"),
    ("answer.refused", 0, "expected bool @ record.answer.refused"),
    ("answer.refused", True, "it is a refusal with claims"),
    ("answer.kind", "poem", "'poem' is not a valid QuestionKind @ record.answer.kind"),
    ("answer.nearest.0.citations.0.start", 1, "the quote of citation 1 does not stand in paragraph 2 of “Fishermen"),
    (f"{QUOTED}.insertions.0.1", 99, "is given as a quotation, and is not what it cites"),
    (f"{QUOTED}.is_title", True, "is given as a quotation, and is not what it cites"),
    (f"{QUOTED}.answer_span", [9, 9], "it marks characters that"),
    (f"{QUOTED}.insertions", [], "is given as a quotation, and is not what it cites"),
    (f"{QUOTED}.text", "raised the tolls never, ever", "is given as a quotation, and is not what it cites"),
    (f"{QUOTED}.citations", [], "it has a claim without a citation"),
    (f"{CITATION}.quote", "lowered the tolls", f"{QUOTE_1}34 to 50"),
    (f"{CITATION}.start", -46, f"{QUOTE_1}-46 to 50"),
    (f"{CLAIM}.verdict.outcome", "true", "'true' is not a valid Outcome @ record.answer.claims[1].verdict.out"),
    (f"{CLAIM}.verdict.supports.0.end", 900, "a verdict rests on characters that"),
    (f"{CLAIM}.verdict.supports", [], "“Money is needed.” is given as a quotation, and is not what it"),
    ("answer.hits.0.passage.text", "x", "a passage of hit 1 does not stand in “Harbour tolls"),
    ("answer.hits.0.score", float("nan"), "expected float @ record.answer.hits[0].score"),
    ("answer.scope.published_from", "2026-01-01", "the range of days is the wrong way round"),
]


@pytest.mark.parametrize(("place", "value", "message"), ALTERED, ids=[one[0] for one in ALTERED])
def test_an_altered_record_is_refused_and_said_where(place: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        from_json(altered([int(step) if step.isdigit() else step for step in place.split(".")], value))


def test_an_answer_that_nobody_could_read_back_is_not_written() -> None:
    wrong = Claim("They fell.", (replace(cite(HARBOUR, 1, 1), quote="They fell"),))
    with pytest.raises(ValueError, match="the quote of citation 1 does not stand in paragraph 1"):
        to_json(replace(REFUSAL, refused=False, claims=(wrong,)))


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield from places(item, (*path, step))


PLACES = list(places(json.loads(to_json(EVERYTHING_IN_IT))))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PLACES), JSON | st.sampled_from(["2025-01-01", "fr", "supported", 1, 0, 10**400]))
def test_no_altered_record_is_more_than_a_value_error(path: tuple[str | int, ...], value: object) -> None:
    try:
        read = from_json(altered(path, value))
    except ValueError:
        return
    assert from_json(to_json(read)) == read


def test_a_record_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, link = tmp_path / "answer.json", tmp_path / "link.json"
    save_answer(path, REFUSAL)
    assert read_answer(path) == REFUSAL

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left on device") as error:
        save_answer(path, EVERYTHING_IN_IT)
    monkeypatch.undo()
    assert (error.value.filename, list(tmp_path.iterdir())) == (str(path), [path])
    assert read_answer(path) == REFUSAL
    link.symlink_to(path)
    save_answer(link, EVERYTHING_IN_IT)
    assert link.is_symlink()
    assert read_answer(path) == EVERYTHING_IN_IT


NO_RECORDS = [b"", b"null", b"notes of mine", b'{"record": "other"}', b"\xff\xfe", b"[" * 100_000, b"1" * 5000]


@pytest.mark.parametrize("content", NO_RECORDS, ids=[str(one[:9]) for one in NO_RECORDS])
def test_what_is_no_record_is_neither_read_nor_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notes\.json is there, and is no record of an answer: name another file"):
        save_answer(path, REFUSAL)
    assert path.read_bytes() == content
    reason = r"notes\.json: (this is no record of an answer: rag ask … --save FILE|'utf-8')"
    with pytest.raises(ValueError, match=reason):
        read_answer(path)


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
        ("will rise", ("Tolls will rise soon.",), Span(1, 6, 15)),  # of a sentence that was not cited whole
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
