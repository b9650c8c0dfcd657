"""Has a language model write the answer, and makes drafts of its sentences as they come."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answer.drafts import Draft, Evidence
from rag.answer.llm.cleaning import Marker, plain, without_markers
from rag.answer.llm.prompt import BUDGET, REFUSAL, Model, Prompt, Shown, writing_prompt
from rag.answer.sentences import Sentence
from rag.errors import GenerationFailed
from rag.text.words import sentence_spans, words

# A model that thinks aloud writes a lot before it answers; past this it is not going to.
_LONGEST = 100_000
_LONGEST_LINE = 3_000
_MOST_SENTENCES = 12
# The end of a sentence is certain once the next one has these many words: "meeting U.S. | Secretary of State".
_BEGUN = 3
_LINE_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+")
_STOP = re.compile(r"[.!?…。！？]")
_STOPPED = re.compile(r"[.!?…。！？][\"”’')»]*\s*\Z")
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence that a model wrote, and the numbers of the paragraphs that it cites for it."""

    text: str
    numbers: tuple[int, ...]


class Writer:
    """A generator over any language model: ``Writer(model)``, where ``model`` takes a prompt and gives pieces of text.

    A sentence that cites what was not shown, or holds a link, an image or markup, becomes a draft with a fault. Cited
    paragraphs are evidence as they were shown, whole.
    """

    def __init__(
        self,
        model: Model,
        *,
        budget: int = BUDGET,
        declining: bool = True,
        seconds: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``budget`` limits the paragraphs of a prompt, in tokens; ``seconds`` the whole of an answer.

        Without ``declining``, the model is not offered to say that the coverage does not answer: ``Judged`` knew that.
        """
        self.model = model
        self.budget = budget
        self.declining = declining
        self.seconds = seconds
        self._clock = clock

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``; raises ``GenerationFailed`` when the model fails or does not come to an end."""
        prompt = writing_prompt(question, sentences, budget=self.budget, declining=self.declining)
        if not prompt.shown:
            return
        drafted = 0
        for written in written_sentences(self._limited(prompt)):
            draft = _draft(written, prompt.shown)
            if draft is None:
                continue
            yield draft
            drafted += 1
            if drafted == _MOST_SENTENCES:
                return

    def _limited(self, prompt: Prompt) -> Iterator[str]:
        started, left, wrote = self._clock(), _LONGEST, False
        pieces = self.model(prompt)
        try:
            for piece in pieces:
                wrote = wrote or bool(piece.strip())
                yield piece[:left]
                left -= len(piece)
                if left < 0:
                    raise GenerationFailed(f"the model wrote more than {_LONGEST:,} characters and was stopped")
                if self._clock() - started > self.seconds:
                    raise GenerationFailed(f"the model wrote for more than {self.seconds:g} seconds and was stopped")
            if not wrote:  # which is not the same as to decline
                raise GenerationFailed("the model wrote nothing")
        finally:
            # So that a server is not left writing for nobody; a model may be any iterator, most are generators.
            if close := getattr(pieces, "close", None):
                close()


def written_sentences(pieces: Iterable[str]) -> Iterator[Written]:
    """Cut a text that comes in pieces into sentences, each as soon as it is certain to be whole.

    Raises:
        GenerationFailed: a line has no end.
    """
    rest = ""
    for piece in spoken(pieces):
        *lines, rest = _LINE_BREAK.split(rest + piece)
        for line in lines:
            yield from _sentences(line)
        if len(rest) > _LONGEST_LINE:
            raise GenerationFailed(f"the model wrote a line of more than {_LONGEST_LINE:,} characters and was stopped")
        if _STOP.search(rest):
            end = _whole_until(rest)
            yield from _sentences(rest[:end])
            rest = rest[end:]
    yield from _sentences(rest)


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """Leave out what a model thinks aloud before it answers: ``<think>…</think>``."""
    held, speaking = "", False
    for piece in pieces:
        if speaking:
            yield piece
            continue
        looked_at = max(0, len(held) - len(_THOUGHT_ENDS))
        held += piece
        beginning = held.lstrip()[: len(_THOUGHT)]
        if beginning == _THOUGHT:
            end = held.find(_THOUGHT_ENDS, looked_at)
            speaking = end >= 0
            if speaking:
                yield held[end + len(_THOUGHT_ENDS) :]
        elif not _THOUGHT.startswith(beginning):
            speaking = True
            yield held
    if not speaking and not held.lstrip().startswith(_THOUGHT):
        yield held


def _whole_until(line: str) -> int:
    """Return where the last sentence of an unfinished line begins, once those before it are certain; otherwise 0."""
    text, markers = without_markers(line)
    spans = _spans(text, markers)
    if len(spans) < 2 or len(words(text[slice(*spans[-1])])) < _BEGUN or _leads(text, markers[0].at if markers else -1):
        return 0
    start = spans[-1][0]
    return start + sum(marker.length - 1 for marker in markers if marker.at < start)


def _sentences(line: str) -> list[Written]:
    """Cut a line into sentences with their markers, which stand behind a sentence, in it, or, of a list, before it."""
    text, markers = without_markers(line)
    spans = _spans(text, markers)
    if not spans:
        return []
    numbers: list[dict[int, None]] = [{} for _ in spans]
    before = bool(markers) and _leads(text, markers[0].at) and markers[-1].at < spans[-1][1]
    for marker in markers:
        if before:
            index = next(i for i, (_, end) in enumerate(spans) if marker.at < end)
        else:
            index = max((i for i, (start, _) in enumerate(spans) if start < marker.at), default=0)
        numbers[index] |= dict.fromkeys(marker.numbers)
    return [Written(text[start:end], tuple(cited)) for (start, end), cited in zip(spans, numbers, strict=True)]


def _leads(text: str, first_marker: int) -> bool:
    """Whether a line begins with a marker, as in a list of sources."""
    return first_marker >= 0 and not any(character.isalnum() for character in text[:first_marker])


def _spans(text: str, markers: Sequence[Marker]) -> list[tuple[int, int]]:
    """Spans of sentences; a marker behind a stop ends one, and what stands in quotation marks is with who said it."""
    ends = [marker.at for marker in markers if _STOPPED.search(text, 0, marker.at)]
    joined: list[tuple[int, int]] = []
    for begin, until in pairwise((0, *ends, len(text))):
        for place, (start, end) in enumerate(sentence_spans(text[begin:until])):
            start, end = start + begin, end + begin
            if place and _quoting(text[slice(*joined[-1])]):
                start = joined.pop()[0]
            joined.append((start, end))
    return joined


def _quoting(text: str) -> bool:
    return text.count('"') % 2 == 1 or text.count("“") > text.count("”")


def _draft(written: Written, shown: Sequence[Shown]) -> Draft | None:
    """Make a draft; None where a sentence says nothing, or that the coverage does not."""
    text, fault = plain(written.text)
    said, refusal = words(text), words(REFUSAL)
    if not said or said[: len(refusal)] == refusal:
        return None
    unknown = [number for number in written.numbers if not 1 <= number <= len(shown)]
    if unknown:
        fault = f"it cites paragraph {unknown[0]}, and {len(shown)} were shown"
    cited = [shown[number - 1] for number in written.numbers if number not in unknown]
    return Draft(text, tuple(_evidence(one) for one in cited), fault)


def _evidence(one: Shown) -> Evidence:
    quote = one.article.paragraph(one.paragraph)[one.start : one.end]
    return Evidence(one.article, one.paragraph, one.start, one.end, quote)
