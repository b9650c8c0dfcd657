"""Finds the outlets and authors of an index in a question, and tells a limit from a preference by the words around."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.query.parsed_query import Constraint
from rag.query.reporting import COVERAGE_NOUN, PIECE, REPORTED, SAYS
from rag.store.scope import joined_key, name_key
from rag.text.words import fold

_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*|&")
_LONGEST = 12  # words of a name
_SLOGAN = re.compile(r"\s[|•·:—–-]+\s|\s*[|(]|:\s")  # what stands behind the name of an outlet: a slogan or a section
_ENDING = r"\.(?:com|org|net|info|news|co\.uk|co|uk)"
_QUOTE = "[\"“”„«»'‘’]"

# What ties the answer to an outlet: right before its name,
_TIES_BEFORE = re.compile(
    rf"(?:\b(?:according\sto|as\sper|per|via|citing|told|tell|interview\swith|only(?:\s(?:in|from|by|on))?"
    rf"|(?:{COVERAGE_NOUN}|{REPORTED}|heard|seen|shown)\s(?:by|in|from|on))|,\s{SAYS})\s"
    rf"(?:both\s|either\s)?(?:the\s)?{_QUOTE}?$",
    re.IGNORECASE,
)
_BYLINE = re.compile(rf"(?:^|\b{COVERAGE_NOUN}\s(?:\S+\s){{0,8}}?|\b{REPORTED}\s|[,(]\s)by\s(?:the\s)?{_QUOTE}?$", re.I)
# or right behind it: "X also reported", "X's long report", "the X sports article".
_ADVERB = r"(?:also|later|recently|first|then|both|all|not|never|once|itself|has|have|had|does|did|that|which|as)"
_TIES_BEHIND = re.compile(
    rf"{_QUOTE}?(?:['’]s?\s(?:[\w-]+\s){{0,2}}{COVERAGE_NOUN}\b"
    rf"|(?:\s[a-z]+){{0,2}}?\s{COVERAGE_NOUN}\b(?!(?<=report)\sby\b)|(?:\s{_ADVERB}){{0,3}}\s{SAYS}\b(?!\sby\b)"
    rf"|,\s(?:an?|the|one|its|which)\s[^,?]{{1,80}},\s{SAYS}\b)",
)
_WROTE = re.compile(rf"['’]s?\s(?:[\w-]+\s){{0,2}}{COVERAGE_NOUN}\b|\s(?:wrote|writes?|reports?|reported|argue[sd]?)\b")
_WRITER = re.compile(r"\b(?:reporter|journalist|columnist|correspondent|author|writer|editor)\s$", re.IGNORECASE)
_EXCLUDED = re.compile(
    r"\b(?:other\sthan|apart\sfrom|aside\sfrom|rather\sthan|except|besides|excluding|not|not\sby)\s(?:the\s)?$", re.I
)
_LIKENED = re.compile(r"\b(?:like|unlike|such\sas|similar\sto)\s(?:the\s)?$", re.IGNORECASE)
_ADDRESS = re.compile(_ENDING + r"\b", re.IGNORECASE)
_JOINS = re.compile(r"\b(?:and|or)\b|&")
_TIES_BEHIND_OPENING = re.compile(rf"['’]s\s.*{COVERAGE_NOUN}|\s(?:reported|wrote|published|says|said)\b")
_LIST = re.compile(rf"(?:\s|,|{_QUOTE})*(?:\b(?:and|or)\b|&)?(?:\s|,|both|the\b|{_QUOTE})*", re.IGNORECASE)

# Outlets that the index lacks are known by the words that outlets call themselves by.
_CALLED = (
    r"(?:Times|Post|News|Journal|Guardian|Herald|Tribune|Gazette|Courier|Magazine|Weekly|Daily|Mirror|Observer|Press|"
    r"Radio|TV|Television|Chronicle|Telegraph|Mail|Globe|Bulletin|Review|Examiner|Independent)"
)
_PROPER = r"[A-Z][\w.’'&-]*(?:\s(?:(?:of|and|the|de|du|la|le)\s)?[A-Z][\w.’'&-]*){0,5}"
_UNKNOWN = re.compile(
    rf"(?:\b{PIECE}\sby\s(?:the\s)?{_QUOTE}?(?P<by>{_PROPER})"
    rf"|\b(?:(?:{PIECE}|reports?|{REPORTED})\s(?:by|in|from)|[Aa]ccording\sto)\s(?P<source>(?:[Tt]he\s)?{_PROPER})"
    rf"|\b(?P<before>(?:[Tt]he\s)?{_PROPER})(?:['’]s)?\s(?:{PIECE}|reports?)\b)"
)


_LAST_WORD = 3  # the rank of "the Courier" for The Ellery Courier


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a name."""

    name: str
    kind: Literal["outlet", "author"]
    rank: int = 0
    """Of two names written alike the lower counts: a name in full goes before a short form."""
    capitals: bool = False
    """Only as written in capitals."""
    plain: bool = False
    """One word, perhaps an ordinary one, so that it takes more to be a name."""


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    form: _Form
    plain: bool


