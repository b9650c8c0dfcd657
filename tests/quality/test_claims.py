"""Floors for the check of claims that were written by hand; see benchmarks/claims.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.claims import read_claims
from rag.check.verdicts import Outcome

HERE = Path(__file__).parent


def test_fair_paraphrases_of_the_sample_are_accepted() -> None:
    claims = read_claims(HERE / "claims_sample.json")
    rejected = [claim.text for claim in claims if claim.verdict().outcome is not Outcome.SUPPORTED]
    assert len(claims) == 82
    assert len(rejected) <= 2, rejected


def test_claims_about_real_news(shared_data: Path) -> None:
    path = HERE / "claims_seen.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    claims = read_claims(path)
    verdicts = [(claim.supported, claim.verdict().outcome is not Outcome.SUPPORTED) for claim in claims]
    assert verdicts.count((False, True)) >= 17, "false claims caught, of 30"
    assert verdicts.count((True, True)) <= 3, "true claims rejected, of 30"
