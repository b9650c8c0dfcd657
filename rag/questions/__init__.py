"""Reads, without a language model, what a question of news asks for, and cuts it into parts."""

from rag.questions.clauses import clauses, joins
from rag.questions.names import Names
from rag.questions.parts import Divide, Part, divide, whole
from rag.questions.reading import Mention
from rag.questions.sought import Kind, Sought, sought
from rag.questions.understanding import Understood, understand

__all__ = [
    "Divide",
    "Kind",
    "Mention",
    "Names",
    "Part",
    "Sought",
    "Understood",
    "clauses",
    "divide",
    "joins",
    "sought",
    "understand",
    "whole",
]