class Names:
    """The outlets and authors of an index, ready to be found in questions by runs of words.

    A key is the name's letters and digits, folded and without spaces, so that "J. K. Rowan", "JK Rowan" and "J.K.
    Rowan" are one, and so are "Strand Radio" and "strandradio".
    """

    def __init__(self, outlets: Iterable[str], authors_written: Callable[[Collection[str]], Iterable[str]]) -> None:
        """Find these outlets, and authors, of whom there are many, as ``Store.authors_written`` gives them."""
        self.outlets = tuple(sorted(set(outlets)))
        self._authors_written = authors_written
        self._of_outlets = _meant(pair for outlet in self.outlets for pair in _outlet_forms(outlet))

    def find(self, question: str) -> list[Constraint]:
        """Find the names in a question that say where to look, in order; the longest where several begin alike."""
        found = [
            (match, restricts)
            for group in _groups(question, list(self._matches(question)))
            for match in group
            if (restricts := _restricts(question, match, group)) is not None
        ]
        # What the answer's outlet is compared with must be reachable too, unless it is only likened to it.
        outlets = [(match.form.name, restricts) for match, restricts in found if match.form.kind == "outlet"]
        compared = len({name for name, _ in outlets}) > 1 and any(restricts for _, restricts in outlets)
        constraints = list[Constraint]()
        for match, restricts in found:
            restricts = restricts or (compared and not _LIKENED.search(question, 0, match.start))
            words, name = question[match.start : match.end], match.form.name
            sides = (name, None) if match.form.kind == "outlet" else (None, name)
            constraints.append(Constraint(match.form.kind, match.start, match.end, words, restricts, *sides))
        return constraints

    def find_unknown(self, question: str, known: Sequence[tuple[int, int]]) -> list[Constraint]:
        """Find outlets whose reporting is asked for and that the index lacks, outside the spans that are ``known``.

        Whoever is said to have written a piece counts as well ("an article by Ana Ruhl").
        """
        found = list[Constraint]()
        for match in _UNKNOWN.finditer(question):
            kind = match.lastgroup or "by"
            start, end = match.span(kind)
            named = kind == "by" or re.search(rf"\b{_CALLED}$", match[kind])
            if named and all(end <= first or last <= start for first, last in known):
                found.append(Constraint("outlet", start, end, match[kind], restricts=False))
        return found

    def _matches(self, question: str) -> Iterator[_Match]:
        words = list(_WORD.finditer(question))
        runs = [list(_runs(question, words, i)) for i in range(len(words))]
        forms = self._forms({key for some in runs for _, key in some})
        end = 0
        for i, word in enumerate(words):
            if word.start() >= end and (match := self._longest_at(question, words, i, runs[i], forms)):
                yield match
                end = match.end

    def _forms(self, keys: Collection[str]) -> dict[str, _Form | None]:
        """What some keys mean: an author before what an outlet is called by, also where nobody can tell which one."""
        authors = sorted({name for name in self._authors_written(keys) if " " in name})
        written = _meant((joined_key(name), _Form(name, "author")) for name in authors)
        return {key: self._of_outlets.get(key) for key in keys} | written

    def _longest_at(
        self,
        question: str,
        words: Sequence[re.Match[str]],
        i: int,
        runs: Sequence[tuple[int, str]],
        forms: Mapping[str, _Form | None],
    ) -> _Match | None:
        best: _Match | None = None
        for end, key in runs:
            best = self._match(question, words[i].start(), end, forms[key]) or best
        if best and i and fold(words[i - 1][0]) == "the" and question[words[i - 1].end() : best.start] == " ":
            the = words[i - 1]
            return replace(best, start=the.start(), plain=best.plain and not (the[0][0].isupper() and the.start() > 0))
        return best

    def _match(self, question: str, start: int, end: int, form: _Form | None) -> _Match | None:
        written = question[start:end]
        if not form or (form.capitals and not written.isupper()):
            return None
        address = form.kind == "outlet" and _ADDRESS.match(question, end)
        if form.plain and not address and not written[0].isupper():
            return None
        if form.rank == _LAST_WORD and not re.search(r"\bthe\s$", question[:start], re.IGNORECASE):
            return None
        quoted = re.search(f"{_QUOTE}(?:The )?$", question[:start]) and re.match(_QUOTE, question[end:])
        return _Match(start, address.end() if address else end, form, form.plain and not (address or quoted))


