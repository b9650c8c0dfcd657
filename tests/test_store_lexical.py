"""What tantivy ranks, against BM25 of every passage and article reckoned here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from rag import Article, Passage, Scope, Span
from rag.store.lexical import LexicalIndex, LexicalWriter, said_by

FIRST = date(2025, 1, 1)
OUTLETS = ("Ellery Courier", "Lindmoor Gull", "Vellmar Post")
# Frequent ones first: some say what nearly all do, some what one does.
VOCABULARY = [f"{a}{b}ok" for a in "bdfgklm" for b in "aiou"]
Document = tuple[int, Article, Counter[str]]


def invented(number: int, chance: Random) -> Article:
    def some(most: int) -> str:
        ranks = (min(int(chance.paretovariate(0.7)) - 1, len(VOCABULARY) - 1) for _ in range(chance.randint(1, most)))
        return " ".join(VOCABULARY[rank] for rank in ranks)

    return Article(
        f"Quay {some(2)}",
        tuple(f"{some(5)}." for _ in range(chance.randint(1, 3))),
        chance.choice(OUTLETS),
        f"https://gull.example/{number}",
        authors=(chance.choice(("Mara Quill", "Tobin Vance")),),
        published=FIRST + timedelta(chance.randrange(60)) if chance.random() < 0.9 else None,
        language=chance.choice((None, "en")),
    )


def best(documents: Sequence[Document], weights: Mapping[str, float], scope: Scope) -> list[tuple[int, float]]:
    """Every document within the scope that says a term, and its BM25, best first; equals by their number."""
    average = sum(said.total() for *_, said in documents) / len(documents)
    holding = {term: sum(term in said for *_, said in documents) for term in weights}
    found = []
    for number, article, said in documents:
        score = 0.0
        for term, weight in weights.items():
            rarity = math.log(1 + (len(documents) - holding[term] + 0.5) / (holding[term] + 0.5))
            long = 1.2 * (0.25 + 0.75 * said.total() / average)
            score += weight * rarity * 2.2 * said[term] / (said[term] + long)
        if score and allows(scope, article):
            found.append((number, score))
    return sorted(found, key=lambda one: (-round(one[1], 4), one[0]))


def allows(scope: Scope, article: Article) -> bool:
    day, dated = article.published, scope.published_from or scope.published_to
    return (
        (not dated or bool(day and (scope.published_from or day) <= day <= (scope.published_to or day)))
        and (not scope.outlets or article.outlet in scope.outlets)
        and (not scope.authors or article.authors[0] in scope.authors)
        and (not scope.languages or article.language in scope.languages)
        and (not scope.articles or article.id in scope.articles)
    )


def scopes(articles: Sequence[Article], chance: Random) -> list[Scope]:
    day = FIRST + timedelta(chance.randrange(50))
    few, many = (tuple(one.id for one in chance.sample(articles, count)) for count in (3, 60))
    return [
        Scope(),
        Scope(day, day + timedelta(chance.choice((0, 3, 30)))),
        Scope(published_to=day, outlets=chance.sample(OUTLETS, 2)),  # type: ignore[arg-type]
        Scope(authors=("Tobin Vance",), languages=("en",)),
        Scope(articles=few),
        Scope(articles=many, published_from=day),
        Scope(FIRST + timedelta(100)),
    ]


@pytest.mark.parametrize("parts", [1, 3])
def test_words_find_what_a_look_at_everything_finds_whatever_the_limits(tmp_path: Path, parts: int) -> None:
    chance = Random(parts)
    articles = [invented(number, chance) for number in range(120)]
    whole, passages, extents = list[Document](), list[Document](), dict[str, tuple[int, int, int]]()
    folders = [tmp_path / str(part) for part in range(parts)]
    writers = [LexicalWriter(folder) for folder in folders]
    for number, article in enumerate(articles):
        cut = [Passage(article.id, (Span(n, 0, len(text)),), text) for n, text in enumerate(article.paragraphs, 1)]
        rows = range(len(passages), len(passages) + len(cut))
        said, *each = (Counter(text.split()) for text in said_by(article, cut))
        whole.append((number, article, said))
        passages += [(row, article, one) for row, one in zip(rows, each, strict=True)]
        extents[article.id] = (number, rows[0], rows[-1])
        writers[number * parts // len(articles)].add(number, article, list(zip(rows, cut, strict=True)))
    for writer in writers:
        writer.finish(tmp_path)
    index = LexicalIndex.read(folders, list, lambda ids: [extents[id_] for id_ in ids])
    assert max(said.total() for *_, said in (*whole, *passages)) <= 40  # up to here tantivy counts lengths exactly
    for _ in range(5):
        weights = {term: chance.choice((1.0, 0.3, 2.0)) for term in chance.sample(VOCABULARY, chance.choice((1, 4, 9)))}
        for scope in scopes(articles, chance):
            for documents, ask in ((passages, index.passages), (whole, index.articles)):
                expected = best(documents, weights, scope)
                for share in (0.0, 1.0):  # through what is allowed, and through what says the words
                    for limit in (5, len(documents)):
                        numbers, scores = ask(weights, limit, scope, share=share)
                        wanted = expected[:limit]
                        assert scores.tolist() == pytest.approx([score for _, score in wanted], abs=1e-4)
                        # Of those that score like the last any may come.
                        sure = len(wanted) if limit > 5 else sum(score > wanted[-1][1] + 1e-3 for _, score in wanted)
                        assert sorted(numbers[:sure].tolist()) == sorted(number for number, _ in wanted[:sure])
