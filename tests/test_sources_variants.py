"""Texts and facts as programs and people write them: variants of what the faults show."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from index.articles.authors import credits_in
from index.articles.characters import decode, mended
from index.articles.dates import parse_date
from index.articles.facts import facts_of
from index.articles.template_marks import without_marks
from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.errors import ArticleUnreadable
from rag.text.sentences import sentence_spans

TODAY = date(2026, 1, 1)
DAY = date(2025, 2, 7)
FARES = "The ferry company of Vellmar raised its fares on Friday after fuel became dearer for the third time this year."
PRICE = "Passengers will pay eight crowns a trip, said director Hanne Orlo, and children half of that."


def read(folder: Path, name: str, text: str | bytes) -> SourceItem:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    [item] = read_files(find_files([path]), today=TODAY)
    return item


@pytest.mark.parametrize(
    "front_matter",
    [
        "+++\ntitle = 'Fares rise'\ndate = 2025-02-07\n[[authors]]\nname = \"Hanne Orlo\"\n+++\n",
        '+++\ntitle = "Fares rise"\ndate = 2025-02-07T10:00:00Z\nbroken = = 1\nauthor = "Hanne Orlo"\n+++\n',
        '{"title": "Fares rise", "date": "2025-02-07", "author": {"name": "Hanne Orlo"}}\n',
        ';;;\n"title": "Fares rise",\n"date": "2025-02-07",\n"author": "Hanne Orlo"\n;;;\n',
        "---\ntitle: Fares rise\ndate: 7 February 2025\nauthor:\n- Hanne Orlo\n",  # never closed
        "Title: Fares rise\nDate: 2025-02-07 10:20\nCategory: Sea\nTags: ferries\nAuthor: Hanne Orlo\n",
    ],
)
def test_front_matter(tmp_path: Path, front_matter: str) -> None:
    article = read(tmp_path, "post.md", f"{front_matter}\n{FARES}\n\n{PRICE}\n").article
    assert article is not None
    assert (article.title, article.published, article.authors) == ("Fares rise", DAY, ("Hanne Orlo",))
    assert article.paragraphs == (FARES, PRICE)


@pytest.mark.parametrize(
    "mark",
    [
        "{% youtube abc %}\n{: .wide}",
        '{{< figure src="a.jpg"\n   title="A ferry" >}}',
        "{# editor: check #}\n\n{/* and again */}\n\n<!-- more -->",
        '[caption id="a_5" align="left"]<img src="a.jpg" alt="x" /> A ferry at the quay[/caption]',
        '[gallery ids="1,2,3"]\n\n[embed]https://video.example/1[/embed]\n\n[newsletter_signup]',
        "import Chart from '../chart'\n\nexport const fares = {\n  trip: 8,\n}\n\n<Chart data={fares} />",
        "<script>\nvar fares = 8;\n</script>",
        "{% comment %}Nobody may read this.{% endcomment %}",
    ],
)
def test_template_marks_are_no_paragraphs(tmp_path: Path, mark: str) -> None:
    article = read(tmp_path, "post.md", f"# Fares rise\n\n{FARES}\n\n{mark}\n\n{PRICE}").article
    assert article is not None
    assert (article.paragraphs, article.subheadings) == ((FARES, PRICE), ())


@pytest.mark.parametrize("mark", ['[gallery ids="1"]', "{% include top.html %}"])
def test_a_mark_at_the_top_is_no_json(tmp_path: Path, mark: str) -> None:
    article = read(tmp_path, "post.txt", f"{mark}\n\nFares rise\n\n{FARES}").article
    assert article is not None
    assert (article.title, article.paragraphs) == ("Fares rise", (FARES,))


def test_template_marks_in_sentences() -> None:
    assert without_marks("It costs {{ price }} crowns.") == ("It costs … crowns.", ("{{ price }}",))
    for text, left in (
        ("[dropcap]T[/dropcap]he ferry", "The ferry"),
        ('See [it]({{< ref "x.md" >}}).', "See [it]()."),
        ("{{% note %}}\nWords\n{{% /note %}}", "\nWords\n"),
        ("She said [sic] it [laughs] [a town] [1] [text](url) 100%% {so}", None),
    ):
        assert without_marks(text) == (text if left is None else left, ())


@pytest.mark.parametrize(
    "table",
    [
        "Line\tFare\nNorth\t8\nSouth\t9",
        "Line      Fare\nNorth        8\nSouth        9",
        "Line | Fare\n--- | ---:\nNorth | 8\nSouth | **9**",
        "+-------+------+\n| Line  | Fare |\n+=======+======+\n| North | 8    |\n| South | 9    |\n+-------+------+",
    ],
)
def test_rows_of_tables(tmp_path: Path, table: str) -> None:
    article = read(tmp_path, "post.txt", f"Fares rise\n\n{FARES}\n\n{table}\n\n{PRICE}").article
    assert article is not None
    assert article.paragraphs == (FARES, "Line: North, Fare: 8.", "Line: South, Fare: 9.", PRICE)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "PUBLISHED Feb. 7, 2025, 5:00 a.m. ET",
            "Fri, 07 Feb 2025 09:00:00 +0100",
            "Friday 7 February 2025 10.15 GMT",
        ),
        *(
            "Last updated on February 7th, 2025 at 10:15 (GMT+1)",
            "Vendredi 7 février 2025 à 10h15",
            "7/Feb/2025:10:15:00",
        ),
        *("2025-02-07T10:15:00.123456789Z", "Posted: 07.02.2025 | 10:15", "7 lutego 2025, 10:15", "2025. 2. 7."),
        *("Originally aired: Friday, February 7, 2025 8pm ET", "Updated 2015 GMT (0415 HKT) February 7, 2025"),
        *(
            "2025년 2월 7일",
            "٧ فبراير ٢٠٢٥",
            "7-Feb-25",
            "2/28/25",
            "20250207101500",
            "2025-02-07T10:15[Europe/Berlin]",
        ),
        *({"$date": {"$numberLong": "1738915200000"}}, {"iso": "2025-02-07T10:15:00Z"}, {"_seconds": 1738915200}),
        *([2025, 2, 7, 10, 15], {"year": 2025, "month": 2, "day": 7}, 1738915200000000, "/Date(1738915200000+0100)/"),
    ],
)
def test_dates(value: object) -> None:
    assert parse_date(value, TODAY).day == (date(2025, 2, 28) if value == "2/28/25" else DAY)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (0, "is what programs write for no date"),
        ("0000-00-00", "is what programs write for no date"),
        ("0001-01-01T00:00:00Z", "is what programs write for no date"),
        ("1970-01-01T01:00+01:00", "is what programs write for no date"),
        ("1970-01-21T03:37:55Z", "is what programs write for no date"),
        ("2025/038", "not understood"),
        ("Updated 5 minutes ago", "not understood"),
        ({"a": {"b": []}}, "not understood"),
        ("13/04/25", "is ambiguous (2013 or 2025)"),
        ("2026-12-24", "is in the future"),
    ],
)
def test_dates_that_are_refused(value: object, problem: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - its message is what is asserted
        parse_date(value, TODAY)
    assert str(error.value) == problem


@pytest.mark.parametrize(
    ("given", "authors", "agency"),
    [
        ("HANNE ORLO, Associated Press", ("Hanne Orlo",), "AP"),
        ("By Hanne Orlo and Timo Vask Staff Writers", ("Hanne Orlo", "Timo Vask"), None),
        ('[{"name": "Hanne Orlo", "id": null}, {"name": "Timo Vask"}]', ("Hanne Orlo", "Timo Vask"), None),
        ("('Hanne Orlo', 'Timo Vask')", ("Hanne Orlo", "Timo Vask"), None),
        ("Hanne Orlo (@horlo) • Updated 3 hours ago", ("Hanne Orlo",), None),
        ("Orlo, Hanne; Vask, Timo", ("Hanne Orlo", "Timo Vask"), None),
        ("hanne.orlo@echo.example (Hanne Orlo)", ("Hanne Orlo",), None),
        ("Words by Hanne Orlo, pictures by Timo Vask", ("Hanne Orlo",), None),
        ("Hanne Orlo (dpa)", ("Hanne Orlo",), "dpa"),
        ("Hanne Orlo, BBC News", ("Hanne Orlo",), None),
        ("View all posts by Hanne Orlo", ("Hanne Orlo",), None),
        ("Vellmar Echo Staff", (), None),
        ("Staff Writer", (), None),
        ("J.R. VON ORLO and JD Vask", ("J.R. Von Orlo", "JD Vask"), None),
    ],
)
def test_authors(given: str, authors: tuple[str, ...], agency: str | None) -> None:
    found = credits_in([given], "Vellmar Echo")
    assert (found.authors, found.agency) == (authors, agency)


@pytest.mark.parametrize(
    "source",
    [
        *("vellmar-echo.example", "Www.vellmar-echo.example", "VELLMAR-ECHO.EXAMPLE", "//vellmar-echo.example/"),
        *(
            "https://vellmar-echo.example/",
            "http://www.vellmar-echo.example/rss.xml",
            {"name": "www.Vellmar-Echo.example"},
        ),
    ],
)
def test_an_outlet_that_is_given_as_a_host(source: object) -> None:
    record = {"title": "Fares rise", "source": source, "url": "https://www.vellmar-echo.example/1"}
    assert facts_of(record, TODAY).article.outlet == "Vellmar Echo"


RUSSIAN = "Компания паромов в пятницу подняла цены, потому что топливо стало дороже в третий раз за год."
CZECH = "Společnost v pátek zvýšila ceny, protože palivo už potřetí za rok zdražilo. Cestující zaplatí osm korun."
GREEK = "Η εταιρεία των πλοίων αύξησε την Παρασκευή τις τιμές, αφού τα καύσιμα ακρίβυναν για τρίτη φορά."
TURKISH = "Vapur şirketi cuma günü ücretleri artırdı, çünkü yakıt bu yıl üçüncü kez pahalandı, dedi başkan Ayşe."
FRENCH = "La compagnie a relevé ses tarifs vendredi après que le carburant eut augmenté. « Déjà », dit l’été."
JAPANESE = "渡し船の会社は金曜日、燃料が今年三度目の値上がりをしたため、運賃を引き上げた。"
CHINESE = "渡轮公司周五提高了票价，因为燃料今年第三次涨价。乘客每次要付八克朗，公司主管说。"
KOREAN = "여객선 회사는 금요일 올해 세 번째로 연료가 비싸진 뒤 요금을 올렸다. 승객은 여덟 크로나를 낸다."


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        *((RUSSIAN, "cp1251", "windows-1251"), (RUSSIAN, "koi8-r", "koi8-r"), (RUSSIAN, "cp866", "cp866")),
        *((CZECH, "cp1250", "windows-1250"), (CZECH, "iso8859-2", "ISO-8859-2"), (GREEK, "cp1253", "windows-1253")),
        *((TURKISH, "cp1254", "windows-1254"), (FRENCH, "cp1252", "windows-1252"), (KOREAN, "euc_kr", "EUC-KR")),
        *(
            (JAPANESE, "shift_jis", "Shift-JIS"),
            (CHINESE, "gb18030", "GB18030"),
            (JAPANESE, "iso2022_jp", "ISO-2022-JP"),
        ),
    ],
)
def test_encodings_that_are_sure(text: str, encoding: str, name: str) -> None:
    assert decode(text.encode(encoding)) == (text, (f"not UTF-8: read as {name}",))


def test_encodings_that_are_not_sure_are_refused() -> None:
    with pytest.raises(
        ArticleUnreadable, match=r"^is not UTF-8 but perhaps [\w-]+, which is not sure: save it as UTF-8$"
    ):
        decode("渡轮公司".encode("gb18030"))


def test_two_encodings_in_one_file() -> None:
    end = "Les passagers paieront huit couronnes après l'été."
    assert decode(f"{FRENCH}\n".encode() + end.encode("cp1252")) == (
        f"{FRENCH}\n{end}",
        ("two encodings: 1 of 2 lines are not UTF-8 and were read as windows-1252",),
    )


def test_utf8_that_was_read_wrongly_is_mended(tmp_path: Path) -> None:
    spoiled = FRENCH.encode().decode("latin-1")
    assert mended({"title": spoiled, "text": [FRENCH]}) == {"title": FRENCH, "text": [FRENCH]}
    for whole in (FRENCH, "São Paulo «ÂGE» Ã", RUSSIAN):
        assert mended(whole) is whole
    item = read(tmp_path, "a.json", json.dumps([{"title": "Le bac", "text": spoiled}]))
    assert item.article is not None
    assert item.article.paragraphs == (FRENCH,)
    assert item.notices == ("UTF-8 that was read as windows-1252: mended",)


@pytest.mark.parametrize(
    "sentences",
    [
        (
            "She said: “No more.”",
            "He left at once.",
            "They sailed at 8 p.m. on Friday.",
            "Dr. Orlo paid $8.50.",
            "Nobody else did!",
        ),
        (
            "He met Gov. Orlo of Tamsin Co. Ltd. and Sgt. Vask near No. 9 on Oak St. there.",
            "See www.echo.example/Fares for it.",
        ),
        ("Fares are on dale-coaches.example.", "They rose at 8 a.m. on Monday, e.g. for dogs.", "Children ride free."),
    ],
)
def test_glued_sentences(sentences: tuple[str, ...]) -> None:
    for joint in ("", " "):
        text = joint.join(sentences)
        assert [text[start:end] for start, end in sentence_spans(text)] == list(sentences)


def test_words_that_look_like_abbreviations_end_sentences() -> None:
    sentences = (
        *(
            "The fare was set by Ada Bond.",
            "Ferries stop.",
            "It was the talk of the week.",
            "Nobody lives in South Bank.",
        ),
        *("All knew Tom Cain.", "He left this century.", "She lives in Tampa, Fla. Police said so on Sat. Dec. 5."),
    )
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == list(sentences)
