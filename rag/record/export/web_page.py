"""Writes an answer as one web page that needs nothing else: no script, no style or image from anywhere."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from rag.answer.answers import Answer, Claim
from rag.answer.wording import origin, why_refused
from rag.articles import Article
from rag.check.citations import Citation
from rag.record.links import deep_link, host_of, web_address
from rag.text.display import one_line

# Its policy lets nothing load or run, should anything slip through, and tells no page where its reader came from.
_TEMPLATE = Path(__file__).with_name("page.html")


def to_html(answer: Answer) -> str:
    """Write a whole page: the question, the claims with their markers, and the paragraph of each source, marked."""
    title = _escaped(answer.question)
    if answer.refused:
        body = f"<p>{_escaped(why_refused(answer.searched, answer.scope, answer.reason))}</p>"
        near = "".join(
            f"<li>{_article(one, web_address(one.url))}<blockquote>{_said(claim, answers=False)}</blockquote></li>"
            for claim in answer.nearest
            for one in [claim.citations[0].article]
        )
        body += f"<h2>Nearest, and no answer</h2><ul>{near}</ul>" if near else ""
    elif answer.help:
        body = "".join(f"<p>{_escaped(line)}</p>" for line in answer.help.splitlines())
    else:
        body = "".join(_claim(claim) for claim in answer.claims)
        body += f"<h2>Sources</h2><ol>{''.join(_source(one) for one in answer.citations)}</ol>"
    notes = "".join(f'<p class="note" dir="auto">{_escaped(note)}</p>' for note in answer.notes)
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(title=title, body=f"{body}\n{notes}")


def _claim(claim: Claim) -> str:
    markers = "".join(f'<sup><a href="#c{one.marker}">[{one.marker}]</a></sup>' for one in claim.citations)
    origins = "; ".join(_isolated(one) for one in dict.fromkeys(origin(one.article) for one in claim.citations))
    return f'<p class="said" dir="auto">{_said(claim)}{markers}</p><p class="origin">{origins}</p>\n'


def _said(claim: Claim, *, answers: bool = True) -> str:
    """The text of a claim: what answers is set off, and what is ours is set apart from the quotation."""
    marks, answer = [(*ours, "small") for ours in claim.insertions], claim.answer_span
    if answers and answer and all(end <= answer[0] or answer[1] <= start for start, end in claim.insertions):
        marks.append((*answer, "strong"))
    shown, behind = "", 0
    for start, end, tag in sorted(marks):
        shown += f"{_piece(claim.text[behind:start])}<{tag}>{_piece(claim.text[start:end])}</{tag}>"
        behind = end
    return shown + _piece(claim.text[behind:])


def _source(one: Citation) -> str:
    text = one.article.paragraph(one.paragraph)
    before, quote, behind = map(_piece, (text[: one.start], text[one.start : one.end], text[one.end :]))
    return (
        f'<li id="c{one.marker}">{_article(one.article, deep_link(one))}, paragraph {one.paragraph}'
        f'<blockquote dir="auto">{before}<mark>{quote}</mark>{behind}</blockquote></li>\n'
    )


def _article(article: Article, address: str | None) -> str:
    title = _isolated(article.title or "Untitled")
    if address:
        title = f'<a href="{_escaped(address)}" rel="noopener noreferrer nofollow">{title}</a>'
    details = filter(None, (origin(article), ", ".join(article.authors), host_of(article.url)))
    return ", ".join([title, *map(_isolated, details)])


def _piece(text: str) -> str:
    # Between bars, since one line is trimmed: where a piece meets the next one, its space is what parts two words.
    return _escaped(f"|{text}|")[1:-1]


def _isolated(text: str) -> str:
    return f"<bdi>{_escaped(text)}</bdi>"


def _escaped(text: str) -> str:
    return html.escape(one_line(text), quote=True)
