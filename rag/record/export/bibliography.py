"""Writes the cited articles of an answer for programs that keep literature: CSL-JSON, and BibTeX."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rag.answer.answers import Answer, why_refused
from rag.articles import Article
from rag.check.citations import Citation
from rag.record.links import deep_link, web_address
from rag.text.display import one_line
from rag.text.words import fold

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# Words of bylines that name nobody: "Associated Press", "News Desk".
_NOBODY = frozenset(
    """agency agencies associated board bureau correspondent correspondents desk editor editorial editors news newsroom
    office press radio reporter reporters reuters service staff team the times tv wire writer writers""".split()
)
# Two words in Latin letters; more, or others, may have their family name anywhere.
_NAME = re.compile(r"([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’-]+(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)?)")
# TeX obeys these. Braces count for BibTeX even behind a backslash, so they are written as commands.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "%#&_$"},
}
# In CSL-JSON, `<i>` and its like set type, and nothing escapes them.
_TAG = re.compile(r"<(?=[A-Za-z/!])")


@dataclass(frozen=True, slots=True)
class _Entry:
    """An article that is cited, once however often."""

    key: str
    article: Article
    citations: tuple[Citation, ...]

    @property
    def note(self) -> str:
        """Which markers of the answer cite which of its paragraphs."""
        return "; ".join(f"[{one.marker}] cites paragraph {one.paragraph}" for one in self.citations)


def to_csl_json(answer: Answer) -> str:
    """Write a list of items, one for each cited article; ``custom`` has the link to each cited sentence.

    An answer that cites nothing, as a refusal does, gives an empty list: the format has no place for a remark.
    """
    day = _day_of(answer.snapshot)
    items = [_csl_item(entry, day) for entry in _entries(answer.citations)]
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def to_bibtex(answer: Answer) -> str:
    """Write an entry for each cited article, under a remark with the question; a refusal is remarks only."""
    said = [f"Cited in an answer to: {answer.question}", f"Snapshot {answer.snapshot} of the coverage"]
    if answer.refused:
        said = [f"Asked: {answer.question}", why_refused(answer)]
    # Between entries BibTeX reads nothing but an @.
    remarks = "".join(f"% {one_line(one).replace('@', '(at)')}\n" for one in said)
    day = _day_of(answer.snapshot)
    return "\n".join([remarks, *(_bibtex_entry(entry, day) for entry in _entries(answer.citations))])


def _entries(citations: Iterable[Citation]) -> list[_Entry]:
    by_article: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        by_article.setdefault((citation.article.id, citation.article.version), []).append(citation)
    entries, taken = [], set[str]()
    for (id_, version), cited in by_article.items():
        article = cited[0].article
        # The same key in every export of the article, so that lists can be joined.
        outlet = re.sub(r"[^a-z0-9]", "", fold(article.outlet or "").removeprefix("the "))[:24] or "article"
        key = f"{outlet}{article.published.year if article.published else ''}-{id_[:8]}"
        if key in taken:
            key = f"{key}-{id_[8:]}-{version}"
        taken.add(key)
        entries.append(_Entry(key, article, tuple(cited)))
    return entries


def _csl_item(entry: _Entry, accessed: date | None) -> dict[str, object]:
    article = entry.article
    item: dict[str, object] = {"id": entry.key, "type": "article-newspaper", "title": _csl_text(article.title)}
    if article.outlet:
        item["container-title"] = _csl_text(article.outlet)
    if article.authors:
        item["author"] = [_csl_name(article, name) for name in article.authors]
    if article.published:
        item["issued"] = _csl_date(article.published)
    if article.section:
        item["section"] = _csl_text(article.section)
    if article.language:
        item["language"] = _csl_text(article.language)
    if address := web_address(article.url):
        item["URL"] = address
        if accessed:
            item["accessed"] = _csl_date(accessed)
    item["note"] = entry.note
    item["custom"] = {
        "article_id": article.id,
        "article_version": article.version,
        "citations": [
            {"marker": one.marker, "paragraph": one.paragraph, "quote": one.quote, "link": deep_link(one)}
            for one in entry.citations
        ],
    }
    return item


def _csl_text(text: str) -> str:
    return _TAG.sub("‹", one_line(text))


def _csl_name(article: Article, name: str) -> dict[str, str]:
    if parts := _given_and_family(article, name):
        return {"family": parts[1], "given": parts[0]}
    return {"literal": _csl_text(name)}


def _csl_date(day: date) -> dict[str, object]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _bibtex_entry(entry: _Entry, accessed: date | None) -> str:
    article = entry.article
    # The second braces keep the title's capitals.
    fields = {"title": f"{{{_tex(article.title)}}}"}
    if article.authors:
        fields["author"] = " and ".join(_bibtex_name(article, name) for name in article.authors)
    if article.outlet:
        fields["journal"] = _tex(article.outlet)
    if day := article.published:
        fields |= {"date": day.isoformat(), "year": str(day.year)}
    if address := web_address(article.url):
        fields["url"] = address
        if accessed:
            fields["urldate"] = accessed.isoformat()
    fields["note"] = _tex(entry.note)
    written = [f"  {name} = {{{value}}},\n" for name, value in fields.items()]
    if article.published:
        written.append(f"  month = {_MONTHS[article.published.month - 1]},\n")
    return f"@{'article' if article.outlet else 'online'}{{{entry.key},\n{''.join(written)}}}\n"


def _bibtex_name(article: Article, name: str) -> str:
    if parts := _given_and_family(article, name):
        return f"{parts[1]}, {parts[0]}"
    return f"{{{_tex(name)}}}"


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in one_line(text))


def _given_and_family(article: Article, name: str) -> tuple[str, str] | None:
    """The two parts of a person's name where they are sure to be so; None where it is better kept whole."""
    words = name.split()
    if len(words) != 2 or not all(_NAME.fullmatch(word) for word in words):
        return None
    if name in (article.outlet, article.agency) or any(word.casefold() in _NOBODY for word in words):
        return None
    return words[0], words[1]


def _day_of(snapshot: str) -> date | None:
    """The day on which a snapshot was built, from its id: the last on which its articles can have been read."""
    try:
        return date.fromisoformat(f"{snapshot[:4]}-{snapshot[4:6]}-{snapshot[6:8]}")
    except ValueError:
        return None
