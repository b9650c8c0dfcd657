"""What kind of answer a question wants, and what it is about."""

from __future__ import annotations

import pytest

from rag.query.question_kind import QuestionKind, question_kind, topic_of

# Each kind, and questions of it: behind the arrow what the question is about, where some of it says only the kind.
KINDS = """
help: hello
help: Hi there!
help: thanks, that's great
help: Thank you so much for that
help: What can you do?
help: Who are you?
help: what do you have?
help: how many articles do you have?
help: Which outlets do you cover?
help: What is in here?
help: who made you?
help: how does this work
help: what can I ask?
help: What questions can you answer?
help: hi there, what can you do?
help: what outlets do you cover
help: thanks for the help
help: ???
help: 🙂
help: a
fact: Who raised the tolls?
fact: hello, who raised the tolls?
fact: Nice attack: who died?
fact: What does the mayor have?
fact: How does covid affect you?
fact: Which vaccine is best for you?
fact: What questions did Ruhl refuse to answer?
fact: What questions will be on the ballot?
fact: hello who raised the tolls?
fact: Who was elected president?
fact: Who was arrested?
fact: who was shot dead yesterday
fact: who was named best actor
fact: who is in charge
fact: who is the mayor
fact: who is google ceo
fact: Who is Vellmar's CEO?
fact: Who is Vice President?
fact: What was the deal worth?
fact: How old is the background of the suspect
fact: List the demands of the strikers
fact: List the countries that banned Vellmar
fact: How many reports of fraud are there?
fact: How many people do you have to infect
fact: What rights do you have when arrested?
fact: Show me the evidence in the reports
fact: How did the share price develop?
fact: ¿Quién subió los peajes?
fact: 港口费是谁提高的？
yes_no: Is coffee bad for you?
yes_no: Do you have to pay the toll?
yes_no: Did the tolls rise?
yes_no: Is the bridge older than the tower?
overview: Port Ellery tolls
overview: Good Morning Ellery ratings
overview: Hello Kitty cafe
overview: Thank You for Smoking
overview: articles of impeachment
overview: who is odile brandt -> odile brandt
overview: who was mohammed bin salman -> mohammed bin salman
overview: who is xi jinping -> xi jinping
overview: Who is Odile O'Brien-van der Berg? -> Odile O'Brien-van der Berg
overview: Who is Ursula von der Leyen? -> Ursula von der Leyen
overview: who was John Luk Jok, what do you have on him -> John Luk Jok, what do you have on him
overview: what happened in mokha -> in mokha
overview: what's going on with CentOS? -> with CentOS
overview: What is the deal with the tolls? -> with the tolls
overview: Give me a short summary of the strike -> the strike
overview: summarise the Brandt case -> the Brandt case
overview: hi tell me about the depot -> the depot
overview: What happened in Port Ellery? -> in Port Ellery
overview: Tell me about the tram depot -> the tram depot
overview: Please summarise the harbour dispute -> the harbour dispute
overview: Who is Odile Brandt? -> Odile Brandt
latest: Latest on the tolls? -> on the tolls
latest: any news on Odile Brandt -> on Odile Brandt
latest: How many people have died so far? -> How many people have died
timeline: Timeline of the harbour dispute -> of the harbour dispute
timeline: How did the strike unfold? -> the strike unfold
timeline: Great Ellery fire timeline -> Great Ellery fire
timeline: Summarise the harbour dispute and give me a timeline -> the harbour dispute
timeline: how did prices develop between june and october 2019? -> prices develop between june and october 2019
list: list what you have about fan conventions in Ellery -> what you have about fan conventions in Ellery
list: which Ellery rugby matches have you got -> Ellery rugby matches have you got
list: list your articles on the depot -> your articles on the depot
list: How many articles are there on tolls? -> How many are there on tolls
list: Are there any articles on tolls? -> on tolls
list: give me a list of Courier reports on tolls -> Courier reports on tolls
list: What articles do you have on tolls? -> do you have on tolls
list: Hello! List articles on the depot and summarise them -> articles on the depot
list: Articles on ferries? -> ferries
list: Do you have anything about the fair? -> about the fair
comparison: Which is older, the bridge or the tower?
comparison: What did Ruhl and Dahl each say?
comparison: Compare the bridge with the tower
"""


@pytest.mark.parametrize("line", KINDS.strip().splitlines())
def test_each_question_has_a_kind_and_a_topic(line: str) -> None:
    kind, _, asked = line.partition(": ")
    question, _, topic = asked.partition(" -> ")
    assert (question_kind(question), topic_of(question, question_kind(question))) == (kind, topic or question)


def test_the_context_of_a_follow_up_does_not_settle_the_kind_and_stays_in_the_topic() -> None:
    question = "Summarise the strike? (In the context of: “Timeline of the tolls”)"
    assert question_kind(question) is QuestionKind.OVERVIEW
    assert topic_of(question, QuestionKind.OVERVIEW) == "the strike? (In the context of: “Timeline of the tolls”)"
