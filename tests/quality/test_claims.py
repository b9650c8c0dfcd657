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


@pytest.mark.parametrize(
    ("name", "caught", "rejected"),
    # The rules' authors looked at the first file, and never at the second.
    [("claims_seen.json", 17, 3), ("claims_unseen.json", 14, 11)],
)
def test_claims_about_real_news(shared_data: Path, name: str, caught: int, rejected: int) -> None:
    claims = read_claims(HERE / name)
    verdicts = [(claim.supported, claim.verdict().outcome is not Outcome.SUPPORTED) for claim in claims]
    assert len(verdicts) == 60
    assert verdicts.count((False, True)) >= caught, "false claims caught, of 30"
    assert verdicts.count((True, True)) <= rejected, "true claims rejected, of 30"
