"""Puts together what belongs together in a ranking: neighbouring passages, and one story in several outlets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
_READ = 16  # passages that are read from the store at a time: more than most questions need


@dataclass(slots=True)
class Group:
    """A hit in the making: consecutive passages of one article."""

    best: Ranked
    members: list[StoredPassage]
    near_duplicates: list[StoredPassage] = field(default_factory=list)

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

    def shingles(self) -> frozenset[tuple[str, ...]]:
        """Of all members."""
        first, *others = (_shingles(one.passage.text) for one in self.members)
        return first.union(*others) if others else first


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
    taken, beside = set[PassageId](), dict[PassageId, list[Group]]()
    read = dict[PassageId, StoredPassage]()
    for place, ranked in enumerate(ranking):
        full = len(groups) >= limit
        if full and place >= joined:
            break
        among, longest = (groups, _LONGEST) if place < joined else (groups[:accompanied], 2)
        one = _fitting(beside.get(ranked.id, ()), longest, among)
        if full and not one:
            continue  # only neighbours of what is there are of interest any more
        if ranked.id not in read:
            ids = [each.id for each in ranking[place : place + (1 if full else _READ)]]
            read |= zip(ids, store.passages(ids), strict=True)
        stored = read[ranked.id]
        if one:
            one.add(stored)
        elif original := _original(stored, groups):
            if all(each.article.id != stored.article.id for each in original.near_duplicates):
                original.near_duplicates.append(stored)
            continue
        else:
            one = Group(ranked, [stored])
            groups.append(one)
        taken.add(stored.id)
        for near in (stored.previous, stored.next):
            if near is not None:
                beside.setdefault(near, []).append(one)
    _accompany(groups[:accompanied], ranking, store, taken)
    return groups


def _fitting(beside: Sequence[Group], longest: int, among: Sequence[Group]) -> Group | None:
    """Return the best group of those beside a passage that has fewer than ``longest`` passages."""
    fitting = [one for one in beside if len(one.members) < longest and any(one is each for each in among)]
    return max(fitting, key=lambda one: one.best.score, default=None)


def _accompany(groups: Sequence[Group], ranking: Sequence[Ranked], store: Store, taken: set[PassageId]) -> None:
    """Give each single passage the better ranked one of its free neighbours."""
    places = {ranked.id: place for place, ranked in enumerate(ranking)}
    chosen = dict[PassageId, Group]()
    for one in groups:
        [first, *more] = one.members
        free = [near for near in (first.previous, first.next) if near is not None and near not in taken | chosen.keys()]
        if free and not more:
            chosen[min(free, key=lambda id_: places.get(id_, len(places)))] = one
    for one, stored in zip(chosen.values(), store.passages(list(chosen)), strict=True):
        one.add(stored)


def _original(stored: StoredPassage, groups: Sequence[Group]) -> Group | None:
    """Return the best group that says what a passage does; else one whose article its own is a copy of."""
    shingles = _shingles(stored.passage.text)
    alike = (one for one in groups if _is_near_duplicate(stored, shingles, one))
    return next(alike, None) or next((one for one in groups if _stands_in_article(stored, one)), None)


def _is_near_duplicate(stored: StoredPassage, shingles: frozenset[tuple[str, ...]], original: Group) -> bool:
    """Whether most of a passage stands in a group of another article, word for word (containment, Broder 1997)."""
    if stored.passage.article_id == original.members[0].passage.article_id:
        return False
    return _stands_in(stored.passage.text, shingles, lambda: original.passage.text, original.shingles())


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
        _stands_in(piece, shingles, lambda: text, _shingles(text))
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


def _stands_in(
    text: str, shingles: frozenset[tuple[str, ...]], other: Callable[[], str], others: frozenset[tuple[str, ...]]
) -> bool:
    """Whether most of a text stands in another one.

    What agrees in more words once all figures are masked is another report: "seven dead" is not "nineteen dead".
    """
    shared = len(shingles & others)
    if len(shingles) < _FEWEST or shared < _SHARED * len(shingles):
        return False
    return len(_shingles(_without_figures(text)) & _shingles(_without_figures(other()))) <= shared


def _text(article: Article) -> str:
    return "\n\n".join(article.paragraphs)


@lru_cache(maxsize=64)
def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    # Cut alike whatever language the articles name: of two copies one may name it and the other not.
    said = words(text)
    return frozenset(zip(*(said[at:] for at in range(_SHINGLE)), strict=False))


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
