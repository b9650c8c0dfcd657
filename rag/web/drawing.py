"""Draws answers, their sources, refusals and the first view as HTML; pure functions from values to text.

Each drawing is one line: Markdown, which gradio reads it as, leaves a line that begins with a block's tag alone.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from rag.answer.answers import (
    Answer,
    Claim,
    Cut,
    how_it_was_read,
    lead,
    left_out,
    not_answered,
    origin,
    what_was_searched,
)
from rag.articles import Article, day_in_words
from rag.check.citations import Citation
from rag.record.export import export
from rag.record.links import deep_link, host_of
from rag.search.hits import Hit
from rag.store.coverage import Summary
from rag.web.escaping import escaped, isolated, link

_NEAREST = 3
_OUTLETS = 12


def source_id(turn: int, marker: int) -> str:
    """Name the place of a source in the page: ``a2-c1`` is the first citation of the second answer."""
    return f"a{turn}-c{marker}"


def draw_masthead() -> str:
    """Draw the head of the page."""
    return (
        '<div class="masthead"><h1>news-rag</h1> <p>Answers from news coverage, sentence by sentence, each with its '
        "source</p></div>"
    )


def draw_question(question: str) -> str:
    """Draw the question as the person typed it."""
    return f'<div class="asked" dir="auto">{escaped(question)}</div>'


def draw_answer(answer: Answer, turn: int) -> str:
    """Draw an answer, whole or still growing, or the refusal, as it stands in the conversation."""
    if answer.refused:
        return _refusal(answer, turn)
    parts = [_rewritten(answer)]
    if answer.claims:
        parts.append(f'<p class="lead">{escaped(lead(answer))}</p>')
    parts += [_claim(claim, turn) for claim in answer.claims]
    if answer.unanswered:
        parts.append(f'<p class="half">{isolated(not_answered(answer))}</p>')
    notes = []
    if answer.scope:
        notes.append(f"Only this was searched: {isolated(str(answer.scope))}.")
    if read := how_it_was_read(answer):
        notes.append(isolated(read))
    if lacking := left_out(answer.searched):
        notes.append(lacking)
    if answer.notice:
        notes.append(isolated(answer.notice))
    if notes:
        parts.append(f'<p class="note">{" ".join(notes)}</p>')
    if answer.cut:
        parts.append(_cut(answer.cut))
    return f'<div class="answer">{"".join(parts)}</div>'


def _rewritten(answer: Answer) -> str:
    """Draw how a follow-up was made whole; nothing for a question that stands alone."""
    return f'<p class="note asked-as">Understood as: {isolated(answer.rewritten)}</p>' if answer.rewritten else ""


def _cut(cut: Sequence[Cut]) -> str:
    """Draw, folded, what was drafted and is not part of the answer, and why: crossed out, without any marker.

    What holds a link, an image or markup is not even shown so: a hostile article may have had it written.
    """
    which = "1 drafted sentence is" if len(cut) == 1 else f"{len(cut)} drafted sentences are"
    drawn = "".join(
        f"<li>{f'<s>{isolated(one.text)}</s>: ' if one.rule else ''}{isolated(one.reason)}</li>" for one in cut
    )
    return (
        f'<details class="cut"><summary>{which} left out, as the coverage does not bear this out</summary>'
        f"<ul>{drawn}</ul></details>"
    )


def draw_waiting() -> str:
    """Draw what stands in the answer's place until its first sentence is there."""
    return '<div class="answer waiting" role="status">Searching the coverage…</div>'


def draw_sources(answer: Answer, turn: int, *, shown: bool) -> str:
    """Draw the sources of an answer, or what comes nearest to a refused question; unfolded when ``shown``."""
    if answer.refused:
        drawn = "".join(_near(hit) for hit in nearest_hits(answer))
        body = (
            f'<p class="note">These passages come nearest. They do not answer the question.</p><ul>{drawn}</ul>'
            if drawn
            else '<p class="note">No passage is within these limits.</p>'
        )
        label, kind = "Nearest passages, no answer", "turn refused"
    else:
        body = f"<ol>{''.join(_source(citation, turn) for citation in answer.citations)}</ol>"
        label, kind = "Sources", "turn"
    asked = escaped(answer.rewritten or answer.question)
    # Of details with one name, the browser keeps one open: the sources of one answer at a time.
    return (
        f'<details class="{kind}" id="a{turn}" name="sources"{" open" if shown else ""}>'
        f'<summary><span class="label">{label}</span> <span class="of" dir="auto">{asked}</span>'
        f"</summary>{body}{_to_take_along(answer)}</details>"
    )


