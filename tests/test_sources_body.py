"""Articles as people save them: what is reporting, and what a page puts around it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from index.articles.body import article_in_text
from rag.articles import Article, Subheading

TODAY = date(2026, 1, 1)
LONG = "The port authority raised its tolls on Monday after a third winter of stalled dredging, officials said."
LONGER = "The director said on Tuesday that the measure takes effect in March and concerns only the larger vessels."


def read_text(*blocks: str) -> Article:
    draft = article_in_text("\n\n".join(blocks), TODAY)
    assert draft.notices == ()
    return draft.article


def paragraphs(*blocks: str) -> tuple[str, ...]:
    return read_text("Tolls rise", *blocks).paragraphs


def test_a_whole_saved_page() -> None:
    article = read_text(
        "Harbour tolls rise as dredging stalls",
        "By [Jane Doe and John Roe for AFP](#) | December 2, 2021 | 5 min read",
        "Updated: 3 Dec 2021 10:00 GMT",
        "Ships wait off the mole at dawn. **Ann Poe / Port Office**",
        LONG,
        "Related article: [Dredging stalls](#)",
        '"Never," she said.',
        LONGER,
        "'No choice'",
        LONG + " *Again*, it did.",
        "[Sign up for our newsletter](https://x.org/2)",
        "Advertisement",
        "![A ship](https://x.org/ship.jpg)",
        "**What comes next**",
        "The tolls of $1.2bn a year [sic] cover <b> a third; 5 * 3 * 2 is 30.",
        "Original url:",
        "<https://www.ellerycourier.com/2021/12/02/tolls?a=1>",
    )
    assert article == Article(
        title="Harbour tolls rise as dredging stalls",
        paragraphs=(
            LONG,
            '"Never," she said.',
            LONGER,
            LONG + " Again, it did.",
            "The tolls of $1.2bn a year [sic] cover <b> a third; 5 * 3 * 2 is 30.",
        ),
        outlet="Ellery Courier",
        url="https://www.ellerycourier.com/2021/12/02/tolls?a=1",
        authors=("Jane Doe", "John Roe"),
        agency="AFP",
        published=date(2021, 12, 2),
        updated=date(2021, 12, 3),
        updated_at=datetime(2021, 12, 3, 10, tzinfo=UTC),
        subheadings=(Subheading("'No choice'", before=4), Subheading("What comes next", before=5)),
    )


@pytest.mark.parametrize(
    "line",
    [
        "Related article: Dredging stalls",
        "Hide Caption 37 of 44 Photos",
        "[Dredging stalls](https://x.org/1)",
        "Get the week's best reads: sign up to our free newsletter",
        "Facebook Twitter Whatsapp Reddit Email Share",
        "CLICK HERE TO GET THE NEWS APP",
        "© Copyright of the Ellery Courier, 2023.",
        "https://x.org/1",
        "A ship at the mole at dawn (AP Photo/Jane Doe)",
        "A ship at the mole at dawn. Photograph: Jane Doe/Reuters",
        "A ship at the mole at dawn. *Jane Doe*",
        "***",
    ],
)
def test_lines_that_are_no_reporting_are_left_out_and_told(line: str) -> None:
    draft = article_in_text("\n\n".join(("Tolls rise", LONG, line, LONGER)), TODAY)
    assert draft.article.paragraphs == (LONG, LONGER)
    told = line not in ("https://x.org/1", "***")  # an address is taken, a rule is empty
    assert len(draft.omitted) == told


@pytest.mark.parametrize(
    "line",
    [
        '"Never," she said.',
        "“Read more: that is what I told them,” she said.",
        "Read more books, the minister told pupils on Monday.",
        "By Friday Harbour officials had counted twelve boats.",
        "Follow the money, she wrote on Twitter.",
        "“We see a clear drop in revenue.” Jane Doe, Union/Guild",
        "The photo shows a ship, he told Reuters.",
        "Related: the council had already voted twice to keep the pool open, in 2019 and again last spring, and both"
        " votes were overturned by the county.",
        "More: the tolls rise again in May.",
        "A 5 * 3 grid, f***, M*A*S*H and snake_case_names stay.",
    ],
)
def test_reporting_is_not_thrown_away(line: str) -> None:
    assert paragraphs(LONG, line, LONGER) == (LONG, line, LONGER)


def test_subheadings_need_paragraphs_on_both_sides() -> None:
    blocks = ("## One", LONG, "Two words", LONGER, "Results", "Ellery 2", "Mole 1", "**Three:**", LONG, "## Four")
    article = read_text("Tolls rise", *blocks)
    assert article.paragraphs == (LONG, LONGER, "Results", "Ellery 2", "Mole 1", LONG)
    assert article.subheadings == (Subheading("One", 1), Subheading("Two words", 2), Subheading("Three", 6))


@pytest.mark.parametrize(
    ("markdown", "visible"),
    [
        ("A [link](https://x.org/a_(b)), *it*, **bold**, ***both*** and _this_.", "A link, it, bold, both and this."),
        ("An [image link ![x](y.png)](https://x.org) goes.", "An image link goes."),
        ("See [[Page|the page]] and [it][1].", "See the page and it."),
        (r"Escaped \*stars\* and 1\. numbers.", "Escaped *stars* and 1. numbers."),
        ("Had *no* choice; an *open star stays.", "Had no choice; an *open star stays."),
        ("Mail <mailto:a@b.org> to us.", "Mail mailto:a@b.org to us."),
        ("It fell,[^1] twice.[^note-2] So [[3]](#fn3) he [sic] said.[12]", "It fell, twice. So he [sic] said."),
    ],
)
def test_markdown_is_reduced_to_visible_words(markdown: str, visible: str) -> None:
    assert paragraphs(LONG, markdown) == (LONG, visible)


def test_wrapped_lines_are_joined() -> None:
    wrapped = (
        "The port authority of Ellery raised its tolls on Monday after a third\n"
        "winter in which the dredging of the inner channel had stalled for want\n"
        "of money, officials said.\n"
    )
    joined = " ".join(wrapped.split())
    assert read_text("Tolls rise", wrapped, wrapped).paragraphs == (joined, joined)
    # Without empty lines a line that is not full ends a paragraph.
    assert read_text("Tolls rise\n" + wrapped + wrapped).paragraphs == (joined, joined)


def test_front_matter_as_the_sample_has_it() -> None:
    body = ("By Friday the boats were back, and a short line", "A ship at the mole at dawn. *Jane Doe*", LONG)
    article = read_text(
        "---\ntitle: Harbour: tolls rise #2\noutlet: The Ellery Courier\nurl: https://courier.example/1\n"
        "author: Jane Doe, John Roe\nagency: AP\npublished: 2025-03-04T10:00:00+02:00\nupdated: 2025-03-05\n"
        "section: Port\nlanguage: en\n---",
        *body[:2],
        "## The channel",
        *(LONG, "Short line", LONGER),
    )
    assert article == Article(
        title="Harbour: tolls rise #2",
        paragraphs=(body[0], "A ship at the mole at dawn. Jane Doe", LONG, "Short line", LONGER),
        outlet="The Ellery Courier",
        url="https://courier.example/1",
        authors=("Jane Doe", "John Roe"),
        agency="AP",
        published=date(2025, 3, 4),
        published_at=datetime(2025, 3, 4, 8, tzinfo=UTC),
        updated=date(2025, 3, 5),
        section="Port",
        language="en",
        subheadings=(Subheading("The channel", 3),),
    )


def test_front_matter_as_a_browser_extension_writes_it() -> None:
    article = read_text(
        '---\ntitle: "Tolls: \\"rise\\""\nsource: "https://www.theellerytimes.com/a"\nauthor:\n'
        '  - "[[Jane Doe]]"\n  - "[[John Roe]]"\n'
        "published: 2021-12-02\ncreated: 2024-01-01\ndescription: >\n  a: b\n  c\ntags: [clippings, port]\n---",
        '# Tolls: "rise"',
        LONG,
    )
    assert (article.title, article.outlet) == ('Tolls: "rise"', "The Ellery Times")
    assert article.url == "https://www.theellerytimes.com/a"
    assert (article.authors, article.published) == (("Jane Doe", "John Roe"), date(2021, 12, 2))
    assert article.paragraphs == (LONG,)
    saved = read_text("---\ntitle: Tolls\ncreated: 2024-01-01\n---", LONG)
    assert saved.published is None  # the day of saving
    # Between two rules there may be text.
    assert read_text("---", "Tolls rise", LONG, "---", LONGER).paragraphs == (LONG, LONGER)


def test_front_matter_that_is_not_yaml_is_read_line_by_line() -> None:
    article = read_text("---\ntitle: [Live] Tolls: rise\nauthors: [Jane Doe, John Roe]\noutlet: 'It''s\n---", LONG)
    assert (article.title, article.outlet) == ("[Live] Tolls: rise", "'It''s")
    assert article.authors == ("Jane Doe", "John Roe")


def test_facts_in_lines_above_the_text() -> None:
    article = read_text("Title: Tolls rise\nAuthor: Jane Doe\nDate: 2 Dec 2021\nURL: https://courier.org/x", LONG)
    assert (article.title, article.authors, article.published) == ("Tolls rise", ("Jane Doe",), date(2021, 12, 2))
    assert (article.outlet, article.paragraphs) == ("Courier", (LONG,))


def test_addresses_below_the_text() -> None:
    for footer in (
        "Original url:\n<https://courier.org/x>",
        "Source: https://courier.org/x",
        "Source: [The Courier](https://courier.org/x)",
        "Originally published at: https://courier.org/x",
        "https://courier.org/x",
    ):
        article = read_text("Tolls rise", LONG, footer)
        assert (article.url, article.outlet, article.paragraphs) == ("https://courier.org/x", "Courier", (LONG,))


def test_agencies_that_the_text_names() -> None:
    assert read_text("Tolls rise", "AP", LONG).agency == "AP"
    dateline = read_text("Tolls rise", "ELLERY, Moleland (AP) — " + LONG)
    assert (dateline.agency, dateline.paragraphs) == ("AP", ("ELLERY, Moleland (AP) — " + LONG,))
    assert read_text("Tolls rise", "ELLERY, Dec 2 (Reuters) - " + LONG).agency == "Reuters"
    assert read_text("Tolls rise", LONG + " (AP) it said").agency is None


@pytest.mark.parametrize(
    ("day", "problem"),
    [("03/04/2025", "is ambiguous (3 April or 4 March)"), ("3 May 2050", "is in the future")],
)
def test_a_date_that_cannot_be_used_is_told(day: str, problem: str) -> None:
    draft = article_in_text(f"Tolls rise\n\nPublished: {day}\n\n{LONG}", TODAY)
    assert (draft.article.published, draft.article.paragraphs) == (None, (LONG,))
    assert draft.notices == (f"date '{day}' {problem}: kept undated",)
