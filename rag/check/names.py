"""Proper names of a text, and what may stand for them: surnames, acronyms, and the words for a country's people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.articles import Article
from rag.check.tokens import Token, tokens_in
from rag.text.words import STOP_WORDS

TITLES = frozenset(
    """mr mrs ms miss dr sir dame lord lady president vice prime minister chancellor king queen prince princess pope
    senator sen representative rep congressman congresswoman governor gov mayor judge justice general gen colonel
    col captain capt sergeant sgt lieutenant lt officer professor prof secretary chief director chairman
    chairwoman chair ambassador commissioner deputy former spokesman spokeswoman spokesperson leader reverend
    father sister brother saint attorney head coach councillor councilor inspector superintendent admiral major
    sheikh imam bishop archbishop cardinal premier sultan emperor executive pensioner regulator passenger engineer
    monsieur madame""".split()
)
_WITHIN = frozenset("of de del della von van der den bin ibn al el la le du da di dos das y e".split())
_NOT_NAMES = frozenset("i i'm i've i'd i'll ok tv am pm".split())
# Where the two share too little for the rule below.
_PEOPLES = [
    frozenset(line.split())
    for line in """\
    france french frenchman frenchwoman
    germany german germans
    netherlands dutch holland
    britain british briton britons uk kingdom
    spain spanish spaniard spaniards
    switzerland swiss
    greece greek greeks
    denmark danish dane danes
    sweden swedish swede swedes
    norway norwegian norwegians
    poland polish pole poles
    turkey turkish turk turks türkiye turkiye
    wales welsh
    thailand thai thais
    philippines filipino filipinos philippine
    ireland irish
    finland finnish finn finns
    scotland scottish scots
    england english
    iceland icelandic
    cyprus cypriot cypriots
    ukraine ukrainian ukrainians
    afghanistan afghan afghans
    pakistan pakistani pakistanis
    kazakhstan kazakh
    uzbekistan uzbek
    israel israeli israelis
    portugal portuguese
    argentina argentine argentinian
    lebanon lebanese
    congo congolese
    burma burmese
    europe european europeans eu
    america american americans us usa states
    moscow muscovites
    quebec quebecois
    zealand zealander zealanders
    """.strip().splitlines()
]
_PEOPLE_OF = {word: group for group in _PEOPLES for word in group}
_ENDINGS = ("n", "an", "ian", "ean", "ese", "ish", "i", "ic", "er", "ers", "ns", "is", "ans", "ians")
_KNOWN_ACRONYMS = {
    "us": ("united", "states"),
    "usa": ("united", "states", "america"),
    "uk": ("united", "kingdom"),
    "un": ("united", "nations"),
    "eu": ("european", "union"),
    "uae": ("united", "arab", "emirates"),
    "who": ("world", "health", "organization"),
    "nato": ("north", "atlantic", "treaty", "organization"),
}
# Nouns that begin a sentence without an article, beside plurals.
_UNCOUNTED = frozenset(
    """police parliament government work rain snow traffic turnout management staff construction power water congress
    council opposition trade demand output growth inflation unemployment research evidence production nobody
    somebody everybody anyone everyone someone half today yesterday tomorrow last next early late overall
    meanwhile earlier later instead however despite although though unlike except together nearly almost around
    another several given even since whether perhaps indeed thus hence afterwards according amid following based
    among amid beside besides beyond unlike costing every neither both no multiple including total entry school
    electricity vote unusually then hall fire mail light heavy tap bad good new old local national free small
    large""".split()
)
_COMMON_ENDINGS = ("s", "ing", "ly", "ed", "tion", "ment", "ness", "ity", "ism", "ance", "ence", "ship", "ery")


@dataclass(frozen=True, slots=True)
class Name:
    """Words with capitals that stand together, without titles."""

    words: tuple[str, ...]
    """Their keys, single letters left out."""
    first: int
    """``first`` to ``behind`` (exclusive) are its tokens."""
    behind: int
    initial: bool
    """Whether it begins a sentence, where every word has a capital."""


def names_in(tokens: Sequence[Token], taken: Collection[int]) -> tuple[Name, ...]:
    """All names of ``tokens``, but for the tokens ``taken``, which are parts of dates."""
    found = []
    i = 0
    while i < len(tokens):
        if not _may_be_name(tokens, i, taken):
            i += 1
            continue
        j = _end(tokens, i, taken)
        initial = _begins(tokens, i)
        part = list[int]()
        for n in range(i, j + 1):  # a title parts two names: "Russian President Vladimir Putin"
            if n < j and tokens[n].key not in TITLES:
                if _counts(tokens[n]):
                    part.append(n)
            elif part:
                words = tuple(tokens[at].key for at in part)
                found.append(Name(words, part[0], part[-1] + 1, initial and part[0] == i))
                part = []
        i = j
    return tuple(found)


def _counts(token: Token) -> bool:
    return token.is_word and token.capital and len(token.key) > 1


def _may_be_name(tokens: Sequence[Token], i: int, taken: Collection[int]) -> bool:
    token = tokens[i]
    if i in taken or not token.is_word or not token.capital or token.key in _NOT_NAMES:
        return False
    # "The", "In": a stop word with a capital is a name only where it spells an abbreviation, US or WHO.
    return token.key not in STOP_WORDS or (token.text.isupper() and len(token.key) > 1)


def _end(tokens: Sequence[Token], i: int, taken: Collection[int]) -> int:
    j = i + 1
    while j < len(tokens):
        if _may_be_name(tokens, j, taken):
            j += 1
        elif tokens[j].text == "-" and j + 1 < len(tokens) and tokens[j - 1].end == tokens[j].start:
            if not _may_be_name(tokens, j + 1, taken) or tokens[j + 1].start > tokens[j].end:
                break
            j += 2
        elif tokens[j].text == "." and len(tokens[j - 1].key) in (1, 2) and j + 1 < len(tokens):
            if not _may_be_name(tokens, j + 1, taken):
                break
            j += 2
        elif tokens[j].key in _WITHIN and j + 1 < len(tokens) and _may_be_name(tokens, j + 1, taken):
            j += 2
        else:
            break
    return j


def _begins(tokens: Sequence[Token], i: int) -> bool:
    """Whether token ``i`` begins a sentence or a quotation."""
    return not any(token.is_word for token in tokens[max(0, i - 2) : i]) or (
        i > 0 and tokens[i - 1].text in '"“”‘«:.!?„'
    )


def surely_name(name: Name, tokens: Sequence[Token], elsewhere: Collection[str]) -> bool:
    """Whether a name that begins a sentence is one, and not a common word: "Brandt said", but not "Officials said".

    ``elsewhere`` are words that the article writes with a capital inside its sentences.
    """
    if not name.initial or len(name.words) > 1 or name.words[0] in elsewhere:
        return True
    word, token = name.words[0], tokens[name.first]
    if token.text.isupper() and len(token.text) > 1:
        return True
    return not (word in _UNCOUNTED or word in TITLES or word.endswith(_COMMON_ENDINGS))


def said_by(word: str, given: Collection[str]) -> bool:
    """Whether one of the words ``given`` is ``word``, its plural, or the country to its people."""
    if word in given or word + "s" in given or word.removesuffix("s") in given:
        return True
    group = _PEOPLE_OF.get(word)
    if group and not group.isdisjoint(given):
        return True
    if word in _KNOWN_ACRONYMS and all(part in given for part in _KNOWN_ACRONYMS[word][:2]):
        return True
    return any(_of_the_same_country(word, other) for other in given if other[:4] == word[:4])


@lru_cache(maxsize=20_000)
def _of_the_same_country(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4 or shorter == longer:
        return False
    stem = shorter[:-1] if shorter[-1] in "aeoy" else shorter
    return len(stem) >= 4 and longer.startswith(stem) and longer[len(stem) :] in _ENDINGS


def alike(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two names can be of the same: they share a word, or one is the acronym of the other."""
    one, other = tuple(one), tuple(other)
    return (
        any(said_by(word, other) for word in one)
        or (len(one) == 1 and one[0] == _initials(other))
        or (len(other) == 1 and other[0] == _initials(one))
    )


