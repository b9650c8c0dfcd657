"""The command line `rag-index`: build, list, verify, use and prune."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from index.progress import shown_progress
from rag.cli.terminal import DEFAULT_INDEX, IndexOption, application, run, say
from rag.errors import IndexCorrupt, RagError
from rag.text.words import counted

SKIPPED_EXIT = 3
_LISTED = 20

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
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Embedding model: a Hugging Face name or a folder.  [default: packaged]"),
    ] = None,
    budget: Annotated[
        int | None, typer.Option("--passage-tokens", metavar="N", help="Most tokens in a passage.", show_default=False)
    ] = None,
) -> None:
    """Build an index of exactly the articles under PATH… and make it the current one.

    Reads plain text and Markdown (an article a file), JSON and JSONL, also gzipped. What has not changed since the
    last build is not embedded again. The old index stays in use until the new one is complete.

    Example: rag-index build news/ archive.jsonl.gz --index data/index
    """
    if sample == bool(paths):
        wrong = "either PATH… or --sample, not both" if sample else "name what to build from: PATH… or --sample"
        raise typer.BadParameter(wrong, param_hint="PATH…")
    from index.building import build as build_index
    from index.chunking import DEFAULT_BUDGET
    from index.sources import find_files
    from rag.models.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
    from rag.sample import ARTICLES
    from rag.store.snapshot import IndexFolder

    chosen = [ARTICLES] if sample else list(paths or ())
    find_files(chosen)  # a mistyped path is told at once, not after the model was loaded
    with shown_progress() as progress:
        report = build_index(
            chosen,
            IndexFolder(index),
            SentenceTransformerEmbedder.load(model or DEFAULT_MODEL),
            budget=DEFAULT_BUDGET if budget is None else budget,
            progress=progress,
        )
    counts = report.counts
    held = f"{counted(counts.articles, 'article')} in {counted(counts.passages, 'passage')}"
    if report.published:
        speed = f" ({report.embedded / report.seconds_embedding:,.0f} a second)" if report.embedded else ""
        say(f"{index}: {held}, snapshot {report.snapshot}")
        say(f"embedded {counted(report.embedded, 'passage')}{speed}, took over {report.reused:,} unchanged")
    else:
        say(f"{index}: unchanged, {held}")
        say(f"embedded 0 passages; snapshot {report.snapshot} stays in use")
    memory = f", peak memory {report.peak_memory / 2**20:,.0f} MiB" if report.peak_memory else ""
    say(f"took {report.seconds:.1f} s{memory}")
    if counts.versions > counts.articles:
        earlier = counted(counts.versions - counts.articles, "earlier version")
        say(f"{earlier} of articles that changed: kept, but not searched")
    if report.repeats:
        say(f"{report.repeats:,} repeated articles were counted once")
    if report.passed_over:
        kinds = Counter(path.suffix or path.name for path in report.passed_over)
        listed = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(5))
        say(f"{len(report.passed_over):,} files of other kinds were passed over ({listed})")
    for reading in report.noticed[:_LISTED]:
        for notice in reading.notices:
            say(f"note: {reading.where}: {notice}", error=True)
    for reading in report.skipped[:_LISTED]:
        say(f"skipped: {reading.where}: {reading.reason}", error=True)
    if more := max(0, len(report.skipped) - _LISTED) + max(0, len(report.noticed) - _LISTED):
        where = IndexFolder(index).snapshot_path(report.snapshot) / "left-out.jsonl"
        say(f"and {more:,} more: see {where}", error=True)
    if report.skipped:
        say(f"could not be read: {len(report.skipped):,}; the others are in the index", error=True)
        sys.exit(SKIPPED_EXIT)


@commands.command("list")
def list_snapshots(index: IndexOption = DEFAULT_INDEX) -> None:
    """List the snapshots, oldest first; the current one has a star.

    Example: rag-index list --index data/index
    """
    from rich.console import Console
    from rich.table import Table

    from rag.store.snapshot import IndexFolder

    folder = IndexFolder(index)
    try:
        current = folder.current().id
    except IndexCorrupt as error:
        say(f"note: {error}", error=True)  # the list is where the way out begins
        current = None
    table = Table(box=None, pad_edge=False)
    for name in ("", "snapshot", "articles", "passages", "skipped", "MiB"):
        table.add_column(name, no_wrap=True, min_width=25 if name == "snapshot" else None)
    table.add_column("model", overflow="ellipsis", no_wrap=True)
    for snapshot in folder.snapshots():
        star = "*" if snapshot == current else ""
        try:
            manifest = folder.manifest(snapshot)
        except RagError:
            table.add_row(star, snapshot, "", "", "", "", "unreadable")
            continue
        counts, size = manifest.counts, sum(record.size for record in manifest.files.values())
        numbers = (f"{number:,}" for number in (counts.articles, counts.passages, counts.skipped))
        table.add_row(star, snapshot, *numbers, f"{size / 2**20:.1f}", manifest.model.name)
    Console(markup=False, highlight=False).print(table)


@commands.command()
def verify(
    snapshot: Annotated[str | None, typer.Argument(metavar="[ID]", help="A snapshot.  [default: the current]")] = None,
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Compare every byte of a snapshot with its digests.

    Example: rag-index verify --index data/index
    """
    from rag.store.snapshot import IndexFolder

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
    from rag.store.snapshot import IndexFolder

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
    from rag.store.snapshot import IndexFolder

    folder = IndexFolder(index)
    folder.current()  # says that there is no index, and makes none
    with folder.changing():
        deleted = folder.prune(keep)
    say(f"deleted {counted(len(deleted), 'snapshot')}, kept {len(folder.snapshots())}")
