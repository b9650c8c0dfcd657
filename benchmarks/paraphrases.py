"""Says true sentences in other words, by rule: each way keeps what is said, and changes how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from benchmarks.falsehoods import MONTHS, NUMBER_WORDS, WEEKDAYS, Sentence, inside, is_date, quoted_spans

_MONTH = "|".join(MONTHS)
_NAME = r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,2}"
_PRONOUNS = ("He", "She", "It", "They", "We", "I", "This", "That", "These", "Those", "There")


def _digits(sentence: Sentence) -> str | None:
    """Numbers in words as digits, or the other way."""
    text, quoted = sentence.text, quoted_spans(sentence.text)
    for n, word in enumerate(NUMBER_WORDS, start=2):
        match = re.search(rf"(?<!-)\b{word}\b(?!-)", text)
        if match and not inside(match.start(), quoted):
            return text[: match.start()] + str(n) + text[match.end() :]
    for match in re.finditer(r"(?<![\w.,:$€£–-])([2-9]|1[0-2])(?![\w.,:%-]*\d|\w|%|[-–])", text):
        if not inside(match.start(), quoted) and not is_date(text, match.start(), match.end()):
            return text[: match.start()] + NUMBER_WORDS[int(match[1]) - 2] + text[match.end() :]
    return None


def _date_format(sentence: Sentence) -> str | None:
    """The day before the month or behind it; a month cut short."""
    text = re.sub(rf"(?<![–-])(?<!and )\b(\d{{1,2}}) ({_MONTH})\b(?! \d)", r"\2 \1", sentence.text)
    if text != sentence.text:
        return text
    text = re.sub(rf"\b({_MONTH}) (\d{{1,2}})\b(?![\d–-])", r"\2 \1", sentence.text)
    if text != sentence.text:
        return text
    match = re.search(rf"\b({'|'.join(name for name in MONTHS if len(name) > 5)}) (?=\d)", sentence.text)
    return sentence.text.replace(match[1], match[1][:3] + ".") if match else None


def _weekday(sentence: Sentence) -> str | None:
    """A weekday as the date that it was."""
    published = sentence.article.published
    match = re.search(r"\b[Oo]n (" + "|".join(WEEKDAYS) + r")\b(?!,? (?:the )?\d|,? (?:" + _MONTH + "))", sentence.text)
    future = re.search(r"\b(?:will|next|to be|would)\b", sentence.text)
    if not published or not match or future or inside(match.start(), quoted_spans(sentence.text)):
        return None
    day = published - timedelta(days=(published.weekday() - WEEKDAYS.index(match[1])) % 7)
    return (
        f"{sentence.text[: match.start(1)]}{day.day} {MONTHS[day.month - 1]} {day.year}{sentence.text[match.end() :]}"
    )


def _percent(sentence: Sentence) -> str | None:
    """12% as 12 per cent, and back."""
    text = re.sub(r"(\d)%", r"\1 per cent", sentence.text)
    return text if text != sentence.text else _changed(re.sub(r"(\d) per ?cent\b", r"\1%", text), sentence)


def _money(sentence: Sentence) -> str | None:
    """$1.2 billion as $1.2bn, and 14 million as 14,000,000."""
    text = re.sub(r"([$€£]\d+(?:\.\d+)?) billion\b", r"\1bn", sentence.text)
    text = re.sub(r"([$€£]\d+(?:\.\d+)?) million\b", r"\1m", text)
    return _changed(text, sentence) or _changed(re.sub(r"(?<![\d.,])(\d+) million\b", r"\1,000,000", text), sentence)


def _contracted(sentence: Sentence) -> str | None:
    """Contracted negations written out, and back."""
    quoted = quoted_spans(sentence.text)
    match = re.search(r"\b(did|does|do|is|was|were|are|would|could|should|has|have|had) not\b", sentence.text)
    if match and not inside(match.start(), quoted):
        return sentence.text[: match.start()] + match[1] + "n't" + sentence.text[match.end() :]
    match = re.search(r"\b(did|does|do|is|was|were|are|would|could|should|has|have|had)n['’]t\b", sentence.text)
    if match and not inside(match.start(), quoted):
        return sentence.text[: match.start()] + match[1] + " not" + sentence.text[match.end() :]
    return None


def _according_to(sentence: Sentence) -> str | None:
    """“…,” X said as According to X, “…”."""
    match = re.fullmatch(rf"([\"“][^\"“”]+[\"”]),? (?:said|added) ({_NAME})\.", sentence.text)
    match = match or re.fullmatch(rf"([\"“][^\"“”]+[\"”]),? ({_NAME}) (?:said|added)\.", sentence.text)
    if match:
        return f"According to {match[2]}, {match[1]}"
    match = re.fullmatch(
        rf"({_NAME}) (?:said|says|announced|claimed|argued|stated) (?:that )?([a-z][^\"“”]+)", sentence.text
    )
    if match:
        return f"According to {match[1]}, {match[2]}"
    return None


def _told_by(sentence: Sentence) -> str | None:
    """…, according to X as X said that …, and …, X said as X said ….."""
    match = re.fullmatch(
        rf"(The|A|An|In|At|There) ([^\"“”]+), (?:according to ({_NAME})|({_NAME}) said)\.", sentence.text
    )
    return f"{match[3] or match[4]} said that {match[1].lower()} {match[2]}." if match else None


def _without_relative(sentence: Sentence) -> str | None:
    """Relative clauses between commas are left out."""
    return _changed(re.sub(r", (?:who|which|whose|where) [^,\"“”]{5,80},(?= )", "", sentence.text, count=1), sentence)


def _shortened(sentence: Sentence) -> str | None:
    """What stands behind the last comma, or before the first, is left out."""
    text = sentence.text
    if '"' in text or "“" in text:
        return None
    match = re.fullmatch(r"(?:On|In|At|After|During|Last|By) [^,]{3,40}, (\w.{40,})", text)
    if match:
        return match[1][0].upper() + match[1][1:]
    match = re.fullmatch(r"([^,]{40,}), (?:with|which|who|where|after|while|as|including|according) [^,]+\.", text)
    return match[1] + "." if match else None


def _surname(sentence: Sentence) -> str | None:
    """A full name by its last word."""
    match = re.search(rf"(?<=[a-z] )({_NAME})(?= (?:said|told|added|announced|was|has|had|and|who)\b)", sentence.text)
    if not match or inside(match.start(), quoted_spans(sentence.text)):
        return None
    surname = match[1].split()[-1]
    return sentence.text[: match.start()] + surname + sentence.text[match.end() :]


def _titled(sentence: Sentence) -> str | None:
    """A title is left out, or put before a surname."""
    text = re.sub(r"\b(?:Mr|Ms|Mrs|Dr|President|Mayor|Senator)\.? (?=[A-Z])", "", sentence.text)
    return _changed(text, sentence)


def _said(sentence: Sentence) -> str | None:
    """Another verb of saying."""
    match = re.search(r"\bsaid\b(?! to\b)", sentence.text)
    if not match or inside(match.start(), quoted_spans(sentence.text)):
        return None
    verb = ("stated", "noted", "explained", "remarked")[len(sentence.text) % 4]
    return sentence.text[: match.start()] + verb + sentence.text[match.end() :]


def _plain_marks(sentence: Sentence) -> str | None:
    """Quotation marks, apostrophes and dashes of another typography."""
    curly = re.sub(r"\"([^\"]+)\"", r"“\1”", sentence.text).replace("'", "’")
    if curly != sentence.text:
        return curly
    plain = re.sub("[“”]", '"', sentence.text).replace("’", "'").replace("–", "-").replace("—", "-")
    return _changed(plain, sentence)


def _part_quoted(sentence: Sentence) -> str | None:
    """Only the first half of what is quoted."""
    match = re.search(r"([\"“])([^\"“”]{30,})([\"”])", sentence.text)
    if not match:
        return None
    words = match[2].split()
    kept = " ".join(words[: max(3, len(words) // 2)])
    return sentence.text[: match.start(2)] + kept + sentence.text[match.end(2) :]


def _linked(sentence: Sentence) -> str | None:
    """With the sentence behind it, as one."""
    paragraph = sentence.article.paragraph(sentence.paragraph)
    rest = paragraph[sentence.end :].strip()
    match = re.match(r"[A-Z][^.!?\"“”]{20,140}\.(?= [A-Z]|$)", rest)
    if not match or sentence.text[-1] != "." or '"' in sentence.text or "“" in sentence.text:
        return None
    first = match[0].split()[0]
    second = match[0] if first not in ("The", "A", *_PRONOUNS) else match[0][0].lower() + match[0][1:]
    return f"{sentence.text[:-1]}, and {second}"


def _outlet_first(sentence: Sentence) -> str | None:
    """With the outlet that reports it."""
    outlet = sentence.article.outlet
    first = sentence.text.split()[0]
    if not outlet or first not in ("The", "A", "An", "About", "In") or '"' in sentence.text:
        return None
    return f"{outlet} reported that {sentence.text[0].lower()}{sentence.text[1:]}"


def _turned(sentence: Sentence) -> str | None:
    """What stands before the first comma goes to the end: "On Tuesday, X" as "X on Tuesday"."""
    match = re.fullmatch(r"((?:On|In|At|By|During|Since) [^,\"]{3,30}), ([^\"“”]+)\.", sentence.text)
    return f"{match[2][0].upper()}{match[2][1:]} {match[1][0].lower()}{match[1][1:]}." if match else None


def _changed(text: str, sentence: Sentence) -> str | None:
    return text if text != sentence.text else None


WAYS: dict[str, Callable[[Sentence], str | None]] = {
    "numbers in digits or words": _digits,
    "dates in another order": _date_format,
    "weekdays as dates": _weekday,
    "% and per cent": _percent,
    "amounts in another form": _money,
    "contractions": _contracted,
    "according to": _according_to,
    "said that": _told_by,
    "relative clauses left out": _without_relative,
    "shortened": _shortened,
    "turned round": _turned,
    "surnames": _surname,
    "titles left out": _titled,
    "verbs of saying": _said,
    "other typography": _plain_marks,
    "half of a quotation": _part_quoted,
    "two sentences in one": _linked,
    "outlet named": _outlet_first,
}


# These change quotations, and keep what is in them.
_OF_QUOTATIONS = ("other typography", "half of a quotation")


def paraphrases(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """Every way that fits, with what it makes."""
    for name, way in WAYS.items():
        text = way(sentence)
        if text and (name in _OF_QUOTATIONS or _quotations(text) == _quotations(sentence.text)):
            yield name, text


def _quotations(text: str) -> list[str]:
    return [text[start:end] for start, end in quoted_spans(text)]
