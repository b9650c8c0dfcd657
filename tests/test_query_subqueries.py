"""The sub-queries and clauses of a question."""

from __future__ import annotations

from datetime import date

import pytest

from rag.query.names import Names
from rag.query.parsing import parse_question
from rag.query.subqueries import compares, decompose

AS_OF = date(2025, 6, 18)
OUTLETS = {"M": "The Meridian", "G": "Quillmoor Gazette", "T": "Radio Tarn"}
NAMES = Names(OUTLETS.values(), lambda keys: [])

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
- -: Who raised the tolls, | and who announced a protest?
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


@pytest.mark.parametrize("second", ["by how much", "when did he pay it"])
def test_what_leans_on_the_question_before_it_takes_it_along(second: str) -> None:
    parts = decompose(parse_question(f"Who raised the tolls, and {second}?", NAMES, as_of=AS_OF))
    asked = f"{second.capitalize()}? (Who raised the tolls?)"
    assert [part.text for part in parts] == ["Who raised the tolls?", asked]


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


SIDES = """
Which is older, the inn or the tower in Ellery? -> Which is older, the inn? | Which is older, the tower in Ellery?
Who was longer in office, Ruhl or Dahl? -> Who was longer in office, Ruhl? | Who was longer in office, Dahl?
How do Ellery and Vellmar differ on tolls? -> How do Ellery differ on tolls? | How do Vellmar differ on tolls?
What did both Ulla Ruhl and Ben Dahl offer? -> What did both Ulla Ruhl offer? | What did both Ben Dahl offer?
Compare Ulla Ruhl and Bank of Ellery on tolls -> Ulla Ruhl on tolls | Bank of Ellery on tolls
Did Ruhl and the Dahl of Ellery both pay? -> Did Ruhl both pay? | Did Dahl of Ellery both pay?
What did Ruhl and Dahl win, respectively? -> What did Ruhl win, respectively? | What did Dahl win, respectively?
Dahl versus Ruhl on tolls -> Dahl on tolls | Ruhl on tolls
Did Ruhl or Dahl raise the tolls? -> Did Ruhl or Dahl raise the tolls?
In 2019, how many people were killed or wounded? -> In 2019, how many people were killed or wounded?
Before the vote, did Ruhl resign or not? -> Before the vote, did Ruhl resign or not?
Did more than 100 people fly from Paris to London? -> Did more than 100 people fly from Paris to London?
Who sits on each side in Bosnia and Herzegovina? -> Who sits on each side in Bosnia and Herzegovina?
Did more people hear Simon and Garfunkel than Dahl? -> Did more people hear Simon and Garfunkel than Dahl?
What did the minister promise, buses or trams? -> What did the minister promise, buses or trams?
Who won the Ellery vs. Great Vellmar game? -> Who won the Ellery vs. Great Vellmar game?
What did Ruhl and Dahl sign? -> What did Ruhl and Dahl sign?
Who wrote "which is older, the bridge or the tower"? -> Who wrote "which is older, the bridge or the tower"?
"""


@pytest.mark.parametrize("line", SIDES.strip().splitlines())
def test_each_side_of_a_comparison_is_asked_for(line: str) -> None:
    question, _, sides = line.partition(" -> ")
    assert [one.text for one in decompose(parse_question(question, NAMES, as_of=AS_OF))] == sides.split(" | ")
    assert compares(question) == (" | " in sides)


def test_a_day_in_one_side_does_not_limit_the_other() -> None:
    question = "What did Ruhl say in articles published in March 2025 and Dahl, respectively Ruhl and Dahl, of tolls?"
    sides = decompose(parse_question(question, NAMES, as_of=AS_OF))
    assert (len(sides), [side.parsed.scope.published_from for side in sides]) == (2, [None, None])
