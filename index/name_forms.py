"""What a text shows of a name: whether somebody bears it who acts, in full, and how it stands in a sentence."""

from __future__ import annotations

import re
from collections import Counter

from rag.text.proper_names import names
from rag.text.tense import PAST_TENSE
from rag.text.words import STOP_WORDS

_DETERMINERS = frozenset("a an this that its his her their our another each every first second third".split())
SPEECH = r"(?:said|says|told|added|adds|wrote|tweeted|explained|stated|argued|warned)"
"""What a text says that somebody said something by; part of a regular expression."""


def acts(name: str, body: str, *, of_person: bool = False) -> bool:
    """Whether a name is that of somebody who acts: by its last word it speaks, has a title, or is a "he" or "she"."""
    first, _, rest = name.rpartition(" ")
    last, name = re.escape(rest), re.escape(name)
    alone = rf"(?:^|[.\"”,] |\b(?:and|but|as|that|by|for|of{'' if of_person else '|the|The'}) ){last}"
    speaks = rf"\b(?:Mr|Mrs|Ms|Dr|Sir)\.? {last}\b|{alone} {SPEECH}\b|{SPEECH} {last}\b|{name},? (?:who|{SPEECH})\b"
    if re.search(speaks, body, re.MULTILINE):
        return True
    return bool(first and re.search(rf"{alone}\b", body, re.MULTILINE) and re.search(r"\b(?:[Hh]e|[Ss]he)\b", body))


def full_name(last: str, body: str) -> str | None:
    """The full name of a person, without a title, that a text mostly has for the last word of it."""
    found = Counter[str]()
    for one in names(body):
        parts = re.sub("['’]s$", "", body[one.start : one.end]).split()
        while len(parts) > 2 and (parts[0].isupper() or re.search(rf"\b{re.escape(parts[0].lower())}\b", body)):
            del parts[0]
        if (
            parts[-1] == last
            and len(parts) in (2, 3)
            and not (parts[0].isalpha() and parts[0].isupper())
            and all(part[0].isupper() and part.lower() not in STOP_WORDS for part in parts)
            and len(one.words) > 1
            and not re.search(rf"\b{re.escape(parts[0].lower())}\b", body)
        ):
            found[" ".join(parts)] += 1
    name, count = found.most_common(1)[0] if found else ("", 0)
    inside = re.search(rf"[\w,\"“] {re.escape(name)}\b", body)
    # Of three words the first may belong to a title, where there is no initial: "Environment and Water Tova Lind".
    known = count > 1 or name.count(" ") == 1 or "." in name
    return name if 2 * count > found.total() and known and inside and acts(name, body, of_person=True) else None


def stands_alone(name: str, text: str) -> bool:
    """Whether a name is a noun of its own inside sentences: not "Lindmoor trams", and not "this Harbour Prize"."""
    around = re.findall(rf"(\w+),? \b{re.escape(name)}\b(?!['’-])(?:\s+([^\W\d_]+))?", text)
    described = sum(
        before.lower() in _DETERMINERS
        or (bool(word) and word.islower() and word not in STOP_WORDS and not PAST_TENSE.fullmatch(word))
        for before, word in around
    )
    # Always between the same words it stands in a line that pages share, and so does what has a small word inside.
    small = any(word.lower() in STOP_WORDS for word in name.split() if word != "of")
    return len(set(around)) > 1 and 4 * described <= len(around) and not small


def with_article(name: str, text: str) -> str:
    """A name as it stands in a sentence: "the Bank of England"."""
    before = re.findall(rf"(\w+\s+)?\b{re.escape(name)}\b", text)
    the = sum(word.strip() in ("the", "The") for word in before)
    return f"the {name}" if 2 * the > len(before) else name
