"""Rewrites a follow-up question ("and in April?", "why?", "who owned it?") so that it can be searched for alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Protocol

from rag.query.names import Names
from rag.query.parsed_query import Constraint
from rag.query.parsing import parse_question
from rag.store.scope import name_key
from rag.text.proper_names import names as names_in
from rag.text.words import STOP_WORDS, fold

# Characters; longer texts are pasted, or say all that they need. And words of a question that may point back.
_LONGEST, _MOST_WORDS = 300, 12
_WORD = re.compile(r"[^\W_]+(?:[-.'’&+][^\W_]+)*")
_LEAD = re.compile(
    r"(?:and|but|so|or|also|(?:what|how) about|ok|okay|no(?=,|\s+i\b)|sorry|i (?:mean|meant)|rather)\b[\s,.:]+", re.I
)
_CORRECTION = re.compile(r"[\s,]+(?:i mean|i meant|instead|rather)$", re.IGNORECASE)
_ASKING = frozenset("who whom whose what which when where why how".split())
_ADVERBS = frozenset("when where why how".split())
_AUXILIARIES = frozenset(
    """is are was were be been am do does did has have had can could will would shall should may might must isn't aren't
    wasn't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't""".split()
)
_PREPOSITIONS = frozenset("in on at from to of for by with about near since until after before during under".split())
_SUBJECTS, _POSSESSIVE = frozenset("he she they it".split()), frozenset("his her its their".split())
_PRONOUNS = _SUBJECTS | _POSSESSIVE | frozenset("him hers them theirs".split())
_POINTING = frozenset("that this these those".split())
_CLAUSES = _ASKING | frozenset("that if whether while after before because although though since until than as".split())
# They name nothing: "how many people died?", "was anyone hurt?", "what came next?"
_VAGUE = "people person persons anyone anybody someone somebody everyone everybody next later exactly"
_OWN_NOTHING = STOP_WORDS | _AUXILIARIES | frozenset(_VAGUE.split())
# "Is it true that", "how long does it take to": nothing is meant by "it".
_EXPLETIVE = re.compile(
    r"\b(?:(?:is|was) it|it (?:is|was)) \w+ (?:that|to)\b|\bit (?:takes?|costs?) .*\b(?:to|for)\b", re.I
)
# What a fragment is put into, so that its days, outlets and authors are read as in a question.
_FRAMES = ("What happened {}?", "What happened in {}?", "What did {} report?", "articles by {}")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_RELATIVE = re.compile(r"\b(?:yesterday|today|ago|last|past|this|next|now|recent)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation that was answered already."""

    question: str
    """As it was searched for: rewritten, where it was a follow-up itself."""
    said: tuple[str, ...] = ()
    """The sentences of its answer."""


class RewriteFollowup(Protocol):
    """Rewrites a follow-up from the turns before it: ``rewrite_followup`` by rule, or a language model."""

    def __call__(self, question: str, earlier: Sequence[Turn], names: Names, *, as_of: date) -> str | None:
        """The question as it can be searched for alone; None where it stands alone already."""
        ...


def rewrite_followup(question: str, earlier: Sequence[Turn], names: Names, *, as_of: date) -> str | None:
    """Rewrite ``question`` by rule from the turns before it, oldest first; None where it stands alone.

    A limit takes the place of its like ("and in April?"), a name that of one of its kind ("and Blinken?"), and "why?"
    that of another adverb. Whatever else points back has the question before put behind it, in brackets: who "she" is
    is not guessed, and the search finds the topic. ``names`` are those that the index holds. No text is an error.
    """
    text = " ".join(question.split()).rstrip(" ?!.")
    before = " ".join(earlier[-1].question.split()) if earlier else ""
    if not before or not 0 < len(text) <= _LONGEST:
        return None
    body = _CORRECTION.sub("", text)
    while match := _LEAD.match(body):
        body = body[match.end() :]
    led = body != text
    keys = [fold(word).removesuffix("'s") for word in _WORD.findall(body)]
    if not keys:
        return None
    if keys[0] in _ASKING | _AUXILIARIES or (keys[0] in _PREPOSITIONS and _ASKING & set(keys[1:2])):
        if len(keys) == 1 and keys[0] in _ADVERBS and (adverb := _other_adverb(before, keys[0])):
            return adverb
        return _in_context(body, before) if led or _points_back(body, names, as_of) else None
    limits = _limits(body, names, as_of)
    fragment = led or (len(keys) <= 3 and (question.rstrip().endswith("?") or keys[0] in _PREPOSITIONS))
    if not limits and not fragment:
        return None  # words to look for
    constraints = parse_question(before, names, as_of=as_of).constraints
    # An outlet may also be what the question before is about: "How did Open Bench grow?"
    if limits and (limits[0].kind != "outlet" or any(one.outlet for one in constraints)):
        return _with_limits(before, constraints, limits)
    if substituted := _substituted(before, body, names, as_of):
        return substituted
    return _with_limits(before, constraints, limits) if limits else _in_context(body, before)


