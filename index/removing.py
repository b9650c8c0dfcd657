"""Takes articles out of an index so that nothing of them is left, and writes down what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime

from index.bases import COVERAGE, Base, Skipped, bases, current_base, refused, take_over
from index.filling import text_digest
from index.publishing import Change
from index.tracing import SHORTEST, Finder, Scan, Trace, Wanted, scan
from rag.articles import Article, plain_url
from rag.errors import IndexNotFound, RagError
from rag.store.coverage import Coverage
from rag.store.draft import article_digest
from rag.store.files import atomic_write
from rag.store.folder import IndexFolder
from rag.store.kept import FILE, KeptFile
from rag.store.lexical import said_by
from rag.store.parts import PartsDraft, vectors_of
from rag.store.rows import Known, Removal
from rag.store.scope import Scope
from rag.text.sentences import sentence_spans

RECEIPTS = "receipts"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles: those of some ids or addresses, or else those within a scope."""

    names: tuple[str, ...] = ()
    scope: Scope = field(default_factory=Scope)

    def ids(self, coverage: Coverage) -> list[str]:
        """Ids of the articles of ``coverage`` that are meant; a name that it does not hold is passed over.

        Raises:
            ValueError: no article of the coverage has the outlet or author.
        """
        if self.names:
            return list(dict.fromkeys(id_ for name in self.names for id_ in coverage.named(name)))
        return coverage.ids_within(self.scope)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was removed, why, and what a look through all files found of it afterwards; nothing of the text itself."""

    at: str
    reason: str
    removed: dict[str, tuple[str, ...]]
    """Ids of articles, and for each of their versions a digest of outlet, title and text."""
    snapshot: str
    """The current one, which is without them."""
    rewritten: dict[str, str]
    """Older snapshots that held them, and the ones that came in their places."""
    deleted: tuple[str, ...]
    """Older snapshots that are gone: they held nothing else, could not be read, or were like the current one."""
    still_in: tuple[str, ...]
    """Older snapshots that hold them, as those were not to be touched; and those that cannot be read."""
    kept_answers: int
    """How many answers that a page had kept went, as they pointed to them or said what they say."""
    scan: Scan

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def article_id(name: str) -> str:
    """The id of an article that is named by it, or by its address."""
    is_id = len(name) == 16 and not set(name) - set("0123456789abcdef")
    return name if is_id else Article("", (), url=name).id


def selected(folder: IndexFolder, selection: Selection, *, everywhere: bool = False) -> list[Article]:
    """The articles that a removal would take out, each in its newest version.

    Raises:
        RagError: there is none; no index, or it is damaged.
        ValueError: no article has the outlet or author.
    """
    found = dict[str, Article]()
    unknown: ValueError | None = None
    for base in [_current(folder), *(_others(folder) if everywhere else ())]:
        try:
            found = _meant(selection, base) | found
        except ValueError as error:  # another snapshot may have the outlet
            unknown = unknown or error
    if not found and unknown:
        raise unknown
    if not found:
        named = ", ".join(selection.names) or str(selection.scope)
        raise RagError(f"no article of {named} in {folder.path}: see rag-index stats, or rag search")
    return list(found.values())


def remove(
    folder: IndexFolder, selection: Selection, reason: str, *, everywhere: bool = False, today: date | None = None
) -> Receipt:
    """Take articles out of the index, all of their versions, and refuse to take them in again.

    The new snapshot holds nothing of them. With ``everywhere`` the older snapshots that held them are written anew too,
    one after the other; killed in between, the same command goes on.

    Raises:
        RagError: there is no such article, or no other; the index is damaged or busy.
        OSError: the disk is full.
    """
    with folder.changing():
        articles = selected(folder, selection, everywhere=everywhere)
        gone = _Gone([article.id for article in articles], (today or date.today()).isoformat(), reason)
        held = _current(folder)
        before = held.manifest.id
        others = list(_others(folder))
        holding = [base for base in (held, *others) if gone.note(base)]
        now = _without(folder, held, gone)
        if now is None:
            raise RagError(f"that would leave no article in {folder.path}: delete the folder instead")
        rewritten, deleted = dict[str, str](), list[str]()
        still_in = [id_ for id_ in folder.snapshots() if id_ not in {before, now, *(one.manifest.id for one in others)}]
        if everywhere:
            for id_ in still_in:
                folder.delete(id_)  # nobody knows what is in it
            deleted, still_in = still_in, []
        for base in holding:
            id_ = base.manifest.id
            if id_ == now:
                continue
            if not everywhere:
                still_in.append(id_)
                continue
            new = None if id_ == before else _without(folder, base, gone, instead=True)
            folder.delete(id_)
            if new:
                rewritten[id_] = new
            else:
                deleted.append(id_)
        with closing(Coverage(folder.snapshot_path(now) / COVERAGE)) as coverage:
            finder = Finder(gone.wanted(coverage), coverage.says)
            # After the new snapshot was made current: from then on nobody keeps an answer that points to what is gone.
            answers, left = _drop_answers(folder, coverage, finder)
            found = scan(folder.path, finder)
            found = replace(found, traces=(*found.traces, *left))
        at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        texts = {id_: tuple(some) for id_, some in gone.texts.items()}
        older = rewritten, tuple(deleted), tuple(sorted(still_in))
        receipt = Receipt(at, reason, texts, now, *older, answers, found)
        (folder.path / RECEIPTS).mkdir(exist_ok=True)
        atomic_write(folder.path / RECEIPTS / f"{at}.json", [receipt.to_json()])
    return receipt


def unknown(folder: IndexFolder, names: Sequence[str], *, everywhere: bool = False) -> list[str]:
    """Those of some names that mean no article, where a removal would look for one; raises as ``selected``."""
    left = list(names)
    for base in [_current(folder), *(_others(folder) if everywhere else ())]:
        with base.coverage() as coverage:
            left = [name for name in left if not coverage.named(name)]
    return left


def forget(folder: IndexFolder, name: str, *, dry_run: bool = False) -> str:
    """Let an article that was removed be taken in again, and return the new snapshot; ``dry_run``: only see if it was.

    Raises:
        RagError: it was not removed; the index is damaged or busy.
    """
    with folder.changing(), folder.staging() as staging:
        base = _current(folder)
        with base.draft(staging / COVERAGE) as draft, PartsDraft(staging) as parts:
            draft.refuse(refused(folder))
            if not draft.forget(article_id(name)):
                raise RagError(f"{name} is not among what was removed from {folder.path}")
            if dry_run:
                return base.manifest.id
            take_over(folder, draft, parts, base)
            change = Change.like(base, folder, staging, draft, base.skipped())
            return change.publish(parts, base=base).id


class _Gone:
    """What is to go, and everything by which it could be known again."""

    def __init__(self, ids: Sequence[str], day: str, reason: str) -> None:
        self.ids = ids
        self._day, self._reason = day, reason
        self.texts: dict[str, dict[str, None]] = {id_: {} for id_ in ids}
        self._texts = dict[str, str]()
        self._vectors = dict[bytes, bytes]()
        self._words = set[str]()
        self._origins = set[str]()
        self._named = set[str]()

    def removals(self) -> list[Removal]:
        """What is not to be taken in again."""
        return [Removal(id_, text, self._day, self._reason) for id_, some in self.texts.items() for text in some]

    def note(self, base: Base) -> bool:
        """Note what a snapshot holds of it; False where it holds nothing."""
        with base.coverage() as coverage:
            versions = [one for id_ in self.ids for one in coverage.history(id_)]
            for one in versions:
                self._note(one)
            rows = coverage.rows_about(one.number for one in versions)
            vectors = vectors_of(base.path, base.manifest, rows).astype("<f4")
            for stored, vector in zip(coverage.passages(rows), vectors, strict=True):
                self._vectors[text_digest(stored.passage.text)] = vector.tobytes()
                self._words.update(said_by(stored.article, [stored.passage]))
        return bool(versions)

    def wanted(self, coverage: Coverage) -> Wanted:
        """What must not be found any more, where ``coverage`` holds all that stays: it may say the same."""
        embedded = coverage.embedded()
        stays = coverage.passages([embedded[digest] for digest in self._vectors if digest in embedded])
        vectors = dict.fromkeys(one for digest, one in self._vectors.items() if digest not in embedded)
        words = self._words.difference(*(said_by(one.article, [one.passage]) for one in stays))
        return Wanted(self._texts, vectors, words)

    def _note(self, one: Known) -> None:
        article = one.article
        self.texts[article.id][article_digest(article)] = None
        self._origins.add(one.origin)
        named = {"url": [article.url or "", plain_url(article.url or "")], "title": [article.title]}
        named["sentence"] = [text[start:end] for text in article.paragraphs for start, end in sentence_spans(text)]
        for kind, texts in named.items():
            known = [text for text in texts if len(text.encode()) >= SHORTEST]
            self._texts |= dict.fromkeys(known, kind)
            if kind != "sentence":
                self._named.update(known)

    def quoted_in(self, line: Skipped) -> bool:
        """Whether a line of what was skipped is of it, or names it."""
        return line["where"] in self._origins or any(text in str(line) for text in self._named)


def _without(folder: IndexFolder, base: Base, gone: _Gone, *, instead: bool = False) -> str | None:
    """Publish a snapshot without what is gone, as the current one or instead of ``base``; None if nothing is left."""
    with folder.staging() as staging, base.draft(staging / COVERAGE) as draft, PartsDraft(staging) as parts:
        draft.drop(one.number for id_ in gone.ids for one in draft.known(id_))
        draft.refuse([*([] if instead else refused(folder)), *gone.removals()])
        if not draft.counts()[0]:
            return None
        lines = [line for line in base.skipped() if not gone.quoted_in(line)]
        change = Change.like(base, folder, staging, draft, lines)
        if change.content == base.manifest.content:
            return base.manifest.id
        take_over(folder, draft, parts, base)
        return change.publish(parts, base=base, erase=True, instead_of=base.manifest if instead else None).id


def _drop_answers(folder: IndexFolder, coverage: Coverage, finder: Finder) -> tuple[int, list[Trace]]:
    """Delete the kept answers that point to what is gone, or say it; return how many, and what may be left of them."""
    ids = {one.article_id for one in coverage.removals()}  # also of a removal that was killed before it came to this
    try:
        dropped = KeptFile(folder.path).drop(
            lambda articles, said: not ids.isdisjoint(articles) or any(finder.in_text(said))
        )
    except RagError:
        return 0, [Trace(FILE, "cannot be changed", 1)]
    return dropped, []


def _current(folder: IndexFolder) -> Base:
    base = current_base(folder)
    if base is None:
        raise IndexNotFound(f"no index at {folder.path}: build one with rag-index build PATH --index {folder.path}")
    return base


def _others(folder: IndexFolder) -> Iterator[Base]:
    """The older, and newer, snapshots that can be read."""
    current = folder.current().id
    for base in bases(folder):
        if base.manifest.id != current:
            with suppress(RagError), base.coverage():
                yield base


def _meant(selection: Selection, base: Base) -> dict[str, Article]:
    """What a snapshot holds of a selection, by id."""
    with base.coverage() as coverage:
        return {id_: coverage.history(id_)[-1].article for id_ in selection.ids(coverage)}
