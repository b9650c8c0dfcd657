"""What a program is told when something goes wrong: the same at every door, in the form that each has for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from rag.errors import IndexBusy, IndexCorrupt, IndexIncompatible, IndexNotFound, ModelUnavailable, RagError
from rag.web.requests import fault_in
from rag.web.turns import Busy

_log = logging.getLogger(__name__)
_NO_INDEX = (IndexNotFound, IndexCorrupt, IndexIncompatible, IndexBusy, ModelUnavailable)
_SECONDS = "2"  # after which a place in the queue may be free: a question takes about one


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as HTTP has it."""

    status: int
    detail: str
    """For whoever wrote the program: what is wrong, and the way out."""

    @property
    def headers(self) -> dict[str, str]:
        """What the response's head says of it."""
        return {"retry-after": _SECONDS} if self.status == HTTPStatus.TOO_MANY_REQUESTS else {}

    def reply(self) -> ProblemReply:
        """The problem as RFC 9457 has it."""
        return ProblemReply(title=HTTPStatus(self.status).phrase, status=self.status, detail=self.detail)

    def response(self) -> JSONResponse:
        """The same as a response."""
        return JSONResponse(self.reply().model_dump(), self.status, self.headers, "application/problem+json")


class ProblemReply(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="What is wrong, and the way out.")


class Refused(Exception):  # noqa: N818 - named by cause
    """A request that is not let in."""

    def __init__(self, status: int, reason: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.reason = reason
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Whatever of its body was not read is not read any more.
        self.response = JSONResponse(
            Problem(status, message).reply().model_dump(),
            status,
            {"connection": "close", **named},
            "application/problem+json",
        )


def problem_of(error: Exception) -> Problem:
    """Say what an error is to a program; one that nobody meant is told to whoever runs the server instead."""
    match error:
        case RequestValidationError() | ValidationError():
            first = error.errors()[0]
            if first["loc"] == ("body",) and first["type"] != "missing":
                return Problem(415, "the body is no JSON object, or not sent with content-type: application/json")
            return Problem(422, fault_in(error))
        case HTTPException():
            return Problem(error.status_code, str(error.detail))
        case Busy():
            return Problem(429, str(error))
        case RagError():
            return Problem(503 if isinstance(error, _NO_INDEX) else 500, str(error))
        case ValueError():
            return Problem(422, str(error))
    _log.error("a program's request failed", exc_info=error)
    return Problem(500, "something went wrong: the terminal that runs the server says what")