def _to_take_along(answer: Answer) -> str:
    """Draw links that save a whole answer as a file; they hold it themselves, so the server has none to give."""
    if "whole" not in answer.timings:
        return ""
    links = " · ".join(
        f'<a download="{name}" href="data:text/{form};charset=utf-8;base64,'
        f'{escaped(b64encode(export(answer, form).encode("utf-8", "replace")).decode())}">{label}</a>'
        for form, name, label in (("markdown", "answer.md", "Markdown"), ("html", "answer.html", "web page"))
    )
    return f'<p class="take">Save with its sources: {links}</p>'


def draw_welcome(articles: int) -> str:
    """Draw the first view, above the example questions."""
    if not articles:
        return (
            '<div class="welcome"><h2>The index holds no articles yet</h2>'
            "<p>Build it from your own; the box beside says how.</p></div>"
        )
    return (
        '<div class="welcome"><h2>What do you want to know?</h2>'
        "<p>Answers are made of sentences from the articles. Each carries a marker: follow it to read the sentence in "
        "its article. When the articles do not answer a question, you are told so.</p></div>"
    )


def draw_coverage(summary: Summary, *, shown: bool) -> str:
    """Draw what the index holds and how to fill it with other articles; unfolded when ``shown``."""
    outlets = "".join(
        f"<li>{isolated(name)} <span>{articles:,}</span></li>" for name, articles in summary.outlets[:_OUTLETS]
    )
    more = len(summary.outlets) - _OUTLETS
    if more > 0:
        rest = sum(articles for _, articles in summary.outlets[_OUTLETS:])
        outlets += f"<li>{more} more outlet{'s' if more > 1 else ''} <span>{rest:,}</span></li>"
    return (
        f'<details class="coverage" name="sources"{" open" if shown else ""}>'
        '<summary><span class="label">What the index holds</span></summary>'
        f"<p>{escaped(what_was_searched(summary))}</p>"
        + (f'<ul class="outlets" aria-label="Articles by outlet">{outlets}</ul>' if outlets else "")
        + "<h3>Ask your own articles</h3>"
        "<p>Build an index of them, in a terminal:</p><pre><code>rag-index build PATH</code></pre>"
        "<p>PATH is a file or a folder of texts, Markdown, JSON or JSONL. The page uses the new index from the next "
        "question on.</p></details>"
    )


def draw_notice(message: str) -> str:
    """Draw a message about what went wrong; ``message`` is a library error's, lower case and without a full stop."""
    return f'<div class="notice" role="alert">{escaped(message[:1].upper() + message[1:])}.</div>'


def nearest_hits(answer: Answer) -> list[Hit]:
    """Return the best passage of each of the articles that came nearest."""
    best: dict[str, Hit] = {}
    for hit in answer.hits:
        best.setdefault(hit.article.id, hit)
    return list(best.values())[:_NEAREST]


def _claim(claim: Claim, turn: int) -> str:
    # Words of an article are set as such; what a generator put in its own words is not.
    quoted = len(claim.citations) == 1 and claim.citations[0].quote == claim.text
    markers = "".join(_marker(citation, turn) for citation in claim.citations)
    origins = dict.fromkeys(origin(citation.article) for citation in claim.citations)
    return (
        f'<div class="claim"><p class="{"said quoted" if quoted else "said"}" dir="auto">'
        f"{escaped(claim.text)} {markers}</p>"
        f'<p class="origin">{"; ".join(isolated(one) for one in origins)}</p></div>'
    )


def _marker(citation: Citation, turn: int) -> str:
    where = escaped(f"Source {citation.marker}: {origin(citation.article)}, paragraph {citation.paragraph}")
    return (
        f'<a class="marker" href="#{source_id(turn, citation.marker)}" title="{where}" aria-label="{where}">'
        f"&#91;{citation.marker}&#93;</a>"
    )


