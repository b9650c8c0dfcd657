"""Puts together what belongs together in a ranking: neighbouring passages, and one story in several outlets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.articles import Article, Passage, Span
from rag.search.fusion import Ranked
from rag.store.snapshot import Coverage
from rag.text.words import terms

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
    near_duplicates: list[tuple[Passage, Article]] = field(default_factory=list)


def group(
    ranking: Sequence[Ranked], coverage: Coverage, *, limit: int, joined: int, accompanied: int = 0
) -> list[Group]:
    """Return the ``limit`` best groups of a ranking, best first.

    Among the first ``joined`` passages neighbours of one article become one group, at the place of the better one, so
    that a long article does not take many places and a reader sees what belongs together. A passage that says nearly
    the same as a better one of another article hangs on that one. A passage among the first ``accompanied`` groups that
    found no neighbour so takes the better one of its two, however far down that is: what is found often goes on there.
    """
    groups: list[Group] = []
    said: list[frozenset[str]] = []
    by_row: dict[int, Group] = {}
    for place, ranked in enumerate(ranking):
        if place >= joined and len(groups) >= limit:
            break
        passage, article = coverage.passage(ranked.row)
        if place < joined and (neighbour := _neighbour(ranked.row, passage, by_row)):
            _accompany(neighbour, ranked.row, coverage, by_row)
            continue
        if place >= joined and (alone := _alone(ranked.row, passage, groups[:accompanied])):
            _accompany(alone, ranked.row, coverage, by_row)
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
            original.near_duplicates.append((passage, article))
            continue
        one = Group(ranked, [ranked.row], passage, article)
        groups.append(one)
        said.append(words)
        by_row[ranked.row] = one
    places = {ranked.row: place for place, ranked in enumerate(ranking)} if accompanied else {}
    for one in groups[:accompanied]:
        if len(one.rows) == 1:
            free = [row for row in (one.rows[0] - 1, one.rows[0] + 1) if 0 <= row < coverage.rows and row not in by_row]
            free = [row for row in free if coverage.passage(row)[0].article_id == one.passage.article_id]
            if free:
                _accompany(one, min(free, key=lambda row: places.get(row, len(places))), coverage, by_row)
    return groups


def _neighbour(row: int, passage: Passage, by_row: dict[int, Group]) -> Group | None:
    """Return the group that ends before, or begins behind, a row of the same article, and has room; the better one."""
    neighbour = [by_row[neighbour] for neighbour in (row - 1, row + 1) if neighbour in by_row]
    fitting = [one for one in neighbour if one.passage.article_id == passage.article_id and len(one.rows) < _LONGEST]
    return max(fitting, key=lambda one: one.best.score, default=None)


def _alone(row: int, passage: Passage, groups: Sequence[Group]) -> Group | None:
    """Return the first of ``groups`` that is a single passage beside a row of the same article."""
    return next(
        (
            one
            for one in groups
            if len(one.rows) == 1 and abs(one.rows[0] - row) == 1 and one.passage.article_id == passage.article_id
        ),
        None,
    )


def _accompany(one: Group, row: int, coverage: Coverage, by_row: dict[int, Group]) -> None:
    """Put a row beside a group into it."""
    one.rows = sorted([*one.rows, row])
    one.passage = _join([coverage.passage(each)[0] for each in one.rows], one.article)
    by_row[row] = one


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
