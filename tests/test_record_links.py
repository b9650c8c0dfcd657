"""Links to what is cited: to the sentence on the article's page, and to nothing but web pages."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Citation
from rag.articles import Subheading
from rag.record.links import deep_link, host_of, web_address
from tests.cited import cite
from tests.toy import HARBOUR

TOLLS_URL = "https://www.ellery-courier.example/2025/03/04/tolls"
LONG = "One two three four five six seven eight nine ten eleven twelve."
LINKS = [
    ("So it was.", "So%20it%20was"),
    ("“A, b-c & d,” she said: 100 %.", "A%2C%20b%2Dc%20%26%20d%2C%E2%80%9D%20she%20said%3A%20100"),
    (LONG, "One%20two%20three%20four,nine%20ten%20eleven%20twelve"),
    ("これは長い文です。", "%E3%81%93%E3%82%8C%E3%81%AF%E9%95%B7%E3%81%84%E6%96%87%E3%81%A7%E3%81%99"),
    ("नमस्ते।", "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87"),  # a vowel sign belongs to its letter
]


@pytest.mark.parametrize(("quote", "fragment"), LINKS)
def test_a_link_leads_to_the_sentence(quote: str, fragment: str) -> None:
    article = replace(HARBOUR, paragraphs=("Before.", f"Else. {quote}"))
    assert deep_link(cite(article, 2, 1, quote)) == f"{TOLLS_URL}#:~:text={fragment}"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x", "https://a.example/x#:~:text=So%20it%20was"),
        ("https://a.example/x#part", "https://a.example/x#part:~:text=So%20it%20was"),
        ("https://a.example/x#", "https://a.example/x#:~:text=So%20it%20was"),
        ("https://a.example/x#:~:text=other", "https://a.example/x#:~:text=So%20it%20was"),
        ("https://a.example/x#part:~:text=other", "https://a.example/x#part:~:text=So%20it%20was"),
        ('https://a.example/"><b>{\\}`', "https://a.example/%22%3E%3Cb%3E%7B%5C%7D%60#:~:text=So%20it%20was"),
        ("https://a.example/ünï", "https://a.example/ünï#:~:text=So%20it%20was"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/x", None),
        ("https://a.example/x y", None),
        ("https://a.example/\u202ex", None),
        ("http://[", None),
        ("https:///x", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    assert deep_link(cite(replace(HARBOUR, url=url, paragraphs=("So it was.",)), 1, 1)) == link
    assert (web_address(url) is None) == (host_of(url) is None) == (link is None)


SAME = "It was so, he said."
AMBIGUOUS = [
    # title, paragraphs, which is cited, from which character, and the fragment
    ("T", ("First words here. It was so, he said.", "Then other words. It was so, he said."), 2, 18,
     "Then%20other%20words.-,It%20was%20so%2C%20he%20said"),
    ("It was so, he said", ("Intro. It was so, he said.",), 1, 7, "Intro.-,It%20was%20so%2C%20he%20said"),
    ("IT WAS  SO, HE SAID again", (SAME,), 1, 0, "HE%20SAID%20again-,It%20was%20so%2C%20he%20said"),
    ("T", ("Sit was so, he said. It was so, he said.",), 1, 21, "It%20was%20so%2C%20he%20said"),  # whole words only
    ("T", ("It was so, he said. A b c d.", "It was so, he said. Again."), 2, 0,
     "b%20c%20d.-,It%20was%20so%2C%20he%20said"),
    ("T", (SAME, SAME), 1, 0, "It%20was%20so%2C%20he%20said"),
    ("T", (SAME,) * 9, 5, 0, "It%20was%20so%2C%20he%20said"),  # with nothing to tell it apart
]  # fmt: skip


@pytest.mark.parametrize(("title", "paragraphs", "number", "start", "fragment"), AMBIGUOUS)
def test_words_around_it_tell_a_sentence_from_the_same_before(
    title: str, paragraphs: tuple[str, ...], number: int, start: int, fragment: str
) -> None:
    article = replace(HARBOUR, title=title, paragraphs=paragraphs)
    citation = Citation(1, article, number, start, start + len(SAME), SAME)
    assert article.paragraph(number)[start : citation.end] == SAME
    assert deep_link(citation) == f"{TOLLS_URL}#:~:text={fragment}"


def test_a_long_sentence_is_named_whole_where_its_ends_do_not_tell_it_apart() -> None:
    first = "a b c d e f g h one two three four."
    second = "a b c d z h i j k l m n o p one two three four."
    article = replace(HARBOUR, title="T", paragraphs=(first, second))
    whole = "%20".join(second.rstrip(".").split())
    assert deep_link(cite(article, 2, 1)) == f"{TOLLS_URL}#:~:text={whole}"
    headed = replace(article, subheadings=(Subheading(f"{second} x", 2),))
    assert (
        deep_link(cite(headed, 2, 1))
        == f"{TOLLS_URL}#:~:text=three%20four.%20x-,a%20b%20c%20d,one%20two%20three%20four"
    )


@pytest.mark.parametrize("quote", ["…", "。！？", "x" * 500], ids=["marks", "more marks", "endless"])
def test_what_no_browser_would_find_leads_to_the_page(quote: str) -> None:
    assert deep_link(cite(replace(HARBOUR, paragraphs=(quote,)), 1, 1)) == TOLLS_URL


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.data())
def test_any_text_has_a_link_that_is_one_word(paragraphs: list[str], data: st.DataObject) -> None:
    article = replace(HARBOUR, paragraphs=tuple(paragraphs))
    number = data.draw(st.integers(1, len(paragraphs)))
    link = deep_link(cite(article, number, 1))
    assert link is not None
    assert re.fullmatch(r"https://[a-z0-9./-]+(#:~:text=[A-Za-z0-9_.~%,-]+)?", link)
    unquote(link.partition(":~:text=")[2], errors="strict")
