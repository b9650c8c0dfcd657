"""Counts what is asked and what is refused, for Prometheus and for the log; never what a question says."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rag.web.journal import note
from rag.web.turns import Busy, FairTurns

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60)
_log = logging.getLogger(__name__)


class Question:
    """A question that is being answered, as far as it is counted."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.first: float | None = None
        self.outcome = ""

    def given(self, outcome: str) -> None:
        """Note that there is an answer, or another line of it."""
        self.first = self.first or time.perf_counter() - self.started
        self.outcome = outcome


class Metrics:
    """All that is counted, in a registry of its own; ``log_questions`` has the log say what was asked."""

    def __init__(self, *, log_questions: bool = False) -> None:
        self._log_questions = log_questions
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "newsrag_questions", "Questions, by door and outcome", ["door", "outcome"], registry=self._registry
        )
        self._first, self._whole = (
            Histogram(f"newsrag_{name}_seconds", meaning, ["door"], buckets=_SECONDS, registry=self._registry)
            for name, meaning in (
                ("first_line", "Seconds from a question to the first line of its answer, waiting included"),
                ("answer", "Seconds from a question to the whole answer"),
            )
        )
        self._refused = Counter("newsrag_refused", "Requests that were refused", ["reason"], registry=self._registry)
        self._now = Gauge("newsrag_questions_now", "Questions at this moment", ["state"], registry=self._registry)
        self._articles = Gauge("newsrag_index_articles", "Articles in use", ["snapshot"], registry=self._registry)

    @contextmanager
    def question(self, door: str, client: str, text: str) -> Iterator[Question]:
        """Count a question by what becomes of it."""
        question = Question()
        try:
            yield question
        except Busy:
            question.outcome = "busy"
            self.refused("busy")
            raise
        except ValueError:
            question.outcome = "wrong"
            raise
        except (GeneratorExit, asyncio.CancelledError):
            question.outcome = "gone"
            raise
        except BaseException:
            question.outcome = "failed"
            raise
        finally:
            seconds = time.perf_counter() - question.started
            self._questions.labels(door, question.outcome or "failed").inc()
            if question.first is not None:
                self._first.labels(door).observe(question.first)
                self._whole.labels(door).observe(seconds)
            more = {"question": text} if self._log_questions else {}
            fields = {"door": door, "client": client, "outcome": question.outcome, **more}
            note(_log, "question", **fields, seconds=round(seconds, 3))

    def refused(self, reason: str) -> None:
        """Count a request that was refused."""
        self._refused.labels(reason).inc()

    def text(self, turns: FairTurns, snapshot: str, articles: int) -> bytes:
        """Return all of it as Prometheus reads it."""
        self._now.labels("running").set(turns.running)
        self._now.labels("waiting").set(turns.waiting)
        self._articles.clear()  # of one snapshot only: the numbers of labels must not grow
        if snapshot:
            self._articles.labels(snapshot).set(articles)
        return generate_latest(self._registry)
