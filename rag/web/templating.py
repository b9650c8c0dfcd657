"""Renders the page's templates; whatever is put into one is escaped, but for HTML that was made here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rag.answer.wording import origin, remarks
from rag.articles import Article, day_in_words
from rag.record.links import deep_link, host_of
from rag.text.display import one_line
from rag.text.languages import codes_by_name
from rag.web.escaping import isolated, link

_TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, **values: object) -> str:
    """Render a template; a value that is ``Markup`` is HTML, every other is text."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _on_one_line(value) if type(value) is str else value,
    )
    environment.globals |= {
        "origin": origin,
        "remarks": remarks,
        "day_in_words": day_in_words,
        "host_of": host_of,
        "deep_link": deep_link,
    }
    made_here = {"isolated": isolated, "link": link, "lang": _language}
    environment.filters |= {name: lambda *given, make=make: Markup(make(*given)) for name, make in made_here.items()}  # noqa: S704
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    return environment


def _language(article: Article) -> str:
    """An attribute that says in which language an article is, where it names one (WCAG 3.1.2)."""
    return f' lang="{article.language}"' if article.language in codes_by_name().values() else ""


def _on_one_line(text: str) -> str:
    # Where a piece of a text meets the next one, its space is what parts two words.
    return f"{' ' if text[:1].isspace() else ''}{one_line(text)}{' ' if text.strip() and text[-1].isspace() else ''}"
