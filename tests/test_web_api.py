"""The HTTP API gives what the command line prints, and says what is wrong in one form."""

from __future__ import annotations

import json
import re
import shlex
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rag import Answerer, Retriever
from rag.record.json_output import answer_json, search_json
from rag.web.reference import EXAMPLE_BASE
from rag.web.turns import FairTurns
from tests.cited import HOSTILE
from tests.served import OVERVIEW, QUESTION, UNANSWERED, doors, fetch
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, build_index


@pytest.fixture(scope="module")
def url(toy_index: Path) -> Iterator[str]:
    with doors(toy_index) as url:
        yield url


@pytest.mark.parametrize("question", [QUESTION, UNANSWERED, OVERVIEW, "only Strand Radio: what did Brandt rule out?"])
def test_an_answer_is_what_the_command_line_prints(url: str, toy_index: Path, question: str) -> None:
    reply = fetch(f"{url}/api/ask", {"question": question})
    printed = json.loads(answer_json(Answerer.open(toy_index, embedder=ToyEmbedder()).answer(question)))
    assert (reply.status, reply.kind, reply.json) == (200, "application/json", {"id": reply.json["id"]} | printed)
    assert re.fullmatch(r"[\w-]{16}", reply.json["id"])


def test_a_search_is_what_the_command_line_prints_and_limits_hold(url: str, toy_index: Path) -> None:
    printed = json.loads(
        search_json(Retriever.open(toy_index, embedder=ToyEmbedder()).search("harbour tolls", limit=2))
    )
    assert fetch(f"{url}/api/search", {"question": "harbour tolls", "limit": 2}).json == printed
    limited = {"question": "harbour tolls", "from": "2025-04-01", "to": "2025-04-30", "outlets": ["strand radio"]}
    assert [hit["article"]["title"] for hit in fetch(f"{url}/api/search", limited).json["hits"]] == [PROTEST.title]


def test_a_stream_has_an_event_a_step_and_then_the_whole(url: str) -> None:
    reply = fetch(f"{url}/api/ask", {"question": OVERVIEW}, accept="text/event-stream")
    assert (reply.status, reply.kind) == (200, "text/event-stream")
    events = re.findall(r"event: (\w+)\ndata: (.+)\n\n", reply.text)
    assert "".join(f"event: {name}\ndata: {data}\n\n" for name, data in events) == reply.text
    *steps, (last, whole) = [(name, json.loads(data)) for name, data in events]
    assert ({name for name, _ in steps}, last) == ({"step"}, "answer")
    assert whole == fetch(f"{url}/api/ask", {"question": OVERVIEW}).json | {"id": whole["id"]}
    assert [len(data["claims"]) for _, data in steps] == [1, 2, 3, 3]
    assert all(data["claims"] == whole["claims"][: len(data["claims"])] for _, data in steps)


def test_a_client_that_leaves_a_stream_gives_its_turn_back(toy_index: Path) -> None:
    with doors(toy_index, FairTurns(running=1)) as url:
        for _ in range(3):
            body = json.dumps({"question": OVERVIEW}).encode()
            headers = {"content-type": "application/json", "accept": "text/event-stream"}
            with urllib.request.urlopen(urllib.request.Request(f"{url}/api/ask", body, headers)) as response:
                assert response.readline() == b"event: step\n"
        assert fetch(f"{url}/api/ask", {"question": QUESTION}).status == 200


