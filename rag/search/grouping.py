"""Puts together what belongs together in a ranking: neighbouring passages, and one story in several outlets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rag.articles import Article, Passage, Span
from rag.search.fusion import Ranked
from rag.store.protocol import PassageId, Store, StoredPassage
from rag.text.quantities import quantities
from rag.text.words import words

_LONGEST = 3  # passages that are joined into one: more would be an article, not a passage
# Share of a passage's shingles that a near-duplicate has: agencies' stories are shortened and retouched, and keep most.
_SHARED = 0.6
_SHINGLE = 5  # words of one (Broder 1997): with so many in one order two texts do not agree by chance
_FEWEST = 6  # fewer shingles are alike by chance: "He did not comment on the report."
# Of a copy half of the shorter text stands in the other, as in the index.
_COPIED = 0.5
_PROBE = 32  # characters that two texts which share sentences surely have in common
_READ = 64  # passages that are read from the store at a time


@dataclass(slots=True)
class Group:
    """A hit in the making: consecutive passages of one article."""

    best: Ranked
    members: list[StoredPassage]
    near_duplicates: list[StoredPassage] = field(default_factory=list)
    shingles: frozenset[tuple[str, ...]] = frozenset()

    @property
    def article(self) -> Article:
        """The article that they are of."""
        return self.members[0].article

    @property
    def passage(self) -> Passage:
        """The passages as one."""
        return _join([one.passage for one in self.members], self.article)

    def add(self, passage: StoredPassage) -> None:
        """Take in a neighbour of what is there."""
        self.members = sorted([*self.members, passage], key=lambda one: _start(one.passage))
        self.shingles |= _shingles(passage.passage.text)


def group(ranking: Sequence[Ranked], store: Store, *, limit: int, joined: int, accompanied: int = 0) -> list[Group]:
    """Return the ``limit`` best groups of a ranking, best first.

    Among the first ``joined`` passages neighbours of one article become one group, at the place of the better one, so
    that a long article does not take many places and a reader sees what belongs together. A passage of another article
    that says the same as a better group is its near-duplicate; and so is one of a copy of a better group's article that
    says nothing which is not said there: a story takes its places once. A passage among the first ``accompanied``
    groups that found no neighbour so takes the better one of its two, however far down that is: what is found often
    goes on there.
    """
    groups: list[Group] = []
    by_id: dict[PassageId, Group] = {}
    for place, (ranked, stored) in enumerate(_read(ranking, store)):
        if place >= joined and len(groups) >= limit:
            break
        among, longest = (groups, _LONGEST) if place < joined else (groups[:accompanied], 2)
        if neighbour := _neighbouring(stored, by_id, longest, among):
            neighbour.add(stored)
            by_id[stored.id] = neighbour
            continue
        if len(groups) >= limit:
            continue  # only neighbours of what is there are of interest any more
        shingles = _shingles(stored.passage.text)
        original = next((one for one in groups if _is_near_duplicate(stored, shingles, one)), None)
        if original := original or next((one for one in groups if _stands_in_article(stored, one)), None):
            if all(one.article.id != stored.article.id for one in original.near_duplicates):
                original.near_duplicates.append(stored)
            continue
        groups.append(Group(ranked, [stored], shingles=shingles))
        by_id[stored.id] = groups[-1]
    _accompany(groups[:accompanied], ranking, store, by_id)
    return groups


def _read(ranking: Sequence[Ranked], store: Store) -> Iterator[tuple[Ranked, StoredPassage]]:
    for start in range(0, len(ranking), _READ):
        part = ranking[start : start + _READ]
        yield from zip(part, store.passages([one.id for one in part]), strict=True)


def _neighbouring(
    stored: StoredPassage, by_id: dict[PassageId, Group], longest: int, among: Sequence[Group]
) -> Group | None:
    """Return the best group that ends before a passage or begins after it, and has fewer than ``longest`` passages."""
    found = [by_id[one] for one in (stored.previous, stored.next) if one is not None and one in by_id]
    fitting = [one for one in found if len(one.members) < longest and any(one is each for each in among)]
    return max(fitting, key=lambda one: one.best.score, default=None)


def _accompany(groups: Sequence[Group], ranking: Sequence[Ranked], store: Store, by_id: dict[PassageId, Group]) -> None:
    """Give each single passage the better ranked one of its free neighbours."""
    places = {ranked.id: place for place, ranked in enumerate(ranking)}
    for one in groups:
        [first, *more] = one.members
        free = [near for near in (first.previous, first.next) if near is not None and near not in by_id]
        if free and not more:
            chosen = min(free, key=lambda id_: places.get(id_, len(places)))
            one.add(store.passages([chosen])[0])
            by_id[chosen] = one


def _is_near_duplicate(stored: StoredPassage, shingles: frozenset[tuple[str, ...]], original: Group) -> bool:
    """Whether most of a passage stands in a group of another article, word for word (containment, Broder 1997)."""
    if stored.passage.article_id == original.members[0].passage.article_id:
        return False
    return _stands_in(stored.passage.text, shingles, original.passage.text, original.shingles)


def _stands_in_article(stored: StoredPassage, group: Group) -> bool:
    """Whether each paragraph of a passage stands somewhere in a group's article, which its own is a copy of."""
    first, article = group.members[0], stored.article
    if article.id == first.article.id or first.story != stored.story:
        return False
    text = _text(first.article)
    if not _may_stand_in(stored.passage.text, text) or (stored.story == -1 and not is_copy(article, first.article)):
        return False
    pieces = [article.paragraph(one.paragraph)[one.start : one.end] for one in stored.passage.spans]
    return all(
        _stands_in(piece, shingles, text, _shingles(text))
        for piece in pieces
        if len(shingles := _shingles(piece)) >= _FEWEST
    )


def is_copy(one: Article, other: Article) -> bool:
    """Whether two articles are copies of one text, retouched and cut; for whoever has no store that knows it."""
    shorter, longer = sorted((_text(one), _text(other)), key=len)
    if not _may_stand_in(shorter, longer):
        return False
    said = _shingles(shorter)
    return len(said) >= _FEWEST and len(said & _shingles(longer)) >= _COPIED * len(said)


def _may_stand_in(text: str, other: str) -> bool:
    """Whether one of a few probes of a text does; for most pairs none does, and their words need not be looked at."""
    return any(text[len(text) * part // 8 :][:_PROBE] in other for part in (1, 3, 5, 7))


def _stands_in(text: str, shingles: frozenset[tuple[str, ...]], other: str, others: frozenset[tuple[str, ...]]) -> bool:
    """Whether most of a text stands in another one.

    What agrees in more words once all figures are masked is another report: "seven dead" is not "nineteen dead".
    """
    shared = len(shingles & others)
    if len(shingles) < _FEWEST or shared < _SHARED * len(shingles):
        return False
    return len(_shingles(_without_figures(text)) & _shingles(_without_figures(other))) <= shared


def _text(article: Article) -> str:
    return "\n\n".join(article.paragraphs)


@lru_cache(maxsize=64)
def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    # Cut alike whatever language the articles name: of two copies one may name it and the other not.
    said = words(text)
    return frozenset(tuple(said[at : at + _SHINGLE]) for at in range(len(said) - _SHINGLE + 1))


@lru_cache(maxsize=64)
def _without_figures(text: str) -> str:
    for one in reversed(quantities(text)):
        text = f"{text[: one.start]} 0 {text[one.end :]}"
    return text


def _start(passage: Passage) -> tuple[int, int]:
    return passage.spans[0].paragraph, passage.spans[0].start


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
