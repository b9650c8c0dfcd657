"""Inputs that people reported, each of which stands for its kind; they lie beside the repository."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.articles import Article, Subheading

# Looked for from here, and by no absolute path: only the repository's own folder is known.
FAULTS = Path(__file__).resolve().parents[1].parent / "shared" / "faults"
pytestmark = pytest.mark.skipif(not FAULTS.is_dir(), reason="the reported inputs (../shared/faults) are not here")
TODAY = date(2026, 11, 1)
DAY = date(2025, 3, 4)
CLOSED, REPAIRS = "The tram company of Quarrendon closed", "Repairs will take eleven weeks"


def read(folder: str) -> list[SourceItem]:
    """What comes of the one input in a folder, but for its README and files of other formats."""
    [path] = FAULTS.glob(f"{folder}*/*.json")
    return list(read_files(find_files([path]), today=TODAY))


def articles(folder: str) -> list[Article]:
    found = read(folder)
    assert [one.reason for one in found if one.reason] == []
    return [one.article for one in found if one.article]


def begins(article: Article, *openings: str) -> bool:
    pairs = zip(article.paragraphs, openings, strict=True)
    return all(paragraph.startswith(opening) and paragraph[-1] == "." for paragraph, opening in pairs)


@pytest.mark.parametrize(("folder", "count"), [("01", 5), ("04", 3), ("12", 2), ("49", 2)])
def test_no_article_is_lost(folder: str, count: int) -> None:
    assert len(articles(folder)) == count


@pytest.mark.parametrize(
    ("folder", "authors", "outlet", "is_whole"),
    [
        ("06", ("Ines Corvath",), "Post", True),
        ("07", ("Ines Corvath", "Rolf Tamsin"), "Quarrendon Post", False),
        ("08", (), "Post", True),
        ("11", (), None, True),
        ("13", ("Ines Corvath",), None, True),
        ("40", ("Ines Corvath",), None, True),
    ],
)
def test_one_article(folder: str, authors: tuple[str, ...], outlet: str | None, is_whole: bool) -> None:
    [article] = articles(folder)
    assert (article.title, article.published, article.authors) == ("River depot closed", DAY, authors)
    assert article.outlet == outlet
    assert begins(article, CLOSED, *([REPAIRS] if is_whole else []))
    assert article.labels == (() if is_whole else ("excerpt",))


def test_columns_have_days_and_outlets() -> None:
    found = [(article.published, article.outlet) for article in articles("12")]
    assert found == [(DAY, "Quarrendon Post"), (date(2025, 3, 5), "Lindmoor Gull")]


@pytest.mark.parametrize(
    ("folder", "notice", "openings"),
    [
        ("20", "text is only the beginning, as its source marked it: '... [5577 chars]'", (CLOSED,)),
        ("21", "field 'content' holds 'ONLY AVAILABLE IN PAID PLANS'", (CLOSED,)),
        (
            "22",
            "text is only the beginning, as its source marked it: '… [+972 chars]'",
            ("A tram left", "Doctors from"),
        ),
    ],
)
def test_a_part_is_told_and_never_quoted_broken(folder: str, notice: str, openings: tuple[str, ...]) -> None:
    [found] = read(folder)
    assert found.article is not None
    assert begins(found.article, *openings)
    assert found.article.labels == ("excerpt",)
    assert found.notices[0].startswith(notice)


def test_summaries_are_read_and_told() -> None:
    found = read("26")
    assert [one.article.labels for one in found if one.article and begins(one.article, CLOSED)] == [("excerpt",)] * 4
    fields = [one.notices[0].rpartition("field ")[2] for one in found]
    assert fields == ["'description'", "'short_description'", "'summary'", "'abstract'"]
    assert [one.link for one in found] == [f"https://post.example/{number}" for number in (1, 2, 3, 4)]


def test_every_name_of_a_date_is_read() -> None:
    assert [article.published for article in articles("31")] == [DAY] * 10


@pytest.mark.parametrize(
    ("folder", "openings"),
    [("36", ("Chair says", CLOSED)), ("38", (CLOSED, REPAIRS, "Trams to Lindmoor")), ("39", (CLOSED, REPAIRS))],
)
def test_paragraphs(folder: str, openings: tuple[str, ...]) -> None:
    [article] = articles(folder)
    assert [one.startswith(opening) for one, opening in zip(article.paragraphs, openings, strict=True)]
    assert not any(mark in paragraph for paragraph in article.paragraphs for mark in ("\\n", "<", "&lt;", "\\r"))


def test_subheadings_of_markdown() -> None:
    assert articles("40")[0].subheadings == (Subheading("The cost", before=2),)
