import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.questions import Mention, Names, Understood, understand
from rag.scope import EVERYTHING, Scope

AS_OF = date(2025, 6, 18)  # a Wednesday
NAMES = Names(
    outlets=[
        "The Ellery Courier",
        "Strand Radio",
        "TNC | World Business News Leader",
        "Beacon",
        "The Harbour Street Journal",
        "strandpost.com",
        "Essential",
        "Vale Times - Sport",
        "Dockside (Northport)",
        "The Lantern - Politics",
        "The Lantern - Sport",
    ],
    authors=["Mara Quill", "Jonas O’Dell", "Beacon"],
)


def ask(question: str, as_of: date = AS_OF) -> Understood:
    return understand(question, NAMES, as_of=as_of)


def of_kind(question: str, kind: str) -> list[Mention]:
    return [mention for mention in ask(question).mentions if mention.kind == kind]


# Question, day of asking, expected from and to; None is open.
DATED = [
    ("What happened in Ellery in December 2021?", "2025-06-18", "2021-12-01", "2021-12-31"),
    ("What happened in december 2021", "2025-06-18", "2021-12-01", "2021-12-31"),
    ("What happened in December of 2021?", "2025-06-18", "2021-12-01", "2021-12-31"),
    ("What did the mayor say on 2 December 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on the 2nd of December, 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say December 2, 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on Thursday, Dec. 2, 2021?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on 2021-12-02?", "2025-06-18", "2021-12-02", "2021-12-04"),
    ("What did the mayor say on 2 December?", "2025-06-18", "2024-12-02", "2024-12-04"),
    ("What did the mayor say on June 18?", "2025-06-18", "2025-06-18", "2025-06-18"),
    ("What did the mayor say on 29 February?", "2025-06-18", "2024-02-29", "2024-03-02"),
    ("What was reported on 2 December 2021?", "2025-06-18", "2021-12-02", "2021-12-02"),
    ("What did Strand Radio report on 2 December 2021?", "2025-06-18", "2021-12-02", "2021-12-02"),
    ("What does the article published by Strand Radio on May 3, 2024 say?", "2025-06-18", "2024-05-03", "2024-05-03"),
    ("What does the 3 October 2023 article say?", "2025-06-18", "2023-10-03", "2023-10-03"),
    ("What does the October 3, 2023 Strand Radio article say?", "2025-06-18", "2023-10-03", "2023-10-03"),
    ("Which bridge does the article of 3 March 2025 name?", "2025-06-18", "2025-03-03", "2025-03-03"),
    ("Which bridge does the article dated 2025-03-03 name?", "2025-06-18", "2025-03-03", "2025-03-03"),
    ("Which storms struck between 3 March and 5 April 2025?", "2025-06-18", "2025-03-03", "2025-04-05"),
    ("Which storms struck between March 3 and 9, 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Which storms struck from 3 to 9 March 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Which storms struck on 3–9 March 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Which storms struck from March to May 2024?", "2025-06-18", "2024-03-01", "2024-05-31"),
    ("Which storms struck between November and January 2024?", "2025-06-18", "2023-11-01", "2024-01-31"),
    ("Which storms struck between November and January?", "2025-06-18", "2024-11-01", "2025-01-31"),
    ("Which storms struck between 2021 and 2023?", "2025-06-18", "2021-01-01", "2023-12-31"),
    ("Which storms have struck since June 2023?", "2025-06-18", "2023-06-01", None),
    ("Which storms have struck since 2023?", "2025-06-18", "2023-01-01", None),
    ("Which storms struck before 1 May 2024?", "2025-06-18", None, "2024-04-30"),
    ("Which storms were reported until 1 May 2024?", "2025-06-18", None, "2024-05-01"),
    ("Which storms struck after 1 May 2024?", "2025-06-18", "2024-05-02", None),
    ("Which storms struck after March 2024?", "2025-06-18", "2024-04-01", None),
    ("How many had resigned by the end of 2024?", "2025-06-18", None, "2024-12-31"),
    ("How many had resigned by March 2024?", "2025-06-18", None, "2024-03-31"),
    ("Which storms struck since March 2024 and before June 2024?", "2025-06-18", "2024-03-01", "2024-05-31"),
    ("Who resigned in 2021?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("Which mayor was voted out during 2021, and why?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("What did the strike in 2021 cost?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("What do articles from 2021 say about the ferry?", "2025-06-18", "2021-01-01", "2021-12-31"),
    ("Which floods struck in the summer of 2023?", "2025-06-18", "2023-06-01", "2023-08-31"),
    ("Which floods struck in autumn 2023?", "2025-06-18", "2023-09-01", "2023-11-30"),
    ("Which floods struck in the winter of 2023-24?", "2025-06-18", "2023-12-01", "2024-02-29"),
    ("What did the port earn in Q3 2023?", "2025-06-18", "2023-07-01", "2023-09-30"),
    ("What did the port earn in the third quarter of 2023?", "2025-06-18", "2023-07-01", "2023-09-30"),
    ("Who left in the first half of 2024?", "2025-06-18", "2024-01-01", "2024-06-30"),
    ("Who left in early March 2025?", "2025-06-18", "2025-03-01", "2025-03-10"),
    ("Who left in mid-March 2025?", "2025-06-18", "2025-03-11", "2025-03-20"),
    ("Who left in late February 2024?", "2025-06-18", "2024-02-21", "2024-02-29"),
    ("Who left at the end of 2024?", "2025-06-18", "2024-09-01", "2024-12-31"),
    ("Who left in the week of 5 March 2025?", "2025-06-18", "2025-03-03", "2025-03-09"),
    ("Who left in the last week of March 2025?", "2025-06-18", "2025-03-25", "2025-03-31"),
    ("Who left yesterday?", "2025-06-18", "2025-06-17", "2025-06-18"),
    ("Who left yesterday?", "2024-03-01", "2024-02-29", "2024-03-01"),
    ("What happened today?", "2025-06-18", "2025-06-18", "2025-06-18"),
    ("What are today's headlines?", "2025-06-18", "2025-06-18", "2025-06-18"),
    ("Who left the day before yesterday?", "2025-06-18", "2025-06-16", "2025-06-18"),
    ("What did the March 2024 issue say?", "2025-06-18", "2024-03-01", "2024-03-31"),
    ("Was the flood in May 2024 higher than in March 2024?", "2025-06-18", "2024-03-01", "2024-05-31"),
    ("Does the article from 3 March 2024 match the one from 9 May 2024?", "2025-06-18", "2024-03-03", "2024-05-09"),
    ("Who left last week?", "2025-06-18", "2025-06-09", "2025-06-15"),
    ("Who left last week?", "2025-01-01", "2024-12-23", "2024-12-29"),
    ("What is new this month?", "2025-06-18", "2025-06-01", "2025-06-30"),
    ("Who left last month?", "2025-01-31", "2024-12-01", "2024-12-31"),
    ("Who left last year?", "2025-06-18", "2024-01-01", "2024-12-31"),
    ("Who left in the past three days?", "2025-06-18", "2025-06-15", "2025-06-18"),
    ("Who left in the last two weeks?", "2025-06-18", "2025-06-04", "2025-06-18"),
    ("Who left over the last month?", "2025-03-31", "2025-02-28", "2025-03-31"),
    ("Who left in the last 48 hours?", "2025-06-18", "2025-06-16", "2025-06-18"),
    ("Who left last Monday?", "2025-06-18", "2025-06-16", "2025-06-18"),
    ("Who left last Wednesday?", "2025-06-18", "2025-06-11", "2025-06-13"),
    ("Who left on Tuesday?", "2025-06-18", "2025-06-17", "2025-06-18"),
    ("Who left on Friday evening?", "2025-06-18", "2025-06-13", "2025-06-15"),
    ("Who left on Monday of last week?", "2025-06-18", "2025-06-09", "2025-06-11"),
    ("Who left last weekend?", "2025-06-18", "2025-06-14", "2025-06-15"),
    ("Who left last December?", "2025-06-18", "2024-12-01", "2024-12-31"),
    ("Who left two weeks ago?", "2025-06-18", "2025-06-02", "2025-06-08"),
    ("Who left a month ago?", "2025-06-18", "2025-05-01", "2025-05-31"),
    ("Who left three days ago?", "2025-06-18", "2025-06-15", "2025-06-17"),
    ("Who left earlier this year?", "2025-06-18", "2025-01-01", "2025-06-18"),
    ("Who left in March?", "2025-06-18", "2025-03-01", "2025-03-31"),
    ("Who left in March?", "2025-02-01", "2024-03-01", "2024-03-31"),
    ("Who left in May?", "2025-06-18", "2025-05-01", "2025-05-31"),
    ("Who left last summer?", "2025-06-18", "2024-06-01", "2024-08-31"),
    ("Who left last summer?", "2025-10-01", "2025-06-01", "2025-08-31"),
    ("What happened in March 2031?", "2025-06-18", "2031-03-01", "2031-03-31"),
    ("March 2024: floods in Ellery", "2025-06-18", "2024-03-01", "2024-03-31"),
    ("In 2024, what did the mayor say on 3 March 2024?", "2025-06-18", "2024-03-03", "2024-03-05"),
    (
        "Does the article published on 3 October 2023 name more ships than the article published on 5 November 2023?",
        "2025-06-18",
        "2023-10-03",
        "2023-11-05",
    ),
]

DATELESS = [
    "What followed the 2014 annexation?",
    "Who won the 2024 election?",
    "Who hosted the World Cup 2022?",
    "What did a 2019 study find about eels?",
    "Where is the class of 2008 now?",
    "May the council close the bridge?",
    "Why did Theresa May resign?",
    "What did people say before May resigned?",
    "Who led the march on Rome?",
    "When did they march in silence?",
    "Who came second in the race?",
    "Why does the sun rise late over Ellery?",
    "Where does the August family live?",
    "How many seats has a Boeing 747?",
    "What changed after 9/11?",
    "Where does Route 66 end?",
    "Who flew on Apollo 11?",
    "Why did 1,200 people leave?",
    "What was music like in the 1990s?",
    "What came of the fall of the wall?",
    "Who was born in 2004 in Ellery?",
    "Which company, founded in 2012, builds the ferry?",
    "Where was the actor born on 3 March 1980?",
    "Which state plans to be carbon neutral by 2050?",
    "What will the ferry cost in 2030?",
    "Which states will vote on 4 November 2025?",
    "What is the population of the city that flooded in 2021?",
    "Where is the bridge that fell in 2021?",
    "How is the old dam used today?",
    "What did USA Today quote?",
    "What did the mayor say since the Geneva summit?",
    "Who said the ferry sank on 31 February 2024?",
    "Who spoke in the last week of the strike?",
    "Who scored in the second half of the match?",
    "Who scored in the first quarter?",
    "Who shopped on Black Friday?",
    "What did the Bloody Sunday inquiry find?",
    "What is new in the Sunday papers?",
    "How much is that in 2021 dollars?",
    "Who was mayor until 2019?",
    "Who was accused after the 6 January 2021 attack?",
    "What happened two days after 3 March?",
    "What did the December 2021 floods destroy?",
    "Who repaired Room 2021?",
    "What is in the budget for 2024?",
    "Who is in The Summer of Love?",
    "Is 24/7 care offered between 10 and 20 places?",
    "What did Jan and Augusta say in Mar del Plata?",
    "When is the next week of fashion?",
    "How many years ago was it?",
    "What happened at 12.30?",
    "",
    "?",
    "the of in on",
]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(("question", "as_of", "first", "last"), DATED)
def test_days_that_are_asked_for(question: str, as_of: str, first: str | None, last: str | None) -> None:
    scope = ask(question, date.fromisoformat(as_of)).scope
    assert (scope.published_from, scope.published_to) == (day(first), day(last))


@pytest.mark.parametrize("question", DATELESS)
def test_no_days_where_none_are_asked_for(question: str) -> None:
    assert of_kind(question, "days") == []


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(DATED) >= 60
    assert len(DATELESS) >= 40


def test_each_clause_keeps_its_own_days() -> None:
    mentions = of_kind(
        "What differs between the article published on 3 March 2024 and the one of news of May 2024?", "days"
    )
    assert [mention.words for mention in mentions] == ["on 3 March 2024", "of May 2024"]


def test_days_that_are_only_compared_with_limit_nothing() -> None:
    (mention,) = of_kind("Was the flood higher than in March 2024?", "days")
    assert not mention.limits
    assert ask("Was the flood higher than in March 2024?").scope == EVERYTHING


def test_days_that_exclude_each_other_give_all_between() -> None:
    scope = ask("What happened before 1 March 2024 and after 1 May 2024?").scope
    assert scope == EVERYTHING
    assert ask("Who left on 3 March 2024 and who on 4 March 2024?").scope == Scope(date(2024, 3, 3), date(2024, 3, 6))


LIMITING = [
    ("According to the Ellery Courier, who left?", "The Ellery Courier"),
    ("according to ellery courier, who left?", "The Ellery Courier"),
    ("Who left, as reported by Strand Radio?", "Strand Radio"),
    ("What did Strand Radio report about the toll?", "Strand Radio"),
    ("What does Strand Radio’s long report say?", "Strand Radio"),
    ("What does the STRAND RADIO article say?", "Strand Radio"),
    ("Who is named in the Ellery Courier?", "The Ellery Courier"),
    ("Which stories from the Ellery Courier name the ferry?", "The Ellery Courier"),
    ("Which story by the Ellery Courier names the ferry?", "The Ellery Courier"),
    ("Was the toll story published in the Ellery Courier right?", "The Ellery Courier"),
    ("Which strike was covered by Strand Radio?", "Strand Radio"),
    ("Which mayor told Strand Radio that the toll was wrong?", "Strand Radio"),
    ("Strand Radio's coverage of the strike names whom?", "Strand Radio"),
    ("What did TNC report about the toll?", "TNC | World Business News Leader"),
    ("According to tnc, who left?", "TNC | World Business News Leader"),
    ("According to TNC.com, who left?", "TNC | World Business News Leader"),
    ("What did elleryCourier.com report?", "The Ellery Courier"),
    ("What did strandpost.com report about the toll?", "strandpost.com"),
    ("What did Strandpost report about the toll?", "strandpost.com"),
    ("According to the HSJ, who left?", "The Harbour Street Journal"),
    ("According to Beacon, who left?", "Beacon"),
    ("What does the Beacon article say?", "Beacon"),
    ("Which article in Beacon names the ferry?", "Beacon"),
    ("Beacon's report on the ferry names whom?", "Beacon"),
    ("Beacon reported that the toll rose; who left?", "Beacon"),
    ("What does the Vale Times sports article say?", "Vale Times - Sport"),
    ("According to Dockside, who left?", "Dockside (Northport)"),
]

PREFERRED = [
    "Which outlets, like Strand Radio, reported the toll?",
    "Which outlets such as Strand Radio reported the toll?",
    "Was the report similar to Strand Radio coverage?",
    "Unlike Strand Radio, who reported the toll?",
    "Who bought Strand Radio?",
    "Why was there a strike at Strand Radio?",
    "What came of the lawsuit against Strand Radio?",
    "Who was hired by Strand Radio?",
    "Who holds a stake in Strand Radio?",
    "Who resigned from Strand Radio?",
    "Why was Strand Radio described by the mayor as biased?",
]

UNNAMED = [
    "Who saw the beacon?",
    "Who saw the Beacon?",
    "Who lives in Beacon?",
    "Beacon reports of fire: who lit it?",
    "What is essential, according to the mayor?",
    "Essential reports on water: which are there?",
    "Who bought TNC?",
    "Why was there a strike at TNC?",
    "According to hsj, who left?",
    "Which outlet other than Strand Radio reported the toll?",
    "Apart from Strand Radio, who reported the toll?",
    "According to the Elleryx Courier, who left?",
    "Who heard it, Strand? Radio said so.",
    "According to the Lantern, who left?",  # two outlets' short form
]


@pytest.mark.parametrize(("question", "outlet"), LIMITING)
def test_outlets_that_the_answer_is_tied_to(question: str, outlet: str) -> None:
    assert ask(question).scope.outlets == (outlet,)


@pytest.mark.parametrize("question", PREFERRED)
def test_outlets_that_are_only_named(question: str) -> None:
    understood = ask(question)
    assert understood.scope.outlets == ()
    assert understood.preferred_outlets == ("Strand Radio",)


@pytest.mark.parametrize("question", UNNAMED)
def test_outlets_that_are_not_meant(question: str) -> None:
    assert of_kind(question, "outlet") == []


@pytest.mark.parametrize(
    "question",
    [
        "Who left, as both Strand Radio and the Ellery Courier report?",
        "According to Strand Radio and The Ellery Courier, who left?",
        "What did Strand Radio or the Ellery Courier say about the toll?",
        "How did Strand Radio cover the strike compared to the Ellery Courier?",
        "Did Strand Radio report the toll while the Ellery Courier praised the ferry?",
        "Did the Strand Radio article name the ferry, while the Ellery Courier article did not?",
    ],
)
def test_several_outlets_share_a_cue(question: str) -> None:
    assert set(ask(question).scope.outlets) == {"Strand Radio", "The Ellery Courier"}


def test_a_comma_shares_no_cue() -> None:
    understood = ask("Unlike Strand Radio, the Ellery Courier reported what?")
    assert understood.scope.outlets == ("The Ellery Courier",)
    assert understood.preferred_outlets == ("Strand Radio",)


@pytest.mark.parametrize(
    ("question", "author"),
    [
        ("Which article by Mara Quill names the ferry?", "Mara Quill"),
        ("Which article on the ferry by Mara Quill names the toll?", "Mara Quill"),
        ("What was written by mara quill?", "Mara Quill"),
        ("What does Mara Quill's article say?", "Mara Quill"),
        ("What did reporter Jonas O'Dell find?", "Jonas O’Dell"),
        ("What did Jonas O’Dell write about the ferry?", "Jonas O’Dell"),
        ("Who sued Mara Quill?", None),
        ("Who was killed by Mara Quill?", None),
        ("What did Mara Quill say?", None),
        ("What did Quill write?", None),
    ],
)
def test_authors_need_a_cue(question: str, author: str | None) -> None:
    assert ask(question).scope.authors == ((author,) if author else ())


def test_quoted_phrases_limit_and_titles_do_not() -> None:
    understood = ask(
        'Who said "the toll is  wrong," in “Strand harbour”, and what says the article titled "Tolls rise"?'
    )
    assert understood.phrases == ("the toll is wrong", "Strand harbour")
    assert [mention.phrase for mention in understood.mentions if not mention.limits] == ["Tolls rise"]


@pytest.mark.parametrize("question", ['a 5" pipe or a 6" pipe', '"', '""', '" "', f'"{"word " * 13}"', 'it is "open'])
def test_other_quotation_marks_are_no_phrases(question: str) -> None:
    assert of_kind(question, "phrase") == []


def test_a_quoted_outlet_is_an_outlet_and_quoted_days_are_none() -> None:
    assert ask('According to "Strand Radio", who left?').scope.outlets == ("Strand Radio",)
    assert of_kind('Who sang "Wake me up in September 2024"?', "days") == []


@pytest.mark.parametrize(
    ("question", "languages"),
    [
        ("Which articles in German name the ferry?", [("de", True)]),
        ("What does French-language coverage say?", [("fr", True)]),
        ("What does the toll mean in Welsh?", [("cy", False)]),
        ("Who matters in French politics?", []),
        ("What did the French mayor say?", []),
        ("Is the work in polish or wax?", []),
    ],
)
def test_languages(question: str, languages: list[tuple[str, bool]]) -> None:
    assert [(one.language, one.limits) for one in of_kind(question, "language")] == languages
    assert ask(question).scope.languages == tuple(code for code, limits in languages if limits)


def test_an_index_without_names_and_odd_names() -> None:
    assert understand("According to Strand Radio, who left?", Names([], []), as_of=AS_OF).scope == EVERYTHING
    odd = Names(["", " ", "|", "The", "the ", "...", "A | B | C", "(x)", "\u0301"], ["", "?", "x  y"])
    assert understand("according to the . | (x) \u0301", odd, as_of=AS_OF).question


PIECES = st.sampled_from(
    "in on since the of and to from by , . - ? \" ' ’s “ ” 2 3rd 31 2021 2024-02-30 March may December Monday last "
    "past this week two weeks ago early Q3 half first according Strand Radio Beacon The Ellery Courier .com wrote "
    "Mara Quill article reported French language winter yesterday today year 999 between".split(" ")
)


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES | st.characters()).map("".join)),
    st.dates(),
)
def test_any_text_is_understood(question: str, as_of: date) -> None:
    understood = ask(question, as_of)
    assert all(0 <= one.start < one.end <= len(question) for one in understood.mentions)
    assert all(one.words == question[one.start : one.end] for one in understood.mentions)
    assert all(before.end <= after.start for before, after in pairwise(understood.mentions))
    assert isinstance(understood.scope, Scope)
    assert set(understood.preferred_outlets).isdisjoint(understood.scope.outlets)
    assert all(understood.phrases)


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "in ", '"', '" ', "“", "'", "a'", "1,", "1", "2021-", "March ", "the last ", "Strand ", ". ", "\u0301"),
        *(
            "Strand Radio and ",
            "from 3 March to ",
            "the 2021 ",
            "earlier so far this ",
            "mon, ",
            "(.*)+$ ",
            "in French ",
        ),
    ],
)
def test_a_long_question_takes_no_time(piece: str) -> None:
    question = (piece * 100_000)[:100_000]
    start = time.process_time()
    ask(question)
    assert time.process_time() - start < 5
