from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles import plain_url
from tests.toy import HARBOUR

GULL = "lindmoor-gull.example"
# What addresses are made of, and what trips whoever reads them.
PIECES = (
    "a / // . .. ? & = # ! % %41 %2f %e9 é amp .amp .html index.html ;jsessionid=1 (S(a1)) www. m. x.example "
    "https:// :80 google.com/amp/s/ cdn.ampproject.org/c/s/ utm_source=1 amp=1 id=7 &amp;"
).split()


def test_id_comes_from_the_page_whatever_way_led_there() -> None:
    same = [
        "https://www.ellery-courier.example/2025/03/04/tolls",
        "http://ellery-courier.example/2025/03/04/tolls/?utm_source=x&fbclid=1#top",
        "https://ELLERY-COURIER.example/2025/03/04/tolls",
    ]
    assert {replace(HARBOUR, url=url).id for url in same} == {HARBOUR.id}
    assert (
        replace(HARBOUR, url="https://ellery-courier.example/?p=12").id
        != replace(HARBOUR, url="https://ellery-courier.example/?p=13").id
    )


def test_id_without_url_comes_from_the_text() -> None:
    one = replace(HARBOUR, url=None)
    assert one.id == replace(one, published=None).id
    assert one.id != replace(one, paragraphs=("Other text.",)).id


def test_version_changes_with_anything_a_reader_sees() -> None:
    versions = {HARBOUR.version, replace(HARBOUR, updated=date(2025, 3, 5)).version}
    versions |= {replace(HARBOUR, title="Tolls").version, replace(HARBOUR, paragraphs=("Tolls rose.",)).version}
    assert len(versions) == 4
    assert HARBOUR.version == replace(HARBOUR).version


def test_paragraph_outside_the_article() -> None:
    assert HARBOUR.paragraph(3) == "Fishermen called the rise unfair and announced a protest."
    for number in (0, 4, -1):
        with pytest.raises(IndexError, match=f"has 3 paragraphs, not a paragraph {number}"):
            HARBOUR.paragraph(number)


@pytest.mark.parametrize(
    "url",
    [
        f"http://WWW.{GULL}:80/2025/depot/?utm_source=x&fbclid=1&smid=tw-share&ref=rss&amp;CMP=share#comments",
        f"//m.{GULL}//2025/./roof/../depot/index.html;jsessionid=1A2B",
        f"https://amp.{GULL}/2025/depot/amp/?outputType=amp",
        f"{GULL}/amp/2025/%64epot.amp?usqp=mq331AQ",
        f"https://www.google.com/amp/s/www.{GULL}/2025/depot",
        f"https://www-lindmoor--gull-example.cdn.ampproject.org/v/s/www.{GULL}/2025/depot?amp_js_v=0.1",
    ],
)
def test_one_page_has_one_address(url: str) -> None:
    assert plain_url(url) == f"{GULL}/2025/depot"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/caf%c3%a9?b=2&a=x%20y", "/café?a=x+y&b=2"),
        ("/?id=7&utm_id=3", "/?id=7"),
        ("/a%2fb", "/a%2Fb"),
    ],
)
def test_one_page_may_be_spelt_in_two_ways(one: str, other: str) -> None:
    assert plain_url(GULL + one) == plain_url(GULL + other)
    assert plain_url("https://www.münzberg.example" + one) == plain_url("//xn--mnzberg-n2a.example:443" + other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            (f"{GULL}/view.php?{name}=12", f"{GULL}/view.php?{name}=13")
            for name in "id p article story cid uid ref".split()
        ),
        (f"{GULL}/photos?gallery=a", f"{GULL}/photos?gallery=b"),
        (f"{GULL}/?q=%E9", f"{GULL}/?q=%E8"),
        (f"{GULL}/?q=a%26b", f"{GULL}/?q=a&b"),
        (f"{GULL}/AbC", f"{GULL}/abc"),
        (f"{GULL}/a%2Fb", f"{GULL}/a/b"),
        (f"{GULL}/#!/story/12", f"{GULL}/#!/story/13"),
        (f"{GULL}/amp", f"{GULL}/"),
        (f"{GULL}:8443/a", f"{GULL}/a"),
        ("amp.example/a", "m.example/a"),
        (f"en.{GULL}/a", f"fr.{GULL}/a"),
    ],
)
def test_two_pages_stay_two(one: str, other: str) -> None:
    assert plain_url(one) != plain_url(other)


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_a_plain_url_is_plain(url: str) -> None:
    assert plain_url(plain_url(url)) == plain_url(url)
