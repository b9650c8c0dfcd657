"""The verbs of `rag-index` that show what an index holds: history, stats and sources."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from contextlib import closing
from dataclasses import asdict
from itertools import pairwise
from typing import Annotated

import typer

from index.bases import COVERAGE, current_base
from index.sources.formats import FORMATS
from rag.articles import Article, day_in_words
from rag.cli.terminal import DEFAULT_INDEX, IndexOption, say
from rag.errors import RagError
from rag.store.coverage import Coverage
from rag.store.folder import IndexFolder
from rag.store.rows import Known
from rag.text.sentences import sentence_spans

_SHOWN = 15

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


def history(
    name: Annotated[str, typer.Argument(metavar="ID|URL", help="An article, by id or address.")],
    index: IndexOption = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Show the versions of an article, and what changed from one to the next, sentence by sentence.

    Example: rag-index history https://courier.example/tolls --index data/index
    """
    with closing(_opened(index)) as coverage:
        versions = [one for id_ in coverage.named(name)[:1] for one in coverage.history(id_)]
    if not versions:
        raise RagError(f"no article {name} in {index}: give its id or address, as rag search shows it")
    changes = [_changes(old.article, new.article) for old, new in pairwise(versions)]
    if as_json:
        told = [_told(one) | {"changes": change} for one, change in zip(versions, [[], *changes], strict=True)]
        say(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for one, change in zip(versions, [[], *changes], strict=True):
        say(f"{_days(one)}{' (current)' if one.current else ''}")
        say(f"  {one.article.version} {one.article.title}, from {one.origin}")
        for line in change:
            say(f"  {line}")


def stats(index: IndexOption = DEFAULT_INDEX, as_json: AsJson = False) -> None:
    """Show what the index holds: articles by outlet, month and language, versions, copies, and what was skipped.

    Example: rag-index stats --index data/index
    """
    base = current_base(IndexFolder(index))
    with closing(_opened(index)) as coverage:
        tally, copies, removals = coverage.tally(), coverage.copies(), coverage.removals()
    assert base is not None
    reasons = Counter(str(line["skipped"]) for line in base.skipped() if "skipped" in line)
    counts = base.manifest.counts
    numbers = {
        "articles": counts.articles,
        "passages": counts.passages,
        "versions": counts.versions,
        "copies": copies,
        "removed": len({one.article_id for one in removals}),
        "skipped": counts.skipped,
    }
    vectors = base.manifest.vectors
    if as_json:
        removed = {one.article_id: {"day": one.day, "reason": one.reason} for one in removals}
        told = {"snapshot": base.manifest.id, **numbers, **tally, "reasons": dict(reasons), "removals": removed}
        told |= {"vectors": asdict(vectors)}
        say(json.dumps(told, indent=1, ensure_ascii=False))
        return
    say(f"{index}, snapshot {base.manifest.id}")
    say(", ".join(f"{number:,} {name}" for name, number in numbers.items()))
    if vectors.compressed:
        say(f"vectors: compressed, {vectors.candidates:,} looked at closely, recall of ten {vectors.recall:.3f}")
    for heading, table in (*tally.items(), ("skipped", dict(reasons.most_common()))):
        if table:
            say(f"{heading}:")
        for name, number in list(table.items())[: None if heading == "months" else _SHOWN]:
            say(f"  {number:8,}  {name or 'not named'}")
        if heading != "months" and len(table) > _SHOWN:
            say(f"            and {len(table) - _SHOWN:,} more: --json has all")
    for one in {one.article_id: one for one in removals}.values():
        say(f"removed: {one.article_id} on {one.day}{f' ({one.reason})' if one.reason else ''}")


def sources() -> None:
    """List the kinds of file that are read, each with an example.

    Example: rag-index sources
    """
    for one in FORMATS:
        say(one.name)
        for line in one.example.strip("\n").splitlines():
            say(f"    {line}")


def _opened(index: IndexOption) -> Coverage:
    folder = IndexFolder(index)
    base = current_base(folder)
    if base is None:
        folder.current()  # says that there is none
        raise AssertionError
    return Coverage(base.path / COVERAGE)


def _told(one: Known) -> dict[str, object]:
    article = one.article
    days = {name: day and day.isoformat() for name in ("published", "updated") for day in [getattr(article, name)]}
    known = {"version": article.version, "current": one.current, "title": article.title, "labels": article.labels}
    return {**known, **days, "taken": one.taken.isoformat(), "origin": one.origin}


def _days(one: Known) -> str:
    article = one.article
    told = [f"published {day_in_words(article.published)}" if article.published else "undated"]
    if article.updated:
        told.append(f"updated {day_in_words(article.updated)}")
    told += [label for label in article.labels if label in ("corrected", "excerpt")]
    return ", ".join([*told, f"taken in {day_in_words(one.taken.date())}"])


def _changes(old: Article, new: Article) -> list[str]:
    """Sentences that went (-) and came (+), in their order; one that moved does both."""
    before, after = _sentences(old), _sentences(new)
    lines = list[str]()
    for kind, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [f"- {one}" for one in before[start:end]] + [f"+ {one}" for one in after[first:last]]
    return lines


def _sentences(article: Article) -> list[str]:
    return [article.title] + [text[start:end] for text in article.paragraphs for start, end in sentence_spans(text)]
