"""The readers on real data, which lies beside the repository."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from index.sources.files import find_files
from index.sources.reading import SourceItem, read_files
from rag.articles import Subheading

TODAY = date(2026, 11, 1)
# Looked for from here, and by no absolute path: only the repository's own folder is known.
DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real news data (../shared/data) is not here")


def read_all(name: str) -> list[SourceItem]:
    return list(read_files(find_files([DATA / name]), today=TODAY))


def test_the_seed_article_exactly() -> None:
    [found] = read_all("seed/ukraine-crisis.txt")
    article = found.article
    assert article is not None
    assert (found.reason, found.notices, len(found.omitted)) == (None, (), 2)
    assert article.title == "Ukraine Crisis Builds Toward Biden-Putin Talks"
    assert (article.authors, article.agency) == (("Marc Preel", "Francesco Fontemaggi"), "AFP")
    assert (article.published, article.published_at, article.updated) == (date(2021, 12, 2), None, None)
    assert article.outlet == "The Moscow Times"
    assert article.url == (
        "https://www.themoscowtimes.com/2021/12/02/ukraine-crisis-builds-toward-biden-putin-talks-a75722"
    )
    assert (article.section, article.language) == (None, None)
    assert article.subheadings == (Subheading("'De-escalate'", before=17),)
    assert len(article.paragraphs) == 25
    assert article.paragraphs[0].startswith("Momentum was building Thursday")
    assert article.paragraphs[16].startswith("The foreign ministers from Russia")
    assert article.paragraphs[24].endswith("told reporters on Thursday.")
    # Nothing is lost but byline, date, caption, promotion, subheading and footer.
    raw = (DATA / "seed" / "ukraine-crisis.txt").read_text(encoding="utf-8")
    blocks = [block.strip() for block in raw.split("\n\n") if block.strip()]
    left_out = [block for block in blocks if block not in article.paragraphs]
    assert [block[:12] for block in left_out] == [
        "Ukraine Cris", "By [Marc Pre", "December 02,", "Putin and Bi", "Related arti", "'De-escalate", "Original url", "<https://www",
    ]  # fmt: skip


def test_multihop_rag_loses_no_article_and_no_evidence() -> None:
    readings = read_all("multihop_rag/corpus.json")
    articles = [found.article for found in readings if found.article]
    assert (len(readings), len(articles)) == (609, 609)
    assert [found.notices for found in readings if found.notices] == []
    assert len({article.id for article in articles}) == 609
    outlets = Counter(article.outlet for article in articles)
    assert outlets.most_common(2) == [("Sporting News", 104), ("TechCrunch", 100)]
    assert sum(article.published is None for article in articles) == 258  # inferred dates are not the articles' own
    texts = [re.sub(r"\s", "", "".join(article.paragraphs)) for article in articles]
    facts = [
        (int(evidence["doc_id"]), re.sub(r"\s", "", evidence["fact"]))
        for question in json.loads((DATA / "multihop_rag" / "questions_dev.json").read_text(encoding="utf-8"))
        for evidence in question["evidence_list"]
    ]
    assert len(facts) == 3629
    assert [fact for number, fact in facts if fact not in texts[number]] == []


def test_realtime_qa_loses_no_article() -> None:
    readings = list(islice(read_files(find_files([DATA / "realtime_qa" / "articles.jsonl.gz"]), today=TODAY), 1000))
    articles = [found.article for found in readings if found.article]
    assert len(articles) == 1000
    assert {article.outlet for article in articles} == {"USA Today", "CNN", "The Week"}
    assert all(article.published for article in articles)
    assert [notice for found in readings for notice in found.notices] == [
        "UTF-8 that was read as windows-1252: mended",
    ]
