"""Take bylines apart: who wrote, for which agency; titles, places and addresses left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# News agencies, as bylines spell them. An agency is taken only where the text names it: nobody is looked up by outlet.
_AGENCIES = {
    name.casefold(): name
    for name in (
        "AFP", "AP", "Reuters", "dpa", "UPI", "ANSA", "EFE", "TASS", "Interfax", "Xinhua", "Kyodo", "PTI", "ANI",
        "IANS", "AAP",
        "PA", "Anadolu", "Yonhap", "Belga", "Lusa", "ANP", "NTB", "Ritzau", "RIA Novosti", "Bloomberg News", "epd",
        "KNA", "APA",
        "Jiji", "Antara", "Bernama", "CNS", "States Newsroom", "InterAksyon", "Ukrinform",
    )
} | {
    "agence france-presse": "AFP", "agence france presse": "AFP", "associated press": "AP",
    "the associated press": "AP",
    "pa media": "PA", "press association": "PA", "the press association": "PA",
    "the canadian press": "The Canadian Press",
    "canadian press": "The Canadian Press", "press trust of india": "PTI", "australian associated press": "AAP",
    "bloomberg": "Bloomberg", "thomson reuters": "Reuters", "united press international": "UPI",
    "kyodo news": "Kyodo", "xinhua news agency": "Xinhua",
    "anadolu agency": "Anadolu", "deutsche presse-agentur": "dpa", "yonhap news agency": "Yonhap",
}  # fmt: skip

_PARTICLE = (
    r"(?:de|da|di|do|dos|das|du|del|della|der|den|des|van|von|vom|zu|la|le|el|al|bin|ibn|ben|y|e|ter|ten|af|av|st\.)"
)
_GIVEN = (
    r"(?:(?:Mc|Mac|[ODdL]['’]|al-|el-)?[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’-][^\W\d_]+)*\.?"
    r"|(?:[^\W\d_a-z]\.){1,3})"
)
_NAME = re.compile(rf"{_GIVEN}(?:\s+(?:{_GIVEN}|{_PARTICLE})){{0,5}}(?:,? (?:Jr|Sr)\.?)?")
_OPENING = re.compile(
    r"(?:(?:written|words|story|text|report|reporting|reported|additional reporting|analysis|opinion|review"
    r"|posted|published)\s+)?"
    r"by\b:?\s*|(?:author|authors|byline|von|par|por|reporting|words|text)\s*:\s*",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:editors?|correspondents?|reporters?|writers?|columnists?|contributors?|analysts?|bureau|chief"
    r"|journalists?|producers?"
    r"|critic|photographers?|director|staff|professor|lecturer|fellow|special to|special for|intern|host|anchor"
    r"|min read)\b",
    re.IGNORECASE,
)
_STAFF = re.compile(r"\s+(?:staff|news agency|news service|wire service|newswire|wires?)$", re.IGNORECASE)
_PLACE = re.compile(r"\s+in\s+[^\W\d_a-z].*$")
# "in Oakland, California": the state belongs to the place, and is no second author.
_STATE = re.compile(r"(\sin\s[^,;&]{2,40}),\s*[^\W\d_a-z]\w*\.?$")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+|(?<!\w)@\w+|\([^()]{0,80}\)")
_FOR = re.compile(r"(?:^|\s+)(?:special )?(?:for|to|of) (?:the )?(?=[^\W\d_a-z]|dpa\b|epd\b)(.+)$")
_SUFFIX = re.compile(r",\s*(Jr|Sr|II|III|IV|PhD|MD)\b\.?", re.IGNORECASE)
_BREAK = re.compile(r"\s*(?:;|\||·|•|\n|\s/\s|\s[–—-]\s)\s*")
_SPLIT = re.compile(r"\s*,\s*(?:and\s+|&\s*)?|\s+(?:and|AND|und|et|with)\s+|\s*&\s*")
_LONGEST_NAME = 80
_MOST_AUTHORS = 60


@dataclass(frozen=True, slots=True)
class Credits:
    """Who wrote an article."""

    authors: tuple[str, ...] = ()
    agency: str | None = None
    left_out: tuple[str, ...] = ()
    """Pieces that are no name, where that is not plain to see."""


def agency_named(text: str) -> str | None:
    """The agency whose name ``text`` is, as it is usually written; None if it is something else."""
    return _AGENCIES.get(_STAFF.sub("", text.strip(" .()[]–—-")).casefold())


def credits_in(names: Iterable[str], outlet: str | None = None) -> Credits:
    """Take apart what a record or front matter says about its authors; what the outlet is called is no author."""
    pieces = [name for name in names if name]
    if len(pieces) > 2:
        # Extraction tools put the whole byline in front of its parts: "A B C D", "A B", "C D".
        joined = _folded(" ".join(pieces[1:]))
        pieces = pieces[1:] if _folded(pieces[0]) == joined else pieces
    authors: dict[str, str] = {}
    left_out: list[str] = []
    agency: str | None = None
    for piece in pieces:
        inverted = re.fullmatch(r"([^\W\d_][\w'’-]+), ([^\W\d_][\w'’.-]+)", piece)
        if inverted and not agency_named(inverted[2]) and not agency_named(inverted[1]):
            piece = f"{inverted[2]} {inverted[1]}"  # "Preel, Marc"
        for name in _names_in(_OPENING.sub("", piece, count=1) if _OPENING.match(piece) else piece):
            known = agency_named(name)
            if known:
                agency = agency or known
            elif len(name) > _LONGEST_NAME or len(authors) >= _MOST_AUTHORS:
                left_out.append(name)
            elif not is_same_name(name, outlet):
                authors.setdefault(_folded(name), name)
    return Credits(tuple(authors.values()), agency, tuple(left_out))


def byline(text: str) -> Credits | None:
    """Read ``text`` as a byline ("By A and B for AFP", "By A, B and C | Reuters"); None if it may be anything else."""
    opening = _OPENING.match(text)
    if opening is None or len(text) > 250:
        return None
    rest = text[opening.end() :].strip()
    if not rest or rest[-1] in "!?;:…" or (rest[-1] == "." and not re.search(r"\b(?:Jr|Sr|\w)\.$", rest)):
        return None
    if not all(
        _is_credit(part) for segment in _BREAK.split(rest) for part in _SPLIT.split(_SUFFIX.sub(r" \1", segment))
    ):
        return None
    found = credits_in([rest])
    several_words = any(" " in author for author in found.authors)
    return found if found.agency or several_words else None


def signed_off(text: str) -> Credits | None:
    """Read ``text`` as the line that closes an agency's report ("(Reporting by A in Kyiv; Editing by B)")."""
    match = re.fullmatch(
        r"[\s(–—-]*(?:additional )?(?:reporting|writing|reported|written)(?: and writing"
        r"| and editing)? by ([^;()]{3,200}?)"
        r"(?:[;.,]\s*(?:(?:additional|writing|editing|graphics|compiled|reporting)\b[^()]{0,250}))?[\s).]*",
        text,
        re.IGNORECASE,
    )
    if match is None:
        return None
    names = [_PLACE.sub("", part) for part in _SPLIT.split(match[1])]
    names = [name for name in names if _NAME.fullmatch(name)]
    return credits_in(names) if names else None


