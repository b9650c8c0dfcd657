"""Answers as records: the same when read back, refused when altered, and checked against an index that moved on."""

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

from rag import Answer, Answerer, Article, Citation, Claim, Cut, Hit, Passage, Retriever, Scope, Span
from rag.answer.drafts import Draft, Evidence
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.sentences import Sentence
from rag.articles import Subheading
from rag.check.verdicts import Outcome, Rule, Support, Verdict
from rag.query import Constraint, ParsedQuery
from rag.record import FORMAT, is_record, read_answer, save_answer
from rag.record.recheck import Rechecked, Standing, in_words, summed_up
from rag.search.hits import Explanation, NearDuplicate
from rag.store.coverage import Summary
from rag.store.snapshot import Snapshot
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


def cite(article: Article, paragraph: int, marker: int, quote: str = "") -> Citation:
    text = article.paragraph(paragraph)
    start = text.index(quote or text)
    return Citation(marker, article, paragraph, start, start + len(quote or text), quote or text)


MENTION = Constraint("days", 4, 8, "week", True, published_from=date(2025, 3, 1), published_to=None)
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
            Verdict(Outcome.SUPPORTED, None, "paragraph 2 says it", (Support(FULL, 2, 0, 71),)),
        ),
    ),
    refused=False,
    hits=(
        Hit(
            1,
            0.1 + 0.2,
            passage_of(FULL, Span(1, 4, 20), Span(2, 0, 71)),
            FULL,
            Explanation(1.5, -0.25, "a part", 0.9),
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
        (MENTION, replace(MENTION, kind="phrase")),
        unknown_outlets=(MENTION,),
    ),
    relaxed=(MENTION,),
    unanswered=("who paid them?",),
    probability=0.25,
    notice="The server is down; quotations were looked for instead.",
    rewritten="Who raised the harbour tolls?",
    generator="openai:model",
    model="toy",
    timings={"searched": 0.001, "whole": 1},
)
REFUSAL = Answer("Why?", Scope(), (), True, (), Summary(0, (), None, None), "s")


@pytest.mark.parametrize("answer", [EVERYTHING_IN_IT, REFUSAL], ids=["everything in it", "refusal"])
def test_an_answer_is_the_same_when_read_back(answer: Answer) -> None:
    text = answer.to_json()
    read = Answer.from_json(text)
    assert read == answer
    assert read.timings == answer.timings  # which do not count when answers are compared
    assert read.to_json() == text
    assert text.encode("utf-8")  # half a pair is written as its code
    assert is_record(text)


def test_every_field_of_an_answer_is_in_its_record() -> None:
    record = json.loads(EVERYTHING_IN_IT.to_json())
    assert list(record) == ["record", "format", "answer", "articles"]
    assert list(record["answer"]) == [field.name for field in fields(Answer)]
    default = {field.name: getattr(REFUSAL, field.name) for field in fields(Answer)}
    assert [name for name, value in default.items() if getattr(EVERYTHING_IN_IT, name) == value] == []


def test_the_record_has_this_form() -> None:
    """Pinned: what was kept with one release must be read by the next."""
    record = json.loads(EVERYTHING_IN_IT.to_json())
    assert (record["record"], record["format"]) == ("news-rag answer", 1)
    harbour, protest, orchestra = ({"id": one.id, "version": one.version} for one in (FULL, PROTEST, ORCHESTRA))
    assert [{"id": one["id"], "version": one["version"]} for one in record["articles"]] == [harbour, protest, orchestra]
    assert record["articles"][0] == harbour | {
        "title": "Harbour tolls rise",
        "paragraphs": list(HARBOUR.paragraphs),
        "outlet": "The Ellery Courier",
        "url": "https://www.ellery-courier.example/2025/03/04/tolls",
        "authors": ["Mara Quill"],
        "agency": "Strand Wire",
        "published": "2025-03-04",
        "published_at": "2025-03-04T09:30:00+00:00",
        "updated": "2025-03-05",
        "updated_at": "2025-03-05T07:00:01",
        "section": "Local “news”\u2028\ud83d",
        "language": "en",
        "subheadings": [{"text": "The wall", "before": 2}],
    }
    answer = record["answer"]
    assert answer["claims"][0]["citations"][0] == {
        "marker": 1,
        "article": harbour,
        "paragraph": 1,
        "start": 34,
        "end": 50,
        "quote": "raised the tolls",
    }
    assert answer["claims"][1]["verdict"] == {
        "outcome": "supported",
        "rule": None,
        "reason": "paragraph 2 says it",
        "supports": [{"article": harbour, "paragraph": 2, "start": 0, "end": 71}],
    }
    assert answer["hits"][0]["passage"]["spans"][0] == {"paragraph": 1, "start": 4, "end": 20}
    assert answer["searched"]["outlets"] == [["The Ellery Courier", 2], ["Strand Radio", 1]]
    assert answer["timings"] == {"searched": 0.001, "whole": 1}


