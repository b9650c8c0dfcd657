"""Options that several commands of `rag` have."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.models import OptionInfo


def repeated(flag: str, metavar: str, meaning: str) -> OptionInfo:
    """An option that may be given several times."""
    option: OptionInfo = typer.Option(flag, metavar=metavar, help=f"{meaning}; may be repeated.")
    return option


Json = Annotated[bool, typer.Option("--json", help="Print JSON, as the README documents it.")]
_GENERATORS = "quotes; openai:MODEL at the server RAG_API_BASE, with the key RAG_API_KEY; local:FILE.gguf."
Generator = Annotated[str, typer.Option("--generator", envvar="RAG_GENERATOR", metavar="NAME", help=_GENERATORS)]
_READERS = "What reads question and sentence together: packaged; none; a cross-encoder's folder or Hugging Face name."
Reader = Annotated[str, typer.Option("--reader", envvar="RAG_READER", metavar="NAME", help=_READERS)]
