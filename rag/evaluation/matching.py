"""Finds gold articles in an index, and gold answers in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rag.articles import Article
from rag.evaluation.questions import GoldArticle
from rag.store.scope import name_key
from rag.text.words import fold

if TYPE_CHECKING:
    from rag.store.protocol import Store

_QUOTES = str.maketrans("", "", '"“”„«»')


def find_articles(store: Store, wanted: Iterable[GoldArticle]) -> dict[GoldArticle, str]:
    """Ids of the wanted articles that the index holds: by url, else by a title and outlet that one article has."""
    # An article's id comes from its url, where it has one.
    by_url = {gold: store.article(Article("", (), url=gold.url).id) for gold in wanted}
    found = {gold: article.id for gold, article in by_url.items() if gold.url and article}
    by_title: dict[str, list[Article]] = {}
    for article in store.newest(max(1, store.summary().articles)) if len(found) < len(by_url) else ():
        by_title.setdefault(_plain(article.title), []).append(article)
    for gold in by_url.keys() - found.keys():
        same = by_title.get(_plain(gold.title or ""), [])
        outlet = name_key(gold.outlet or "")
        same = [one for one in same if not outlet or name_key(one.outlet or "") in ("", outlet)]
        if len(same) == 1:
            found[gold] = same[0].id
    return found


def says(text: str, answer: str) -> bool:
    """Whether the answer stands in the text as whole words or numbers; case, accents and quotation marks don't count.

    "$5" stands in "at $5, up" and not in "$5.50" or "$500".
    """
    wanted = re.escape(_plain(answer))
    return bool(wanted and re.search(rf"(?<!\w)(?<!\d[.,]){wanted}(?!\w|[.,]\d)", _plain(text)))


def _plain(text: str) -> str:
    return " ".join(fold(text).translate(_QUOTES).split())


def squeezed(text: str) -> str:
    """Remove all white space, as MultiHop-RAG does before it compares."""
    return "".join(text.split())