def test_a_record_from_before_a_field_was_added_is_read() -> None:
    record = json.loads(REFUSAL.to_json())
    for name in ("cut", "parsed", "relaxed", "unanswered", "notice", "rewritten", "generator", "model", "timings"):
        del record["answer"][name]
    assert Answer.from_json(json.dumps(record)) == REFUSAL


def altered(change: Callable[[Any], object]) -> str:
    record = json.loads(EVERYTHING_IN_IT.to_json())
    change(record)
    return json.dumps(record)


def put(*path: str | int, value: object) -> Callable[[Any], object]:
    def change(record: Any) -> None:
        for step in path[:-1]:
            record = record[step]
        record[path[-1]] = value

    return change


ALTERED = [
    (put("record", value="answer"), "its field 'record' must be 'news-rag answer'"),
    (put("format", value="1"), "its format is '1', not a number from 1"),
    (put("format", value=FORMAT + 1), f"the record has format {FORMAT + 1}, and this news-rag reads formats up to"),
    (put("extra", value=1), "the record has a field 'extra' that this news-rag does not know"),
    (lambda record: record.pop("articles"), "the record has no articles"),
    (put("articles", value={}), "articles is an object, not a list"),
    (put("articles", 0, value=1), "articles[0] is a whole number, not an object"),
    (put("articles", 0, "paragraphs", 2, value="Fishermen called the rise fair."), "articles[0] was altered: its text"),
    (put("articles", 0, "title", value=None), "articles[0].title is null, not text"),
    (put("articles", 0, "published", value="March"), "articles[0].published is 'March', not a day or time"),
    (put("articles", 0, "url", value="http://["), "articles[0].url cannot be read: Invalid IPv6 URL"),
    (put("articles", 0, "id", value=3), "articles[0].id is a whole number, not text"),
    (lambda record: record["articles"].append(record["articles"][0]), "articles[3] is there twice"),
    (lambda record: record["articles"].pop(), "answer.hits[1].article points to version"),
    (lambda record: record["answer"]["hits"].pop(), f"nothing points to its article '{ORCHESTRA.id}'"),
    (put("answer", value=[]), "answer is a list, not an object"),
    (lambda record: record["answer"].pop("question"), "answer has no question"),
    (put("answer", "mood", value=""), "answer has a field 'mood' that this news-rag does not know"),
    (put("answer", "refused", value=0), "answer.refused is a whole number, not true or false"),
    (put("answer", "refused", value=True), "it is a refusal with claims"),
    (put("answer", "claims", 0, "citations", value=[]), "it has a claim without a citation"),
    (put("answer", "claims", 0, "citations", 1, "marker", value=3), "citation 2 has the marker 3"),
    (
        put("answer", "claims", 0, "citations", 0, "quote", value="lowered the tolls"),
        "the quote of citation 1 does not stand in paragraph 1 of “Harbour tolls rise” at characters 34 to 50",
    ),
    (put("answer", "claims", 0, "citations", 0, "start", value=-46), "the quote of citation 1 does not stand in"),
    (put("answer", "claims", 0, "citations", 0, "paragraph", value=9), "does not stand in paragraph 9"),
    (put("answer", "claims", 0, "citations", 0, "paragraph", value=True), "paragraph is true or false, not a whole"),
    (put("answer", "claims", 0, "verdict", "outcome", value="true"), "verdict.outcome is 'true', not one of its words"),
    (put("answer", "claims", 1, "verdict", "supports", 0, "end", value=900), "a verdict rests on characters that"),
    (
        put("answer", "claims", 1, "verdict", "supports", value=[]),
        "“Money is needed.” is given as a quotation, and is not what it cites",
    ),
    (put("answer", "hits", 0, "passage", "text", value="x"), "a passage of hit 1 does not stand in “Harbour tolls"),
    (put("answer", "hits", 0, "score", value="1"), "answer.hits[0].score is text, not a finite number"),
    (put("answer", "hits", 0, "score", value=10**999), "answer.hits[0].score is a whole number, not a finite number"),
    (put("answer", "hits", 0, "score", value=float("nan")), "NaN is no number of JSON"),
    (put("answer", "searched", "outlets", 0, value=["x"]), "answer.searched.outlets[0] has 1 items, not 2"),
    (put("answer", "scope", "published_from", value="2026-01-01"), "answer.scope: the range of days is the wrong way"),
    (put("answer", "loosened", 0, "kind", value="place"), "answer.loosened[0].kind is 'place', not one of days, outl"),
    (put("answer", "timings", value=[]), "answer.timings is a list, not an object"),
]


