"""Lets a language model judge: which paragraphs answer a question, and whether a paragraph says what was drafted.

A small model judges better than it writes: its leaning to "yes" or "no" is a number, where its prose invents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.answer.drafts import Draft, Evidence, Generator
from rag.answer.llm.prompt import Prompt, neutral
from rag.answer.sentence_ranking import Sentence

Leaning = Callable[[Prompt], float | None]
"""Logit of "yes" to "no" as the answer to a prompt; None where the model does not tell its likelihoods."""

# Paragraphs that are judged for a question, the most relevant first, each of which costs a small model a second or
# more; and those that are enough to write four sentences from.
_JUDGED, _KEPT = 6, 4
# Logits (0 is even odds), chosen for a model of 1.5 billion weights from what benchmarks/judging.py prints; another's
# may differ.
_ANSWERS_ABOVE = 0.15
_SAYS_ABOVE = 1.0
_ANSWERS = (
    "You read a passage of a news article and say whether it states the answer to a question. "
    "Answer with one word: Yes or No."
)
_SAYS = "You check what a passage of a news article says. Answer with one word: Yes or No."
# Shown before each passage, invented: near misses are what a model takes for answers. A server that keeps what it read
# reads them once.
_EXAMPLES = """\
Passage: The library in Tarn closed on Monday after the roof leaked, the mayor said.
Question: Why did the library in Tarn close?
Does the passage state the answer? Yes

Passage: The library in Tarn closed on Monday after the roof leaked, the mayor said.
Question: What will the repair of the library's roof cost?
Does the passage state the answer? No

Passage: Ana Ruhl, 41, won the race for the second time, ahead of Per Dahl.
Question: How old is Per Dahl?
Does the passage state the answer? No

Passage: Ana Ruhl, 41, won the race for the second time, ahead of Per Dahl.
Question: Who came second in the race?
Does the passage state the answer? Yes

"""


class Judged:
    """A generator that gives another one only paragraphs that answer, and finds fault with what they do not say.

    ``Judged(ExtractiveGenerator(), model.leaning)`` quotes, ``Judged(Writer(model), model.leaning)`` writes. Where a
    leaning is None, the other generator works as it would alone.
    """

    def __init__(self, generator: Generator, leaning: Leaning) -> None:
        self.generator = generator
        self.leaning = leaning

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """See ``Generator``; raises ``GenerationFailed`` when the model fails."""
        kept = self._kept(question, sentences)
        for draft in self.generator(question, kept) if kept else ():
            quoted = any(draft.text == one.quote for one in draft.evidence)
            if draft.fault or not draft.evidence or quoted or self.says(draft.text, draft.evidence) is not False:
                yield draft
            else:
                yield replace(draft, fault="the model that judges does not find it in what it cites")

    def _kept(self, question: str, sentences: Sequence[Sentence]) -> list[Sentence]:
        verdicts: dict[tuple[str, int], bool | None] = {}
        for sentence in sentences:
            if len(verdicts) == _JUDGED or sum(map(bool, verdicts.values())) == _KEPT:
                break
            place = (sentence.article.id, sentence.paragraph)
            if place not in verdicts:
                verdicts[place] = self.answers(question, sentence)
                if verdicts[place] is None:
                    return list(sentences)
        return [one for one in sentences if verdicts.get((one.article.id, one.paragraph))]

    def answers(self, question: str, sentence: Sentence) -> bool | None:
        """Whether the paragraph of ``sentence`` states the answer; None where the model cannot be read."""
        text = neutral(sentence.article.paragraph(sentence.paragraph))
        asked = f"Passage: {text}\nQuestion: {neutral(question)}\nDoes the passage state the answer?"
        logit = self.leaning(Prompt(_ANSWERS, _EXAMPLES + asked))
        return None if logit is None else logit > _ANSWERS_ABOVE

    def says(self, statement: str, evidence: Sequence[Evidence]) -> bool | None:
        """Whether the passages cited say that ``statement`` is true; None where the model cannot be read."""
        text = " ".join(neutral(one.quote) for one in evidence)
        asked = (
            f"Passage: {text}\n\nStatement: {neutral(statement)}\n\nDoes the passage say that the statement is true?"
        )
        logit = self.leaning(Prompt(_SAYS, f"{asked} Answer Yes or No."))
        return None if logit is None else logit > _SAYS_ABOVE
