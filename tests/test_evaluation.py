"""Every figure of `rag evaluate` against values computed by hand; run files; questions of three kinds."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ir_measures
import pytest

from rag.cli import main as commands
from rag.evaluation import latency as timing
from rag.evaluation import measures
from rag.evaluation.intervals import Interval, compare, interval
from rag.evaluation.latency import latency
from rag.evaluation.matching import find_articles, says
from rag.evaluation.measures import Measure, Score, evaluate, examine, mean, multihop_map, score
from rag.evaluation.questions import GoldArticle, GoldQuestion, read_questions
from rag.evaluation.runs import Result, document_id, write_run
from rag.models.embedding import Embedder
from rag.search.hits import Hit
from rag.search.retriever import Retriever
from rag.store.files import checked_target
from rag.store.scope import Scope
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

# Words of their only passages: 37, 21 and 12.
TOLLS, BLOCKED, HALL = HARBOUR.paragraphs[0], PROTEST.paragraphs[0], ORCHESTRA.paragraphs[0]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluation") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA])
    return folder


@pytest.fixture(scope="module")
def retriever(index: Path) -> Retriever:
    return Retriever.open(index, embedder=ToyEmbedder())


@pytest.fixture(scope="module")
def hits(retriever: Retriever) -> dict[str, Hit]:
    found = {
        hit.article.outlet or "": hit for hit in retriever.retrieve("Odile Brandt and the orchestra hall", limit=9)
    }
    assert len(found) == 2
    both = retriever.retrieve("Odile Brandt and the orchestra hall", limit=9)
    titles = {HARBOUR.title: "harbour", PROTEST.title: "protest", ORCHESTRA.title: "orchestra"}
    return {titles[hit.article.title]: hit for hit in both}


def gold(url: str | None = None, title: str | None = None, outlet: str | None = None) -> GoldArticle:
    return GoldArticle(url, title, outlet)


def question(*facts: str, name: str = "q", **more: Any) -> GoldQuestion:
    return GoldQuestion("Who raised the tolls?", "single", facts, Scope(), name, **more)


def scored(name: str, value: float, measure: Measure = Measure.FACT_RECALL) -> Score:
    return Score(name, "single", {measure: value})


# Measures


def test_facts_count_within_the_words_and_everything_counts_by_rank(
    hits: dict[str, Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "WORDS", 40)
    asked = question(BLOCKED, TOLLS, articles=(gold(PROTEST.url), gold(HARBOUR.url), gold("https://else.example/x")))
    found = {gold(PROTEST.url): PROTEST.id, gold(HARBOUR.url): HARBOUR.id}
    # 21 and 12 words fit into 40; with the 37 of the third passage the walk ends.
    result = score(asked, [hits["protest"], hits["orchestra"], hits["harbour"]], found)
    assert (result.question, result.type, result.fact_recall, result.all_facts) == ("q", "single", 0.5, False)
    assert dict(result.values) == pytest.approx(
        {
            Measure.FACT_RECALL: 1 / 2,
            Measure.ALL_FACTS: 0,
            Measure.ARTICLE_RECALL: 2 / 3,
            Measure.HITS_4: 1,
            Measure.HITS_10: 1,
            Measure.MRR: 1,
            Measure.MAP: (1 / 1 + 1 / 3) / 2,
        }
    )
    assert list(result.values) == [one for one in Measure if one in result.values]


def test_a_passage_over_the_limit_ends_the_walk(hits: dict[str, Hit], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "WORDS", 36)
    assert score(question(HALL), [hits["harbour"], hits["orchestra"]]).fact_recall == 0  # 12 words would have fitted
    monkeypatch.setattr(measures, "WORDS", 49)
    assert score(question(HALL), [hits["harbour"], hits["orchestra"]]).all_facts


def test_a_fact_is_found_whatever_its_white_space(hits: dict[str, Hit]) -> None:
    assert score(question("The Vellmar\norchestra  will\u00a0move"), [hits["orchestra"]]).all_facts


@pytest.mark.parametrize(("before", "four", "ten", "reciprocal"), [(3, 1, 1, 1 / 4), (5, 0, 1, 1 / 6), (10, 0, 0, 0)])
def test_ranks(hits: dict[str, Hit], before: int, four: int, ten: int, reciprocal: float) -> None:
    asked = question(TOLLS, articles=(gold(HARBOUR.url),))
    values = score(asked, [hits["orchestra"]] * before + [hits["harbour"]], {gold(HARBOUR.url): HARBOUR.id}).values
    assert (values[Measure.HITS_4], values[Measure.HITS_10]) == (four, ten)
    assert values[Measure.MRR] == pytest.approx(reciprocal)
    assert values[Measure.MAP] == pytest.approx(reciprocal)  # of one fact
    assert values[Measure.ARTICLE_RECALL] == 1  # ten passages of one article are one article


def test_nothing_found_counts_as_nothing(hits: dict[str, Hit]) -> None:
    asked = question(TOLLS, articles=(gold(HARBOUR.url),))
    for found in ([], [hits["orchestra"]]):
        assert set(score(asked, found).values.values()) == {0.0}


def test_articles_alone_as_gold(hits: dict[str, Hit]) -> None:
    asked = question(articles=(gold(PROTEST.url),), answers=("200 fishermen",))
    values = score(asked, [hits["orchestra"], hits["harbour"], hits["protest"]], {gold(PROTEST.url): PROTEST.id}).values
    assert dict(values) == {
        Measure.ARTICLE_RECALL: 1,
        Measure.ARTICLE_1: 0,
        Measure.ARTICLE_5: 1,
        Measure.ARTICLE_10: 1,
        Measure.ANSWER_5: 1,
    }
    late = score(asked, [hits["orchestra"]] * 5 + [hits["protest"]], {gold(PROTEST.url): PROTEST.id}).values
    assert (late[Measure.ARTICLE_5], late[Measure.ANSWER_5]) == (1, 0)  # the second article, the sixth passage
    with pytest.raises(KeyError):
        _ = score(asked, []).fact_recall


def test_the_official_map() -> None:
    assert multihop_map([{0}, {1}], 2) == 0.75
    assert multihop_map([{0, 1}], 2) == 1
    assert multihop_map([set(), {0}, {0}, {1}], 3) == pytest.approx((1 / 2 + 1 / 4) / 3)
    assert multihop_map([set()] * 9 + [{0}], 1) == pytest.approx(1 / 10)
    assert multihop_map([set()] * 10 + [{0}], 1) == 0
    assert multihop_map([set(range(12))], 12) == pytest.approx(1.2)
    assert multihop_map([], 1) == 0


@pytest.mark.parametrize(
    ("text", "answer", "stands"),
    [
        ("It cost “about” $5, they said.", "$5", True),
        ("It cost $5.50 or $500.", "$5", False),
        ("the rank of 10.6 and 61", "6", False),
        ("in a Café\nRoyal in Idaho", "cafe royal", True),
        ("They watched Squid Game.", "“Squid Game”", True),
        ("Idahoans", "Idaho", False),
        ("anything", "“”", False),
        ("a (b", "(b", True),
    ],
)
def test_an_answer_stands_in_a_text(text: str, answer: str, stands: bool) -> None:
    assert says(text, answer) is stands


# Articles of an index


def test_articles_are_found_by_url_else_by_title_and_outlet(retriever: Retriever) -> None:
    wanted = {
        gold(f"http://www.{HARBOUR.url.removeprefix('https://www.')}/?utm_source=x" if HARBOUR.url else None): HARBOUR,
        gold("https://moved.example/q", "fishermen  block the Quay", "strand radio"): PROTEST,
        gold(None, ORCHESTRA.title): ORCHESTRA,
        gold(None, ORCHESTRA.title, "Strand Radio"): None,
        gold("https://nowhere.example/a"): None,
    }
    found = find_articles(retriever.store, wanted)
    assert found == {one: article.id for one, article in wanted.items() if article}


def test_a_title_of_two_articles_names_neither(tmp_path: Path) -> None:
    from dataclasses import replace

    build_index(tmp_path / "two", [HARBOUR, replace(HARBOUR, url="https://www.ellery-courier.example/again")])
    opened = Retriever.open(tmp_path / "two", embedder=ToyEmbedder())
    assert find_articles(opened.snapshot, [gold(None, HARBOUR.title, HARBOUR.outlet)]) == {}


# A whole evaluation


def test_evaluation_of_an_index(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = gold("https://nowhere.example/a")
    questions = [
        question(HALL, name="1", articles=(gold(ORCHESTRA.url),)),
        question(name="none"),
        question(TOLLS, BLOCKED, "Nobody said this.", name="2", articles=(gold(HARBOUR.url), lost)),
    ]
    for first_limit in (120, 1):
        monkeypatch.setattr(measures, "_LIMIT", first_limit)
        done = examine(retriever, questions)
        assert [one.question for one in done.scores] == ["1", "2"]
        assert [one.fact_recall for one in done.scores] == [1, pytest.approx(2 / 3)]
        assert mean(done.scores, Measure.FACT_RECALL) == pytest.approx(5 / 6)
        assert mean(done.scores, Measure.ARTICLE_RECALL) == 0.75
        assert mean(done.scores, Measure.ANSWER_5) is None
        assert done.missing == (lost,)
        assert [len(result.documents) for result in done.results] == [3, 3]
    assert evaluate(retriever, questions) == done.scores


def test_scoped_evaluation_searches_in_the_scope(retriever: Retriever) -> None:
    inside = GoldQuestion("tolls", "outlet", (TOLLS,), Scope(outlets=("Strand Radio",)), "a")
    assert [one.fact_recall for one in evaluate(retriever, [inside])] == [1]
    assert [one.fact_recall for one in evaluate(retriever, [inside], scoped=True)] == [0]


def test_a_question_that_cannot_be_asked_is_named(retriever: Retriever) -> None:
    wrong = GoldQuestion("tolls", "outlet", (TOLLS,), Scope(outlets=("Zeta",)), "q7")
    for measure in (evaluate, latency):
        with pytest.raises(ValueError, match="question q7 cannot be asked: no outlet 'Zeta'"):
            measure(retriever, [wrong], scoped=True)


# Intervals and differences


def test_bootstrap_intervals() -> None:
    assert interval([1.0] * 5) == Interval(1, 1, 1)
    assert interval([0.0, 1.0]) == Interval(0.5, 0, 1)  # a quarter of the resamples is 0, a quarter is 1
    around = interval([0.0, 1.0] * 50)
    half = 1.96 * math.sqrt(0.25 / 100)
    assert around.low == pytest.approx(0.5 - half, abs=0.02)
    assert around.high == pytest.approx(0.5 + half, abs=0.02)
    assert interval([0.0, 1.0] * 50) == around
    with pytest.raises(ValueError, match="no values"):
        interval([])


def test_differences_are_paired() -> None:
    first = [scored("1", 1), scored("2", 0), scored("3", 1)]
    second = [scored("1", 0), scored("2", 0), scored("3", 1)]
    (one,) = compare(first, second)
    assert (one.measure, one.questions) == (Measure.FACT_RECALL, 3)
    assert one.first == pytest.approx(2 / 3)
    assert one.second == pytest.approx(1 / 3)
    # Of 27 resamples 8 leave out the question that differs, and 1 is that question three times: 3.7 % > 2.5 %.
    assert one.difference == Interval(1 / 3, 0, 1)
    (back,) = compare(second, first)
    assert back.difference == Interval(-1 / 3, -1, 0)
    assert compare(first, first)[0].difference == Interval(0, 0, 0)


def test_only_what_both_have_is_compared() -> None:
    assert compare([scored("1", 1)], [scored("1", 1, Measure.ARTICLE_1)]) == []
    for other in ([scored("2", 1)], []):
        with pytest.raises(ValueError, match="not of the same questions"):
            compare([scored("1", 1)], other)


# Latency


class Watched(Retriever):
    """Remembers what it was asked."""

    asked: list[tuple[str, int]]

    def retrieve(self, question: str, **more: Any) -> list[Hit]:
        self.asked.append((question, more["limit"]))
        return super().retrieve(question, **more)


def watched(index: Path) -> Watched:
    opened = Watched.open(index, embedder=ToyEmbedder())
    assert isinstance(opened, Watched)
    opened.asked = []
    return opened


def test_latency_by_hand(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.010, 1.0, 1.040, 2.0, 2.020])
    monkeypatch.setattr(timing, "perf_counter", lambda: next(clock))
    opened = watched(index)
    texts = ["Who raised tolls?", "Who blocked it?", "Who moves?", "Who moves?"]
    took = latency(opened, [GoldQuestion(text, "t", (TOLLS,), Scope()) for text in texts])
    assert took.questions == 3
    assert took.median == pytest.approx(0.020)
    assert took.percentile_95 == pytest.approx(0.020 + 0.9 * 0.020)
    assert str(took) == "median 20.0 ms, 95th percentile 38.0 ms (limit 10; 3 questions, one at a time)"
    assert opened.asked[5:] == [(text, 10) for text in texts[:3]]
    assert not {text for text, _ in opened.asked[:5]} & set(texts)  # or the vectors would be at hand


def test_latency_takes_a_sample(index: Path) -> None:
    opened = watched(index)
    asked = [GoldQuestion(f"tolls {number}", "t", (TOLLS,), Scope()) for number in range(1000)]
    assert latency(opened, asked).questions == 200
    assert [text for text, _ in opened.asked[5:]] == [f"tolls {number}" for number in range(0, 1000, 5)]
    with pytest.raises(ValueError, match="no questions"):
        latency(opened, [])


# Run files


def read_back(path: Path) -> list[Any]:
    return list(ir_measures.read_trec_run(str(path)))  # type: ignore[no-untyped-call]


def test_a_run_is_read_back(retriever: Retriever, tmp_path: Path) -> None:
    path = tmp_path / "found.run"
    done = examine(retriever, [question(TOLLS, name="q1"), question(HALL, name="q2")])
    write_run(path, done.results)
    read = read_back(path)
    assert [(one.query_id, one.doc_id) for one in read] == [
        (result.question, document) for result in done.results for document, _ in result.documents
    ]
    assert read[0].doc_id == f"{HARBOUR.id}#1.0-3.57"
    assert read[0].score == pytest.approx(done.results[0].documents[0][1], abs=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == ["found.run"]
    assert path.read_text().splitlines()[0].split()[1::2] == ["Q0", "1", "news-rag"]
    relevant = {"q1": {f"{HARBOUR.id}#1.0-3.57": 1}, "q2": {read[-1].doc_id: 1}}
    values = ir_measures.calc_aggregate([ir_measures.RR @ 10], relevant, read)
    assert values == {ir_measures.RR @ 10: pytest.approx((1 + 1 / 3) / 2)}


def test_a_run_keeps_the_order_where_scores_do_not(hits: dict[str, Hit], tmp_path: Path) -> None:
    path = tmp_path / "found.run"
    write_run(path, [Result("q", (("a", 0.5), ("b", 0.5), ("c", 0.9), ("d", 0.1)))])
    assert path.read_text().splitlines() == [
        "q Q0 a 1 0.50000 news-rag",
        "q Q0 b 2 0.49999 news-rag",
        "q Q0 c 3 0.49998 news-rag",
        "q Q0 d 4 0.10000 news-rag",
    ]
    twice = Result.of("q", [hits["harbour"], hits["protest"], hits["harbour"]])
    assert [document for document, _ in twice.documents] == [document_id(hits["harbour"]), document_id(hits["protest"])]


def test_a_run_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "found.run"
    path.write_text("before")

    def broken() -> Iterator[Result]:
        yield Result("q", (("a", 1.0),))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_run(path, broken())
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    (tmp_path / "link").symlink_to(path)
    write_run(tmp_path / "link", [])
    assert (tmp_path / "link").is_symlink()
    assert path.read_text() == ""


@pytest.mark.parametrize("where", ["{tmp}", "{tmp}/none/found.run", "/dev/null"])
def test_a_run_that_cannot_be_written_is_named(tmp_path: Path, where: str) -> None:
    path = Path(where.format(tmp=tmp_path))
    for call in (checked_target, lambda path: write_run(path, [])):
        with pytest.raises(OSError, match=str(path)):
            call(path)
    assert list(tmp_path.iterdir()) == []


# Files of questions


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_multihop_rags_format(tmp_path: Path) -> None:
    evidence = [
        {"title": "A", "source": "The Verge", "url": "https://v.example/a", "fact": "One."},
        {"title": "A", "source": "The Verge", "url": "https://v.example/a", "fact": "Two."},
        {"title": "B", "doc_id": 7, "fact": "Three."},
    ]
    items = [{"query_id": 4, "query": "Q?", "answer": "Yes", "question_type": "null_query", "evidence_list": evidence}]
    (one,) = read_questions(write(tmp_path / "q.json", items))
    assert one == GoldQuestion(
        "Q?",
        "null",
        ("One.", "Two.", "Three."),
        Scope(),
        "4",
        (gold("https://v.example/a", "A", "The Verge"), gold(None, "B")),
        ("Yes",),
    )


def test_the_samples_format_and_ids(tmp_path: Path) -> None:
    items = [
        {"id": "a b", "question": "Q?", "type": "single", "gold": [{"url": "https://v.example/a", "fact": "One."}]},
        {"question": "R?", "type": "unanswerable", "gold": []},
    ]
    first, second = read_questions(write(tmp_path / "q.json", items))
    assert (first.id, first.articles, first.answerable) == ("a_b", (gold("https://v.example/a"),), True)
    assert (second.id, second.articles, second.answerable) == ("2", (), False)
    with pytest.raises(ValueError, match=r"q\.json item 2 .*its id a_b is that of an earlier one"):
        read_questions(write(tmp_path / "q.json", [items[0], items[0]]))


def realtime(folder: Path, *ids: int, answer: str = "Idaho", **more: str) -> Path:
    choices = ["Texas", "Idaho"]
    item = {"question_id": "20220617_3", "source": "CNN", "question": "Where?", "choices": choices, "answer": [answer]}
    return write(folder / "questions_dev.json", [{**item, **more, "gold_doc_ids": list(ids)}])


def write_articles(folder: Path, *items: dict[str, Any]) -> None:
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(item) + "\n" for item in items)


def test_realtime_qas_format(tmp_path: Path) -> None:
    write_articles(tmp_path, {"doc_id": 1, "url": "https://c.example/1"}, {"doc_id": 2, "title": "T", "url": ""})
    for answer in ("Idaho", "1"):
        (one,) = read_questions(realtime(tmp_path, 2, 1, answer=answer))
        assert one == GoldQuestion(
            "Where?", "CNN", (), Scope(), "20220617_3", (gold(None, "T"), gold("https://c.example/1")), ("Idaho",)
        )
    (none,) = read_questions(realtime(tmp_path))
    assert not none.answerable
    for written in ("2022/06/17", "2022-06-17"):
        (dated,) = read_questions(realtime(tmp_path, 2, date=written))
        assert dated.asked_on == date(2022, 6, 17)
    with pytest.raises(ValueError, match=r"questions_dev\.json item 1 .*'June'"):
        read_questions(realtime(tmp_path, 2, date="June"))


def test_questions_are_asked_as_on_their_day(retriever: Retriever) -> None:
    asked = GoldQuestion(
        "What was blocked this week?", "quiz", (BLOCKED,), Scope(), "q", (gold(PROTEST.url), gold(HARBOUR.url))
    )
    [later] = evaluate(retriever, [replace(asked, asked_on=date(2025, 4, 14))])
    # 13 to 20 April: nothing, so the limit is let go. The week before: only what was blocked.
    assert later.values[Measure.ARTICLE_RECALL] == 1
    [then] = evaluate(retriever, [replace(asked, asked_on=date(2025, 4, 10))])
    assert (then.fact_recall, then.values[Measure.ARTICLE_RECALL]) == (1, 0.5)


def test_realtime_qas_articles_that_cannot_be_had(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl.gz"
    with pytest.raises(ValueError, match=f"{path} is not there"):
        read_questions(realtime(tmp_path, 1))
    write_articles(tmp_path, {"doc_id": 2, "url": "https://c.example/1"})
    with pytest.raises(ValueError, match=f"{path} lacks 1 article.* doc_id 1"):
        read_questions(realtime(tmp_path, 1, 2))
    whole = path.read_bytes()
    write_articles(tmp_path, {"no": 1})
    for content in (b"no gzip", whole[:-9], path.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"{path} cannot be read as articles"):
            read_questions(realtime(tmp_path, 1))


@pytest.mark.parametrize(
    "item", [3, None, [], {}, {"query": "Q"}, {"question": "Q", "gold_doc_ids": 3}, {"question": "Q", "gold": [[]]}]
)
def test_what_is_no_question_is_named(tmp_path: Path, item: object) -> None:
    with pytest.raises(ValueError, match=r"q\.json item 1 is no question with its facts"):
        read_questions(write(tmp_path / "q.json", [item]))


# The command


@pytest.fixture
def rag(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command line with the toy embedder: exit code, output, errors."""
    open_index = Retriever.open

    def opened(index: Path, *, embedder: Embedder | None = None) -> Retriever:
        return open_index(index, embedder=embedder or ToyEmbedder())

    def call(*arguments: object) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            commands.main(list(map(str, arguments)))
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(Retriever, "open", opened)
    return call


