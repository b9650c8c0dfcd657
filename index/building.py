"""Makes snapshots: a whole one of what is under some paths, or the last one with what has come since."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from index.articles.facts import ReadArticle
from index.bases import COVERAGE, Base, Skipped, current_base, refused, reusable, take_over
from index.chunking import DEFAULT_BUDGET, SMALLEST_BUDGET
from index.copies import CopyGroups
from index.filling import fill
from index.program import program
from index.progress import Progress
from index.publishing import Change, Suggest
from index.settling import as_read, nothing_taken, source_of, take_in
from index.sources.files import find_files
from index.sources.reading import Recall, SourceItem, read_files
from index.versions import Gathered
from rag.errors import ArticleUnreadable, IndexIncompatible, RagError
from rag.models.embedding import Embedder
from rag.store.draft import CoverageDraft
from rag.store.folder import IndexFolder
from rag.store.kept import KeptFile
from rag.store.manifest import Chunking, Counts, Search
from rag.store.parts import PartsDraft
from rag.store.suggested import SUGGESTED
from rag.text.tokens import ENCODING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, or an addition."""

    snapshot: str
    published: bool
    """False: the index held exactly this already, whole, and was left as it is."""
    counts: Counts
    gathered: Gathered
    embedded: int
    """Passages that no earlier vectors could be taken over for."""


def build(
    paths: Sequence[Path],
    folder: IndexFolder,
    embedder: Embedder,
    *,
    budget: int = DEFAULT_BUDGET,
    search: Search = "auto",
    today: date | None = None,
    progress: Progress | None = None,
    suggest: Suggest | None = None,
) -> BuildReport:
    """Build an index of exactly the articles under ``paths``, and make it the current one.

    Articles that are no longer there leave the index; what is unchanged is not embedded again, and what this very
    program made of it is taken over. Until the last step the old index stays in use, whatever happens. ``suggest``
    chooses the questions that it suggests; ``search`` says how its vectors are searched.

    Raises:
        ArticleUnreadable: a path does not exist, or there is no readable article under any of them.
        IndexBusy: another process is changing the index.
        ValueError: a budget below ``SMALLEST_BUDGET``, or a model that cannot read one word.
        OSError: the disk is full or not to be written.
    """
    if budget < SMALLEST_BUDGET:
        raise ValueError(f"a passage needs at least {SMALLEST_BUDGET} tokens, not {budget}")
    progress = progress or Progress()
    named = ", ".join(map(str, paths))
    found = find_files(paths)
    if not found.files:
        raise ArticleUnreadable(f"no articles in {named}: the folder is empty")
    today, chunking = today or date.today(), Chunking(budget, ENCODING)
    with folder.changing(), folder.staging() as staging, PartsDraft(staging, search) as parts:
        base = reusable(folder, embedder.identity)
        like = base if base and base.manifest.program == program() else None
        with (
            CoverageDraft(staging / COVERAGE, before=base.path / COVERAGE if base else None) as draft,
            _recalling(like, today) as recall,
        ):
            items = read_files(found, today=today, recall=recall)
            gathered, _ = take_in(draft, refused(folder), items, progress)
            if not draft.counts()[0]:
                raise nothing_taken(gathered, named)
            if base:
                draft.taken_before()
            change = Change(folder, staging, draft, chunking, embedder.identity, program(), _lines(gathered))
            lacks_questions = bool(base and suggest and SUGGESTED not in base.manifest.files)
            as_before = like and like.manifest.vectors.asked == search and like.manifest.content == change.content
            if like and as_before and not lacks_questions:
                return BuildReport(like.manifest.id, False, like.manifest.counts, gathered, 0)
            if like and like.manifest.chunking == chunking:
                draft.cut_before()
                take_over(folder, draft, parts, like)
            else:
                like = None
            embedded = fill(draft, parts, base, budget, embedder, progress)
            groups = CopyGroups()
            for number, hashes in _arrays(draft.sketches()):
                draft.group(number, groups.place(number, hashes))
            progress.stage("publishing", None)
            manifest = change.publish(parts, base=like, erase=bool(gathered.removed), suggest=suggest, rebuilt=True)
            _drop_answers(folder, gathered)
    return BuildReport(manifest.id, True, manifest.counts, gathered, embedded)