def _is_credit(part: str) -> bool:
    part = _ADDRESS.sub("", part).strip(" ,.")
    if not part or agency_named(part) or (_ROLE.search(part) and len(part) < 60):
        return True
    part = _PLACE.sub("", _FOR.sub("", part)).strip()
    return not part or _NAME.fullmatch(part) is not None


def _names_in(piece: str) -> list[str]:
    names: list[str] = []
    piece = _STATE.sub(r"\1", _SUFFIX.sub(r" \1", _ADDRESS.sub(" ", piece)).strip())
    for segment in _BREAK.split(piece):
        for part in _SPLIT.split(segment):
            if agency_named(part):
                names.append(part.strip())
                continue
            told = _FOR.search(part)
            # "for AFP" names an agency; "for The Guardian" only repeats the outlet.
            if told and (agency_named(told[1]) or told.start() == 0 or " " in part[: told.start()].strip()):
                if agency_named(told[1]):
                    names.append(told[1])
                part = part[: told.start()]
            part = " ".join(_PLACE.sub("", part).strip(" ,.·|:–—-").split())
            if not part or not re.search(r"[^\W\d_]", part):
                continue
            if names and _ROLE.search(part) and not agency_named(part):
                continue  # "Jane Doe, Science Editor": the second part is no second author
            names.append(part)
    return names


def is_same_name(name: str, other: str | None) -> bool:
    """Whether two names differ in case, spaces and a leading "the" at most."""
    return other is not None and _folded(name).removeprefix("the ") == _folded(other).removeprefix("the ")


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
