"""The chat of the page over the desk: what a question gives, step by step, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from rag import Answerer, Retriever
from rag.answer.drafts import Draft, Generator
from rag.answer.sentence_ranking import Sentence
from rag.errors import GenerationFailed, IndexCorrupt, IndexNotFound, RagError
from rag.record.keeping import KeptAnswers
from rag.web.chat import Chat
from rag.web.desk import Desk, LatestAnswerer
from tests.markup import Html
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, build_index

QUESTION = "Who raised the tolls in Port Ellery?"
HTTP = SimpleNamespace(request=SimpleNamespace(client=None, scope={"root_path": "/news/"}))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", [HARBOUR])
    return tmp_path / "index"


def desk_over(index: Path, generator: Generator | None = None, **more: object) -> Desk:
    def opened() -> Answerer:
        answerer = Answerer.open(index, embedder=ToyEmbedder(), reader="none")
        return replace(answerer, **({"generator": generator} if generator else {}), **more)  # type: ignore[arg-type]

    return Desk(LatestAnswerer(opened), KeptAnswers(index, history=False))


def ask(desk: Desk, question: str, *, turn: str = "t1", owner: str = "me", **more: object) -> list[dict[str, object]]:
    """All that the page is sent for a question."""

    async def sent() -> list[dict[str, object]]:
        request = {"ask": {"question": question} | more, "turn": turn, "owner": owner}
        return [value async for value in Chat(desk).chat(request, HTTP)]  # type: ignore[arg-type]

    return asyncio.run(sent())


def notice(values: Sequence[dict[str, object]]) -> str:
    [value] = values
    [said] = Html(str(value["notice"])).texts(".notice")
    return said


def test_an_answer_grows_is_kept_and_says_what_can_be_asked_next(index: Path) -> None:
    desk = desk_over(index)
    *growing, last = ask(desk, QUESTION, turn="t7")
    complete = desk.latest.get().answer(QUESTION)
    count = len(complete.claims)
    assert [len(Html(str(one["turn"])).all(".said")) for one in growing] == [*range(1, count + 1), count]
    assert [one["whole"] for one in (*growing, last)] == [*[False] * len(growing), True]
    kept = desk.kept.read(str(last["id"]))
    assert kept
    assert kept.answer.text == complete.text
    html = Html(str(last["turn"]) + str(last["sources"]))
    assert html.values("id", "article")[0] == "t7"
    assert html.values("href", ".marker")[0] == "#t7-c1"
    assert f"/news/a/{last['id']}/answer.md" in html.values("href", "a")
    assert not desk.kept.delete(str(last["id"]), "somebody else")
    assert desk.kept.delete(str(last["id"]), "me")


def test_a_question_can_follow_up_on_kept_answers_and_others_are_passed_over(index: Path) -> None:
    def rewrite(question: str, earlier: Sequence[object], *_: object, **__: object) -> str:
        return f"{question} after {len(earlier)}"

    desk = desk_over(index, rewrite_followup=rewrite)
    first = str(ask(desk, QUESTION)[-1]["id"])
    last = ask(desk, "And why?", after=[first, "gone"])[-1]
    assert "Understood as: And why? after 1" in Html(str(last["turn"])).texts(".rewritten")


ERRORS = [
    ("  ", {}, "The question is empty: type a question."),
    ("x" * 5000, {}, "The question has 5,000 characters and "),
    ("Who?", {"from": "2025-05-01", "to": "2025-01-01"}, "The range of days is the wrong way round: "),
    ("Who?", {"from": "May"}, "From: 'May' is not a day: "),
    ("Who?", {"outlets": ["Strand Rdio"]}, "No outlet 'Strand Rdio' in the index: "),
    ("Who?", {"articles": ["0123"]}, "No article '0123' in the index: "),
    ("Who?", {"colour": "red"}, "Colour: "),
]


@pytest.mark.parametrize(("question", "limits", "said"), ERRORS)
def test_what_is_wrong_with_a_question_is_a_sentence(
    index: Path, question: str, limits: dict[str, object], said: str
) -> None:
    told = notice(ask(desk_over(index), question, **limits))  # type: ignore[arg-type]
    assert (told[: len(said)], told[-1]) == (said, ".")


@pytest.mark.parametrize("turn", ["", "1", "t1-q", "t1 onclick=x", "t12345"])
def test_a_turn_is_never_called_what_would_be_markup(index: Path, turn: str) -> None:
    assert notice(ask(desk_over(index), QUESTION, turn=turn)).startswith("Turn: ")


def test_an_answer_that_fails_half_way_keeps_what_was_checked_and_a_defect_is_no_traceback(
    index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    quotes = Answerer.open(index, embedder=ToyEmbedder()).generator

    def failing(error: Exception) -> Generator:
        def generate(question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
            yield next(iter(quotes(question, sentences)))
            raise error

        return generate

    last = ask(desk_over(index, failing(GenerationFailed("the model gave up: ask again"))), QUESTION)[-1]
    html = Html(str(last["turn"]))
    assert len(html.all(".said")) == 1
    assert "The model gave up: ask again" in " ".join(html.texts(".note"))
    last = ask(desk_over(index, failing(ZeroDivisionError("secret path"))), QUESTION)[-1]
    assert notice([last]) == "Something went wrong while answering: the terminal that runs the page says what."
    assert "ZeroDivisionError: secret path" in caplog.text


def test_a_rebuilt_index_answers_the_next_question_and_that_is_said(
    index: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk, question = desk_over(index), "Who blocked the quay of Port Ellery on Saturday?"
    first = ask(desk, question)[-1]
    assert Html(str(first["turn"])).all(".refusal", ".remark")
    build_index(index, [HARBOUR, PROTEST])
    html = Html(str(ask(desk, question, after=[first["id"]])[-1]["turn"]))
    assert html.texts(".quoted")[0].startswith(PROTEST.paragraphs[0][:-1])
    assert html.texts(".remark") == [
        "The index has changed since your last question: this is answered from the new one.",
    ]

    def refreshed(retriever: Retriever) -> Retriever:
        raise IndexCorrupt("it is damaged")

    held = desk.latest.get()
    monkeypatch.setattr(Retriever, "refreshed", refreshed)
    for _ in range(2):
        assert desk.latest.get() is held
    assert caplog.messages == [f"the page stays on snapshot {held.retriever.store.id}: it is damaged"]
    [remark] = Html(str(ask(desk, question)[-1]["turn"])).texts(".remark")
    assert remark.startswith("The newest index cannot be opened")


def test_an_index_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    desk = desk_over(tmp_path / "index")
    with pytest.raises(IndexNotFound):
        desk.latest.get()
    assert notice(ask(desk, QUESTION)).startswith("No index at ")
    build_index(tmp_path / "index", [HARBOUR])
    assert ask(desk, QUESTION)[-1]["whole"] is True


def test_a_client_with_too_many_questions_is_told(index: Path) -> None:
    class Full:
        def turn(self, client: str) -> None:
            raise RagError("8 questions of yours are waiting already: ask again when one is answered")

    desk = desk_over(index)
    desk.turns = Full()  # type: ignore[assignment]
    assert notice(ask(desk, QUESTION)).startswith("8 questions of yours are waiting already")
