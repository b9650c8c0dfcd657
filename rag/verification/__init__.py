"""Checks what is said against what is cited: sentences against paragraphs, quotations against the coverage."""

from rag.verification.checking import check
from rag.verification.citations import Citation, fault
from rag.verification.verdicts import Outcome, Rule, Similarity, Support, Verdict

__all__ = ["Citation", "Outcome", "Rule", "Similarity", "Support", "Verdict", "check", "fault"]
