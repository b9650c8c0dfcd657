"""Opens the index that the page asks, or waits for one that is yet to be built."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from threading import Thread

from rag.answer.answerer import Answerer
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.generators import create_generator
from rag.errors import IndexNotFound, RagError
from rag.models.embedding import Embedder
from rag.models.reading import PACKAGED, create_reader
from rag.store.folder import IndexFolder
from rag.web.desk import LatestAnswerer

_log = logging.getLogger(__name__)


def open_latest(
    index: Path, generator: str = "quotes", reader: str = PACKAGED, embedder: Embedder | None = None
) -> LatestAnswerer:
    """Open the index, and warm the models meanwhile; where none was built yet, it is opened when it is there.

    Raises as ``Answerer.open`` does, but for an index that may still be built.
    """
    folder = IndexFolder(index)

    def opened() -> Answerer:
        try:
            folder.current()  # first: models are not loaded for nothing
        except IndexNotFound as error:
            if folder.being_built():
                written = f"{folder.staged() / 1e6:.1f} MB are written so far"
                message = f"the index at {index} is being built, {written}: ask again when that has ended"
                raise IndexNotFound(message) from error
            raise
        return Answerer.open(index, embedder=embedder, generator=generator, reader=reader)

    latest = LatestAnswerer(opened, folder.check)
    try:
        answerer = latest.get()
    except IndexNotFound as error:
        folder.check_place()
        create_generator(generator)  # a wrong name is no reason to wait
        create_reader(reader)
        _log.warning("%s; the page answers from then on", error)
    else:
        Thread(target=_warm, args=[answerer], name="warming", daemon=True).start()
    return latest


def _warm(answerer: Answerer) -> None:
    # The first question loads what all use, and is quoted: a language model may cost money.
    try:
        replace(answerer, generator=ExtractiveGenerator()).answer("Who said what?")
    except RagError as error:
        _log.warning("%s", error)
