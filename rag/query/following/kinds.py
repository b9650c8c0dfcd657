"""What noun phrases are of: persons, groups, places or things, by the words that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.query.reading import Reading

ASKING = frozenset("what who whom whose which when where why how".split())
AUXILIARIES = frozenset(
    """did does do is are was were has have had will would can could should may might must didn't doesn't isn't
    wasn't weren't won't wouldn't""".split()
)
BE = frozenset("is are was were be been".split())
PREPOSITIONS = frozenset(
    """about on over for of to in at from with by against into onto off near under between during after before since
    until till through towards toward behind besides without within because amid among around across along up down
    out than as like via per regarding concerning besides despite again""".split()
)
TOPICAL = frozenset("about on over regarding concerning".split())
LOCATING = frozenset("in at near off to from around".split())
DETERMINERS = frozenset("the a an this that these those some any every each no its his her their our my your".split())
PERSONAL = frozenset("he she him her his hers they them their theirs it its we us you i me".split())
BOUNDS = frozenset("and or but that whether if while although who which when where why how what".split()) | AUXILIARIES
SUBJECTS = frozenset("he she it they we you i there".split())
ADVERBS = frozenset(
    "first also later originally already really actually finally ever still then now just only even not always".split()
)
SAYING = frozenset(
    """say think do want propose promise suggest argue respond reply answer react claim demand decide announce believe
    recommend offer call tell know warn criticise criticize defend admit deny explain add insist""".split()
)
# Beside these, only a person or a body of persons can be the subject.
_AGENTIVE = SAYING | frozenset("resign retire vote plan pay sign win lose agree meet ask agreed".split())
ROLES = frozenset(
    """actor activist adviser analyst artist author baker bishop boss captain chair chairman chairwoman chancellor
    chief coach commissioner conductor councillor dealer defendant deputy director doctor driver editor engineer
    executive expert farmer ferryman firefighter fisherman founder governor guard head inspector journalist judge
    king lawyer leader man master mayor minister musician officer official owner passenger patient pensioner player
    politician pope porter potter president priest prince princess professor prosecutor queen regulator reporter
    researcher resident rower scientist secretary senator skipper speaker spokesman spokesperson spokeswoman star
    suspect teacher treasurer trainee unionist victim witness woman worker writer""".split()
)
_GROUPS = frozenset(
    """administration agency association authority bank board cabinet club commission committee company council court
    department district firm fleet foundation fund government group hospital institute jury league ministry movement
    office opposition organisation organization orchestra parliament party police state team town union
    university""".split()
)
_PEOPLE = frozenset("people men women children fishermen police dockers staff crew families parents".split())
# With one of these a name is of no person.
NOT_PERSONS = frozenset(
    """academy airport association avenue bank bay bench biologics bridge broadcasting cabinet canal castle centre
    church city civic coast college commission committee company congress corporation council county court courier
    crescent cup dam democrats department district estate federation ferry festival fund gazette government group
    guardian harbour harbor hall herald hospital hostel hotel house industries infirmary inquiry inspectorate
    institute island journal labour lake league library lighthouse line market meridian ministry mount mountain museum
    mutual national news observatory office opera organisation organization orchestra parliament party peninsula
    plain police port post power prison project province radio railways republic river road saint school sea services
    sinfonia society square stadium station storm street survey theatre times tower town trust union university valley
    voice war water wharf whistle wire world""".split()
)
IRREGULAR = frozenset(
    """born built bought brought caught cut done drawn driven fallen felt found given gone grown held hidden hit hurt
    kept known laid led left lent lost made meant met paid put read run seen sent set shot shut sold spent split stolen
    struck sunk fell came went got taken taught thought told thrown torn won written""".split()
)
_SINGULAR = frozenset("atlas canvas gas bias news series species chaos christmas".split())
CLITIC = frozenset(("'s", "'", "’", "-", "&"))
_CAPITAL_JOINS = frozenset("of de del von van al la le &".split())

TITLES = frozenset("mr mrs ms miss dr sir professor president judge mayor senator minister inspector captain".split())

Kind = Literal["person", "group", "place", "thing"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: tokens ``start`` to ``end`` (exclusive) of its question, and its characters."""

    start: int
    end: int
    text: str
    kind: Kind
    plural: bool
    lead: str = ""
    """The preposition before it; empty for a subject or an object."""
    name: str = ""
    """What of it is written with capitals."""

    @property
    def acts(self) -> bool:
        """Whether it is a person, or a body of persons."""
        return self.kind in ("person", "group")


def phrase_of(reading: Reading, i: int, end: int, lead: str = "", *, before: str = "") -> Phrase:
    """The noun phrase of tokens ``i`` until ``end``, and of what kind it is; ``before`` is the verb behind it."""
    keys = reading.keys[i:end]
    capitals = [n for n in range(i, end) if reading.capital(n) and not (n == i and reading.key(n) in DETERMINERS)]
    name = reading.text(capitals[0], capitals[-1] + 1) if capitals else ""
    head = end
    for n, (one, other) in enumerate(pairwise([*keys, ""]), start=i):
        if other == "of" or (one in PREPOSITIONS and one != "of"):
            head = n + (other == "of")
            break
    said = reading.key(head - 1)
    plural = said in _PEOPLE or (said.endswith("s") and not said.endswith(("ss", "us", "is")) and said not in _SINGULAR)
    plural = (plural and not reading.capital(head - 1)) or ("and" in keys and bool(name))
    kind: Kind = "thing"
    one = said.removesuffix("s")
    people = said in _PEOPLE or said.endswith(("man", "men")) or (plural and said.endswith(("ers", "ists", "ians")))
    if people or said in ROLES or (plural and one in ROLES):
        kind = "person"
    elif said in _GROUPS or one in _GROUPS:
        kind = "group"
    elif name and capitals[-1] == end - 1:
        kind = _kind_of_name(reading, capitals, lead, keys, before)
    return Phrase(i, end, reading.text(i, end), kind, plural, lead, name)


def _kind_of_name(reading: Reading, capitals: list[int], lead: str, keys: list[str], before: str) -> Kind:
    words = [reading.key(n) for n in capitals]
    role = reading.key(capitals[0] - 1) in ROLES and reading.key(capitals[0] - 1) in keys
    if role or words[0] in TITLES:
        return "person"
    if any(word in NOT_PERSONS for word in words) or "&" in keys:
        located = lead in LOCATING and keys[0] not in DETERMINERS
        return "place" if located else "group" if any(word in _GROUPS for word in words) else "thing"
    if lead in LOCATING and keys[0] not in DETERMINERS:
        return "place"
    if keys[0] in DETERMINERS or "of" in keys or not reading.capital(capitals[0]):
        return "thing"
    lowercase = [key for key in keys if key[:1].isalpha() and key not in words and key not in ("of", "and")]
    if lowercase and not role:
        return "thing"  # "the grain ship Amaranth"
    return "person" if len(words) > 1 or before in _AGENTIVE else "thing"
