"""Answers a question from the coverage: retrieves, lets a generator draft, checks every citation, or declines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rag.articles import Article, day_in_words
from rag.embedding import Embedder
from rag.errors import GenerationFailed
from rag.generation import Draft, Generator, Quotes, named
from rag.questions import Mention, Understood
from rag.retrieval import Hit, Retriever, checked_question
from rag.scope import EVERYTHING, Scope
from rag.snapshot.coverage import Summary
from rag.verification import Citation, fault
from rag.words import counted

# Passages that a generator is given to answer from.
_PASSAGES = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, with the citations that were checked for it; at least one."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coverage says to a question; or, ``refused``, that it does not say."""

    question: str
    scope: Scope
    """What was searched: the limits that were given, and those that were read in the question."""
    claims: tuple[Claim, ...]
    refused: bool
    hits: tuple[Hit, ...]
    """The passages that the answer was looked for in, best first; for a refusal, what comes nearest."""
    searched: Summary
    """What the coverage holds within the scope."""
    snapshot: str
    """Id of the snapshot that was asked."""
    dropped: tuple[str, ...] = ()
    """Why drafted sentences were not shown: their citations did not hold, or the generator found a fault itself."""
    understood: Understood | None = None
    """What the question was understood to ask for; its limits are in ``scope``, unless they were let go."""
    loosened: tuple[Mention, ...] = ()
    """Limits read in the question that were let go, because they would have left nothing."""
    notice: str = ""
    """What went wrong with the generator, and what was done about it; empty when nothing did."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, in the order of their markers."""
        return tuple(citation for claim in self.claims for citation in claim.citations)

    @property
    def text(self) -> str:
        """The answer as plain text, a sentence a line, each with outlet, date and marker; or the refusal."""
        if self.refused:
            return refusal(self)
        return "\n".join(
            f"{origin(claim.citations[0].article)}: {claim.text} "
            + "".join(f"[{citation.marker}]" for citation in claim.citations)
            for claim in self.claims
        )


class Answerer:
    """Answers questions over one snapshot; ``Answerer.open("data/index").answer("What did Lavrov call for?")``."""

    def __init__(self, retriever: Retriever, generator: Generator) -> None:
        self.retriever = retriever
        self.generator = generator

    @classmethod
    def open(cls, index: str | Path, *, embedder: Embedder | None = None, generator: str = "quotes") -> Answerer:
        """Open an index, and answer with the generator of that name; by default with quotes, without a language model.

        Raises as ``Retriever.open`` and ``rag.generation.named`` do.
        """
        drafts = named(generator)  # first: a wrong name is told before models are loaded
        return cls(Retriever.open(index, embedder=embedder), drafts)

    def refreshed(self) -> Answerer:
        """Return an answerer on the index's current snapshot: this one, if that is still it.

        Raises as ``Retriever.refreshed`` does; this answerer still works then.
        """
        retriever = self.retriever.refreshed()
        return self if retriever is self.retriever else Answerer(retriever, self.generator)

    def answer(
        self, question: str, *, scope: Scope = EVERYTHING, as_of: date | None = None, literally: bool = False
    ) -> Answer:
        """Answer ``question`` from what ``scope`` allows; understands and raises as ``Retriever.search`` does."""
        *_, last = self.stream(question, scope=scope, as_of=as_of, literally=literally)
        return last

    def stream(
        self, question: str, *, scope: Scope = EVERYTHING, as_of: date | None = None, literally: bool = False
    ) -> Iterator[Answer]:
        """Give the answer as it grows: each value holds one more checked claim, the last one is the whole answer.

        Where the generator fails, what it had written stays, or else the coverage is quoted; ``notice`` says so.

        Raises as ``Retriever.search`` does, before the first value.
        """
        found = self.retriever.search(question, limit=_PASSAGES, scope=scope, as_of=as_of, literally=literally)
        hits = found.hits
        coverage = self.retriever.snapshot.coverage
        answer = Answer(
            question=checked_question(question),
            scope=found.scope,
            claims=(),
            refused=False,
            hits=hits,
            searched=coverage.summary(found.scope),
            snapshot=self.retriever.snapshot.id,
            understood=found.understood,
            loosened=found.loosened,
        )
        sentences = self.retriever.sentences(question, hits)
        drafts = self.generator(answer.question, sentences)
        while True:
            try:
                draft = next(drafts, None)
            except GenerationFailed as error:
                answer = replace(answer, notice=_notice(error, kept=bool(answer.claims)))
                drafts = iter(()) if answer.claims else Quotes()(answer.question, sentences)
                continue
            if draft is None:
                break
            citations = self._citations(draft, first=len(answer.citations) + 1)
            faults = [found for found in (fault(citation, coverage) for citation in citations) if found]
            if draft.fault or not citations:
                faults = [draft.fault or "it cites nothing"]
            if faults:
                answer = replace(answer, dropped=(*answer.dropped, *faults))
                continue
            answer = replace(answer, claims=(*answer.claims, Claim(draft.text, citations)))
            yield answer
        yield replace(answer, refused=not answer.claims)

    def _citations(self, draft: Draft, first: int) -> tuple[Citation, ...]:
        return tuple(
            Citation(marker, one.article, one.paragraph, one.start, one.end, one.quote)
            for marker, one in enumerate(draft.evidence, start=first)
        )


