"""Makes questions of what articles say, by a few rules of grammar; each reads well alone, or is not made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from index.name_forms import SPEECH, acts, full_name, stands_alone, with_article
from rag.articles import Article
from rag.text.periods import periods
from rag.text.proper_names import names
from rag.text.quantities import Quantity, quantities
from rag.text.sentences import sentence_spans
from rag.text.tense import PAST_TENSE
from rag.text.words import ENGLISH, STOP_WORDS, fold, terms, words

# Most characters of a question; fewest names and terms of one that is made of a sentence.
_LONGEST, _FEWEST_TERMS = 110, 4
# Sentences that an article is asked about: the later ones lean on what came before.
_SENTENCES, _LAST = 8, 25
# Articles that must share a name for the latest on it to be asked for.
_SHARED = 3
# Paragraphs that begin an article, in which names are shared.
_LEAD = 3
# What a question is made of: words, numbers, and the marks inside and between them. No brackets, quotation marks,
# addresses, markup, numbers that name things.
_PLAIN = re.compile(r"(?:[^\W_]|(?<=\w)['’.&-](?=\w)|[$£€](?=\d)|(?<=\d)[,%](?=\d| |$)|(?<=\b[A-Z])\.|[ ,])+")
_IDENTIFIER = re.compile(
    r"\d{5}|\b(?=\w*\d)(?=\w*[^\W\d])\w{5,}|\b(?:www|https?)\b|\w\.(?:com|org|net|example)\b", re.I
)
_SHOUTED = re.compile(r"\b[A-Z]{2,} [A-Z]{4,}\b|\b[A-Z]{4,} [A-Z]{2,}\b|\b[A-Z]{8,}\b")
# What points to a sentence that the question lacks, or to whoever wrote it.
_POINTS_OUT = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|them|this|that|these|those|such|here|there|i|we|us|our|you|your|my|me|"
    r"former|latter|same|also|too|respectively|article)\b"
)
_BEFORE_DAY = re.compile(
    r"(?:^|,? \b)(?:(?:very )?(?:late|early|earlier),? )?(?:(?:on|by|since|until|from|in|at|over|during|of) )?"
    r"(?:(?:last|next|this|the) )?,? *$",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r",$|(?:^|\b)(?:on|in|at|by|since|from|to|until|of|for|with|and|or|the|a|an|as|after|before|between|over|into|near|"
    r"about|around|than|but|not|be|been|being|was|were|is|are|has|have|had|who|which|that|when|while)$|"
    r"\b(?:on|in|at|by|since|from|until) (?:on|in|at|by|since|from|until|to|and|after|when)\b|, ?,"
)
_PART_OF_DAY = re.compile(r"^ (?:early |late )?(?:morning|afternoon|evening|night|noon)\b")
_OPENING = re.compile(r"^(?:According to [^,]{3,60}, |,+ )")
# Where a sentence may be cut so that a whole one is left.
_CUT = re.compile(
    r",? (?:(?:long|just|shortly|soon|even|only|ever) )?"
    r"(?:according to|after|while|when|as|since|amid|following|which|who|because|despite|before|though)\b|"
    r",? and (?=\d|(?:some|another|others|several|many|most)\b)|,(?!\d)"
)
# "13 minutes", after which there is more.
_MEASURE = re.compile(r"(?:minute|hour|day|week|month|year|moment)s?$")
# A comma that parts a list, which must not be cut in two.
_LIST = re.compile(r"^, [^,]{1,40}(?:,? and |,? or |, [^,]{1,40},? (?:and|or) )|^, (?:and|or) \S+(?: \S+){0,2}(?:$|,)")
# Behind which a clause begins.
_CLAUSE = re.compile(
    r"(?:^|\b(?:said|says|that|confirmed|reported|announced|when|after|because) )"
    r"(?:(?:at least|about|around|more than|nearly|almost|some|up to|as many as|over|fewer than|less than|an estimated|"
    r"approximately|roughly|a total of)\s+)?$",
    re.IGNORECASE,
)
_VERB = re.compile(rf"\b(?:is|are|has|have|will|were)\b|{PAST_TENSE.pattern}")
_PLURAL = re.compile(r"(?:\w+s|people|men|women|children|police|fishermen|policemen|firemen|servicemen)")
_BESIDE_NOUN = frozenset("of in from at on the and".split())
_IN_SUBJECT = frozenset("the a an of in at for on to by from and near".split())
_PARTICIPLE = (
    r"(?:\w{2,}(?:ed|en)|held|built|found|shot|hit|sold|sent|made|told|paid|led|won|lost|cut|put|set|born|brought|"
    r"caught|left|struck|sued)\b"
)
_AUXILIARY = re.compile(
    rf"(?P<aux>was|were|has been|have been|will be) (?P<rest>{_PARTICIPLE}.*)|"
    r"(?P<will>will) (?P<does>(?!not\b|be\b)\w+ .*)"
)
_DOING = re.compile(
    rf"(?:was|has|had|has been|had been|will be) (?:\w+ly )?{_PARTICIPLE}|(?:is|was) \w+ing\b|will (?!not\b|be\b)"
)
_CAUSE = re.compile(r",? (?:because|due to|owing to)\b")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that an article may answer, and the rule that made it."""

    question: str
    article: Article
    rule: str
    sentence: str = ""
    """The one that answers; "" where another may."""
    said: tuple[str, str] | None = None
    """The last words of the names of who must have said it, and of what about."""


