"""The command line `rag-index` as a shell sees it: output, errors, exit codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.commands import main
from rag.store.folder import IndexFolder
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index, write_article

RagIndex = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    for article in (HARBOUR, PROTEST, ORCHESTRA):
        write_article(folder, article.title.lower(), article)
    return folder


@pytest.fixture
def rag_index(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RagIndex:
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return run


def test_build_says_what_it_did_and_a_second_one_embeds_nothing(
    rag_index: RagIndex, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_INDEX", str(tmp_path / "index"))
    code, out, _ = rag_index("build", news)
    snapshot = IndexFolder(tmp_path / "index").current().id
    lines = out.splitlines()
    assert (code, lines[0]) == (0, f"{tmp_path / 'index'}: 3 articles in 3 passages, snapshot {snapshot}")
    assert lines[1].startswith("embedded 3 passages, ")
    _, out, _ = rag_index("build", news)
    held = "unchanged, 3 articles in 3 passages"
    assert out.splitlines() == [f"{tmp_path / 'index'}: {held}; snapshot {snapshot} stays in use"]


def test_skipped_articles_are_named_and_the_exit_code_says_so(rag_index: RagIndex, news: Path, tmp_path: Path) -> None:
    (tmp_path / "bad\x1b[31m.txt").write_text("")
    code, out, err = rag_index("build", news, tmp_path / "bad\x1b[31m.txt", "--index", tmp_path / "index")
    assert (code, out.startswith(f"{tmp_path / 'index'}: 3 articles")) == (3, True)
    assert len([line for line in err.splitlines() if line.startswith("skipped: ")]) == 1
    assert "\x1b" not in err


def test_list_verify_use_and_prune(rag_index: RagIndex, tmp_path: Path) -> None:
    index = ("--index", tmp_path / "index")
    build_index(tmp_path / "index", [HARBOUR])
    folder = IndexFolder(tmp_path / "index")
    first = folder.current().id
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    second = folder.current().id
    listed = rag_index("list", *index)[1].splitlines()
    assert {line.lstrip("* ").split()[0]: line.startswith("*") for line in listed[1:]} == {first: False, second: True}
    assert re.fullmatch(rf"{second} is whole: \d+ files, 2 passages\n", rag_index("verify", *index)[1])
    assert rag_index("use", first, *index)[1] == f"{tmp_path / 'index'} uses {first}: 1 article\n"
    assert "error: at least 1 snapshot, the current one" in rag_index("prune", "--keep", "0", *index)[2]
    assert rag_index("prune", "--keep", "1", *index)[1] == "deleted 1 snapshot, kept 1\n"
    assert folder.snapshots() == [first]


def test_the_way_out_of_a_damaged_pointer_can_be_followed(
    rag_index: RagIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    [snapshot] = IndexFolder(tmp_path / "index").snapshots()
    (tmp_path / "index" / "CURRENT").write_text("{")
    monkeypatch.setenv("COLUMNS", "40")
    code, out, err = rag_index("list", "--index", tmp_path / "index")
    pointer = tmp_path / "index" / "CURRENT"
    assert (code, err.startswith(f"note: {pointer} is garbled: mend it with rag-index use {snapshot}")) == (0, True)
    assert out.splitlines()[1].split()[0] == snapshot  # whole, however narrow the terminal
    assert rag_index("use", snapshot, "--index", tmp_path / "index")[0] == 0
    assert IndexFolder(tmp_path / "index").current().id == snapshot


ERRORS: list[tuple[Sequence[str], int, str]] = [
    (["build", "{tmp}/none"], 1, "{tmp}/none"),
    (["build"], 2, "name what to build from: PATH… or --sample"),
    (["build", "--sample", "{tmp}"], 2, "either PATH… or --sample, not both"),
    (["build", "{news}", "--index", "{tmp}/i", "--model", "no/such-model"], 1, "error: model no/such-model is"),
    (["build", "{news}", "--index", "{tmp}/i", "--passage-tokens", "3"], 1, "needs at least 20 tokens, not 3"),
    (["list", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
    (["verify", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
    (["verify", "x", "--index", "{tmp}"], 1, "error: 'x' is no snapshot id: see rag-index list"),
    (["use", "20250101T000000Z-00000000", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
    (["prune", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), ERRORS, ids=[" ".join(one[0])[:40] for one in ERRORS])
def test_errors_name_the_cause_and_the_way_out(
    rag_index: RagIndex, news: Path, tmp_path: Path, arguments: Sequence[str], code: int, message: str
) -> None:
    ended, out, err = rag_index(*(one.format(news=news, tmp=tmp_path) for one in arguments))
    assert (ended, out) == (code, "")
    assert message.format(tmp=tmp_path) in err


@pytest.mark.parametrize("verb", ["build", "list", "verify", "use", "prune"])
def test_every_command_has_help_with_an_example(rag_index: RagIndex, verb: str) -> None:
    code, out, _ = rag_index(verb, "--help")
    assert (code, f"Example: rag-index {verb}" in out) == (0, True)
