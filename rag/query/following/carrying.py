"""Carries topic, days and outlets on to a question that says too little by itself: "And what did Blinken say?"."""

from __future__ import annotations

import re

from rag.query.following.exchange import Exchange, small
from rag.query.following.kinds import ASKING, PREPOSITIONS, SAYING
from rag.query.following.limiting import carried
from rag.query.following.phrases import Frame
from rag.text.words import fold

# Nobody says what these are about.
_WITHOUT_TOPIC = frozenset("want know tell call warn".split())
_REACTING = frozenset("respond reply answer react".split())
_NO_COMPLEMENT = ASKING | frozenset("then else also to according for too".split())
_GENERIC = frozenset("people persons anybody somebody anyone someone things anything something everybody news".split())
_OBJECT = (
    r" [\"“]?((?:an?|the|its|his|her) )?([\w'’-]+"
    r"(?: (?!(?:on|in|at|by|to|for|and|if|as|after|before|because|with|from)\b)[\w'’-]+){0,5})"
)


def about_the_same(exchange: Exchange, question: str, *, pronouns: bool) -> str:
    """The question with what the one before was about, where it only says who spoke, and with its days and outlets.

    ``pronouns`` says that some were put into the question already, so that it follows though no "and" leads it.
    """
    frame, before = exchange.frame(question), exchange.before
    verb = frame.key(frame.verb) if frame.verb is not None else ""
    bare = verb in SAYING and not frame.others and not _has_complement(frame)
    if bare:
        if verb in _WITHOUT_TOPIC and not exchange.led:
            return question
        clear = exchange.topical() is not None or (exchange.led and verb not in _REACTING)
        topic = _topic(exchange, frame) if clear and verb not in _WITHOUT_TOPIC else None
        if topic is None or frame.reading.keys[-2:-1] in (["why"], ["when"], ["where"], ["how"]):
            return question if before.identifies else exchange.joined(question)
        question = _with_topic(question, frame, f"{'to' if verb in _REACTING else 'about'} {topic}")
    if bare or ((exchange.led or pronouns) and frame.opening() == before.opening()):
        days = frame.key(frame.first) != "when"
        question = carried(question, exchange.base, exchange.names, exchange.as_of, days=days)
    return question


def _with_topic(question: str, frame: Frame, topic: str) -> str:
    body = question.rstrip(" ?!.")
    days = next((one for one in frame.constraints if one.end == len(body) and one.kind == "days"), None)
    at = days.start if days else len(body)
    return " ".join(filter(None, (body[:at].rstrip(), topic, body[at:]))) + "?"


def _has_complement(frame: Frame) -> bool:
    """Whether more follows the verb than limits: "say that the tolls rise", "call for a strike"."""
    if frame.verb is None:
        return True
    return any(
        frame.reading.question[start].isalnum()
        and frame.key(i) not in _NO_COMPLEMENT
        and not any(one.start < end and start < one.end for one in frame.constraints)
        for i, (start, end) in enumerate(frame.reading.spans)
        if i > frame.verb
    )


def _topic(exchange: Exchange, frame: Frame) -> str | None:
    """What the question before is about, for another one: behind "about", else what its verb is done to."""
    before = exchange.before
    if phrase := exchange.topical():
        start, end = exchange.topic_span(phrase)
        return exchange.base[start:end]
    if not (before.asks or before.polar):
        return small(exchange.base.strip(" ?!."))  # words to look for, and no question
    if not before.others and (said := _object_in_answer(exchange)):
        return said
    spoken = {fold(one.text) for one in frame.phrases} | _GENERIC
    found = [
        small(one.text)
        for one in before.phrases
        if fold(one.text) not in spoken and one.kind != "place" and not (one is before.subject and one.acts)
    ]
    return " and ".join(found[:2]) or None


def _object_in_answer(exchange: Exchange) -> str | None:
    """What the answer says where the question has "what": "guarantees" for "What did X call for?"."""
    before = exchange.before
    if before.verb is None or before.key(before.first) != "what":
        return None
    rest = [key for key in before.reading.keys[before.verb + 1 :] if key[:1].isalnum()]
    if len(rest) > 1 or any(key not in PREPOSITIONS for key in rest):
        return None
    verb = rf"\b{re.escape(before.key(before.verb).removesuffix('e'))}\w{{0,3}}"
    pattern = re.compile(verb + "".join(f" {re.escape(key)}" for key in rest) + _OBJECT, re.IGNORECASE)
    for sentence in exchange.frames[-1][0].said[:2]:
        if match := pattern.search(sentence):
            determiner = (match[1] or "").casefold()
            return f"{'the ' if determiner in ('its ', 'his ', 'her ') else determiner}{match[2]}"
    return None
