"""Makes whole what has no verb of its own: "And Blinken?", "about the tolls?", "why?", "how many boats?"."""

from __future__ import annotations

from dataclasses import replace

from rag.query.following.antecedents import person_meant
from rag.query.following.exchange import Exchange, small
from rag.query.following.kinds import (
    AUXILIARIES,
    DETERMINERS,
    IRREGULAR,
    PERSONAL,
    PREPOSITIONS,
    TOPICAL,
    Phrase,
    phrase_of,
)
from rag.query.following.limiting import Limit, bare_limits, limited
from rag.query.reading import Reading
from rag.text.words import STOP_WORDS

_PERSONS = frozenset("he him his she her hers".split())
_POINTING = frozenset("that this these those it its they them their then there".split())
_SUBJECTS = frozenset("he she it they we i you".split())
_FINITE = AUXILIARIES | frozenset("be been being happened".split())
_ADJUNCTS = ("why", "when", "where", "how")
# They count or order what was spoken of before.
_ORDERING = frozenset("first second third last next later afterwards again most ill other others exactly".split())
_GENERIC = frozenset("people persons".split())
# They belong to what the question before is about, and are no other topic.
_ATTRIBUTES = frozenset("cost costs price reason reasons result results turnout damage date money number name".split())
_PLURALS = (("does", "do"), ("is", "are"), ("was", "were"), ("has", "have"))
_LONGEST = 5


def fragment(exchange: Exchange) -> str | None:
    """Put a phrase without a verb in the place of its like in the question before; else join the two."""
    limits, text = _split_limits(exchange)
    words = Reading(text)
    lead = words.key(0)
    if not words.keys or not (exchange.led or lead in PREPOSITIONS) or any(key in _FINITE for key in words.keys):
        return None
    if any(key in _SUBJECTS and words.key(i - 1) not in PREPOSITIONS for i, key in enumerate(words.keys)):
        return None  # a sentence: "and yet it moves"
    pointing = any(key in _POINTING for key in words.keys)
    if any(key in _PERSONS for key in words.keys):
        pronoun = next(key for key in words.keys if key in _PERSONS)
        if person_meant(pronoun, exchange.frames[-1:], ()) is None:
            return None
        pointing = True
    if lead in PREPOSITIONS:
        whole = exchange.joined(text) if pointing else _prepositional(exchange, text, lead)
    elif pointing or words.keys[-1] in _ATTRIBUTES:
        whole = exchange.joined(f"what about {small(text)}")
    else:
        whole = _in_place(exchange, text, words)
    return limited(whole, limits, exchange.names, exchange.as_of) if limits else whole


def _split_limits(exchange: Exchange) -> tuple[tuple[Limit, ...], str]:
    """The days that close a fragment, and the rest: "Blinken in May"."""
    text = exchange.rest.strip(" ?!.,")
    days = [one for one in exchange.asked.constraints if one.kind == "days"]
    if len(days) != 1 or days[0].end != len(text):
        return (), text
    return bare_limits(days[0].words, exchange.names, exchange.as_of), text[: days[0].start].strip(" ,")


def _prepositional(exchange: Exchange, text: str, lead: str) -> str:
    alike = TOPICAL if lead in TOPICAL else {lead}
    found = [one for one in (*exchange.before.inner, *exchange.before.others) if one.lead in alike]
    base = exchange.base
    if len(found) == 1:
        _, end = exchange.topic_span(found[0]) if lead in TOPICAL else exchange.span(found[0])
        start = exchange.before.reading.spans[found[0].start - 1][0]
        return base[:start] + text + base[end:]
    body = base.rstrip(" ?!.")
    closing = next((one for one in exchange.before.constraints if one.end == len(body) and one.kind == "days"), None)
    at = closing.start if closing else len(body)
    return " ".join(filter(None, (body[:at].rstrip(), text, body[at:]))) + "?"


