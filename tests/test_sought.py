"""What a question asks for, whether a sentence gives it, and outlets that a question names and the index lacks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.features import gives
from rag.check.statements import read
from rag.check.tokens import tokens_in
from rag.query import AnswerType, Kind, Names, answer_type, parse_question

ASKED = [
    ("Who discovered the comet?", Kind.NAME),
    ("By whom was the inquiry led?", Kind.NAME),
    ("To whom did she write?", Kind.NAME),
    ("Which club signed the striker?", Kind.NAME),
    ("What is the name of the ferry?", Kind.NAME),
    ("What are the two brothers called?", Kind.NAME),
    ("When does the trial open?", Kind.TIME),
    ("On which day did the cranes stop?", Kind.TIME),
    ("At what time does the train leave?", Kind.TIME),
    ("Where did the barge sink?", Kind.PLACE),
    ("In which town was the fair?", Kind.PLACE),
    ("Why did the mill close?", Kind.REASON),
    ("What was the reason for the delay?", Kind.REASON),
    ("How old is the harbour master?", Kind.AGE),
    ("What age is the new mayor?", Kind.AGE),
    ("How long will the repair take?", Kind.DURATION),
    ("How tall is the lighthouse?", Kind.SIZE),
    ("How strong were the gusts?", Kind.SIZE),
    ("What was the temperature in the hall?", Kind.SIZE),
    ("How much did the telescope cost?", Kind.MONEY),
    ("How much money did the fund lose?", Kind.MONEY),
    ("What does the coach earn?", Kind.MONEY),
    ("What does Ana Ruhl earn as a union leader?", Kind.MONEY),
    ("What will it cost to repair the ferry?", Kind.MONEY),
    ("What is the price of a single ticket?", Kind.MONEY),
    ("What fine was the firm given?", Kind.MONEY),
    ("What share of the votes went to the baker?", Kind.SHARE),
    ("What percentage of members voted?", Kind.SHARE),
    ("How much snow fell?", Kind.NUMBER),
]
OPEN = [
    "What did the mayor say about the tolls?",
    "What happened when the dam broke?",
    "Has the bridge reopened?",
    "What did the mayor say about the cost of the new bridge?",
    "What did the high cost do to the old ferry?",
    "What did she say about the cost of it?",
    "What is Ana Ruhl charged with in Vellmar?",
    "What did Prince Hall spend the summer doing in Vellmar?",
    "What did the minister pay tribute to at the ceremony?",
    "What did the goalkeeper's error cost the team in the final?",
    "What does it take to earn a licence in Ellery?",
    "How is the fever treated?",
    "the minister who resigned",
    "What will the council do with the school where the roof leaks?",
    "",
    "?!",
]


@pytest.mark.parametrize(("question", "kind"), ASKED)
def test_a_question_asks_for_a_kind_of_thing(question: str, kind: Kind) -> None:
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
    assert answer_type(question) == AnswerType(Kind.NUMBER, frozenset(counted))


GIVEN = [
    ("How many passengers were on board?", "The ferry had 212 passengers and a crew of nine.", 1.0),
    ("How many people fell ill?", "In all, 481 residents fell ill.", 1.0),
    ("How many beds does the hospital have?", "Three patients are still in the hospital.", 0.3),
    ("How many beds does the hospital have?", "The hospital said nothing.", 0.0),
    ("Who found the comet?", "The comet was found by Signe Holm.", 1.0),
    ("Who is the coach of Stony Ferry?", "Stony Ferry has a season behind it.", 0.0),
    ("When was the vote?", "The vote was on Tuesday.", 1.0),
    ("When was the vote?", "The vote was close.", 0.0),
    ("How old is Odile Brandt?", "Odile Brandt, 51, has run the harbour since 2019.", 1.0),
    ("How old is Odile Brandt?", "Odile Brandt has 51 boats to look after.", 0.0),
    ("How old is Odile Brandt?", "Brandt is 51 years old.", 1.0),
    ("How old is Odile Brandt?", "The 51-year-old harbour master Brandt smiled.", 1.0),
    ("How old is Odile Brandt?", "She is 51 years old.", 0.5),
    ("How old is Odile Brandt?", "Brandt, aged 51, smiled.", 1.0),
    ("How old is Odile Brandt?", '"The wall is sixty years old and it is losing," Brandt told them.', 0.0),
    ("How old is Odile Brandt?", "The coach put in a 17-year-old, Piet Roo, who had never rowed.", 0.0),
    ("How tall is the lighthouse?", "The lighthouse stands 31 metres above the rocks.", 1.0),
    ("How tall is the lighthouse?", "The lighthouse was built by three brothers.", 0.6),
    ("How tall is the lighthouse?", "The lighthouse is old.", 0.0),
    ("What does the coach earn?", "The coach earns 4,000 crowns a month.", 1.0),
    ("What does the coach earn?", "The coach is in her ninth year.", 0.0),
    ("How long will it take?", "The work will take two weeks.", 1.0),
    ("How long will it take?", "The work is hard.", 0.0),
    ("What share of the votes went to the baker?", "The baker won 21.3 per cent.", 1.0),
    ("What share of the votes went to the baker?", "The baker won.", 0.0),
    ("Where did it sink?", "It sank off Gannet Point.", 1.0),
    ("Why did it close?", "It closed because the roof leaked.", 1.0),
    ("Why did it close?", "It closed.", 0.5),
    ("What did the mayor say?", "The mayor said no.", 0.5),
]


@pytest.mark.parametrize(("question", "sentence", "far"), GIVEN)
def test_whether_a_sentence_gives_what_is_sought(question: str, sentence: str, far: float) -> None:
    asked = frozenset(token.key for token in tokens_in(question))
    assert gives(answer_type(question), read(sentence), asked) == far


NAMES = Names(["Strand Radio", "The Ellery Courier", "Vellmar Post"], ["Mara Quill"])
UNHELD = [
    ("What did an article by the Evening Lantern say of the tolls?", ["the Evening Lantern"]),
    ("Who, according to the Evening Post, raised the tolls?", ["the Evening Post"]),
    ("What does the Lanternlight article say about the tolls?", ["the Lanternlight"]),
    ("Did the Strand Radio article and one by Harbour Weekly agree?", ["Harbour Weekly"]),
    ("What was reported by the Northern Tribune about the dam?", ["the Northern Tribune"]),
    ("What did a report in the Coast Gazette call the harbour?", ["the Coast Gazette"]),
]
HELD = [
    "Why was the Harbour Daily newspaper closed?",
    "How did the Brandt story end?",
    "What does the new Tolls article say?",
    "What happened in the Odile Brandt story?",
    "What did an article by Strand Radio say of the tolls?",
    "What, according to Odile Brandt, is wrong with the tolls?",
    "What does the Okonjo report demand?",
    "Was the ferry bought by Stony Ferry Lines?",
    "What does the article on Port Ellery say?",
    "what does the lanternlight article say",
    "Which story by Mara Quill was about tolls?",
    "Post an article",
    "",
]


@pytest.mark.parametrize(("question", "words"), UNHELD)
def test_outlets_that_the_index_does_not_hold(question: str, words: list[str]) -> None:
    parsed = parse_question(question, NAMES, as_of=date(2025, 7, 1))
    assert [one.words for one in parsed.unknown_outlets] == words
    assert all(question[one.start : one.end] == one.words and not one.limits for one in parsed.unknown_outlets)


@pytest.mark.parametrize("question", HELD)
def test_no_outlet_is_missed_where_none_is_asked_for(question: str) -> None:
    assert parse_question(question, NAMES, as_of=date(2025, 7, 1)).unknown_outlets == ()


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    parsed = parse_question(text, NAMES, as_of=date(2025, 7, 1))
    assert all(0 <= one.start < one.end <= len(text) for one in parsed.unknown_outlets)
    assert 0 <= gives(answer_type(text), read(text), frozenset()) <= 1