def proposals(article: Article) -> Iterator[Proposal]:
    """Questions that the sentences of an English article answer, those of its lead first."""
    if not _is_english(article):
        return
    body = "\n".join(article.paragraphs)
    for number, (place, text) in enumerate(islice(_sentences(article), _LAST)):
        paragraph = article.paragraph(place)
        said = _undated(text, article) if number < _SENTENCES else None
        for rule, question in (
            ("how many", said and _how_many(said)),
            ("who", said and _who(said, body)),
            ("why", said and _why(said, body)),
            ("when", said and _when(text, article, body)),
        ):
            if question and reads_well(question):
                yield Proposal(question, article, rule, text)
        if (asked := _said(text, paragraph, article, body)) and reads_well(asked[0]):
            yield Proposal(asked[0], article, "said", said=asked[1:])


def reads_well(question: str) -> bool:
    """Whether a question can stand alone on a page: short, plain words, about something that it names."""
    inner = question.removesuffix("?")
    return (
        len(question) <= _LONGEST
        and _PLAIN.fullmatch(inner) is not None
        and not _IDENTIFIER.search(inner)
        and not _POINTS_OUT.search(inner)
        and not _DANGLING.search(inner)
        and not _SHOUTED.search(inner)
    )


def _says_enough(text: str) -> bool:
    """Whether a text names something, and says enough else to tell one event from another."""
    named = [one for one in names(text) if not one.opens]
    for one in reversed(named):
        text = text[: one.start] + text[one.end :]
    return bool(named) and len(named) + len(set(terms(text))) >= _FEWEST_TERMS


def _sentences(article: Article) -> Iterator[tuple[int, str]]:
    """Every sentence with the number of its paragraph."""
    for number, text in enumerate(article.paragraphs, start=1):
        for start, end in sentence_spans(text):
            yield number, " ".join(text[start:end].split())


def _is_english(article: Article) -> bool:
    """Whether the rules fit: many words of an English text are stop words."""
    if article.language not in (None, ENGLISH):
        return False
    said = words(" ".join(article.paragraphs[:3])[:2_000])
    return 4 * sum(word in STOP_WORDS for word in said) >= len(said) > 0


def _undated(text: str, article: Article) -> str | None:
    """A sentence without the days that are named as on the day of its article; None where they can't be left out."""
    if text[-1] != ".":
        return None
    text = text[:-1]
    for one in reversed(periods(text, article.published)):
        if one.kind in ("weekday", "relative"):
            before = text[: one.start]
            if text[one.end : one.end + 1] in ("'", "’", "-"):
                return None
            preposition = _BEFORE_DAY.search(before)
            before = before[: preposition.start()] if preposition else before
            behind = _PART_OF_DAY.sub("", text[one.end :])
            text = before + behind if before else behind.lstrip(" ,")
    text = re.sub(r"\s+,", ",", " ".join(text.split()))
    return _OPENING.sub("", text)


def _lowered(text: str, body: str) -> str | None:
    """A text as it stands inside a sentence: "the depot", "Mara Quill's deputy"; None where nothing shows which."""
    first = next(iter(re.findall(r"\w+", text)), "")
    named = next((one for one in names(text) if one.start == 0), None)
    if first.lower() in STOP_WORDS or re.search(rf"\b{re.escape(first.lower())}\b", body):
        return text[:1].lower() + text[1:]
    inside = named and re.search(rf"[a-z,\"“] {re.escape(first)}\b", body)
    return text if inside else None


