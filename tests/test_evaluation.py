"""Files of questions, `rag evaluate`, and every figure against values worked out by hand on three articles."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag import Answerer, Hit, Retriever, Scope
from rag.answer.drafts import Draft, Evidence
from rag.answer.sentence_ranking import Sentence
from rag.evaluation import measures
from rag.evaluation.matching import find_articles
from rag.evaluation.measures import evaluate, evaluate_answers, mean, score
from rag.evaluation.questions import GoldArticle, GoldQuestion, read_questions
from rag.models import embedding
from tests.conftest import Ran
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_articles(folder: Path, *items: object) -> Path:
    path = folder / "articles.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(item) + "\n" for item in items)
    return path


def realtime(folder: Path, *ids: int, **more: str) -> Path:
    item = {"question_id": "20220617_3", "source": "CNN", "question": "Where?", "answer": ["Idaho"], **more}
    return write(folder / "questions.json", [{**item, "gold_doc_ids": list(ids)}])


def test_multihop_rags_format(tmp_path: Path) -> None:
    verge = {"title": "A", "source": "The Verge", "url": "https://v.example/a"}
    evidence = [{**verge, "fact": "One."}, {**verge, "fact": "Two."}, {"title": "B", "doc_id": 7, "fact": "Three."}]
    items = [{"query_id": 4, "query": "Q?", "answer": "Yes", "question_type": "null_query", "evidence_list": evidence}]
    [one] = read_questions(write(tmp_path / "q.json", items))
    articles = (GoldArticle("https://v.example/a", "A", "The Verge"), GoldArticle(None, "B"))
    assert one == GoldQuestion("4", "Q?", "null", ("One.", "Two.", "Three."), articles, ("Yes",))


def test_the_samples_format(tmp_path: Path) -> None:
    scope = {"published_from": "2025-03-01", "published_to": "2025-03-31", "outlets": ["Strand Radio"]}
    gold = [{"url": "https://v.example/a", "fact": "One."}]
    asked = {"id": "a", "question": "Q?", "type": "dated", "gold": gold, "scope": scope}
    none = {"question": "R?", "type": "unanswerable", "gold": []}
    first, second = read_questions(write(tmp_path / "q.json", [asked, none]))
    march = Scope(date(2025, 3, 1), date(2025, 3, 31), ("Strand Radio",))
    assert first == GoldQuestion("a", "Q?", "dated", ("One.",), (GoldArticle("https://v.example/a"),), scope=march)
    assert second == GoldQuestion("2", "R?", "unanswerable")
    assert (first.answerable, second.answerable) == (True, False)
    assert (first.answerable_with(first.articles), first.answerable_with([])) == (True, False)


def test_realtime_qas_format(tmp_path: Path) -> None:
    write_articles(tmp_path, {"doc_id": 1, "url": "https://c.example/1"}, {"doc_id": 2, "title": "T", "url": ""})
    [one] = read_questions(realtime(tmp_path, 2, 1))
    articles = (GoldArticle(None, "T"), GoldArticle("https://c.example/1"))
    assert one == GoldQuestion("20220617_3", "Where?", "CNN", (), articles, ("Idaho",))
    [none] = read_questions(realtime(tmp_path))
    assert (none.answerable, none.settled) == (False, False)
    for written in ("2022/06/17", "2022-06-17"):
        [dated] = read_questions(realtime(tmp_path, 2, date=written))
        assert dated.asked_on == date(2022, 6, 17)
    with pytest.raises(ValueError, match=r"questions\.json item 1 .*'June'"):
        read_questions(realtime(tmp_path, 2, date="June"))


NO_ITEMS: list[object] = [
    None,
    [],
    {"query": "Q"},
    {"question": "Q", "gold_doc_ids": [4]},
    {"question": "Q", "gold": [[]]},
]


def test_what_is_no_file_of_questions_is_named(tmp_path: Path) -> None:
    write_articles(tmp_path, {"doc_id": 2, "url": "https://c.example/1"})
    told = [(json.dumps([item]), "item 1 is no question with its facts") for item in NO_ITEMS]
    told += [("{", ".*is not JSON"), ("[" * 100_000, ".*is not JSON"), ("{}", ".*no list"), ("[]", ".*no list")]
    for content, message in told:
        (tmp_path / "q.json").write_text(content)
        with pytest.raises(ValueError, match=rf"q\.json {message}"):
            read_questions(tmp_path / "q.json")


# Words of their only passages: 37, 21 and 12.
TOLLS, BLOCKED, HALL = HARBOUR.paragraphs[0], PROTEST.paragraphs[0], ORCHESTRA.paragraphs[0]
IN_HARBOUR, IN_PROTEST, LOST = GoldArticle(HARBOUR.url), GoldArticle(PROTEST.url), GoldArticle("https://n.example/a")
FOUND = {IN_HARBOUR: HARBOUR.id, IN_PROTEST: PROTEST.id}


@pytest.fixture(scope="module")
def retriever(toy_index: Path) -> Retriever:
    return Retriever.open(toy_index, embedder=ToyEmbedder())


@pytest.fixture(scope="module")
def hits(retriever: Retriever) -> dict[str, Hit]:
    return {hit.article.title: hit for hit in retriever.retrieve("Odile Brandt and the orchestra hall", limit=9)}


def question(*facts: str, name: str = "q", text: str = "Who raised the tolls?", **more: Any) -> GoldQuestion:
    return GoldQuestion(name, text, "single", facts, **more)


def test_facts_count_within_the_words_and_everything_counts_by_rank(
    hits: dict[str, Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question("About 200\nfishermen  blocked", TOLLS, articles=(IN_PROTEST, IN_HARBOUR, LOST))
    # 21 and 12 words fit into 40; with the 37 of the third passage the walk ends.
    monkeypatch.setattr(measures, "WORDS", 40)
    result = score(asked, [hits[one.title] for one in (PROTEST, ORCHESTRA, HARBOUR)], FOUND)
    assert (result.question, result.type) == ("q", "single")
    expected = {"fact recall": 1 / 2, "all facts": 0, "articles@10": 2 / 3, "Hits@4": 1, "Hits@10": 1, "MRR@10": 1}
    assert dict(result.values) == pytest.approx(expected)
    for words, recall in ((36, 0), (49, 1)):  # the first passage is over 36, though the second would have fitted
        monkeypatch.setattr(measures, "WORDS", words)
        values = score(question(HALL), [hits[HARBOUR.title], hits[ORCHESTRA.title]], {}).values
        assert values["fact recall"] == values["all facts"] == recall


def test_articles_are_found_by_url_else_by_a_title_that_one_article_of_the_outlet_has(tmp_path: Path) -> None:
    again = replace(HARBOUR, url="https://www.ellery-courier.example/again")
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA, again])
    wanted = {
        GoldArticle("http://www.ellery-courier.example/2025/03/04/tolls/?utm_source=x"): HARBOUR,
        GoldArticle("https://moved.example/q", "fishermen  block the Quay", "strand radio"): PROTEST,
        GoldArticle(None, ORCHESTRA.title): ORCHESTRA,
        GoldArticle(None, ORCHESTRA.title, "Strand Radio"): None,
        GoldArticle(None, HARBOUR.title, HARBOUR.outlet): None,
        LOST: None,
    }
    found = find_articles(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()).store, wanted)
    assert found == {one: article.id for one, article in wanted.items() if article}


def test_scope_and_day_of_a_question_are_used(retriever: Retriever) -> None:
    inside = question(TOLLS, text="tolls", scope=Scope(outlets=("Strand Radio",)))
    assert mean(evaluate(retriever, [inside]), "fact recall") == 1
    assert mean(evaluate(retriever, [inside], scoped=True), "fact recall") == 0
    with pytest.raises(ValueError, match="no outlet 'Zeta'"):
        evaluate(retriever, [question(TOLLS, scope=Scope(outlets=("Zeta",)))], scoped=True)
    asked = question(BLOCKED, text="Which articles published last month are about a protest?")
    for month, parse_query, recall in ((4, True, 0), (5, True, 1), (4, False, 1)):  # the quay was blocked in April
        dated = replace(asked, asked_on=date(2025, month, 10))
        assert mean(evaluate(retriever, [dated], parse_query=parse_query), "fact recall") == recall


@pytest.fixture
def rag_evaluate(
    run_command: Callable[..., Ran], toy_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """`rag evaluate` of some questions, with the toy embedder."""
    monkeypatch.setattr(embedding, "load_embedder", lambda *_, **__: ToyEmbedder())

    def call(items: object, *options: str) -> Ran:
        (tmp_path / "q.json").write_text(json.dumps(items), encoding="utf-8")
        return run_command("rag", "evaluate", tmp_path / "q.json", "--index", toy_index, *options)

    return call


NEVER = {"url": LOST.url, "fact": "Never."}
QUESTIONS = [
    {"question": "orchestra hall", "type": "single", "gold": [{"url": ORCHESTRA.url, "fact": HALL}]},
    {"question": "raised the tolls", "type": "single", "gold": [{"url": HARBOUR.url, "fact": TOLLS}, NEVER]},
    {"question": "blocked the quay", "type": "several", "gold": [{"fact": BLOCKED}]},
    {"question": "Who won?", "type": "unanswerable", "gold": []},
]


def test_the_command_prints_a_row_for_each_type(rag_evaluate: Callable[..., Ran]) -> None:
    done = rag_evaluate(QUESTIONS)
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert lines[:5] == [
        "type     asked  fact recall  all facts  articles@10  Hits@4  Hits@10  MRR@10",
        "several      1        1.000      1.000            -   1.000    1.000   1.000",
        "single       2        0.750      0.500        0.750   1.000    1.000   1.000",
        "all          3        0.833      0.667        0.750   1.000    1.000   1.000",
        "",
    ]
    assert lines[5] == "fact recall: share of a question's evidence sentences within the first 2,000 words"
    assert "left out because they name no evidence: 1" in lines
    done = rag_evaluate(QUESTIONS, "--answers")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert (done.code, lines[0]) == (0, "type          asked  declined  refused  in place")
    assert lines[3].split() == ["unanswerable", "1", "1.000", "-", "-"]
    name, asked, *_, in_place = lines[4].split()
    assert (name, asked, in_place) == ("all", "4", "1.000")


def scripted(question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
    """Says two true sentences about the harbour, and nothing about anything else."""
    if "harbour" in question:
        yield Draft(BRANDT, (Evidence(HARBOUR, 2, 0, len(BRANDT), BRANDT),))
        yield Draft(HALL, (Evidence(ORCHESTRA, 1, 0, len(HALL), HALL),))


def gold(text: str, *facts: str, **more: Any) -> GoldQuestion:
    return GoldQuestion(text, text, "who", facts, **more)


BRANDT, SAID = HARBOUR.paragraphs[1], {"refused": 0, "in place": 1}
MEASURED: list[tuple[GoldQuestion, dict[str, float]]] = [
    (gold("Who needs money in the harbour?", BRANDT, answers=("Odile Brandt",)), {**SAID, "says gold": 1}),
    (gold("What is a harbour for?", "A fact of another article.", answers=("ships",)), {**SAID, "says gold": 0}),
    (gold("Where will the orchestra go?", HALL, answers=("the old tram depot",)), {"refused": 1, "says gold": 0}),
    (gold("Is there a harbour?", BRANDT, answers=("Yes",)), {**SAID}),
    (gold("Who is the harbour's owner?"), {"declined": 0, "in place": 1}),
    (gold("Who won the race?"), {"declined": 1}),
    # What can be answered depends on the articles that the index holds.
    (gold("Who needs a harbour?", BRANDT, articles=(LOST, IN_HARBOUR)), {**SAID}),
    (gold("Where is the harbour's orchestra?", HALL, articles=(LOST,)), {"declined": 0, "in place": 1}),
]


def test_answers_are_measured(retriever: Retriever) -> None:
    unsettled = gold("Who owns the harbour?", settled=False)  # nobody knows, so it is not asked
    scores = evaluate_answers(Answerer(retriever, scripted), [*(question for question, _ in MEASURED), unsettled])
    assert [one.values for one in scores] == [values for _, values in MEASURED]
    assert (mean(scores[:6], "declined"), mean(scores[:6], "refused")) == (0.5, 0.25)
