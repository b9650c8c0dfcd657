"""Answers that were kept, under addresses of their own: to read again, export, judge and delete."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from rag.articles import day_in_words
from rag.errors import RagError
from rag.record.export.formats import export
from rag.record.keeping import LONGEST_COMMENT, FeedbackVerdict, Kept
from rag.record.recheck import recheck
from rag.text.words import fold
from rag.web.chat import TURN, turn_json
from rag.web.desk import Desk, Given
from rag.web.pages import page_of
from rag.web.rendering import render_sources, render_turn
from rag.web.requests import AskRequest

_Turn = Annotated[str, Query(pattern=TURN)]


@dataclass(frozen=True, slots=True)
class _File:
    form: str
    media_type: str


_FILES = {
    "answer.md": _File("markdown", "text/markdown"),
    "answer.html": _File("html", "text/html"),
    "answer.csl.json": _File("csl", "application/vnd.citationstyles.csl+json"),
    "answer.bib": _File("bibtex", "application/x-bibtex"),
}


class SentFeedback(BaseModel):
    """What a reader says of an answer."""

    verdict: FeedbackVerdict
    marker: int | None = None
    """Of the citation that is meant."""
    comment: str = Field("", max_length=LONGEST_COMMENT)


def add_kept_answers(application: FastAPI, desk: Desk) -> None:
    """Add the addresses of kept answers to the application."""

    def kept_answer(id_: str) -> Kept:
        if kept := desk.kept.read(id_):
            return kept
        raise HTTPException(404, "there is no such answer, or it is kept no longer: ask again")

    @application.get("/a/{id_}")
    def shown(request: Request, id_: str) -> HTMLResponse:
        kept = kept_answer(id_)
        given = Given(kept.answer, True, kept.id, desk.kept.on_disk, remark=_then_and_now(kept, desk))
        root = page_of(request).root
        again = AskRequest.again(kept.answer).address(root)
        return page_of(request).response(
            kept.answer.question,
            "kept answered",
            turns=render_turn(given, "t1", root, again=again),
            sources=render_sources(given, "t1", root),
        )

    @application.get("/a/{id_}/turn")
    def again_in_a_conversation(request: Request, id_: str, turn: _Turn) -> dict[str, object]:
        kept = kept_answer(id_)
        return turn_json(Given(kept.answer, True, kept.id, desk.kept.on_disk), turn, page_of(request).root)

    @application.get("/a/{id_}/{name}")
    def exported(id_: str, name: str) -> Response:
        if (file := _FILES.get(name)) is None:
            raise HTTPException(404, f"an answer has no {name}: it has {', '.join(_FILES)}")
        answer = kept_answer(id_).answer
        text = export(answer, file.form)
        asked = re.sub(r"[^a-z0-9]+", "-", fold(answer.question))[:60].strip("-") or "answer"
        headers = {"content-disposition": f'attachment; filename="{name.replace("answer", asked)}"'}
        return Response(
            text.encode("utf-8", "replace"), media_type=f"{file.media_type}; charset=utf-8", headers=headers
        )

    @application.post("/a/{id_}/feedback", status_code=204)
    def judged(id_: str, sent: SentFeedback) -> None:
        kept_answer(id_)
        try:
            written = desk.kept.feedback(id_, sent.verdict, comment=sent.comment, marker=sent.marker)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        if not written:
            raise HTTPException(503, "it could not be written: the terminal that runs the page says why")

    @application.delete("/a/{id_}", status_code=204)
    def deleted(id_: str, x_owner: Annotated[str, Header()] = "") -> None:
        if not desk.kept.delete(id_, x_owner):
            raise HTTPException(404, "there is no such answer of yours")


def _then_and_now(kept: Kept, desk: Desk) -> str:
    """When it was asked, and whether its citations still hold."""
    asked = f"Asked on {day_in_words(kept.asked_at.date())}, {kept.asked_at:%H:%M} UTC."
    if kept.answer.refused or kept.answer.help:
        return asked
    try:
        return f"{asked} {recheck(kept.answer, desk.latest.get().retriever.store).sentence}"
    except RagError as error:
        return f"{asked} Whether it still holds cannot be said: {error}."