def asked(folder: Path) -> Path:
    return write(
        folder / "q.json",
        [
            {"id": "1", "question": "orchestra hall", "type": "single", "gold": [{"url": ORCHESTRA.url, "fact": HALL}]},
            {
                "id": "2",
                "question": "raised the tolls",
                "type": "single",
                "gold": [{"url": HARBOUR.url, "fact": TOLLS}, {"url": "https://nowhere.example/a", "fact": "Never."}],
            },
            {"id": "3", "question": "blocked the quay", "type": "several", "gold": [{"fact": BLOCKED}]},
            {"id": "4", "question": "Who won?", "type": "unanswerable", "gold": []},
        ],
    )


def test_the_command_prints_tables_and_writes_a_run(rag: Any, index: Path, tmp_path: Path) -> None:
    run = tmp_path / "found.run"
    code, out, err = rag("evaluate", asked(tmp_path), "--index", index, "--run", run)
    assert code == 0, err
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[:10] == [
        "type     questions  fact recall in 2,000 words  all facts in 2,000 words",
        "several          1                       1.000                     1.000",
        "single           2        0.750 [0.500, 1.000]      0.500 [0.000, 1.000]",
        "all              3        0.833 [0.500, 1.000]      0.667 [0.000, 1.000]",
        "",
        "type     articles@10  Hits@4  Hits@10  MRR@10  MAP@10",
        "several            -   1.000    1.000   1.000   1.000",
        "single         0.750   1.000    1.000   1.000   0.750",
        "all            0.750   1.000    1.000   1.000   0.833",
        "",
    ]
    assert max(map(len, lines)) <= 120
    assert "latency of one question: median" in out
    assert "left out because they name no evidence: 1" in lines
    assert err == (
        "not in this index, and so not found: 1 of 3 articles that the questions name, the first "
        "https://nowhere.example/a\n"
    )
    assert {one.query_id for one in read_back(run)} == {"1", "2", "3"}


