"""Answers and searches as a command prints them, in each of its forms."""

from __future__ import annotations

from rag.answer.answers import Answer
from rag.answer.wording import also_in, how_it_was_read, origin, searched_instead, skipped_articles
from rag.record.export.formats import export
from rag.record.json_output import answer_json, search_json
from rag.search.hits import SearchResult
from rag.store.protocol import Summary
from rag.store.scope import Scope


def shown_answer(answer: Answer, form: str) -> str:
    """An answer as ``text``, as ``json``, or in one of the formats of an export."""
    if form == "json":
        return answer_json(answer)
    if form != "text":
        return export(answer, form).removesuffix("\n")
    rewritten = f"Rewritten as: {answer.rewritten}" if answer.rewritten else ""
    read = how_it_was_read(answer.parsed, answer.relaxed, answer.held)
    lines = [*filter(None, (rewritten, searched_instead(answer.corrections), read)), answer.text]
    if answer.citations:
        lines.append("")
    skipped = "" if answer.refused else skipped_articles(answer.searched)
    lines += filter(None, (skipped, answer.notice))
    for citation in answer.citations:
        where = f", {citation.article.url}" if citation.article.url else ""
        lines.append(f"[{citation.marker}] “{citation.article.title}”, paragraph {citation.paragraph}{where}")
    return "\n".join(lines)


def shown_search(found: SearchResult, asked: Scope, searched: Summary, form: str) -> str:
    """A search as ``text`` or as ``json``; ``asked`` are the limits that a person set, ``searched`` what they left."""
    if form == "json":
        return search_json(found)
    lines = list[str]()
    for hit in found.hits:
        first, last = hit.passage.paragraphs[0], hit.passage.paragraphs[-1]
        paragraphs = f"paragraph {first}" if first == last else f"paragraphs {first}–{last}"
        lines.append(f"{hit.rank}. {hit.article.title} ({origin(hit.article)}; {paragraphs}; {hit.score:.3f})")
        lines.append(f"{hit.text}\n")
        if copies := also_in(hit):
            lines.append(f"{copies}\n")
    limits = f"Only this was searched: {found.scope}." if found.scope else ""
    nothing = "" if found.hits else "No article is within these limits."
    notes = (how_it_was_read(found.parsed, found.relaxed, asked), limits, skipped_articles(searched), nothing)
    return "\n".join([*lines, *filter(None, notes)])
