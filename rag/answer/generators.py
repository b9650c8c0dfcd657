"""Makes the generator that a command line or a setting names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from rag.answer.drafts import Generator
from rag.answer.extractive import ExtractiveGenerator
from rag.query.followups import RewriteFollowup, rewrite_followup

NAMES = "quotes, openai:MODEL, local:FILE.gguf, quotes+openai:MODEL, quotes+local:FILE.gguf"
# Paragraphs, in tokens: a small model on two cores reads some 60 of them a second.
_LOCAL_BUDGET = 900


def create_generator(name: str, *, environment: Mapping[str, str] = os.environ) -> Generator:
    """Return the generator called ``name``; the address and the key of a server come from ``environment``.

    - ``quotes``: sentences of the coverage, word for word; no language model.
    - ``openai:MODEL``: a model behind an OpenAI-compatible server, at ``RAG_API_BASE``, with ``RAG_API_KEY``. The
      model judges which paragraphs answer before it writes, and each sentence after, where it tells likelihoods.
    - ``local:FILE.gguf``: the same of a file that llama.cpp runs in this process.
    - ``quotes+openai:MODEL``, ``quotes+local:FILE.gguf``: quotations from those paragraphs that the model judges to
      answer.

    Raises:
        ValueError: there is no such generator, or its file or its server's address is missing.
        ModelUnavailable: what it needs is not installed, or its file cannot be loaded.
    """
    kind, _, rest = name.strip().partition(":")
    if kind == "quotes" and not rest:
        return ExtractiveGenerator()
    quoting, _, source = kind.rpartition("+")
    if quoting not in ("", "quotes") or source not in ("openai", "local") or (source == "openai" and not rest):
        raise ValueError(f"there is no generator {name!r}: there are {NAMES}")
    if not rest:
        raise ValueError(
            f"{kind} needs the file of a model, as {kind}:FILE.gguf: download one in llama.cpp's format, "
            "or use quotes, which needs none"
        )
    from rag.answer.llm.judge import Judged
    from rag.answer.llm.writer import Writer

    if source == "openai":
        from rag.answer.llm.endpoint import Endpoint

        base = environment.get("RAG_API_BASE", "").strip()
        if not base:
            raise ValueError(
                f"openai:{rest} needs the address of its server: set RAG_API_BASE, as http://127.0.0.1:11434/v1 "
                "(Ollama) or https://api.openai.com/v1"
            )
        endpoint = Endpoint(base, rest, key=environment.get("RAG_API_KEY", "").strip())
        return Judged(ExtractiveGenerator() if quoting else Writer(endpoint), endpoint.leaning)
    from rag.answer.llm.local import LocalModel

    model = LocalModel(Path(rest).expanduser())
    writer = ExtractiveGenerator() if quoting else Writer(model, budget=_LOCAL_BUDGET, declining=False)
    return Judged(writer, model.leaning)


def shown_name(name: str) -> str:
    """The name of a generator as an answer carries it: of a file without its folders, which are nobody's business."""
    kind, _, rest = name.strip().partition(":")
    return f"{kind}:{Path(rest).name}" if kind in ("local", "quotes+local") and rest else name.strip()


def followup_rewriter(generator: Generator) -> RewriteFollowup:
    """How follow-up questions are rewritten beside ``generator``: by the model that writes; without one, by rule."""
    if not writes(generator):
        return rewrite_followup
    from rag.answer.llm.rewriter import Rewriter
    from rag.answer.llm.writer import Writer

    innermost = _innermost(generator)
    return Rewriter(innermost.model) if isinstance(innermost, Writer) else rewrite_followup


def writes(generator: Generator) -> bool:
    """Whether a generator writes sentences of its own, and does not only quote."""
    return not isinstance(_innermost(generator), ExtractiveGenerator)


def _innermost(generator: Generator) -> Generator:
    if isinstance(generator, ExtractiveGenerator):
        return generator
    from rag.answer.llm.judge import Judged

    while isinstance(generator, Judged):
        generator = generator.generator
    return generator
