"""Checks an old answer against the index of today: which of its citations still hold, and what became of the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from rag.answer.answers import Answer, Claim, origin
from rag.articles import Article, Span, day_in_words
from rag.check.citations import Citation, validate_citation
from rag.store.snapshot import Coverage, Snapshot
from rag.text.words import counted, sentence_spans, terms

# Share of the quote's terms that a paragraph says when it is shown as what the article says instead.
_ALIKE = 1 / 3


class Standing(StrEnum):
    """What became of a citation."""

    HOLDS = "holds"
    """The article is as it was cited."""
    HOLDS_REVISED = "holds in the revised article"
    """The article was changed since, and still says it word for word."""
    CHANGED = "changed"
    """The article was changed since, and does not say it any more."""
    MISSING = "missing"
    """The index does not hold the article."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A citation of an old answer, and what became of it."""

    citation: Citation
    standing: Standing
    article: Article | None
    """The version that the index searches now; None where it holds none."""
    place: Span | None
    """Where ``article`` says it now, word for word; None where it does not."""
    instead: int | None = None
    """Where it does not: number of the paragraph of ``article`` that says most like it; None where none does."""

    @property
    def holds(self) -> bool:
        """Whether the article still says it, word for word."""
        return self.place is not None


@dataclass(frozen=True, slots=True)
class Recheck:
    """What became of the citations of an old answer."""

    snapshot: str
    """Id of the snapshot that they were compared with."""
    citations: tuple[Rechecked, ...]
    """In the order of their markers."""
    shaken: tuple[Claim, ...]
    """Claims of which some citation no longer holds."""

    @property
    def holds(self) -> bool:
        """Whether all citations hold; a refusal, which has none, does."""
        return not self.shaken


def recheck(answer: Answer, snapshot: Snapshot) -> Recheck:
    """Compare each citation of ``answer`` with what ``snapshot`` holds of its article now; no model is needed.

    An article is found again by its id, which comes from its url. One without a url has its id from its text: changed,
    it counts as missing.

    Raises:
        IndexCorrupt: an article of the snapshot cannot be read.
    """
    found = {id(one): _rechecked(one, snapshot.coverage) for one in answer.citations}
    shaken = tuple(claim for claim in answer.claims if not all(found[id(one)].holds for one in claim.citations))
    return Recheck(snapshot.id, tuple(found[id(one)] for one in answer.citations), shaken)


def in_words(one: Rechecked) -> str:
    """Say what became of a citation, in one or two lines."""
    citation, article = one.citation, one.article
    was = f"[{citation.marker}] {_STANDINGS[one.standing]}: “{citation.article.title}” ({origin(citation.article)})"
    if article is None:
        return f"{was}, paragraph {citation.paragraph}, said: “{citation.quote}”"
    if one.standing is Standing.HOLDS:
        return f"{was}, paragraph {citation.paragraph}"
    updated = f", updated {day_in_words(article.updated)}" if article.updated else ""
    if one.place:
        moved = "still" if one.place.paragraph == citation.paragraph else f"then {citation.paragraph}, now"
        return f"{was}{updated}, paragraph {moved} {one.place.paragraph}"
    said = f"{was}{updated}, paragraph {citation.paragraph}, said: “{citation.quote}”"
    if one.instead is None:
        return f"{said}\n    it says nothing like it now"
    return f"{said}\n    paragraph {one.instead} says now: “{article.paragraph(one.instead)}”"


_STANDINGS = {
    Standing.HOLDS: "holds",
    Standing.HOLDS_REVISED: "holds, word for word, in another version of the article",
    Standing.CHANGED: "no longer holds, the article was changed",
    Standing.MISSING: "cannot be checked, the article is not in this index",
}


def summed_up(checked: Recheck) -> str:
    """Say how many citations hold: "1 of 2 citations holds in snapshot …"."""
    holding = sum(one.holds for one in checked.citations)
    verb = "holds" if 1 in (holding, len(checked.citations)) else "hold"
    return f"{holding} of {counted(len(checked.citations), 'citation')} {verb} in snapshot {checked.snapshot}"


def _rechecked(citation: Citation, coverage: Coverage) -> Rechecked:
    article = coverage.article(citation.article.id)
    if article is None:
        return Rechecked(citation, Standing.MISSING, None, None)
    if article.version == citation.article.version and not validate_citation(citation, coverage):
        return Rechecked(citation, Standing.HOLDS, article, Span(citation.paragraph, citation.start, citation.end))
    if place := _place(citation, article):
        return Rechecked(citation, Standing.HOLDS_REVISED, article, place)
    return Rechecked(citation, Standing.CHANGED, article, None, _most_alike(citation, article))


def _place(citation: Citation, article: Article) -> Span | None:
    """The place where ``article`` says the quote, nearest to where it stood; None where it does not."""
    number, start = citation.paragraph, citation.start
    before = citation.article.paragraphs[number - 1] if 1 <= number <= len(citation.article.paragraphs) else ""
    whole = _whole(before, start, citation.end)
    places = [
        Span(at, first, first + len(citation.quote))
        for at, text in enumerate(article.paragraphs, start=1)
        for first in _occurrences(citation.quote, text)
        # Part of a longer sentence, or of a word, it may mean something else: "it is not true that …"
        if _whole(text, first, first + len(citation.quote), sentences=whole)
    ]
    return min(places, key=lambda one: (abs(one.paragraph - number), abs(one.start - start)), default=None)


def _occurrences(quote: str, text: str) -> list[int]:
    found, at = [], text.find(quote) if quote else -1
    while at >= 0:
        found.append(at)
        at = text.find(quote, at + len(quote))
    return found


def _whole(text: str, start: int, end: int, *, sentences: bool = True) -> bool:
    """Whether characters ``start`` to ``end`` are whole sentences of a paragraph, or else whole words."""
    if sentences:
        spans = sentence_spans(text)
        return any(start == first for first, _ in spans) and any(end == last for _, last in spans)
    return not (_inside_word(text, start) or _inside_word(text, end))


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _most_alike(citation: Citation, article: Article) -> int | None:
    """The number of the paragraph that says most of the quote's terms; of equals, the one nearest to where it stood."""
    wanted = Counter(terms(citation.quote, article.language))
    if not wanted:
        return None
    shares = {
        number: sum((wanted & Counter(terms(text, article.language))).values()) / wanted.total()
        for number, text in enumerate(article.paragraphs, start=1)
    }
    best = max(shares, key=lambda number: (shares[number], -abs(number - citation.paragraph)), default=None)
    return best if best is not None and shares[best] >= _ALIKE else None