def _asked(opening: str, rest: str, *, end: int = -1) -> str | None:
    """A question of its first words and the rest of a sentence, cut at the last (or first) place where it may end.

    None where it would be too long, or say too little.
    """
    room = _LONGEST - len(opening) - 2
    ends, begun = list[int](), 0
    for match in _CUT.finditer(rest):
        comma = match[0].startswith(",")
        # Behind a comma may stand the verb of a clause that has begun: "after the council, which met in May, …".
        lacks_verb = comma and begun and not _VERB.search(rest, begun, match.start())
        if lacks_verb or (match[0] == "," and _LIST.match(rest[match.start() :])):
            break
        if not _MEASURE.search(rest, 0, match.start()):
            ends.append(match.start())
        if comma or match[0] == " and ":  # here another sentence begins
            break
        begun = match.end()
    else:
        ends.append(len(rest))
    ends = [one for one in ends if one <= room]
    question = f"{opening} {rest[: ends[end]]}" if ends else ""
    return f"{question}?" if _says_enough(question.partition(" ")[2]) else None


def _how_many(said: str) -> str | None:
    """Where "At least 12 people were injured in Lindmoor" gives "How many people were injured in Lindmoor?"."""
    for number in quantities(said):
        if _CLAUSE.search(said[: number.start]) and (question := _number_of(number, said[number.end :])):
            return question
    return None


def _number_of(number: Quantity, behind: str) -> str | None:
    """The question for a number with which a clause begins, by what stands behind it."""
    if number.unit == "share":
        whole = re.match(r" of (?!them\b|those\b|these\b)", behind) and PAST_TENSE.search(behind)
        return _asked("What share", behind.strip()) if whole else None
    if number.unit or number.value < 2 or not behind.startswith(" "):
        return None
    behind = behind.strip()
    for verb in re.finditer(r"\b(?:were|have|had|are|will)\b|" + PAST_TENSE.pattern, behind):
        noun = behind[: verb.start()].split()
        if not noun or len(noun) > 7:
            continue
        head = next((i for i, word in enumerate(noun) if word in _BESIDE_NOUN), len(noun))
        if head and _PLURAL.fullmatch(noun[head - 1]) and all(w in _BESIDE_NOUN or w not in STOP_WORDS for w in noun):
            return _asked("How many", behind)
    return None


def _who(said: str, body: str) -> str | None:
    """Of "Odile Brandt raised the tolls of Port Ellery": "Who raised the tolls of Port Ellery?"."""
    named = names(said)
    name = next((one for one in named if not one.opens or one.start == 0), None)
    if name is None or re.search("['’]s?$", said[name.start : name.end]):
        return None
    before, behind = said[: name.start].removeprefix("The ").split(), said[name.end :]
    if len(before) > 4 or any(word.lower() in STOP_WORDS or not re.fullmatch(r"[\w-]+", word) for word in before):
        return None
    if of := re.match(r" of (?:the )?(?=[A-Z])", behind):
        behind = next((said[one.end :] for one in named if one.start == name.end + of.end()), "")
    aside = re.match(r", [^,]{1,90}, ", behind)
    behind = behind[aside.end() :] if aside else behind.strip() if behind.startswith(" ") else ""
    past = PAST_TENSE.match(behind)
    if _DOING.match(behind) or (past and past[0] not in ("was", "were", "had") and not re.match(SPEECH, behind)):
        subject = said[name.start : name.end]
        # What is founded or built is no "who".
        if past and past[0] == "was" and not full_name(subject.split()[-1], body):
            return None
        return _asked("Who", behind) if acts(subject, body) else None
    return None


def _inverted(said: str, body: str) -> tuple[str, str] | None:
    """Auxiliary and subject in the order of a question, and the rest: "was the depot", "closed in Lindmoor"."""
    found = re.search(r"\b(?:was|were|has been|have been|will)\b", said)
    parts = _AUXILIARY.match(said, found.start()) if found else None
    if found is None or parts is None:
        return None
    subject = said[: found.start()].strip()
    inside = subject.split()
    if not 1 <= len(inside) <= 8 or "," in subject or PAST_TENSE.search(subject):
        return None
    if any(word in STOP_WORDS and word not in _IN_SUBJECT for word in map(str.lower, inside)):
        return None
    if not names(subject) or inside[0].lower() in ("a", "an"):
        return None
    first, _, second = (parts["aux"] or parts["will"]).partition(" ")
    inside_sentence = _lowered(subject, body)
    rest = " ".join(filter(None, [second, parts["rest"] or parts["does"]]))
    return (f"{first} {inside_sentence}", rest) if inside_sentence else None


def _why(said: str, body: str) -> str | None:
    """Of "The depot at Lindmoor was closed because …": "Why was the depot at Lindmoor closed?"."""
    cause = _CAUSE.search(said)
    parts = _inverted(said[: cause.start()], body) if cause else None
    return _asked(f"Why {parts[0]}", parts[1]) if parts and "," not in parts[1] else None


