"""Chooses the example questions: the sample's where its articles are in the index, else the newest headlines."""

from __future__ import annotations

import json
from pathlib import Path

from rag.articles import Article
from rag.sample import QUESTIONS
from rag.store.protocol import Store

_MOST = 4
_LONGEST = 120


def example_questions(coverage: Store, path: Path = QUESTIONS) -> list[str]:
    """Return up to four questions that the coverage can be asked."""
    return _from_sample(coverage, path) or _from_headlines(coverage)


def _from_sample(coverage: Store, path: Path) -> list[str]:
    """Return the sample's questions; none unless the coverage holds all the articles that answer them."""
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    chosen = [item for item in items if item.get("example") is True]
    urls = {gold["url"] for item in chosen for gold in item["gold"]}
    if not all(coverage.article(Article(title="", paragraphs=(), url=url).id) for url in urls):
        return []
    return [item["question"] for item in chosen][:_MOST]


def _from_headlines(coverage: Store) -> list[str]:
    # More are read than needed: one headline in several outlets, or one that fills the page, is no second example.
    titles = dict.fromkeys(article.title.strip() for article in coverage.newest(4 * _MOST))
    return [title for title in titles if title and len(title) <= _LONGEST][:_MOST]
