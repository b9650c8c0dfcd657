"""The command line `rag-index`: build, list, verify, use and prune; what changes and shows an index is beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from index import building, changes, views, watching
from index.bases import SKIPPED_FILE, last_manifest
from index.chunking import DEFAULT_BUDGET
from index.progress import shown_progress
from index.reporting import say_what_was_done, say_what_was_skipped
from index.sources.files import find_files
from rag.cli.terminal import DEFAULT_INDEX, IndexOption, application, run, say
from rag.errors import IndexCorrupt, RagError
from rag.models import embedding
from rag.models.loading import DEFAULT_MODEL
from rag.sample import ARTICLES
from rag.store.folder import IndexFolder
from rag.store.manifest import Search
from rag.text.words import counted

_MODEL_HELP = (
    "Embedding model: a Hugging Face name or a folder, of a static model too; all-MiniLM-L6-v2-int8: the packaged one "
    "in bytes, in about half the time.  [default: the last build's, or the packaged]"
)
_VECTORS_HELP = "How vectors are searched; auto: exact up to 100,000 passages.  [default: the last build's, or auto]"
_BUDGET_HELP = "Most tokens in a passage.  [default: the last build's, or 60]"

commands = application("Build and keep the index that rag answers from.")


def main(arguments: list[str] | None = None) -> None:
    """Run `rag-index`; exits with 0, 1 after an error, 2 for wrong usage, 3 when articles had to be skipped."""
    run(commands, "rag-index", arguments)


@commands.command()
def build(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Files or folders of articles.", show_default=False)
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    sample: Annotated[bool, typer.Option("--sample", help="Build from the sample coverage that comes along.")] = False,
    model: Annotated[str | None, typer.Option(metavar="NAME", help=_MODEL_HELP)] = None,
    budget: Annotated[int | None, typer.Option("--passage-tokens", metavar="N", help=_BUDGET_HELP)] = None,
    vectors: Annotated[Search | None, typer.Option(help=_VECTORS_HELP)] = None,
    no_suggestions: changes.NoSuggestions = False,
) -> None:
    """Build an index of exactly the articles under PATH… and make it the current one.

    Reads what rag-index sources lists. What its publisher withdrew is left out. What has not changed since the last
    build is not embedded again. The old index stays in use until the new one is complete.

    Example: rag-index build news/ archive.jsonl.gz --index data/index
    """
    if sample == bool(paths):
        wrong = "either PATH… or --sample, not both" if sample else "name what to build from: PATH… or --sample"
        raise typer.BadParameter(wrong, param_hint="PATH…")
    chosen = [ARTICLES] if sample else list(paths or ())
    find_files(chosen)  # a mistyped path is told at once, not after the model was loaded
    folder = IndexFolder(index)
    last = last_manifest(folder)
    taken_over: list[str] = []
    revision = None
    if last and model is None:
        model, revision = last.model.name, last.model.revision
        taken_over.append(f"model {model}")
    if last and budget is None:
        budget = last.chunking.budget
        taken_over.append(f"{counted(budget, 'token')} a passage")
    if vectors is None:
        vectors = last.vectors.asked if last else "auto"
        if vectors != "auto":
            taken_over.append(f"{vectors} vectors")
    with shown_progress() as progress:
        embedder = embedding.load_embedder(model or DEFAULT_MODEL, revision=revision)
        budget = DEFAULT_BUDGET if budget is None else budget
        suggest = None if no_suggestions else changes.suggester(embedder, progress)
        report = building.build(
            chosen, folder, embedder, budget=budget, search=vectors, progress=progress, suggest=suggest
        )
    if (model, budget, vectors) != (DEFAULT_MODEL, DEFAULT_BUDGET, "auto") and taken_over:
        say(f"as in the last build: {' and '.join(taken_over)}; --model, --passage-tokens and --vectors change that")
    say_what_was_done(report, index)
    say_what_was_skipped(report, folder.snapshot_path(report.snapshot) / SKIPPED_FILE)
    if report.gathered.skipped:
        sys.exit(changes.SKIPPED_EXIT)


commands.command()(changes.add)
commands.command()(changes.remove)
commands.command()(watching.watch)
commands.command()(views.history)
commands.command()(views.stats)
commands.command()(views.sources)


@commands.command("list")
def list_snapshots(index: IndexOption = DEFAULT_INDEX) -> None:
    """List the snapshots, oldest first; the current one has a star.

    Example: rag-index list --index data/index
    """
    folder = IndexFolder(index)
    try:
        current = folder.current().id
    except IndexCorrupt as error:
        say(f"note: {error}", error=True)  # the list is where the way out begins
        current = None
    # Written as lines, which a narrow terminal wraps: a table would lose columns there.
    say(f"  {'snapshot':25} {'articles':>8} {'passages':>8} {'skipped':>7} {'MiB':>6}  model")
    for snapshot in folder.snapshots():
        star = "*" if snapshot == current else " "
        try:
            manifest = folder.manifest(snapshot)
        except RagError:
            say(f"{star} {snapshot} unreadable")
            continue
        counts, size = manifest.counts, sum(record.size for record in manifest.files.values())
        numbers = f"{counts.articles:8,} {counts.passages:8,} {counts.skipped:7,} {size / 2**20:6,.1f}"
        say(f"{star} {snapshot} {numbers}  {manifest.model.name}")


@commands.command()
def verify(
    snapshot: Annotated[str | None, typer.Argument(metavar="[ID]", help="A snapshot.  [default: the current]")] = None,
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Compare every byte of a snapshot with its digests.

    Example: rag-index verify --index data/index
    """
    manifest = IndexFolder(index).verify(snapshot)
    held = f"{counted(len(manifest.files), 'file')}, {counted(manifest.counts.passages, 'passage')}"
    say(f"{manifest.id} is whole: {held}")


@commands.command()
def use(
    snapshot: Annotated[str, typer.Argument(metavar="ID", help="The snapshot to use: see rag-index list.")],
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Go back, or forward, to another snapshot, after verifying it.

    Example: rag-index use 20250304T101500Z-1a2b3c4d --index data/index
    """
    folder = IndexFolder(index)
    if not folder.snapshots():
        folder.current()  # says that there is no index, and makes none
    with folder.changing():
        manifest = folder.use(snapshot)
    say(f"{index} uses {manifest.id}: {counted(manifest.counts.articles, 'article')}")


@commands.command()
def prune(
    keep: Annotated[int, typer.Option(metavar="N", help="Snapshots to keep, the current one among them.")] = 2,
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Delete old snapshots; never the current one.

    Example: rag-index prune --keep 2 --index data/index
    """
    folder = IndexFolder(index)
    folder.current()  # says that there is no index, and makes none
    with folder.changing():
        deleted = folder.prune(keep)
    say(f"deleted {counted(len(deleted), 'snapshot')}, kept {len(folder.snapshots())}")
