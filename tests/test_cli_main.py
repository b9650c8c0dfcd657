"""The command line `rag` as a shell sees it: output, errors, exit codes; with the real model."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from index.building import build
from rag import Article
from rag.models.embedding import Embedder
from rag.record.export.formats import FORMATS, export
from rag.record.keeping import FeedbackVerdict, KeptAnswers
from rag.record.serialize import read_answer
from rag.store.folder import IndexFolder
from rag.store.kept import FILE
from tests.cited import answer_of, said
from tests.conftest import Ran
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, write_article

ROOT = Path(__file__).parents[1]
TRAM = "Who will move into the old tram depot?"
Rag = Callable[..., Ran]


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    news = [write_article(folder / "news", one.title.lower(), one) for one in (HARBOUR, PROTEST, ORCHESTRA)]
    build(news, IndexFolder(folder / "index"), embedder, today=date(2026, 1, 1))
    return folder / "index"


@pytest.fixture
def rag(run_command: Rag, monkeypatch: pytest.MonkeyPatch) -> Rag:
    monkeypatch.chdir(ROOT)
    return partial(run_command, "rag")


def test_ask_prints_the_answer_and_where_to_check_it(rag: Rag, index: Path) -> None:
    code, out, err = rag("ask", TRAM, "--index", index)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "The Ellery Courier, 2 May 2025: The Vellmar orchestra will move into the old tram depot in autumn. [1]",
        "From 1 article of 1 outlet, 2 May 2025.",
        "",
        "[1] “Orchestra finds a new hall”, paragraph 1, https://www.ellery-courier.example/2025/05/02/orchestra",
    ]


def test_a_closed_pipe_is_no_error(index: Path) -> None:
    command = f"{sys.executable} -m rag search harbour --index {index} | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""


BEGINS = {"markdown": f"# {TRAM}\n", "html": "<!DOCTYPE html>\n", "csl": "[\n {", "bibtex": "% Cited in an answer"}


def test_ask_for_other_programs(rag: Rag, index: Path) -> None:
    printed = [rag("ask", TRAM, "--index", index, *option).out for option in (["--json"], ["--format", "json"])]
    assert printed[0] == printed[1]
    record = json.loads(printed[0])
    assert (record["refused"], record["snapshot"]) == (False, IndexFolder(index).current().id)
    assert [one["quote"] for one in record["citations"]] == [ORCHESTRA.paragraphs[0]]
    assert BEGINS.keys() == FORMATS.keys()
    for name, begins in BEGINS.items():
        code, out, err = rag("ask", TRAM, "--index", index, "--format", name)
        assert (code, err, out.startswith(begins), "Orchestra finds a new hall" in out) == (0, "", True, True)


def test_ask_after_an_earlier_question(rag: Rag, index: Path) -> None:
    def ask(question: str, *options: str) -> str:
        earlier = "What did Odile Brandt say about the tolls?"
        code, out, err = rag("ask", question, "--after", earlier, "--index", index, *options)
        assert (code, err) == (0, "")
        return out

    first, read, answer, *_ = ask("And according to Strand Radio?").splitlines()
    assert answer.startswith("Strand Radio, 12 April 2025: Odile Brandt offered to talk, but ruled out lower tolls.")
    assert read == "Read in the question: “Strand Radio”."
    record = json.loads(ask("And according to Strand Radio?", "--json"))
    assert (record["question"], f"Rewritten as: {record['rewritten']}") == ("And according to Strand Radio?", first)
    assert "Rewritten as: " not in ask(TRAM)
    assert "Rewritten as: " not in ask("And in May?", "--no-parse-query")


def test_words_that_are_ignored_limit_nothing(rag: Rag, index: Path) -> None:
    asked = "What did Strand Radio report in 2019 about the tolls?"
    out = rag("ask", asked, "--ignore", "in 2019", "--ignore", "strand radio", "--index", index).out
    assert out.startswith("Ignored, as was asked: “Strand Radio”, “in 2019”.\n")
    found = rag(
        "search", asked, "--ignore", "Strand Radio", "--outlet", "The Ellery Courier", "--index", index, "--json"
    )
    parsed = json.loads(found.out)["parsed_query"]
    assert ([one["words"] for one in parsed["constraints"]], parsed["ignored"]) == (["in 2019"], ["Strand Radio"])


def test_a_month_or_a_year_is_all_of_its_days(rag: Rag, index: Path) -> None:
    def days(*options: str) -> str:
        return rag("search", "harbour", "--index", index, *options).out.splitlines()[-1]

    assert days("--from", "2025-04", "--to", "2025-04") == "Only this was searched: from 2025-04-01 to 2025-04-30."
    assert days("--from", "2025", "--to", "2025") == "Only this was searched: from 2025-01-01 to 2025-12-31."


def test_ask_with_a_model_that_is_down_quotes_and_says_so(
    rag: Rag, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "http://127.0.0.1:9/v1"
    for name, value in {"GENERATOR": "openai:tiny", "API_BASE": base, "API_KEY": "sk-harbour-1"}.items():
        monkeypatch.setenv(f"RAG_{name}", value)
    code, out, err = rag("ask", TRAM, "--index", index)
    assert (code, err, "sk-harbour-1" in out) == (0, "", False)
    first, _, _, notice, source = out.splitlines()
    assert first.endswith("The Vellmar orchestra will move into the old tram depot in autumn. [1]")
    assert notice == f"The model tiny at {base} could not be reached; quotations were looked for instead."
    assert source.startswith("[1] “Orchestra finds a new hall”")


def test_search_within_limits_in_json_and_for_readers(rag: Rag, index: Path) -> None:
    limits = ["--from", "2025-04-01", "--to", "2025-04-30", "--outlet", "strand radio", "--author", "Tobin Vance"]
    [hit] = json.loads(rag("search", "harbour", "--index", index, *limits, "--limit", 5, "--json").out)["hits"]
    explain, article = hit.pop("explain"), hit.pop("article")
    assert (explain["subquery"], explain["reranked"]) == ("harbour", None)
    assert explain["lexical"] == 0 < explain["dense"] < 1
    known = {name: getattr(PROTEST, name) for name in ("id", "title", "url", "outlet", "language")}
    assert article == {**known, "published": "2025-04-12", "updated": None, "labels": []}
    text = "\n\n".join(PROTEST.paragraphs)
    assert hit == {"rank": 1, "score": 1.0, "text": text, "paragraphs": [1, 2], "near_duplicates": []}
    first, text, *_ = rag("search", "orchestra hall", "--index", index, "--limit", "1").out.splitlines()
    assert first.startswith("1. Orchestra finds a new hall (The Ellery Courier, 2 May 2025; paragraph 1; 1.000)")
    assert text == ORCHESTRA.paragraphs[0]


NO_RECORD = "this is no record of an answer: rag ask … --save FILE writes one"
ERRORS: list[tuple[Sequence[str], int, str]] = [
    (["ask", ""], 1, "error: the question is empty: type a question"),
    (["ask", "why?", "--after", " "], 1, "error: the question is empty: type a question"),
    (["search", "x", "--from", "2025-05-01", "--to", "2025-04-01"], 1, "error: the range of days is the wrong way"),
    (["ask", "x", "--language", "French"], 1, "error: no language 'fr' in the index: it holds articles that name none"),
    (["search", "x", "--from", "March"], 2, "'--from': 'March' is not a day: write 2025-03-04"),
    (["ask", "x", "--to", "2025-02-30"], 2, "'--to': '2025-02-30' is not a day: write 2025-03-04, 2025-03 for a month"),
    (["evaluate", "{tmp}/none.json"], 1, "error: No such file or directory: {tmp}/none.json"),
    (["feedback", "--index", "{tmp}"], 1, "error: no index at {tmp}: build one with rag-index build PATH"),
    (["chat", "--index", "README.md"], 1, "error: README.md is a file: name a folder for the index"),
    (["chat", "--generator", "parrot", "--index", "{tmp}"], 1, "parrot"),
    (["chat", "--auth", "{tmp}/none.toml"], 1, "error: {tmp}/none.toml cannot be read: No such file or directory"),
    (["chat", "--generator", "openai:tiny"], 1, "RAG_API_BASE"),
    (["ask"], 2, "Missing argument 'QUESTION'"),
    (["ask", "x", "--format", "docx"], 2, "'docx' is not one of 'text', 'json'"),
    (["ask", "x", "--json", "--format", "csl"], 2, "--json prints JSON: leave it away for csl"),
    (["ask", "x", "--save", "README.md"], 1, "error: README.md is there, and is no record of an answer: name"),
    (["ask", "x", "--save", "{tmp}/no/x"], 1, "error: No such folder to write to: {tmp}/no/x"),
    (["verify", "{tmp}/none"], 1, "error: No such file or directory: {tmp}/none"),
    (["verify", "README.md"], 1, f"error: README.md: {NO_RECORD}"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), ERRORS, ids=[" ".join(one[0])[:40] for one in ERRORS])
def test_errors_name_the_cause_and_the_way_out(
    rag: Rag, index: Path, tmp_path: Path, arguments: Sequence[str], code: int, message: str
) -> None:
    verb, *rest = (one.format(index=index, tmp=tmp_path) for one in arguments)
    ended, out, err = rag(verb, "--index", index, *rest)
    assert (ended, out) == (code, "")
    assert message.format(index=index, tmp=tmp_path) in err
    assert list(tmp_path.iterdir()) == []  # nothing was made by a command that failed


def test_feedback_is_listed_and_obeyed_by_no_terminal(rag: Rag, index: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(index, tmp_path / "index")
    nothing = f"no reader has said anything yet of answers from {folder}\n"
    assert rag("feedback", "--index", folder) == (0, nothing, "")
    assert rag("feedback", "--index", folder, "--json") == (0, "[]\n", "")
    assert not (folder / FILE).exists()
    kept = KeptAnswers(folder)
    answer = answer_of(said(ORCHESTRA, 1, 1), question="Where\x1b[31m to,\u202e and when?")
    ids = [kept.keep(answer, "key") or "" for _ in range(2)]
    kept.feedback(ids[0], FeedbackVerdict.HELPFUL)
    kept.feedback(ids[1], FeedbackVerdict.WRONG_CITATION, marker=1, comment="It was\x9b2J\nin \u2066spring\u2069.")
    kept.delete(ids[0], "key")
    code, out, err = rag("feedback", "--index", folder)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line[20:] for line in (lines[0], lines[-1])] == [
        "  wrong citation [1]  Where [31m to, and when?",
        "  helpful  (the answer is no longer kept)",
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", lines[0][:20])
    assert lines[1:-1] == [
        f"    sentence: {ORCHESTRA.paragraphs[0]}",
        "    cites: “Orchestra finds a new hall” (The Ellery Courier, 2 May 2025), paragraph 1",
        "    comment: It was 2J in \\u2066spring\\u2069.",
    ]
    code, out, err = rag("feedback", "--index", folder, "--limit", 1, "--json")
    [one] = json.loads(out)
    assert (one["verdict"], one["marker"], one["citation"]["quote"]) == ("wrong citation", 1, ORCHESTRA.paragraphs[0])
    assert (one["comment"], out.isascii()) == ("It was 2J in \u2066spring\u2069.", True)


VERBS = [("rag", verb) for verb in ("ask", "verify", "search", "evaluate", "chat", "feedback", "password")]
VERBS += [("rag-index", verb) for verb in ("build", "list", "verify", "use", "prune")]


@pytest.mark.parametrize(("program", "verb"), VERBS)
def test_every_command_has_help_with_an_example(run_command: Rag, program: str, verb: str) -> None:
    assert f"Example: {program} {verb}" in run_command(program, verb, "--help").out


def test_a_kept_answer_is_verified_after_its_article_was_corrected(
    rag: Rag, embedder: Embedder, tmp_path: Path
) -> None:
    index, record, news = tmp_path / "index", tmp_path / "tram.json", tmp_path / "news"

    def write_and_build(article: Article) -> str:
        write_article(news, str(article.updated), article)
        build([news], IndexFolder(index), embedder, today=date(2026, 1, 1))
        return IndexFolder(index).current().id

    snapshot = write_and_build(ORCHESTRA)
    code, first, err = rag("ask", TRAM, "--index", index, "--save", record)
    assert (code, err) == (0, "")
    assert first.endswith(".example/2025/05/02/orchestra\n")  # printed as without --save
    kept = read_answer(record)
    assert kept.text == first.partition("\n\n")[0]
    told = "“Orchestra finds a new hall” (The Ellery Courier, 2 May 2025)"
    holds = f"[1] holds: {told}, paragraph 1\n1 of 1 citation holds in snapshot {snapshot}\n"
    assert rag("verify", record, "--index", index) == (0, holds, "")
    now = "The Vellmar orchestra will move into the new tram depot in spring."
    snapshot = write_and_build(replace(ORCHESTRA, updated=date(2025, 5, 4), paragraphs=("\x1b[31mCorrection.", now)))
    code, out, err = rag("verify", record, "--index", index)
    assert (code, err) == (3, "")
    assert out.startswith(f"[1] no longer holds, the article was changed: {told}, updated 4 May 2025, paragraph 1")
    assert out.splitlines()[-3:] == [
        f"    paragraph 2 says now: “{now}”",
        f"not all that it cites holds, or can be checked: {ORCHESTRA.paragraphs[0]}",
        f"0 of 1 citation holds in snapshot {snapshot}",
    ]
    code, again, _ = rag("ask", TRAM, "--index", index, "--save", record, "--format", "markdown")
    assert code == 0  # a record may take the place of a record
    assert read_answer(record) != kept
    assert again == export(read_answer(record), "markdown")
    record.write_text(record.read_text(encoding="utf-8").replace("new tram", "odd tram"), encoding="utf-8")
    code, out, err = rag("verify", record, "--index", index)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: {record}: this is no record of an answer: the article was altered")
