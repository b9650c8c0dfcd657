"""The sub-queries and clauses of a question."""

from __future__ import annotations

from datetime import date

import pytest

from rag.query.names import Names
from rag.query.parsing import parse_question
from rag.query.subqueries import decompose

AS_OF = date(2025, 6, 18)
OUTLETS = {"M": "The Meridian", "G": "Quillmoor Gazette", "T": "Radio Tarn"}
NAMES = Names(OUTLETS.values(), [])

# Before the colon the outlet of each sub-query, by its initial; "|" where the question is cut, or "^" where only its
# beginning is a sub-query of its own and the rest needs the whole question.
DECOMPOSED = """
T M: Which person, reported by Radio Tarn and The Meridian, sold the weir?
T M: Did Radio Tarn report the strike ^ before The Meridian did?
T M: Did Radio Tarn report the tram strike | before The Meridian reported the bus strike?
T G: Did the Radio Tarn article call the mayor honest, | but the Quillmoor Gazette article call the mayor a liar?
M T: Does The Meridian article on tram brakes | agree with the Radio Tarn article on tram brakes?
M T G: Who is named in The Meridian, Radio Tarn and Quillmoor Gazette as the buyer of the weir?
T G: Did Radio Tarn praise the weir, the tram and the lock, | while Quillmoor Gazette criticised them?
T: What did Radio Tarn report about the mayor who, while abroad, sold the weir?
-: Who wrote "the mayor raised the old tolls; while the council lowered the new fees"?
- -: Why did the mayor of Ellery sell the depot, | and who bought the old tram line from the council?
-: Why did the mayor of Ellery sell the depot, and what did he say about it to the press?
- -: Who raised the tolls, | and who announced a protest?
-: Who raised the tolls in March 2025, and who announced a protest?
"""


@pytest.mark.parametrize("line", DECOMPOSED.strip().splitlines())
def test_every_outlet_and_clause_brings_its_own(line: str) -> None:
    initials, _, marked = line.partition(": ")
    question = marked.replace(" | ", " ").replace(" ^ ", " ")
    outlets = [(OUTLETS[initial],) if initial != "-" else () for initial in initials.split()]
    texts = [text.strip(" ,;") for text in marked.split(" | ")]
    if " ^ " in marked:
        texts = [marked.split(" ^ ")[0], question]
    if len(texts) == 1:
        texts *= len(outlets)
    parts = decompose(parse_question(question, NAMES, as_of=AS_OF))
    assert [(part.text, part.parsed.scope.outlets) for part in parts] == list(zip(texts, outlets, strict=True))


def test_a_limit_in_half_of_a_question_belongs_to_that_half() -> None:
    question = (
        "Which tolls rose in the articles published in March 2025 at the weir, and who bought the old tram depot?"
    )
    first, second = decompose(parse_question(question, NAMES, as_of=AS_OF))
    assert first.parsed.scope.published_from == date(2025, 3, 1)
    assert not second.parsed.scope
    question = "Did Radio Tarn's article of 3 March 2025 call the tolls fair, as the editorial of 9 May 2025 does?"
    [uncut] = decompose(parse_question(question, NAMES, as_of=AS_OF))
    assert (uncut.parsed.scope.published_from, uncut.parsed.scope.outlets) == (None, ("Radio Tarn",))
