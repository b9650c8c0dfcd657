"""Reads, without a language model, what a question of news asks for, and cuts it into parts."""

from rag.questions.clauses import clauses, joins
from rag.questions.following import Follow, Turn, follow, topic_of
from rag.questions.names import Names
from rag.questions.parts import Divide, Part, divide, whole
from rag.questions.reading import Mention
from rag.questions.sought import Kind, Sought, sought
from rag.questions.understanding import Understood, understand

__all__ = [
    "Divide",
    "Follow",
    "Kind",
    "Mention",
    "Names",
    "Part",
    "Sought",
    "Turn",
    "Understood",
    "clauses",
    "divide",
    "follow",
    "joins",
    "sought",
    "topic_of",
    "understand",
    "whole",
]
