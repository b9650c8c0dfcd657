"""Both command lines as a shell sees them: output, errors, exit codes; with the real model."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag import Answer
from rag.record.export.formats import FORMATS, export
from rag.store.folder import IndexFolder
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index, write_article

ROOT = Path(__file__).parents[1]


def run(module: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "120"} | environment,
        check=False,
    )


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    for article in (HARBOUR, PROTEST, ORCHESTRA):
        write_article(folder, article.title.lower().replace(" ", "-"), article)
    return folder


@pytest.fixture(scope="module")
def index(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "index"
    done = run("index", "build", news, "--index", folder)
    assert done.returncode == 0, done.stderr
    return folder


def error_of(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr.strip()


def test_build_says_what_it_did_and_a_second_one_embeds_nothing(news: Path, tmp_path: Path) -> None:
    first = run("index", "build", news, RAG_INDEX=str(tmp_path / "index"))
    assert first.returncode == 0, first.stderr
    snapshot = IndexFolder(tmp_path / "index").current().id
    lines = first.stdout.splitlines()
    assert lines[0] == f"{tmp_path / 'index'}: 3 articles in 3 passages, snapshot {snapshot}"
    assert lines[1].startswith("embedded 3 passages (")
    assert lines[1].endswith(" a second), took over 0 unchanged")
    assert "peak memory" in lines[2]
    assert first.stderr.splitlines()[:2] == ["reading", "chunking 3"]
    second = run("index", "build", news, "--index", tmp_path / "index")
    assert second.stdout.splitlines()[:2] == [
        f"{tmp_path / 'index'}: unchanged, 3 articles in 3 passages",
        f"embedded 0 passages; snapshot {snapshot} stays in use",
    ]


def test_skipped_articles_are_named_and_the_exit_code_says_so(news: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad\x1b[31m.txt"
    bad.write_text("")
    done = run("index", "build", news, bad, "--index", tmp_path / "index")
    assert done.returncode == 3
    assert "1 articles were skipped" not in done.stdout
    skipped = [line for line in done.stderr.splitlines() if line.startswith("skipped: ")]
    assert len(skipped) == 1
    assert "\x1b" not in done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'index'}: 3 articles")


def test_list_verify_use_and_prune(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    folder = IndexFolder(tmp_path / "index")
    first, second = folder.snapshots() if folder.snapshots()[1] == folder.current().id else folder.snapshots()[::-1]
    listed = run("index", "list", "--index", tmp_path / "index").stdout.splitlines()
    starred = {line.lstrip("* ").split()[0]: line.startswith("*") for line in listed[1:]}
    assert starred == {first: False, second: True}
    verified = run("index", "verify", "--index", tmp_path / "index").stdout
    assert re.fullmatch(rf"{second} is whole: \d+ files, 2 passages\n", verified)
    used = run("index", "use", first, "--index", tmp_path / "index")
    assert used.stdout == f"{tmp_path / 'index'} uses {first}: 1 article\n"
    pruned = run("index", "prune", "--keep", "1", "--index", tmp_path / "index")
    assert pruned.stdout == "deleted 1 snapshot, kept 1\n"
    assert folder.snapshots() == [first]


def test_the_way_out_of_a_damaged_pointer_can_be_followed(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    [snapshot] = IndexFolder(tmp_path / "index").snapshots()
    (tmp_path / "index" / "CURRENT").write_text("{")
    listed = run("index", "list", "--index", tmp_path / "index", COLUMNS="40")
    assert listed.returncode == 0
    assert listed.stderr.startswith(
        f"note: {tmp_path / 'index' / 'CURRENT'} is garbled: mend it with rag-index use {snapshot}"
    )
    assert listed.stdout.splitlines()[1].split()[0] == snapshot  # whole, however narrow the terminal
    assert run("index", "use", snapshot, "--index", tmp_path / "index").returncode == 0
    assert IndexFolder(tmp_path / "index").current().id == snapshot


def test_a_terminal_without_the_characters_shows_their_codes(index: Path) -> None:
    done = run("rag", "ask", "Who will move into the old tram depot?", "--index", index, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u201cOrchestra finds a new hall\\u201d, paragraph 1" in done.stdout


def test_ask_prints_the_answer_and_where_to_check_it(index: Path) -> None:
    done = run("rag", "ask", "Who will move into the old tram depot?", "--index", index)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "From 1 article of 1 outlet, 2 May 2025:",
        "The Ellery Courier, 2 May 2025: The Vellmar orchestra will move into the old tram depot in autumn. [1]",
        "",
        "[1] “Orchestra finds a new hall”, paragraph 1, https://www.ellery-courier.example/2025/05/02/orchestra",
    ]
    assert done.stderr == ""


def test_ask_in_json(index: Path) -> None:
    done = run("rag", "ask", "Who won the chess championship?", "--index", index, "--json")
    record = json.loads(done.stdout)
    assert sorted(record) == [
        *(
            "citations",
            "notice",
            "probability",
            "question",
            "refused",
            "rewritten",
            "snapshot",
            "text",
            "unanswered",
            "understood",
        )
    ]
    assert record["understood"]["mentions"] == []
    assert (record["refused"], record["citations"]) == (True, [])
    assert record["snapshot"] == IndexFolder(index).current().id
    assert done.returncode == 0


def test_ask_after_earlier_questions(index: Path) -> None:
    earlier = ["--after", "What did Odile Brandt say about the sea wall?", "--after", "And about the tolls?"]
    done = run("rag", "ask", "according to Strand Radio?", *earlier, "--index", index)
    assert (done.returncode, done.stderr) == (0, "")
    first, _, answer, *_ = done.stdout.splitlines()
    assert first == "asked: What did Odile Brandt say about the tolls, according to Strand Radio?"
    assert answer.startswith("Strand Radio, 12 April 2025: Odile Brandt offered to talk, but ruled out lower tolls.")
    record = json.loads(run("rag", "ask", "why?", *earlier[:2], "--index", index, "--json").stdout)
    assert (record["question"], record["rewritten"]) == (
        "why?",
        "What did Odile Brandt say about the sea wall, and why?",
    )
    alone = run("rag", "ask", "Who will move into the old tram depot?", *earlier, "--index", index)
    assert "asked: " not in alone.stdout


def test_ask_with_a_model_that_is_down_quotes_and_says_so(index: Path) -> None:
    question = "Who will move into the old tram depot?"
    settings = {"RAG_GENERATOR": "openai:tiny", "RAG_API_BASE": "http://127.0.0.1:9/v1", "RAG_API_KEY": "sk-harbour-1"}
    done = run("rag", "ask", question, "--index", index, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    _, first, _, notice, source = done.stdout.splitlines()
    assert first.endswith("The Vellmar orchestra will move into the old tram depot in autumn. [1]")
    assert notice == (
        "The model tiny at http://127.0.0.1:9/v1 could not be reached; quotations were looked for instead."
    )
    assert source.startswith("[1] “Orchestra finds a new hall”")
    assert "sk-harbour-1" not in run("rag", "ask", question, "--json", "--index", index, **settings).stdout


def test_an_unknown_generator_is_told_before_anything_is_loaded(index: Path) -> None:
    told = error_of(run("rag", "ask", "Who?", "--generator", "gpt", "--index", index))
    assert told == (
        "error: there is no generator 'gpt': there are quotes, openai:MODEL, local:FILE.gguf, "
        "quotes+openai:MODEL, quotes+local:FILE.gguf"
    )
    assert "RAG_API_BASE" in error_of(run("rag", "chat", "--generator", "openai:tiny", "--index", index))


def test_search_in_json_within_limits(index: Path) -> None:
    limits = ["--from", "2025-04-01", "--to", "2025-04-30", "--outlet", "strand radio", "--author", "Tobin Vance"]
    record = json.loads(run("rag", "search", "harbour", "--index", index, *limits, "--limit", 5, "--json").stdout)
    [hit] = record["hits"]
    explain = hit.pop("explain")
    assert (explain["part"], explain["reranked"]) == ("harbour", None)
    assert explain["lexical"] == 0 < explain["dense"] < 1
    assert hit == {
        "rank": 1,
        "score": 1.0,
        "text": "\n\n".join(PROTEST.paragraphs),
        "paragraphs": [1, 2],
        "article": {
            "id": PROTEST.id,
            "title": "Fishermen block the quay",
            "url": "https://strand-radio.example/quay-blocked",
            "outlet": "Strand Radio",
            "published": "2025-04-12",
            "language": None,
        },
        "copies": [],
    }


def test_what_was_understood_is_told_and_can_be_undone(index: Path) -> None:
    question = "What did Strand Radio report in April?"
    asked = ["rag", "search", question, "--index", str(index), "--as-of", "2025-12-31", "--json"]
    record = json.loads(run(*asked).stdout)
    assert {hit["article"]["outlet"] for hit in record["hits"]} == {"Strand Radio"}
    assert record["understood"]["as_of"] == "2025-12-31"
    assert [
        (one["kind"], one["words"], one["limits"], one["loosened"], one["outlet"], one["published_from"])
        for one in record["understood"]["mentions"]
    ] == [
        ("outlet", "Strand Radio", True, False, "Strand Radio", None),
        ("days", "in April", True, False, None, "2025-04-01"),
    ]
    literally = json.loads(run(*asked, "--literally").stdout)
    assert (len(literally["hits"]), literally["understood"]["mentions"]) == (3, [])
    answer = run("rag", "ask", "What did Strand Radio report about the quay in 2019?", "--index", index)
    assert "Read in the question: “Strand Radio”. Let go, because nothing would be left: “in 2019”." in answer.stdout


def test_search_for_readers(index: Path) -> None:
    done = run("rag", "search", "orchestra hall", "--index", index, "--limit", "1")
    first, text, *_ = done.stdout.splitlines()
    assert first.startswith("1. Orchestra finds a new hall (The Ellery Courier, 2 May 2025; paragraph 1; 1.000)")
    assert text == ORCHESTRA.paragraphs[0]


def test_evaluate_prints_a_table(index: Path, tmp_path: Path) -> None:
    questions = [
        {"question": "Who moves?", "type": "single", "gold": [{"fact": ORCHESTRA.paragraphs[0]}]},
        {"question": "Who won?", "type": "unanswerable", "gold": []},
    ]
    (tmp_path / "questions.json").write_text(json.dumps(questions))
    done = run("rag", "evaluate", tmp_path / "questions.json", "--index", index)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[1] == ["single", "1", "1.000", "1.000"]
    assert lines[2] == ["all", "1", "1.000", "1.000"]
    assert "left out because they name no evidence: 1" in done.stdout


ERRORS: list[tuple[str, Sequence[str], int, str]] = [
    ("rag", ["ask", "", "--index", "{index}"], 1, "error: the question is empty: type a question"),
    ("rag", ["ask", "why?", "--after", " ", "--index", "{index}"], 1, "error: the question is empty: type a question"),
    ("rag", ["ask", "x" * 100_000, "--index", "{index}"], 1, "error: the question has 100,000 characters and may have"),
    ("rag", ["ask", "tolls", "--index", "{tmp}"], 1, "error: no index at {tmp}: build one with rag-index build PATH"),
    ("rag", ["search", "x", "--index", "{index}", "--limit", "0"], 1, "error: limit must be at least 1, not 0"),
    (
        "rag",
        ["search", "x", "--index", "{index}", "--from", "2025-05-01", "--to", "2025-04-01"],
        1,
        "error: the range of days is the wrong way round: from 2025-05-01 to 2025-04-01",
    ),
    (
        "rag",
        ["search", "x", "--index", "{index}", "--outlet", "Zeta"],
        1,
        "error: no outlet 'Zeta' in the index: it holds",
    ),
    (
        "rag",
        ["ask", "x", "--index", "{index}", "--language", "French"],
        1,
        "error: no language 'fr' in the index: it holds articles that name none",
    ),
    ("rag", ["search", "x", "--index", "{index}", "--from", "March"], 2, "'March' is not a day: write 2025-03-04"),
    (
        "rag",
        ["evaluate", "{tmp}/none.json", "--index", "{index}"],
        1,
        "error: No such file or directory: {tmp}/none.json",
    ),
    ("rag", ["chat", "--index", "{tmp}"], 1, "error: no index at {tmp}: build one with rag-index build PATH"),
    ("app", ["--index", "{tmp}"], 1, "error: no index at {tmp}: build one with rag-index build PATH"),
    ("rag", ["ask"], 2, "Missing argument 'QUESTION'"),
    ("rag", ["ask", "x", "--index", "{index}", "--format", "docx"], 2, "'docx' is not one of 'text', 'json'"),
    ("rag", ["ask", "x", "--json", "--format", "csl"], 2, "--json prints JSON: leave it away for csl"),
    ("rag", ["ask", "x", "--save", "{index}"], 1, "error: {index} is there, and is no file: name another"),
    ("rag", ["ask", "x", "--save", "README.md"], 1, "error: README.md is there, and is no record of an answer: name"),
    ("rag", ["ask", "x", "--save", "{tmp}/no/x"], 1, "error: No such folder to write to: {tmp}/no/x"),
    ("rag", ["verify", "{tmp}/none", "--index", "{index}"], 1, "error: No such file or directory: {tmp}/none"),
    ("rag", ["verify", "README.md"], 1, "error: README.md: this is no record of an answer: it is no JSON, at line 1"),
    ("rag", ["verify", "rag/web/icon.svg"], 1, "error: rag/web/icon.svg: this is no record of an answer: it is no"),
    ("rag", ["verify"], 2, "Missing argument 'FILE'"),
    ("index", ["build", "{tmp}/none"], 1, "{tmp}/none"),
    ("index", ["build"], 2, "name what to build from: PATH… or --sample"),
    ("index", ["build", "--sample", "{tmp}"], 2, "either PATH… or --sample, not both"),
    ("rag", ["chat", "--port", "70000"], 2, "should be less than or equal to 65535"),
    (
        "index",
        ["build", "{news}", "--index", "{tmp}/i", "--model", "no/such-model"],
        1,
        "error: model no/such-model is",
    ),
    ("index", ["build", "{news}", "--index", "{tmp}/i", "--passage-tokens", "3"], 1, "needs at least 20 tokens, not 3"),
    ("index", ["list", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
    ("index", ["verify", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
    ("index", ["verify", "x", "--index", "{index}"], 1, "error: 'x' is no snapshot id: see rag-index list"),
    ("index", ["use", "20250101T000000Z-00000000", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
    ("index", ["prune", "--index", "{tmp}"], 1, "error: no index at {tmp}"),
    ("index", ["prune", "--index", "{index}", "--keep", "0"], 1, "error: at least 1 snapshot, the current one"),
]


@pytest.mark.parametrize(("module", "arguments", "code", "message"), ERRORS, ids=[" ".join(e[1])[:40] for e in ERRORS])
def test_errors_name_the_cause_and_the_way_out(
    index: Path, news: Path, tmp_path: Path, module: str, arguments: Sequence[str], code: int, message: str
) -> None:
    filled = [argument.format(index=index, news=news, tmp=tmp_path) for argument in arguments]
    text = error_of(run(module, *filled), code)
    assert message.format(index=index, news=news, tmp=tmp_path) in text
    assert sorted(path.name for path in tmp_path.iterdir()) in ([], ["i"])  # nothing was made by a command that failed


def test_every_command_has_help_with_an_example() -> None:
    for module, verbs in (
        ("rag", ["ask", "verify", "search", "evaluate", "chat"]),
        ("index", ["build", "list", "verify", "use", "prune"]),
    ):
        for verb in verbs:
            done = run(module, verb, "--help", COLUMNS="200")
            program = "rag" if module == "rag" else "rag-index"
            assert done.returncode == 0
            assert f"Example: {program} {verb}" in done.stdout


TRAM = "Who will move into the old tram depot?"


def test_a_kept_answer_is_verified_after_its_article_was_corrected(news: Path, tmp_path: Path) -> None:
    index, record = tmp_path / "index", tmp_path / "tram.json"
    assert run("index", "build", news, "--index", index).returncode == 0
    first = run("rag", "ask", TRAM, "--index", index, "--save", record)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith(".example/2025/05/02/orchestra\n")  # printed as without --save
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "tram.json"]
    kept = Answer.from_json(record.read_text(encoding="utf-8"))
    assert kept.text == first.stdout.partition("\n\n")[0]

    holding = run("rag", "verify", record, "--index", index)
    assert (holding.returncode, holding.stderr) == (0, "")
    assert holding.stdout.splitlines() == [
        "[1] holds: “Orchestra finds a new hall” (The Ellery Courier, 2 May 2025), paragraph 1",
        f"1 of 1 citation holds in snapshot {kept.snapshot}",
    ]
    corrected = replace(
        ORCHESTRA,
        updated=date(2025, 5, 4),
        paragraphs=("\x1b[31mCorrection.", "The Vellmar orchestra will move into the new tram depot in spring."),
    )
    build_articles = [news, write_article(tmp_path / "corrected", "orchestra", corrected)]
    assert run("index", "build", *build_articles, "--index", index).returncode == 0
    changed = run("rag", "verify", record, "--index", index)
    assert (changed.returncode, changed.stderr) == (3, "")
    assert changed.stdout.splitlines() == [
        "[1] no longer holds, the article was changed: “Orchestra finds a new hall” (The Ellery Courier, 2 May 2025), "
        "updated 4 May 2025, paragraph 1, said: “The Vellmar orchestra will move into the old tram depot in autumn.”",
        "    paragraph 2 says now: “The Vellmar orchestra will move into the new tram depot in spring.”",
        "not all that it cites holds, or can be checked: "
        "The Vellmar orchestra will move into the old tram depot in autumn.",
        f"0 of 1 citation holds in snapshot {IndexFolder(index).current().id}",
    ]
    again = run("rag", "ask", TRAM, "--index", index, "--save", record, "--format", "markdown")
    assert again.returncode == 0  # a record may take the place of a record
    assert Answer.from_json(record.read_text(encoding="utf-8")) != kept
    assert again.stdout == export(Answer.from_json(record.read_text(encoding="utf-8")), "markdown")


def test_an_altered_record_is_an_error(index: Path, tmp_path: Path) -> None:
    record = tmp_path / "tram.json"
    assert run("rag", "ask", TRAM, "--index", index, "--save", record).returncode == 0
    record.write_text(record.read_text(encoding="utf-8").replace("old tram", "odd tram"), encoding="utf-8")
    text = error_of(run("rag", "verify", record, "--index", index))
    assert text.startswith(f"error: {record}: this is no record of an answer: articles[")
    assert "was altered" in text


@pytest.mark.parametrize("name", FORMATS)
def test_ask_prints_every_format(index: Path, name: str) -> None:
    done = run("rag", "ask", TRAM, "--index", index, "--format", name)
    assert (done.returncode, done.stderr) == (0, "")
    begins = {"markdown": f"# {TRAM}\n", "html": "<!DOCTYPE html>\n", "csl": "[\n {", "bibtex": "% Cited in an answer"}
    assert done.stdout.startswith(begins[name])
    assert "Orchestra finds a new hall" in done.stdout


def test_the_json_of_ask_has_a_link_to_the_sentence(index: Path) -> None:
    printed = [
        run("rag", "ask", TRAM, "--index", index, *option).stdout for option in (["--json"], ["--format", "json"])
    ]
    assert printed[0] == printed[1]
    [citation] = json.loads(printed[0])["citations"]
    assert citation["link"] == f"{ORCHESTRA.url}#:~:text=The%20Vellmar%20orchestra%20will,tram%20depot%20in%20autumn"


def test_a_closed_pipe_is_no_error(index: Path) -> None:
    command = f"{sys.executable} -m rag search harbour --index {index} | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
