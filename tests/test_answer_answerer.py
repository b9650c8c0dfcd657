"""Answers: every citation is checked against the stored paragraph, and nothing unchecked is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.answer.drafts import Draft, Evidence
from rag.answer.extractive import ExtractiveGenerator
from rag.articles import Article
from rag.check.citations import Citation
from rag.check.verdicts import Outcome, Rule
from rag.record.json_output import answer_json
from rag.search.retriever import Retriever
from rag.store.scope import Scope
from tests.cited import Fixed
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

BRANDT = Evidence(HARBOUR, 2, 0, 71, '"We need the money for the sea wall," said harbour master Odile Brandt.')
TRAM = "Who will move into the old tram depot?"
CHESS = "Did anybody win that chess championship?"


def answerer(folder: Path, *articles: Article, budget: int = 120) -> Answerer:
    """One that quotes, over an index of these articles."""
    build_index(folder / "index", articles, budget=budget)
    return Answerer(Retriever.open(folder / "index", embedder=ToyEmbedder()), ExtractiveGenerator())


@pytest.fixture
def quoting(tmp_path: Path) -> Answerer:
    return answerer(tmp_path, HARBOUR, PROTEST, ORCHESTRA)


def drafted(quoting: Answerer, *drafts: Draft) -> Answer:
    return Answerer(quoting.retriever, Fixed(*drafts)).answer("What does the harbour need?", as_of=date(2025, 12, 31))


def test_an_answer_quotes_word_for_word(quoting: Answerer) -> None:
    answer = quoting.answer(TRAM)
    [claim] = answer.claims
    assert claim.text == ORCHESTRA.paragraphs[0]
    assert claim.citations == (Citation(1, ORCHESTRA, 1, 0, len(claim.text), claim.text),)
    assert answer.text == (
        "The Ellery Courier, 2 May 2025: The Vellmar orchestra will move into the old tram depot in autumn. [1]\n"
        "From 1 article of 1 outlet, 2 May 2025."
    )
    assert (answer.refused, answer.snapshot, answer.model) == (False, quoting.retriever.store.id, "toy")
    assert (answer.kind, answer.outcome, answer.lead, answer.reason) == ("fact", "answered", claim.text, "")


def test_a_sentence_is_quoted_whole_where_passages_cut_it(tmp_path: Path) -> None:
    wards = ", ".join(f"the ward of Hill {number}" for number in range(30))
    text = f"The minister did not say that the council, with {wards}, had approved the harbour plan of the district."
    cut = answerer(tmp_path, replace(HARBOUR, paragraphs=(text,)), budget=20)
    assert cut.retriever.store.passage_count > 1
    answer = cut.answer("Had the council approved the harbour plan of the district?")
    assert [citation.quote for citation in answer.citations] == [text]


def test_a_refusal_says_what_was_searched_and_what_comes_nearest(quoting: Answerer) -> None:
    answer = quoting.answer(CHESS)
    assert (answer.refused, answer.claims, answer.citations) == (True, (), ())
    assert (answer.outcome, answer.lead, answer.nearest) == ("nothing", "", ())
    assert answer.text == (
        "The coverage does not say. The article that comes nearest does not say “win”, “chess”, “championship”. "
        "It holds 3 articles of 2 outlets, from 4 March 2025 to 2 May 2025."
    )
    near = Answerer(quoting.retriever, Fixed()).answer(TRAM)  # it found no words for what is there
    assert (near.refused, near.outcome, near.claims) == (True, "nearest", ())
    assert near.text.split("\n")[1:3] == [
        "Nearest, and no answer:",
        f"- The Ellery Courier, 2 May 2025, “Orchestra finds a new hall”: {ORCHESTRA.paragraphs[0]}",
    ]
    limited = quoting.answer(TRAM, scope=Scope(outlets=("Strand Radio",)))
    assert limited.text.startswith("The coverage does not say. ")
    assert "Within these limits (Strand Radio) it holds 1 article of 1 outlet, of 12 April 2025." in limited.text
    assert quoting.answer(TRAM, scope=Scope(published_from=date(2026, 1, 1))).text == (
        "No article is within these limits (from 2026-01-01). Widen them, or ask without."
    )


def test_articles_that_only_lack_a_date_are_told(tmp_path: Path) -> None:
    quoting = answerer(tmp_path, replace(HARBOUR, published=None), PROTEST)
    within = quoting.answer(CHESS, scope=Scope(published_from=date(2025, 4, 1)))
    assert "it holds 1 article of 1 outlet, of 12 April 2025. 1 article without a date was skipped." in within.text
    elsewhere = Scope(published_from=date(2025, 4, 1), outlets=("Strand Radio",))
    assert quoting.answer(CHESS, scope=elsewhere).searched.undated == 0
    assert quoting.answer(CHESS).searched.undated == 0


INVENTED = [
    ("an altered quote", replace(BRANDT, quote=BRANDT.quote.replace("sea wall", "opera")), "does not say this"),
    ("a shifted span", replace(BRANDT, start=1), "does not say this at characters 1 to 71"),
    ("another paragraph", replace(BRANDT, paragraph=3), "has no characters 0 to 71"),
    ("no such paragraph", replace(BRANDT, paragraph=4), "the article has no paragraph 4"),
    ("paragraph zero", replace(BRANDT, paragraph=0), "the article has no paragraph 0"),
    ("a negative start", replace(BRANDT, start=-72), "has no characters -72 to 71"),
    ("an empty span", replace(BRANDT, end=0, quote=""), "has no characters 0 to 0"),
    (
        "an article that was changed on the way",
        replace(BRANDT, article=replace(HARBOUR, paragraphs=("The tolls fell.",) * 3), paragraph=1, quote="The tolls"),
        "does not hold this version of the article",
    ),
]


@pytest.mark.parametrize(("evidence", "why"), [pytest.param(e, w, id=name) for name, e, w in INVENTED])
@pytest.mark.parametrize("written", ["", "The harbour needs money."], ids=["quoted", "written"])
def test_an_invented_citation_is_never_shown(quoting: Answerer, evidence: Evidence, why: str, written: str) -> None:
    answer = drafted(quoting, Draft(written or evidence.quote, (evidence,)))
    assert (answer.refused, answer.citations) == (True, ())
    [cut] = answer.cut
    assert why in cut.reason


def test_a_written_sentence_is_checked_and_its_citation_narrowed_and_what_is_cut_takes_no_marker(
    quoting: Answerer,
) -> None:
    paragraph = HARBOUR.paragraph(2)
    whole = Evidence(HARBOUR, 2, 0, len(paragraph), paragraph)
    true = Draft('Harbour master Odile Brandt said: "We need the money for the sea wall."', (whole,))
    false = Draft('Harbour master Odile Brandt said: "We do not need the money for the sea wall."', (whole,))
    half = Draft("c", (BRANDT, replace(BRANDT, quote="“Never”")))
    answer = drafted(quoting, false, half, true, Draft("The sea wall is old.", ()))
    [claim] = answer.claims
    assert (claim.text, claim.verdict.outcome) == (true.text, Outcome.SUPPORTED)
    assert claim.citations == (Citation(1, HARBOUR, 2, 0, 71, BRANDT.quote),)
    assert [one.text for one in answer.cut] == [false.text, "c", "The sea wall is old."]
    assert answer.cut[-1].rule is Rule.MARKER
    assert answer.generator == "fixed"
    assert 0 < answer.timings["searched"] <= answer.timings["first"] <= answer.timings["whole"]


def test_streaming_shows_each_checked_claim_and_ends_with_the_whole_answer(quoting: Answerer) -> None:
    other = Evidence(PROTEST, 2, 0, 56, PROTEST.paragraphs[1])
    both = Answerer(quoting.retriever, Fixed(Draft(BRANDT.quote, (BRANDT,)), Draft(other.quote, (other,))))
    states = list(both.stream("What does the harbour need?"))
    assert [len(state.claims) for state in states] == [1, 2, 2]
    assert states[-1] == both.answer("What does the harbour need?")
    assert [citation.marker for citation in states[-1].citations] == [1, 2]


def test_the_printed_json_has_the_documented_fields(quoting: Answerer) -> None:
    answer = drafted(quoting, Draft(BRANDT.quote, (BRANDT,), answer_span=(4, 8)))
    assert json.loads(answer_json(answer)) == {
        "question": "What does the harbour need?",
        "rewritten": "",
        "kind": "fact",
        "outcome": "answered",
        "lead": BRANDT.quote,
        "text": f"The Ellery Courier, 4 March 2025: {BRANDT.quote} [1]\nFrom 1 article of 1 outlet, 4 March 2025.",
        "reason": "",
        "refused": False,
        "claims": [{"text": BRANDT.quote, "answer_span": [4, 8], "insertions": [], "markers": [1]}],
        "nearest": [],
        "corrections": [],
        "citations": [
            {
                "marker": 1,
                "quote": BRANDT.quote,
                "paragraph": 2,
                "start": 0,
                "end": 71,
                "article": {
                    "id": HARBOUR.id,
                    "title": "Harbour tolls rise",
                    "url": "https://www.ellery-courier.example/2025/03/04/tolls",
                    "outlet": "The Ellery Courier",
                    "published": "2025-03-04",
                    "updated": None,
                    "language": None,
                    "labels": [],
                },
                "link": "https://www.ellery-courier.example/2025/03/04/tolls"
                "#:~:text=We%20need%20the%20money,harbour%20master%20Odile%20Brandt",
            }
        ],
        "snapshot": quoting.retriever.store.id,
        "notice": "",
        "probability": round(answer.probability, 3),
        "unanswered": [],
        "parsed_query": {"as_of": "2025-12-31", "constraints": [], "unknown_outlets": [], "ignored": []},
    }


def test_refreshed(tmp_path: Path, quoting: Answerer) -> None:
    assert quoting.refreshed() is quoting
    build_index(tmp_path / "index", [ORCHESTRA])
    assert quoting.refreshed().answer(TRAM).snapshot != quoting.retriever.store.id


def test_joined_questions_are_answered_one_by_one_and_the_unanswered_one_is_named(quoting: Answerer) -> None:
    answer = quoting.answer("Who raised the tolls, and who announced a protest?")
    assert [one.quote for one in answer.citations] == [HARBOUR.paragraph(1), HARBOUR.paragraph(3)]
    assert answer.unanswered == ()
    answer = quoting.answer("Who raised the tolls, and who won the chess tournament?")
    assert answer.lead == f"{HARBOUR.paragraph(1)[:-1]} [4 March 2025]."
    assert answer.unanswered == ("and who won the chess tournament?",)
    assert answer.text.endswith("\nThe coverage does not answer this part: “and who won the chess tournament?”.")


def test_nothing_is_quoted_for_an_outlet_that_the_index_lacks(quoting: Answerer) -> None:
    assert quoting.answer("What did an article by the Evening Lantern say of a rise?").refused


@pytest.mark.parametrize("pasted", ["[2] The Ellery Courier: the", "【1†Courier】 the", "See [source 1], the"])
def test_what_looks_like_our_marker_is_not_quoted(tmp_path: Path, pasted: str) -> None:
    hostile = replace(HARBOUR, paragraphs=(f"{pasted} harbour master of Port Ellery raised the harbour tolls.",))
    answer = answerer(tmp_path, hostile, PROTEST).answer("Who raised the harbour tolls?")
    assert pasted not in answer.text
    assert HARBOUR.url not in [one.article.url for one in answer.citations]


def test_what_an_editor_put_in_brackets_is_quoted(tmp_path: Path) -> None:
    text = "The harbour master of Port Ellery raised the harbour tolls in [1997] by [$10 million], he said."
    quoting = answerer(tmp_path, replace(HARBOUR, paragraphs=(text,)), PROTEST)
    assert quoting.answer("Who raised the harbour tolls?").claims[0].text == text
