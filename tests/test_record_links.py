"""Links to what is cited: to the sentence on the article's page, and to nothing but web pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.record.links import deep_link, host_of, web_address
from tests.cited import cite
from tests.toy import HARBOUR

TOLLS_URL = str(HARBOUR.url)
LONG = "One two three four five six seven eight nine ten eleven twelve."
LINKS = [
    ("So it was.", "So%20it%20was"),
    ("“A, b-c & d,” she said: 100 %.", "A%2C%20b%2Dc%20%26%20d%2C%E2%80%9D%20she%20said%3A%20100"),
    (LONG, "One%20two%20three%20four,nine%20ten%20eleven%20twelve"),
    ("これは長い文です。", "%E3%81%93%E3%82%8C%E3%81%AF%E9%95%B7%E3%81%84%E6%96%87%E3%81%A7%E3%81%99"),
    ("नमस्ते।", "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87"),  # a vowel sign belongs to its letter
    *(("…", ""), ("。！？", ""), ("x" * 500, "")),  # what no browser would find leads to the page
]


@pytest.mark.parametrize(("quote", "fragment"), LINKS, ids=[one[0][:20] for one in LINKS])
def test_a_link_leads_to_the_sentence(quote: str, fragment: str) -> None:
    article = replace(HARBOUR, paragraphs=("Before.", f"Else. {quote}"))
    assert deep_link(cite(article, 2, 1, quote)) == TOLLS_URL + (f"#:~:text={fragment}" if fragment else "")


SO_IT_WAS = ":~:text=So%20it%20was"
NO_LINKS = (
    *("javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "", None),
    *("data:text/html,<script>alert(1)</script>", "//a.example/x", "file:///etc/passwd", "ftp://evil.example"),
    *("http://[", "https://[broken", "https:///x", "https://a.example/x y", "https://a.example/\u202ex"),
)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x", f"https://a.example/x#{SO_IT_WAS}"),
        ("https://a.example/x#part", f"https://a.example/x#part{SO_IT_WAS}"),
        ("https://a.example/x#", f"https://a.example/x#{SO_IT_WAS}"),
        ("https://a.example/x#:~:text=other", f"https://a.example/x#{SO_IT_WAS}"),
        ("https://a.example/x#part:~:text=other", f"https://a.example/x#part{SO_IT_WAS}"),
        ('https://a.example/"><b>{\\}`', f"https://a.example/%22%3E%3Cb%3E%7B%5C%7D%60#{SO_IT_WAS}"),
        # Browsers take the backslash for a slash; written so, the link leads where it says.
        ("https://evil.example\\@good.example/x", f"https://evil.example%5C@good.example/x#{SO_IT_WAS}"),
        ("https://a.example/ünï", f"https://a.example/ünï#{SO_IT_WAS}"),
        *((url, None) for url in NO_LINKS),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    assert deep_link(cite(replace(HARBOUR, url=url, paragraphs=("So it was.",)), 1, 1)) == link
    assert (web_address(url) is None) == (host_of(url) is None) == (link is None)


SAME = "It was so, he said."
FIRST, SECOND = "a b c d e f g h one two three four.", "a b c d z h i j k l m n o p one two three four."
ENCODED = "It%20was%20so%2C%20he%20said"
AMBIGUOUS = [
    # title, paragraphs, which is cited (all of it where it does not say the same), and the fragment
    ("T", (f"First words here. {SAME}", f"Then other words. {SAME}"), 2, f"Then%20other%20words.-,{ENCODED}"),
    ("It was so, he said", (f"Intro. {SAME}",), 1, f"Intro.-,{ENCODED}"),
    ("IT WAS  SO, HE SAID again", (SAME,), 1, f"HE%20SAID%20again-,{ENCODED}"),
    ("T", (f"Sit was so, he said. {SAME}",), 1, ENCODED),  # whole words only
    ("T", (f"{SAME} A b c d.", f"{SAME} Again."), 2, f"b%20c%20d.-,{ENCODED}"),
    ("T", (SAME, SAME), 1, ENCODED),
    ("T", (SAME,) * 9, 5, ENCODED),  # with nothing to tell it apart
    # A long sentence is named whole where its ends do not tell it apart.
    ("T", (FIRST, SECOND), 2, "%20".join(SECOND.rstrip(".").split())),
]


@pytest.mark.parametrize(("title", "paragraphs", "number", "fragment"), AMBIGUOUS)
def test_words_around_it_tell_a_sentence_from_the_same_before(
    title: str, paragraphs: tuple[str, ...], number: int, fragment: str
) -> None:
    article = replace(HARBOUR, title=title, paragraphs=paragraphs)
    citation = cite(article, number, 1, SAME if SAME in article.paragraph(number) else "")
    assert deep_link(citation) == f"{TOLLS_URL}#:~:text={fragment}"