def _in_place(exchange: Exchange, text: str, words: Reading) -> str:
    before = exchange.before
    new = phrase_of(words, 0, len(words), before=before.key(before.verb) if before.verb is not None else "")
    if new.name and _is_place(exchange, new.text):
        new = replace(new, kind="place")
    acts = new.acts or (bool(new.name) and new.kind == "thing" and words.key(0) not in DETERMINERS)
    subject = before.subject
    if subject and new.kind != "place" and (before.verb is None or subject.acts == acts):
        return _with_subject(exchange, subject, new)
    topic = exchange.topical()
    if topic and not acts and new.kind != "place":
        start, end = exchange.topic_span(topic)
        return exchange.base[:start] + small(text) + exchange.base[end:]
    return exchange.joined(f"what about {small(text)}")


def _is_place(exchange: Exchange, name: str) -> bool:
    said = " ".join(text for turn, _ in exchange.frames for text in (turn.question, *turn.said))
    return any(f" {lead} {name}" in said for lead in ("in", "at", "near", "around", "below", "above"))


def _with_subject(exchange: Exchange, old: Phrase, new: Phrase) -> str:
    """The question before with another subject, and an auxiliary that agrees with it."""
    start, end = exchange.span(old)
    base, auxiliary = exchange.base, exchange.before.auxiliary
    head = base[:start]
    if auxiliary is not None and old.plural != new.plural:
        agreeing = dict(_PLURALS if new.plural else [(other, one) for one, other in _PLURALS])
        first, last = exchange.before.reading.spans[auxiliary]
        word = agreeing.get(base[first:last].casefold(), base[first:last])
        head = base[:first] + (word.capitalize() if base[first].isupper() else word) + base[last:start]
    return head + small(new.text) + base[end:]


def is_elliptical(exchange: Exchange) -> bool:
    """Whether a question has hardly a word of its own, so that the one before must say the rest: "how many boats?"."""
    asked, keys = exchange.asked, exchange.keys
    reading = asked.reading
    if asked.polar or asked.constraints or asked.first > 1 or (asked.first == 1 and reading.key(0) not in PREPOSITIONS):
        return False
    if len(keys) == 1 or keys[1:] == ["many", "are", "there"]:
        return True
    if any(reading.capital(i) or reading.key(i)[:1].isdigit() for i in range(1, len(reading))) or len(keys) > _LONGEST:
        return False
    if keys[-2] == "the" and (keys[-1].endswith("est") or keys[-1] in _ORDERING):
        return True  # "which is the longest?"
    pointed = any(key in ("that", "this", "these", "those") for key in keys)
    if (asked.subject and not pointed) or any(key in (DETERMINERS | PERSONAL | {"there"}) - _THAT for key in keys):
        return False
    own = [key for key in keys if key not in STOP_WORDS and key not in _ORDERING and key not in _GENERIC]
    counted = keys[0] == "how" and keys[1] in ("many", "much")
    verb_first = counted and len(keys) > 2 and (keys[2] in IRREGULAR or keys[2].endswith("ed"))
    return len(own) <= (2 if verb_first else 1)


_THAT = frozenset("that this these those any some no every each all".split())


def ellipsis(exchange: Exchange) -> str:
    """Make an elliptical question whole: in the place of another adverb of asking, or joined to the question before."""
    before, base = exchange.before, exchange.base
    words = [key for key in exchange.keys if key not in ("exactly", "precisely", "come")]
    pointing = words[1:] in (
        *(["did", it, "happen"] for it in ("that", "this", "it")),
        *([be, it] for be in ("is", "was") for it in ("that", "this", "it")),
    )
    fits = (len(words) == 1 or pointing) and words[0] in _ADJUNCTS and before.auxiliary is not None
    if fits and before.polar:
        start = before.reading.spans[before.first][0]
        asked = words[0] if start else words[0].capitalize()
        return f"{base[:start]}{asked} {small(base[start:])}"
    opening = before.key(before.first)
    if fits and opening in _ADJUNCTS and before.auxiliary == before.first + 1 and opening != words[0]:
        start, end = before.reading.spans[before.first]
        asked = words[0].capitalize() if base[start].isupper() else words[0]
        return base[:start] + asked + base[end:]
    return exchange.joined(exchange.rest)
