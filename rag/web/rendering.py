"""Renders answers, refusals and their sources as HTML; pure functions from values to text."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from markupsafe import Markup

from rag.answer.answers import Answer, Claim
from rag.answer.understood import Understood, understood
from rag.answer.wording import (
    days_in_words,
    not_answered,
    other_carriers,
    rests_on,
    skipped_articles,
    why_unread,
)
from rag.articles import Article, Span, day_in_words
from rag.check.citations import Citation
from rag.query.question_kind import QuestionKind
from rag.record.keeping import NEAREST
from rag.record.links import deep_link
from rag.search.hits import Hit
from rag.store.manifest import created_at
from rag.store.scope import Scope
from rag.text.words import counted
from rag.web.desk import Given
from rag.web.plots import timeline_plot
from rag.web.requests import AskRequest
from rag.web.templating import render

_STORIES = (QuestionKind.OVERVIEW, QuestionKind.LATEST, QuestionKind.TIMELINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text that are set alike."""

    text: str
    kind: str = ""
    """``answer``, ``ours``, or for a cited sentence its marker."""


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph of an article beside an answer."""

    number: int
    pieces: tuple[Piece, ...]
    headings: tuple[str, ...] = ()
    cited: bool = False
    after_gap: bool = False
    """Whether paragraphs before it are left out."""


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """An article beside an answer, once, with all that is cited of it."""

    article: Article
    citations: tuple[Citation, ...]
    paragraphs: tuple[ShownParagraph, ...]
    link: str | None
    also_in: tuple[str, ...] = ()
    """Other outlets that carry the same text."""

    @property
    def cited(self) -> str:
        """The cited characters, as the address of the whole article names them: "3.0-57,4.10-20"."""
        return ",".join(f"{one.paragraph}.{one.start}-{one.end}" for one in self.citations)


def render_turn(given: Given, turn: str, root: str = "", again: str = "") -> str:
    """Render a question and its answer, complete or still growing, or the refusal; ``turn`` is its id on the page.

    ``again`` is an address that asks the question anew, for an answer that was kept.
    """
    answer = given.answer
    return render(
        "turn.html",
        given=given,
        answer=answer,
        turn=turn,
        root=root,
        pieces=_pieces,
        groups=_grouped(answer.claims),
        chips=_chips(answer, root),
        again=again,
        notes=[text for text in (skipped_articles(answer.searched), answer.notice) if text],
        basis=rests_on(answer.citations, answer.hits),
        searched=_searched(answer),
        unanswered=not_answered(answer.unanswered),
        why_unread=why_unread(answer.parsed) if answer.parsed else "",
        plot=_plot(answer, turn) if given.whole else "",
        plain=Markup(html.escape(answer.text)),  # noqa: S704 - its lines stay
    )


def render_sources(given: Given, turn: str, root: str = "") -> str:
    """Render the sources of an answer, or the passages that come nearest to a refused question; "" for help."""
    answer = given.answer
    if answer.help:
        return ""
    shown = _nearest(answer) if answer.refused else [*sources(answer)]
    return render("sources.html", answer=answer, turn=turn, root=root, sources=shown)


def render_notice(message: str) -> str:
    """Render a message about what went wrong: a library error's, lower case and without a full stop."""
    return render("notice.html", message=message[:1].upper() + message[1:] + ".")


def _plot(answer: Answer, turn: str) -> str:
    """The story's articles by day and outlet, where the answer tells a story of several; each leads to its source."""
    articles = [one.article for one in sources(answer)]
    if answer.kind not in _STORIES or len(articles) < 2:
        return ""
    places = {one.id: f"#{turn}-s{number}" for number, one in enumerate(articles, start=1)}
    return Markup(timeline_plot(articles, lambda one: places[one.id]))  # noqa: S704 - escaped there


def _chips(answer: Answer, root: str) -> list[tuple[Understood, str]]:
    """What was understood, each with the address that asks without it."""
    return [
        (one, AskRequest.again(answer, one.otherwise).address(root) if one.otherwise else "")
        for one in understood(answer)
        if one.kind != "limit"  # they stand where they are set, and in what was searched
    ]


def _grouped(claims: Sequence[Claim]) -> list[tuple[list[Claim], list[Article]]]:
    """Claims one after the other that cite the same articles, so that where they come from is said once."""

    def articles(claim: Claim) -> list[Article]:
        return list({one.article.id: one.article for one in claim.citations}.values())

    return [(list(group), cited) for cited, group in groupby(claims, articles)]


