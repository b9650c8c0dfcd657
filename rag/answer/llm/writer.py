"""Has a language model write the answer, and makes plain, cited drafts of its sentences as they come."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from rag.answer.drafts import Draft, Evidence
from rag.answer.llm.prompt import BUDGET, REFUSAL, Model, Prompt, writing_prompt
from rag.answer.sentences import Sentence
from rag.errors import GenerationFailed
from rag.text.markers import CLOSING, MARKER, OPENING
from rag.text.sentences import sentence_spans
from rag.text.words import words

# A model that thinks aloud writes a lot before it answers; past this it is not going to.
_LONGEST = 100_000
_LONGEST_LINE = 3_000
_MOST_SENTENCES = 12
_LONGEST_RANGE = 20
_LINE_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+")
_STOPPED = re.compile(r"[.!?…。！？][\"”’')»]*\s*\Z")
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"
_NUMBERS = re.compile(r"(\d{1,12})(?:\s*[-–—]\s*\D{0,12}(\d{1,12}))?")
# What a sentence for a reader has no use for. Nothing of this is mended: whoever writes a link into an answer may have
# taken it from a text that wants to be obeyed.
_FAULTS = (
    (re.compile(r"!\s*\[|\]\s*\(|\]\s*\[|\]\s*:|!\("), "it holds Markdown's link or image"),
    (re.compile(r"<\s*[a-z/!?|｜%]|[|｜]\s*>|‹/?[|/]|\{\{|\}\}|\[/?(?:INST|SYS)\b", re.IGNORECASE), "it holds markup"),
    (
        re.compile(
            r"[a-z][a-z0-9+.-]{1,20}:\s?//|\bwww\.\w|\b(?:javascript|data|mailto|vbscript|file|tel):\S"
            r"|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/\w|\b[\w.+-]+@[\w-]+\.\w",
            re.IGNORECASE,
        ),
        "it holds a link or an address",
    ),
    (re.compile(rf"{OPENING}\s*[\^#]?\s*\d|\d\s*{CLOSING}"), "it holds what looks like a marker"),
)
_LIST_OR_HEADING = re.compile(r"^\s*(?:(?:[-*+•·>]|#{1,6}|\d{1,2}[.)])\s+)+")
_EMPHASIS = re.compile(r"\*+|`+|~~+|__+|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")
_BEFORE_STOP = re.compile(r"\s+([.,;:!?…])")

_Marker = tuple[int, tuple[int, ...]]


class Writer:
    """A generator over any language model: ``Writer(model)``, where ``model`` takes a prompt and gives pieces of text.

    A sentence that cites what was not shown, or holds a link, an image or markup, becomes a draft with a fault. Cited
    paragraphs are evidence as they were shown, whole. The model itself limits its time, as ``Endpoint`` does.
    """

    def __init__(self, model: Model, *, budget: int = BUDGET, declining: bool = True) -> None:
        """``budget`` limits the paragraphs of a prompt, in tokens.

        Without ``declining``, the model is not offered to say that the coverage does not answer: ``Judged`` knew that.
        """
        self.model = model
        self.budget = budget
        self.declining = declining

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``; raises ``GenerationFailed`` when the model fails or does not come to an end."""
        prompt = writing_prompt(question, sentences, budget=self.budget, declining=self.declining)
        written = written_sentences(self._limited(prompt)) if prompt.shown else ()
        drafts = (draft for text, numbers in written if (draft := _draft(text, numbers, prompt.shown)))
        yield from islice(drafts, _MOST_SENTENCES)

    def _limited(self, prompt: Prompt) -> Iterator[str]:
        left, wrote = _LONGEST, False
        pieces = self.model(prompt)
        try:
            for piece in pieces:
                wrote = wrote or bool(piece.strip())
                yield piece[:left]
                left -= len(piece)
                if left < 0:
                    raise GenerationFailed(f"the model wrote more than {_LONGEST:,} characters and was stopped")
            if not wrote:  # which is not the same as to decline
                raise GenerationFailed("the model wrote nothing")
        finally:
            # So that a server is not left writing for nobody; a model may be any iterator, most are generators.
            if close := getattr(pieces, "close", None):
                close()