@pytest.mark.parametrize(("change", "message"), ALTERED, ids=[one[1][:40] for one in ALTERED])
def test_an_altered_record_is_refused_and_said_where(change: Callable[[Any], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Answer.from_json(altered(change))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is no JSON, at line 1: Expecting value"),
        ("null", "its field 'record' must be 'news-rag answer'; rag ask … --save FILE writes one"),
        ('{"record": 1, "record": 2}', "a field is given twice"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"a": 1e999}', "its field 'record' must be"),
        ("1" * 5000, "Exceeds the limit"),
        (altered(put("answer", "hits", 0, "score", value=2)).replace('"score": 2', '"score": 1e999'), "not a finite"),
    ],
    ids=["empty", "null", "twice", "deep", "infinite", "long", "infinite score"],
)
def test_what_is_no_record_is_said_to_be_none(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="this is no record of an answer: ") as error:
        Answer.from_json(text)
    assert message in str(error.value)


def test_an_answer_that_nobody_could_read_back_is_not_written() -> None:
    wrong = Claim("They fell.", (Citation(1, HARBOUR, 1, 0, 9, "They fell"),))
    with pytest.raises(ValueError, match="the quote of citation 1 does not stand in paragraph 1"):
        replace(REFUSAL, refused=False, claims=(wrong,)).to_json()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.text() | JSON.map(json.dumps))
def test_no_text_is_more_than_a_value_error(text: str) -> None:
    assert not is_record(text)
    with pytest.raises(ValueError, match="no record"):
        Answer.from_json(text)


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


PLACES = list(places(json.loads(EVERYTHING_IN_IT.to_json())))


@settings(max_examples=400)
@given(st.sampled_from(PLACES), JSON | st.sampled_from(["2025-01-01", "fr", "supported", 1, 0, 10**400]))
def test_no_altered_record_is_more_than_a_value_error(path: tuple[str | int, ...], value: object) -> None:
    text = altered(put(*path, value=value))
    try:
        read = Answer.from_json(text)
    except ValueError:
        return
    assert Answer.from_json(read.to_json()) == read


# ---- an answer that grew old


class Fixed:
    """A generator that quotes the paragraphs that it was made with."""

    def __init__(self, *cited: tuple[Article, int]) -> None:
        self.cited = cited

    def __call__(self, question: str, sentences: object) -> Iterator[Draft]:
        for article, number in self.cited:
            text = article.paragraph(number)
            yield Draft(text, (Evidence(article, number, 0, len(text), text),))


