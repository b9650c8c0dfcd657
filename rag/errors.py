"""What can go wrong, named by cause; every message says what was found and the way out."""

from __future__ import annotations


class RagError(Exception):
    """Base of every error that this project raises on purpose; a caller's mistake is a ``ValueError`` instead."""


class IndexNotFound(RagError):  # noqa: N818 - named by cause, as all errors here
    """There is no index at the path."""


class IndexCorrupt(RagError):  # noqa: N818
    """A file of the index is missing, cut short, altered or unreadable."""


class IndexIncompatible(RagError):  # noqa: N818
    """The index is whole but was built by another format, model or weights than are in use."""


class IndexBusy(RagError):  # noqa: N818
    """Another process is changing the index at this moment."""


class ModelUnavailable(RagError):  # noqa: N818
    """An embedding model cannot be had: wrong name, no network, damaged weights."""


class ArticleUnreadable(RagError):  # noqa: N818
    """An article, or the file it was to come from, cannot be read as news text."""


class GenerationFailed(RagError):  # noqa: N818
    """A generator could not write an answer."""
