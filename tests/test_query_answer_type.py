"""What a question asks for, and whether a sentence gives it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.features import gives
from rag.query.answer_type import AnswerKind, AnswerType, answer_type
from rag.text.words import words

ASKED = [
    ("Who discovered the comet?", AnswerKind.NAME),
    ("By whom was the inquiry led?", AnswerKind.NAME),
    ("Which club signed the striker?", AnswerKind.NAME),
    ("What is the name of the ferry?", AnswerKind.NAME),
    ("What are the two brothers called?", AnswerKind.NAME),
    ("When does the trial open?", AnswerKind.TIME),
    ("Where did the barge sink?", AnswerKind.PLACE),
    ("In which town was the fair?", AnswerKind.PLACE),
    ("Why did the mill close?", AnswerKind.REASON),
    ("What was the reason for the delay?", AnswerKind.REASON),
    ("How old is the harbour master?", AnswerKind.AGE),
    ("How long will the repair take?", AnswerKind.DURATION),
    ("How long was the bridge closed?", AnswerKind.DURATION),
    ("How long is the bridge?", AnswerKind.EXTENT),
    ("How tall is the lighthouse?", AnswerKind.SIZE),
    ("What was the temperature in the hall?", AnswerKind.SIZE),
    ("How much did the telescope cost?", AnswerKind.MONEY),
    ("What does the coach earn?", AnswerKind.MONEY),
    ("What does Ana Ruhl earn as a union leader?", AnswerKind.MONEY),
    ("What will it cost to repair the ferry?", AnswerKind.MONEY),
    ("What is the price of a single ticket?", AnswerKind.MONEY),
    ("What fine was the firm given?", AnswerKind.MONEY),
    ("What share of the votes went to the baker?", AnswerKind.SHARE),
    ("How much snow fell?", AnswerKind.NUMBER),
    ("\u0301 Who, then, bought it?", AnswerKind.NAME),  # an accent alone was an error
]
OPEN = [
    "What did the mayor say about the tolls?",
    "What happened when the dam broke?",
    "Has the bridge reopened?",
    "What did the mayor say about the cost of the new bridge?",
    "What did the high cost do to the old ferry?",
    "What did she say about the cost of it?",
    "What did Prince Hall spend the summer doing in Vellmar?",
    "What did the minister pay tribute to at the ceremony?",
    "What did the goalkeeper's error cost the team in the final?",
    "What does it take to earn a licence in Ellery?",
    "",
    "?!",
]


@pytest.mark.parametrize(("question", "kind"), ASKED)
def test_a_question_asks_for_a_kind_of_thing(question: str, kind: AnswerKind) -> None:
    found = answer_type(question)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize("question", OPEN)
def test_a_question_that_leaves_it_open(question: str) -> None:
    assert answer_type(question) is None


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("How many passengers died on the ferry?", {"passeng", "die"}),
        ("How many plum trees does he own?", {"plum", "tree"}),
        ("How many were there?", set()),
        ("hospital number of beds", {"bed"}),
        ("What number of boats sank?", {"boat", "sank"}),
    ],
)
def test_what_is_counted(question: str, counted: set[str]) -> None:
    assert answer_type(question) == AnswerType(AnswerKind.NUMBER, frozenset(counted))


GIVEN = [
    ("How many passengers were on board?", "The ferry had 212 passengers and a crew of nine.", 1.0),
    ("How many people fell ill?", "In all, 481 residents fell ill.", 1.0),
    ("How many beds does the hospital have?", "Three patients are still in the hospital.", 0.3),
    ("Who found the comet?", "The comet was found by Signe Holm.", 1.0),
    ("Who is the coach of Stony Ferry?", "Stony Ferry has a season behind it.", 0.0),
    ("When was the vote?", "The vote was on Tuesday.", 1.0),
    ("How old is Odile Brandt?", "Odile Brandt, 51, has run the harbour since 2019.", 1.0),
    ("How old is Odile Brandt?", "Odile Brandt has 51 boats to look after.", 0.0),
    ("How old is Odile Brandt?", "The 51-year-old harbour master Brandt smiled.", 1.0),
    ("How old is Odile Brandt?", "She is 51 years old.", 0.5),
    ("How old is Odile Brandt?", "Brandt, aged 51, smiled.", 1.0),
    ("How old is Odile Brandt?", '"The wall is sixty years old and it is losing," Brandt told them.', 0.0),
    ("How old is Odile Brandt?", "The coach put in a 17-year-old, Piet Roo, who had never rowed.", 0.0),
    ("How tall is the lighthouse?", "The lighthouse stands 31 metres above the rocks.", 1.0),
    ("How tall is the lighthouse?", "The lighthouse was built by three brothers.", 0.6),
    ("What does the coach earn?", "The coach earns 4,000 crowns a month.", 1.0),
    ("What does the coach earn?", "The coach is in her ninth year.", 0.0),
    ("How long will it take?", "The work will take two weeks.", 1.0),
    ("How long is the bridge?", "The bridge is 318 metres long.", 1.0),
    ("How long is the film?", "The film runs for two hours.", 1.0),
    ("What share of the votes went to the baker?", "The baker won 21.3 per cent.", 1.0),
    ("Where did it sink?", "It sank off Gannet Point.", 1.0),
    ("Why did it close?", "It closed because the roof leaked.", 1.0),
    ("Why did it close?", "It closed.", 0.5),
    ("What did the mayor say?", "The mayor said no.", 0.5),
]


@pytest.mark.parametrize(("question", "sentence", "far"), GIVEN)
def test_whether_a_sentence_gives_what_is_sought(question: str, sentence: str, far: float) -> None:
    assert gives(answer_type(question), sentence, frozenset(words(question))) == far


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert 0 <= gives(answer_type(text), text, frozenset()) <= 1
