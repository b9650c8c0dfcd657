"""Prompts: numbered paragraphs with outlet and date, the most relevant of them, within a budget of tokens."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.drafts import Evidence
from rag.answer.llm.prompt import REFUSAL, neutral, writing_prompt
from rag.answer.sentences import Sentence
from rag.articles import Article
from rag.text.tokens import count_tokens
from tests.toy import HARBOUR, PROTEST


def sentence(article: Article, paragraph: int, start: int = 0, end: int = 10) -> Sentence:
    return Sentence(article, paragraph, start, end, "x", 0.5)


def test_a_prompt_holds_paragraphs_their_origin_and_the_question() -> None:
    prompt = writing_prompt("Why <b>now</b>?", [sentence(PROTEST, 2), sentence(HARBOUR, 1)], nonce="n0n3e")
    assert prompt.text == (
        "BEGIN n0n3e\n"
        "[1] Strand Radio · 12 April 2025 · Fishermen block the quay\n"
        "Odile Brandt offered to talk, but ruled out lower tolls.\n"
        "\n"
        "[2] The Ellery Courier · 4 March 2025 · Harbour tolls rise\n"
        "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday.\n"
        "END n0n3e\n"
        "\n"
        "Question: Why ‹b›now‹/b›?\n"
        "Answer in short sentences, each with its marker, or write: The coverage does not say."
    )
    assert prompt.shown == (
        Evidence(PROTEST, 2, 0, 56, PROTEST.paragraphs[1]),
        Evidence(HARBOUR, 1, 0, 79, HARBOUR.paragraphs[0]),
    )
    assert f"write exactly: {REFUSAL}" in prompt.instructions
    assert "BEGIN n0n3e and END n0n3e" in prompt.instructions


def test_a_paragraph_stands_there_once() -> None:
    prompt = writing_prompt("Why?", [sentence(HARBOUR, 1), sentence(HARBOUR, 1, 20, 30), sentence(HARBOUR, 2)])
    assert [one.paragraph for one in prompt.shown] == [1, 2]


def test_the_data_keep_to_the_budget_and_the_least_relevant_go_first() -> None:
    found = [sentence(HARBOUR, n) for n in (3, 1, 2)] + [sentence(PROTEST, n) for n in (1, 2)]
    full = writing_prompt("Why?", found)
    counts = []
    for budget in range(0, 300, 20):
        prompt = writing_prompt("Why?", found, budget=budget, nonce="n")
        assert prompt.shown == full.shown[: len(prompt.shown)]
        assert count_tokens(prompt.text.removeprefix("BEGIN n\n").partition("\nEND n")[0]) <= budget
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


def test_the_grammar_allows_markers_of_what_is_shown_only() -> None:
    prompt = writing_prompt("Why?", [sentence(HARBOUR, 1), sentence(HARBOUR, 2)])
    assert prompt.grammar is not None
    assert 'number ::= "1" | "2"\n' in prompt.grammar
    assert f'"{REFUSAL}"' in prompt.grammar


def test_a_model_that_may_not_decline_is_not_offered_to() -> None:
    prompt = writing_prompt("Why?", [sentence(HARBOUR, 1)], declining=False)
    assert prompt.grammar is not None
    assert REFUSAL not in prompt.instructions + prompt.text + prompt.grammar


def test_plain_news_stays_as_it_is() -> None:
    for text in (
        *HARBOUR.paragraphs,
        "AT&T paid $1.2bn – “a lot”, l’été, Ærø; 3.5% (twice) — 10:30 o'clock!",
        "Жители",
    ):
        assert neutral(text) == text
