"""Renders questions, answers, their sources and refusals as HTML; pure functions from values to text.

Each text is one line: gradio reads it as Markdown, which leaves a line that begins with a block's tag alone.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from itertools import pairwise

from rag.answer.answers import Answer, Claim, Cut
from rag.answer.wording import (
    how_it_was_read,
    not_answered,
    origin,
    rests_on,
    searched_instead,
    skipped_articles,
    what_was_searched,
)
from rag.check.citations import Citation
from rag.record.export.formats import export
from rag.record.links import deep_link
from rag.search.hits import Hit
from rag.store.protocol import Summary
from rag.web.escaping import escaped, isolated
from rag.web.excerpts import excerpt, heading, spaced

# Articles that are shown where a question is refused, and outlets that are listed by name.
_NEAREST, _OUTLETS = 3, 12
MASTHEAD = (
    '<div class="masthead"><h1>news-rag</h1> <p>Answers from news coverage, sentence by sentence, each with its '
    "source</p></div>"
)
WAITING = '<div class="answer waiting" role="status">Searching the coverage…</div>'
"""What stands in an answer's place until its first sentence is there."""


def render_welcome(articles: int) -> str:
    """Render the first view, above the example questions, over an index of so many articles."""
    if not articles:
        return (
            '<div class="welcome"><h2>The index holds no articles yet</h2>'
            "<p>Build it from your own: see “What the index holds”.</p></div>"
        )
    return (
        '<div class="welcome"><h2>What do you want to know?</h2>'
        "<p>Answers are made of sentences from the articles. Each carries a marker: follow it to read the sentence in "
        "its article. When the articles do not answer a question, you are told so.</p></div>"
    )


def render_question(question: str) -> str:
    """Render the question as the person typed it."""
    return f'<div class="asked" dir="auto">{escaped(question)}</div>'


def render_notice(message: str) -> str:
    """Render a message about what went wrong: a library error's, lower case and without a full stop."""
    return f'<div class="notice" role="alert">{escaped(message[:1].upper() + message[1:])}.</div>'


def render_answer(answer: Answer, turn: int) -> str:
    """Render an answer, complete or still growing, or the refusal, as number ``turn`` of the conversation.

    How the question was read stands before the answer: whoever reads on knows then what was searched.
    """
    if answer.help:
        return f'<div class="answer">{"".join(f"<p>{escaped(line)}</p>" for line in answer.help.splitlines())}</div>'
    rewritten = f"Rewritten as: {isolated(answer.rewritten)}" if answer.rewritten else ""
    searched = f"Only this was searched: {isolated(str(answer.scope))}." if answer.scope else ""
    read = [rewritten, isolated(searched_instead(answer.corrections)), searched]
    read.append(isolated(how_it_was_read(answer.parsed, answer.relaxed)))
    above = f'<p class="note above">{" ".join(filter(None, read))}</p>' if any(read) else ""
    skipped, notice = isolated(skipped_articles(answer.searched)), isolated(answer.notice)
    if answer.refused:
        return f'<div class="answer refusal">{above}{_refusal(answer, turn)}{_note([skipped, notice])}</div>'
    parts = [above]
    parts += [_claim(claim, turn, first=not number) for number, claim in enumerate(answer.claims)]
    if answer.claims:
        parts.append(f'<p class="basis">{escaped(rests_on(answer.citations, answer.hits))}</p>')
    if answer.unanswered:
        parts.append(f'<p class="unanswered">{isolated(not_answered(answer.unanswered))}</p>')
    parts += [_note([skipped, notice]), _cut(answer.cut)]
    return f'<div class="answer">{"".join(parts)}</div>'


def _refusal(answer: Answer, turn: int) -> str:
    """Render that the coverage does not say, why, and what comes nearest: never in the form of an answer."""
    if not answer.searched.articles:
        said = "No article is within these limits." if answer.scope else "The index holds no articles."
        return f'<p class="said">{said}</p>{_note(["Widen the limits and ask again."] if answer.scope else [])}'
    why = [isolated(answer.reason), isolated(what_was_searched(answer.searched))]
    said = f'<p class="said">The coverage does not say.</p>{_note(why)}'
    if not answer.nearest:
        return said
    near = "".join(
        f'<li dir="auto"><span class="origin">{isolated(origin(article))}, “{isolated(article.title)}”</span> '
        f"{_shown(one, answers=False)}</li>"
        for one in answer.nearest
        for article in [one.citations[0].article]
    )
    more = f'<a class="nearest" href="#a{turn}">See them in their articles</a>' if answer.hits else ""
    return f'{said}<div class="near-misses"><p class="note">Nearest, and no answer:</p><ul>{near}</ul>{more}</div>'


def _note(sentences: Sequence[str]) -> str:
    said = " ".join(filter(None, sentences))
    return f'<p class="note">{said}</p>' if said else ""


def _claim(claim: Claim, turn: int, *, first: bool) -> str:
    # Words of an article are set as such; what a generator put in its own words is not.
    classes = ["said", *(["quoted"] if claim.verbatim else []), *(["first"] if first else [])]
    markers = ""
    for citation in claim.citations:
        number = citation.marker
        where = escaped(f"Source {number}: {origin(citation.article)}, paragraph {citation.paragraph}")
        place = f'href="#a{turn}-c{number}" title="{where}" aria-label="{where}"'
        markers += f'<a class="marker" {place}>&#91;{number}&#93;</a>'
    origins = dict.fromkeys(origin(citation.article) for citation in claim.citations)
    return (
        f'<div class="claim"><p class="{" ".join(classes)}" dir="auto">{_shown(claim)} {markers}</p>'
        f'<p class="origin">{"; ".join(map(isolated, origins))}</p></div>'
    )


