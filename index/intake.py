"""Where articles come in from: paths and addresses, read once, or looked at again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

from index.bases import COVERAGE, current_base
from index.network.fetching import Fetcher
from index.network.following import Follower
from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.articles import Article
from rag.store.coverage import Coverage
from rag.store.folder import IndexFolder

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
# Corrections come within days; an older page is looked at again only where its feed says that it changed.
_RECENT = timedelta(days=3)


class Intake:
    """Files, folders and addresses. It remembers what was taken in, so that a second look gives only what changed."""

    def __init__(self, places: Sequence[str], folder: IndexFolder, *, allow_private: bool = False) -> None:
        """Take in ``places`` for the index in ``folder``; raises as ``find_files`` where a path does not exist."""
        self._addresses = [place for place in places if _ADDRESS.match(place)]
        self._paths = [Path(place) for place in places if not _ADDRESS.match(place)]
        self._folder = folder
        self.fetcher = Fetcher(allow_private=allow_private)
        self._seen: dict[Path, tuple[int, int]] = {}
        self._taken = (self._seen, self.fetcher.validators)  # what was seen of all that was taken in
        self._looked = False
        find_files(self._paths)  # a mistyped path is told at once, not after the model was loaded

    def items(self, today: date) -> Iterator[SourceItem]:
        """What is there; of what was taken in before, only what is not as it was.

        Addresses are read at once, files as they are asked for: no lock should be held while a network is waited for.
        """
        seen, validators = self._taken
        self._seen, self.fetcher.validators = dict(seen), dict(validators)
        fetched = list(self._at_addresses(today)) if self._addresses else []
        return chain(self._in_files(today), fetched)

    def done(self) -> None:
        """All that ``items`` gave was taken in; without this, a next look gives it again."""
        self._taken = (self._seen, self.fetcher.validators)
        self._looked = True

    def _at_addresses(self, today: date) -> Iterator[SourceItem]:
        base = current_base(self._folder)
        held = Coverage(base.path / COVERAGE) if base else None

        def is_wanted(link: str, told: Article | None) -> bool:
            known = held.article(Article("", (), url=link).id) if held else None
            if known is None or "excerpt" in known.labels:
                return True
            stamp = told and (told.updated or told.published)
            if stamp and stamp > (known.updated or known.published or date.min):
                return True
            return known.published is not None and today - known.published <= _RECENT

        follower = Follower(self.fetcher, today, wanted=is_wanted, unless_unchanged=self._looked)
        try:
            for address in self._addresses:
                yield from follower.read(address)
        finally:
            if held:
                held.close()

    def _in_files(self, today: date) -> Iterator[SourceItem]:
        found = find_files(self._paths) if self._paths else None
        if found is None:
            return
        changed = []
        for path in found.files:
            try:
                stat = path.stat()
            except OSError:  # read all the same, which gives the reason
                changed.append(path)
                continue
            if self._seen.get(path) != (stat.st_mtime_ns, stat.st_size):
                changed.append(path)
                self._seen[path] = (stat.st_mtime_ns, stat.st_size)
        yield from read_files(replace(found, files=tuple(changed)), today=today)
