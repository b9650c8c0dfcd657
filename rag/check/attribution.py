"""Whether the words in quotation marks were said, and by the one to whom the sentence gives them."""

from __future__ import annotations

from collections.abc import Iterator

from rag.check.evidence import Cited, Evidence
from rag.check.facts import Fault
from rag.check.names import alike, constraints, surely_name
from rag.check.quotations import pieces, stands
from rag.check.speakers import Speaker, speakers_in
from rag.check.statements import Statement, read, sentences_of
from rag.check.verdicts import Outcome, Rule


def wrong_quotation(claim: Statement, evidence: Evidence) -> Fault | None:
    """Words in quotation marks that no cited paragraph has."""
    for words in evidence.quotations:
        if not any(stands(words, text) for text in evidence.texts()):
            return Fault(Outcome.UNSUPPORTED, Rule.QUOTATION, f"{_lacks(evidence)} the words “{words.strip()}”")
    return None


def _lacks(evidence: Evidence) -> str:
    where = evidence.where()
    return f"{where} has" if where.startswith("none") else f"{where} does not have"


def wrong_speaker(claim: Statement, evidence: Evidence) -> Fault | None:
    """A name beside a verb of saying that the evidence does not give as the speaker."""
    known = frozenset(word for article in evidence.articles for word in constraints(article).words)
    named = [
        speaker
        for speaker in speakers_in(claim, quoted=False)
        if speaker.name and surely_name(speaker.name, claim.tokens, known)
    ]
    if not named:
        return None
    places = list(_places(claim, evidence))
    for speaker in named:
        assert speaker.name
        words = speaker.name.words
        if (speaker.verb.startswith("report") or not evidence.quotations) and _reports(words, evidence):
            continue
        given = [(place, one) for place in places for one in _speakers_of(place)]
        if not given or any(_is(words, place, one, evidence) for place, (_, one) in given):
            continue
        if not evidence.quotations and any(alike(words, name.words) for place in places for name in place.said.names):
            continue  # the sentence names them, if in another way than beside a verb of saying
        others = [said.words(one.name) for _, (said, one) in given if one.name]
        who = claim.words(speaker.name)
        if others:
            reason = f"it was said by “{others[0]}”, not by “{who}”, in {_place(given[0][0])}"
            return Fault(Outcome.CONTRADICTED, Rule.SPEAKER, reason)
        return Fault(Outcome.UNSUPPORTED, Rule.SPEAKER, f"{_place(given[0][0])} does not say that “{who}” said it")
    return None


def _reports(words: tuple[str, ...], evidence: Evidence) -> bool:
    """Whether a name is that of the outlet, the agency or an author: "The Ellery Courier reported that …"."""
    return any(
        set(words) <= {token.key for token in read(origin).tokens}
        for article in evidence.articles
        for origin in (article.outlet, article.agency, *article.authors)
        if origin
    )


def _place(cited: Cited) -> str:
    return f"paragraph {cited.paragraph} of “{cited.article.title}”"


def _places(claim: Statement, evidence: Evidence) -> Iterator[Cited]:
    """The sentences with the claim's quotations, or else the ones that carry it."""
    openings = [pieces(words)[0] for words in evidence.quotations if pieces(words)]
    quoting = [one for one in evidence.sentences if any(_begins_in(opening, one) for opening in openings)]
    yield from quoting or evidence.chosen


def _begins_in(opening: str, sentence: Cited) -> bool:
    return stands(opening, sentence.said.text) or stands(" ".join(opening.split()[:5]), sentence.said.text)


def _speakers_of(place: Cited) -> list[tuple[Statement, Speaker]]:
    """The speakers of a sentence; where it has none, of the nearest sentence of its paragraph that has."""
    found = speakers_in(place.said, quoted=False)
    if found:
        return [(place.said, one) for one in found]
    around = sentences_of(place.article.paragraphs[place.paragraph - 1])
    at = next(n for n, said in enumerate(around) if said.start == place.said.start)
    order = sorted((n for n in range(len(around)) if n != at), key=lambda n: (abs(n - at), n > at))
    for n in order[:2]:
        found = speakers_in(around[n], quoted=False)
        if found:
            return [(around[n], one) for one in found]
    return []


def _is(words: tuple[str, ...], place: Cited, given: Speaker, evidence: Evidence) -> bool:
    if given.name:
        return alike(words, given.name.words)
    if given.pronoun:
        named = {word for name in evidence.antecedents(place) for word in name}
        return bool(named & set(words)) or any(alike(words, name.words) for name in place.said.names)
    known = constraints(place.article)
    return known.whole(words) and evidence.said_near(words)
