"""One article in every format comes out as that article, whatever the file is called."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import read_files
from tests.samples import AUTHOR, OUTLET, PARAGRAPHS, TITLE, URL, samples

SAMPLES = samples()
# What a format has no place for.
LACKING = {
    "clipping.pdf": {"outlet", "url"},
    "factiva.txt": {"url"},
    "mail.eml": {"url", "authors"},
    "newsml.xml": {"url"},
    "nexis.txt": {"url"},
    "ninjs.json": {"outlet", "url"},
    "nitf.xml": {"outlet", "url"},
    "plain.txt": {"outlet"},
    "wiki.xml": {"authors", "url"},
}
# Their names decide, as nothing in them does.
BY_NAME = {"plain.txt", "yaml.md", "toml.md"}


NAMES = [(name, name) for name in SAMPLES] + [(name, "download") for name in SAMPLES.keys() - BY_NAME]


@pytest.mark.parametrize(("name", "called"), sorted(pair for pair in NAMES if pair[0] != "sitemap.xml"))
def test_a_sample_of_every_format_gives_the_article(tmp_path: Path, name: str, called: str) -> None:
    path = tmp_path / called
    path.write_bytes(SAMPLES[name])
    [found] = read_files(find_files([path]), today=date(2025, 3, 10))
    article = found.article
    assert article is not None, found.reason
    assert (article.title, article.paragraphs) == (TITLE, PARAGRAPHS)
    assert article.published == date(2025, 3, 4)
    expected = {"outlet": OUTLET, "authors": (AUTHOR,), "url": URL}
    for key in expected.keys() - LACKING.get(name, set()):
        assert getattr(article, key) == expected[key]


def test_a_sitemap_names_pages_and_holds_none(tmp_path: Path) -> None:
    (tmp_path / "sitemap.xml").write_bytes(SAMPLES["sitemap.xml"])
    [found] = read_files(find_files([tmp_path]), today=date(2025, 3, 10))
    assert (found.article, found.link) == (None, URL)
    assert found.reason is not None
