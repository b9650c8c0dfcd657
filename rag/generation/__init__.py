"""Generators draft an answer from what was found: by quoting it, or with a language model."""

from __future__ import annotations

from rag.generation.drafts import Draft, Evidence, Generator
from rag.generation.naming import following, name_to_show, named
from rag.generation.quoting import Quotes

__all__ = ["Draft", "Evidence", "Generator", "Quotes", "following", "name_to_show", "named"]
