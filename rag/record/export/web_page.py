"""Writes an answer as one web page that needs nothing else: no script, no style or image from anywhere."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from rag.answer.answers import Answer, Claim
from rag.answer.wording import nearest_articles, origin, why_refused
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
        near = "".join(f"<li>{_article(one, web_address(one.url))}</li>" for one in nearest_articles(answer.hits))
        body = f"<p>{_escaped(why_refused(answer.searched, answer.scope))}</p>"
        body += f"<h2>What comes nearest</h2><ul>{near}</ul>" if near else ""
    else:
        body = "".join(_claim(claim) for claim in answer.claims)
        body += f"<h2>Sources</h2><ol>{''.join(_source(one) for one in answer.citations)}</ol>"
    notes = "".join(f'<p class="note" dir="auto">{_escaped(note)}</p>' for note in answer.notes)
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(title=title, body=f"{body}\n{notes}")


def _claim(claim: Claim) -> str:
    markers = "".join(f'<sup><a href="#c{one.marker}">[{one.marker}]</a></sup>' for one in claim.citations)
    origins = "; ".join(_isolated(one) for one in dict.fromkeys(origin(one.article) for one in claim.citations))
    return f'<p class="said" dir="auto">{_escaped(claim.text)}{markers}</p><p class="origin">{origins}</p>\n'


def _source(one: Citation) -> str:
    text = one.article.paragraph(one.paragraph)
    # Between bars, since one line is trimmed: where a piece meets the next one, its space is what parts two words.
    before, quote, behind = (
        _escaped(f"|{piece}|")[1:-1] for piece in (text[: one.start], text[one.start : one.end], text[one.end :])
    )
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


def _isolated(text: str) -> str:
    return f"<bdi>{_escaped(text)}</bdi>"


def _escaped(text: str) -> str:
    return html.escape(one_line(text), quote=True)
