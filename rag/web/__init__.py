"""The page: ask in a web browser, read the answer, and check every sentence of it beside its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio

    from rag.answer.answerer import Answerer

__all__ = ["build", "launch"]


def build(answerer: Answerer) -> gradio.Blocks:
    """Lay out the page over ``answerer``, without serving it."""
    from rag.web.layout import lay_out

    return lay_out(answerer)


def launch(
    answerer: Answerer,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    block: bool = True,
) -> str:
    """Serve the page at ``host`` and return its address; with ``block``, only once Ctrl-C was pressed.

    Without ``port``, the first free one from 7860 is taken. Without ``block``, the server lives as long as the process.

    Raises:
        RagError: the port is taken, or the host is no address of this machine.
    """
    from rag.web.serving import serve

    return serve(build(answerer), host=host, port=port, open_browser=open_browser, block=block)
