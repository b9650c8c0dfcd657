"""The command line `rag-index` as a shell sees it, with a toy in the place of the model: output, errors, exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from index.sources.formats import FORMATS
from rag.models import embedding
from rag.record.keeping import KeptAnswers
from rag.store.folder import IndexFolder
from tests.cited import answer_of, said
from tests.conftest import Ran
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index, write_article

RagIndex = Callable[..., Ran]


@pytest.fixture
def rag_index(run_command: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RagIndex:
    def load(name: str = "toy", *, revision: str | None = None) -> ToyEmbedder:
        return ToyEmbedder(name)

    monkeypatch.setattr(embedding, "load_embedder", load)
    monkeypatch.setenv("RAG_INDEX", str(tmp_path / "index"))
    return partial(run_command, "rag-index")


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    for article in (HARBOUR, PROTEST, ORCHESTRA):
        write_article(tmp_path / "news", article.title.lower(), article)
    return tmp_path / "news"


def test_build_says_what_it_did_and_a_second_one_embeds_nothing(
    rag_index: RagIndex, news: Path, folder: IndexFolder
) -> None:
    code, out, _ = rag_index("build", news)
    snapshot = folder.current().id
    lines = out.splitlines()
    assert (code, lines[0]) == (0, f"{folder.path}: 3 articles in 3 passages, snapshot {snapshot}")
    assert lines[1].startswith("embedded 3 passages, ")
    held = "unchanged, 3 articles in 3 passages"
    assert rag_index("build", news).out.splitlines() == [f"{folder.path}: {held}; snapshot {snapshot} stays in use"]


def test_a_build_takes_the_last_ones_model_and_budget_over_and_says_so(
    rag_index: RagIndex, tmp_path: Path, folder: IndexFolder
) -> None:
    build = partial(rag_index, "build", tmp_path / "news")
    write_article(tmp_path / "news", "one", HARBOUR)
    assert "as in the last build" not in build("--model", "other", "--passage-tokens", 90).out
    write_article(tmp_path / "news", "two", PROTEST)
    told = build().out.splitlines()
    assert told[0].startswith("as in the last build: model other and 90 tokens a passage; --model, ")
    assert told[2].startswith("embedded 1 passage, ")
    assert build("--passage-tokens", 40).out.startswith("as in the last build: model other; --model, ")
    manifest = folder.manifest(folder.current().id)
    assert (manifest.model.name, manifest.chunking.budget) == ("other", 40)
    (folder.path / "CURRENT").write_text("garbled")  # a build is what mends it, and the model is known all the same
    assert build().out.startswith("as in the last build: model other and 40 tokens a passage; --model, ")


def test_stats_and_the_next_build_know_how_vectors_are_searched(
    rag_index: RagIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "load_embedder", lambda name, *, revision=None: ToyEmbedder(name, dimension=64))
    news = write_article(tmp_path / "news", "one", HARBOUR)
    assert rag_index("build", news, "--vectors", "compressed").code == 0
    write_article(tmp_path / "news", "one", PROTEST)
    assert " and compressed vectors; --model" in rag_index("build", news).out
    assert "vectors: compressed, 800 looked at closely, recall of ten 1.000" in rag_index("stats").out
    assert json.loads(rag_index("stats", "--json").out)["vectors"]["asked"] == "compressed"
    assert rag_index("build", news, "--vectors", "quick").code == 2


def test_what_is_left_out_is_named_and_kept_and_the_exit_code_says_so(
    rag_index: RagIndex, tmp_path: Path, folder: IndexFolder
) -> None:
    text = "Tolls rose.\\nAdvertisement\\nRelated: A quay falls"
    (tmp_path / "a.json").write_text(f'{{"title": "Tolls", "text": "{text}"}}')
    (tmp_path / "b\x1b[31m.json").write_text("{")
    code, out, err = rag_index("build", tmp_path / "a.json", tmp_path / "b\x1b[31m.json")
    assert (code, out.startswith(f"{folder.path}: 1 article in 1 passage")) == (3, True)
    details = folder.snapshot_path(folder.current().id) / "skipped.jsonl"
    reason = "is not valid JSON at line 1 column 2 (expecting property name enclosed in double quotes)"
    lines = err.splitlines()[-4:]
    assert lines.pop(1).endswith(f".json: {reason}: mend it or leave it out")
    assert lines == [
        f"note: {tmp_path}/a.json: left out as no reporting: 'Advertisement' and 1 other line",
        f"all of it is in {details}",
        "could not be read: 1; the others are in the index",
    ]
    assert (err.count("skipped: "), "\x1b" in err) == (1, False)
    kept = [json.loads(line) for line in details.read_text().splitlines()]
    assert [item.get("omitted") for item in kept] == [None, "Advertisement", "Related: A quay falls"]


def test_list_verify_use_and_prune(rag_index: RagIndex, folder: IndexFolder) -> None:
    build_index(folder.path, [HARBOUR])
    first = folder.current().id
    build_index(folder.path, [HARBOUR, PROTEST])
    second = folder.current().id
    listed = rag_index("list").out.splitlines()
    assert {line.lstrip("* ").split()[0]: line.startswith("*") for line in listed[1:]} == {first: False, second: True}
    assert re.fullmatch(rf"{second} is whole: \d+ files, 2 passages\n", rag_index("verify").out)
    assert rag_index("use", first).out == f"{folder.path} uses {first}: 1 article\n"
    assert "error: at least 1 snapshot, the current one" in rag_index("prune", "--keep", "0").err
    assert rag_index("prune", "--keep", "1").out == "deleted 1 snapshot, kept 1\n"
    assert (folder.snapshots(), folder.current().id) == ([first], first)


ERRORS: list[tuple[Sequence[str], int, str]] = [
    (["build", "{tmp}/none"], 1, "{tmp}/none"),
    (["build"], 2, "name what to build from: PATH… or --sample"),
    (["build", "--sample", "{tmp}"], 2, "either PATH… or --sample, not both"),
    (["build", "{tmp}/news", "--passage-tokens", "3"], 1, "needs at least 20 tokens, not 3"),
    *((verb, 1, "error: no index at {tmp}/other") for verb in (["list"], ["verify"], ["prune"])),
    (["use", "20250101T000000Z-00000000"], 1, "error: no index at {tmp}/other"),
    (["verify", "x"], 1, "error: 'x' is no snapshot id: see rag-index list"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), ERRORS, ids=[" ".join(one[0]) for one in ERRORS])
@pytest.mark.usefixtures("news")
def test_errors_name_the_cause_and_the_way_out(
    rag_index: RagIndex, tmp_path: Path, arguments: Sequence[str], code: int, message: str
) -> None:
    ended, out, err = rag_index(*(one.format(tmp=tmp_path) for one in arguments), "--index", tmp_path / "other")
    assert (ended, out) == (code, "")
    assert message.format(tmp=tmp_path) in err


def test_a_notice_of_withdrawal_holds_for_a_build_and_needs_an_index(
    rag_index: RagIndex, news: Path, folder: IndexFolder
) -> None:
    entry = f'<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="{HARBOUR.url}"/>'
    gone = news / "gone.xml"
    gone.write_text(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title>{entry}</feed>')
    code, _, err = rag_index("add", gone)
    assert code == 1
    assert f"error: no articles in what was named: only 1 withdrawal, the first is {gone} item 1\n" in err
    code, out, _ = rag_index("build", news)
    told = f"removed: 'Harbour tolls rise' ({gone} item 1): was withdrawn by its publisher"
    assert (code, told in out.splitlines(), folder.verify().counts.articles) == (0, True, 2)


def test_a_line_of_what_was_skipped_goes_when_its_file_was_read_again(
    rag_index: RagIndex, news: Path, folder: IndexFolder, tmp_path: Path
) -> None:
    for name in ("Of item 1.jsonl", "Of item 2.jsonl"):
        (tmp_path / name).write_text('{"title": "Tolls", "text": "They rise."}\n{"title": "Empty"}\n')
    assert rag_index("build", news, tmp_path / "Of item 1.jsonl", tmp_path / "Of item 2.jsonl").code == 3
    (tmp_path / "Of item 1.jsonl").write_text('{"title": "Tolls", "text": "They rise."}\n')
    assert rag_index("add", tmp_path / "Of item 1.jsonl").code == 0
    [line] = (folder.snapshot_path(folder.current().id) / "skipped.jsonl").read_text().splitlines()
    assert "Of item 2.jsonl line 2" in line


def test_an_article_that_comes_changes_and_goes(
    rag_index: RagIndex, news: Path, folder: IndexFolder, tmp_path: Path
) -> None:
    rag_index("build", news)
    later = write_article(tmp_path, "later", replace(HARBOUR, paragraphs=("Tolls fell.",), updated=date(2025, 3, 6)))
    code, out, _ = rag_index("add", later)
    assert (code, out.splitlines()[1]) == (0, "embedded 1 passage, took over 2 unchanged")
    assert "1 articles came again, unchanged" in rag_index("add", later).out
    told = rag_index("history", f"{HARBOUR.url}#top").out.splitlines()
    assert told[0].startswith("published 4 March 2025, taken in ")
    assert re.fullmatch(r"published 4 March 2025, updated 6 March 2025, taken in .* \(current\)", told[2])
    assert [line for line in told if line.startswith("  + ")] == ["  + Tolls fell."]
    assert sum(line.startswith("  - ") for line in told) == len(HARBOUR.paragraphs)
    counts = json.loads(rag_index("stats", "--json").out)
    assert (counts["articles"], counts["versions"], counts["months"]["2025-03"]) == (3, 4, 1)
    assert counts["outlets"] == {"The Ellery Courier": 2, "Strand Radio": 1}
    shown = rag_index("remove", "--outlet", "Ellery Courier", "--before", "2025-04-01", "--dry-run").out
    assert shown.splitlines()[0] == "would be removed: 1 article"
    removed = rag_index("remove", HARBOUR.id, "--reason", "withdrawn", "--everywhere", "--json")
    receipt = json.loads(removed.out)
    assert (receipt["reason"], list(receipt["removed"]), receipt["scan"]["traces"]) == ("withdrawn", [HARBOUR.id], [])
    code, _, err = rag_index("add", later)
    assert (code, "(withdrawn): rag-index remove --forget ce50c3f46ea3892a lets it in again" in err) == (0, True)
    assert "removed: ce50c3f46ea3892a on " in rag_index("stats").out
    assert rag_index("remove", "--forget", HARBOUR.id).out.startswith(f"{HARBOUR.id} may be taken in again, snapshot ")
    assert rag_index("add", later).code == 0
    code, out, err = rag_index("remove", PROTEST.id, "https://nowhere.example/1", "--dry-run")
    assert (code, out.startswith("would be removed: 1 article\n")) == (3, True)
    assert err == f"not removed: no article https://nowhere.example/1 in {folder.path}: see rag-index stats\n"
    snapshots = folder.snapshots()
    KeptAnswers(folder.path).keep(answer_of(said(PROTEST, 1, 1)), "key")
    code, out, _ = rag_index("remove", PROTEST.id, "x")
    assert (code, "\n1 kept answer went with them\n" in out, "no trace is left" in out) == (3, True, False)
    code, _, err = rag_index("remove", "--forget")
    assert (code, "name what is to be let in again" in err) == (2, True)
    assert rag_index("remove", "--forget", PROTEST.id, "--dry-run").out == f"{PROTEST.id} would be let in again\n"
    assert rag_index("remove", "--forget", HARBOUR.id, "--dry-run").code == 1
    assert len(folder.snapshots()) == len(snapshots) + 1
    assert rag_index("remove", "--forget", PROTEST.id).code == rag_index("add", news).code == 0
    assert rag_index("remove").code == rag_index("remove", "x", "--outlet", "y").code == 2
    assert "Strand Radio" in rag_index("remove", "--outlet", "Strand Rado").err
    for name in (one.name for one in FORMATS):
        assert name in rag_index("sources").out
    assert folder.verify().counts.articles == 3
