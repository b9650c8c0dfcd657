"""Makes false sentences of true ones by changing exactly one number, name, date, speaker, negation or quotation.

It finds what to change with patterns of its own, not with those of ``rag.check``: what the check does not even
see must be among what it is measured on. A change is plausible: a near number or another one of the article, a name
that the article or the coverage has, another day.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rag.articles import Article
from rag.text.sentences import sentence_spans

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_OPPOSITES = [
    line.split()
    for line in """approved rejected|rose fell|increased decreased|won lost|accepted refused|opened closed|higher lower
more fewer|allowed banned|supported opposed|arrived left|confirmed denied|largest smallest|before after|began ended
arrested released|agreed disagreed|raised lowered|north south|guilty innocent""".replace("\n", "|").split("|")
]
_MONTH = "|".join(MONTHS)
_CAPITAL = r"[A-Z][\w’'.-]*[\w]"
_NAME = re.compile(rf"(?<=[a-z,;] )(?:{_CAPITAL})(?: {_CAPITAL})*")
_NO_NAME = frozenset(
    [
        *MONTHS,
        *WEEKDAYS,
        *(f"{day}s" for day in WEEKDAYS),
        *(f"{day}'s" for day in WEEKDAYS),
        "I",
        "He",
        "She",
        "It",
        "The",
        "They",
        "We",
        "But",
        "And",
        "In",
        "On",
        "A",
    ]
)
_TITLES = frozenset(
    """President Prime Minister Mr Ms Mrs Dr Mr. Ms. Mrs. Dr. Foreign Secretary Mayor Judge King Queen Prince Senator
    Governor Chief General Captain Professor Republican Democratic Democrat""".split()
)
_SAID = r"(?:said|says|told|added|warned|announced|claimed|argued|explained|stated|wrote|tweeted|noted|commented)"
_QUOTED = re.compile(r"(?<!\w)(?<![.,!?])[\"“]([^\"“”]{12,})[\"”]")
_WORD = re.compile(r"[^\W\d_]{4,}")


class Kind(StrEnum):
    """What was changed."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    SPEAKER = "speaker"
    NEGATION = "negation"
    OPPOSITE = "opposite verb or adjective"
    QUOTE = "quotation"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article, where it stands."""

    article: Article
    paragraph: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence with one change that makes it false."""

    kind: Kind
    text: str
    of: Sentence


def sentences(articles: list[Article]) -> Iterator[Sentence]:
    """All whole sentences of six words and more."""
    for article in articles:
        for number, paragraph in enumerate(article.paragraphs, start=1):
            for start, end in sentence_spans(paragraph):
                text = paragraph[start:end]
                if len(text.split()) >= 6 and text[-1] in ".!?\"”’'":
                    yield Sentence(article, number, start, end, text)