def asked(index: Path, *cited: tuple[Article, int]) -> Answer:
    retriever = Retriever.open(index, embedder=ToyEmbedder())
    return Answerer(retriever, Fixed(*cited)).answer("Who raised the tolls?")


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
    answer = asked(index, (HARBOUR, 1), (HARBOUR, 2), (HARBOUR, 3), (PROTEST, 1), (ORCHESTRA, 1))
    kept = answer.to_json()
    before = answer.verify(Snapshot.open(index))
    assert before.holds
    assert [one.standing for one in before.citations] == [Standing.HOLDS] * 5

    build_index(index, [HARBOUR, CORRECTED, PROTEST])
    snapshot = Snapshot.open(index)
    read = Answer.from_json(kept)
    checked = read.verify(snapshot)
    changed, moved, gone, same, missing = checked.citations
    assert changed == Rechecked(read.citations[0], Standing.CHANGED, CORRECTED, None, instead=2)
    assert moved == Rechecked(read.citations[1], Standing.HOLDS_REVISED, CORRECTED, Span(3, 0, 71))
    assert gone == Rechecked(read.citations[2], Standing.CHANGED, CORRECTED, None, instead=None)
    assert same == Rechecked(read.citations[3], Standing.HOLDS, PROTEST, Span(1, 0, 64))
    assert missing == Rechecked(read.citations[4], Standing.MISSING, None, None)
    assert (checked.snapshot, checked.holds) == (snapshot.id, False)
    assert checked.shaken == (read.claims[0], read.claims[2], read.claims[4])
    assert [in_words(one) for one in checked.citations] == [
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
    assert summed_up(checked) == f"2 of 5 citations hold in snapshot {snapshot.id}"


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
    claim = Claim(quote, (cite(old, 1, 1, quote),))
    checked = replace(REFUSAL, refused=False, claims=(claim,)).verify(Snapshot.open(tmp_path / "index"))
    [one] = checked.citations
    assert (one.place, one.holds, one.article) == (expected, expected is not None, new)


def test_an_index_of_an_older_version_is_no_proof_either(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    claim = Claim("x", (cite(CORRECTED, 2, 1), cite(CORRECTED, 3, 2)))
    checked = replace(REFUSAL, refused=False, claims=(claim,)).verify(Snapshot.open(tmp_path / "index"))
    assert [(one.standing, one.article) for one in checked.citations] == [
        (Standing.CHANGED, HARBOUR),
        (Standing.HOLDS_REVISED, HARBOUR),
    ]
    assert checked.shaken == (claim,)


def test_a_refusal_is_kept_and_holds(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    refused = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), ExtractiveGenerator()).answer(
        "What is quantum?"
    )
    assert refused.refused
    read = Answer.from_json(refused.to_json())
    assert read == refused
    checked = read.verify(Snapshot.open(tmp_path / "index"))
    assert (checked.citations, checked.shaken, checked.holds) == ((), (), True)


def test_what_a_generator_wrote_is_kept_with_what_was_cut(tmp_path: Path) -> None:
    def writes(question: str, sentences: list[Sentence]) -> Iterator[Draft]:
        text = HARBOUR.paragraph(1)
        evidence = Evidence(HARBOUR, 1, 0, len(text), text)
        yield Draft("The harbour master raised the tolls by nine per cent.", (evidence,))
        yield Draft("The harbour master raised the tolls by ten per cent.", (evidence,))

    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    retriever = Retriever.open(tmp_path / "index", embedder=ToyEmbedder())
    answer = Answerer(retriever, writes).answer("Who raised the tolls?")  # type: ignore[arg-type]
    assert [one.rule for one in answer.cut] == [Rule.NUMBER]
    assert len(answer.claims) == 1
    read = Answer.from_json(answer.to_json())
    assert (read, read.timings) == (answer, answer.timings)


# ---- files


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


def test_a_link_to_a_record_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "answer.json")
    save_answer(tmp_path / "link.json", REFUSAL)
    assert (tmp_path / "link.json").is_symlink()
    assert read_answer(tmp_path / "answer.json") == REFUSAL


@pytest.mark.parametrize("content", [b"", b"notes of mine", b'{"record": "other"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_record_is_not_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notes\.json is there, and is no record of an answer: name another file"):
        save_answer(path, REFUSAL)
    assert path.read_bytes() == content
    with pytest.raises(ValueError, match=r"notes\.json: this is no record of an answer: "):
        read_answer(path)
