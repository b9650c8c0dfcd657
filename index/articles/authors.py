"""Take bylines apart: who wrote, for which agency; titles, places and addresses left out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from index.articles.characters import has_words
from index.articles.field_names import NOTHING, inside
from index.articles.outlets import is_newspaper_word

# News agencies, as bylines spell them. An agency is taken only where the text names it: nobody is looked up by outlet.
_AGENCIES = {
    name.casefold().removeprefix("the "): name
    for name in (
        "AFP", "AP", "Reuters", "dpa", "UPI", "ANSA", "EFE", "TASS", "Interfax", "Xinhua", "Kyodo", "PTI", "ANI",
        "IANS", "AAP", "PA", "Anadolu", "Yonhap", "Belga", "Lusa", "ANP", "NTB", "Ritzau", "RIA Novosti", "Bloomberg",
        "Bloomberg News", "epd", "KNA", "APA", "Jiji", "Antara", "Bernama", "CNS", "The Canadian Press",
        "States Newsroom", "Ukrinform", "PAP", "ČTK", "TASR", "SITA", "MTI", "TT", "STT", "BTA", "HINA", "Tanjug",
        "FoNet", "Agerpres", "Mediafax", "LETA", "BNS", "ELTA", "UNIAN", "BelTA", "Keystone-SDA", "Europa Press",
        "Adnkronos", "LaPresse", "Télam", "Prensa Latina", "Agência Brasil", "VNA", "PNA", "IRNA", "WAFA", "GNA",
    )
} | {
    "agence france-presse": "AFP", "agence france presse": "AFP", "associated press": "AP", "pa media": "PA",
    "press association": "PA", "canadian press": "The Canadian Press", "press trust of india": "PTI",
    "australian associated press": "AAP", "thomson reuters": "Reuters", "united press international": "UPI",
    "kyodo news": "Kyodo", "anadolu agency": "Anadolu", "deutsche presse-agentur": "dpa",
    "polska agencja prasowa": "PAP", "ctk": "ČTK", "tt nyhetsbyrån": "TT", "agencia efe": "EFE",
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
# What else is done by somebody whose name stands there too: "Editing by …", "Photographs by …"; and when it was done.
_NOT_WRITING = re.compile(
    r"[\s.(]*\b(?:edit(?:ing|ed)|[pf]h?oto\w*|pictures?|illustrat\w*|graphics?|video|produc\w+|translat\w+|compil\w+)\b"
    r"(?:(?: and)? \w+){0,2}(?: by\b|:).*|\b(?:(?:last |first )?(?:updated|published|posted|modified)\b.*\d.*)$"
    r"|\s+\d+ \w+ ago$",
    re.IGNORECASE,
)
# "Monday March 3, 2025 by …", "View all posts by …"; "Von …" only where a first and a last name follow.
_UNTIL_BY = re.compile(r".*\bby\s+(?=[^\W\d_])", re.IGNORECASE)
_FOREIGN_BY = re.compile(r"(?:von|par|por|door|av|od)\s+(?=\w[\w'’.-]*\s+\w)", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,2}\s*:(?!//)\s*")
_NO_NAME = re.compile(r"\d|\s(?:the|all|more)\b|\b(?:e-?mail|follow|contact|view|share|about)\b", re.IGNORECASE)
_ACRONYM = re.compile(r"[^\W\d_a-zß-öø-ÿ]{2,}")
_ROLE = re.compile(
    r"\b(?:senior|deputy|associate|assistant|freelance|editors?|correspondents?|reporters?|writers?|columnists?|contributors?|analysts?|bureau|chief|journalists?"
    r"|producers?|critic|photographers?|director|staff|professor|lecturer|fellow|special (?:to|for)|intern|host|anchor"
    r"|min read)\b",
    re.IGNORECASE,
)
# "in Oakland, California": the state belongs to the place, and is no second author.
_PLACE = re.compile(r"\s+in\s+[^\W\d_a-z](?:(?! and | & )[^,;]){1,40}(?:,\s*[^\W\d_a-z]\w*\.?$)?")
_IN_BRACKETS = re.compile(r"\(([^()]{1,80})\)")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+|(?<!\w)@\w+|\([^()]{0,80}\)")
_FOR = re.compile(r"(?:^|\s+)(?i:(?:special )?(?:for|to|of) (?:the )?)(?=[^\W\d_a-z]|dpa\b|epd\b)(.+)$")
_SUFFIX = re.compile(r",\s*(Jr|Sr|II|III|IV|PhD|MD)\b\.?", re.IGNORECASE)
_INVERTED = re.compile(r"([^\W\d_][\w'’-]+), ([^\W\d_][\w'’.-]+)")
_SEGMENT = re.compile(r"\s*[;|·•\n]\s*")
_SPLIT = re.compile(r"\s*/\s*|\s+[–—+-]\s+|\s*,\s*(?:and\s+|&\s*)?|\s+(?:and|AND|und|et|with)\s+|\s*&\s*")
_PRINTED_LIST = re.compile(
    r"(?:[A-Za-z][\w.]{0,20})?(?P<members>\(\s*[\[({\"'].*\))|\[(?!\[[^\"']).*\]|\{.*\}|\".*\"|'.*'", re.DOTALL
)
_OBJECT = re.compile(r"\{\s*[\"'][^\"']{1,40}[\"']\s*:")
_JSON_WORD = re.compile(r"\b(?:null|true|false)\b")
# A quotation mark ends a member only before the next one, or the end: 'Conor O'Neil'.
_ENDS = r"(?=\s*[,\])}]|\s+[\"']|\s*$)"
_MEMBER = re.compile(
    rf"\"((?:[^\\]|\\.)*?)\"{_ENDS}|'((?:[^\\]|\\.)*?)'{_ENDS}|([^\s,'\"\[\](){{}}][^,\[\]{{}}\"]*)", re.DOTALL
)
_LONGEST_NAME = 80
_MOST_AUTHORS = 60
_LONGEST_LIST = 5_000


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
    pieces = [name for given in names for name in _as_list(given)]
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
            elif len(name) > _LONGEST_NAME or len(authors) >= _MOST_AUTHORS or _NO_NAME.search(name):
                unused.append(name)
            elif _is_house(name, outlet, bool(authors)):
                if not authors and not is_same_name(name, outlet):
                    unused.append(name)  # or is it a person who is called Post?
            else:
                authors.setdefault(name.casefold(), _in_small_letters(name))
    return Credits(tuple(authors.values()), agency, tuple(unused))


def byline(text: str) -> Credits | None:
    """Read ``text`` as a byline ("By A and B for AFP", "By A, B and C | Reuters"); None if it may be anything else."""
    opening = _OPENING.match(text) or _FOREIGN_BY.match(text)
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


def _as_list(given: str) -> list[str]:
    """The members of a list that was written as text on its way through a table: "['A', 'B']"."""
    text = given.strip()
    printed = _PRINTED_LIST.fullmatch(text[:_LONGEST_LIST])
    if not printed:
        return [text] if text else []
    text = printed["members"] or text
    if _OBJECT.search(text):
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            value = json.loads(text) if _JSON_WORD.search(text) else ast.literal_eval(text)
            objects = value if isinstance(value, (list, tuple)) else (value,)
            named = (next(inside(one), "") for one in objects if isinstance(one, dict))
            return [one for one in named if isinstance(one, str) and one.strip()]
    members = (next(filter(None, found.groups()), "").strip() for found in _MEMBER.finditer(text))
    return [one for one in members if one.lower() not in NOTHING and "=" not in one]


def is_printed_list(text: str) -> bool:
    """Whether a text is how a program prints a list: "['A', 'B']", "['A' 'B']", {"A",B}, c("A", "B"), "A", "B"."""
    return _PRINTED_LIST.fullmatch(text[:_LONGEST_LIST].strip()) is not None


def _is_house(name: str, outlet: str | None, has_authors: bool) -> bool:
    """Whether a name is the outlet's, as it is or in another length: "Quarrendon Post" of "Post".

    Behind an author also that of another house, which begins with initials or an article.
    """
    if is_same_name(name, outlet):
        return True
    if has_authors and (re.match(r"(?i:the)\s", name) or (re.match(r"[A-Z]{3,}\s", name) and not name.isupper())):
        return True  # "Ines Corvath, BBC News"
    if has_authors and _ACRONYM.fullmatch(name):
        return True
    if not outlet:
        return False
    long, short = sorted((_folded(name).split(), _folded(outlet).split()), key=len, reverse=True)
    # A blog of Ines Corvath may be called "Corvath": only what names a newspaper, or initials, tells.
    ends = long[-len(short) :] == short and is_newspaper_word(short[-1])
    return ends or (long[: len(short)] == short and _ACRONYM.match(outlet) is not None)


def _in_small_letters(name: str) -> str:
    """A name in capitals as names are written: "INES CORVATH", "J.R. O'NEIL"; initials stay."""
    words = name.split()
    if not name.isupper() or len(words) < 2:
        return name
    kept = ("II", "III", "IV")
    return " ".join(
        word if word in kept or (not at and len(word) == 2) else word.title().replace("’S", "’s")
        for at, word in enumerate(words)
    )


def _names_in(piece: str) -> list[str]:
    """The names in one value, agencies among them; roles, places and addresses are left out."""
    return [name for segment in _SEGMENT.split(piece) for name in _names_in_segment(segment)]


def _names_in_segment(piece: str) -> list[str]:
    inverted = _INVERTED.fullmatch(piece)
    if inverted and not any(agency_named(part) or _ROLE.search(part) for part in inverted.groups()):
        piece = f"{inverted[2]} {inverted[1]}"  # "Preel, Marc"
    piece = _NOT_WRITING.sub("", piece)
    opening = _OPENING.match(piece) or _UNTIL_BY.match(piece) or _FOREIGN_BY.match(piece) or _LABEL.match(piece)
    piece = piece[opening.end() :] if opening else piece
    bare = _ADDRESS.sub(" ", piece)
    if not has_words(bare) or any(map(agency_named, _IN_BRACKETS.findall(piece))):
        # "ines@post.example (Ines Corvath)", as feeds have it; "Ines Corvath (AFP)"
        bare = _ADDRESS.sub(" ", _IN_BRACKETS.sub(r", \1", piece))
    piece = _PLACE.sub("", _SUFFIX.sub(r" \1", bare))
    names: list[str] = []
    for part in _SPLIT.split(piece):
        told = None if agency_named(part) else _FOR.search(part)
        # "for AFP" names an agency; "for The Guardian" only repeats the outlet.
        if told and (agency_named(told[1]) or told.start() == 0 or " " in part[: told.start()].strip()):
            if agency_named(told[1]):
                names.append(told[1])
            part = part[: told.start()]
        part = " ".join(part.strip(" ,.·|:–—-<>").split())
        if re.search(r"[^\W\d_]", part):
            names.extend([part] if agency_named(part) else _without_role(part, bool(names)))
    return names


def _without_role(part: str, is_later: bool) -> list[str]:
    """A name without the agency and the work behind it: "Ines Corvath AP science writer", "Reporter Ines Corvath"."""
    words = part.split()
    for at in range(0 if is_later else 2, len(words)):
        ending = " ".join(words[at:])
        if (words[at] in _AGENCIES.values() or agency_named(ending)) and not any(map(_ROLE.search, words[:at])):
            name = " ".join(words[:at])
            return [*([name] if name else []), words[at] if words[at] in _AGENCIES.values() else ending]
    roles = list(_ROLE.finditer(part))
    if not roles:
        return [part]
    if is_later and not roles[-1][0].endswith("s"):  # "… and Rolf Tamsin Staff Writers"
        return []  # "Jane Doe, Science Editor": the second part is no second author
    before = part[: roles[0].start()].split()
    while before and before[-1].islower():
        before.pop()  # "science" of "science writer"
    after = part[roles[-1].end() :].split()
    return [" ".join(name) for name in (before, after) if len(name) > 1][:1]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split()).removeprefix("the ")
