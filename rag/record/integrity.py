"""Whether what an answer points to is there: quotes, passages and verdicts, in the articles that it brings along."""

from __future__ import annotations

from rag.answer.answers import Answer
from rag.articles import Article


def integrity_fault(answer: Answer) -> str | None:
    """Say what in an answer points to what is not there, or None."""
    if answer.refused and answer.claims:
        return "it is a refusal with claims"
    for marker, one in enumerate(answer.citations, start=1):
        if one.marker != marker:
            return f"citation {marker} has the marker {one.marker}"
        if _text_at(one.article, one.paragraph, one.start, one.end) != one.quote:
            return (
                f"the quote of citation {marker} does not stand in paragraph {one.paragraph} of "
                f"“{one.article.title:.60}” at characters {one.start} to {one.end}"
            )
    for claim in answer.claims:
        if not claim.citations:
            return "it has a claim without a citation"
        # What a model wrote has sentences that support it; everything else says that it quotes what it cites.
        if not claim.verdict.supports and [one.quote for one in claim.citations] != [claim.text]:
            return f"“{claim.text:.60}” is given as a quotation, and is not what it cites"
        for support in claim.verdict.supports:
            if _text_at(support.article, support.paragraph, support.start, support.end) is None:
                return f"a verdict rests on characters that “{support.article.title:.60}” does not have"
    for hit in answer.hits:
        copies = [(copy.passage, copy.article) for copy in hit.near_duplicates]
        for passage, article in [(hit.passage, hit.article), *copies]:
            said = [_text_at(article, span.paragraph, span.start, span.end) or "\0" for span in passage.spans]
            if passage.article_id != article.id or "\n\n".join(said) != passage.text:
                return f"a passage of hit {hit.rank} does not stand in “{article.title:.60}”"
    return None


def _text_at(article: Article, paragraph: int, start: int, end: int) -> str | None:
    text = article.paragraph(paragraph) if 1 <= paragraph <= len(article.paragraphs) else ""
    return text[start:end] if 0 <= start < end <= len(text) else None
