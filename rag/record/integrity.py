"""Whether what an answer points to is there: quotes, passages and verdicts, in the articles that it brings along."""

from __future__ import annotations

from rag.answer.answers import Answer
from rag.articles import Article, Passage


def integrity_fault(answer: Answer) -> str | None:
    """Say what in an answer points to what is not there, or None."""
    if answer.refused and answer.claims:
        return "it is a refusal with claims"
    if any(not claim.citations for claim in answer.claims):
        return "it has a claim without a citation"
    for marker, citation in enumerate(answer.citations, start=1):
        if citation.marker != marker:
            return f"citation {marker} has the marker {citation.marker}"
        said = _at(citation.article, citation.paragraph, citation.start, citation.end)
        if said is None or said != citation.quote:
            return (
                f"the quote of citation {marker} does not stand in paragraph {citation.paragraph} of "
                f"“{citation.article.title:.60}” at characters {citation.start} to {citation.end}"
            )
    for claim in answer.claims:
        # What a model wrote has the sentences that carry it; all else is said to stand word for word where it is cited.
        if not claim.verdict.supports and [one.quote for one in claim.citations] != [claim.text]:
            return f"“{claim.text:.60}” is given as a quotation, and is not what it cites"
        for support in claim.verdict.supports:
            if _at(support.article, support.paragraph, support.start, support.end) is None:
                return f"a verdict rests on characters that “{support.article.title:.60}” does not have"
    for hit in answer.hits:
        for passage, article in (
            (hit.passage, hit.article),
            *((copy.passage, copy.article) for copy in hit.near_duplicates),
        ):
            if not _is_of(passage, article):
                return f"a passage of hit {hit.rank} does not stand in “{article.title:.60}”"
    return None


def _is_of(passage: Passage, article: Article) -> bool:
    said = [_at(article, span.paragraph, span.start, span.end) for span in passage.spans]
    return passage.article_id == article.id and None not in said and "\n\n".join(map(str, said)) == passage.text


def _at(article: Article, paragraph: int, start: int, end: int) -> str | None:
    if not 1 <= paragraph <= len(article.paragraphs):
        return None
    text = article.paragraph(paragraph)
    return text[start:end] if 0 <= start < end <= len(text) else None
