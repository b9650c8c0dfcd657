"""Asks a question for the page: limits as typed, the newest index, and what the page shows after each step."""

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
from rag.web import drawing

_log = logging.getLogger(__name__)
# Answers that a follow-up can reach back to; each is kept without its hits, which hold whole articles.
_REMEMBERED = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, drawn."""

    question: str
    answer: str
    sources: str
    sources_folded: str
    given: Answer | None = None
    """The answer itself, for questions that follow up on it; of older turns it is let go."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    turns: tuple[Turn, ...]
    notice: str = ""
    """What went wrong, drawn; empty when nothing did."""
    unanswered: str | None = None
    """The question to put back into the box; None leaves the box as it is, an empty text clears it."""


class Newest:
    """Gives an answerer on the newest snapshot of the index; threads may share it."""

    def __init__(self, answerer: Answerer) -> None:
        self.held = answerer
        """The answerer last asked for."""
        self._one_at_a_time = Lock()

    def answerer(self) -> Answerer:
        """Return the answerer to ask now: on the current snapshot, or, where that cannot be opened, on the last one."""
        with self._one_at_a_time:
            try:
                self.held = self.held.refreshed()
            except RagError as error:
                _log.warning("the page stays on snapshot %s: %s", self.held.retriever.store.id, error)
            return self.held


def converse(
    newest: Newest,
    question: str,
    published_from: str,
    published_to: str,
    outlets: Sequence[str],
    turns: Sequence[Turn],
    *,
    languages: Sequence[str] = (),
    literally: bool = False,
) -> Iterator[View]:
    """Ask ``question`` after ``turns`` and give the view as the answer grows; every error becomes a notice.

    A question that follows up on the last turns is made whole from them.

    ``literally`` reads no days, names, languages or phrases in the question.

    An answer that fails half way is taken back, and the question returns to the box.
    """
    before = tuple(turns)
    after = [turn.given for turn in before if turn.given]
    try:
        scope = read_scope(published_from, published_to, outlets, languages)
        asked = drawing.draw_question(checked_question(question))
        yield View((*before, Turn(asked, drawing.draw_waiting(), "", "")))
        number = len(before) + 1
        box: str | None = ""
        for answer in newest.answerer().stream(question, scope=scope, parse_query=not literally, after=after):
            turn = Turn(
                asked,
                drawing.draw_answer(answer, number),
                drawing.draw_sources(answer, number, shown=True),
                drawing.draw_sources(answer, number, shown=False),
                replace(answer, hits=(), cut=()),
            )
            older = [replace(one, given=None) for one in before[: 1 - _REMEMBERED]]
            yield View((*older, *before[len(older) :], turn), unanswered=box)
            box = None  # cleared once: the next question may be being typed already
    except (RagError, ValueError) as error:
        yield View(before, drawing.draw_notice(str(error)), question)
    except Exception:
        # A reporter is shown no traceback; whoever runs the page finds it in the terminal.
        _log.exception("a question could not be answered")
        message = "something went wrong while answering: the terminal that runs the page says what"
        yield View(before, drawing.draw_notice(message), question)


def read_scope(published_from: str, published_to: str, outlets: Sequence[str], languages: Sequence[str] = ()) -> Scope:
    """Make the scope from what was typed.

    Raises:
        ValueError: a day that is none, or the range is the wrong way round.
    """
    return Scope(
        published_from=_day(published_from, "from"),
        published_to=_day(published_to, "to"),
        outlets=tuple(outlets),
        languages=tuple(languages),
    )


def _day(text: str, which: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"the day {which!r} is {text.strip()!r}: write it as 2025-03-04") from error
