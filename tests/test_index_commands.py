"""What `rag-index` says and takes over, with a toy in the place of the model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.commands import main
from rag.models.embedding import SentenceTransformerEmbedder
from rag.store.folder import IndexFolder
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, write_article


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, *, revision: str | None = None) -> ToyEmbedder:
        return ToyEmbedder(name)

    monkeypatch.setattr(SentenceTransformerEmbedder, "load", load)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_a_build_takes_the_last_ones_model_and_budget_over_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_article(tmp_path / "news", "one", HARBOUR)
    build = ("build", tmp_path / "news", "--index", tmp_path / "index")
    assert run(*build, "--model", "other", "--passage-tokens", 90) == 0
    assert "as in the last build" not in capsys.readouterr().out
    write_article(tmp_path / "news", "two", PROTEST)
    assert run(*build) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("as in the last build: model other and 90 tokens a passage; --model ")
    assert told[2].startswith("embedded 1 passage, ")
    assert run(*build, "--passage-tokens", 40) == 0
    assert capsys.readouterr().out.startswith("as in the last build: model other; --model ")
    folder = IndexFolder(tmp_path / "index")
    manifest = folder.manifest(folder.current().id)
    assert (manifest.model.name, manifest.chunking.budget) == ("other", 40)


def test_the_list_marks_the_current_snapshot_at_eighty_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    write_article(tmp_path / "news", "one", HARBOUR)
    model = "an-organisation/a-model-with-a-long-name-v2"
    assert run("build", tmp_path / "news", "--index", tmp_path / "index", "--model", model) == 0
    capsys.readouterr()
    assert run("list", "--index", tmp_path / "index") == 0
    [heads, line] = capsys.readouterr().out.splitlines()
    assert heads.split() == ["snapshot", "articles", "passages", "skipped", "MiB", "model"]
    assert line.startswith(f"* {IndexFolder(tmp_path / 'index').current().id} ")
    assert line.split()[2:5] == ["1", "1", "0"]
    assert line.endswith(model)


def test_what_is_left_out_of_an_article_is_told_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text(
        '{"title": "Tolls", "text": "Tolls rose.\\nAdvertisement\\nRelated: A quay falls"}'
    )
    (tmp_path / "b.json").write_text("{")
    assert run("build", tmp_path / "a.json", tmp_path / "b.json", "--index", tmp_path / "index") == 3
    folder = IndexFolder(tmp_path / "index")
    details = folder.snapshot_path(folder.current().id) / "skipped.jsonl"
    reason = "is not valid JSON at line 1 column 2 (expecting property name enclosed in double quotes)"
    assert capsys.readouterr().err.splitlines()[-4:] == [
        f"note: {tmp_path}/a.json: left out as no reporting: 'Advertisement' and 1 other line",
        f"skipped: {tmp_path}/b.json: {reason}: mend it or leave it out",
        f"all of it is in {details}",
        "could not be read: 1; the others are in the index",
    ]
    kept = [json.loads(line) for line in details.read_text().splitlines()]
    assert [item.get("omitted") for item in kept] == [None, "Advertisement", "Related: A quay falls"]
