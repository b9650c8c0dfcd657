"""Writes an answer as one web page that needs nothing else: no script, no style or image from anywhere."""

from __future__ import annotations

import html

from rag.answer.answers import Answer, Claim, nearest_articles, origin, why_refused
from rag.articles import Article
from rag.check.citations import Citation
from rag.record.export.notes import notes_of
from rag.record.links import deep_link, host_of, web_address
from rag.text.display import one_line

# Even if something were to slip through: nothing may load or run, and no page learns where its reader came from.
_HEAD = (
    '<meta charset="utf-8">'
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; """
    """base-uri 'none'; form-action 'none'">"""
    '<meta name="referrer" content="no-referrer">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
)
_STYLE = (
    "body{font:1.05rem/1.6 Georgia,serif;max-width:40rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.5rem;line-height:1.25}.origin,.note{font-size:.85rem;opacity:.75}.said{margin-bottom:0}"
    "blockquote{margin:.5rem 0;padding-left:1rem;border-left:.2rem solid}li{margin-bottom:1.5rem}"
    ":target{outline:2px solid;outline-offset:.5rem}"
)


def to_html(answer: Answer) -> str:
    """Write a whole page: the question, the claims with their markers, and the paragraph of each source, marked."""
    title = _escaped(answer.question)
    if answer.refused:
        near = "".join(f"<li>{_article(one, web_address(one.url))}</li>" for one in nearest_articles(answer))
        body = f"<p>{_escaped(why_refused(answer))}</p>"
        body += f"<h2>What comes nearest</h2><ul>{near}</ul>" if near else ""
    else:
        body = "".join(_claim(claim) for claim in answer.claims)
        body += f"<h2>Sources</h2><ol>{''.join(_source(one) for one in answer.citations)}</ol>"
    notes = "".join(f'<p class="note" dir="auto">{_escaped(note)}</p>' for note in notes_of(answer))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{_HEAD}<title>{title}</title><style>{_STYLE}</style></head>\n'
        f'<body>\n<h1 dir="auto">{title}</h1>\n{body}\n{notes}\n</body>\n</html>\n'
    )


def _claim(claim: Claim) -> str:
    markers = "".join(f'<sup><a href="#c{one.marker}">[{one.marker}]</a></sup>' for one in claim.citations)
    origins = dict.fromkeys(origin(one.article) for one in claim.citations)
    return (
        f'<p class="said" dir="auto">{_escaped(claim.text)}{markers}</p>'
        f'<p class="origin">{"; ".join(_isolated(one) for one in origins)}</p>\n'
    )


def _source(citation: Citation) -> str:
    text = citation.article.paragraph(citation.paragraph)
    before, quote, behind = text[: citation.start], text[citation.start : citation.end], text[citation.end :]
    return (
        f'<li id="c{citation.marker}">{_article(citation.article, deep_link(citation))}, '
        f'paragraph {citation.paragraph}<blockquote dir="auto">{_spaced(before)}<mark>{_spaced(quote)}</mark>'
        f"{_spaced(behind)}</blockquote></li>\n"
    )


def _article(article: Article, address: str | None) -> str:
    title = _isolated(article.title or "Untitled")
    if address:
        title = f'<a href="{_escaped(address)}" rel="noopener noreferrer nofollow">{title}</a>'
    details = [_isolated(origin(article))]
    if article.authors:
        details.append(_isolated(", ".join(article.authors)))
    if host := host_of(article.url):
        details.append(_isolated(host))
    return f"{title}, {', '.join(details)}"


def _isolated(text: str) -> str:
    return f"<bdi>{_escaped(text)}</bdi>"


def _spaced(piece: str) -> str:
    # One line is trimmed; where a piece meets the next one, its space is what parts two words.
    line = _escaped(piece)
    if not line:
        return " " if piece else ""
    return f"{' ' if piece[0].isspace() else ''}{line}{' ' if piece[-1].isspace() else ''}"


def _escaped(text: str) -> str:
    return html.escape(one_line(text), quote=True)
