"""What the two command lines share: options, how errors end a command, and text that is safe on a terminal."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from rag.errors import RagError
from rag.store.scope import parse_day

IndexOption = Annotated[
    Path, typer.Option("--index", envvar="RAG_INDEX", metavar="DIR", help="The index's folder.", show_default=True)
]
DEFAULT_INDEX = Path("data/index")


def application(summary: str) -> typer.Typer:
    """Make an empty command line; ``summary`` heads its help."""
    return typer.Typer(
        help=summary,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def run(commands: typer.Typer, name: str, arguments: list[str] | None) -> None:
    """Run a command line and exit: 0, 1 after ``error: …`` on stderr, 2 for wrong usage; no traceback for those."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without the characters shows their codes
    try:
        commands(args=arguments, prog_name=name)
    except BrokenPipeError:
        # The reader of a pipe has gone, as `rag search … | head` makes it; Python must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (RagError, ValueError, OSError) as error:
        message = str(error)
        if isinstance(error, OSError) and error.strerror:
            message = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
        print(f"error: {printable(message)}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage: of one question little is left, and each look goes through all that was ever imported."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nor at the end
        gc.enable()


def say(text: str = "", *, error: bool = False) -> None:
    """Print text that may hold words of articles; line breaks stay, nothing else may move the cursor."""
    lines = (printable(line) for line in text.split("\n"))
    print("\n".join(lines), file=sys.stderr if error else sys.stdout)


def printable(text: str) -> str:
    r"""Escape what a terminal would obey or hide: ``\x1b``, bidirectional overrides, and their like."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def read_day(text: str, *, last: bool = False) -> date:
    """Read the value of a date option as ``parse_day`` does; raises ``typer.BadParameter`` for what is not a day."""
    try:
        return parse_day(text, last=last)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def read_last_day(text: str) -> date:
    """Do as ``read_day``; of a month or a year it is the last day."""
    return read_day(text, last=True)
