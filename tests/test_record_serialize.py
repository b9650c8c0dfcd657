"""Records of answers: the same when read back, refused when altered, and written whole or not at all."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Answer, Article, Claim, Cut, Hit, Passage, Scope, Span
from rag.articles import Subheading
from rag.check.verdicts import Outcome, Rule, Support, Verdict
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.record.serialize import FORMAT, from_json, read_answer, save_answer, to_json
from rag.search.hits import Explanation, NearDuplicate
from rag.store.protocol import Summary
from tests.cited import cite
from tests.toy import HARBOUR, ORCHESTRA, PROTEST

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


CONSTRAINT = Constraint("days", 4, 8, "week", True, published_from=date(2025, 3, 1), published_to=None)
# Every field of every type holds something else than its default.
EVERYTHING_IN_IT = Answer(
    question="Who\x00 raised \udce4 the tolls?",
    scope=Scope(date(2025, 1, 1), date(2025, 12, 31), ("The Ellery Courier",), ("Mara Quill",), ("fr", "en")),
    claims=(
        Claim(
            "They rose.",
            (cite(FULL, 1, 1, "raised the tolls"), cite(PROTEST, 2, 2)),
            Verdict(Outcome.SUPPORTED, None, "both say it", (Support(FULL, 1, 34, 50), Support(PROTEST, 2, 0, 10))),
        ),
        Claim(
            "Money is needed.",
            (cite(FULL, 2, 3),),
            Verdict(Outcome.SUPPORTED, None, "paragraph 2 says it", (Support(FULL, 2, 0, 71),), ("wanted",)),
        ),
    ),
    refused=False,
    hits=(
        Hit(
            1,
            0.1 + 0.2,
            passage_of(FULL, Span(1, 4, 20), Span(2, 0, 71)),
            FULL,
            Explanation(1.5, -0.25, "a sub-query", 0.9),
            (NearDuplicate(passage_of(PROTEST, Span(1, 0, 64)), PROTEST),),
        ),
        Hit(2, 0.0, passage_of(ORCHESTRA, Span(1, 0, 66)), ORCHESTRA, Explanation(0.0, 1e-300, "")),
    ),
    searched=Summary(
        3, (("The Ellery Courier", 2), ("Strand Radio", 1)), date(2025, 3, 4), None, 4, (("en", 2), ("fr", 1)), 5
    ),
    snapshot="20250101T000000Z-00000000",
    cut=(
        Cut("It fell.", "they say otherwise", Outcome.CONTRADICTED, Rule.NEGATION),
        Cut("x", "y", Outcome.UNSUPPORTED, None),
    ),
    parsed=ParsedQuery(
        "Who raised the tolls?",
        date(2025, 3, 9),
        (CONSTRAINT, replace(CONSTRAINT, kind="phrase")),
        unknown_outlets=(CONSTRAINT,),
    ),
    relaxed=(CONSTRAINT,),
    unanswered=("who paid them?",),
    probability=0.25,
    notice="The server is down; quotations were looked for instead.",
    rewritten="Who raised the harbour tolls?",
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
    for name in ("cut", "parsed", "relaxed", "unanswered", "notice", "rewritten", "generator", "model", "timings"):
        del record["answer"][name]
    assert from_json(json.dumps(record)) == REFUSAL


def test_the_record_has_this_form() -> None:
    """Pinned: what was kept with one release must be read by the next."""
    record = json.loads(to_json(EVERYTHING_IN_IT))
    assert list(record) == ["record", "format", "answer", "articles"]
    assert (record["record"], record["format"]) == ("news-rag answer", 2)
    assert list(record["answer"]) == [field.name for field in fields(Answer)]
    harbour, protest, orchestra = ({"id": one.id, "version": one.version} for one in (FULL, PROTEST, ORCHESTRA))
    assert [{"id": one["id"], "version": one["version"]} for one in record["articles"]] == [harbour, protest, orchestra]
    assert list(record["articles"][0]) == ["id", "version", *(field.name for field in fields(Article))]
    assert record["articles"][0]["published_at"] == "2025-03-04T09:30:00+00:00"
    assert record["articles"][0]["subheadings"] == [{"text": "The wall", "before": 2}]
    citation = {"marker": 1, "article": harbour, "paragraph": 1, "start": 34, "end": 50, "quote": "raised the tolls"}
    assert record["answer"]["claims"][0]["citations"][0] == citation
    assert record["answer"]["claims"][1]["verdict"] == {
        "outcome": "supported",
        "rule": None,
        "reason": "paragraph 2 says it",
        "supports": [{"article": harbour, "paragraph": 2, "start": 0, "end": 71}],
        "unchecked": ["wanted"],
    }
    assert record["answer"]["searched"]["outlets"] == [["The Ellery Courier", 2], ["Strand Radio", 1]]


def altered(change: Callable[[Any], object]) -> str:
    record = json.loads(to_json(EVERYTHING_IN_IT))
    change(record)
    return json.dumps(record)


def put(*path: str | int, value: object) -> Callable[[Any], object]:
    def change(record: Any) -> None:
        for step in path[:-1]:
            record = record[step]
        record[path[-1]] = value

    return change


def put_claim(*path: str | int, value: object) -> Callable[[Any], object]:
    return put("answer", "claims", *path, value=value)


ALTERED = [
    (put("record", value="answer"), "this is no record of an answer: rag ask … --save FILE writes one"),
    (put("format", value=1), f"the record has format 1, and this news-rag reads format {FORMAT}: ask again, and save"),
    (put("format", value=FORMAT + 1), f"has format {FORMAT + 1}, and this news-rag reads format {FORMAT}: update"),
    (put("extra", value=1), "extra fields found (extra) @ record"),
    (put("articles", 0, value=1), "expected Article @ record.articles[0]"),
    (put("articles", 0, "paragraphs", 2, value="Fishermen called it fair."), "article was altered, its text gives"),
    (put("articles", 0, "title", value=None), "expected str @ record.articles[0].title"),
    (put("articles", 0, "published", value="March"), "'March' @ record.articles[0].published"),
    (put("articles", 0, "url", value="http://["), "Invalid IPv6 URL @ record.articles[0]"),
    (lambda record: record["articles"].pop(), "it names no article of the record @ record.answer.hits[1].article"),
    (lambda record: record["answer"].pop("question"), "required field missing @ record.answer.question"),
    (put("answer", "mood", value=""), "extra fields found (mood) @ record.answer"),
    (put("answer", "refused", value=0), "expected bool @ record.answer.refused"),
    (put("answer", "refused", value=True), "it is a refusal with claims"),
    (put_claim(1, "citations", value=[]), "it has a claim without a citation"),
    (put_claim(0, "citations", 1, "marker", value=3), "citation 2 has the marker 3"),
    (
        put_claim(0, "citations", 0, "quote", value="lowered the tolls"),
        "the quote of citation 1 does not stand in paragraph 1 of “Harbour tolls rise” at characters 34 to 50",
    ),
    (put_claim(0, "citations", 0, "start", value=-46), "the quote of citation 1 does not stand in"),
    (
        put_claim(0, "citations", 0, "paragraph", value=True),
        "expected int @ record.answer.claims[0].citations[0].paragraph",
    ),
    (
        put_claim(0, "verdict", "outcome", value="true"),
        "'true' is not a valid Outcome @ record.answer.claims[0].verdict.out",
    ),
    (put_claim(1, "verdict", "supports", 0, "end", value=900), "a verdict rests on characters that"),
    (put_claim(1, "verdict", "supports", value=[]), "“Money is needed.” is given as a quotation, and is not what it"),
    (put("answer", "hits", 0, "passage", "text", value="x"), "a passage of hit 1 does not stand in “Harbour tolls"),
    (put("answer", "hits", 0, "score", value=10**999), "too large to convert to float) @ record.answer.hits[0].score"),
    (put("answer", "hits", 0, "score", value=float("nan")), "expected float @ record.answer.hits[0].score"),
    (put("answer", "searched", "outlets", 0, value=["x"]), "Not enough values in ['x']"),
    (put("answer", "scope", "published_from", value="2026-01-01"), "the range of days is the wrong way round"),
    (put("answer", "relaxed", 0, "kind", value="place"), "place not in literal"),
    (put("answer", "timings", value=[]), "expected a mapping @ record.answer.timings"),
]


@pytest.mark.parametrize(("change", "message"), ALTERED, ids=[one[1][:40] for one in ALTERED])
def test_an_altered_record_is_refused_and_said_where(change: Callable[[Any], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        from_json(altered(change))


def test_an_answer_that_nobody_could_read_back_is_not_written() -> None:
    wrong = Claim("They fell.", (replace(cite(HARBOUR, 1, 1), quote="They fell"),))
    with pytest.raises(ValueError, match="the quote of citation 1 does not stand in paragraph 1"):
        to_json(replace(REFUSAL, refused=False, claims=(wrong,)))


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


PLACES = list(places(json.loads(to_json(EVERYTHING_IN_IT))))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PLACES), JSON | st.sampled_from(["2025-01-01", "fr", "supported", 1, 0, 10**400]))
def test_no_altered_record_is_more_than_a_value_error(path: tuple[str | int, ...], value: object) -> None:
    text = altered(put(*path, value=value))
    try:
        read = from_json(text)
    except ValueError:
        return
    assert from_json(to_json(read)) == read


def test_a_record_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "answer.json"
    save_answer(path, REFUSAL)
    assert read_answer(path) == REFUSAL

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left on device") as error:
        save_answer(path, EVERYTHING_IN_IT)
    assert error.value.filename == str(path)
    assert read_answer(path) == REFUSAL
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    (tmp_path / "link.json").symlink_to(path)
    save_answer(tmp_path / "link.json", EVERYTHING_IN_IT)
    assert (tmp_path / "link.json").is_symlink()
    assert read_answer(path) == EVERYTHING_IN_IT


NO_RECORDS = [b"", b"null", b"notes of mine", b'{"record": "other"}', b"\xff\xfe", b"[" * 100_000, b"1" * 5000]


@pytest.mark.parametrize("content", NO_RECORDS, ids=[str(one[:9]) for one in NO_RECORDS])
def test_what_is_no_record_is_neither_read_nor_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notes\.json is there, and is no record of an answer: name another file"):
        save_answer(path, REFUSAL)
    assert path.read_bytes() == content
    with pytest.raises(
        ValueError, match=r"notes\.json: (this is no record of an answer: rag ask … --save FILE|'utf-8')"
    ):
        read_answer(path)