def _runs(question: str, words: Sequence[re.Match[str]], i: int) -> Iterator[tuple[int, str]]:
    """The runs of words that begin with one and may be a name: where each ends, and its key."""
    key = ""
    for j in range(i, min(i + _LONGEST, len(words))):
        if j > i and not _goes_on(question, words[j - 1], words[j]):
            break
        key += fold(words[j][0]).replace("&", "and")
        yield words[j].end(), key


def _goes_on(question: str, word: re.Match[str], following: re.Match[str]) -> bool:
    """Whether two words may be of one name: "St. Clair" and "Jean-Luc", but not "… of the strand. Radio said"."""
    gap = question[word.end() : following.start()]
    return len(gap) < 4 and not gap.strip(" .'’&-–—/|:•·") and (gap != ". " or len(word[0]) < 3)


def _groups(question: str, matches: Sequence[_Match]) -> list[list[_Match]]:
    """Put together what "and" or "or" joins, as a cue of one is a cue of all; commas alone join nothing."""
    groups = list[list[_Match]]()
    for match in matches:
        if groups and _LIST.fullmatch(question, groups[-1][-1].end, match.start):
            groups[-1].append(match)
        else:
            groups.append([match])
    parted = list[list[_Match]]()
    for group in groups:
        joined = _JOINS.search(question, group[0].end, group[-1].start)
        parted += [group] if joined else [[match] for match in group]
    return parted


def _restricts(question: str, match: _Match, group: Sequence[_Match]) -> bool | None:
    """True for a limit, False for a preference, None for a name that says nothing about where to look."""
    start, end = group[0].start, group[-1].end
    near = max(0, start - 200)
    if _EXCLUDED.search(question, near, start):
        return None
    likened = _LIKENED.search(question, near, start)
    byline = _BYLINE.search(question, near, start)
    if match.form.kind == "author":
        tied = byline or _WRITER.search(question, near, start) or _WROTE.match(question, end)
        return True if tied and not likened else None
    if likened:
        return False
    tied_before = bool(byline or _TIES_BEFORE.search(question, near, start))
    tied_behind = bool(_TIES_BEHIND.match(question, end))
    if match.plain and (not match.start or re.search(r"[.?!]\s$", question[near : match.start])):
        tied_behind = bool(_TIES_BEHIND_OPENING.match(question, end))
    if tied_before or tied_behind:
        return True
    return None if match.plain or question[match.start : match.end].isupper() else False


def _outlet_forms(outlet: str) -> Iterator[tuple[str, _Form]]:
    """The keys by which an outlet may be written: in full, without slogan or ".com", as initials, by the last word."""
    brand = next((part for part in _SLOGAN.split(outlet) if joined_key(part)), outlet)
    for rank, written in enumerate((outlet, brand)):
        bare = re.sub(f"{_ENDING}$", "", written, flags=re.IGNORECASE)
        word = re.sub(r"^the\s", "", bare, flags=re.IGNORECASE).strip()
        plain = bare == written and " " not in word and sum(c.isupper() or c.isdigit() for c in word) < 2
        yield joined_key(written), _Form(outlet, "outlet", rank, plain=plain)
        yield joined_key(bare), _Form(outlet, "outlet", rank, plain=plain)
    words = [word for word in _WORD.findall(brand) if fold(word) != "the"]
    if len(words) > 2:
        yield "".join(fold(word[0]) for word in words), _Form(outlet, "outlet", 2, capitals=True)
    elif len(words) == 2 and words[0].isupper() and fold(words[1]) == "news":
        yield fold(words[0]), _Form(outlet, "outlet", 2, capitals=True)
    # "The Courier", where one outlet alone ends so.
    if len(words) > 1 and len(words[-1]) > 3:
        yield joined_key(words[-1]), _Form(outlet, "outlet", _LAST_WORD, plain=True)


def _meant(forms: Iterable[tuple[str, _Form]]) -> dict[str, _Form | None]:
    """The name that is meant by each way to write one; None where nobody can tell."""
    alike: dict[str, list[_Form]] = {}
    for key, form in forms:
        alike.setdefault(key, []).append(form)
    meant = dict[str, _Form | None]()
    for key, some in alike.items():
        rank = min(form.rank for form in some)
        likeliest = [form for form in some if form.rank == rank]
        meant[key] = likeliest[0] if len({name_key(form.name) for form in likeliest}) == 1 else None
    return meant
