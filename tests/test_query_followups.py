"""Follow-up questions are rewritten so that they can be searched for alone, and new topics are left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.answer.drafts import Draft, Evidence
from rag.answer.sentence_ranking import Sentence
from rag.query.followups import Turn, rewrite_followup
from rag.query.names import Names
from rag.search.retriever import Retriever
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

AS_OF = date(2025, 12, 31)
NAMES = Names(("The Ellery Courier", "Strand Radio", "Open Bench"), lambda keys: ("Mara Quill",))
TOLLS = "What did Odile Brandt say about the tolls in March 2025?"
SOLD = "When did Casper Wyle sell his yacht?"
FINED = "What does Norway want the council to do about Tramworks's tickets?"
DEPOT = "Has Vellmar closed the old tram depot?"
IN_CONTEXT = "Who owned it? (Has Vellmar closed the old tram depot?)"

REWRITTEN = [
    # a limit takes the place of its like, or stands behind
    (TOLLS, "and in April?", "What did Odile Brandt say about the tolls in April 2025?"),
    (TOLLS, "what about october", "What did Odile Brandt say about the tolls in october 2025?"),
    (DEPOT, "in 2023?", "Has Vellmar closed the old tram depot in 2023?"),
    (DEPOT, "according to Strand Radio?", "Has Vellmar closed the old tram depot, according to Strand Radio?"),
    ("What did Strand Radio report about the tolls?", "and Open Bench?", "What did Open Bench report about the tolls?"),
    # a name takes the place of one of its kind
    (SOLD, "And Blume?", "When did Blume sell his yacht?"),
    (FINED, "sorry, Gullpost I mean", "What does Norway want the council to do about Gullpost's tickets?"),
    ("How long is Brandt's speech?", "And Wyle's, with the jokes?", "How long is Wyle's speech, with the jokes?"),
    (TOLLS, "And Blume in April?", "What did Blume say about the tolls in April 2025?"),
    (f"Who paid in May? ({TOLLS})", "And in June?", f"Who paid in June? ({TOLLS})"),
    # an adverb that of another
    (SOLD, "why?", "Why did Casper Wyle sell his yacht?"),
    (DEPOT, "Why?", "Why has Vellmar closed the old tram depot?"),
    # whatever else points back has the question before in brackets
    (SOLD, "how much did he get for it?", f"How much did he get for it? ({SOLD})"),
    (DEPOT, "What did the council decide?", f"What did the council decide? ({DEPOT})"),
    (IN_CONTEXT, "where does she live?", f"Where does she live? (Who owned it? {DEPOT})"),
    (f"Where does she live? (Who owned it? {DEPOT})", "and until when?", f"Until when? (Where does she live? {DEPOT})"),
]


@pytest.mark.parametrize(("before", "question", "rewritten"), REWRITTEN)
def test_a_follow_up_is_rewritten(before: str, question: str, rewritten: str) -> None:
    assert rewrite_followup(question, [Turn(before)], NAMES, as_of=AS_OF) == rewritten


@pytest.mark.parametrize(
    "question",
    [
        "Who will move into the old tram depot of Vellmar?",
        "How old was the drummer of the Ellery Five when he died?",
        "Did the mayor of Northquay say that she would resign?",
        "What does the IT department of Vellmar cost?",
        "northquay dockers strike ballot",
        "thanks",
        "",
        "…?",
        "What did he say? " * 30,
    ],
)
def test_a_question_that_stands_alone_stays_alone(question: str) -> None:
    assert rewrite_followup(question, [Turn(TOLLS)], NAMES, as_of=AS_OF) is None


TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from("And why did Brandt he it the (tolls) in May 2025 ? 's that Strand Radio about".split()), max_size=9
).map(" ".join)


@given(question=TEXTS, before=TEXTS)
def test_no_text_is_an_error(question: str, before: str) -> None:
    rewritten = rewrite_followup(question, [Turn(before, (question,))], NAMES, as_of=AS_OF)
    assert rewritten is None or rewritten.strip()


# In answers


class Asked:
    """A generator that keeps what it was asked, and quotes."""

    def __init__(self) -> None:
        self.questions = list[str]()

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        self.questions.append(question)
        one = sentences[0]
        yield Draft(one.text, (Evidence(one.article, one.paragraph, one.start, one.end, one.text),))


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("followups") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA])
    return Retriever.open(folder, embedder=ToyEmbedder())


def test_an_answer_is_searched_for_by_the_rewritten_question(retriever: Retriever) -> None:
    generator = Asked()
    answerer, answers = Answerer(retriever, generator), list[Answer]()
    for question in (TOLLS, "And according to Strand Radio?", "only in April", "Who will move into the tram depot?"):
        answers.append(answerer.answer(question, as_of=AS_OF, after=answers))
    rewritten = "What did Odile Brandt say about the tolls in April 2025, according to Strand Radio?"
    assert [one.rewritten for one in answers] == ["", rewritten.replace("April", "March"), rewritten, ""]
    assert answers[2].question == "only in April"
    assert generator.questions[2:] == [rewritten, "Who will move into the tram depot?"]
    assert answers[2].claims[0].text == "Odile Brandt offered to talk, but ruled out lower tolls."
