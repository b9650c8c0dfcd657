"""Tells what kind of answer a question wants: a fact, an overview, the latest, a timeline, a list, help."""

from __future__ import annotations

import re
from enum import StrEnum

from rag.query.answer_type import answer_type
from rag.query.subqueries import compares
from rag.text.words import STOP_WORDS


class QuestionKind(StrEnum):
    """What kind of answer a question wants; each has a form of its own (``rag.answer.forms``)."""

    FACT = "fact"
    YES_NO = "yes_no"
    OVERVIEW = "overview"
    LATEST = "latest"
    TIMELINE = "timeline"
    LIST = "list"
    COMPARISON = "comparison"
    HELP = "help"


_PIECES = r"(?:(?:articles?|stories|reports?|pieces?|items?)\b(?!'| of\b| \d)|coverage\b)"  # not "of impeachment"
_ABOUT = r"(?:about|on|regarding|concerning|around)\b"
_PLEASE = r"^(?:please |can you |could you )*"
# Behind "who is", where no person is named: "who was arrested", "who is in charge", "who is president"
_FUNCTION_WORDS = rf"(?:{'|'.join(sorted(STOP_WORDS - {'may', 'will'}))}|behind|first|last|next|best|dead)\b"
_PARTICIPLES = (
    r"(?!\w*ha[mn]m?ed|ahmed|alfred|jared|khaled|saeed)\w{3,}(?:ed|ing)\b|"
    r"(?:born|chosen|found|given|held|hit|hurt|killed|led|left|lost|made|sent|shot|sold|sued|taken|told)\b"
)
_OFFICES = r"\b(?:president|minister|governor|mayor|pope|ceo|leader|coach|captain|champion|winner|actor|actress)s?"
_NAMED = r"(?:[\w.-]|'(?!s\b)(?=\w))"  # no possessive
_NAME = rf"(?: (?:(?:d[aeiu]|de[lnr]|la|v[ao]n|al|el|bin) ){{0,2}}[^\W\d_a-zß-ÿ]{_NAMED}*)+"
# What a question of a kind says; the first that fits counts. Only wording that is about the answer itself, never about
# what happened.
_WORDINGS: tuple[tuple[QuestionKind, str], ...] = (
    (
        QuestionKind.HELP,
        r"^(?:(?:who|what|where|how) are you(?: from| doing| made of| good at| for)?|"
        r"are you (?:there|real|human|an? (?:\w+ )?(?:ai|bot|chatbot|human|robot|person))|"
        r"(?:(?:what|how|who) )?(?:do|can|could|will) you (?:do|work|answer|know|search|use|help)"
        r"(?: here| for me| me| with(?: this)?)*|what(?:'s| is) your (?:name|purpose|job)|"
        r"who (?:made|built|wrote|created|runs|owns) (?:you|this)|how does (?:this|it) work|"
        r"what(?:'s| is| are)?(?: this| here| it)*|what(?:'s| is)(?: there)? in (?:here|there|this|it)|"
        r"(?:what|how) (?:(?:kinds? of |sorts? of )?questions )?(?:can|could|should|do) (?:i|you) "
        r"(?:ask|answer|use|search)(?: about| this| here| you| it)*|"
        rf"(?:what|which|how many) (?:(?:{_PIECES}|news|topics?|subjects?|outlets?|sources?|things|kind of \w+) )*"
        r"(?:do you (?:have|cover|hold|know|search|use)|have you got)(?: here| in here)?)$",
    ),
    (
        QuestionKind.TIMELINE,
        r"\btime-?lines?\b|\bchronolog|\b(?:sequence|order|course|chain) of (?:the )?events\b|"
        r"\b(?:through|over|across|down) the (?:years|months|weeks|days|decades)\b|\bstep by step\b|"
        r"\bkey (?:dates|events)\b|\bdates,? please\b|\bwith dates\b|\bday by day\b|"
        r"\bin (?:date|chronological) order\b|^history of\b|\bwhat happened when\b\W*$|^how did(?=.*\b(?:unfold|"
        r"play out|(?:develop|evolve)\b.*\b(?:since|over the|between .+ and|from .+ (?:to|until)))\b)",
    ),
    (
        QuestionKind.LIST,
        rf"\b{_PIECES}(?=.{{0,60}}\b(?:have you got|do you have|you have|you got|did you find)\b(?! to\b)|"
        rf"(?=.*\b{_ABOUT}).{{0,60}}\b(?:are|is) there\b)|^(?:list|show|give|find)(?: me)?(?: a list of)?"
        r"(?=(?: (?!(?:about|as|at|by|for|from|how|in|of|on|that|to|wh\w+|with)\b)[\w.'-]+){0,4}?"
        rf" (?:{_PIECES}|(?:what|everything) you have\b))|"
        rf"^(?:what|which|how many)\b(?=.{{0,40}}\b(?:do you have|have you got)(?: {_ABOUT}|$))|"
        rf"^(?:(?:do you have|have you got|got|are there|is there) )?(?:(?:any|some)thing|any {_PIECES})(?= {_ABOUT})|"
        rf"^(?:do you have|have you got|got) (?:any )?{_PIECES}|^(?:are|is) there {_PIECES}(?= {_ABOUT})|"
        rf"^(?:articles?|stories|coverage) {_ABOUT}|^coverage of\b",
    ),
    (
        QuestionKind.OVERVIEW,
        rf"{_PLEASE}(?:summari[sz]e|sum up|recap|outline|describe|explain|brief me|catch me up|fill me in)\b|"
        rf"{_PLEASE}(?:(?:give|write)(?: me)? )?(?:an? |the )?(?:(?:brief|short|quick) )?"
        r"(?:summary|overview|rundown|gist|background|briefing) (?:of|on|about)\b|"
        rf"{_PLEASE}(?:tell|inform) me (?:more |all |something |everything )*(?:about|of)\b|"
        r"^what(?:'s| is| was|s| has been| have)? (?:been )?(?:going on|happening|happened|"
        r"(?:up|the (?:story|deal|situation|matter|case))(?=$| (?:now|with|about)\b))(?: now)?\b|"
        r"^what (?:do|did) (?:you|we|the articles|they) know (?:about|of)\b|^(?:everything|all) (?:about|on)\b|"
        rf"^who(?:'s| is| was| were| are)(?! (?:{_PARTICIPLES})|.*{_OFFICES}$)(?=(?-i:{_NAME}|(?=[^A-Z]*$)"
        rf"(?: (?!{_FUNCTION_WORDS}){_NAMED}+){{2,4}})(?:, what\b.*)?$)|^what about\b",
    ),
    (
        QuestionKind.LATEST,
        r"\b(?:latest|newest|most recent(?:ly)?|at the moment|at present|currently|right now|so far|up to now|"
        r"as of (?:today|now)|these days|any (?:news|updates?)|what's new|nowadays|up[- ]to[- ]date)\b|"
        r"\bnow\W*$|^news (?:on|about|from)\b",
    ),
)
_ASKING_WORDS = (
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|did|does|do|has|have|had|can|could|will|would|"
    r"should)\b"
)
# A greeting ends before a mark or what asks: "Hello Kitty" and "Good Morning America" are topics.
_GREETING = re.compile(
    r"(?:(?:hi|hiya|hello|hey|howdy|greetings|good (?:morning|afternoon|evening|day)|thanks|thank you|thx|cheers|bye|"
    r"goodbye|ok|okay|please)(?: (?:there|you|all|again|so much|a lot|very much|everyone|me))*|"
    # "Nice" and "Great Ellery" may be places
    r"(?:great|nice|cool|perfect|help|test|testing)"
    r"(?: (?:all|again|so much|a lot|very much|everyone|me))*(?=[,.!]|$))"
    r"(?:[\s,.!]+(?:that|this|it|you)(?:'s| is| was| were)? (?:\w+ ?){1,3}$|"
    r" for (?:that|this|it|everything|(?:your|the|all) .{1,20})$)?"
    rf"(?:\s*[,.!][\s,.!]*|$|"
    rf"\s+(?={_ASKING_WORDS}|(?:please|tell|list|show|give|find|compare|summari[sz]e|describe|explain|any|i)\b))",
    re.IGNORECASE,
)
_READ = tuple((kind, re.compile(wording, re.IGNORECASE)) for kind, wording in _WORDINGS)
_ASKS_YES_OR_NO = re.compile(
    r"^(?:and |but |so |or )?"
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|isn't|aren't|"
    r"wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|can't|won't)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(rf"^(?:list|(?:show|give|find|tell) me)\b|\b{_ASKING_WORDS}", re.IGNORECASE)
_GIVE = re.compile(
    r"\b(?:and |then |also )*(?:please )?(?:give|show) me(?: an?| the)?(?= |$)|"
    r"\b(?:and|then|also) (?:please )?(?:summari[sz]e|list|outline|describe|explain)"
    r"(?: (?:it|them|that|this|all))?(?= |$)",
    re.IGNORECASE,
)
# A topic, as typed into a search box: no word that asks, and few words.
_LONGEST_TOPIC = 7


def question_kind(question: str) -> QuestionKind:
    """Say what kind of answer ``question`` wants. No text is an error; what shows nothing else wants a fact."""
    asked = _bare(question)
    if not any(character.isalnum() for character in asked) or (len(asked) == 1 and asked.isascii()):
        return QuestionKind.HELP
    for kind, wording in _READ:
        if wording.search(asked):
            return kind
    if compares(question):
        return QuestionKind.COMPARISON
    if _ASKS_YES_OR_NO.match(asked):
        return QuestionKind.YES_NO
    if (
        not any(mark in question for mark in "?？؟")
        and not _ASKING.search(asked)
        and len(asked.split()) <= _LONGEST_TOPIC
        and answer_type(asked) is None
    ):
        return QuestionKind.OVERVIEW
    return QuestionKind.FACT


def asks_for_fact(question: str) -> bool:
    """Whether a question asks for something in particular, and not only what is known of a topic."""
    return answer_type(question) is not None or _ASKING.search(_bare(question)) is not None


def topic_of(question: str, kind: QuestionKind) -> str:
    """What a question is about, without the words that say what kind of answer it wants: those stand in no article."""
    asked, bracket, context = question.partition("? (")
    topic = _bare(asked) if kind in dict(_READ) and kind is not QuestionKind.HELP else ""
    for wording in (*(one for other, one in _READ if other is not QuestionKind.HELP), _GIVE) if topic else ():
        topic = " ".join(wording.sub(" ", topic).split()).strip(" ,:")  # it may ask for two kinds at once
    return f"{topic}{bracket}{context}" if any(character.isalnum() for character in topic) else question


def _bare(question: str) -> str:
    """The question without greetings, a context in brackets, and the marks around it."""
    asked = " ".join(question.partition("? (")[0].split()).replace("’", "'").strip(" ?!.,;:")
    while greeting := _GREETING.match(asked):
        asked = asked[greeting.end() :]
    return asked
