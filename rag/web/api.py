"""The typed HTTP API: ``/api/ask``, ``/api/search``, ``/api/articles/{id}``, and what documents them, ``/api/docs``."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from rag.errors import RagError
from rag.web.desk import Desk, Given
from rag.web.problems import ProblemReply, problem_of
from rag.web.reference import EXAMPLE_BASE, render_reference
from rag.web.replies import (
    EVENTS,
    AnswerReply,
    ArticleReply,
    SearchReply,
    answer_reply,
    article_reply,
    event_stream,
    search_reply,
)
from rag.web.requests import AskRequest, PassagesRequest
from rag.web.security import client_of

_OTHERWISE = (
    "The same answers are given in three other ways.\n\n"
    "As OpenAI's protocol has it, at /v1/chat/completions, streamed or not: the last message of the user is the "
    "question, and may follow up on the two before; the content has the answer with its markers, annotations lead from "
    "each marker to its sentence (from start_index to end_index, exclusive, in code points), news_rag has all fields "
    "of AnswerReply. Messages of the system, and what sets how a model writes, change nothing.\n\n"
    "To gradio's client, as /ask_news, /search_news and /read_article, with what the requests below give.\n\n"
    "To language models by MCP, at /mcp, as tools of the same names, where the server was started with --mcp."
)
_PROBLEMS = {
    400: "The body is no JSON.",
    404: "There is no such article, or nothing at this address.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "Something in the request is wrong: an unknown field or outlet, an empty question, days the wrong way round.",
    429: "Too many questions of yours are waiting: ask again after the seconds of Retry-After.",
    503: "There is no index that could be opened.",
}
_POST = f"curl -s {EXAMPLE_BASE}/api/{{}} -H 'content-type: application/json' -d '{{}}'"
_ASK = _POST.format("ask", '{"question": "What did the harbour master say about the tolls?", "from": "2025-03-01"}')
_SEARCH = _POST.format("search", '{"question": "harbour tolls", "limit": 3, "from": "2025-03-01"}')
_READ = f"curl -s {EXAMPLE_BASE}/api/articles/ID"


def install(application: FastAPI, desk: Desk) -> None:
    """Serve the API below ``/api``."""
    api = FastAPI(
        title="news-rag",
        version="1",
        summary="Ask questions of news coverage; every sentence of an answer cites a checked paragraph.",
        description=_OTHERWISE,
        docs_url=None,
        redoc_url=None,
    )
    for kind in (RequestValidationError, HTTPException, RagError, ValueError, Exception):
        api.add_exception_handler(kind, _problem)

    @api.post("/ask", response_model=AnswerReply, responses=_responses(EVENTS), openapi_extra=_examples(_ASK))
    async def ask(sent: AskRequest, request: Request) -> AnswerReply | Response:
        """Answer a question; a refusal is an answer, too, with status 200.

        With "Accept: text/event-stream" the answer is sent as it grows: an event "step" for each of its sentences, with
        all that is there so far, then the event "answer" with the whole, or "problem". All have the fields below.
        """
        stream = desk.ask(sent.asked(), client_of(request), door="api")
        first = await anext(stream)  # what is wrong with the question shows here, while the status can still say so
        if EVENTS in request.headers.get("accept", ""):
            return event_stream(_events(first, stream))
        *_, whole = [first, *[given async for given in stream]]
        return answer_reply(whole)

    @api.post("/search", responses=_responses(), openapi_extra=_examples(_SEARCH))
    async def search(sent: PassagesRequest, request: Request) -> SearchReply:
        """Find the passages that bear on a question, best first."""
        return search_reply(await desk.search(sent.asked(), client_of(request), sent.limit, door="api"))

    @api.get("/articles/{id}", responses=_responses(), openapi_extra=_examples(_READ))
    async def article(
        id_: Annotated[str, Path(alias="id", max_length=64, description="As answers and searches give it.")],
        version: Annotated[str | None, Query(max_length=64, description="By default the newest.")] = None,
    ) -> ArticleReply:
        """Read an article: its whole text, and all that is known of it."""
        found = await desk.article(id_, version)
        if found is None:
            what = f"article {id_!r}" + (f" in version {version!r}" if version else "")
            raise HTTPException(404, f"the index holds no {what}: take an id from an answer or a search")
        return article_reply(found)

    @api.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        """Show this API to a reader; no script, and nothing of another host."""
        root = request.scope.get("app_root_path", "")
        return HTMLResponse(render_reference(api.openapi(), str(request.base_url).rstrip("/"), root))

    application.mount("/api", api)


async def _events(first: Given, rest: AsyncGenerator[Given]) -> AsyncIterator[str]:
    async with aclosing(rest):
        try:
            yield _event("step", answer_reply(first))
            async for given in rest:
                yield _event("answer" if given.whole else "step", answer_reply(given))
        except Exception as error:
            yield _event("problem", problem_of(error).reply())


def _event(name: str, data: AnswerReply | ProblemReply) -> str:
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n"


async def _problem(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if isinstance(error, RequestValidationError | HTTPException):
        problem = replace(problem, detail=f"{problem.detail}; /api/docs documents what is served, and what can be sent")
    return problem.response()


def _responses(*streamed: str) -> dict[int | str, dict[str, object]]:
    """The responses of an operation, for its documentation."""
    whole: dict[str, object] = {"content": {kind: {"schema": {"type": "string"}} for kind in streamed}}
    problem = {"application/problem+json": {"schema": ProblemReply.model_json_schema()}}
    told: dict[int | str, dict[str, object]] = {
        status: {"description": text, "content": problem} for status, text in _PROBLEMS.items()
    }
    return {200: whole, **told}


def _examples(command: str) -> dict[str, object]:
    return {"x-codeSamples": [{"lang": "Shell", "source": command}]}