def _pieces(claim: Claim, *, answers: bool = True) -> list[Piece]:
    """The text of a claim: what answers is set off, and what is ours, in brackets, is set apart from the quotation."""
    start, end = claim.answer_span if answers and claim.answer_span else (0, 0)
    edges = sorted({0, len(claim.text), start, end, *(place for span in claim.insertions for place in span)})
    found = []
    for first, last in pairwise(edges):
        ours = any(begin <= first < stop for begin, stop in claim.insertions)
        found.append(Piece(claim.text[first:last], "ours" if ours else "answer" if start <= first < end else ""))
    return found


def _searched(answer: Answer) -> str:
    """What was searched, up to which day, and when it was indexed."""
    searched = answer.searched
    text = f"Searched {counted(searched.articles, 'article')} of {counted(len(searched.outlets), 'outlet')}"
    text += f" ({_limits(answer.scope)})" if answer.scope else ""
    text += f"; the newest is of {day_in_words(searched.newest)}" if searched.newest else ""
    built = built_on(answer.snapshot)
    return f"{text}; indexed {built}." if built else f"{text}."


def _limits(scope: Scope) -> str:
    """The limits of a search in words."""
    first, last = scope.published_from, scope.published_to
    days = days_in_words(first, last) if first or last else ""
    return ", ".join(filter(None, (str(replace(scope, published_from=None, published_to=None)), days)))


def built_on(snapshot: str) -> str:
    """When the index was built, in words; "" where its id does not say."""
    try:
        built = created_at(snapshot)
    except ValueError:
        return ""
    return f"{day_in_words(built.date())}, {built:%H:%M} UTC"


def sources(answer: Answer) -> Iterator[SourceArticle]:
    """The articles that an answer cites, in the order of their first markers."""
    by_article: dict[tuple[str, str], list[Citation]] = {}
    for one in answer.citations:
        by_article.setdefault((one.article.id, one.article.version), []).append(one)
    for citations in by_article.values():
        article = citations[0].article
        hits = [hit for hit in answer.hits if hit.article.id == article.id]
        yield SourceArticle(
            article,
            tuple(citations),
            tuple(shown_paragraphs(article, citations, around=1)),
            deep_link(citations[0]),
            tuple(dict.fromkeys(name for hit in hits for name in other_carriers(hit))),
        )


def shown_paragraphs(article: Article, citations: Sequence[Citation], around: int) -> Iterator[ShownParagraph]:
    """The cited paragraphs of an article, with so many before and after each."""
    wanted = {
        number
        for one in citations
        for number in range(max(1, one.paragraph - around), min(len(article.paragraphs), one.paragraph + around) + 1)
    }
    last = 0
    for number in sorted(wanted):
        here = sorted((one.start, one.end, str(one.marker)) for one in citations if one.paragraph == number)
        # A subheading above the first paragraph shown belongs to the text before it, too, which is not shown.
        headings = [one.text for one in article.subheadings if one.before == number and (number == last + 1 or here)]
        pieces = tuple(_marked(article.paragraph(number), here))
        yield ShownParagraph(number, pieces, tuple(headings), bool(here), number > last + 1 and last > 0)
        last = number


def whole_paragraph(article: Article, number: int, cited: Sequence[Span]) -> ShownParagraph:
    """A paragraph of an article that is shown whole; what is cited may reach beyond it."""
    text = article.paragraph(number)
    spans = sorted((one.start, min(one.end, len(text)), "cited") for one in cited if one.paragraph == number)
    headings = tuple(one.text for one in article.subheadings if one.before == number)
    return ShownParagraph(number, tuple(_marked(text, spans)), headings, bool(spans))


def _marked(text: str, spans: Sequence[tuple[int, int, str]]) -> Iterator[Piece]:
    """Cut a text where something is marked; of two that overlap, the second is marked from where the first ends."""
    behind = 0
    for start, end, kind in spans:
        yield Piece(text[behind : max(start, behind)])
        behind = max(start, behind)
        yield Piece(text[behind : max(end, behind)], kind)
        behind = max(end, behind)
    yield Piece(text[behind:])


def _nearest(answer: Answer) -> list[SourceArticle]:
    """The best passage of each of the articles that come nearest, those first that the refusal quotes."""
    best = {hit.article.id: hit for hit in reversed(answer.hits)}
    quoted = {citation.article.id for claim in answer.nearest for citation in claim.citations}
    return [*map(_near, sorted(best.values(), key=lambda hit: (hit.article.id not in quoted, hit.rank))[:NEAREST])]


def _near(hit: Hit) -> SourceArticle:
    texts = [
        ShownParagraph(span.paragraph, (Piece(hit.article.paragraph(span.paragraph)[span.start : span.end]),))
        for span in hit.passage.spans
    ]
    return SourceArticle(hit.article, (), tuple(texts), hit.article.url, tuple(other_carriers(hit)))
