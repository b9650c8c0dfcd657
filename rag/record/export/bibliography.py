"""Writes the cited articles of an answer for programs that keep literature: CSL-JSON, and BibTeX."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

from rag.answer.answers import Answer
from rag.answer.wording import remarks, why_refused
from rag.articles import Article
from rag.check.citations import Citation
from rag.record.links import deep_link, web_address
from rag.text.display import one_line
from rag.text.words import fold

# Words of bylines that name nobody: "Associated Press", "News Desk".
_NOBODY = frozenset("agency associated bureau desk editorial news newsroom press radio staff team times wire".split())
# A word of a name in Latin letters.
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’-]+(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)?")
# TeX obeys these. Braces count for BibTeX even behind a backslash, so they are written as commands.
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "%#&_$"},
    }
)


def to_csl_json(answer: Answer) -> str:
    """Write a list of items, one for each cited article; ``custom`` has the link to each cited sentence.

    An answer that cites nothing, as a refusal does, gives an empty list: the format has no place for a remark.
    """
    items = []
    for key, citations in _by_key(answer).items():
        article, address = citations[0].article, web_address(citations[0].article.url)
        quoted = [
            {"marker": one.marker, "paragraph": one.paragraph, "quote": one.quote, "link": deep_link(one)}
            for one in citations
        ]
        names = [(name, _given_and_family(article, name)) for name in article.authors]
        item = {
            "id": key,
            "type": "article-newspaper",
            "title": _csl_text(article.title),
            "container-title": _csl_text(article.outlet),
            "author": [
                {"family": parts[1], "given": parts[0]} if parts else {"literal": _csl_text(name)}
                for name, parts in names
            ],
            "issued": _csl_date(article.published),
            "section": _csl_text(article.section),
            "language": _csl_text(article.language),
            "URL": address,
            "accessed": _csl_date(_built_on(answer.snapshot)) if address else None,
            "note": _note(citations),
            "custom": {"article_id": article.id, "article_version": article.version, "citations": quoted},
        }
        items.append({field: value for field, value in item.items() if value})
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def to_bibtex(answer: Answer) -> str:
    """Write an entry for each cited article, under a remark with the question; a refusal is remarks only."""
    remarks = [f"Cited in an answer to: {answer.question}", f"Snapshot {answer.snapshot} of the coverage"]
    if answer.refused:
        remarks = [f"Asked: {answer.question}", why_refused(answer.searched, answer.scope, answer.reason)]
    # Between entries BibTeX reads nothing but an @.
    text = "".join(f"% {one_line(remark).replace('@', '(at)')}\n" for remark in remarks)
    for key, citations in _by_key(answer).items():
        article, address = citations[0].article, web_address(citations[0].article.url)
        names = [(name, _given_and_family(article, name)) for name in article.authors]
        fields = {
            "title": f"{{{_tex(article.title)}}}",  # the second braces keep its capitals
            "author": " and ".join(
                f"{parts[1]}, {parts[0]}" if parts else f"{{{_tex(name)}}}" for name, parts in names
            ),
            "journal": _tex(article.outlet or ""),
            "date": article.published,
            "year": article.published and article.published.year,
            "url": address,
            "urldate": _built_on(answer.snapshot) if address else None,
            "note": _tex(_note(citations)),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        text += f"\n@{'article' if article.outlet else 'online'}{{{key},\n{lines}}}\n"
    return text


def _by_key(answer: Answer) -> Mapping[str, Sequence[Citation]]:
    """The citations of each article, by a key that is the same in every export, so that lists can be joined."""
    by_key: dict[str, list[Citation]] = {}
    for one in answer.citations:
        article = one.article
        outlet = re.sub(r"[^a-z0-9]", "", fold(article.outlet or "").removeprefix("the "))[:24] or "article"
        key = f"{outlet}{article.published.year if article.published else ''}-{article.id[:8]}"
        if key in by_key and by_key[key][0].article != article:  # another version of it
            key += f"-{article.version}"
        by_key.setdefault(key, []).append(one)
    return by_key


def _note(citations: Sequence[Citation]) -> str:
    cited = [f"[{one.marker}] cites paragraph {one.paragraph}" for one in citations]
    return "; ".join([*remarks(citations[0].article), *cited])


def _csl_text(text: str | None) -> str:
    # `<i>` and its like set type, and nothing escapes them.
    return re.sub(r"<(?=[A-Za-z/!])", "‹", one_line(text or ""))


def _csl_date(day: date | None) -> dict[str, object] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None


def _given_and_family(article: Article, name: str) -> list[str]:
    """Both words of a name that is surely a person's; nothing for any other, which is better kept whole."""
    words = name.split()
    certain = len(words) == 2 and all(_NAME.fullmatch(word) and word.casefold() not in _NOBODY for word in words)
    return words if certain and name not in (article.outlet, article.agency) else []


def _tex(text: str) -> str:
    return one_line(text).translate(_TEX)


def _built_on(snapshot: str) -> date | None:
    """The day on which a snapshot was built, from its id: the last on which its articles can have been read."""
    try:
        return date.fromisoformat(snapshot[:8])
    except ValueError:
        return None
