"""What a question to the page or to a program's door consists of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.search.retriever import LONGEST_QUESTION
from rag.store.scope import Scope
from rag.web.desk import Asked

_Names = Annotated[list[str], Field(max_length=50, description="Any of these names, as the index has them.")]


class QuestionRequest(BaseModel):
    """A question, and the limits on what is searched for it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    question: Annotated[str, Field(max_length=LONGEST_QUESTION, examples=["Who raised the tolls?"])]
    published_from: Annotated[date | None, Field(alias="from", description="First day of publication.")] = None
    published_to: Annotated[date | None, Field(alias="to", description="Last day of publication.")] = None
    outlets: _Names = []
    authors: _Names = []
    languages: Annotated[_Names, Field(examples=[["fr"]], description="Any of these codes or English names.")] = []
    as_of: Annotated[date | None, Field(description="The day of the question.")] = None
    parse_query: Annotated[bool, Field(description="Whether days, names and phrases are read in the question.")] = True

    def asked(self, owner: str = "") -> Asked:
        """Return the question as the desk takes it; raises ``ValueError`` for days that are the wrong way round."""
        scope = Scope(
            self.published_from, self.published_to, tuple(self.outlets), tuple(self.authors), tuple(self.languages)
        )
        return Asked(self.question, scope, self.as_of, self.parse_query, owner=owner)


class AskRequest(QuestionRequest):
    """A question, the limits on what is searched for it, and what it follows up on."""

    after: Annotated[list[str], Field(max_length=8, description="Ids of earlier answers, oldest first.")] = []

    def asked(self, owner: str = "") -> Asked:
        """Return the question with what it follows up on; raises as ``QuestionRequest.asked``."""
        return replace(super().asked(owner), after=tuple(self.after))


class PassagesRequest(QuestionRequest):
    """A question, the limits on what is searched for it, and how many passages are wanted."""

    limit: Annotated[int, Field(ge=1, le=50, description="How many passages.")] = 10


def fault_in(error: ValidationError | RequestValidationError) -> str:
    """Say in a line what of a request is wrong."""
    first = error.errors()[0]
    where = ".".join(str(one) for one in first["loc"] if one != "body") or "the request"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
