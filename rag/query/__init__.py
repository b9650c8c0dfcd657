"""Reads, without a language model, what a question of news asks for, and cuts it into parts."""

from rag.query.answer_type import AnswerKind, AnswerType, answer_type
from rag.query.clauses import clauses, joins
from rag.query.following import RewriteFollowup, Turn, rewrite_followup, topic_of
from rag.query.names import Names
from rag.query.parts import Decompose, SubQuery, decompose, whole
from rag.query.reading import Constraint
from rag.query.understanding import ParsedQuery, parse_question

__all__ = [
    "Decompose",
    "RewriteFollowup",
    "AnswerKind",
    "Constraint",
    "Names",
    "SubQuery",
    "AnswerType",
    "Turn",
    "ParsedQuery",
    "clauses",
    "decompose",
    "rewrite_followup",
    "joins",
    "answer_type",
    "topic_of",
    "parse_question",
    "whole",
]
