"""Finds the outlets and authors of an index in a question, and tells a limit from a preference by the words around."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.query.reading import COVERAGE_NOUNS, IRREGULAR, REPORTED, Constraint, Reading, any_of
from rag.query.spellings import ENDINGS, Form, meant, ways_of_authors, ways_of_outlets
from rag.text.words import STOP_WORDS

_LONGEST = 12  # words of a name
_VERBS = REPORTED | frozenset(
    """report reports say says said write writes publish publishes print prints cover covers claim claims claimed note
    notes mention mentions describe describes quote quotes cite cites reveal reveals suggest suggests suggested state
    states stated argue argues argued discuss discusses highlight highlights attribute attributes attributed portray
    portrays portrayed characterize characterizes characterized tell tells identify identifies detail details focus
    focuses focused emphasize emphasizes emphasized depict depicts depicted frame frames framed explain explains
    explained indicate indicates indicated criticize criticizes criticized feature features featured""".split()
)
_AUTHOR_VERBS = frozenset("wrote writes write reported reports argued argues".split())
_NOUNS = COVERAGE_NOUNS | frozenset("account review analysis journalist reporter newsroom".split())
_TIES = frozenset(("according to", "interview with", "as per"))
_TIE_WORDS = frozenset("told tell tells via citing per".split())
_SAYS = frozenset("say says said report reports reported write writes wrote".split())
_APPOSED = frozenset("a an the one its owned based once formerly which".split())  # what an apposition begins with
# What an outlet's own work is called; "the X investigation" may be one of X.
_OWN = frozenset("investigation exclusive essay bulletin dispatch feature correspondent reporters journalists".split())
_LIKENESS = frozenset(("such as", "similar to"))
_AUXILIARIES = frozenset("did does do had has have".split())
_COMPARING = frozenset("while whereas but and than versus vs did does do".split())
_COMPARISONS = frozenset(("compared to", "compared with", "contrast to", "contrast with", "differ from"))
_EXCLUSIONS = frozenset(("other than", "apart from", "aside from", "rather than"))
_BYLINES = frozenset("reporter journalist columnist correspondent author writer editor".split())
# What is done in or from an outlet that is itself the subject.
_SUBJECT = frozenset(
    """stake stakes shares share investment strike layoffs lawsuit departure resignation dismissal job jobs working
    works work worked staff owner majority
    trust confidence interest invested interested involved employed employees""".split()
)
_AIRED = frozenset("aired broadcast heard said shown seen interview programme program".split())
_QUOTES = frozenset("\"“”„«»'‘’")
_WITH = frozenset("also later recently first then both previously once".split())


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    """Tokens, the end exclusive; a leading "the" and a ".com" behind are within."""
    form: Form
    sure: bool
    """Written so that it is no ordinary word."""


class Names:
    """The names of outlets and authors that an index holds, made ready to be found as whole names in a question."""

    def __init__(self, outlets: Iterable[str], authors: Iterable[str]) -> None:
        self.outlets = tuple(sorted(set(outlets)))
        ways: dict[tuple[str, ...], list[Form]] = {}
        for keys, way in [*ways_of_outlets(self.outlets), *ways_of_authors(authors)]:
            if 0 < len(keys) <= _LONGEST and any(key.isalnum() for key in keys):
                ways.setdefault(keys, []).append(way)
        self._forms = {keys: form for keys, forms in ways.items() if (form := meant(forms))}
        self._lengths: dict[str, list[int]] = {}
        for keys in sorted(self._forms, key=len, reverse=True):
            lengths = self._lengths.setdefault(keys[0], [])
            if len(keys) not in lengths:
                lengths.append(len(keys))

    def find(self, reading: Reading) -> list[Constraint]:
        """The names in a question that say where to look, in order; the longest where several begin alike."""
        matches, i = list[_Match](), 0
        while i < len(reading):
            match = self._at(reading, i)
            if match:
                matches.append(match)
            i = match.end if match else i + 1
        grouped = [(match, group) for group in _groups(reading, matches) for match in group]
        limits = [_limits(reading, match, group) for match, group in grouped]
        # Where the answer is tied to one outlet, another that it is compared with must be reachable too.
        tied = any(limit and match.form.kind == "outlet" for limit, (match, _) in zip(limits, grouped, strict=True))
        constraints = list[Constraint]()
        for limit, (match, group) in zip(limits, grouped, strict=True):
            is_outlet = match.form.kind == "outlet"
            if tied and is_outlet and not limit and not _is_likened(reading, group[0].start):
                limit = limit is False or _is_compared(reading, group, match.sure) or limit
            if limit is not None:
                constraint = reading.constraint(match.form.kind, match.start, match.end, limit)
                outlet, author = (match.form.name, None) if is_outlet else (None, match.form.name)
                constraints.append(replace(constraint, outlet=outlet, author=author))
        return constraints

    def _at(self, reading: Reading, i: int) -> _Match | None:
        for length in self._lengths.get(reading.key(i), ()):
            # at the end of a question a shorter name would be found under a longer one's length
            form = self._forms.get(tuple(reading.keys[i : i + length])) if i + length <= len(reading) else None
            if not form or (form.capitals and not reading.text(i).isupper()):
                continue
            end = i + length
            address = reading.touches(end) and reading.touches(end + 1) and reading.key(end) == "."
            if address and reading.key(end + 1) in ENDINGS:
                end += (
                    4
                    if reading.key(end + 2) == "." and reading.key(end + 3) == "uk" and reading.touches(end + 3)
                    else 2
                )
            else:
                address = False
            start = i - (reading.key(i - 1) == "the")
            if form.plain and not address and not reading.capital(i):
                continue
            quoted = reading.key(start - 1) in _QUOTES and reading.key(end) in _QUOTES
            return _Match(start, end, form, sure=address or quoted or not form.plain)
        return None


def _groups(reading: Reading, matches: list[_Match]) -> list[list[_Match]]:
    """Put together what "and" or "or" joins: a cue of one is a cue of all."""
    groups = list[list[_Match]]()
    for match in matches:
        if groups and _joined(reading.keys[groups[-1][-1].end : match.start]):
            groups[-1].append(match)
        else:
            groups.append([match])
    # Commas alone join nothing: "Unlike X, Y reported".
    return [
        part
        for group in groups
        for part in (
            [group]
            if any_of(reading.keys[group[0].end : group[-1].start], frozenset(("and", "or", "&")))
            else [[match] for match in group]
        )
    ]


def _joined(between: list[str]) -> bool:
    words = [key for key in between if key not in _QUOTES]
    return 0 < len(words) <= 4 and all(key in ("and", "or", "&", ",", "both", "the") for key in words)


def _limits(reading: Reading, match: _Match, group: list[_Match]) -> bool | None:
    """True for a limit, False for a preference, None for a name that says nothing about where to look."""
    first, last = group[0], group[-1]
    start, end = first.start, last.end
    while reading.key(start - 1) in ("both", "either", *_QUOTES):
        start -= 1
    while reading.key(end) in _QUOTES and not (reading.key(end) in "'’" and reading.key(end - 1).endswith("s")):
        end += 1
    pair, before = " ".join(reading.keys[max(start - 2, 0) : start]), reading.key(start - 1)
    if pair in _EXCLUSIONS or before in ("except", "besides", "excluding", "not"):
        return None
    if pair in _LIKENESS or before in ("like", "unlike"):
        return False if match.form.kind == "outlet" else None
    if match.form.kind == "author":
        tied = before in _BYLINES or _byline(reading, start) or _wrote(reading, end)
        return True if tied else None
    named = _tied_before(reading, start) or (len(group) > 1 and _is_chosen_from(reading, start, end))
    careless_words = reading.text(match.start, match.end).islower() and not reading.careless
    if careless_words and match.sure and not named:
        return None
    if match.form.plain and not match.sure and reading.starts_sentence(match.start):
        possessive = reading.key(match.end) == "'s" and _tied_behind(reading, end)
        return True if possessive or reading.key(end) in ("reported", "wrote", "published") else None
    if named or _tied_behind(reading, end) or _tied_behind_apposition(reading, end):
        return True
    if match.sure and _in_or_from(reading, start, end):
        return True
    return False if _several_words(reading, match) else None


def _is_chosen_from(reading: Reading, start: int, end: int) -> bool:
    """Whether outlets behind a question of reporting are what it asks to choose from: "who wrote first, X or Y?"."""
    closes = reading.key(start - 1) in (",", ":") and reading.key(end) in ("", "?", ".")
    return closes and any_of(reading.before(start), _VERBS | COVERAGE_NOUNS)


def _is_likened(reading: Reading, start: int) -> bool:
    before = reading.key(start - 1)
    return before in ("like", "unlike") or f"{reading.key(start - 2)} {before}" in _LIKENESS


def _is_compared(reading: Reading, group: list[_Match], sure: bool) -> bool:
    start = group[0].start
    while reading.key(start - 1) in _QUOTES:
        start -= 1
    before = reading.key(start - 1)
    if before == "by" and reading.key(start - 2) in ("and", "or", "but", ","):
        return True  # "reported by X …, and by Y": the cue is not said twice
    if reading.key(group[-1].end) in _AUXILIARIES and before in ("before", "after", "than", "as"):
        return True  # "Did X report it before Y did": a verb of its own would say no more
    if not sure:
        return False
    return before in _COMPARING or f"{reading.key(start - 2)} {before}" in _COMPARISONS


def _several_words(reading: Reading, match: _Match) -> bool:
    return sum(key.isalnum() for key in reading.keys[match.start : match.end] if key != "the") > 1


def _tied_before(reading: Reading, start: int) -> bool:
    before = reading.key(start - 1)
    if f"{reading.key(start - 2)} {before}" in _TIES or before in _TIE_WORDS:
        return True
    if before == "by":
        return _byline(reading, start)
    if before in _SAYS and reading.key(start - 2) == ",":
        return True  # "…, says X"
    previous = reading.key(start - 2)
    if before in ("in", "from", "on"):
        return previous in COVERAGE_NOUNS or previous in REPORTED or (before == "on" and previous in _AIRED)
    return False


def _byline(reading: Reading, start: int) -> bool:
    """Whether "by" stands there and says who reported, not who did."""
    previous = reading.key(start - 2)
    if reading.key(start - 1) != "by":
        return False
    if previous in REPORTED or previous in COVERAGE_NOUNS or start < 2 or not previous[:1].isalnum():
        return True
    if previous.endswith("ed") or previous in IRREGULAR:
        return False
    return any_of(reading.before(start - 2, 8), COVERAGE_NOUNS)


def _in_or_from(reading: Reading, start: int, end: int) -> bool:
    """Whether "in X" or "from X" says where to read it: not "a stake in X", not "in the X building"."""
    previous = reading.key(start - 2)
    if reading.key(start - 1) not in ("in", "from") or previous in _SUBJECT or previous in IRREGULAR:
        return False
    if reading.key(start - 1) == "from" and previous.endswith("ed") and previous not in REPORTED:
        return False
    return reading.key(end) != "'s" and not reading.attributive(end)


def _tied_behind(reading: Reading, end: int) -> bool:
    """Whether a verb or a noun of reporting follows: "X also reported", "X's long report", "the X article"."""
    i = end
    possessive = reading.key(i) == "'s" or reading.key(i) in ("'", "’")
    i += possessive
    for _ in range(3):
        key = reading.key(i)
        if key in _NOUNS or (possessive and key in _OWN and i == end + 1):
            return not (key == "report" and reading.key(i + 1) == "by")
        if not possessive and key in _VERBS:
            return reading.key(i + 1) != "by"
        if key in _WITH or key in ("that", "which", "not"):
            i += 1
        elif key.isalpha() and key not in STOP_WORDS and not reading.capital(i):
            i += 1
            possessive = True  # past "X sports" only a noun can follow
        else:
            return False
    return False


def _tied_behind_apposition(reading: Reading, end: int) -> bool:
    """Whether a verb of reporting follows what the name is said to be: "X, the oldest paper of the town, wrote"."""
    if reading.key(end) != "," or reading.key(end + 1) not in _APPOSED:
        return False
    for i in range(end + 2, end + 14):
        if reading.key(i) == ",":
            return reading.key(i + 1) in _VERBS and reading.key(i + 2) != "by"
        if not reading.key(i)[:1].isalnum() and reading.key(i) not in ("-", "'s"):
            return False
    return False


def _wrote(reading: Reading, end: int) -> bool:
    if reading.key(end) == "'s":
        return _tied_behind(reading, end)
    return reading.key(end) in _AUTHOR_VERBS and reading.key(end + 1) != "by"
