"""What both frameworks are told of a hit, and what a user is told without one of them."""

from __future__ import annotations

from rag.search.hits import Hit


def passage_id(hit: Hit) -> str:
    """Name the found passage: its article and its characters, so that it is the same in every search."""
    first, last = hit.passage.spans[0], hit.passage.spans[-1]
    return f"{hit.article.id}:{first.paragraph}.{first.start}-{last.paragraph}.{last.end}"


def metadata(hit: Hit) -> dict[str, object]:
    """Say where a hit comes from and how it was found, in what JSON can hold; unknown things are None."""
    article = hit.article
    return {
        "article": article.id,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "published": article.published.isoformat() if article.published else None,
        "paragraphs": list(hit.passage.paragraphs),
        "rank": hit.rank,
        "score": hit.score,
    }


def not_installed(extra: str, error: ModuleNotFoundError) -> ModuleNotFoundError:
    """The error to raise where a framework is missing; it names the extra that brings it."""
    return ModuleNotFoundError(f"{error.name} is not installed: pip install 'news-rag[{extra}]'", name=error.name)
