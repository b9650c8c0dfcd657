"""Reads, without a language model, what a question of news asks for, and cuts it into parts."""

from rag.query.answer_type import AnswerType, Kind, answer_type
from rag.query.clauses import clauses, joins
from rag.query.following import RewriteFollowup, Turn, rewrite_followup, topic_of
from rag.query.names import Names
from rag.query.parsed_query import ParsedQuery, parse_question
from rag.query.parts import Decompose, SubQuery, decompose, whole
from rag.query.reading import Constraint

__all__ = [
    "Decompose",
    "RewriteFollowup",
    "Kind",
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