class Changer:
    """Changes sentences of some coverage."""

    def __init__(self, articles: list[Article], seed: int) -> None:
        self.random = random.Random(seed)
        self.names = {id(article): names_of(article) for article in articles}
        self.all_names = sorted({name for names in self.names.values() for name in names})

    def changed(self, sentence: Sentence, kind: Kind, text: str | None = None) -> Changed | None:
        """Return ``sentence`` (or its paraphrase ``text``) with one change of this kind; None where it has no place."""
        change: Callable[[Sentence, str], str | None] = {
            Kind.NUMBER: self._number,
            Kind.DATE: self._date,
            Kind.NAME: self._name,
            Kind.SPEAKER: self._speaker,
            Kind.NEGATION: self._negation,
            Kind.OPPOSITE: self._opposite,
            Kind.QUOTE: self._quote,
        }[kind]
        before = sentence.text if text is None else text
        after = change(sentence, before)
        return Changed(kind, after, sentence) if after and after != before else None

    def _pick(self, found: list[tuple[int, int, str]], text: str) -> str | None:
        if not found:
            return None
        start, end, new = self.random.choice(found)
        return text[:start] + new + text[end:]

    def _number(self, sentence: Sentence, text: str) -> str | None:
        quoted = quoted_spans(text)
        paragraph = sentence.article.paragraph(sentence.paragraph)
        others = re.findall(r"(?<![\d.,])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\d])", paragraph)
        found = []
        for match in re.finditer(r"(?<![\w.,:-])[$€£]?([0-9]{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\d:,.-]*\d)", text):
            start, end = match.start(1), match.end()
            if inside(start, quoted) or is_date(text, start, end) or is_year(text[start:end]):
                continue
            old = text[start:end]
            near = self._near(old)
            swap = [other for other in others if other != old and not is_year(other)]
            found.append((start, end, self.random.choice(swap) if swap and self.random.random() < 0.4 else near))
        for match in re.finditer(r"\b(" + "|".join(NUMBER_WORDS) + r")\b(?!-)", text):
            if not inside(match.start(), quoted):
                new = self.random.choice([word for word in NUMBER_WORDS if word != match[1]])
                found.append((match.start(), match.end(), new))
        return self._pick(found, text)

    def _near(self, old: str) -> str:
        plain = old.replace(",", "")
        if "." in plain:
            places = len(plain.split(".")[1])
            return f"{float(plain) + self.random.choice((1, 2, 3)) * 10**-places:.{places}f}"
        value = int(plain)
        step = max(1, 10 ** (len(plain.rstrip("0")) and len(plain) - len(plain.rstrip("0"))))
        new = value + step * self.random.choice((-2, -1, 1, 2, 3))
        new = new if new > 1 else value + step
        return f"{new:,}" if "," in old else str(new)

    def _date(self, sentence: Sentence, text: str) -> str | None:
        quoted = quoted_spans(text)
        found = []
        for names in (WEEKDAYS, MONTHS):
            for match in re.finditer(r"\b(" + "|".join(names) + r")\b", text):
                if match[1] == "May" and not re.search(
                    r"\d|\bin\b|\bsince\b", text[max(0, match.start() - 4) : match.end() + 4]
                ):
                    continue
                if match[1] == "March" and not re.search(r"\d|in $", text[max(0, match.start() - 3) : match.end() + 3]):
                    continue
                new = self.random.choice([name for name in names if name != match[1]])
                found.append((match.start(), match.end(), new))
        for match in re.finditer(
            rf"\b(\d{{1,2}})(?= (?:{_MONTH}))|(?<=(?:{'|'.join(m[-3:] for m in MONTHS)}) )(\d{{1,2}})\b(?!\d|%)", text
        ):
            day = int(match[0])
            if 1 <= day <= 31:
                new = str(day + self.random.choice((1, 2, 3)) if day < 28 else day - self.random.choice((1, 2, 3)))
                found.append((match.start(), match.end(), new))
        for match in re.finditer(r"(?<![\w,.$€£-])(19|20)\d\d(?![\w,.-]*\d|s\b)", text):
            if is_year(match[0]):
                found.append((match.start(), match.end(), str(int(match[0]) + self.random.choice((-3, -2, -1, 1, 2)))))
        return self._pick([one for one in found if not inside(one[0], quoted)], text)

    def _other_name(self, sentence: Sentence, old: str, text: str, *, person: bool = False) -> str | None:
        size = len(old.split())
        words = set(re.findall(r"\w+", text))

        def fit(names: list[str]) -> list[str]:
            return [
                name
                for name in names
                if (len(name.split()) == size or (person and len(name.split()) > 1))
                and not any(same_start(part, word) for part in re.findall(r"\w+", name) for word in words)
                and initials(name) not in words
                and not any(initials(old) == part for part in name.split())
            ]

        own = fit(self.names.get(id(sentence.article), []))
        if person:
            own = [name for name in own if len(name.split()) == 2] or own
        choice = own or fit(self.all_names)
        return self.random.choice(choice) if choice else None

    def _name(self, sentence: Sentence, text: str) -> str | None:
        quoted = quoted_spans(text)
        found = []
        for start, end, name in name_spans(text):
            if not inside(start, quoted):
                new = self._other_name(sentence, name, text)
                if new:
                    found.append((start, end, new))
        return self._pick(found, text)

    def _speaker(self, sentence: Sentence, text: str) -> str | None:
        found = []
        person = rf"({_CAPITAL}(?: {_CAPITAL}){{0,2}})"
        for pattern in (rf"\b{_SAID} {person}", rf"{person} {_SAID}\b", rf"[Aa]ccording to {person}"):
            for match in re.finditer(pattern, text):
                parts = match[1].split()
                while parts and (parts[0] in _TITLES or parts[0] in _NO_NAME):
                    parts.pop(0)
                name = " ".join(parts)
                if (
                    not name
                    or name in _NO_NAME
                    or name.split()[-1] in _NO_NAME
                    or inside(match.start(1), quoted_spans(text))
                ):
                    continue
                if match.start(1) == 0 and len(parts) == 1 and name not in self.all_names:
                    continue
                new = self._other_name(sentence, name, text, person=True)
                if new:
                    found.append((match.end(1) - len(name), match.end(1), new))
        return self._pick(found, text)

    def _negation(self, sentence: Sentence, text: str) -> str | None:
        quoted = quoted_spans(text)
        found = []
        for match in re.finditer(
            r"\b(is|was|were|are|will|would|has|have|had|can|could|should|must)\b(?! not|n't)", text
        ):
            if not re.match(r" (?:been )?(?:the|a|an|in|[a-z]+(?:ed|ing|en)|be|have)\b", text[match.end() :]):
                continue
            if not re.search(r"\b(?:no|not|none|nobody|nothing|never|nor|neither|without)\b|n['’]t\b", text, re.I):
                found.append((match.end(), match.end(), " not"))
        for match in re.finditer(r"(?<= )(not |never )|(?<=did)(n't|n’t)", text):
            if not re.match("(?:only|just|least|yet)", text[match.end() :]):
                found.append((match.start(), match.end(), ""))
        return self._pick([one for one in found if not inside(one[0], quoted)], text)

    def _opposite(self, sentence: Sentence, text: str) -> str | None:
        quoted = quoted_spans(text)
        found = []
        for pair in _OPPOSITES:
            for old, new in (pair, pair[::-1]):
                found += [(match.start(), match.end(), new) for match in re.finditer(rf"\b{old}\b", text)]
        return self._pick([one for one in found if not inside(one[0], quoted)], text)

    def _quote(self, sentence: Sentence, text: str) -> str | None:
        found = []
        article_words = sorted(
            {word for part in sentence.article.paragraphs for word in _WORD.findall(part) if word.islower()}
        )
        for quote in _QUOTED.finditer(text):
            for match in _WORD.finditer(text, quote.start(1), quote.end(1)):
                if match.start() == quote.start(1) or text[match.end()] != " ":
                    continue
                new = self.random.choice(article_words)
                kind = self.random.random()
                if kind < 0.6 and new != match[0].lower():
                    found.append((match.start(), match.end(), new))
                elif kind < 0.8:
                    found.append((match.start(), match.end() + 1, ""))
                else:
                    found.append((match.start(), match.start(), self.random.choice(("not ", "really ", "always "))))
        return self._pick(found, text)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """What stands in double quotation marks; to the end or from the start where one is missing."""
    spans = [match.span() for match in re.finditer(r"[\"“][^\"“”]*(?:[\"”]|$)", text)]
    first = re.search("[“”]", text)
    return [(0, first.end()), *spans] if first and first[0] == "”" else spans