def _points_back(question: str, names: Names, as_of: date) -> bool:
    """Whether a question says too little by itself: a pronoun that means nothing in it, or hardly a word of its own."""
    if len(question.split()) > _MOST_WORDS:
        return False
    named = bool(_name_spans(question))
    dated = parse_question(question, names, as_of=as_of).constraints
    tokens = [one for one in _WORD.finditer(question) if not any(it.start <= one.start() < it.end for it in dated)]
    # The IT department, and what the US said, are no pronouns.
    keys = ["" if one[0].isupper() and len(one[0]) > 1 else fold(one[0]).removesuffix("'s") for one in tokens]
    content = [i for i, key in enumerate(keys) if key not in _OWN_NOTHING and keys[i - 1 : i] != ["how"]]
    for i, (lead, key, behind) in enumerate(zip(["", *keys], keys, [*keys[1:], ""], strict=False)):
        if (
            (key in _PRONOUNS and not (key == "it" and _EXPLETIVE.search(question)) and not _bound(keys, i, content))
            or (key in _POINTING and i and behind not in _ASKING and (not behind or lead in _AUXILIARIES))
            or (key == "there" and not {lead, behind} & _AUXILIARIES)
            or (key in ("one", "ones") and lead in ("which", "other"))
            or (key in ("else", "others") and not named)
        ):
            return True
    return not (named or dated or re.search(r"\d", question)) and len(content) <= 1 + ("the" in keys)


def _bound(keys: Sequence[str], i: int, content: Sequence[int]) -> bool:
    """Whether the question itself says before word ``i`` what the pronoun there can mean."""
    said = [j for j in content if j < i]
    if not said:
        return False
    if keys[i] in _POSSESSIVE and (keys[i] != "her" or i + 1 in content):
        return True
    subject = keys[i] in _SUBJECTS and (keys[i] != "it" or bool(_AUXILIARIES & set(keys[i + 1 : i + 2])))
    return (subject and keys[i - 1] not in _AUXILIARIES) or bool(_CLAUSES & set(keys[said[0] + 1 : i]))


def _limits(fragment: str, names: Names, as_of: date) -> list[Constraint]:
    """The days, outlets, authors and languages that are all that a fragment names; none where it says more."""
    for frame in _FRAMES:
        question = left = frame.format(fragment)
        found = [one for one in parse_question(question, names, as_of=as_of).constraints if one.kind != "phrase"]
        for one in reversed(found):
            left = left[: one.start] + " " + left[one.end :]
        if found and {fold(word) for word in _WORD.findall(left)} <= _OWN_NOTHING | {"happened", "please"}:
            begins = frame.index("{")  # "in" of a frame is none of the fragment
            ends = begins + len(fragment)
            return [replace(one, words=question[max(one.start, begins) : min(one.end, ends)]) for one in found]
    return []


