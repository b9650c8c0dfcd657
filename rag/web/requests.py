"""What a question to the page or to a program's door consists of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Self
from urllib.parse import urlencode

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.requests import HTTPConnection

from rag.answer.answers import Answer, Choices
from rag.search.retriever import LONGEST_QUESTION
from rag.store.scope import Scope, parse_day
from rag.web.desk import Asked

# Before a question has its turn its names are looked at, which takes the longer the longer they are.
_Name = Annotated[str, Field(max_length=300)]
_Id = Annotated[str, Field(max_length=64)]
_Names = Annotated[list[_Name], Field(max_length=50, description="Any of these names, as the index has them.")]


def _day(*, last: bool) -> BeforeValidator:
    """Read a day as people type it; the last of a month or year where the ``last`` is meant."""
    return BeforeValidator(lambda typed: parse_day(typed, last=last) if isinstance(typed, str) else typed)


_First = Annotated[date | None, _day(last=False)]
_Last = Annotated[date | None, _day(last=True)]


class QuestionRequest(BaseModel):
    """A question, and the limits on what is searched for it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    question: Annotated[str, Field(examples=["Who raised the tolls?"])]
    published_from: Annotated[_First, Field(alias="from", description="First day of publication.")] = None
    published_to: Annotated[_Last, Field(alias="to", description="Last day of publication.")] = None
    outlets: _Names = []
    authors: _Names = []
    languages: Annotated[_Names, Field(examples=[["fr"]], description="Any of these codes or English names.")] = []
    articles: Annotated[list[_Id], Field(max_length=100, description="Ids of the only articles to be searched.")] = []
    as_of: Annotated[_Last, Field(description="The day of the question.")] = None
    parse_query: Annotated[bool, Field(description="Whether days, names and phrases are read in the question.")] = True
    ignored: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_QUESTION)]],
        Field(max_length=50, description="Words of the question that are read as nothing."),
    ] = []

    @classmethod
    def again(cls, answer: Answer, choices: Choices | None = None) -> Self:
        """The request that asks the question of an answer again, with its own or other choices."""
        chosen = choices or answer.choices
        scope = chosen.scope
        return cls(
            question=answer.question,
            published_from=scope.published_from,
            published_to=scope.published_to,
            outlets=[*scope.outlets],
            authors=[*scope.authors],
            languages=[*scope.languages],
            articles=[*scope.articles],
            as_of=chosen.as_of,
            parse_query=chosen.parse_query,
            ignored=[*chosen.ignored],
        )

    def asked(self, owner: str = "") -> Asked:
        """Return the question as the desk takes it; raises ``ValueError`` for days that are the wrong way round."""
        scope = Scope(
            self.published_from,
            self.published_to,
            tuple(self.outlets),
            tuple(self.authors),
            tuple(self.languages),
            tuple(self.articles),
        )
        return Asked(self.question, Choices(scope, self.as_of, self.parse_query, tuple(self.ignored)), owner=owner)

    def address(self, root: str = "") -> str:
        """The address of the page that asks it."""
        said = self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"after", "question"})
        said = {name: str(value).lower() if isinstance(value, bool) else value for name, value in said.items()}
        return f"{root}/?{urlencode({'q': self.question} | said, doseq=True, errors='replace')}"


class AskRequest(QuestionRequest):
    """A question, the limits on what is searched for it, and what it follows up on."""

    after: Annotated[list[_Id], Field(max_length=8, description="Ids of earlier answers, oldest first.")] = []

    def asked(self, owner: str = "") -> Asked:
        """Return the question with what it follows up on; raises as ``QuestionRequest.asked``."""
        return replace(super().asked(owner), after=tuple(self.after))


class PassagesRequest(QuestionRequest):
    """A question, the limits on what is searched for it, and how many passages are wanted."""

    limit: Annotated[int, Field(ge=1, le=50, description="How many passages.")] = 10


def root_of(connection: HTTPConnection) -> str:
    """The path under which the program is served: "" or "/news"."""
    return str(connection.scope.get("root_path", "")).rstrip("/")


def fault_in(error: ValidationError | RequestValidationError) -> str:
    """Say in a line what of a request is wrong."""
    first = error.errors()[0]
    where = ".".join(str(one) for one in first["loc"] if one not in ("body", "ask")) or "the request"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