def _when(text: str, article: Article, body: str) -> str | None:
    """Of "The Vellmar orchestra will move in June 2025": "When will the Vellmar orchestra move?"."""
    if not re.search(r"\b(?:was|were|been|will)\b", text):
        return None
    days = [one for one in periods(text, article.published) if one.kind in ("date", "weekday")]
    if len(days) != 1 or re.search(
        r"\b(?:after|when|because|that|which|who|while|as|before|since|until)\b", text[: days[0].start]
    ):
        return None
    start, end = days[0].start, days[0].end
    preposition = _BEFORE_DAY.search(text[:start])
    if preposition is None:
        return None
    before = text[: preposition.start()]
    behind = _PART_OF_DAY.sub("", text[end:-1])
    plain = before + behind if before else behind.lstrip(" ,")
    parts = _inverted(" ".join(plain.split()), body)
    return _asked(f"When {parts[0]}", parts[1], end=0) if parts and parts[0][:2] != "ha" else None


def _said(text: str, paragraph: str, article: Article, body: str) -> tuple[str, str, str] | None:
    """As "What did Odile Brandt say about Port Ellery?", and the last words of both names."""
    if not re.search(r" (?:said|says)\b", text):
        return None
    for one in names(text):
        before, behind = text[: one.start], text[one.end :]
        if re.search(r"[\"”] (?:said|says) (?:[a-z-]+ ){0,4}$", before):
            told = paragraph.replace(text[one.start :], "")
        elif re.match(r" (?:said|says)\b(?! (?:in|on|at|to|of)\b)", behind):
            told = paragraph.replace(text[: one.end], "")
        else:
            continue
        about = next((topic for topic in _topics(article, body) if re.search(rf"\b{re.escape(topic)}\b", told)), None)
        if about and (full := full_name(text[one.start : one.end].split()[-1], body)):
            topic = with_article(full_name(about, body) or about, body)
            if not set(topic.split()) & set(full.split()):
                return f"What did {with_article(full, body)} say about {topic}?", full.split()[-1], about.split()[-1]
    return None


@lru_cache(maxsize=1)
def _topics(article: Article, body: str) -> list[str]:
    """Names of the title that the article says again and again, most often first."""
    every = [(one, re.sub("['’]s$", "", body[one.start : one.end])) for one in names(body)]
    longer = {text.split()[0] for one, text in every if len(one.words) > 1}
    often = Counter(text for one, text in every if not one.opens and text in article.title)
    return [
        text
        for text, count in often.most_common()
        if count >= _SHARED and sum(map(str.isalpha, text)) > 3 and stands_alone(text, body) and text not in longer
    ]


def latest(newest: Iterable[Article], excluded: Iterable[str]) -> list[Proposal]:
    """Names that several of the newest articles share, the most shared first: "What is the latest on Port Ellery?"."""
    without = {fold(one) for one in excluded}
    held = dict[tuple[str, ...], dict[str, Article]]()
    written = dict[tuple[str, ...], str]()
    for article in filter(_is_english, newest):
        lead = " ".join(article.paragraphs[:_LEAD])
        for one in names(lead):
            if not one.opens:
                held.setdefault(one.words, {})[article.id] = article
                written.setdefault(one.words, re.sub("['’]s$", "", lead[one.start : one.end]))
    chosen = dict[tuple[str, ...], Proposal]()
    # A full name says more than its last word, and a short one more than one with a title.
    for key in sorted(held, key=lambda key: (len(key) == 1, len(key), -len(held[key]))):
        name, articles = written[key], list(held[key].values())
        if len(articles) < _SHARED or fold(name) in without or len("".join(key)) < 4:
            continue
        body = "\n".join(text for one in articles for text in one.paragraphs)
        told = with_article(name, body)
        if (
            not stands_alone(name, body)
            or (" of " in name and told == name)  # "Governor of Lindmoor"
            or re.search(rf"\b{re.escape(name.split()[0].lower())}s?\b", body)  # "President Velt", "Share"
            or (len(key) == 1 and any(key[0] == other[0] for other in held if len(other) > 1))
            or any(set(key) & set(other) for other in chosen)
        ):
            continue
        full = full_name(name.split()[-1], body)
        question = f"What is the latest on {with_article(full, body) if full else told}?"
        if reads_well(question):
            chosen[key] = Proposal(question, articles[0], "latest")
    return [chosen[key] for key in sorted(chosen, key=lambda key: -len(held[key]))]
