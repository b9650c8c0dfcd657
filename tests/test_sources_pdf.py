"""PDF clippings: lines become paragraphs again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files

Text = tuple[int, int, int, str]
"""Size, place from the left and from the foot of the page, and words."""

BODY = (
    "The harbour board of Port Ellery raised its tolls on Tuesday, saying that",
    "the old quay needs repairs before the winter. The board meets again on Fri-",
    "day to look at what is left of the well-known plan.",
    "",
    "Ship owners, who had asked for a delay, were not pleased with the decision that",
    "was taken on Tuesday evening, in a well-",
    "known hall.",
)
PARAGRAPHS = (
    "The harbour board of Port Ellery raised its tolls on Tuesday, saying that the old quay needs repairs before the"
    " winter. The board meets again on Friday to look at what is left of the well-known plan.",
    "Ship owners, who had asked for a delay, were not pleased with the decision that was taken on Tuesday evening, in a"
    " well-known hall.",
)
HEAD: list[Text] = [
    (8, 72, 760, "The Ellery Courier | 4 March 2025"),
    (20, 72, 730, "Tolls rise at"),
    (20, 72, 706, "Port Ellery"),
    (10, 72, 686, "By Ada Roe"),
]


def lines(words: tuple[str, ...], left: int, top: int) -> list[Text]:
    return [(10, left, top - 12 * number, line) for number, line in enumerate(words) if line]


def pdf(pages: list[list[Text]], title: str = "Microsoft Word - draft 3.doc", trailer: str = "") -> bytes:
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        font,
        f"<< /Title ({title}) >>",
    ]
    for number, page in enumerate(pages):
        content = "".join(f"BT /F1 {size} Tf {left} {foot} Td ({words}) Tj ET\n" for size, left, foot, words in page)
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        box = "/MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {6 + 2 * number} 0 R {resources} >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}endstream")
    data, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer << /Size {size} /Root 1 0 R /Info 4 0 R {trailer}>>\nstartxref\n{len(data)}\n%%EOF\n"
    return f"{data}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("cp1252")


def reading_of(folder: Path, content: bytes) -> SourceItem:
    (folder / "clipping").write_bytes(content)
    [found] = read_files(find_files([folder / "clipping"]), today=date(2026, 1, 1))
    return found


def test_a_clipping_of_two_pages(tmp_path: Path) -> None:
    more = ("On the second page there is one more paragraph, which is long enough to go", "on for a second line.")
    pages = [
        [*HEAD, *lines(BODY, 72, 660), (8, 300, 30, "Page 1 of 2")],
        [HEAD[0], *lines(more, 72, 720), (8, 300, 30, "Page 2 of 2")],
    ]
    found = reading_of(tmp_path, pdf(pages))
    assert found.article
    assert found.article.title == "Tolls rise at Port Ellery"
    assert found.article.paragraphs == (*PARAGRAPHS, " ".join(more))
    assert (found.article.authors, found.article.published) == (("Ada Roe",), date(2025, 3, 4))
    assert found.article.outlet is None
    assert found.notices == ("around the text, left out: 'The Ellery Courier | 4 March 2025', 'Page 1 of 2'",)


def test_the_title_of_the_document_counts_where_it_stands_in_the_text(tmp_path: Path) -> None:
    text = [(10, 72, 740, "Tolls rise at Port Ellery"), *lines(BODY, 72, 700)]
    for title in ("Tolls rise at Port Ellery", "untitled"):
        found = reading_of(tmp_path, pdf([text], title))
        assert found.article
        assert (found.article.title, found.article.paragraphs) == ("Tolls rise at Port Ellery", PARAGRAPHS)


def test_paragraphs_that_are_indented_and_columns(tmp_path: Path) -> None:
    first = ("The first column of the paper says", "that the port was closed on Monday,", "and that it would be opened")
    second = (
        "again by the weekend, if all is well.",
        "The mayor said that the ships may",
        "come again on Monday or later.",
    )
    column = lines(second, 320, 680)
    column[1] = (10, 332, 668, second[1])
    found = reading_of(tmp_path, pdf([[HEAD[1], HEAD[2], *lines(first, 72, 680), *column]]))
    assert found.article
    assert found.article.paragraphs == (" ".join((*first, second[0])), " ".join(second[1:]))


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    whole = pdf([[*HEAD, *lines(BODY, 72, 660)]])
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)"
        " /U (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb) >> /ID [(aaaaaaaaaaaaaaaa) (aaaaaaaaaaaaaaaa)] "
    )
    for content, reason in (
        (pdf([[]]), "has no text: it is a picture of its pages, so have it recognised (OCR) first"),
        (pdf([[*HEAD]], trailer=locked), "is encrypted: save it without a password"),
        (whole[:900], "is a damaged PDF: fetch it again"),
        (b"%PDF-1.7\nnonsense", "is a damaged PDF: fetch it again"),
    ):
        assert reading_of(tmp_path, content).reason == reason


def test_pages_are_bounded(tmp_path: Path) -> None:
    pages = [[*HEAD, *lines(BODY, 72, 660)]] + [lines(BODY, 72, 700 - number) for number in range(250)]
    found = reading_of(tmp_path, pdf(pages))
    assert found.article
    assert found.notices[0] == "251 pages: read up to page 200"