def written_sentences(pieces: Iterable[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Cut a text that comes in pieces into sentences and the numbers that each cites, as soon as its line has ended.

    Raises:
        GenerationFailed: a line has no end.
    """
    rest = ""
    for piece in without_thoughts(pieces):
        *lines, rest = _LINE_BREAK.split(rest + piece)
        for line in lines:
            yield from _sentences(line)
        if len(rest) > _LONGEST_LINE:
            raise GenerationFailed(f"the model wrote a line of more than {_LONGEST_LINE:,} characters and was stopped")
    yield from _sentences(rest)


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Leave out what a model thinks aloud before it answers: ``<think>…</think>``."""
    held, speaking = "", False
    for piece in pieces:
        held += piece
        if not speaking:
            thinking = held.lstrip().startswith(_THOUGHT)
            if (thinking and _THOUGHT_ENDS not in held) or _THOUGHT.startswith(held.strip()):
                continue
            held = held.partition(_THOUGHT_ENDS)[2] if thinking else held
            speaking = True
        yield held
        held = ""
    if not held.lstrip().startswith(_THOUGHT):
        yield held


def plain(text: str) -> tuple[str, str | None]:
    """Return a sentence as plain text on one line, and what is wrong with it if it must not be shown.

    List signs, headings and emphasis go; so does every character that shows nothing. Links, images and markup stay
    and are the fault.
    """
    visible = "".join(character for character in html.unescape(html.unescape(text)) if not _hidden(character))
    line = " ".join(visible.split())
    fault = next((why for pattern, why in _FAULTS if pattern.search(line)), None)
    line = _EMPHASIS.sub("", _LIST_OR_HEADING.sub("", line))
    line = _BEFORE_STOP.sub(r"\1", " ".join(line.split()))
    # Looked at again: what was taken away may have kept apart what is one.
    return line, fault or next((why for pattern, why in _FAULTS if pattern.search(line)), None)


def _hidden(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _without_markers(text: str) -> tuple[str, list[_Marker]]:
    """Return ``text`` with a space in the place of each marker, and where these are, with their numbers."""
    kept, markers, last = "", list[_Marker](), 0
    for found in MARKER.finditer(text):
        # What looks like a link's text is left whole, to be seen as a link: [1](https://…)
        if text[found.end() : found.end() + 1] not in ("(", ":") and text[: found.start()][-1:] != "!":
            kept += text[last : found.start()]
            markers.append((len(kept), _numbers(found["numbers"])))
            kept += " "
            last = found.end()
    return kept + text[last:], markers


def _numbers(text: str) -> tuple[int, ...]:
    numbers = list[int]()
    for part in _NUMBERS.finditer(text):
        first, last = int(part[1]), int(part[2] or part[1])
        numbers += range(first, last + 1) if first <= last <= first + _LONGEST_RANGE else (first, last)
    return tuple(dict.fromkeys(numbers))


def _sentences(line: str) -> list[tuple[str, tuple[int, ...]]]:
    """Cut a line into sentences with their markers, which stand behind a sentence, in it, or, of a list, before it."""
    text, markers = _without_markers(line)
    spans = _spans(text, [at for at, _ in markers])
    if not spans:
        return []
    numbers: list[dict[int, None]] = [{} for _ in spans]
    before = bool(markers) and markers[-1][0] < spans[-1][1] and not re.search(r"\w", text[: markers[0][0]])
    for at, cited in markers:
        behind = sum(end <= at for _, end in spans)
        within = sum(start < at for start, _ in spans) - 1
        numbers[behind if before else max(0, within)] |= dict.fromkeys(cited)
    return [(text[start:end], tuple(cited)) for (start, end), cited in zip(spans, numbers, strict=True)]


def _spans(text: str, markers: Sequence[int]) -> list[tuple[int, int]]:
    """Spans of sentences; a marker behind a stop ends one, and what stands in quotation marks is with who said it."""
    ends = [at for at in markers if _STOPPED.search(text, 0, at)]
    joined = list[tuple[int, int]]()
    for begin, until in pairwise((0, *ends, len(text))):
        for place, (start, end) in enumerate(sentence_spans(text[begin:until])):
            quoted = text[slice(*joined[-1])] if place else ""
            if quoted.count('"') % 2 == 1 or quoted.count("“") > quoted.count("”"):
                joined[-1] = (joined[-1][0], end + begin)
            else:
                joined.append((start + begin, end + begin))
    return joined


def _draft(written: str, numbers: Sequence[int], shown: Sequence[Evidence]) -> Draft | None:
    """Make a draft; None where a sentence says nothing, or that the coverage does not."""
    text, fault = plain(written)
    said, refusal = words(text), words(REFUSAL)
    if not said or said[: len(refusal)] == refusal:
        return None
    unknown = [number for number in numbers if not 1 <= number <= len(shown)]
    if unknown:
        fault = f"it cites paragraph {unknown[0]}, and {len(shown)} were shown"
    return Draft(text, tuple(shown[number - 1] for number in numbers if number not in unknown), fault)
