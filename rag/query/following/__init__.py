"""Makes follow-up questions whole from the turns before: "And what did Blinken say?", "why?", "only in May"."""

from rag.query.following.antecedents import Turn
from rag.query.following.rule import RewriteFollowup, rewrite_followup, topic_of

__all__ = ["RewriteFollowup", "Turn", "rewrite_followup", "topic_of"]
