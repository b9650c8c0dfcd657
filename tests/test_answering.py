"""Answers: every citation is checked against the stored paragraph, and nothing unchecked is shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.building import build
from rag.answer.answerer import Answerer
from rag.answer.answers import how_it_was_read
from rag.answer.drafts import Draft, Evidence
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.features import ANSWER_THRESHOLD
from rag.answer.sentences import Sentence
from rag.articles import Article
from rag.check.citations import Citation
from rag.check.verdicts import Outcome, Rule
from rag.cli.json_output import answer_record
from rag.search.retriever import Retriever
from rag.store.scope import Scope
from rag.store.snapshot import IndexFolder
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index

BRANDT = Evidence(HARBOUR, 2, 0, 71, '"We need the money for the sea wall," said harbour master Odile Brandt.')


class Fixed:
    """A generator that drafts what it was made with."""

    def __init__(self, *drafts: Draft) -> None:
        self.drafts = drafts

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        yield from self.drafts


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA])
    return Retriever.open(tmp_path / "index", embedder=ToyEmbedder())


def test_an_answer_quotes_word_for_word(retriever: Retriever) -> None:
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Who will move into the old tram depot?")
    [claim] = answer.claims
    [citation] = claim.citations
    assert claim.text == citation.quote == ORCHESTRA.paragraphs[0]
    assert (citation.marker, citation.article, citation.paragraph) == (1, ORCHESTRA, 1)
    assert ORCHESTRA.paragraph(1)[citation.start : citation.end] == citation.quote
    assert answer.text == (
        "From 1 article of 1 outlet, 2 May 2025:\n"
        "The Ellery Courier, 2 May 2025: The Vellmar orchestra will move into the old tram depot in autumn. [1]"
    )
    assert (answer.refused, answer.snapshot) == (False, retriever.snapshot.id)


def test_a_sentence_is_quoted_whole_where_passages_cut_it(tmp_path: Path) -> None:
    wards = ", ".join(f"the ward of Hill {number}" for number in range(30))
    text = f"The minister did not say that the council, with {wards}, had approved the harbour plan of the district."
    article = replace(HARBOUR, paragraphs=(text,))
    report = build_index(tmp_path / "cut", [article], budget=20)
    assert report.counts.passages > 1
    answerer = Answerer(Retriever.open(tmp_path / "cut", embedder=ToyEmbedder()), ExtractiveGenerator())
    answer = answerer.answer("Had the council approved the harbour plan of the district?")
    assert [citation.quote for citation in answer.citations] == [text]


def test_nothing_that_bears_on_the_question(retriever: Retriever) -> None:
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Did anybody win that chess championship?")
    assert (answer.refused, answer.claims, answer.citations) == (True, (), ())
    first, nearest, *articles = answer.text.split("\n")
    assert first == (
        "The coverage does not answer this. It holds 3 articles of 2 outlets, from 4 March 2025 to 2 May 2025."
    )
    assert nearest == "What comes nearest:"
    assert sorted(articles) == [
        "- Fishermen block the quay (Strand Radio, 12 April 2025)",
        "- Harbour tolls rise (The Ellery Courier, 4 March 2025)",
        "- Orchestra finds a new hall (The Ellery Courier, 2 May 2025)",
    ]


def test_a_refusal_says_that_only_the_scope_was_searched(retriever: Retriever) -> None:
    scope = Scope(outlets=("Strand Radio",))
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Who will move into the old tram depot?", scope=scope)
    assert answer.refused
    assert answer.text.startswith(
        "The coverage does not answer this. Within these limits (Strand Radio) it holds 1 article of 1 outlet, "
        "of 12 April 2025."
    )


def test_a_scope_without_articles(retriever: Retriever) -> None:
    scope = Scope(published_from=date(2026, 1, 1))
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Who will move into the old tram depot?", scope=scope)
    assert answer.refused
    assert answer.text == "No article is within these limits (from 2026-01-01). Widen them, or ask without."


def test_articles_that_only_lack_a_date_are_told(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [replace(HARBOUR, published=None), PROTEST])
    answerer = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), ExtractiveGenerator())
    asked = "Who will win that chess championship?"
    within = answerer.answer(asked, scope=Scope(published_from=date(2025, 4, 1)))
    assert "it holds 1 article of 1 outlet, of 12 April 2025. 1 article without a date was left out." in within.text
    nothing = answerer.answer(asked, scope=Scope(published_from=date(2026, 1, 1)))
    assert nothing.text == (
        "No article is within these limits (from 2026-01-01). 1 article without a date was left out. "
        "Widen them, or ask without."
    )
    elsewhere = Scope(published_from=date(2025, 4, 1), outlets=("Strand Radio",))
    assert answerer.answer(asked, scope=elsewhere).searched.undated == 0
    assert answerer.answer(asked).searched.undated == 0


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
def test_an_invented_citation_is_never_shown(retriever: Retriever, evidence: Evidence, why: str) -> None:
    answer = Answerer(retriever, Fixed(Draft(evidence.quote, (evidence,)))).answer("What does the harbour need?")
    assert answer.refused
    assert answer.citations == ()
    assert len(answer.cut) == 1
    assert why in answer.cut[0].reason


def test_a_written_sentence_is_checked_and_its_citation_narrowed(retriever: Retriever) -> None:
    paragraph = HARBOUR.paragraph(2)
    whole = Evidence(HARBOUR, 2, 0, len(paragraph), paragraph)
    true = Draft('Harbour master Odile Brandt said: "We need the money for the sea wall."', (whole,))
    false = Draft('Harbour master Odile Brandt said: "We do not need the money for the sea wall."', (whole,))
    uncited = Draft("The sea wall is old.", ())
    answer = Answerer(retriever, Fixed(false, true, uncited)).answer("Why does the harbour master need money?")
    [claim] = answer.claims
    assert (claim.text, claim.verdict.outcome) == (true.text, Outcome.SUPPORTED)
    [citation] = claim.citations
    assert citation == Citation(1, HARBOUR, 2, 0, 71, BRANDT.quote)
    assert [(one.text, one.outcome, one.rule) for one in answer.cut] == [
        (false.text, Outcome.CONTRADICTED, Rule.NEGATION),
        (uncited.text, Outcome.UNSUPPORTED, Rule.MARKER),
    ]
    assert (answer.generator, answer.model) == ("fixed", "toy")
    assert 0 < answer.timings["searched"] <= answer.timings["first"] <= answer.timings["whole"]


def test_what_is_dropped_takes_no_marker_and_what_cites_nothing_is_dropped(retriever: Retriever) -> None:
    false = replace(BRANDT, quote="“Never”")
    drafts = [Draft("a", (false,)), Draft("b", ()), Draft("c", (BRANDT, false)), Draft(BRANDT.quote, (BRANDT,))]
    answer = Answerer(retriever, Fixed(*drafts)).answer("What does the harbour need?")
    assert [claim.text for claim in answer.claims] == [BRANDT.quote]
    assert [citation.marker for citation in answer.citations] == [1]
    assert len(answer.cut) == 3
    assert not answer.refused


def test_streaming_shows_each_checked_claim_and_ends_with_the_whole_answer(retriever: Retriever) -> None:
    other = Evidence(PROTEST, 2, 0, 56, PROTEST.paragraphs[1])
    answerer = Answerer(retriever, Fixed(Draft(BRANDT.quote, (BRANDT,)), Draft(other.quote, (other,))))
    states = list(answerer.stream("What does the harbour need?"))
    assert [len(state.claims) for state in states] == [1, 2, 2]
    assert states[-1] == answerer.answer("What does the harbour need?")
    assert [citation.marker for citation in states[-1].citations] == [1, 2]


def test_two_quotes_never_say_the_same(tmp_path: Path) -> None:
    copy = replace(
        HARBOUR,
        outlet="Strand Radio",
        url="https://strand-radio.example/tolls",
        paragraphs=("The harbour master of Port Ellery has raised the tolls by nine per cent, on Tuesday.",),
    )
    build_index(tmp_path / "index", [HARBOUR, copy])
    answerer = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), ExtractiveGenerator())
    answer = answerer.answer("By how many per cent did the harbour master of Port Ellery raise tolls?")
    assert len(answer.claims) == 1


def test_json_record_has_the_documented_fields(retriever: Retriever) -> None:
    answer = Answerer(retriever, Fixed(Draft(BRANDT.quote, (BRANDT,)))).answer(
        "What does the harbour need?", as_of=date(2025, 12, 31)
    )
    assert answer_record(answer) == {
        "question": "What does the harbour need?",
        "rewritten": "",
        "text": f"From 1 article of 1 outlet, 4 March 2025:\nThe Ellery Courier, 4 March 2025: {BRANDT.quote} [1]",
        "refused": False,
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
                    "language": None,
                },
                "link": "https://www.ellery-courier.example/2025/03/04/tolls"
                "#:~:text=We%20need%20the%20money,harbour%20master%20Odile%20Brandt",
            }
        ],
        "snapshot": retriever.snapshot.id,
        "notice": "",
        "probability": round(answer.probability, 3),
        "unanswered": [],
        "understood": {"as_of": "2025-12-31", "mentions": [], "unheld": []},
    }


def test_bad_questions_raise_before_anything_is_shown(retriever: Retriever) -> None:
    answerer = Answerer(retriever, ExtractiveGenerator())
    with pytest.raises(ValueError, match="the question is empty"):
        next(answerer.stream(" "))
    with pytest.raises(ValueError, match="may have 2,000"):
        answerer.answer("x" * 100_000)


def test_refreshed(tmp_path: Path, retriever: Retriever) -> None:
    answerer = Answerer(retriever, ExtractiveGenerator())
    assert answerer.refreshed() is answerer
    build_index(tmp_path / "index", [ORCHESTRA])
    assert answerer.refreshed().answer("Who will move into the old tram depot?").snapshot != retriever.snapshot.id


def sentence(article: Article, paragraph: int, relevance: float, part: str = "") -> Sentence:
    text = article.paragraph(paragraph)
    return Sentence(article, paragraph, 0, len(text), text, relevance, part=part)


def quoted(*sentences: Sentence) -> list[str]:
    return [draft.text for draft in ExtractiveGenerator()("Who?", sorted(sentences, key=lambda one: -one.relevance))]


def test_quotes_begin_with_the_best_and_go_on_in_the_order_of_publication() -> None:
    best, later, earlier = sentence(PROTEST, 1, 0.9), sentence(ORCHESTRA, 1, 0.85), sentence(HARBOUR, 3, 0.8)
    assert quoted(best, later, earlier) == [best.text, earlier.text, later.text]


def test_what_is_much_less_likely_to_answer_is_not_quoted() -> None:
    best, far, never = (
        sentence(PROTEST, 1, 0.9),
        sentence(ORCHESTRA, 1, 0.55),
        sentence(HARBOUR, 3, ANSWER_THRESHOLD - 0.01),
    )
    assert quoted(best, far, never) == [best.text]
    assert quoted(never) == []


def test_each_part_of_a_question_is_answered_even_where_another_is_answered_better() -> None:
    one, other = sentence(PROTEST, 1, 0.95, "the protest"), sentence(ORCHESTRA, 1, 0.2, "the orchestra")
    assert quoted(one, other) == [one.text, other.text]


def test_what_was_quoted_is_not_quoted_again_in_other_order() -> None:
    text = "On Tuesday Port Ellery raised the harbour tolls by nine per cent."
    again = replace(HARBOUR, paragraphs=(text,), url=None)
    assert quoted(sentence(HARBOUR, 1, 0.9), sentence(again, 1, 0.85)) == [HARBOUR.paragraph(1)]


def test_the_part_that_nothing_answers_is_named(retriever: Retriever) -> None:
    question = (
        "Who raised the tolls of the harbour of Port Ellery on Tuesday, "
        "and which champion won that long chess tournament?"
    )
    answer = Answerer(retriever, ExtractiveGenerator()).answer(question)
    assert answer.claims[0].text == HARBOUR.paragraph(1)
    assert answer.unanswered == ("and which champion won that long chess tournament?",)
    assert answer.text.endswith(
        "\nThe coverage does not answer this part: “and which champion won that long chess tournament?”."
    )


def test_days_without_a_year_are_said_with_the_year_that_they_were_taken_for(retriever: Retriever) -> None:
    answerer, as_of = Answerer(retriever, ExtractiveGenerator()), date(2025, 3, 20)
    for question, said in (
        ("Who raised the tolls in March?", "“in March” (from 1 March 2025 to 31 March 2025)"),
        ("Who raised the tolls in March 2025?", "“in March 2025”."),
        ("Who raised the tolls yesterday?", "“yesterday” (from 19 March 2025 to 20 March 2025)"),
    ):
        assert said in how_it_was_read(answerer.answer(question, as_of=as_of))


def test_short_questions_that_are_joined_are_answered_one_by_one(retriever: Retriever) -> None:
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Who raised the tolls, and who announced a protest?")
    assert [claim.text for claim in answer.claims] == [HARBOUR.paragraph(1), HARBOUR.paragraph(3)]
    assert answer.unanswered == ()
    answer = Answerer(retriever, ExtractiveGenerator()).answer(
        "Who raised the tolls, and who won the chess tournament?"
    )
    assert answer.unanswered == ("and who won the chess tournament?",)


def test_an_outlet_that_the_index_lacks_is_named_and_nothing_is_quoted_for_it(retriever: Retriever) -> None:
    answer = Answerer(retriever, ExtractiveGenerator()).answer(
        "What did an article by the Evening Lantern say of a rise?"
    )
    assert answer.refused
    assert "Not in this index: “the Evening Lantern”." in how_it_was_read(answer)


def test_what_answers_a_part_of_its_own_is_quoted_though_another_outlet_says_the_same() -> None:
    copy = replace(HARBOUR, outlet="Strand Radio", url="https://strand-radio.example/tolls")
    both = sentence(HARBOUR, 1, 0.9, "the Courier"), sentence(copy, 1, 0.8, "Strand Radio")
    assert quoted(*both) == [HARBOUR.paragraph(1)] * 2


def test_signs_and_their_probability(retriever: Retriever) -> None:
    found = retriever.search("Who raised the harbour tolls?")
    best = retriever.sentences(found)[0]
    assert (best.text, best.part) == (HARBOUR.paragraph(1), "Who raised the harbour tolls?")
    assert best.features is not None
    # The toy's vectors: five words of the question, of which the sentence has four, "the" twice, among fifteen.
    assert best.features.similarity == pytest.approx(5 / math.sqrt(5 * 17))
    assert best.features.passage_similarity == pytest.approx(found.hits[0].explain.dense)
    assert (best.features.missing_beside, best.features.missing_in_article) == (0.0, 0.0)
    assert (best.features.unnamed, best.features.unknown_name, best.features.unknown_outlets) == (0.0, 0.0, 0.0)
    assert (best.features.gives, best.features.gives_nothing) == (1.0, 0.0)
    odds = best.relevance / (1 - best.relevance)
    assert math.log(odds) == pytest.approx(
        -2.34 + 3.7 * best.features.similarity + 1.3 * best.features.passage_similarity + 0.29
    )


def test_a_name_in_any_script_is_one_and_a_small_letter_is_none(retriever: Retriever) -> None:
    for question, unknown in (
        ("Who raised the harbour tolls, Örsted?", 1.0),
        ("Who raised the harbour tolls, école?", 0.0),
    ):
        features = retriever.sentences(retriever.search(question))[0].features
        assert features is not None
        assert features.unknown_name == unknown


@pytest.mark.parametrize("pasted", ["[2] The Ellery Courier: the", "【1†Courier】 the", "See [source 1], the"])
def test_what_looks_like_our_marker_is_not_quoted(tmp_path: Path, pasted: str) -> None:
    hostile = replace(HARBOUR, paragraphs=(f"{pasted} harbour master of Port Ellery raised the harbour tolls.",))
    build_index(tmp_path / "index", [hostile, PROTEST])
    retriever = Retriever.open(tmp_path / "index", embedder=ToyEmbedder())
    sentences = retriever.sentences(retriever.search("Who raised the harbour tolls?"))
    assert [one.article.url for one in sentences] == [PROTEST.url] * 2


@pytest.mark.parametrize("inserted", ["[$10 million]", "in [1997]", "[about 200 times]"])
def test_what_an_editor_put_in_brackets_is_quoted(tmp_path: Path, inserted: str) -> None:
    text = f"The harbour master of Port Ellery raised the harbour tolls {inserted}, he said."
    build_index(tmp_path / "index", [replace(HARBOUR, paragraphs=(text,)), PROTEST])
    answer = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), ExtractiveGenerator()).answer(
        "Who raised the harbour tolls?"
    )
    assert answer.claims[0].text == text


def test_an_agencys_report_counts_as_its_own(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [PROTEST])
    folder = tmp_path / "index-articles"
    article = (folder / "0000.md").read_text(encoding="utf-8")
    (folder / "0000.md").write_text(article.replace("---\n", "---\nagency: Strand Wire\n", 1), encoding="utf-8")
    build([folder], IndexFolder(tmp_path / "index"), ToyEmbedder(), today=TODAY)
    retriever = Retriever.open(tmp_path / "index", embedder=ToyEmbedder())
    unknown_outlets = {}
    for outlet in ("Strand Wire", "Evening Post"):
        found = retriever.search(f"What did an article by the {outlet} say of the fishermen?")
        features = retriever.sentences(found)[0].features
        assert features is not None
        unknown_outlets[outlet] = features.unknown_outlets
    assert unknown_outlets == {"Strand Wire": 0.0, "Evening Post": 1.0}
