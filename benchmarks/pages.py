"""How well saved web pages are read, on 181 news pages with their true text, and what each costs.

``python -m benchmarks.pages`` prints a table beside trafilatura's own; ``--worst N`` names the pages that lose most.

The text is scored as the scrapinghub article extraction benchmark does, by shingles of four words. A paragraph's border
is one where the words on both sides stand beside each other in both texts. Dates, authors and titles are those that a
reader sees, of 40 pages (``tests/quality/pages_marked.json``); and, of all pages with JSON-LD, those that it gives
against what is found where it was taken out.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from statistics import mean

from index.articles.records import article_in_record
from index.readers.page_reading import read_page
from rag.articles import Article
from rag.errors import ArticleUnreadable

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "html_pages"
MARKED = Path(__file__).resolve().parents[1] / "tests" / "quality" / "pages_marked.json"
TODAY = date(2025, 3, 10)
_JSON_LD = re.compile(rb"<script[^>]{1,200}ld\+json.*?</script>", re.DOTALL | re.IGNORECASE)


def read(data: bytes, url: str) -> Article | None:
    try:
        record = read_page(data, url)["record"]
        assert isinstance(record, Mapping)
        return article_in_record(record, TODAY).article
    except ArticleUnreadable:
        return None


def text_of(article: Article | None) -> str:
    """Paragraphs and subheadings in order, one a line."""
    lines: list[str] = []
    for number, paragraph in enumerate(article.paragraphs if article else (), 1):
        assert article
        lines += [heading.text for heading in article.subheadings if heading.before == number]
        lines.append(paragraph)
    return "\n".join(lines)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = words_of(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def shares(true: str, ours: str) -> tuple[float, float]:
    """Precision and recall of a text."""
    expected, found = shingles(true), shingles(ours) if ours else Counter[tuple[str, ...]]()
    shared = (expected & found).total()
    return shared / max(1, found.total()), shared / max(1, expected.total())


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def kept_borders(of: str, within: str) -> tuple[int, int]:
    """How many borders between paragraphs could be in the other text as well, and how many are."""

    def cut(text: str) -> tuple[list[str], set[int]]:
        words: list[str] = []
        borders: set[int] = set()
        for line in text.split("\n"):
            borders.add(len(words))
            words += words_of(line)
        return words, borders - {0, len(words)}

    (words, borders), (others, other_borders) = cut(of), cut(within)
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(others) + 1):
        places.setdefault(tuple(others[max(0, at - 4) : at + 4]), []).append(at)
    found = [places[around] for at in borders if (around := tuple(words[max(0, at - 4) : at + 4])) in places]
    return len(found), sum(not other_borders.isdisjoint(places) for places in found)


def title_digest(title: str) -> str:
    return hashlib.sha256(re.sub(r"\W", "", title.casefold()).encode()).hexdigest()[:16]


def same_names(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return {name.casefold() for name in one} == {name.casefold() for name in other}


def timed(pages: Mapping[str, bytes], function: Callable[[str], object]) -> float:
    started = time.process_time()
    for key in pages:
        function(key)
    return len(pages) / (time.process_time() - started)


def main(worst: int) -> None:
    from trafilatura import extract

    truth = json.loads((DATA / "ground-truth.json").read_text(encoding="utf-8"))
    pages = {key: gzip.decompress((DATA / "html" / f"{key}.html.gz").read_bytes()) for key in truth}
    articles = {key: read(data, truth[key]["url"]) for key, data in pages.items()}
    theirs = {key: extract(data, fast=True, include_comments=False) or "" for key, data in pages.items()}
    print(f"{len(pages)} pages, {sum(article is None for article in articles.values())} of them refused")
    for name, texts in (
        ("ours", {key: text_of(article) for key, article in articles.items()}),
        ("trafilatura", theirs),
    ):
        scored = {key: shares(truth[key]["articleBody"], text) for key, text in texts.items()}
        precision, recall = (mean(score[number] for score in scored.values()) for number in (0, 1))
        borders = [kept_borders(truth[key]["articleBody"], text) for key, text in texts.items()]
        reverse = [kept_borders(text, truth[key]["articleBody"]) for key, text in texts.items()]
        kept, true = (
            sum(good for _, good in counts) / sum(all_ for all_, _ in counts) for counts in (borders, reverse)
        )
        print(
            f"{name:>12}  body: precision {precision:.3f} recall {recall:.3f} F1 {f1(precision, recall):.3f}", end="  "
        )
        print(f"borders of paragraphs: kept {kept:.3f}, true {true:.3f}")
        if name == "ours":
            lost = sorted(scored, key=lambda key: f1(*scored[key]))[:worst]
            print(
                *(f"{key[:8]} {truth[key]['url'][:90]} {scored[key]}" for key in lost),
                sep="\n",
                end="\n" if lost else "",
            )

    marked = [
        (entry, next(key for key in truth if key.startswith(entry["page"]))) for entry in json.loads(MARKED.read_text())
    ]
    seen = [(entry, article) for entry, key in marked if (article := articles[key])]
    right = {
        "date": [str(article.published) == entry["published"] for entry, article in seen],
        "title": [title_digest(article.title) == entry["title"] for entry, article in seen],
        "authors": [same_names(article.authors, tuple(entry["authors"])) for entry, article in seen],
    }
    print(
        "as a reader sees it, of",
        len(marked),
        *(f"{name} {sum(hits) / len(marked):.3f}" for name, hits in right.items()),
    )

    with_markup = {key: data for key, data in pages.items() if _JSON_LD.search(data)}
    bare = {key: read(_JSON_LD.sub(b"", data), truth[key]["url"]) for key, data in with_markup.items()}
    pairs = [(article, other) for key, other in bare.items() if (article := articles[key]) and other]
    again = {
        "date": [one.published == other.published for one, other in pairs if one.published],
        "title": [title_digest(one.title) == title_digest(other.title) for one, other in pairs],
        "authors": [same_names(one.authors, other.authors) for one, other in pairs if one.authors],
    }
    print(
        "the same without JSON-LD:",
        ", ".join(f"{name} {mean(same):.3f} of {len(same)}" for name, same in again.items()),
    )
    everything = timed(pages, lambda key: read(pages[key], truth[key]["url"]))
    speed = timed(pages, lambda key: extract(pages[key], fast=True, include_comments=False))
    print(f"pages a CPU second: {everything:.0f} with everything; trafilatura's text alone: {speed:.0f}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worst", type=int, default=0)
    main(parser.parse_args().worst)
