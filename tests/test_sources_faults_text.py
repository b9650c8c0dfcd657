"""The faults of ../shared/faults that concern whole texts and the facts in them: articles with their values."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.articles import Article
from rag.text.sentences import sentence_spans

TODAY = date(2026, 11, 1)
FAULTS = Path(__file__).resolve().parents[1].parent / "shared" / "faults"
pytestmark = pytest.mark.skipif(not FAULTS.is_dir(), reason="the faults (../shared/faults) are not here")
DEPOT = (
    "The tram company of Quarrendon closed its river depot on Tuesday after inspectors found cracks in four roof beams."
)
REPAIRS = "Repairs will take eleven weeks and cost 2.4 million crowns, said company chair Ottoline Brandt."
MARCH = date(2025, 3, 4)


def items(fault: str, name: str = "*.*") -> list[SourceItem]:
    [folder] = FAULTS.glob(f"{fault}-*")
    return list(read_files(find_files(sorted(folder.glob(name))), today=TODAY))


def articles(fault: str, name: str = "*.*") -> list[Article]:
    found = items(fault, name)
    assert [item.reason for item in found if item.article is None] == []
    return [item.article for item in found if item.article]


def sentences(paragraph: str) -> list[str]:
    return [paragraph[start:end] for start, end in sentence_spans(paragraph)]


def test_a_database_export_is_two_articles() -> None:
    assert articles("15") == [
        Article(
            "River depot closed", (DEPOT, REPAIRS), "Quarrendon Post", authors=("Ines Corvath",), published=MARCH,
            language="en",
        ),
        Article(
            "Ferry skipper fined",
            ("A court in Lindmoor fined a ferry skipper 300 crowns on Saturday for sailing with a broken lamp.",),
            "Lindmoor Gull", authors=("Rolf Tamsin",), published=date(2025, 3, 9), language="en",
        ),
    ]  # fmt: skip


def test_front_matter_and_template_marks_are_no_text() -> None:
    [toml] = articles("17")
    assert (toml.title, toml.authors, toml.published) == ("River depot closed", ("Ines Corvath",), MARCH)
    [marks] = articles("19")
    assert toml.paragraphs == marks.paragraphs == (DEPOT, REPAIRS)


@pytest.mark.parametrize(("fault", "number", "day"), [("28", 5, date(2021, 12, 6)), ("29", 10, MARCH)])
def test_dates_with_labels_and_in_shapes_of_programs(fault: str, number: int, day: date) -> None:
    assert [article.published for article in articles(fault)] == [day] * number


def test_dates_that_are_none_or_two_are_told() -> None:
    for fault, told in (("34", "is what programs write for no date"), ("35", "is ambiguous (5 March or 3 May)")):
        for item in items(fault):
            assert item.article is not None
            assert item.article.published is None
            [notice] = item.notices
            assert notice.endswith(f"{told}: kept undated")


def test_an_article_with_only_an_update_has_a_day() -> None:
    [item] = items("32")
    assert item.article is not None
    assert item.article.published == item.article.updated == date(2021, 12, 6)
    assert item.notices == ("only the day of an update is given: taken for the day of publication",)


def test_a_first_line_is_not_joined_to_the_second() -> None:
    [dek] = articles("36", "dek.json")
    assert dek.paragraphs == ("Chair says trams will start from the market square", DEPOT)
    [two] = articles("36", "two_lines.txt")
    assert (two.title, two.paragraphs) == ("Tram company closes river depot for eleven weeks", (DEPOT,))


def test_sentences_are_parted() -> None:
    [glued] = articles("41")
    assert sentences(glued.paragraphs[0]) == [
        DEPOT,
        REPAIRS,
        "Trams to Lindmoor will start from the market square until then.",
        "The union was told on Monday.",
        "Its secretary Rolf Tamsin called the closure “overdue”.",
    ]
    assert [len(sentences(article.paragraphs[0])) for article in articles("54")] == [2, 2, 2, 2]


def test_rows_of_a_table_keep_the_names_of_columns() -> None:
    [table] = articles("43")
    assert table.paragraphs[1:3] == (
        "Year: 2023; Spent on the roof (crowns): 1,200,000.",
        "Year: 2024; Spent on the roof (crowns): 2,400,000.",
    )


def test_authors_and_outlets() -> None:
    assert [article.authors for article in articles("44")] == [("Ines Corvath", "Rolf Tamsin")] * 2
    noisy = articles("46")
    assert [article.authors for article in noisy] == [("Ines Corvath",)] * 9
    assert [article.agency for article in noisy] == ["AP", "AFP", *[None] * 7]
    assert [article.outlet for article in articles("47")] == ["Lindmoor Gull"] * 3


def test_central_european_bytes() -> None:
    [item] = items("51")
    assert item.article is not None
    assert item.article.title == "Zajezdnia nad rzeką zamknięta"
    assert item.article.paragraphs[1] == "Naprawa potrwa jedenaście tygodni, powiedziała Żaneta Śliwa."
    assert item.notices == ("not UTF-8: read as windows-1250",)
