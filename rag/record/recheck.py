"""Checks an old answer against the index of today: which of its citations still hold, and what became of the others."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from rag.answer.answers import Answer, Claim
from rag.answer.wording import origin
from rag.articles import Article, Span, day_in_words
from rag.check.citations import Citation, validate_citation
from rag.store.protocol import Store
from rag.text.sentences import sentence_spans
from rag.text.words import counted


class Standing(StrEnum):
    """What became of a citation, in words."""

    HOLDS = "holds"
    HOLDS_REVISED = "holds, word for word, in another version of the article"
    CHANGED = "no longer holds, the article was changed"
    MISSING = "cannot be checked, the article is not in this index"


@dataclass(frozen=True, slots=True)
class RecheckedCitation:
    """A citation of an old answer, and what became of it."""

    citation: Citation
    standing: Standing
    article: Article | None = None
    """The version that the index searches now; None where it holds none."""
    place: Span | None = None
    """Where ``article`` says it now, word for word; None where it does not."""
    instead: int | None = None
    """Where it does not: number of the paragraph of ``article`` that says most like it; None where none does."""

    def __str__(self) -> str:
        """What became of it, in one or two lines."""
        old, new = self.citation, self.article
        text = f"[{old.marker}] {self.standing}: “{old.article.title}” ({origin(old.article)})"
        if new and new.updated and self.standing is not Standing.HOLDS:
            text += f", updated {day_in_words(new.updated)}"
        if self.place:
            then = f"then {old.paragraph}, now " if self.place.paragraph != old.paragraph else ""
            return f"{text}, paragraph {then}{self.place.paragraph}"
        text += f", paragraph {old.paragraph}, said: “{old.quote}”"
        if new and self.instead:
            return f"{text}\n    paragraph {self.instead} says now: “{new.paragraph(self.instead)}”"
        return f"{text}\n    it says nothing like it now" if new else text


@dataclass(frozen=True, slots=True)
class Recheck:
    """What became of the citations of an old answer."""

    snapshot: str
    """Id of the snapshot that they were compared with."""
    citations: tuple[RecheckedCitation, ...]
    """In the order of their markers."""
    affected: tuple[Claim, ...]
    """Claims of which some citation no longer holds."""

    @property
    def holds(self) -> bool:
        """Whether all citations hold; a refusal, which has none, does."""
        return not self.affected

    def __str__(self) -> str:
        """How many citations hold: "1 of 2 citations holds in snapshot …"."""
        holding = sum(one.place is not None for one in self.citations)
        verb = "holds" if 1 in (holding, len(self.citations)) else "hold"
        return f"{holding} of {counted(len(self.citations), 'citation')} {verb} in snapshot {self.snapshot}"

    @property
    def by_marker(self) -> dict[int, RecheckedCitation]:
        """The citations by their markers; the ``standing`` of each is what became of it, in words."""
        return {one.citation.marker: one for one in self.citations}

    @property
    def sentence(self) -> str:
        """For a reader: "All 3 citations still hold." or "1 of 3 citations no longer holds."."""
        count = len(self.citations)
        found = Counter(one.standing for one in self.citations)
        changed, missing = found[Standing.CHANGED], found[Standing.MISSING]
        if not count:
            return "It cites nothing."
        if not changed and not missing:
            return f"All {count} citations still hold." if count > 1 else "Its citation still holds."
        # Of the first that is named it is said of how many.
        whole = "Its citation" if count == 1 else f"{changed or missing} of {count:,} citations"
        said = [f"no longer hold{'s' if changed == 1 else ''}"] if changed else []
        if missing:
            theirs = "its article is" if missing == 1 else "their articles are"
            said.append(f"{f'{missing} ' if said else ''}cannot be checked, as {theirs} not in this index")
        return f"{whole} {', and '.join(said)}."


def recheck(answer: Answer, store: Store) -> Recheck:
    """Compare each citation of ``answer`` with what ``store`` holds of its article now; no model is needed.

    An article is found again by its id, which comes from its url. One without a url has its id from its text: changed,
    it counts as missing.

    Raises:
        IndexCorrupt: an article of an index cannot be read.
    """
    rechecked = {one.marker: _rechecked(one, store) for one in answer.citations}
    affected = [claim for claim in answer.claims if not all(rechecked[one.marker].place for one in claim.citations)]
    return Recheck(store.id, tuple(rechecked.values()), tuple(affected))


def _rechecked(citation: Citation, store: Store) -> RecheckedCitation:
    article = store.article(citation.article.id)
    if article is None:
        return RecheckedCitation(citation, Standing.MISSING)
    if article.version == citation.article.version and not validate_citation(citation, store):
        same = Span(citation.paragraph, citation.start, citation.end)
        return RecheckedCitation(citation, Standing.HOLDS, article, same)
    if place := _place(citation, article):
        return RecheckedCitation(citation, Standing.HOLDS_REVISED, article, place)
    sentences = {
        text[start:end]: number
        for number, text in enumerate(article.paragraphs, start=1)
        for start, end in sentence_spans(text)
    }
    closest = difflib.get_close_matches(citation.quote, sentences, n=1)
    return RecheckedCitation(citation, Standing.CHANGED, article, instead=sentences[closest[0]] if closest else None)


def _place(citation: Citation, article: Article) -> Span | None:
    """The place where ``article`` says the quote, nearest to where it stood; None where it does not.

    What were whole sentences must be so again: within a longer one it may mean something else, "it is not true that …".
    """
    whole = _are_sentences(citation.article.paragraph(citation.paragraph), citation.start, citation.end)
    quote = re.compile(rf"(?<!\w){re.escape(citation.quote)}(?!\w)")
    places = [
        Span(number, *match.span())
        for number, text in enumerate(article.paragraphs, start=1)
        for match in quote.finditer(text)
        if not whole or _are_sentences(text, *match.span())
    ]
    old = (citation.paragraph, citation.start)
    return min(places, key=lambda one: (abs(one.paragraph - old[0]), abs(one.start - old[1])), default=None)


def _are_sentences(paragraph: str, start: int, end: int) -> bool:
    starts, ends = zip(*sentence_spans(paragraph), strict=True)
    return start in starts and end in ends
