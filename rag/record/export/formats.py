"""The formats of an exported answer, by name."""

from __future__ import annotations

from rag.answer.answers import Answer
from rag.record.export.bibliography import to_bibtex, to_csl_json
from rag.record.export.markdown import to_markdown
from rag.record.export.web_page import to_html

FORMATS = {"markdown": to_markdown, "html": to_html, "csl": to_csl_json, "bibtex": to_bibtex}


def export(answer: Answer, name: str) -> str:
    """Write an answer in the format ``name``, one of ``FORMATS``; the text ends with a line break.

    Raises:
        ValueError: there is no such format.
    """
    if name not in FORMATS:
        raise ValueError(f"no format {name!r}: there are {', '.join(FORMATS)}")
    return FORMATS[name](answer)
