"""Makes snapshots: a whole one of what is under some paths, or the last one with what has come since."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from index.articles.facts import ReadArticle
from index.chunking import DEFAULT_BUDGET, SMALLEST_BUDGET, chunk, fit
from index.copies import CopyGroups, sketch
from index.program import program
from index.progress import Progress
from index.settling import as_read, nothing_taken, source_of, take_in
from index.sources.files import find_files
from index.sources.reading import Recall, SourceItem, read_files
from index.versions import Gathered
from rag.articles import Article, Passage
from rag.errors import ArticleUnreadable, IndexIncompatible, IndexNotFound, RagError
from rag.models.embedding import Embedder, ModelIdentity
from rag.store.coverage import Coverage
from rag.store.draft import CoverageDraft
from rag.store.folder import IndexFolder
from rag.store.kept import KeptFile
from rag.store.manifest import FORMAT, Chunking, Counts, Manifest, Search, write_file
from rag.store.parts import PartsDraft, vectors_of
from rag.store.protocol import Suggestion
from rag.store.rows import Removal
from rag.store.snapshot import Snapshot
from rag.store.suggested import SUGGESTED, read_suggested, suggested_bytes
from rag.text.tokens import ENCODING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)
_LIBRARIES = (
    "faiss-cpu tantivy onnxruntime tokenizers sentence-transformers torch tiktoken nupunkt snowballstemmer numpy"
).split()
COVERAGE = "coverage.sqlite"
"""The file of a snapshot's articles."""
# Passages that are cut, embedded and written at a time: what lies in memory, whatever the index holds.
_BATCH = 2_048

SKIPPED_FILE = "skipped.jsonl"
"""What was not read and why, and what was left out of articles that were: an object a line, with the item's place
(``where``) and one of ``skipped`` (the reason), ``passed over``, ``notice`` or ``omitted`` (a line of the text)."""

Skipped = dict[str, str | None]
Suggest = Callable[[Callable[[], Snapshot], Sequence[Article], Sequence[Suggestion] | None], Sequence[Suggestion]]
"""Chooses the questions that a snapshot suggests: of the articles that came, the newest first, and of what is carried
over from the one before, None where all is new. The snapshot can be opened, and is to be closed again."""
# A larger index takes longer to open than an addition may: what it suggests is carried over, and chosen by a build.
_QUICKLY_OPENED = 50_000
# Articles, the newest, of which suggestions may be made.
_LOOKED_AT = 400


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


@dataclass(frozen=True, slots=True)
class Base:
    """The snapshot that another one is made from: its vectors are taken over, and what else is still right."""

    path: Path
    manifest: Manifest

    @contextmanager
    def coverage(self) -> Iterator[Coverage]:
        """Its articles, opened."""
        coverage = Coverage(self.path / COVERAGE)
        try:
            yield coverage
        finally:
            coverage.close()

    def draft(self, path: Path) -> CoverageDraft:
        """A draft at ``path`` that begins with all its articles."""
        return CoverageDraft(path, self.path / COVERAGE, self.manifest.files[COVERAGE])

    def change(self, folder: IndexFolder, staging: Path, draft: CoverageDraft, skipped: Sequence[Skipped]) -> Change:
        """A snapshot like it, of the articles of a draft."""
        like = self.manifest
        return Change(folder, staging, draft, like.chunking, like.model, like.program, skipped)

    def suggestions(self) -> tuple[Suggestion, ...]:
        """The questions that it suggests."""
        return read_suggested(self.path, self.manifest)

    def skipped(self) -> list[Skipped]:
        """The lines of its ``SKIPPED_FILE``."""
        return [json.loads(line) for line in (self.path / SKIPPED_FILE).read_text("utf-8").splitlines()]


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
        base = _reusable(folder, embedder.identity)
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
            embedded = _fill(draft, parts, base, budget, embedder, progress)
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
            embedded = _fill(draft, parts, base, chunking.budget, embedder, progress, groups)
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


