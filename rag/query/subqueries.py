from rag.query.clauses import clauses, joins
from rag.query.parts import Decompose, SubQuery, decompose, whole

__all__ = ["Decompose", "SubQuery", "clauses", "decompose", "joins", "whole"]