def inside(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def is_year(number: str) -> bool:
    return bool(re.fullmatch(r"(?:1[5-9]|20)\d\d", number))


def is_date(text: str, start: int, end: int) -> bool:
    return bool(
        re.match(rf"(?:st|nd|rd|th)?(?: ?(?:and|to|[-–]) ?\d{{1,2}})? (?:of )?(?:{_MONTH})", text[end:])
        or re.search(rf"(?:{_MONTH}) $", text[:start])
    )


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split())


def same_start(one: str, other: str) -> bool:
    """Whether two words may be of one name, or a country and its people."""
    return one[:4].lower() == other[:4].lower()


def name_spans(text: str) -> list[tuple[int, int, str]]:
    """Names inside a sentence: words with a capital behind one without, titles left out."""
    found = []
    for match in _NAME.finditer(text):
        words = match[0].split()
        start = match.start()
        while words and (words[0] in _TITLES or words[0] in _NO_NAME):
            start += len(words.pop(0)) + 1
        while words and (words[-1] in _TITLES or words[-1] in _NO_NAME):
            words.pop()
        name = " ".join(words)
        name = re.sub(r"['’]s$", "", name)
        if name and not any(word in _NO_NAME or word in _TITLES for word in words) and len(name) > 2:
            found.append((start, start + len(name), name))
    return found


def names_of(article: Article) -> list[str]:
    """Names of an article, each once."""
    return sorted({name for part in article.paragraphs for _, _, name in name_spans(part)})
