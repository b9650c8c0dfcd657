"""The chat of the page: gradio streams what the page shows of an answer as it grows."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import gradio as gr
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import RagError
from rag.web import rendering
from rag.web.desk import Desk, Given
from rag.web.requests import AskRequest, fault_in, root_of
from rag.web.security import client_of

_log = logging.getLogger(__name__)
_Shown = dict[str, object]
TURN = "^t[0-9]{1,4}$"
"""What a turn of the conversation is called on the page."""


class ChatRequest(BaseModel):
    """What the page sends: a question, and where on the page its answer stands."""

    model_config = ConfigDict(extra="forbid")

    ask: AskRequest
    turn: str = Field(pattern=TURN)
    owner: str = Field("", max_length=64)


class Chat:
    """The endpoint ``chat`` of the page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def chat(self, request: dict, http: gr.Request) -> AsyncIterator[dict]:  # type: ignore[type-arg]  # gradio reads it
        """Answer a question; each value is all that the page shows of it.

        Every error is a notice for the reader: ``{"notice": HTML}``.
        """
        try:
            assert http.request  # gradio's own lacks it only outside a server
            sent = ChatRequest.model_validate(request)
            asked = sent.ask.asked(sent.owner)
            async for given in self._desk.ask(asked, client_of(http.request)):
                yield turn_json(given, sent.turn, root_of(http.request))
        except ValidationError as error:
            yield _notice(fault_in(error))
        except (RagError, ValueError) as error:
            yield _notice(str(error))
        except Exception:
            # A reporter is shown no traceback; whoever runs the page finds it in the terminal.
            _log.exception("a question could not be answered")
            yield _notice("something went wrong while answering: the terminal that runs the page says what")


def turn_json(given: Given, turn: str, root: str = "") -> _Shown:
    """What the page shows of an answer: the turn of the conversation and its sources, as HTML."""
    return {
        "id": given.id,
        "whole": given.whole,
        "turn": rendering.render_turn(given, turn, root),
        "sources": rendering.render_sources(given, turn, root),
    }


def _notice(message: str) -> _Shown:
    return {"notice": rendering.render_notice(message)}
