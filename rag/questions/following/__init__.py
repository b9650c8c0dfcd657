"""Makes follow-up questions whole from the turns before: "And what did Blinken say?", "why?", "only in May"."""

from rag.questions.following.antecedents import Turn
from rag.questions.following.rule import Follow, follow, topic_of

__all__ = ["Follow", "Turn", "follow", "topic_of"]
