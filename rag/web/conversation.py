"""Answers one question after another over the newest index, and says what the page shows after each step."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.errors import RagError
from rag.search.retriever import checked_question
from rag.store.scope import Scope
from rag.web import rendering

_log = logging.getLogger(__name__)
# Answers that a follow-up can refer to; each is kept without its hits, which hold whole articles.
_REMEMBERED = 4


@dataclass(frozen=True, slots=True)
class RenderedTurn:
    """A question and its answer as HTML."""

    question: str
    answer: str
    sources: str = ""
    """The sources of the answer, folded; empty until there are some."""
    record: Answer | None = None
    """The answer itself, for questions that follow up on it; None in older turns."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    turns: tuple[RenderedTurn, ...]
    notice: str = ""
    """What went wrong, as HTML; empty when nothing did."""
    box: str | None = None
    """What to put into the question's box; None leaves the box as it is."""


class LatestAnswerer:
    """Provides an answerer on the newest snapshot of the index; threads may share it."""

    def __init__(self, answerer: Answerer) -> None:
        self.current = answerer
        self._lock = Lock()

    def refreshed(self) -> Answerer:
        """Return an answerer on the index's current snapshot, or, where that cannot be opened, on the last one."""
        with self._lock:
            try:
                self.current = self.current.refreshed()
            except RagError as error:
                _log.warning("the page stays on snapshot %s: %s", self.current.retriever.store.id, error)
            return self.current


def converse(
    latest: LatestAnswerer,
    question: str,
    published_from: str = "",
    published_to: str = "",
    outlets: Sequence[str] = (),
    languages: Sequence[str] = (),
    parse_query: bool = True,
    turns: Sequence[RenderedTurn] = (),
) -> Iterator[View]:
    """Ask ``question`` after ``turns`` and yield the view as the answer grows.

    Days are typed as 2025-03-04. Every error becomes a notice, and the question returns to the box; an answer that was
    interrupted by a defect is withdrawn. ``parse_query`` as in ``Answerer.stream``.
    """
    before = tuple(turns)
    try:
        first, last = _day(published_from, "from"), _day(published_to, "to")
        scope = Scope(first, last, tuple(outlets), languages=tuple(languages))
        asked = rendering.render_question(checked_question(question))
        yield View((*before, RenderedTurn(asked, rendering.WAITING)))
        kept = (*(replace(turn, record=None) for turn in before[: 1 - _REMEMBERED]), *before[1 - _REMEMBERED :])
        after = [turn.record for turn in before if turn.record]
        box: str | None = ""
        for answer in latest.refreshed().stream(question, scope=scope, parse_query=parse_query, after=after):
            number = len(before) + 1
            shown = rendering.render_answer(answer, number), rendering.render_sources(answer, number)
            turn = RenderedTurn(asked, *shown, replace(answer, hits=(), cut=()))
            yield View((*kept, turn), box=box)
            box = None  # cleared only once: the next question may be being typed already
    except (RagError, ValueError) as error:
        yield View(before, rendering.render_notice(str(error)), question)
    except Exception:
        # A reporter is shown no traceback; whoever runs the page finds it in the terminal.
        _log.exception("a question could not be answered")
        said = "something went wrong while answering: the terminal that runs the page says what"
        yield View(before, rendering.render_notice(said), question)


def _day(text: str, which: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise ValueError(f"the day {which!r} is {text.strip()!r}: write it as 2025-03-04") from error
