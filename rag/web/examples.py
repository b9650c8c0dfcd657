"""Chooses the example questions of the first view: the sample's own, or the newest headlines."""

from __future__ import annotations

import json
from pathlib import Path

from rag.articles import Article
from rag.sample import QUESTIONS
from rag.store.protocol import Store

_MOST, _LONGEST = 4, 120


def example_questions(store: Store, sample: Path = QUESTIONS) -> list[str]:
    """Return up to four questions; the sample's only where the coverage holds all the articles that answer them."""
    items = [item for item in json.loads(sample.read_text(encoding="utf-8")) if item.get("example") is True]
    urls = {gold["url"] for item in items for gold in item["gold"]}
    if all(store.article(Article(title="", paragraphs=(), url=url).id) for url in urls):
        return [item["question"] for item in items][:_MOST]
    # More are read than needed: one headline in several outlets, or one that fills the page, is no second example.
    titles = dict.fromkeys(article.title.strip() for article in store.newest(4 * _MOST))
    return [title for title in titles if title and len(title) <= _LONGEST][:_MOST]
