"""Puts together what belongs together in a ranking: neighbouring passages, and one story in several outlets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.articles import Article, Passage, Span
from rag.ranking import Ranked
from rag.snapshot import Coverage
from rag.words import terms

# Passages that are joined into one: more would be an article, not a passage.
_LONGEST = 3
# Share of their terms that two passages have in common (Jaccard 1901) when one is a copy of the other: agencies'
# stories are shortened and retouched, and keep most of their words.
_COPY = 0.7
# Fewer terms than this are alike by chance: "He did not comment."
_SHORTEST_COPY = 8


@dataclass(slots=True)
class Group:
    """A hit in the making."""

    best: Ranked
    rows: list[int]
    """Consecutive rows of one article."""
    passage: Passage
    article: Article
    copies: list[tuple[Passage, Article]] = field(default_factory=list)


def group(ranking: Sequence[Ranked], coverage: Coverage, *, limit: int, joined: int) -> list[Group]:
    """Return the ``limit`` best groups of a ranking, best first.

    Among the first ``joined`` passages neighbours of one article become one group, at the place of the better one, so
    that a long article does not take many places and a reader sees what belongs together. A passage that says nearly
    the same as a better one of another article hangs on that one.
    """
    groups: list[Group] = []
    said: list[frozenset[str]] = []
    by_row: dict[int, Group] = {}
    for place, ranked in enumerate(ranking):
        if place >= joined and len(groups) >= limit:
            break
        passage, article = coverage.passage(ranked.row)
        if place < joined and (beside := _beside(ranked.row, passage, by_row)):
            beside.rows = sorted([*beside.rows, ranked.row])
            beside.passage = _join([coverage.passage(row)[0] for row in beside.rows], article)
            by_row[ranked.row] = beside
            continue
        if len(groups) >= limit:
            continue  # only neighbours of what is there are of interest any more
        # Cut alike whatever language the articles name: of two copies one may name it and the other not.
        words = frozenset(terms(passage.text))
        original = next(
            (
                one
                for one, other in zip(groups, said, strict=True)
                if one.passage.article_id != passage.article_id and _same(words, other)
            ),
            None,
        )
        if original:
            original.copies.append((passage, article))
            continue
        one = Group(ranked, [ranked.row], passage, article)
        groups.append(one)
        said.append(words)
        by_row[ranked.row] = one
    return groups


def _beside(row: int, passage: Passage, by_row: dict[int, Group]) -> Group | None:
    """Return the group that ends before, or begins behind, a row of the same article, and has room; the better one."""
    beside = [by_row[neighbour] for neighbour in (row - 1, row + 1) if neighbour in by_row]
    fitting = [one for one in beside if one.passage.article_id == passage.article_id and len(one.rows) < _LONGEST]
    return max(fitting, key=lambda one: one.best.score, default=None)


def _same(words: frozenset[str], other: frozenset[str]) -> bool:
    shorter, longer = sorted((len(words), len(other)))
    if shorter < _SHORTEST_COPY or shorter < _COPY * longer:
        return False
    common = len(words & other)
    return common >= _COPY * (shorter + longer - common)


def _join(passages: Sequence[Passage], article: Article) -> Passage:
    """Join consecutive passages; pieces of one paragraph become one span, with the white space between them."""
    spans: list[Span] = []
    for span in (span for passage in passages for span in passage.spans):
        if spans and spans[-1].paragraph == span.paragraph:
            spans[-1] = Span(span.paragraph, spans[-1].start, span.end)
        else:
            spans.append(span)
    text = "\n\n".join(article.paragraph(span.paragraph)[span.start : span.end] for span in spans)
    return Passage(article.id, tuple(spans), text)