def test_the_command_compares_two_indices(rag: Any, index: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    build_index(other, [HARBOUR, PROTEST])
    code, out, err = rag("evaluate", asked(tmp_path), "--index", index, "--compare", other)
    assert code == 0, err
    lines = [line.split() for line in out.splitlines()]
    begin = lines.index(["measure", "questions", "this", "other", "difference"])
    assert lines[begin + 1] == ["fact", "recall", "3", "0.833", "0.500", "+0.333", "[+0.000,", "+1.000]"]
    assert lines[begin + 3] == ["articles@10", "2", "0.750", "0.250", "+0.500", "[+0.000,", "+1.000]"]
    assert max(map(len, out.replace(str(other), "DIR").splitlines())) <= 120  # how long a path is, is not ours


def test_the_command_on_articles_alone(rag: Any, index: Path, tmp_path: Path) -> None:
    write_articles(tmp_path, {"doc_id": 1, "url": HARBOUR.url}, {"doc_id": 2, "url": PROTEST.url})
    item = {"source": "CNN", "question": "raised the tolls", "choices": [], "answer": ["nine per cent"]}
    items = [{**item, "gold_doc_ids": [1]}, {**item, "gold_doc_ids": []}]
    code, out, err = rag("evaluate", write(tmp_path / "q.json", items), "--index", index)
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[1] == ["CNN", "1", "-", "-"]
    assert lines[4] == ["type", "articles@10", "article@1", "article@5", "article@10", "answer@5"]
    assert lines[5] == ["CNN", *["1.000"] * 5]


def test_other_articles_are_told(rag: Any, index: Path, tmp_path: Path) -> None:
    items = [{"question": "x", "type": "single", "gold": [{"url": "https://nowhere.example/a", "fact": "Never."}]}]
    code, _, err = rag("evaluate", write(tmp_path / "q.json", items), "--index", index)
    assert code == 1
    assert "1 of 1 article that the questions name" in err
    assert err.endswith(f"error: none of the evidence was found: these questions are not about the articles of {index}\n")


def test_wrong_arguments_are_told_before_anything_is_asked(rag: Any, index: Path, tmp_path: Path) -> None:
    questions = asked(tmp_path)
    for more, message in (
        (["--run", tmp_path], f"error: Is a directory: {tmp_path}\n"),
        (["--run", tmp_path / "no" / "x"], f"error: No such folder to write to: {tmp_path}/no/x\n"),
        (["--compare", tmp_path / "no"], f"error: no index at {tmp_path}/no: build one with"),
    ):
        code, out, err = rag("evaluate", questions, "--index", index, *more)
        assert (code, out) == (1, "")
        assert err.startswith(message)
    write(questions, [{"question": "x", "type": "unanswerable", "gold": []}])
    assert rag("evaluate", questions, "--index", index)[2] == (
        f"error: {questions} has no question with facts or articles to be found\n"
    )
