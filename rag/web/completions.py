"""Answers where programs expect a language model: OpenAI's protocol, as far as a question needs it.

The last message of the user is the question; it may follow up on the two before. Messages of the system change nothing:
what is answered, and from what, is not open to instructions.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from rag.answer.answers import Answer
from rag.check.citations import Citation
from rag.errors import RagError
from rag.record.links import deep_link
from rag.search.retriever import LONGEST_QUESTION
from rag.web.desk import Asked, Desk, Given
from rag.web.problems import problem_of
from rag.web.replies import answer_reply, event_stream
from rag.web.security import client_of

_MODEL = "news-rag"
_FOLLOWED_UP = 2  # earlier questions that are asked before; each takes as long as the question itself
_TYPES = {404: "not_found_error", 429: "rate_limit_error", 500: "server_error", 503: "server_error"}
_Json = dict[str, object]


class TextPart(BaseModel):
    """A piece of a message: only text is read."""

    type: Literal["text"]
    text: str


class UserMessage(BaseModel):
    """A question of the conversation."""

    role: Literal["user"]
    content: str | list[TextPart]

    @property
    def text(self) -> str:
        """What it says."""
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


class OtherMessage(BaseModel):
    """A message of somebody else; whatever it says is not read."""

    role: Literal["system", "developer", "assistant", "tool", "function"]


class CompletionRequest(BaseModel):
    """What a program asks of a model; what is not named here is ignored."""

    messages: Annotated[list[Annotated[UserMessage | OtherMessage, Field(discriminator="role")]], Field(min_length=1)]
    stream: bool | None = False
    n: Annotated[int, Field(ge=1, le=1)] | None = None

    def asked(self) -> Asked:
        """Return the question as the desk takes it; raises ``ValueError`` where there is none."""
        *earlier, question = [one.text for one in self.messages if isinstance(one, UserMessage)] or [""]
        # What was refused as a question stays in the conversation, and must not stop all that comes after.
        readable = [one for one in earlier if one.strip() and len(one) <= LONGEST_QUESTION]
        return Asked(question, before=tuple(readable[-_FOLLOWED_UP:]))


@dataclass(frozen=True, slots=True)
class Completion:
    """What the objects of one reply have in common."""

    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, given: Given) -> _Json:
        """The reply that is not streamed."""
        text, annotations = given.answer.text, [*_annotations(given.answer)]
        message = {"role": "assistant", "content": text, "refusal": None, "annotations": annotations}
        return self._object("chat.completion", {"message": message, "finish_reason": "stop"}) | _ours(given)

    async def events(self, first: Given, rest: AsyncGenerator[Given]) -> AsyncIterator[str]:
        """The reply as it is streamed: claim by claim, then what they rest on, then annotations and our own fields."""
        async with aclosing(rest):
            try:
                sent, given = _settled(first), first
                yield self._chunk({"role": "assistant", "content": sent})
                async for given in rest:
                    settled = _settled(given)
                    if more := settled[len(sent) :]:
                        yield self._chunk({"content": more})
                    sent = settled
                yield self._chunk({"annotations": [*_annotations(given.answer)]}, "stop", _ours(given))
                yield "data: [DONE]\n\n"
            except Exception as error:
                yield f"data: {json.dumps(_error(error))}\n\n"

    def _chunk(self, delta: _Json, finish: str | None = None, ours: _Json | None = None) -> str:
        chunk = self._object("chat.completion.chunk", {"delta": delta, "finish_reason": finish}) | (ours or {})
        return f"data: {json.dumps(chunk)}\n\n"

    def _object(self, kind: str, choice: _Json) -> _Json:
        choices = [{"index": 0, "logprobs": None} | choice]
        return {"id": self.id, "object": kind, "created": self.created, "model": _MODEL, "choices": choices}


def install(application: FastAPI, desk: Desk) -> None:
    """Serve the protocol below ``/v1``."""
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for kind in (RequestValidationError, HTTPException, RagError, ValueError, Exception):
        api.add_exception_handler(kind, _problem)

    @api.post("/chat/completions")
    async def complete(sent: CompletionRequest, request: Request) -> Response:
        stream = desk.ask(sent.asked(), client_of(request), door="completions")
        first = await anext(stream)  # what is wrong with the question shows here
        completion = Completion()
        if sent.stream:
            return event_stream(completion.events(first, stream))
        *_, whole = [first, *[given async for given in stream]]
        return JSONResponse(completion.whole(whole))

    @api.get("/models")
    def models() -> _Json:
        return {"object": "list", "data": [{"id": _MODEL, "object": "model", "created": 0, "owned_by": _MODEL}]}

    application.mount("/v1", api)


def _markers(answer: Answer) -> Iterator[tuple[int, int, Citation]]:
    """Where in the answer's text each marker stands."""
    text, end = answer.text, 0
    for claim in answer.claims:
        markers = "".join(f"[{one.marker}]" for one in claim.citations)
        end = text.index(f"{claim.text} {markers}", end) + len(claim.text) + 1
        for one in claim.citations:
            start, end = end, end + len(f"[{one.marker}]")
            yield start, end, one


def _annotations(answer: Answer) -> Iterator[_Json]:
    for start, end, one in _markers(answer):
        if link := deep_link(one):  # an article without an address stands among our own fields only
            cited = {"url": link, "title": one.article.title, "start_index": start, "end_index": end}
            yield {"type": "url_citation", "url_citation": cited}


def _settled(given: Given) -> str:
    """What of the answer's text stays as it is, however the answer goes on."""
    if given.whole:
        return given.answer.text
    *_, (_, end, _) = [(0, 0, None), *_markers(given.answer)]
    return given.answer.text[:end]


def _ours(given: Given) -> _Json:
    return {"news_rag": answer_reply(given).model_dump(mode="json")}


def _error(error: Exception) -> _Json:
    problem = problem_of(error)
    place = error.errors()[0]["loc"][1:2] if isinstance(error, RequestValidationError) else ()
    said = {"message": problem.detail, "type": _TYPES.get(problem.status, "invalid_request_error")}
    return {"error": {**said, "param": str(place[0]) if place else None, "code": None}}


async def _problem(request: Request, error: Exception) -> JSONResponse:
    problem = problem_of(error)
    status = 400 if problem.status in (415, 422) else problem.status  # as OpenAI's own servers have it
    return JSONResponse(_error(error), status, problem.headers)
