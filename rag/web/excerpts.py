"""Renders what is shown of an article wherever one is: its heading, and a cited paragraph between its neighbours."""

from __future__ import annotations

from rag.answer.wording import remarks
from rag.articles import Article, day_in_words
from rag.check.citations import Citation
from rag.record.links import host_of
from rag.web.escaping import escaped, isolated, link


def heading(article: Article, url: str | None, level: int = 3) -> str:
    """Render where an article appeared, its title as a heading that leads to ``url``, and who wrote it."""
    return f'{provenance(article)}<h{level} dir="auto">{link(url, article.title)}</h{level}>{byline(article)}'


def provenance(article: Article) -> str:
    """Render an article's outlet and day, and what is to be known of it."""
    day = article.published
    published = f'<time datetime="{day}">{day_in_words(day)}</time>' if day else "undated"
    known = "".join(f' · <span class="remark">{escaped(one)}</span>' for one in remarks(article))
    outlet = isolated(article.outlet or "Unknown outlet")
    return f'<p class="origin"><span class="outlet">{outlet}</span> · {published}{known}</p>'


def byline(article: Article) -> str:
    """Render an article's authors, its agency and the host of its page; "" where nobody is named."""
    authors = f"By {isolated(', '.join(article.authors))}" if article.authors else ""
    named = filter(None, (authors, isolated(article.agency or ""), isolated(host_of(article.url) or "")))
    said = " · ".join(named)
    return f'<p class="byline">{said}</p>' if said else ""


def excerpt(citation: Citation) -> str:
    """Render the cited paragraph with the quote marked, and the paragraphs before and after it."""
    article, cited = citation.article, citation.paragraph
    rendered: list[str] = []
    for number in range(max(1, cited - 1), min(len(article.paragraphs), cited + 1) + 1):
        # A subheading above the first paragraph shown belongs to the text before it, too, which is not shown.
        if rendered or number == cited:
            headings = [one.text for one in article.subheadings if one.before == number]
            rendered += [f'<h4 dir="auto">{escaped(text)}</h4>' for text in headings]
        text = article.paragraph(number)
        if number == cited:
            pieces = text[: citation.start], text[citation.start : citation.end], text[citation.end :]
            before, quote, after = map(spaced, pieces)
            rendered.append(f'<p class="cited" dir="auto">{before}<mark>{quote}</mark>{after}</p>')
        else:
            rendered.append(f'<p class="neighbour" dir="auto">{escaped(text)}</p>')
    return "".join(rendered)


def spaced(piece: str) -> str:
    """Escape a piece of a text, and keep the space at its ends that parts its words from the next piece's."""
    left = " " if piece[:1].isspace() else ""
    right = " " if piece[-1:].isspace() and piece.strip() else ""
    return f"{left}{escaped(piece)}{right}"
