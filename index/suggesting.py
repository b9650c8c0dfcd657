"""Chooses the questions that a snapshot suggests: proposals of its newest articles, each kept once it was answered."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from index.progress import Progress
from index.questions import SPEECH, Proposal, latest, proposals
from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.answer.extractive import ExtractiveGenerator
from rag.articles import Article
from rag.models.embedding import Embedder
from rag.models.reading import PACKAGED, Reader, create_reader
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
_FEW_KEPT, _FEW_TRIES = 1, 2


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


class Suggester:
    """Chooses the questions that a snapshot suggests; one may serve many snapshots of one model."""

    def __init__(self, embedder: Embedder, progress: Progress | None = None, *, reader: str = PACKAGED) -> None:
        self._embedder = embedder
        self._progress = progress or Progress()
        self._reader_name = reader
        self._reader: Reader | None = None

    def __call__(
        self,
        opened: Callable[[], Snapshot],
        came: Iterable[Article],
        carried: Sequence[Suggestion] | None,
    ) -> list[Suggestion]:
        """See ``index.building.Suggest``."""
        newest = list(came)
        made = [one for article in newest for one in proposals(article)]
        if carried is not None and not made:
            return list(carried)
        self._reader = self._reader or create_reader(self._reader_name)
        if self._reader is None:
            return list(carried or ())
        with closing(opened()) as store:
            if carried is None:
                sources = [*store.outlets(), *store.authors()]
                made = [*examples(store), *latest(newest[:_NEWEST], sources)[:_LATEST], *made]
            answerer = Answerer(Retriever(store, self._embedder), ExtractiveGenerator(), reader=self._reader)
            tries, most = (_TRIES, _KEPT) if carried is None else (_FEW_TRIES, _FEW_KEPT)
            fresh = self._checked(made, answerer, [one.question for one in carried or ()], tries, most)
        return [*fresh, *(carried or ())][:_KEPT]

    def _checked(
        self, made: Sequence[Proposal], answerer: Answerer, known: Sequence[str], tries: int, most: int
    ) -> list[Suggestion]:
        """What of the proposals is answered, of at most so many tries; spread over outlets, rules and topics."""
        kept = list[Suggestion]()
        said = [set(terms(question)) for question in known]
        seen = Counter[str]()
        waiting = list(made)
        self._progress.stage("asking what may be suggested", min(tries, len(made)))
        while waiting and tries and len(kept) < most:
            best = min(
                range(len(waiting)),
                key=lambda at: (waiting[at].rule != "example", sum(seen[one] for one in _spread(waiting[at])), at),
            )
            proposal = waiting.pop(best)
            asked = set(terms(proposal.question))
            if any(2 * len(asked & other) > min(len(asked), len(other)) for other in said):
                continue
            seen.update(_spread(proposal))
            tries -= 1
            self._progress.advance(1)
            if _answers(answerer.answer(proposal.question), proposal):
                said.append(asked)
                kept.append(Suggestion(proposal.question, proposal.article.id, proposal.article.version))
        return kept


def _spread(proposal: Proposal) -> list[str]:
    """What the next suggestion should not share with this one: its article counts most."""
    named = {word for one in names(proposal.question.partition(" ")[2]) for word in one.words}
    return [*3 * [proposal.article.id], proposal.article.outlet or "", proposal.rule, *named]


def _answers(answer: Answer, proposal: Proposal) -> bool:
    """Whether an answer is what the question was made of: the newest on its topic, or first of all its article."""
    if answer.refused or not answer.claims or answer.corrections:
        return False
    if proposal.rule in ("latest", "example"):
        return True
    first, cited = answer.claims[0], answer.claims[0].citations
    if proposal.speaker:
        said = proposal.speaker in first.text and re.search(rf"{SPEECH}\b|[\"“]", first.text)
        return bool(said) and cited[0].article.id == proposal.article.id
    return any((one.article.id, one.paragraph) == (proposal.article.id, proposal.paragraph) for one in cited)