def _initials(words: Iterable[str]) -> str:
    found = "".join(word[0] for word in words)
    return found if len(found) > 1 else "-"


@dataclass(frozen=True, slots=True)
class Mentions:
    """The names of a whole article: what a shorter or longer form in one paragraph may stand for."""

    names: tuple[frozenset[str], ...]
    words: frozenset[str]
    """All words that stand with a capital inside a sentence."""
    acronyms: dict[str, frozenset[str]]
    alone: frozenset[str]
    """Words that are a name by themselves somewhere."""

    def whole(self, words: Collection[str]) -> bool:
        """Whether one name of the article has all of ``words``."""
        wanted = frozenset(words)
        return any(wanted <= name for name in self.names)

    def expansion(self, word: str) -> frozenset[str]:
        """The words that an acronym stands for in the article."""
        return self.acronyms.get(word, frozenset())


@lru_cache(maxsize=256)
def constraints(article: Article) -> Mentions:
    """Names of an article, its title and header included."""
    names, words, alone = list[frozenset[str]](), set[str](), set[str]()
    acronyms = dict[str, frozenset[str]]()
    texts = [*article.paragraphs, article.outlet or "", *article.authors]
    for text in texts:
        for name in names_in(tokens_in(text), ()):
            names.append(frozenset(name.words))
            if not name.initial or len(name.words) > 1:
                words.update(name.words)
            if len(name.words) == 1:
                alone.add(name.words[0])
            else:
                acronyms.setdefault(_initials(name.words), frozenset(name.words))
    return Mentions(tuple(dict.fromkeys(names)), frozenset(words), acronyms, frozenset(alone))
