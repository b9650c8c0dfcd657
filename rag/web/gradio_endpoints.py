"""The endpoints ``ask_news``, ``search_news`` and ``read_article`` for gradio's Python client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
import gradio.events

from rag.web.desk import Desk
from rag.web.problems import problem_of
from rag.web.replies import answer_reply, article_reply, search_reply
from rag.web.requests import AskRequest, PassagesRequest
from rag.web.security import client_of
from rag.web.tools import ASK, READ, SEARCH, ReadRequest, article_of, whole_answer


def add_endpoints(desk: Desk) -> None:
    """Offer the tools to gradio's client; within the ``Blocks`` that serve them. They give what ``/api`` gives."""

    async def ask_news(
        http: gr.Request,
        question: str,
        published_from: str | None = None,
        published_to: str | None = None,
        outlets: list[str] | None = None,
        authors: list[str] | None = None,
        languages: list[str] | None = None,
        after: list[str] | None = None,
    ) -> dict[str, object]:
        with _told():
            sent = AskRequest.model_validate(_given(locals()))
            given = await whole_answer(desk, sent.asked(), client_of(http.request), "gradio")
            return answer_reply(given).model_dump(mode="json")

    async def search_news(
        http: gr.Request,
        question: str,
        limit: int = 10,
        published_from: str | None = None,
        published_to: str | None = None,
        outlets: list[str] | None = None,
        authors: list[str] | None = None,
        languages: list[str] | None = None,
    ) -> dict[str, object]:
        with _told():
            sent = PassagesRequest.model_validate(_given(locals()))
            found = await desk.search(sent.asked(), client_of(http.request), sent.limit, door="gradio")
            return search_reply(found).model_dump(mode="json")

    async def read_article(id: str, version: str | None = None) -> dict[str, object]:  # noqa: A002 - its public name
        with _told():
            return article_reply(await article_of(desk, ReadRequest(id=id, version=version))).model_dump(mode="json")

    for endpoint, description in ((ask_news, ASK), (search_news, SEARCH), (read_article, READ)):
        gradio.events.api(endpoint, api_name=endpoint.__name__, api_description=description, concurrency_limit=None)


def _given(sent: dict[str, object]) -> dict[str, object]:
    """What of the arguments of an endpoint was given."""
    return {name: value for name, value in sent.items() if value is not None and name not in ("desk", "http")}


@contextmanager
def _told() -> Iterator[None]:
    """Tell gradio's client what is wrong, in our words."""
    try:
        yield
    except Exception as error:
        raise gr.Error(problem_of(error).detail, print_exception=False) from None
