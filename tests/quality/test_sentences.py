"""Floors for the check of sentences: what is caught, and what is wrongly rejected. See benchmarks/verification.py."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from benchmarks.verification import BY_HAND, Result, halves, measure, sample_articles, wikinews_articles
from rag.sample import ARTICLES
from tests.conftest import missing


@pytest.fixture(scope="module")
def sample() -> Result:
    return measure(sample_articles(), hand=True, each=100)


def test_the_floors_are_those_of_this_data() -> None:
    whole = hashlib.sha256(BY_HAND.read_bytes())
    for path in sorted(ARTICLES.glob("*.md")):
        whole.update(path.read_bytes())
    assert whole.hexdigest()[:12] == "89029fa9c37f"
    assert len(json.loads(BY_HAND.read_text(encoding="utf-8"))) == 82


def test_invented_sentences_of_the_sample_are_caught(sample: Result) -> None:
    assert sum(tally.of for tally in sample.caught.values()) >= 700
    assert sample.caught_share >= 0.975


def test_true_sentences_of_the_sample_are_accepted(sample: Result) -> None:
    assert sample.accepted["word for word"].wrong == []
    assert sample.accepted["written by hand"].wrong == []
    assert sample.rejected_share <= 0.005


def test_real_news_that_the_rules_were_not_made_with(shared_data: Path) -> None:
    if not (shared_data / "wikinews").is_dir():
        missing("the Wikinews articles (../shared/data/wikinews) are not here")
    _, held_out = halves(wikinews_articles(shared_data / "wikinews"))
    result = measure(held_out, each=40)
    assert sum(tally.of for tally in result.caught.values()) == 280
    assert result.caught_share >= 0.97
    assert result.rejected_share <= 0.01
