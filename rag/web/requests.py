"""What a question to the page or to a program's door consists of."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.search.retriever import LONGEST_QUESTION
from rag.store.scope import Scope
from rag.web.desk import Asked

_Names = Annotated[list[str], Field(max_length=50)]


class AskRequest(BaseModel):
    """A question, the limits on what is searched for it, and what it follows up on."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    question: Annotated[str, Field(max_length=LONGEST_QUESTION, examples=["Who raised the tolls?"])]
    published_from: Annotated[date | None, Field(alias="from", description="First day of publication.")] = None
    published_to: Annotated[date | None, Field(alias="to", description="Last day of publication.")] = None
    outlets: _Names = []
    authors: _Names = []
    languages: Annotated[_Names, Field(examples=[["fr"]])] = []
    as_of: Annotated[date | None, Field(description="The day of the question.")] = None
    parse_query: Annotated[bool, Field(description="Whether days, names and phrases are read in the question.")] = True
    after: Annotated[list[str], Field(max_length=8, description="Ids of earlier answers, oldest first.")] = []

    def asked(self, owner: str = "") -> Asked:
        """Return the question as the desk takes it; raises ``ValueError`` for days that are the wrong way round."""
        scope = Scope(
            self.published_from, self.published_to, tuple(self.outlets), tuple(self.authors), tuple(self.languages)
        )
        return Asked(self.question, scope, self.as_of, self.parse_query, tuple(self.after), owner)


def fault_in(error: ValidationError) -> str:
    """Say in a line what of a request is wrong."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
