"""Finds in an index the articles that questions name, and answers in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rag.articles import Article
from rag.evaluation.questions import GoldArticle, GoldQuestion
from rag.store.scope import name_key
from rag.text.words import fold

if TYPE_CHECKING:
    from rag.store.protocol import Store

_QUOTES = str.maketrans("", "", '"“”„«»')


def find_articles(snapshot: Store, wanted: Iterable[GoldArticle]) -> dict[GoldArticle, str]:
    """Ids of the wanted articles: by url, else by title and outlet; those that the index lacks are left out.

    A title counts where exactly one article has it, of the wanted outlet if both sides name one.
    """
    found: dict[GoldArticle, str] = {}
    by_title: dict[str, list[Article]] | None = None
    for gold in dict.fromkeys(wanted):
        # Of an id only the url counts, where there is one.
        by_url = snapshot.article(Article("", (), url=gold.url).id) if gold.url else None
        if by_url:
            found[gold] = by_url.id
        elif gold.title:
            if by_title is None:
                by_title = {}
                for article in snapshot.newest(max(1, snapshot.summary().articles)):
                    by_title.setdefault(_plain(article.title), []).append(article)
            same = [one for one in by_title.get(_plain(gold.title), ()) if _may_be_of(one.outlet, gold.outlet)]
            if len(same) == 1:
                found[gold] = same[0].id
    return found


def answerable_here(question: GoldQuestion, found: Mapping[GoldArticle, str]) -> bool:
    """Whether an index answers a question: it holds one of the articles that the question names, of those ``found``.

    Without the article, the same question is one that the coverage does not answer.
    """
    return question.answerable and (not question.articles or any(one in found for one in question.articles))


def _may_be_of(outlet: str | None, wanted: str | None) -> bool:
    return not outlet or not wanted or name_key(outlet) == name_key(wanted)


def says(text: str, answer: str) -> bool:
    """Whether the answer stands in the text as whole words or numbers; case, accents and quotation marks don't count.

    "$5" stands in "at $5, up" and not in "$5.50" or "$500".
    """
    plain = re.escape(_plain(answer))
    return bool(plain and re.search(rf"(?<!\w)(?<!\d[.,]){plain}(?!\w|[.,]\d)", _plain(text)))


def _plain(text: str) -> str:
    return " ".join(fold(text).translate(_QUOTES).split())