class Change:
    """A snapshot that is about to be published."""

    def __init__(
        self,
        folder: IndexFolder,
        staging: Path,
        draft: CoverageDraft,
        chunking: Chunking,
        model: ModelIdentity,
        made_by: str,
        skipped: Sequence[Skipped],
    ) -> None:
        self._folder = folder
        self._staging = staging
        self._draft = draft
        self._chunking = chunking
        self._model = model
        self._made_by = made_by
        self._skipped = list({json.dumps(line, ensure_ascii=False): line for line in skipped})
        # What was skipped counts too: a snapshot answers why an article is missing.
        told = [FORMAT, chunking.budget, chunking.encoding, model.name, model.digest, model.passage_prompt]
        self.content = hashlib.sha256(json.dumps([*told, draft.digest(), self._skipped]).encode()).hexdigest()

    def publish(
        self,
        parts: PartsDraft,
        *,
        base: Base | None = None,
        erase: bool = False,
        instead_of: Manifest | None = None,
        suggest: Suggest | None = None,
        rebuilt: bool = False,
    ) -> Manifest:
        """Publish it as the current snapshot, or in the place of an older one; ``erase`` as in ``finish``.

        It suggests what ``base`` did, of articles that stand as they were there, and what ``suggest`` chooses; where it
        is ``rebuilt``, all is chosen anew as soon as half of that is gone, or where there was nothing.
        """
        before = base.suggestions() if base else ()
        carried = [one for one in before if self._stands(one)] if base else None
        if rebuilt and 2 * len(carried or ()) <= len(before):
            carried = None
        came = list(islice(self._draft.came(whole=carried is None), _LOOKED_AT)) if suggest else []
        name, created = self._folder.name(self.content, instead_of)
        articles, versions, paragraphs, passages = self._draft.counts()
        skipped = sum('"skipped": ' in line for line in self._skipped)
        lines = "".join(line + "\n" for line in self._skipped).encode()
        files, vectors = parts.finish()
        manifest = Manifest(
            id=name,
            created=created,
            content=self.content,
            model=self._model,
            chunking=self._chunking,
            program=self._made_by,
            vectors=vectors,
            libraries={library: version(library) for library in _LIBRARIES},
            counts=Counts(articles, versions, paragraphs, passages, skipped),
            files={
                COVERAGE: self._draft.finish(erase=erase),
                SKIPPED_FILE: write_file(self._staging / SKIPPED_FILE, lines),
                **files,
            },
        )
        if carried is not None and not rebuilt and manifest.counts.passages > _QUICKLY_OPENED:
            suggest = None
        if suggest or (base and SUGGESTED in base.manifest.files):
            chosen = self._chosen(manifest, came, carried, suggest)
            record = write_file(self._staging / SUGGESTED, suggested_bytes(chosen))
            manifest = replace(manifest, files=manifest.files | {SUGGESTED: record})
        self._folder.publish(self._staging, manifest, current=instead_of is None)
        return manifest

    def _stands(self, suggestion: Suggestion) -> bool:
        """Whether the article of a suggestion is searched in the version of which it was made."""
        versions = self._draft.known(suggestion.article_id)
        return bool(versions) and versions[-1].current and versions[-1].article.version == suggestion.version

    def _chosen(
        self, manifest: Manifest, came: Sequence[Article], carried: Sequence[Suggestion] | None, suggest: Suggest | None
    ) -> Sequence[Suggestion]:
        """What the staged snapshot suggests; that nothing can be chosen is no reason not to publish it."""
        if suggest is None:
            return carried or ()
        try:
            return suggest(lambda: Snapshot.load(self._folder, manifest, self._staging), came, carried)
        except Exception as error:  # its articles and its search are whole without
            _log.warning("no questions are suggested: %s", error)
            return carried or ()


def last_manifest(folder: IndexFolder) -> Manifest | None:
    """The manifest of the current snapshot, or else of the newest that can be read; None where there is none."""
    for base in bases(folder):
        return base.manifest
    return None


def current_base(folder: IndexFolder) -> Base | None:
    """The current snapshot, to be changed; None where there is no index. Raises as ``Snapshot.open``."""
    try:
        pointer = folder.current()
    except IndexNotFound:
        return None
    manifest = folder.manifest(pointer.id, pointer.manifest)
    folder.check_sizes(manifest)
    return Base(folder.snapshot_path(pointer.id), manifest)


def take_over(folder: IndexFolder, draft: CoverageDraft, parts: PartsDraft, base: Base) -> None:
    """Take over all parts of ``base``, but for the passages that ``draft`` does not search any more."""
    rows, ids, versions = draft.outdated()
    touched = parts.take_over(base.path, base.manifest, rows, ids, versions)
    # What is written anew gets new digests, and must not be given them damaged.
    folder.check_bytes(base.manifest, [name for part in touched for name in part.files])


def refused(folder: IndexFolder) -> list[Removal]:
    """What was removed from the index for good: the newest snapshot that can be read knows all of it.

    That one may not be in use; but each begins with the list of the newest before it, whatever else it is made from. It
    may be of an older format, which this list has outlived: what was removed must not come in again by an update.
    """
    for id_ in reversed(folder.snapshots()):
        with suppress(RagError), closing(Coverage(folder.snapshot_path(id_) / COVERAGE)) as coverage:
            return coverage.removals()
    return []


