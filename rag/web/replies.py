"""What a program gets: the fields of ``rag ask --json`` and ``rag search --json``, typed, and whole articles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime

from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from rag.answer.answers import AnswerOutcome
from rag.articles import Article
from rag.query.question_kind import QuestionKind
from rag.record.json_output import answer_fields, search_fields
from rag.search.hits import SearchResult
from rag.web.desk import Given

EVENTS = "text/event-stream"
_Characters = tuple[int, int]


class ArticleFields(BaseModel):
    """What is known of an article, but for its text."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    url: str | None
    outlet: str | None
    published: date | None
    updated: date | None
    language: str | None = Field(description="A code, such as fr.")
    labels: list[str] = Field(description="Of excerpt, corrected, opinion, live.")


class CitationFields(BaseModel):
    """Where a claim can be checked."""

    marker: int = Field(description="The number that stands for it in the text: [1].")
    quote: str = Field(description="What the article says there, word for word.")
    paragraph: int = Field(description="Counted from 1.")
    start: int = Field(description="First character of the quote in its paragraph.")
    end: int
    article: ArticleFields
    link: str | None = Field(description="To the sentence on the article's page.")


class ClaimFields(BaseModel):
    """A sentence of an answer."""

    text: str
    markers: list[int]
    answer_span: _Characters | None = Field(description="Characters of the text that answer.")
    insertions: list[_Characters] = Field(description="Characters of the text that are ours, in brackets.")


class NearestFields(ClaimFields):
    """What comes nearest, and is no answer."""

    citations: list[CitationFields]


class CorrectionFields(BaseModel):
    """A name that was searched for in the place of another."""

    said: str
    meant: str


class ConstraintFields(BaseModel):
    """What was read in a question of where and when to look."""

    kind: str = Field(description="days, outlet, author, phrase or language")
    words: str
    start: int = Field(description="First character of the words in the question as it was searched for.")
    end: int
    restricts: bool = Field(description="It limits what is searched; else it is only preferred.")
    relaxed: bool = Field(description="It would have left nothing, and was not applied.")
    outlet: str | None
    author: str | None
    published_from: date | None
    published_to: date | None
    phrase: str | None
    language: str | None


class QueryFields(BaseModel):
    """How a question was read."""

    as_of: date
    constraints: list[ConstraintFields]
    unknown_outlets: list[str] = Field(description="Outlets that it asks for and the index lacks.")
    ignored: list[str] = Field(description="Words that were read as nothing, as was asked.")


class AnswerReply(BaseModel):
    """An answer, or a refusal, which is an answer too: the coverage does not say."""

    id: str | None = Field(description="Under which the answer is kept; null where it is not.")
    question: str
    rewritten: str = Field(description="As it was searched for, where it follows up on earlier ones.")
    kind: QuestionKind = Field(description="Of answer that the question wants.")
    outcome: AnswerOutcome = Field(description="nearest and nothing are refusals.")
    lead: str = Field(description="The first line, which answers; empty for a refusal.")
    text: str = Field(description="A sentence a line with its markers, then what it rests on; or the refusal.")
    claims: list[ClaimFields]
    refused: bool
    reason: str = Field(description="Of a refusal: what the coverage lacks, where that is known.")
    nearest: list[NearestFields]
    corrections: list[CorrectionFields]
    citations: list[CitationFields]
    snapshot: str = Field(description="Of the index, that was asked.")
    notice: str = Field(description="What went wrong with the language model, where one writes.")
    probability: float = Field(description="How likely the best sentence that was found answers.")
    unanswered: list[str] = Field(description="Parts of the question that the coverage does not answer.")
    parsed_query: QueryFields | None


class ExplainFields(BaseModel):
    """Why a passage was found."""

    lexical: float = Field(description="BM25.")
    dense: float = Field(description="Cosine of question and passage.")
    subquery: str
    reranked: float | None


class HitFields(BaseModel):
    """A passage that was found."""

    rank: int
    score: float = Field(description="0 to 1; higher is better.")
    text: str
    paragraphs: list[int]
    article: ArticleFields
    explain: ExplainFields
    near_duplicates: list[ArticleFields] = Field(description="Articles that say nearly the same there.")


class SearchReply(BaseModel):
    """The passages that bear on a question, best first."""

    hits: list[HitFields]
    parsed_query: QueryFields


class SubheadingFields(BaseModel):
    """A heading inside an article."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    before: int = Field(description="Number of the paragraph that it stands above.")


class ArticleReply(ArticleFields):
    """One version of an article, whole."""

    version: str
    authors: list[str]
    agency: str | None
    section: str | None
    published_at: datetime | None
    updated_at: datetime | None
    paragraphs: list[str] = Field(description="Its text; citations count paragraphs from 1.")
    subheadings: list[SubheadingFields]


def event_stream(events: AsyncIterator[str]) -> StreamingResponse:
    """Make the response that sends events as they come; no proxy is to hold them back, or keep them."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type=EVENTS, headers=headers)


def answer_reply(given: Given) -> AnswerReply:
    """Make the reply of an answer as far as it has grown."""
    return AnswerReply.model_validate({**answer_fields(given.answer), "id": given.id or None})


def search_reply(found: SearchResult) -> SearchReply:
    """Make the reply of a search."""
    return SearchReply.model_validate(search_fields(found))


def article_reply(article: Article) -> ArticleReply:
    """Make the reply of an article."""
    return ArticleReply.model_validate(article)
