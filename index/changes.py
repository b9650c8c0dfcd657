"""The verbs of `rag-index` that change what an index holds without building it anew: add and remove."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from index import building, removing
from index.bases import SKIPPED_FILE, last_manifest
from index.intake import Intake
from index.progress import Progress, shown_progress
from index.publishing import Suggest
from index.reporting import say_what_was_done, say_what_was_skipped
from index.tracing import Scan
from rag.articles import Article
from rag.cli.terminal import DEFAULT_INDEX, IndexOption, read_day, read_last_day, say
from rag.errors import IndexIncompatible
from rag.models import embedding
from rag.models.embedding import Embedder, ModelIdentity
from rag.store.folder import IndexFolder
from rag.store.protocol import Suggestion
from rag.store.scope import Scope
from rag.store.snapshot import Snapshot
from rag.text.words import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SKIPPED_EXIT = 3
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Fetch from addresses of private networks, too.")]
NoSuggestions = Annotated[
    bool, typer.Option("--no-suggestions", help="Choose no new questions for the page to suggest: it is quicker.")
]
_SHOWN = 20


def add(
    places: Annotated[list[str], typer.Argument(metavar="PATH|URL…", help="Files, folders, pages, feeds, sitemaps.")],
    index: IndexOption = DEFAULT_INDEX,
    allow_private: AllowPrivate = False,
    no_suggestions: NoSuggestions = False,
) -> None:
    """Add articles to the index; what is there stays, and is neither read nor embedded again.

    An article that is there already changes nothing. One that has changed becomes its newest version, and the old one
    is kept: see rag-index history. A feed or sitemap leads to its pages. What its publisher withdrew leaves the index.

    Example: rag-index add today.jsonl https://courier.example/feed.xml --index data/index
    """
    folder = IndexFolder(index)
    intake = Intake(places, folder, allow_private=allow_private)
    with shown_progress() as progress:
        embedder = embedder_for(folder)
        suggest = None if no_suggestions else suggester(embedder, progress)
        report = building.add(intake.items(date.today()), folder, embedder, progress=progress, suggest=suggest)
    say_what_was_done(report, index)
    say_what_was_skipped(report, folder.snapshot_path(folder.current().id) / SKIPPED_FILE)
    if report.gathered.skipped:
        sys.exit(SKIPPED_EXIT)


def remove(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="ID|URL…", help="Articles, by id or address.", show_default=False)
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    outlet: Annotated[list[str] | None, typer.Option(metavar="NAME", help="All of this outlet.")] = None,
    author: Annotated[list[str] | None, typer.Option(metavar="NAME", help="All by this author.")] = None,
    before: Annotated[str | None, typer.Option(metavar="DAY", help="Published before this day.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="Published on this day or later.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Published on this day or before.")] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept, and told when they come again.")] = "",
    everywhere: Annotated[bool, typer.Option("--everywhere", help="Out of the older snapshots, too.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Let what was removed be taken in again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be removed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt.")] = False,
) -> None:
    """Remove articles, all of their versions, and refuse to take them in again.

    Nothing of them is left in the new snapshot; in older ones there is, unless --everywhere is given. A receipt of what
    was done, and of a look through every byte of the index, is kept beside the snapshots.

    Example: rag-index remove https://courier.example/tolls --reason "withdrawn by the Courier" --everywhere
    """
    days = (read_day(first) if first else None, read_last_day(last) if last else None)
    if before:
        if last:
            raise typer.BadParameter("either --before or --to, not both", param_hint="--before")
        days = (days[0], read_day(before) - timedelta(days=1))
    scope = Scope(*days, outlets=tuple(outlet or ()), authors=tuple(author or ()))
    if forget and not names:
        raise typer.BadParameter("name what is to be let in again: rag-index stats lists it", param_hint="ID|URL…")
    if bool(names) == bool(scope):
        raise typer.BadParameter(
            "name articles, or say which by --outlet, --author, --before, --from, --to", param_hint="ID|URL…"
        )
    folder = IndexFolder(index)
    if forget:
        for name in names or ():
            snapshot = removing.forget(folder, name, dry_run=dry_run)
            say(f"{name} would be let in again" if dry_run else f"{name} may be taken in again, snapshot {snapshot}")
        return
    selection = removing.Selection(tuple(names or ()), scope)
    articles = removing.selected(folder, selection, everywhere=everywhere)
    unknown = removing.unknown(folder, selection.names, everywhere=everywhere)
    if dry_run or not as_json:
        _show(articles, "would be removed" if dry_run else "to be removed")
    if not dry_run:
        receipt = removing.remove(folder, selection, reason, everywhere=everywhere)
        if as_json:
            say(receipt.to_json().rstrip("\n"))
        else:
            _say_what_was_removed(receipt, folder)
    for name in unknown:
        say(f"not removed: no article {name} in {index}: see rag-index stats", error=True)
    if unknown:
        sys.exit(SKIPPED_EXIT)


def _say_what_was_removed(receipt: removing.Receipt, folder: IndexFolder) -> None:
    say(f"removed {counted(len(receipt.removed), 'article')}, snapshot {receipt.snapshot}")
    for old, new in receipt.rewritten.items():
        say(f"snapshot {old} was written anew without them: {new}")
    if receipt.deleted:
        why = "as they held nothing else, were then like the current one, or could not be read"
        say(f"snapshots deleted, {why}: {', '.join(receipt.deleted)}")
    if receipt.still_in:
        ways = "--everywhere takes them out there, too, and rag-index prune deletes them"
        say(f"still in {counted(len(receipt.still_in), 'older snapshot')} ({', '.join(receipt.still_in)}): {ways}")
    if receipt.kept_answers:
        say(f"{counted(receipt.kept_answers, 'kept answer')} went with them")
    say(_said_of(receipt.scan))
    say(f"receipt: {folder.path / removing.RECEIPTS / receipt.at}.json")


def _show(articles: Sequence[Article], what: str) -> None:
    say(f"{what}: {counted(len(articles), 'article')}")
    for article in articles[:_SHOWN]:
        told = (str(article.published or "undated"), article.outlet, article.title, article.url)
        say(f"  {article.id} {' · '.join(filter(None, told))}")
    if len(articles) > _SHOWN:
        say(f"  and {len(articles) - _SHOWN:,} more")


def _said_of(scan: Scan) -> str:
    looked = f"looked for {sum(scan.looked_for.values()):,} urls, titles, sentences, vectors and lines of words in "
    looked += f"{counted(scan.files, 'file')} of {scan.bytes / 2**20:,.1f} MiB"
    if scan.said_by_others:
        looked += f" ({scan.said_by_others:,} of them other articles have, too)"
    if not scan.traces:
        return f"{looked}: no trace is left"
    files = sorted({"/".join(trace.file.split("/")[:2]) for trace in scan.traces})
    return f"{looked}: traces are left in {', '.join(files)}"


def embedder_for(folder: IndexFolder) -> Embedder:
    """The model of an index, which is loaded when it is first needed, or the packaged one where there is none yet."""
    last = last_manifest(folder)
    return LateEmbedder(last.model) if last else embedding.load_embedder()


def suggester(embedder: Embedder, progress: Progress) -> Suggest:
    """What chooses the questions that an index suggests."""

    def suggest(
        opened: Callable[[], Snapshot], came: Sequence[Article], carried: Sequence[Suggestion] | None
    ) -> Sequence[Suggestion]:
        from index import suggesting  # all that answers comes with it, which nothing else here needs

        return suggesting.suggest(opened, came, carried, embedder, progress)

    return suggest


class LateEmbedder:
    """The model of an index, loaded when something has to be embedded: it takes longer to load than all the rest."""

    def __init__(self, identity: ModelIdentity) -> None:
        self.identity = identity
        self._loaded: Embedder | None = None

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """See ``Embedder``."""
        return self._model().embed_passages(texts, progress)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Embedder``."""
        return self._model().embed_questions(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See ``Embedder``."""
        return self._model().count_tokens(texts)

    def _model(self) -> Embedder:
        """The model; raises ``IndexIncompatible`` where its files are others than those of the index."""
        if self._loaded is None:
            loaded = embedding.load_embedder(self.identity.name, revision=self.identity.revision)
            if loaded.identity != self.identity:
                raise IndexIncompatible(
                    f"the model {self.identity.name} is not what the index was built with: rebuild with rag-index build"
                )
            self._loaded = loaded
        return self._loaded