def bases(folder: IndexFolder) -> Iterator[Base]:
    """The snapshots that can be read, the current one first, then the newest."""
    try:
        ids = [folder.current().id]
    except RagError:
        ids = []
    for id_ in [*ids, *reversed(folder.snapshots())]:
        with suppress(RagError):
            yield Base(folder.snapshot_path(id_), folder.manifest(id_))


def _reusable(folder: IndexFolder, model: ModelIdentity) -> Base | None:
    """The current snapshot, if its vectors can be taken over: same model, and not one byte altered."""
    try:
        base = current_base(folder)
        if base is None or base.manifest.model != model:
            return None
        folder.verify(base.manifest.id)
    except (RagError, OSError):
        return None  # it is damaged: this build is what mends it
    return base


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


def _fill(
    draft: CoverageDraft,
    parts: PartsDraft,
    base: Base | None,
    budget: int,
    embedder: Embedder,
    progress: Progress,
    groups: CopyGroups | None = None,
) -> int:
    """Cut, embed and write every article that has no passages yet, and place it among ``groups``, if they are given.

    Returns how many passages had to be embedded.
    """
    numbers = draft.uncut()
    known: dict[bytes, int] = {}
    if numbers and base:
        with base.coverage() as coverage:
            known = coverage.embedded()
    embedded = 0
    progress.stage("cutting and embedding articles", len(numbers))
    for batch in _batches(draft, numbers, budget, embedder):
        digests = [[text_digest(passage.text) for passage in passages] for _, _, passages in batch]
        every = [passage for _, _, passages in batch for passage in passages]
        vectors, missing = _vectors(every, [one for some in digests for one in some], base, known, embedder)
        embedded += missing
        at = 0
        for (number, article, passages), some in zip(batch, digests, strict=True):
            known_by = sketch(article)
            ids = draft.cut(number, list(zip(passages, some, strict=True)), known_by.tobytes())
            if groups:
                draft.group(number, groups.place(number, known_by))
            own = vectors[at : at + len(ids)]
            parts.add(number, article, list(zip(ids, passages, strict=True)), own)
            at += len(ids)
        progress.advance(len(batch))
    return embedded


def _arrays(sketches: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    import numpy as np

    for number, hashes in sketches:
        yield number, np.frombuffer(hashes, dtype=np.uint64)


def _batches(
    draft: CoverageDraft, numbers: Sequence[int], budget: int, embedder: Embedder
) -> Iterator[list[tuple[int, Article, list[Passage]]]]:
    """Articles with their passages, none longer than the model reads, about ``_BATCH`` passages at a time."""

    def fits(texts: Sequence[str]) -> list[bool]:
        return [tokens <= embedder.identity.window for tokens in embedder.count_tokens(texts)]

    batch: list[tuple[int, Article, list[Passage]]] = []
    size = 0
    for number in numbers:
        article = draft.article(number)
        passages = fit(article, chunk(article, budget), budget, fits)
        batch.append((number, article, passages))
        size += len(passages)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _vectors(
    passages: Sequence[Passage],
    digests: Sequence[bytes],
    base: Base | None,
    known: dict[bytes, int],
    embedder: Embedder,
) -> tuple[NDArray[np.float32], int]:
    """Vectors of passages, and the number that had to be embedded."""
    import numpy as np

    vectors = np.empty((len(passages), embedder.identity.dimension), dtype=np.float32)
    old = [known.get(digest) for digest in digests]
    missing = [number for number, row in enumerate(old) if row is None]
    if base:
        taken_over = [number for number, row in enumerate(old) if row is not None]
        vectors[taken_over] = vectors_of(base.path, base.manifest, [row for row in old if row is not None])
    if missing:
        vectors[missing] = embedder.embed_passages([passages[number].text for number in missing])
    return vectors, len(missing)


def _lines(gathered: Gathered) -> list[Skipped]:
    lines: list[Skipped] = [{"where": item.where, "skipped": item.reason} for item in gathered.skipped]
    lines += [{"where": item.where, "passed over": item.reason} for item in gathered.passed_over]
    for item in gathered.noticed:
        lines += [{"where": item.where, "notice": notice} for notice in item.notices]
        lines += [{"where": item.where, "omitted": line} for line in item.omitted]
    return lines


def text_digest(text: str) -> bytes:
    """What the text of a passage is known by, so that its vector can be taken over."""
    return hashlib.sha256(text.encode()).digest()
