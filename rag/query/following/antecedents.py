"""Finds what a pronoun of a follow-up can mean: the persons, things and places of the turns before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.query.following.kinds import (
    BOUNDS,
    DETERMINERS,
    LOCATING,
    NOT_PERSONS,
    PERSONAL,
    PREPOSITIONS,
    ROLES,
    TITLES,
    Phrase,
)
from rag.query.following.phrases import Frame
from rag.text.words import fold

# Of Latin, Greek, Cyrillic and Armenian, which have them.
_CAPITALS = "A-Z" + "".join(filter(str.isupper, map(chr, (*range(0xC0, 0x557), *range(0x1E00, 0x2000)))))
_CAPITAL = rf"\b[{_CAPITALS}][^\W\d_]+(?:[-'’][^\W\d_]+)*"
_NAME = re.compile(rf"{_CAPITAL}(?: (?:de |van |von |al )?{_CAPITAL})*")
_SAID = re.compile(
    r"\W{0,3} (?:said|says|told|announced|called|replied|added|promised|wrote|admitted|warned|insisted|roared|argued)\b"
    r"|, (?:[1-9][0-9]\b|who\b)"
)
_SAYS = re.compile(r"\b(?:said|says|told|replied|added|roared|grinned|sighed|called) (?:[a-z]+ ){0,4}$")
_WORDS = re.compile(r"[^\W_]+")
# What can stand before a name without saying that it is a ship's or a hotel's.
_BEFORE_NAMES = frozenset("and or but so said told when after before that while as with by for if because".split())
_HE = re.compile(rf"\bMr\.? (?:{_CAPITAL} )?({_CAPITAL})")
_SHE = re.compile(rf"\b(?:Mrs|Ms|Miss)\.? (?:{_CAPITAL} )?({_CAPITAL})")
_MEN = frozenset("he him his".split())
_MASCULINE = frozenset("man chairman spokesman king prince fisherman ferryman".split())
_FEMININE = frozenset("woman chairwoman spokeswoman queen princess".split())


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation that was answered already."""

    question: str
    """As it was searched for: made whole, where it followed another."""
    said: tuple[str, ...] = ()
    """The sentences of its answer."""
    follows: bool = False
    """Whether it was made whole from the turns before; one that was not began a topic."""


def person_meant(pronoun: str, frames: Sequence[tuple[Turn, Frame]], others: Iterable[str]) -> str | None:
    """The one person whom ``pronoun`` can mean; None where nobody, or more than one, was spoken of.

    The newest turn that speaks of a person decides; its question goes before its answer. ``others`` are persons of the
    follow-up itself: it speaks of somebody else.
    """
    neighbour = {_last_word(one) for one in others}
    for turn, frame in reversed(frames):
        asked = [one.name if one.name else one.text for one in frame.phrases if one.kind == "person" and not one.plural]
        asked = [one for one in _merged(asked) if _last_word(one) not in neighbour]
        asked = _of_gender(pronoun, asked, [one.said for one, _ in frames])
        if len(asked) == 1 and frame.opening() not in ("who is", "who was", "who are"):
            return asked[0]
        if len(asked) > 1:
            return None
        said = [persons for one in turn.said if (persons := persons_in(one))]
        named = _merged([person for persons in said for person in persons if _last_word(person) not in neighbour])
        named = _of_gender(pronoun, named, [one.said for one, _ in frames])
        if len(named) == 1:
            return named[0]
        if asked:
            return asked[0]
        if named:
            return None
    return None


def things_meant(frame: Frame, *, plural: bool) -> list[Phrase]:
    """The noun phrases of a question that "it", or "they", can mean; places and persons are none, unless in plural."""
    if frame.asked and not plural:
        return []  # "Which hotel did he sell": what is asked for has no name yet
    found = list[Phrase]()
    for one in frame.phrases:
        if one.kind == "place" or (one.kind == "person" and not (plural and one.plural)) or one.plural != plural:
            continue
        if one is frame.subject and not plural and frame.verb is not None and one.kind == "group":
            continue  # "Why did the council approve the plan? What did it cost?"
        if fold(one.text) not in {fold(other.text) for other in found}:
            found.append(one)
    return found


def place_meant(frame: Frame) -> str | None:
    """The place that "there" can mean: "in Hallowick"; None where none, or more than one, is named."""
    places = {
        f"{one.lead if one.lead in ('in', 'at', 'near', 'off') else 'in'} {one.text}"
        for one in (*frame.inner, *frame.others)
        if one.lead in LOCATING and one.name
    }
    return places.pop() if len(places) == 1 else None


def persons_in(sentence: str) -> list[str]:
    """The persons that a sentence of the coverage names, without their titles, as far as its wording shows it."""
    found = list[str]()
    for match in _NAME.finditer(sentence):
        words = match[0].split()
        titled = False
        while words and fold(words[0]) in TITLES | ROLES:
            titled, words = True, words[1:]
        if not words or {part for word in words for part in _WORDS.findall(fold(word))} & NOT_PERSONS:
            continue
        before = sentence[: match.start()]
        if before[-1:] in ("“", '"', "‘", "«") and sentence[match.end() :].lstrip(",.")[:1] in ("”", '"', "’", "»"):
            continue  # the title of a work
        lead = fold((_WORDS.findall(before[-30:]) or [""])[-1])
        opens = not before.strip(" \"“'‘(")
        if opens and fold(words[0]) in BOUNDS | PREPOSITIONS | DETERMINERS | PERSONAL:
            continue
        titled = titled or lead in ROLES or lead in TITLES
        apart = before.rstrip(" \"“'‘(")[-1:] in ("", ",", ".", ";", ":", "—", "–", "-", "”", '"')
        spoke = _SAID.match(sentence, match.end()) or _SAYS.search(before)
        if titled or (spoke and lead != "the") or (len(words) > 1 and (apart or lead in _BEFORE_NAMES)):
            found.append(" ".join(words))
    return found


def _merged(names: Iterable[str]) -> list[str]:
    """Each person once, by the longest of the names that end alike."""
    longest = dict[str, str]()
    for name in names:
        key = _last_word(name)
        if key not in longest or len(name) > len(longest[key]):
            longest[key] = name
    return list(longest.values())


def _last_word(name: str) -> str:
    found: list[str] = _WORDS.findall(fold(name))
    return found[-1] if found else ""


def _of_gender(pronoun: str, persons: list[str], said: Iterable[tuple[str, ...]]) -> list[str]:
    """Leave out whom the answers call Mr, or "he", where the pronoun is "she"; whom they call Ms, she is meant."""
    men, women = set(_MASCULINE), set(_FEMININE)
    for sentence in (one for sentences in said for one in sentences):
        men |= {_last_word(match[1]) for match in _HE.finditer(sentence)}
        women |= {_last_word(match[1]) for match in _SHE.finditer(sentence)}
        named = _merged(persons_in(sentence))
        if len(named) == 1:
            # "Wyle sold his yacht"; but in "Roy is to succeed her" it is somebody else.
            behind = set(_WORDS.findall(fold(sentence).partition(fold(named[0]))[2]))
            his, hers = bool(behind & {"he", "his"}), "she" in behind
            if his != hers:
                (men if his else women).add(_last_word(named[0]))
    right, wrong = (men, women) if pronoun in _MEN else (women, men)
    fitting = [one for one in persons if _last_word(one) not in wrong]
    return [one for one in fitting if _last_word(one) in right] or fitting
