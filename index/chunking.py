"""Cuts articles into passages: whole consecutive paragraphs, up to a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from rag.articles import Article, Passage, Span
from rag.text.sentences import sentence_spans
from rag.text.tokens import count_tokens

# Chosen by measuring: benchmarks/passages.md.
DEFAULT_BUDGET = 60
SMALLEST_BUDGET = 20
# A sentence up to this many tokens is never cut: half of it is worth little to a reader, and may say the opposite.
LONGEST_SENTENCE = 160


def chunk(article: Article, budget: int = DEFAULT_BUDGET) -> list[Passage]:
    """Cut an article into passages of at most ``budget`` tokens, in order, leaving out nothing.

    Consecutive paragraphs share a passage as long as they fit. A paragraph over the budget is cut at sentences; a
    sentence over it is a passage of its own, and only cut, at white space, where it is over ``LONGEST_SENTENCE``; what
    has no white space (a table, a long address) is cut anywhere.
    """
    whole = [Span(number, 0, len(text)) for number, text in enumerate(article.paragraphs, start=1)]
    return _passages(article, whole, budget, max(budget, LONGEST_SENTENCE))


def fit(
    article: Article, passages: Sequence[Passage], budget: int, fits: Callable[[Sequence[str]], list[bool]]
) -> list[Passage]:
    """Cut further whatever the embedding model would not read to its end.

    ``fits`` says of each text whether the model's window holds it. Budgets are counted with tiktoken, so a
    model with another vocabulary may find a passage longer than it was meant to be: names, tables, other scripts.

    Raises:
        ValueError: the window does not even hold one character.
    """
    kept = list[Passage]()
    for passage, fitting in zip(passages, fits([one.text for one in passages]), strict=True):
        if fitting:
            kept.append(passage)
        elif budget <= 1:
            raise ValueError("the model's window is too small to read a word: choose another model")
        else:
            smaller = budget * 3 // 4
            kept += fit(article, _passages(article, passage.spans, smaller, smaller), smaller, fits)
    return kept


def _passages(article: Article, spans: Iterable[Span], budget: int, longest: int) -> list[Passage]:
    passages = list[Passage]()
    gathered: list[Span] = []
    tokens = 0
    for piece, size in (piece for span in spans for piece in _pieces(article, span, budget, longest)):
        size += 1  # for the empty line before it
        if gathered and tokens + size > budget:
            passages.append(_passage(article, gathered))
            gathered, tokens = [], 0
        gathered.append(piece)
        tokens += size
    if gathered:
        passages.append(_passage(article, gathered))
    return passages


def _pieces(article: Article, span: Span, budget: int, longest: int) -> list[tuple[Span, int]]:
    """Cut one span so that no piece is over the budget, nor a sentence over ``longest``, at the largest joints.

    Each comes with its number of tokens.
    """
    text = _text(article, span)
    tokens = count_tokens(text)
    if tokens < budget:
        return [(span, tokens)]
    joints = [start for start, _ in sentence_spans(text)[1:]]
    if not joints and tokens < longest:
        return [(span, tokens)]
    if not joints:
        joints = [i + 1 for i, character in enumerate(text[:-1]) if character.isspace()]
        middle = min(joints, key=lambda joint: abs(joint - len(text) // 2), default=len(text) // 2)
        joints = [middle] if middle else []
    if not joints:
        return [(span, tokens)]  # one character
    bounds = [0, *joints, len(text)]
    # The white space at a joint belongs to neither side.
    pieces = []
    for start, end in pairwise(bounds):
        end = start + len(text[start:end].rstrip())
        if end > start:
            pieces.append(Span(span.paragraph, span.start + start, span.start + end))
    return [small for piece in pieces for small in _pieces(article, piece, budget, longest)]


def _passage(article: Article, pieces: Sequence[Span]) -> Passage:
    spans = [pieces[0]]
    for piece in pieces[1:]:
        if piece.paragraph == spans[-1].paragraph:
            spans[-1] = Span(piece.paragraph, spans[-1].start, piece.end)
        else:
            spans.append(piece)
    return Passage(article.id, tuple(spans), "\n\n".join(_text(article, span) for span in spans))


def _text(article: Article, span: Span) -> str:
    return article.paragraph(span.paragraph)[span.start : span.end]
