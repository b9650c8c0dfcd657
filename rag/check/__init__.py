"""Checks what is said against what is cited: sentences against paragraphs, quotations against the coverage."""

from rag.check.checking import check
from rag.check.citations import Citation, validate_citation
from rag.check.verdicts import Outcome, Rule, Similarity, Support, Verdict

__all__ = ["Citation", "Outcome", "Rule", "Similarity", "Support", "Verdict", "check", "validate_citation"]