def add(
    items: Iterable[SourceItem],
    folder: IndexFolder,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    suggest: Suggest | None = None,
) -> BuildReport:
    """Add articles to the index in a new snapshot; what is there stays, and is not read again.

    An article that is there already, in this state, changes nothing; in another state it becomes a version. What its
    publisher withdrew goes, until it is published again. The questions that the index suggests stay where their
    articles do, and ``suggest`` adds to them.

    Raises:
        ArticleUnreadable: there is no index yet, and no readable article; or all that is there was withdrawn.
        IndexIncompatible: the index was built with another model.
        IndexCorrupt: the current snapshot is damaged.
        IndexBusy, OSError: as ``build``.
    """
    progress = progress or Progress()
    with folder.changing(), folder.staging() as staging:
        base = current_base(folder)
        if base and base.manifest.model != embedder.identity:
            raise IndexIncompatible(
                f"{folder.path} was built with {base.manifest.model.name}, and not these weights of "
                f"{embedder.identity.name}: rebuild with rag-index build"
            )
        with (
            base.draft(staging / COVERAGE) if base else CoverageDraft(staging / COVERAGE) as draft,
            PartsDraft(staging) as parts,
        ):
            gathered, seen = take_in(draft, refused(folder), items, progress)
            if not draft.counts()[0]:
                raise nothing_taken(gathered, "what was named")
            old = base.skipped() if base else []
            skipped = [line for line in old if seen.isdisjoint((str(line["where"]), source_of(str(line["where"]))))]
            chunking = base.manifest.chunking if base else Chunking(DEFAULT_BUDGET, ENCODING)
            lines = [*skipped, *_lines(gathered)]
            by = program() if not base or base.manifest.program == program() else ""
            change = Change(folder, staging, draft, chunking, embedder.identity, by, lines)
            if base and base.manifest.content == change.content:
                return BuildReport(base.manifest.id, False, base.manifest.counts, gathered, 0)
            groups = CopyGroups(_arrays(draft.heads()))
            if base:
                take_over(folder, draft, parts, base)
            embedded = fill(draft, parts, base, chunking.budget, embedder, progress, groups)
            progress.stage("publishing", None)
            manifest = change.publish(parts, erase=bool(gathered.removed), base=base, suggest=suggest)
            _drop_answers(folder, gathered)
    return BuildReport(manifest.id, True, manifest.counts, gathered, embedded)


def _drop_answers(folder: IndexFolder, gathered: Gathered) -> None:
    """Delete the kept answers that point to what its publisher withdrew: each holds the whole article."""
    withdrawn = {one.article.id for one in gathered.removed if one.article}
    try:
        if withdrawn:
            KeptFile(folder.path).drop(lambda articles, said: not withdrawn.isdisjoint(articles))
    except RagError as error:
        _log.warning("kept answers still point to what was withdrawn: %s", error)


@contextmanager
def _recalling(base: Base | None, today: date) -> Iterator[Recall]:
    """How to recall what this program read before; nothing that it may have read on a later day than ``today``."""
    if base is None or base.manifest.created.astimezone().date() > today:
        yield lambda record: None
        return
    with base.coverage() as coverage:

        def recall(record: bytes) -> ReadArticle | None:
            found = coverage.read_from(record)
            return as_read(*found) if found else None

        yield recall


def _arrays(sketches: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    import numpy as np

    for number, hashes in sketches:
        yield number, np.frombuffer(hashes, dtype=np.uint64)


def _lines(gathered: Gathered) -> list[Skipped]:
    lines: list[Skipped] = [{"where": item.where, "skipped": item.reason} for item in gathered.skipped]
    lines += [{"where": item.where, "passed over": item.reason} for item in gathered.passed_over]
    for item in gathered.noticed:
        lines += [{"where": item.where, "notice": notice} for notice in item.notices]
        lines += [{"where": item.where, "omitted": line} for line in item.omitted]
    return lines
