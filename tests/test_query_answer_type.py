"""What a question asks for, and whether a sentence gives it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.features import holds
from rag.query.answer_type import AnswerKind, answer_type
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
    ("How old is the harbour master?", AnswerKind.NUMBER),
    ("How long will the repair take?", AnswerKind.DURATION),
    ("How long was the bridge closed?", AnswerKind.DURATION),
    ("How long is the bridge?", AnswerKind.NUMBER),
    ("How tall is the lighthouse?", AnswerKind.NUMBER),
    ("What was the temperature in the hall?", AnswerKind.NUMBER),
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
    assert answer_type(question) is kind


@pytest.mark.parametrize("question", OPEN)
def test_a_question_that_leaves_it_open(question: str) -> None:
    assert answer_type(question) is None


HELD = [
    ("How many passengers were on board?", "The ferry had 212 passengers and a crew of nine.", True),
    ("How many beds does the hospital have?", "The hospital is full.", False),
    ("Who found the comet?", "The comet was found by Signe Holm.", True),
    ("Who is the coach of Stony Ferry?", "Stony Ferry has a season behind it.", False),
    ("When was the vote?", "The vote was on Tuesday.", True),
    ("When was the vote?", "The vote was close.", False),
    ("How old is Odile Brandt?", "Odile Brandt, 51, has run the harbour since 2019.", True),
    ("How tall is the lighthouse?", "The lighthouse was built by the harbour board.", False),
    ("What does the coach earn?", "The coach earns 4,000 crowns a month.", True),
    ("What does the coach earn?", "The coach is in her ninth year.", False),
    ("How long will it take?", "The work will take two weeks.", True),
    ("What share of the votes went to the baker?", "The baker won 21.3 per cent.", True),
    ("What share of the votes went to the baker?", "The polls closed at 9 p.m.", False),
    ("Where did it sink?", "It sank off Gannet Point.", True),
    ("Why did it close?", "It closed.", True),
    ("What did the mayor say?", "The mayor said no.", True),
]


@pytest.mark.parametrize(("question", "sentence", "held"), HELD)
def test_whether_a_sentence_holds_what_is_sought(question: str, sentence: str, held: bool) -> None:
    assert holds(answer_type(question), sentence, frozenset(words(question))) is held


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert holds(answer_type(text), text, frozenset()) in (True, False)