def _notice(error: GenerationFailed, *, kept: bool) -> str:
    what = "the answer ends there" if kept else "quotations were looked for instead"
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}; {what}."


def refusal(answer: Answer) -> str:
    """Say that the coverage does not answer, where was looked, and what it has that comes nearest."""
    searched = answer.searched
    if not searched.articles:
        nothing = f"No article is within these limits ({answer.scope})."
        return " ".join(filter(None, (nothing, left_out(searched), "Widen them, or ask without.")))
    lines = [f"The coverage does not answer this. {what_was_searched(searched, answer.scope)}"]
    near = nearest_articles(answer)
    if near:
        lines.append("What comes nearest:")
        lines += [f"- {article.title} ({origin(article)})" for article in near]
    return "\n".join(lines)


def how_it_was_read(answer: Answer) -> str:
    """Say which limits were read in the question, and which of them were let go; empty where none were."""
    read = [one for one in answer.understood.mentions if one.limits] if answer.understood else []
    kept = [f"“{one.words}”" for one in read if one not in answer.loosened]
    gone = [f"“{one.words}”" for one in answer.loosened]
    said = [f"Read in the question: {', '.join(kept)}."] if kept else []
    said += [f"Let go, because nothing would be left: {', '.join(gone)}."] if gone else []
    return " ".join(said)


def what_was_searched(searched: Summary, scope: Scope = EVERYTHING) -> str:
    """Say it in a sentence: "It holds 63 articles of 8 outlets, from 3 February 2025 to 30 August 2025."."""
    text = f"Within these limits ({scope}) it" if scope else "It"
    text += f" holds {counted(searched.articles, 'article')}"
    if searched.outlets:
        text += f" of {counted(len(searched.outlets), 'outlet')}"
    if searched.oldest and searched.newest:
        oldest, newest = day_in_words(searched.oldest), day_in_words(searched.newest)
        text += f", of {oldest}" if oldest == newest else f", from {oldest} to {newest}"
    return " ".join(filter(None, (text + ".", left_out(searched))))


def left_out(searched: Summary) -> str:
    """Say how many articles are left out because their day, or language, is not known; empty where none are."""
    said = []
    for number, lacking in ((searched.undated, "a date"), (searched.unnamed, "a named language")):
        if number:
            said.append(f"{counted(number, 'article')} without {lacking} {'was' if number == 1 else 'were'} left out.")
    return " ".join(said)


def nearest_articles(answer: Answer, limit: int = 3) -> list[Article]:
    """Return the ``limit`` different articles that came nearest to the question."""
    articles = {hit.article.id: hit.article for hit in answer.hits}
    return list(articles.values())[:limit]


def origin(article: Article) -> str:
    """Outlet and day of an article: "The Moscow Times, 2 December 2021"."""
    day = day_in_words(article.published) if article.published else "undated"
    return f"{article.outlet or 'unknown outlet'}, {day}"
