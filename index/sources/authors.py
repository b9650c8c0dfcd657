"""Take bylines apart: who wrote, for which agency; titles, places and addresses left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# News agencies, as bylines spell them. An agency is taken only where the text names it: nobody is looked up by outlet.
_AGENCIES = {
    name.casefold().removeprefix("the "): name
    for name in (
        "AFP", "AP", "Reuters", "dpa", "UPI", "ANSA", "EFE", "TASS", "Interfax", "Xinhua", "Kyodo", "PTI", "ANI",
        "IANS", "AAP", "PA", "Anadolu", "Yonhap", "Belga", "Lusa", "ANP", "NTB", "Ritzau", "RIA Novosti", "Bloomberg",
        "Bloomberg News", "epd", "KNA", "APA", "Jiji", "Antara", "Bernama", "CNS", "The Canadian Press",
        "States Newsroom", "Ukrinform",
    )
} | {
    "agence france-presse": "AFP", "agence france presse": "AFP", "associated press": "AP", "pa media": "PA",
    "press association": "PA", "canadian press": "The Canadian Press", "press trust of india": "PTI",
    "australian associated press": "AAP", "thomson reuters": "Reuters", "united press international": "UPI",
    "kyodo news": "Kyodo", "anadolu agency": "Anadolu", "deutsche presse-agentur": "dpa",
}  # fmt: skip
_HOUSE = re.compile(r"\s+(?:staff|news agency|news service|wire service|newswire|wires?)$", re.IGNORECASE)

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_PART = rf"(?:(?:[ODdL]['’]|al-|el-)?{_CAPITAL}[^\W\d_]*(?:['’-][^\W\d_]+)*\.?|(?:{_CAPITAL}\.){{1,3}})"
_PARTICLE = "(?:de|da|di|do|dos|das|du|del|della|der|den|des|van|von|zu|la|le|el|al|bin|ibn|ben|y|e|ter|ten|af|av)"
_NAME = re.compile(rf"{_PART}(?:\s+(?:{_PART}|{_PARTICLE})){{0,5}}(?:,? (?:Jr|Sr)\.?)?")
_OPENING = re.compile(
    r"(?:(?:writing|written|words|story|text|(?:additional )?report(?:ing|ed)?|analysis|opinion|review|posted"
    r"|published)(?: and (?:writing|editing))?\s+)?by\b:?\s*"
    r"|(?:authors?|byline|von|par|por|reporting|words|text)\s*:\s*",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:editors?|correspondents?|reporters?|writers?|columnists?|contributors?|analysts?|bureau|chief|journalists?"
    r"|producers?|critic|photographers?|director|staff|professor|lecturer|fellow|special (?:to|for)|intern|host|anchor"
    r"|min read)\b",
    re.IGNORECASE,
)
# "in Oakland, California": the state belongs to the place, and is no second author.
_PLACE = re.compile(r"\s+in\s+[^\W\d_a-z](?:(?! and | & )[^,;]){1,40}(?:,\s*[^\W\d_a-z]\w*\.?$)?")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+|(?<!\w)@\w+|\([^()]{0,80}\)")
_FOR = re.compile(r"(?:^|\s+)(?:special )?(?:for|to|of) (?:the )?(?=[^\W\d_a-z]|dpa\b|epd\b)(.+)$")
_SUFFIX = re.compile(r",\s*(Jr|Sr|II|III|IV|PhD|MD)\b\.?", re.IGNORECASE)
_INVERTED = re.compile(r"([^\W\d_][\w'’-]+), ([^\W\d_][\w'’.-]+)")
_SPLIT = re.compile(r"\s*(?:[;|·•\n]|\s/\s|\s[–—-]\s)\s*|\s*,\s*(?:and\s+|&\s*)?|\s+(?:and|AND|und|et|with)\s+|\s*&\s*")
_LONGEST_NAME = 80
_MOST_AUTHORS = 60


@dataclass(frozen=True, slots=True)
class Credits:
    """Who wrote an article."""

    authors: tuple[str, ...] = ()
    agency: str | None = None
    unused: tuple[str, ...] = ()
    """Pieces that are no name, where that is not plain to see."""


def agency_named(text: str) -> str | None:
    """The agency whose name ``text`` is, as it is usually written; None if it is something else."""
    return _AGENCIES.get(_folded(_HOUSE.sub("", text.strip(" .()[]–—-"))))


def credits_in(names: Iterable[str], outlet: str | None = None) -> Credits:
    """Take apart what a record or front matter says about its authors; what the outlet is called is no author."""
    pieces = [name for name in names if name]
    # Extraction tools put the whole byline in front of its parts: "A B C D", "A B", "C D".
    if len(pieces) > 2 and is_same_name(pieces[0], " ".join(pieces[1:])):
        del pieces[0]
    authors: dict[str, str] = {}
    unused: list[str] = []
    agency: str | None = None
    for piece in pieces:
        for name in _names_in(piece):
            if known := agency_named(name):
                agency = agency or known
            elif len(name) > _LONGEST_NAME or len(authors) >= _MOST_AUTHORS:
                unused.append(name)
            elif not is_same_name(name, outlet):
                authors.setdefault(name.casefold(), name)
    return Credits(tuple(authors.values()), agency, tuple(unused))


def byline(text: str) -> Credits | None:
    """Read ``text`` as a byline ("By A and B for AFP", "By A, B and C | Reuters"); None if it may be anything else."""
    opening = _OPENING.match(text)
    if opening is None or len(text) > 250 or text[-1] in "!?;:…":
        return None
    if text[-1] == "." and not re.search(r"\b(?:Jr|Sr|\w)\.$", text):
        return None
    found = credits_in([text])
    if found.unused or not all(_NAME.fullmatch(author) for author in found.authors):
        return None
    return found if found.agency or any(" " in author for author in found.authors) else None


def is_same_name(name: str, other: str | None) -> bool:
    """Whether two names differ in case, spaces and a leading "the" at most."""
    return other is not None and _folded(name) == _folded(other)


def _names_in(piece: str) -> list[str]:
    """The names in one value, agencies among them; roles, places and addresses are left out."""
    inverted = _INVERTED.fullmatch(piece)
    if inverted and not agency_named(inverted[2]) and not agency_named(inverted[1]):
        piece = f"{inverted[2]} {inverted[1]}"  # "Preel, Marc"
    opening = _OPENING.match(piece)
    piece = _PLACE.sub("", _SUFFIX.sub(r" \1", _ADDRESS.sub(" ", piece[opening.end() :] if opening else piece)))
    names: list[str] = []
    for part in _SPLIT.split(piece):
        told = None if agency_named(part) else _FOR.search(part)
        # "for AFP" names an agency; "for The Guardian" only repeats the outlet.
        if told and (agency_named(told[1]) or told.start() == 0 or " " in part[: told.start()].strip()):
            if agency_named(told[1]):
                names.append(told[1])
            part = part[: told.start()]
        part = " ".join(part.strip(" ,.·|:–—-").split())
        # "Jane Doe, Science Editor": the second part is no second author
        if re.search(r"[^\W\d_]", part) and not (names and _ROLE.search(part) and not agency_named(part)):
            names.append(part)
    return names


def _folded(name: str) -> str:
    return " ".join(name.casefold().split()).removeprefix("the ")
