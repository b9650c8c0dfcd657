"""What a language model writes becomes drafts: sentences with their markers, and faults for what is none."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.drafts import Draft
from rag.answer.llm.prompt import Model, Prompt
from rag.answer.llm.writer import Writer, plain, written_sentences
from rag.answer.sentence_ranking import Sentence
from rag.errors import GenerationFailed
from tests.toy import HARBOUR, ORCHESTRA, PROTEST

SENTENCES = [
    Sentence(article, number, 0, len(text), text, 0.5)
    for article in (HARBOUR, PROTEST, ORCHESTRA)
    for number, text in enumerate(article.paragraphs, start=1)
][:5]
TOLLS = "The tolls rose by nine per cent."


def saying(*pieces: str) -> Model:
    def model(prompt: Prompt) -> Generator[str]:
        yield from pieces

    return model


def drafts(*pieces: str) -> list[Draft]:
    return list(Writer(saying(*pieces))("What about the tolls?", SENTENCES))


MARKED = [
    f"{TOLLS} [1]",
    "The tolls rose by nine per cent [1].",
    f"{TOLLS} [^1]",
    f"{TOLLS} 【1】",
    f"{TOLLS} 【1†source】",
    f"{TOLLS} ［１］",
    f"{TOLLS} [[1]]",
    f"{TOLLS} [paragraph 1]",
    f"{TOLLS} [Source 1]",
    f"[1] {TOLLS}",
    f"- {TOLLS} [1]",
    f"1. {TOLLS} [1]",
    f"**{TOLLS}** [1]",
    f"## {TOLLS} [1]",
    f"`{TOLLS}` [1]",
    f"<think>Was it [3]? https://x.example</think>\n{TOLLS} [1]",
    "The tolls\u200b rose\u202e by nine\x00 per\x1b cent. [1]",
]


@pytest.mark.parametrize("text", MARKED)
def test_a_marker_is_understood_however_it_is_written(text: str) -> None:
    [draft] = drafts(text)
    assert (draft.text, draft.fault) == (TOLLS, None)
    [one] = draft.evidence
    assert (one.article, one.paragraph, one.start, one.end, one.quote) == (HARBOUR, 1, 0, 79, HARBOUR.paragraphs[0])


def test_several_markers_or_none_and_a_refusal_that_is_no_draft() -> None:
    for markers, numbers in (
        *((text, (1, 2)) for text in ("[1,2]", "[1][2]", "[1 and 2]", "[1-2]", "[^1][^2]", "【1】【2】", "[1; 2]")),
        *(("[1–3]", (1, 3)), ("", ())),
    ):
        assert list(written_sentences([f"{TOLLS} {markers}"])) == [(TOLLS, numbers)]
    for markers, number in (("[0]", 0), ("[6]", 6), ("[1][6]", 6), ("[1-900]", 900)):
        [draft] = drafts(f"{TOLLS} {markers}")
        assert draft.fault == f"it cites paragraph {number}, and 5 were shown"
    assert drafts(TOLLS) == [Draft(TOLLS, ())]
    for text in ("**The coverage does not say.**\n", "The coverage does not say who. [1]"):
        assert drafts(text) == []


TWO = [
    ("Tolls rose. [1] Boats left the quay. [2]", [("Tolls rose.", (1,)), ("Boats left the quay.", (2,))]),
    ("Tolls rose [1]. Boats left the quay [2].", [("Tolls rose .", (1,)), ("Boats left the quay .", (2,))]),
    ("Tolls rose. Boats left the quay. [2]", [("Tolls rose.", ()), ("Boats left the quay.", (2,))]),
    (
        "She met U.S. Secretary of State Odile Brandt. [1] He left the quay. [2]",
        [("She met U.S. Secretary of State Odile Brandt.", (1,)), ("He left the quay.", (2,))],
    ),
    (
        "“We need it. It is late,” said Brandt. [1] Boats left the quay. [2]",
        [("“We need it. It is late,” said Brandt.", (1,)), ("Boats left the quay.", (2,))],
    ),
]


@pytest.mark.parametrize(("text", "sentences"), TWO)
def test_markers_belong_to_their_sentence_wherever_the_stream_is_cut(
    text: str, sentences: list[tuple[str, tuple[int, ...]]]
) -> None:
    for size in (1, 2, 3, 7, 1000):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        found = [(" ".join(said.split()), numbers) for said, numbers in written_sentences(pieces)]
        assert found == sentences, size


def test_sentences_are_drafted_as_soon_as_their_line_has_ended() -> None:
    read: list[str] = []

    def model(prompt: Prompt) -> Generator[str]:
        for piece in (f"{TOLLS} [1]", "\nBoats left ", "the quay. [2]"):
            read.append(piece)
            yield piece

    assert next(Writer(model)("What about the tolls?", SENTENCES)).text == TOLLS
    assert len(read) == 2


FAULTS = [
    ("a link", "Read [the report](https://evil.example/x) now. [1]", "it holds Markdown's link or image"),
    ("an image", "See ![tolls](http://evil.example/p.png) here. [1]", "it holds Markdown's link or image"),
    ("an image on a marker", f"{TOLLS} ![1](x.png)", "it holds Markdown's link or image"),
    ("an address", "Go to https://evil.example now. [1]", "it holds a link or an address"),
    ("a bare host", "See www.evil.example for tolls. [1]", "it holds a link or an address"),
    ("mail", "Write to tolls@evil.example for more. [1]", "it holds a link or an address"),
    ("a tag", "The <b>tolls</b> rose by nine. [1]", "it holds markup"),
    ("a script", "<script>alert(1)</script> The tolls rose. [1]", "it holds markup"),
    ("an escaped tag", "The tolls rose &lt;img src=x&gt;. [1]", "it holds markup"),
    ("a tag in hidden characters", "The tolls rose <\u200bimg src=x>. [1]", "it holds markup"),
    ("a tag behind emphasis", "The tolls rose <**img src=x>. [1]", "it holds markup"),
    ("a half marker", "The tolls rose [1 by nine per cent. [1]", "it holds what looks like a marker"),
]


@pytest.mark.parametrize(("text", "why"), [pytest.param(text, why, id=name) for name, text, why in FAULTS])
def test_what_is_no_plain_sentence_is_a_fault(text: str, why: str) -> None:
    found = drafts(text)
    assert why in [draft.fault for draft in found]
    assert not [draft for draft in found if draft.fault is None and draft.evidence]


@pytest.mark.parametrize(
    "text",
    [
        "AT&T paid $1.2bn, or 5 < 6 times what it said, on Nov. 3.",
        "“No,” she said (twice).",
        "The 2-1 vote at 10:30 was no. 3/4 of them agreed.",
        "Booking.com and U.S. Steel rose by 3.5%.",
        "She called it [the wall] a gift.",
        "Ölpreise steigen – „sehr“, sagte Brandt.",
    ],
)
def test_plain_sentences_stay_as_they_are(text: str) -> None:
    assert plain(text) == (text, None)


@given(
    st.text(alphabet=st.sampled_from(list('aB .\n[]()1<>!*_`#|/:&;=【】"“\u202e\x00w')) | st.characters(), max_size=120)
)
def test_nothing_written_gets_past_with_markup_in_it(text: str) -> None:
    for draft in Writer(saying(text, "."))("What?", SENTENCES) if text.strip() else ():
        if draft.fault is None:
            assert not set(draft.text) & set("\x00\u202e\u200b\n\r\x1b*`")
            for mark in ("](", "![", "://", "<|", "</", "<a", "<i"):
                assert mark not in draft.text


def test_a_model_that_writes_on_and_on_or_nothing_is_an_error() -> None:
    for pieces, message in (
        (["<think>", *["so much to think " * 100] * 100], "wrote more than 100,000 characters"),
        (["x" * 1_000] * 1_000, "a line of more than 3,000 characters"),
        (["", " \n"], "the model wrote nothing"),  # which is not to decline
        (["<think>Hm", "m"], "the model wrote nothing"),
    ):
        with pytest.raises(GenerationFailed, match=message):
            drafts(*pieces)
    assert list(Writer(saying("Hello [1]."))("What?", [])) == []  # without paragraphs no model is asked


def test_a_model_is_closed_when_its_answer_is_not_read_to_the_end() -> None:
    closed: list[bool] = []

    def model(prompt: Prompt) -> Generator[str]:
        try:
            while True:
                yield f"{TOLLS} [1]\n"
        finally:
            closed.append(True)

    assert len(list(Writer(model)("What?", SENTENCES))) == 12
    assert closed == [True]
