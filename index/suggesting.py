"""Chooses the questions that a snapshot suggests: proposals of its newest articles, each kept once it was answered."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from index.name_forms import SPEECH
from index.progress import Progress
from index.questions import Proposal, latest, proposals
from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.answer.extractive import ExtractiveGenerator
from rag.articles import Article
from rag.models.embedding import Embedder
from rag.models.reading import create_reader
from rag.sample import QUESTIONS
from rag.search.retriever import Retriever
from rag.store.protocol import Suggestion
from rag.store.snapshot import Snapshot
from rag.text.proper_names import names
from rag.text.words import terms

# The newest articles, which may share a name, and questions on the latest of them.
_NEWEST, _LATEST = 60, 4
# Questions that are kept, and asked at most, for a whole snapshot and for what is added to one.
_KEPT, _TRIES = 24, 60
_FEW_KEPT, _FEW_TRIES = 2, 4


def examples(store: Snapshot, sample: Path = QUESTIONS) -> list[Proposal]:
    """The sample's own examples, where the coverage holds all articles that they are about."""
    items = [item for item in json.loads(sample.read_text(encoding="utf-8")) if item.get("example") is True]
    found = list[Proposal]()
    for item in items:
        about = [store.article(Article("", (), url=gold["url"]).id) for gold in item["gold"]]
        if None in about:
            return []
        found.append(Proposal(item["question"], next(filter(None, about)), "example"))
    return found


def suggest(
    opened: Callable[[], Snapshot],
    came: Sequence[Article],
    carried: Sequence[Suggestion] | None,
    embedder: Embedder,
    progress: Progress,
) -> list[Suggestion]:
    """See ``index.publishing.Suggest``: questions on what came, and behind them what is carried over."""
    made = [one for article in came for one in proposals(article)]
    # Of what is kept without the reader nearly all is kept with it, and to load it would double an addition's cost.
    reader = create_reader() if carried is None else None
    if reader is None and (carried is None or not made):
        return list(carried or ())
    with closing(opened()) as store:
        if carried is None:
            sources = [*store.outlets(), *store.authors()]
            made = [*examples(store), *latest(came[:_NEWEST], sources)[:_LATEST], *made]
        answerer = Answerer(Retriever(store, embedder), ExtractiveGenerator(), reader=reader)
        tries, most = (_TRIES, _KEPT) if carried is None else (_FEW_TRIES, _FEW_KEPT)
        fresh = _checked(made, answerer, [one.question for one in carried or ()], tries, most, progress)
    return [*fresh, *(carried or ())][:_KEPT]


def _checked(
    made: Sequence[Proposal], answerer: Answerer, known: Sequence[str], tries: int, most: int, progress: Progress
) -> list[Suggestion]:
    """What of the proposals is answered, of at most so many tries; spread over outlets, rules and topics."""
    kept = list[Suggestion]()
    said = [set(terms(question)) for question in known]
    seen = Counter[str]()
    waiting = [(one, _marks(one)) for one in made]
    progress.stage("asking what may be suggested", min(tries, len(made)))
    while waiting and tries and len(kept) < most:
        proposal, marks = min(waiting, key=lambda one: (one[0].rule != "example", sum(seen[mark] for mark in one[1])))
        waiting.remove((proposal, marks))
        asked = set(terms(proposal.question))
        if proposal.rule != "example" and any(2 * len(asked & other) > min(len(asked), len(other)) for other in said):
            continue
        seen.update(marks)
        tries -= 1
        progress.advance(1)
        if _answers(answerer.answer(proposal.question), proposal):
            said.append(asked)
            kept.append(Suggestion(proposal.question, proposal.article.id, proposal.article.version))
    return kept


def _marks(proposal: Proposal) -> list[str]:
    """What the next suggestion should not share with this one: its article counts most."""
    named = {word for one in names(proposal.question.partition(" ")[2]) for word in one.words}
    return [*3 * [proposal.article.id], proposal.article.outlet or "", proposal.rule, *named]


def _answers(answer: Answer, proposal: Proposal) -> bool:
    """Whether an answer is what the question was made of: the newest on its topic, or first of all its article."""
    if answer.refused or not answer.claims or answer.corrections:
        return False
    if proposal.rule in ("latest", "example"):
        return True
    first = answer.claims[0]
    if proposal.said:
        speaker, topic = map(re.escape, proposal.said)
        speaks = rf"\b{speaker}\W+(?:\w+\W+){{0,3}}{SPEECH}\b|\b{SPEECH}\W+(?:\w+\W+){{0,6}}{speaker}\b"
        told = re.search(speaks, first.text) and re.search(rf"\b{topic}\b", first.text)
        return bool(told) and first.citations[0].article.id == proposal.article.id
    return any(
        one.article.id == proposal.article.id and proposal.sentence in " ".join(one.quote.split())
        for one in first.citations
    )