def _refusal(answer: Answer, turn: int) -> str:
    if not answer.searched.articles and not answer.scope:
        return f'<div class="answer refusal">{_rewritten(answer)}<p class="said">The index holds no articles.</p></div>'
    if not answer.searched.articles:
        limits = f"You limited the search to: {isolated(str(answer.scope))}."
        notes = " ".join(filter(None, (limits, left_out(answer.searched), "Widen the limits and ask again.")))
        return (
            f'<div class="answer refusal">{_rewritten(answer)}'
            '<p class="said">No article is within these limits.</p>'
            f'<p class="note">{notes}</p></div>'
        )
    searched = escaped(what_was_searched(answer.searched))
    limits = f" Only this was searched: {isolated(str(answer.scope))}." if answer.scope else ""
    limits += f" {isolated(read)}" if (read := how_it_was_read(answer)) else ""
    limits += f" {isolated(answer.notice)}" if answer.notice else ""
    near = f' <a class="nearest" href="#a{turn}">See the passages that come nearest</a>' if nearest_hits(answer) else ""
    return (
        f'<div class="answer refusal">{_rewritten(answer)}<p class="said">The coverage does not answer this.</p>'
        f'<p class="note">{searched}{limits}{near}</p></div>'
    )


def _source(citation: Citation, turn: int) -> str:
    number = citation.marker
    return (
        f'<li class="source" id="{source_id(turn, number)}" tabindex="-1" aria-label="Source {number}">'
        f'<span class="number" aria-hidden="true">{number}</span>'
        f'{_heading(citation.article, deep_link(citation))}<div class="text">{_excerpt(citation)}</div>'
        f'<a class="back" href="#{source_id(turn, number)}" aria-label="Back to marker {number}">Back to the answer</a>'
        "</li>"
    )


def _near(hit: Hit) -> str:
    paragraphs = "".join(
        _paragraph("beside", escaped(hit.article.paragraph(span.paragraph)[span.start : span.end]))
        for span in hit.passage.spans
    )
    return f'<li class="near">{_heading(hit.article, hit.article.url)}<div class="text">{paragraphs}</div></li>'


def _heading(article: Article, url: str | None) -> str:
    day = article.published
    outlet = isolated(article.outlet or "Unknown outlet")
    published = f'<time datetime="{day}">{day_in_words(day)}</time>' if day else "undated"
    details = [f"By {isolated(', '.join(article.authors))}"] if article.authors else []
    if article.agency:
        details.append(isolated(article.agency))
    if article.updated and article.updated != day:
        details.append(f'updated <time datetime="{article.updated}">{day_in_words(article.updated)}</time>')
    if host := host_of(article.url):
        details.append(isolated(host))
    return (
        f'<p class="origin"><span class="outlet">{outlet}</span> · {published}</p>'
        f'<h3 dir="auto">{link(url, article.title)}</h3>'
        + (f'<p class="byline">{" · ".join(details)}</p>' if details else "")
    )


def _excerpt(citation: Citation) -> str:
    """Draw the cited paragraph with the quote marked, and the paragraphs before and after it."""
    article, number = citation.article, citation.paragraph
    drawn: list[str] = []
    for neighbour in range(max(1, number - 1), min(len(article.paragraphs), number + 1) + 1):
        # A heading above the first paragraph shown says what came before, which is not shown.
        drawn += [
            f'<h4 dir="auto">{escaped(heading.text)}</h4>'
            for heading in article.subheadings
            if heading.before == neighbour and (drawn or neighbour == number)
        ]
        text = article.paragraph(neighbour)
        if neighbour == number:
            drawn.append(_paragraph("cited", _marked(text, citation.start, citation.end)))
        else:
            drawn.append(_paragraph("beside", escaped(text)))
    return "".join(drawn)


def _marked(text: str, start: int, end: int) -> str:
    pieces: Sequence[str] = (text[:start], text[start:end], text[end:])
    before, quote, after = (_spaced(piece) for piece in pieces)
    return f"{before}<mark>{quote}</mark>{after}"


def _spaced(piece: str) -> str:
    # Escaping trims; where a piece meets the next one, its space is what parts two words.
    left = " " if piece[:1].isspace() else ""
    right = " " if piece[-1:].isspace() and piece.strip() else ""
    return f"{left}{escaped(piece)}{right}"


def _paragraph(kind: str, html: str) -> str:
    return f'<p class="{kind}" dir="auto">{html}</p>'
