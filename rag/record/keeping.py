"""Keeps the answers that a page has given, so that they can be shown again, and what readers said of them."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from rag.answer.answers import Answer, Claim
from rag.check.citations import Citation
from rag.errors import RagError
from rag.record.serialize import from_json, to_json
from rag.search.hits import Hit
from rag.store.kept import IN_MEMORY, ON_DISK, KeptFeedback, KeptFile, KeptRecord
from rag.text.display import one_line

_log = logging.getLogger(__name__)
LONGEST_COMMENT = 2_000
# Articles that are shown where a question is refused.
NEAREST = 3


class FeedbackVerdict(StrEnum):
    """What readers can say of an answer, or of one of its citations."""

    HELPFUL = "helpful"
    WRONG_CITATION = "wrong citation"
    OUT_OF_DATE = "out of date"
    NO_ANSWER = "does not answer"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was kept."""

    id: str
    """Nobody can guess it: whoever has it was given it."""
    asked_at: datetime
    answer: Answer
    """As ``shown_of`` gives it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader said of an answer."""

    given_at: datetime
    verdict: FeedbackVerdict
    answer_id: str
    marker: int | None
    """Of the citation that is meant; None where it is the whole answer."""
    comment: str
    """One line; nothing in it is obeyed. Empty where none was given, or where it went with a removed article."""
    answer: Answer | None
    """None where it is no longer kept."""

    @property
    def citation(self) -> Citation | None:
        """The citation that is meant."""
        return next((one for one in (self.answer.citations if self.answer else ()) if one.marker == self.marker), None)

    @property
    def claim(self) -> Claim | None:
        """The sentence of the answer that carries it."""
        claims = self.answer.claims if self.answer else ()
        return next((claim for claim in claims for one in claim.citations if one.marker == self.marker), None)


class KeptAnswers:
    """The kept answers of an index; threads and processes may share them.

    Nothing here breaks an answer: what cannot be kept, or read again, is logged and left. A removed article takes the
    answers that point to it along, also from memory.
    """

    def __init__(self, folder: Path | None, *, history: bool = True, limit: int | None = None) -> None:
        """Keep answers in the index's ``folder``; in memory, until the process ends, without ``history`` or folder."""
        self.on_disk = history and folder is not None
        limit = limit or (ON_DISK if self.on_disk else IN_MEMORY)
        self._file = KeptFile(folder, on_disk=self.on_disk, limit=limit)
        self._warned = False

    def keep(self, answer: Answer, owner: str) -> str | None:
        """Keep an answer and return its id; None where it cannot be kept.

        ``owner`` is a key that only the browser which asked has; a digest of it is stored.
        """
        id_, shown = secrets.token_urlsafe(12), shown_of(answer)
        try:
            record = to_json(shown)
            articles = [one["id"] for one in json.loads(record)["articles"]]
            if shown.cut:  # a draft that was left out may say what any of the passages says
                articles += [hit.article.id for hit in answer.hits]
            about = tuple(dict.fromkeys(articles))
            if not self._file.add(KeptRecord(id_, _now(), _digest(owner), about, record)):
                return None
        except (RagError, ValueError) as error:
            self._warn("an answer was not kept, and it is not told again of the next", error)
            return None
        self._warned = False
        return id_

    def read(self, id_: str) -> Kept | None:
        """Return an answer; None where there is none of that id, or where it cannot be read any more."""
        try:
            if one := self._file.get(_text(id_)):
                return Kept(one.id, datetime.fromisoformat(one.asked_at), from_json(one.record))
        except (RagError, ValueError) as error:
            _log.warning("a kept answer cannot be read: %s", one_line(str(error)))
        return None

    def delete(self, id_: str, owner: str) -> bool:
        """Delete an answer for the owner that it was kept for; False where nothing was deleted."""
        try:
            return owner != "" and self._file.delete(_text(id_), _digest(owner))
        except RagError as error:
            self._warn("a kept answer was not deleted", error)
            return False

    def feedback(self, id_: str, verdict: FeedbackVerdict, *, comment: str = "", marker: int | None = None) -> bool:
        """Keep what a reader says of a kept answer, or of its citation ``marker``; False where it cannot be kept.

        Raises:
            ValueError: the comment is too long, or the answer has no such citation.
        """
        if len(comment) > LONGEST_COMMENT:
            raise ValueError(f"the comment has {len(comment):,} characters: write at most {LONGEST_COMMENT:,}")
        kept = self.read(id_)
        if kept is None:
            return False
        if marker is not None and marker not in {one.marker for one in kept.answer.citations}:
            raise ValueError(f"the answer has no citation {marker}: it has {len(kept.answer.citations)}")
        try:
            self._file.add_feedback(KeptFeedback(_now(), kept.id, verdict.value, marker, one_line(comment)))
        except RagError as error:
            self._warn("what a reader said was not kept", error)
            return False
        return True

    def feedbacks(self, limit: int = 100) -> list[Feedback]:
        """What readers said, the newest first; raises ``RagError`` where the file cannot be read."""
        said, answers = self._file.feedback(limit), dict[str, Answer | None]()
        for one in said:
            if one.answer not in answers:
                answers[one.answer] = kept.answer if (kept := self.read(one.answer)) else None
        return [
            Feedback(
                datetime.fromisoformat(one.given_at),
                FeedbackVerdict(one.verdict),
                one.answer,
                one.marker,
                one.comment,
                answers[one.answer],
            )
            for one in said
        ]

    def _warn(self, what: str, error: Exception) -> None:
        if not self._warned:  # once, not at every question
            _log.warning("%s: %s", what, one_line(str(error)))
        self._warned = True


def shown_of(answer: Answer) -> Answer:
    """An answer with the passages that are shown beside it: those of what it cites, or the nearest to a refusal.

    The others make up nine tenths of a record, as each holds a whole article.
    """
    if answer.refused:
        near = {one.article.id: None for claim in answer.nearest for one in claim.citations}
        near |= {hit.article.id: None for hit in answer.hits}
        best = dict[str, Hit]()
        for hit in answer.hits:
            if hit.article.id in [*near][:NEAREST]:
                best.setdefault(hit.article.id, hit)
        return replace(answer, hits=tuple(best.values()))
    cited = {one.article.id for one in answer.citations}
    return replace(answer, hits=tuple(hit for hit in answer.hits if hit.article.id in cited))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _text(id_: str) -> str:
    """An id from an address as a database takes it."""
    return id_.encode("utf-8", "replace").decode("utf-8")


def _digest(owner: str) -> bytes:
    return hashlib.sha256(owner.encode("utf-8", "replace")).digest()
