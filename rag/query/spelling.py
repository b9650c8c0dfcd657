"""Finds names in a question that the coverage does not hold, and the names that it does hold and were likely meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.query.parsed_query import Constraint
from rag.store.protocol import Store
from rag.text.words import STOP_WORDS, fold, terms

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_QUOTED = re.compile(r'["“„«][^"“”„«»]*["”“»]')
# Letters of a word that may be another by one slip, and by two; shorter ones are other words: Salvini is not Salling.
_ONE_SLIP, _TWO_SLIPS = 5, 9


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of a question, and the word of the coverage that was searched for in its place."""

    said: str
    meant: str


def correct_names(
    question: str, store: Store, known: Callable[[str], bool], read: Sequence[Constraint] = ()
) -> tuple[str, tuple[Correction, ...]]:
    """Replace what stands nowhere in the coverage by the name there that it is a slip of; say what was replaced.

    What is ``known`` as a word or a name of its own is no slip: Iceland is not Ireland misspelt.

    Only names of the coverage (written there with a capital inside a sentence) are put in: another word that is lacking
    says something that the coverage does not. Words within quotation marks, and within what was ``read`` in the
    question as an outlet, an author or a day, stay.
    """
    kept = [match.span() for match in _QUOTED.finditer(question)] + [(one.start, one.end) for one in read]
    found, corrected, at = list[Correction](), "", 0
    for match in _WORD.finditer(question):
        word = re.sub(r"['’]s$", "", match[0])
        free = all(match.end() <= start or end <= match.start() for start, end in kept)
        if not free or len(word) < _ONE_SLIP or fold(word) in STOP_WORDS:
            continue
        if known(word) or any(store.passage_counts(terms(word)).values()) or not (meant := _meant(word, store)):
            continue
        found.append(Correction(word, meant))
        corrected += question[at : match.start()] + meant
        at = match.start() + len(word)
    return corrected + question[at:], tuple(dict.fromkeys(found))


def _meant(word: str, store: Store) -> str | None:
    """The name of the coverage that is most like a word: by slips, its beginning, and how often it stands."""
    from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

    said = fold(word)
    # What is typed in small letters may be no name at all: of it less is forgiven.
    small = int(word.islower())
    if len(said) < _ONE_SLIP + small:
        return None
    edits = 2 if len(said) >= _TWO_SLIPS + small else 1
    names, ordinary = Counter[str](), set[str]()
    for stored in store.passages_like(said, edits):
        for match in _WORD.finditer(stored.passage.text):
            name = re.sub(r"['’]s$", "", match[0])
            inside = stored.passage.text[: match.start()].rstrip("\"'“‘( ")[-1:].isalpha()
            if name[0].islower():
                ordinary.add(name)
            elif (
                inside
                and fold(name)[0] == said[0]
                and (slips := DamerauLevenshtein.distance(said, fold(name), score_cutoff=edits)) <= edits
                and (slips < 2 or fold(name)[-1] == said[-1])  # Alexandra is not Alexander
            ):
                names[name] += 1

    def likeness(name: str) -> tuple[int, float, int]:
        return -DamerauLevenshtein.distance(said, fold(name)), JaroWinkler.similarity(said, fold(name)), names[name]

    return max((name for name in names if name.lower() not in ordinary), key=likeness, default=None)
