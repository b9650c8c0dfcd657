"""Read the news at addresses: a page, or a feed or sitemap and the pages that it leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from index.articles.characters import escaped
from index.articles.outlets import same_site
from index.network.fetching import Fetcher, Gone
from index.sources.reading import SourceItem, read
from rag.articles import Article
from rag.errors import ArticleUnreadable

MOST_PAGES = 500
"""Pages that one feed or sitemap may lead to in a run; what is beyond is told, and comes with the next run."""
_DEEPEST = 2  # a list of sitemaps leads to sitemaps, and those to pages
_FACTS = ("outlet", "authors", "agency", "published", "published_at", "section", "language")


class Follower:
    """Reads what addresses give, and in the place of an item that is only a part, the page that it links to."""

    def __init__(
        self,
        fetcher: Fetcher,
        today: date,
        *,
        wanted: Callable[[str, Article | None], bool] = lambda url, article: True,
        unless_unchanged: bool = False,
    ) -> None:
        """Follow a link where ``wanted`` says so of it and of what its feed says: what is there is not fetched again.

        With ``unless_unchanged`` nothing is given of an address that has not changed since ``fetcher`` saw it.
        """
        self._fetcher = fetcher
        self._today = today
        self._wanted = wanted
        self._unless_unchanged = unless_unchanged
        self._pages = MOST_PAGES
        self._left_out = 0
        self._failed = 0

    def read(self, url: str) -> Iterator[SourceItem]:
        """The items at an address, in order; what cannot be fetched or read is one with its reason."""
        self._pages, self._left_out = MOST_PAGES, 0
        yield from self._read(url, 0)
        if self._left_out:
            yield SourceItem(escaped(url), None, f"{self._left_out:,} more pages were not fetched: run it again")

    def _read(self, url: str, depth: int) -> Iterator[SourceItem]:
        try:
            source = self._fetcher.fetch(url, unless_unchanged=self._unless_unchanged)
        except Gone as error:
            yield SourceItem(escaped(url), None, str(error), link=url, withdrawn=True)
            return
        except ArticleUnreadable as error:
            self._failed += 1
            yield SourceItem(escaped(url), None, str(error), link=url)
            return
        if source is None:
            return
        failed, leads = self._failed, False
        for item in read([source], today=self._today):
            leads |= item.link is not None and not item.withdrawn
            if item.withdrawn and not same_site(item.link or "", source.url or url):
                told = f"{item.reason}: not removed, as {escaped(item.link or 'it')[:300]} is of another site"
                yield replace(item, reason=told, link=None, withdrawn=False)
            elif item.link is None or item.withdrawn or item.passed_over:
                self._failed += item.article is None and not item.withdrawn
                yield replace(item, passed_over=False)  # it was named, so it is no file beside others
            elif depth == _DEEPEST or self._pages == 0:
                self._left_out += 1
            elif self._wanted(item.link, item.article):
                self._pages -= 1
                yield from self._instead_of(item, item.link, depth)
        if leads or self._failed != failed:
            # Unchanged, it would not be read again, and so neither would the pages that it leads to, which may have
            # changed, nor what could not be had.
            self._fetcher.validators.pop(url, None)

    def _instead_of(self, item: SourceItem, link: str, depth: int) -> Iterator[SourceItem]:
        """What is at the link of an item, or what the feed itself holds of an article whose page cannot be read."""
        found = list(self._read(link, depth + 1))
        if item.article is None or not found or any(one.article or one.withdrawn for one in found):
            yield from (_completed(one, item.article) for one in found)
            return
        notice = f"{escaped(link)} {found[0].reason}: only what the feed says is kept"
        yield replace(item, notices=(*item.notices, notice), record=None)


def _completed(item: SourceItem, known: Article | None) -> SourceItem:
    """A page's article with the facts that only its feed gives."""
    if item.article is None or known is None:
        return item
    article = item.article
    missing = {name: getattr(known, name) for name in _FACTS if not getattr(article, name)}
    if article.published:
        missing.pop("published_at", None)
    return replace(item, article=replace(article, **missing), record=None)  # the page alone makes another article
