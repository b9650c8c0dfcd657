"""Says what a reader must know beside an answer."""

from __future__ import annotations

from rag.answer.answers import Answer, how_it_was_read, left_out, not_answered


def notes_of(answer: Answer) -> list[str]:
    """Limits of the search, what went wrong, and what was asked with what; each a sentence or two."""
    notes = []
    if answer.rewritten:
        notes.append(f"Understood as: {answer.rewritten}")
    if answer.scope and not answer.refused:
        notes.append(" ".join(filter(None, (f"Only this was searched: {answer.scope}.", left_out(answer.searched)))))
    notes += filter(None, (not_answered(answer), how_it_was_read(answer), answer.notice))
    written = f"Written by {answer.generator} from" if answer.generator else "From"
    return [*notes, f"{written} snapshot {answer.snapshot} of the coverage, with news-rag."]