def test_an_article_is_given_whole(url: str) -> None:
    reply = fetch(f"{url}/api/articles/{PROTEST.id}").json
    assert reply == fetch(f"{url}/api/articles/{PROTEST.id}?version={reply['version']}").json
    assert (reply["paragraphs"], reply["authors"], reply["subheadings"]) == ([*PROTEST.paragraphs], ["Tobin Vance"], [])
    assert (reply["id"], reply["url"], reply["published"]) == (PROTEST.id, PROTEST.url, "2025-04-12")
    other = fetch(f"{url}/api/articles/{PROTEST.id}?version=0")
    said = f"the index holds no article '{PROTEST.id}' in version '0': take an id from an answer or a search"
    assert (other.status, other.json["detail"].partition(";")[0]) == (404, said)


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    article = replace(HARBOUR, title=HOSTILE[1], paragraphs=(f"{HARBOUR.paragraphs[0]} {HOSTILE[6]}",))
    build_index(tmp_path / "index", [article])
    with doors(tmp_path / "index") as url:
        reply = fetch(f"{url}/api/articles/{article.id}")
        assert (reply.json["title"], reply.json["paragraphs"]) == (article.title, [*article.paragraphs])
        assert (reply.kind, reply.headers["x-content-type-options"]) == ("application/json", "nosniff")


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        (
            "ask",
            b'{"question": "tolls"',
            400,
            "the body is no JSON: Expecting ',' delimiter: line 1 column 21 (char 20)",
        ),
        ("ask", [], 415, "the body is no JSON object, or not sent with content-type: application/json"),
        ("ask", {}, 422, "question: Field required"),
        ("ask", {"question": "tolls", "until": "2025-03-04"}, 422, "until: Extra inputs are not permitted"),
        ("ask", {"question": " \n"}, 422, "the question is empty: type a question"),
        (
            "ask",
            {"question": "x" * 2001},
            422,
            "the question has 2,001 characters and may have 2,000: ask for one thing at a time",
        ),
        ("search", {"question": "tolls", "limit": 51}, 422, "limit: Input should be less than or equal to 50"),
        ("search", {"question": "tolls", "after": []}, 422, "after: Extra inputs are not permitted"),
        (
            "search",
            {"question": "tolls", "outlets": ["The Elery Courier"]},
            422,
            "no outlet 'The Elery Courier' in the index: did you mean 'The Ellery Courier'",
        ),
        (
            "ask",
            {"question": "tolls", "from": "2025-03-05", "to": "2025-03-04"},
            422,
            "the range of days is the wrong way round: from 2025-03-05 to 2025-03-04",
        ),
        (
            "ask",
            {"question": "tolls", "languages": ["x" * 301]},
            422,
            "languages.0: String should have at most 300 characters",
        ),
        ("articles/0", None, 404, "the index holds no article '0': take an id from an answer or a search"),
        ("ask", None, 405, "Method Not Allowed"),
        ("nothing", None, 404, "Not Found"),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(url: str, path: str, body: object, status: int, detail: str) -> None:
    reply = fetch(f"{url}/api/{path}", body)
    assert (reply.status, reply.kind) == (status, "application/problem+json")
    told, _, way_out = reply.json["detail"].partition("; ")
    assert (reply.json["status"], reply.json["type"], told) == (status, "about:blank", detail)
    assert way_out in ("", "/api/docs documents what is served, and what can be sent")


def test_a_full_queue_and_a_missing_index_are_told_with_the_way_out(toy_index: Path, tmp_path: Path) -> None:
    with doors(toy_index, FairTurns(running=0, waiting=0)) as url:
        busy = fetch(f"{url}/api/ask", {"question": QUESTION})
    assert (busy.status, busy.kind, busy.headers["retry-after"]) == (429, "application/problem+json", "2")
    assert busy.json["detail"].endswith("ask again when one is answered")
    with doors(tmp_path / "none") as url:
        for path, body in (("ask", {"question": QUESTION}), ("search", {"question": QUESTION}), ("articles/0", None)):
            missing = fetch(f"{url}/api/{path}", body)
            assert (missing.status, missing.kind) == (503, "application/problem+json")
            assert missing.json["detail"].startswith(f"no index at {tmp_path / 'none'}: build one with rag-index build")


def test_a_fault_of_ours_shows_nothing_of_itself(
    toy_index: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(Answerer, "stream", broken)
    with doors(toy_index) as url:
        reply = fetch(f"{url}/api/ask", {"question": QUESTION})
    assert (reply.status, reply.kind) == (500, "application/problem+json")
    assert reply.json["detail"] == "something went wrong: the terminal that runs the server says what"
    assert "a secret" in caplog.text  # there


class _Page(HTMLParser):
    """The elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.shown += data

    def all(self, attribute: str) -> list[str]:
        return [str(own[attribute]) for _, own in self.elements if attribute in own]


def test_the_reference_documents_every_field_without_a_script(url: str) -> None:
    schema = fetch(f"{url}/api/openapi.json").json
    reply = fetch(f"{url}/api/docs")
    page = _Page(reply.text)
    assert reply.kind == "text/html"
    assert not {"script", "style", "img", "iframe"} & {tag for tag, _ in page.elements}
    assert not [name for _, own in page.elements for name in own if name.startswith("on") or name == "style"]
    links = page.all("href")
    assert {one.removeprefix("#") for one in links if one.startswith("#")} <= {*page.all("id")}
    assert {one for one in links if not one.startswith("#")} == {
        *("/", "/api/openapi.json", "/page/icon.svg", "/page/style.css")
    }
    for path, method in (("/ask", "POST"), ("/search", "POST"), ("/articles/{id}", "GET")):
        assert f"{method} /api{path}" in page.shown
        assert method.lower() in schema["paths"][path]
    for name, kind in schema["components"]["schemas"].items():
        assert name in page.all("id")
        assert all(field in page.shown for field in kind.get("properties", ()))


def test_the_examples_of_the_reference_run(url: str) -> None:
    schema = fetch(f"{url}/api/openapi.json").json
    examples = [one for path in schema["paths"].values() for how in path.values() for one in how["x-codeSamples"]]
    titles = []
    for example in examples:
        curl, quiet, address, *options = shlex.split(example["source"].replace("articles/ID", f"articles/{HARBOUR.id}"))
        assert (curl, quiet, options[::2]) == ("curl", "-s", ["-H", "-d"] if options else [])
        body = options[3].encode() if options else None
        titles.append(re.findall('"title":"([^"]+)"', fetch(address.replace(EXAMPLE_BASE, url), body).text)[0])
    assert titles == [HARBOUR.title, HARBOUR.title, HARBOUR.title]