def _with_limits(before: str, constraints: Sequence[Constraint], limits: Sequence[Constraint]) -> str:
    """The question before with limits in the places of its own of the same kinds, or behind it."""
    places, added = list[tuple[int, int, str]](), ""
    asked = len(before.partition("? (")[0])  # what follows is a context in brackets
    for limit in limits:
        same = [one for one in constraints if one.kind == limit.kind and one.start < asked]
        words = limit.outlet or limit.author or limit.words
        if limit.kind == "days":
            old = same[0].words.split()[0].lower() if same else ""
            years = {year for one in same for year in _YEAR.findall(one.words)}
            relative = _RELATIVE.search(words)
            if not relative and words.split()[0].lower() not in _PREPOSITIONS and old in _PREPOSITIONS:
                words = f"{old} {words}"
            if not relative and not _YEAR.search(words) and len(years) == 1:
                words = f"{words} {years.pop()}"
        if len(same) == 1:
            places.append((same[0].start, same[0].end, words))
        else:
            added += {"outlet": ", according to ", "author": ", in articles by "}.get(limit.kind, " ") + words
    for start, end, words in sorted(places, reverse=True):
        before = before[:start] + words + before[end:]
    return _with_end(before, added)


def _with_end(question: str, added: str) -> str:
    """A question with words behind it, but before a context that it has in brackets."""
    head, bracket, context = question.partition("? (")
    return f"{head.rstrip(' ?!.')}{added}?{bracket[1:]}{context}"


def _substituted(before: str, fragment: str, names: Names, as_of: date) -> str | None:
    """The question before with the name of a fragment in the place of one of its kind; None where there is none."""
    new = next(iter(_name_spans(fragment)), None)
    lead = [fold(word) for word in _WORD.findall(fragment[: new[0]])] if new else []
    if new is None or not set(lead) <= _PREPOSITIONS | {"the", "a", "an"}:
        return None
    start, end = new
    rest = fragment[end:].strip()
    possessive = re.match(r"['’]s?\b", rest)
    days = [one for one in parse_question(before, names, as_of=as_of).constraints if one.kind == "days"]
    old = [one for one in _name_spans(before) if not any(it.start < one[1] and one[0] < it.end for it in days)]
    alike = [one for one in old if _kind(before[slice(*one)], names) == _kind(fragment[start:end], names)]
    if lead and lead[0] in _PREPOSITIONS:
        alike = [one for one in old if re.search(rf"\b{lead[0]} (?:the )?$", before[: one[0]], re.IGNORECASE)]
    elif possessive:
        alike = [one for one in alike if before[one[1] : one[1] + 1] in ("'", "’")] or alike
    if not alike:
        return None
    rest = rest[possessive.end() :].strip() if possessive else rest
    substituted = before[: alike[0][0]] + fragment[start:end] + before[alike[0][1] :]
    if rest and (limits := _limits(rest, names, as_of)):  # "And Blinken in April?"
        return _with_limits(substituted, parse_question(substituted, names, as_of=as_of).constraints, limits)
    return _with_end(substituted, rest if rest[:1] in ("", ",") else f" {rest}")


def _other_adverb(before: str, adverb: str) -> str | None:
    """The question before with another adverb of asking: "Why did …" for "When did …" or "Did …", and "why?"."""
    first, _, rest = before.partition(" ")
    if fold(first) in _AUXILIARIES:
        return f"{adverb.capitalize()} {first.lower()} {rest}"
    if fold(first) in _ADVERBS and fold(rest.split(" ")[0]) in _AUXILIARIES:
        return f"{adverb.capitalize()} {rest}"
    return None


def _in_context(question: str, before: str) -> str:
    """The question and, in brackets, the one before, with the one that began the topic, where that is another."""
    asked = [text for one in before.split("?") if (text := one.strip(" ().!"))] or [before]
    context = " ".join(f"{one}?" for one in dict.fromkeys((asked[0], asked[-1])))
    return f"{question[:1].upper()}{question[1:]}? ({context})"


def _name_spans(text: str) -> list[tuple[int, int]]:
    """The characters of each name, without a possessive's "'s"."""
    return [(one.start, one.end - 2 * text.endswith(("'s", "’s"), one.start, one.end)) for one in names_in(text)]


def _kind(name: str, names: Names) -> str:
    if name_key(name) in map(name_key, names.outlets):
        return "outlet"
    return "country" if fold(name) in _countries() else "other"


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    return frozenset(map(fold, Locale("en").territories.values())) | {"us", "u.s", "uk", "u.k", "eu"}
