"""Says what a reader must know beside an answer."""

from __future__ import annotations

from rag.answer.answers import Answer
from rag.answer.wording import how_it_was_read, not_answered, skipped_articles


def notes_of(answer: Answer) -> list[str]:
    """How it was asked, limits of the search, what went wrong, and what wrote it; each a sentence or two."""
    notes = [f"Asked as: {answer.rewritten}"] if answer.rewritten else []
    if answer.scope and not answer.refused:
        notes.append(f"Only this was searched: {answer.scope}. {skipped_articles(answer.searched)}".strip())
    notes += [not_answered(answer.unanswered), how_it_was_read(answer.parsed, answer.relaxed), answer.notice]
    written = f"Written by {answer.generator} from" if answer.generator else "From"
    notes.append(f"{written} snapshot {answer.snapshot} of the coverage, with news-rag.")
    return [note for note in notes if note]