def _shown(claim: Claim, *, answers: bool = True) -> str:
    """The text of a claim: what answers is set off, and what is ours, in brackets, is set apart from the quotation."""
    start, end = claim.answer_span if answers and claim.answer_span else (0, 0)
    ours = [place for span in claim.insertions for place in span]
    edges = sorted({0, len(claim.text), start, end, *ours})
    shown = ""
    for first, last in pairwise(edges):
        piece = spaced(claim.text[first:last])
        if any(begin <= first < stop for begin, stop in claim.insertions):
            piece = f'<span class="ours">{piece}</span>'
        elif start <= first < end:
            piece = f"<strong>{piece}</strong>"
        shown += piece
    return shown


def _cut(cut: Sequence[Cut]) -> str:
    """Render, folded, what was drafted and is not part of the answer, and why: crossed out, without any marker.

    What holds a link, an image or markup is not even shown so: a hostile article may have had it written.
    """
    if not cut:
        return ""
    which = "1 drafted sentence is" if len(cut) == 1 else f"{len(cut)} drafted sentences are"
    items = "".join(
        f"<li>{f'<s>{isolated(one.text)}</s>: ' if one.rule else ''}{isolated(one.reason)}</li>" for one in cut
    )
    return (
        f'<details class="cut"><summary>{which} left out, as the coverage does not bear this out</summary>'
        f"<ul>{items}</ul></details>"
    )


def unfolded(details: str) -> str:
    """Unfold what ``render_sources`` or ``render_coverage`` rendered folded."""
    return details.replace("<details ", "<details open ", 1)


def render_sources(answer: Answer, turn: int) -> str:
    """Render, folded, the sources of an answer, or the passages that come nearest to a refused question."""
    if not answer.refused:
        label, kind = "Sources", "turn"
        body = f"<ol>{''.join(_source(citation, turn) for citation in answer.citations)}</ol>"
    else:
        label, kind = "Nearest passages, no answer", "turn refused"
        body = '<p class="note">No passage is within these limits.</p>'
        best = {hit.article.id: hit for hit in reversed(answer.hits)}  # the best passage of each article
        quoted = {citation.article.id for claim in answer.nearest for citation in claim.citations}
        nearest = sorted(best.values(), key=lambda hit: (hit.article.id not in quoted, hit.rank))[:_NEAREST]
        if near := "".join(map(_near, nearest)):
            body = f'<p class="note">These passages come nearest. They do not answer the question.</p><ul>{near}</ul>'
    if "whole" in answer.timings:
        # The links contain the files, so the server stores none.
        links = " · ".join(
            f'<a download="{name}" href="data:text/{form};charset=utf-8;base64,'
            f'{escaped(b64encode(export(answer, form).encode("utf-8", "replace")).decode())}">{label}</a>'
            for form, name, label in (("markdown", "answer.md", "Markdown"), ("html", "answer.html", "web page"))
        )
        body += f'<p class="save">Save with its sources: {links}</p>'
    # Of details with one name, the browser keeps one open: the sources of one answer at a time.
    return (
        f'<details class="{kind}" id="a{turn}" name="sources"><summary><span class="label">{label}</span> '
        f'<span class="of" dir="auto">{escaped(answer.rewritten or answer.question)}</span></summary>'
        f"{body}</details>"
    )


def _source(citation: Citation, turn: int) -> str:
    number, place = citation.marker, f"a{turn}-c{citation.marker}"
    return (
        f'<li class="source" id="{place}" tabindex="-1" aria-label="Source {number}">'
        f'<span class="number" aria-hidden="true">{number}</span>'
        f'{heading(citation.article, deep_link(citation))}<div class="text">{excerpt(citation)}</div>'
        f'<a class="back" href="#{place}" aria-label="Back to marker {number}">Back to the answer</a></li>'
    )


def _near(hit: Hit) -> str:
    texts = [hit.article.paragraph(span.paragraph)[span.start : span.end] for span in hit.passage.spans]
    paragraphs = "".join(f'<p class="neighbour" dir="auto">{escaped(text)}</p>' for text in texts)
    return f'<li class="near">{heading(hit.article, hit.article.url)}<div class="text">{paragraphs}</div></li>'


def render_coverage(summary: Summary) -> str:
    """Render, folded, what the index holds and how to fill it with other articles."""
    listed = [(isolated(name), articles) for name, articles in summary.outlets[:_OUTLETS]]
    if others := summary.outlets[_OUTLETS:]:
        more = f"{len(others)} more outlet{'s' if len(others) > 1 else ''}"
        listed.append((more, sum(articles for _, articles in others)))
    outlets = "".join(f"<li>{name} <span>{articles:,}</span></li>" for name, articles in listed)
    return (
        '<details class="coverage" name="sources"><summary><span class="label">What the index holds</span></summary>'
        f"<p>{escaped(what_was_searched(summary))}</p>"
        + (f'<ul class="outlets" aria-label="Articles by outlet">{outlets}</ul>' if outlets else "")
        + "<h3>Ask your own articles</h3>"
        "<p>Build an index of them, in a terminal:</p><pre><code>rag-index build PATH</code></pre>"
        "<p>PATH is a file or a folder of articles: <code>rag-index sources</code> lists the kinds. The page uses the "
        "new index from the next "
        "question on.</p></details>"
    )
