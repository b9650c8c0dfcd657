"""The pages of the site: the start, answers that were kept, and articles."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from rag.answer.wording import what_was_searched
from rag.errors import RagError
from rag.store.protocol import Summary
from rag.text.languages import language_name
from rag.web.desk import Desk
from rag.web.escaping import templates
from rag.web.rendering import built_on


def add_pages(application: FastAPI, desk: Desk) -> None:
    """Add the pages to the application."""

    @application.get("/")
    def start(request: Request) -> HTMLResponse:
        root, store, summary, fault = _root(request), None, None, ""
        try:
            store = desk.latest.get().retriever.store
            summary = store.summary()
        except RagError as error:
            fault = str(error)
        main = (
            templates()
            .get_template("start.html")
            .render(
                root=root,
                fault=fault and f"{fault[:1].upper()}{fault[1:]}.",
                building=False,
                summary=summary,
                searched=summary and what_was_searched(summary),
                built=store and built_on(store.id),
                questions=[],
                plot="",
            )
        )
        return _page(request, "news-rag", "start", main, summary=summary)

    def _page(
        request: Request,
        title: str,
        kind: str,
        main: str,
        *,
        summary: Summary | None = None,
        turns: str = "",
        sources: str = "",
    ) -> HTMLResponse:
        languages = sorted((code, language_name(code)) for code, _ in summary.languages) if summary else []
        outlets = sorted((name for name, _ in summary.outlets), key=str.casefold) if summary else []
        page = templates().get_template("page.html")
        parts = {"main": Markup(main), "turns": Markup(turns), "sources": Markup(sources)}  # noqa: S704 - made by templates
        return HTMLResponse(
            page.render(title=title, kind=kind, root=_root(request), outlets=outlets, languages=languages, **parts)
        )


def _root(request: Request) -> str:
    """The path under which the program is served, "" or "/news"."""
    return str(request.scope.get("root_path", "")).rstrip("/")
