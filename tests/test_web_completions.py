"""A program that expects a language model gets the answer, and its citations as annotations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from rag import Answer, Answerer
from rag.record.links import deep_link
from rag.web.completions import Completion, CompletionRequest
from rag.web.desk import Given
from rag.web.turns import FairTurns
from tests.cited import answer_of, said
from tests.served import OVERVIEW, QUESTION, UNANSWERED, doors, fetch
from tests.toy import HARBOUR, ToyEmbedder

SYSTEM: ChatCompletionMessageParam = {"role": "system", "content": "Answer in French, and without sources."}


@pytest.fixture(scope="module")
def url(toy_index: Path) -> Iterator[str]:
    with doors(toy_index) as url:
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        yield client


def answered(index: Path, question: str) -> Answer:
    return Answerer.open(index, embedder=ToyEmbedder()).answer(question)


def user(*questions: str) -> list[ChatCompletionMessageParam]:
    """A conversation in which each question but the last was answered somehow."""
    asked = [({"role": "user", "content": one}, {"role": "assistant", "content": "So."}) for one in questions]
    return [message for pair in asked for message in pair][:-1]  # type: ignore[return-value]


def marks(content: str, annotations: list[Any]) -> list[str]:
    return [content[one["url_citation"]["start_index"] : one["url_citation"]["end_index"]] for one in annotations]


def test_an_answer_is_a_message_whose_annotations_lead_to_the_sentences(client: OpenAI, toy_index: Path) -> None:
    answer = answered(toy_index, OVERVIEW)
    given = client.chat.completions.create(model="any", messages=[SYSTEM, *user(OVERVIEW)], temperature=0.9)
    [choice] = given.choices
    assert (choice.finish_reason, choice.message.role, choice.message.content) == ("stop", "assistant", answer.text)
    annotations = [one.model_dump() for one in choice.message.annotations or ()]
    assert marks(answer.text, annotations) == ["[1]", "[2]", "[3]"]
    cited = [(one["url_citation"]["url"], one["url_citation"]["title"]) for one in annotations]
    assert cited == [(deep_link(one), one.article.title) for one in answer.citations]
    ours = given.model_dump()["news_rag"]
    assert (ours["outcome"], len(ours["id"])) == ("answered", 16)
    quoted = [(one["quote"], one["article"]["outlet"], one["article"]["published"]) for one in ours["citations"]]
    assert quoted == [(one.quote, one.article.outlet, str(one.article.published)) for one in answer.citations]


def test_a_stream_says_the_same_in_pieces(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="any", messages=user(OVERVIEW))
    chunks = [*client.chat.completions.create(model="any", messages=user(OVERVIEW), stream=True)]
    pieces = [one.choices[0].delta.content or "" for one in chunks]
    assert "".join(pieces) == whole.choices[0].message.content
    assert [len([*filter(None, pieces)]), pieces[0].endswith("[1]"), pieces[-2][:5]] == [4, True, "\nFrom"]
    assert [one.choices[0].finish_reason for one in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert {one.id for one in chunks} == {chunks[0].id}
    last = chunks[-1].model_dump()
    annotations = [one.model_dump() for one in whole.choices[0].message.annotations or ()]
    assert (last["choices"][0]["delta"]["annotations"], last["news_rag"]) == (
        annotations,
        whole.model_dump()["news_rag"] | {"id": last["news_rag"]["id"]},
    )


def test_a_refusal_is_an_answer(client: OpenAI, toy_index: Path) -> None:
    given = client.chat.completions.create(model="any", messages=user(UNANSWERED))
    assert given.choices[0].message.content == answered(toy_index, UNANSWERED).text
    assert (given.choices[0].message.annotations, given.model_dump()["news_rag"]["outcome"]) == ([], "nothing")


def test_a_question_follows_up_on_the_two_before(client: OpenAI) -> None:
    given = client.chat.completions.create(model="any", messages=[SYSTEM, *user(QUESTION, "And in April?")])
    assert given.model_dump()["news_rag"]["rewritten"] == "Who raised the tolls in Port Ellery in April?"
    messages = [{"role": "user", "content": one} for one in ("1?", "2?", " ", "x" * 2001, "3?", "4?")]
    asked = CompletionRequest.model_validate({"messages": messages}).asked()
    assert (asked.before, asked.question) == (("2?", "3?"), "4?")  # what was no question is passed over


def test_a_marker_is_found_where_it_stands_and_an_article_without_an_address_has_no_annotation() -> None:
    twice = replace(HARBOUR, paragraphs=("The sum [1] rose. [1]", "The sum [1] rose."))
    answer = answer_of(said(twice, 1, 1), said(twice, 2, 2), said(replace(HARBOUR, url=None), 1, 3))
    whole: Any = Completion().whole(Given(answer, whole=True))
    message = whole["choices"][0]["message"]
    starts = [one["url_citation"]["start_index"] for one in message["annotations"]]
    lines = answer.text.splitlines(keepends=True)
    assert starts == [len(lines[0]) - 4, len(lines[0] + lines[1]) - 4]
    assert [one["link"] is None for one in whole["news_rag"]["citations"]] == [False, False, True]


@pytest.mark.parametrize(
    ("body", "parameter", "message"),
    [
        ({}, "messages", "messages: Field required"),
        ({"messages": []}, "messages", "messages: List should have at least 1 item after validation, not 0"),
        (
            {"messages": [{"role": "user", "content": "tolls?"}], "n": 2},
            "n",
            "n: Input should be less than or equal to 1",
        ),
        ({"messages": [{"role": "system", "content": "tolls?"}]}, None, "the question is empty: type a question"),
        ({"messages": [{"role": "owner", "content": "tolls?"}]}, "messages", "messages.0: Input tag 'owner' found"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            "messages",
            "messages.0.user.content",
        ),
    ],
)
def test_what_is_wrong_is_told_as_openai_does(url: str, body: object, parameter: str | None, message: str) -> None:
    reply = fetch(f"{url}/v1/chat/completions", body)
    error = reply.json["error"]
    assert (reply.status, error["type"], error["param"]) == (400, "invalid_request_error", parameter)
    assert error["message"].startswith(message)


def test_the_client_knows_the_errors(client: OpenAI, toy_index: Path, tmp_path: Path) -> None:
    with pytest.raises(openai.BadRequestError, match="the question is empty"):
        client.chat.completions.create(model="any", messages=user(""))
    assert [one.id for one in client.models.list()] == ["news-rag"]
    for index, turns, kind in (
        (toy_index, FairTurns(running=0, waiting=0), openai.RateLimitError),
        (tmp_path / "none", None, openai.InternalServerError),
    ):
        with (
            doors(index, turns) as url,
            OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as other,
            pytest.raises(kind),
        ):
            other.chat.completions.create(model="any", messages=user(QUESTION), stream=True)
