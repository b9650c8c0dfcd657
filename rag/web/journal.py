"""Writes a line for each request and each question: as text, or as JSON for whoever collects logs."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

from rag.text.display import hidden, one_line

_LOGGERS = ("rag", "uvicorn.error")


def note(log: logging.Logger, what: str, **fields: str | float | int) -> None:
    """Log that something happened, with what is known of it."""
    log.info(what, extra={"fields": fields})


def begin(form: Literal["", "text", "json"]) -> None:
    """Have this process write its log to standard error; without a ``form``, only what somebody must know."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if form == "json" else _TextLines())
    for name in _LOGGERS:
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(logging.INFO if form and name == "rag" else logging.WARNING)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": one_line(record.getMessage()),
        **getattr(record, "fields", {}),
    }


class _JsonLines(logging.Formatter):
    """A JSON object a line; JSON escapes every control character, and everything that is not ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        fields = _fields(record)
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields)


class _TextLines(logging.Formatter):
    """A line for people; the trace of an error below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        time, _, event, *more = _fields(record).items()
        known = [f"{name}={_printable(value)}" for name, value in more]
        # What an error says may be anybody's text: each of its lines is shown, and none obeyed by the terminal.
        trace = self.formatException(record.exc_info).split("\n") if record.exc_info else []
        shown = ("".join(" " if hidden(one) else one for one in line) for line in trace)
        return "\n".join([" ".join([str(time[1]), str(event[1]), *known]), *shown])


def _printable(value: object) -> str:
    text = str(value)
    # Quoted where it could pass for more than one field, or move the cursor.
    return text if re.fullmatch(r"[\w./:-]+", text, re.ASCII) else json.dumps(text)
