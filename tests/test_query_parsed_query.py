"""What a question names, put together: its scope, preferences, quoted words and languages."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query.names import Names
from rag.query.parsed_query import ParsedQuery
from rag.query.parsing import parse_question
from rag.query.subqueries import clauses, decompose, is_compound
from rag.store.scope import EVERYTHING, Scope

AS_OF = date(2025, 6, 18)
NAMES = Names(["The Ellery Courier", "Strand Radio", "Beacon"], lambda keys: ["Mara Quill"])


def ask(question: str, as_of: date = AS_OF) -> ParsedQuery:
    return parse_question(question, NAMES, as_of=as_of)


def test_only_what_restricts_becomes_the_scope() -> None:
    parsed = ask("What did Strand Radio report on 3 March 2025 about the fire of May 2024?")
    assert parsed.scope == Scope(date(2025, 3, 3), date(2025, 3, 3), outlets=("Strand Radio",))
    assert [(one.kind, one.restricts) for one in parsed.constraints] == [
        ("outlet", True),
        ("days", True),
        ("days", False),
    ]
    assert ask("Who bought Strand Radio in May 2025?").scope == EVERYTHING
    assert ask("Which article by Mara Quill names the ferry?").scope == Scope(authors=("Mara Quill",))


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Does the article from 3 March 2024 match the one from 9 May 2024?", date(2024, 3, 3), date(2024, 5, 9)),
        ("What was reported in 2024, and what does the 3 March 2024 article say?", date(2024, 3, 3), date(2024, 3, 3)),
        ("What was published before 1 March 2024, and what was published after 1 May 2024?", None, None),
    ],
)
def test_several_days_leave_all_that_is_compared(question: str, first: date | None, last: date | None) -> None:
    assert ask(question).scope == Scope(first, last)


def test_quoted_words_restrict_and_titles_do_not() -> None:
    parsed = ask('Who said "the toll is  wrong," in “Strand harbour”, and what says the article titled "Tolls rise"?')
    assert parsed.phrases == ("the toll is wrong", "Strand harbour")
    assert [one.phrase for one in parsed.constraints if not one.restricts] == ["Tolls rise"]


@pytest.mark.parametrize("question", ['a 5" pipe or a 6" pipe', '"', '""', '" "', f'"{"word " * 13}"', 'it is "open'])
def test_other_quotation_marks_are_no_phrases(question: str) -> None:
    assert ask(question).constraints == ()


@pytest.mark.parametrize(
    ("question", "languages"),
    [
        ("Which articles in German name the ferry?", ("de",)),
        ("What was reported in Turkish?", ("tr",)),
        ("Which articles name the ferry in French?", ("fr",)),
        ("What does French-language coverage say?", ("fr",)),
        ("What do articles in Norwegian or articles in Farsi say?", ("no", "fa")),
        ("What abuse was reported in Turkish prisons?", ()),
        ("What does the toll mean in Welsh?", ()),
    ],
)
def test_a_language_of_the_coverage_restricts(question: str, languages: tuple[str, ...]) -> None:
    assert ask(question).scope.languages == languages


def test_what_is_ignored_is_told_apart_by_all_of_its_words() -> None:
    question = "What did Strand Radio report on the Beacon in March 2025, according to the Evening Post?"
    read = ask(question)
    assert [one.words for one in (*read.constraints, *read.unknown_outlets)] == [
        "Strand Radio",
        "the Beacon",
        "in March 2025",
        "the Evening Post",
    ]
    words = ["strand radio", "THE BEACON", "March 2025", "the Evening Post"]
    parsed = parse_question(question, NAMES, as_of=AS_OF, ignored=words)
    assert [one.words for one in parsed.constraints] == ["in March 2025"]  # one word less is another
    assert (parsed.unknown_outlets, [one.words for one in parsed.ignored]) == (
        (),
        ["Strand Radio", "the Beacon", "the Evening Post"],
    )
    assert (read.scope, parsed.scope) == (Scope(outlets=("Strand Radio", "Beacon")), EVERYTHING)


def test_the_rest_of_a_question_keeps_what_it_may_be_about() -> None:
    question = 'What did Strand Radio report in March 2025 of the "old toll", like the Courier?'
    words = ["Strand Radio", "in March 2025", '"old toll"', "the Courier"]
    parsed = parse_question(question, NAMES, as_of=AS_OF, ignored=words)
    assert parsed.constraints == ()
    assert parsed.rest(phrases=False) == 'What did   report   of the "old toll", like the Courier?'
    assert ask(question).rest(phrases=False) == "What did   report   of the  , like  ?"
    assert ask(question).rest(phrases=True) == 'What did   report   of the "old toll", like  ?'


PIECES = st.sampled_from(
    'in since the of and by , . ? " ’s “ ” 2 3rd 31 2021 2024-02-30 March may December Monday last past this week two '
    "weeks ago before after autumn between Q3 half first according Strand Radio Beacon Courier .com Mara Quill article "
    "reported French language winter yesterday today year 999 while early ;".split(" ")
)


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES | st.characters()).map("".join)),
    st.dates(),
)
def test_any_text_is_parsed(question: str, as_of: date) -> None:
    parsed = ask(question, as_of)
    assert all(0 <= one.start < one.end <= len(question) for one in parsed.constraints)
    assert all(one.words == question[one.start : one.end] for one in parsed.constraints)
    assert all(before.end <= after.start for before, after in pairwise(parsed.constraints))
    parts = decompose(parsed)
    assert all(part.text in question for part in parts)
    named = {one.outlet for one in parsed.constraints if one.outlet}
    assert {one.outlet for part in parts for one in part.parsed.constraints if one.outlet} == named
    assert len(clauses(question)) != 1
    assert is_compound(parsed) in (True, False)
