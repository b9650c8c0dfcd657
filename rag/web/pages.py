"""The pages of the site: what stands around everything, the start, and the articles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from starlette.exceptions import HTTPException as AnyHTTPException

from rag.answer.suggestions import suggestions
from rag.answer.wording import what_was_searched
from rag.articles import Span
from rag.errors import RagError
from rag.store.protocol import Store, Summary
from rag.text.languages import language_name
from rag.web.browsing import find, read_listing, render_article, render_listing
from rag.web.desk import Desk
from rag.web.plots import coverage_plot
from rag.web.rendering import built_on
from rag.web.requests import root_of
from rag.web.templating import render

_SUGGESTED = 3
_SPAN = re.compile(r"(\d{1,6})\.(\d{1,9})-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Page:
    """What stands around everything."""

    root: str
    """The path under which the program is served: "" or "/news"."""

    def response(
        self,
        title: str,
        kind: str,
        *,
        main: str = "",
        turns: str = "",
        sources: str = "",
        holds: Summary | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """Return the whole page around HTML that was made here; a reader may set the limits that ``holds`` names."""
        inside = {"main": Markup(main), "turns": Markup(turns), "sources": Markup(sources)}  # noqa: S704 - made here
        languages = (
            sorted(((code, language_name(code)) for code, _ in holds.languages), key=lambda one: one[1])
            if holds
            else []
        )
        outlets = sorted((name for name, _ in holds.outlets), key=str.casefold) if holds else []
        page = render(
            "page.html", title=title, kind=kind, root=self.root, outlets=outlets, languages=languages, **inside
        )
        return HTMLResponse(page, status)


def page_of(request: Request) -> Page:
    """The page that answers a request."""
    return Page(root_of(request))


def add_pages(application: FastAPI, desk: Desk) -> None:
    """Add the start and the articles to the application, and what a reader sees who comes to nothing."""

    @application.get("/")
    def start(request: Request) -> HTMLResponse:
        page = page_of(request)
        try:
            store = desk.latest.get().retriever.store
        except RagError as error:
            return page.response("news-rag", "waiting", main=render("start.html", fault=str(error), root=page.root))
        summary = store.summary()
        main = render(
            "start.html",
            root=page.root,
            fault="",
            summary=summary,
            searched=f"The index{what_was_searched(summary).removeprefix('It')}",
            built=built_on(store.id),
            questions=suggestions(store, None, _SUGGESTED),
            plot=Markup(coverage_plot(store.months())),  # noqa: S704 - escaped there
        )
        return page.response("news-rag", "start", main=main, holds=summary)

    @application.get("/articles")
    def articles(request: Request) -> HTMLResponse:
        main = render_listing(find(_store(desk), read_listing(request.query_params)), page_of(request).root)
        return page_of(request).response("Articles – news-rag", "browse", main=main)

    @application.get("/articles/{id_}")
    def article(request: Request, id_: str, version: str | None = None, cited: str = "") -> HTMLResponse:
        found = _store(desk).article(id_, version)
        if found is None:
            raise HTTPException(404, "the index holds no such article, or no such version of it any more")
        spans = [Span(*map(int, groups)) for groups in _SPAN.findall(cited[:2_000])]
        part = render_article(found, spans)
        if "x-part" in request.headers:  # for the panel beside an answer
            return HTMLResponse(part)
        return page_of(request).response(f"{found.title} – news-rag", "browse", main=part)

    @application.exception_handler(AnyHTTPException)
    async def nothing_there(request: Request, error: AnyHTTPException) -> Response:
        if "text/html" not in request.headers.get("accept", ""):  # the page itself asks, or a program
            return await http_exception_handler(request, error)
        page, said = page_of(request), str(error.detail)
        main = render("nothing.html", said=said, root=page.root)
        return page.response("Nothing here – news-rag", "browse", main=main, status=error.status_code)

    @application.exception_handler(RagError)
    async def not_to_be_had(request: Request, error: RagError) -> Response:
        return await nothing_there(request, HTTPException(503, str(error)))

    @application.exception_handler(Exception)
    async def gone_wrong(request: Request, error: Exception) -> Response:  # and the guard logs it
        return await nothing_there(request, HTTPException(500, "something went wrong: whoever runs this finds what"))


def _store(desk: Desk) -> Store:
    try:
        return desk.latest.get().retriever.store
    except RagError as error:
        raise HTTPException(503, str(error)) from error
