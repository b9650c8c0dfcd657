"""Floors for the check of claims that were written by hand; see benchmarks/claims.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.claims import read_claims
from rag.check.verdicts import Outcome
from tests.conftest import missing

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "caught", "rejected"),
    # The rules' authors have looked at all but the last, whose writer knew none of the rules.
    [("sample", 0, 0), ("seen", 12, 2), ("unseen", 13, 1), ("more", 18, 2), ("later", 36, 10), ("fresh", 3, 10)],
)
def test_claims(name: str, caught: int, rejected: int) -> None:
    claims = read_claims(HERE / f"claims_{name}.json")
    if any(claim.article is None for claim in claims):
        missing("the real news data (../shared/data) is not here")
    verdicts = [(claim.supported, claim.verdict().outcome is not Outcome.SUPPORTED) for claim in claims]
    assert verdicts.count((False, True)) >= caught, "false claims caught"
    assert verdicts.count((True, True)) <= rejected, "true claims rejected"
