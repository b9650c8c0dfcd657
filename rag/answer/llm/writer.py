"""Has a language model write the answer, and makes plain, cited drafts of its sentences as they come."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import accumulate, islice, pairwise

from rag.answer.drafts import Draft, Evidence
from rag.answer.llm.prompt import BUDGET, REFUSAL, Model, Prompt, visible, writing_prompt
from rag.answer.sentence_ranking import Sentence
from rag.errors import GenerationFailed
from rag.text.markers import CLOSING, MARKER, OPENING
from rag.text.sentences import sentence_spans
from rag.text.words import words

# A model that thinks aloud writes a lot before it answers; past this it is not going to.
_LONGEST = 100_000
_LONGEST_LINE = 3_000
_MOST_SENTENCES = 12
# What looks like a link's text is left whole, to be seen as a link: [1](https://…)
_MARKER = re.compile(rf"(?<!!){MARKER.pattern}(?![(:])", MARKER.flags)
_LINE_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+")
_STOPPED = re.compile(r"[.!?…。！？][\"”’')»]*\s*\Z")
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"
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


class Writer:
    """A generator over any language model: ``Writer(model)``, where ``model`` takes a prompt and gives pieces of text.

    A sentence that cites what was not shown, or holds a link, an image or markup, becomes a draft with a fault. Cited
    paragraphs are evidence as they were shown, whole. ``budget`` and ``declining`` as in ``writing_prompt``.
    """

    def __init__(self, model: Model, *, budget: int = BUDGET, declining: bool = True) -> None:
        self.model = model
        self.budget = budget
        self.declining = declining

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``; raises ``GenerationFailed`` when the model fails or does not come to an end."""
        prompt = writing_prompt(question, sentences, budget=self.budget, declining=self.declining)
        sentences_written = written_sentences(written(self.model, prompt)) if prompt.shown else ()
        drafts = (draft for text, numbers in sentences_written if (draft := _draft(text, numbers, prompt.shown)))
        yield from islice(drafts, _MOST_SENTENCES)


def written(model: Model, prompt: Prompt, most: int = _LONGEST) -> Iterator[str]:
    """Give what a model writes, in pieces, without what it thinks aloud before: ``<think>…</think>``.

    Raises:
        GenerationFailed: the model fails, or it writes nothing, or more than ``most`` characters.
    """
    held, length, speaking = "", 0, False
    with closing(model(prompt)) as pieces:  # closed, so that a server is not left writing for nobody
        for piece in pieces:
            length += len(piece)
            if length > most:
                raise GenerationFailed(f"the model wrote more than {most:,} characters and was stopped")
            held += piece
            if not speaking:
                thinking = held.lstrip().startswith(_THOUGHT)
                if (thinking and _THOUGHT_ENDS not in held) or _THOUGHT.startswith(held.strip()):
                    continue
                held = held.partition(_THOUGHT_ENDS)[2] if thinking else held
                speaking = True
            yield held
            held = ""
    if not speaking:  # which is not the same as to decline
        raise GenerationFailed("the model wrote nothing")


def written_sentences(pieces: Iterable[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Cut a text that comes in pieces into sentences and the numbers that each cites, as soon as its line has ended.

    Raises:
        GenerationFailed: a line has no end.
    """
    rest = ""
    for piece in pieces:
        *lines, rest = _LINE_BREAK.split(rest + piece)
        for line in lines:
            yield from _sentences(line)
        if len(rest) > _LONGEST_LINE:
            raise GenerationFailed(f"the model wrote a line of more than {_LONGEST_LINE:,} characters and was stopped")
    yield from _sentences(rest)


def plain(text: str) -> tuple[str, str | None]:
    """Return a sentence as plain text on one line, and what is wrong with it if it must not be shown.

    List signs, headings and emphasis go; so does every character that shows nothing. Links, images and markup stay
    and are the fault.
    """
    line = visible(html.unescape(html.unescape(text)))
    fault = next((why for pattern, why in _FAULTS if pattern.search(line)), None)
    line = " ".join(_EMPHASIS.sub("", _LIST_OR_HEADING.sub("", line)).split())
    line = _BEFORE_STOP.sub(r"\1", line)
    # Looked at again: what was taken away may have kept apart what is one.
    return line, fault or next((why for pattern, why in _FAULTS if pattern.search(line)), None)


def _sentences(line: str) -> list[tuple[str, tuple[int, ...]]]:
    """Cut a line into sentences with the numbers of their markers, which stand behind a sentence or in it."""
    parts = _MARKER.split(line)
    text = " ".join(parts[::2])
    places = list(accumulate(len(one) + 1 for one in parts[::2]))[:-1]
    spans = _spans(text, places)
    cited: list[dict[int, None]] = [{} for _ in spans]
    for at, numbers in zip(places, parts[1::2], strict=True) if spans else ():
        within = max(0, sum(start < at for start, _ in spans) - 1)
        cited[within] |= dict.fromkeys(map(int, re.findall(r"\d+", numbers)))
    return [(text[start:end], tuple(numbers)) for (start, end), numbers in zip(spans, cited, strict=True)]


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
