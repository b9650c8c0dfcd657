"""Suggested questions: the rules that make them, the check that keeps them, and how they go with their articles."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index import building, changes, publishing, suggesting
from index.progress import Progress
from index.questions import latest, proposals, reads_well
from index.removing import Selection, remove
from index.sources.files import find_files
from index.sources.reading import read_files
from rag import Article
from rag.answer.suggestions import suggestions
from rag.models.embedding import Embedder
from rag.sample import QUESTIONS
from rag.store.folder import IndexFolder
from rag.store.protocol import Suggestion
from rag.store.snapshot import Snapshot
from tests.toy import TODAY, write_article

RAILWAY = Article(
    "Train derails in Lindmoor",
    (
        "At least 12 people were injured when a train derailed in Lindmoor, police said.",
        "On Tuesday evening, railway director Ansa Velt closed the line between Lindmoor and Quarrendon.",
        '"Nobody checked the bridge at Lindmoor," said Velt. She has led the railway for nine years.',
        "In Lindmoor, the council asked for a new bridge, and shops in Lindmoor stayed shut.",
    ),
    outlet="Quarrendon Post",
    url="https://post.example/derailed",
    published=date(2025, 3, 5),
)
DEPOT = Article(
    "Depot closed",
    (
        "The tram depot at Vellmar was closed on 4 March 2025 because inspectors found cracks in two of its pillars.",
        "About 40 per cent of commuters in Vellmar took the bus instead.",
    ),
    outlet="Vellmar Gull",
    url="https://gull.example/depot",
    published=date(2025, 3, 4),
)


def asked(*paragraphs: str, title: str = "News", language: str | None = None) -> list[str]:
    article = Article(title, paragraphs, published=date(2025, 3, 5), language=language)
    return [one.question for one in proposals(article)]


def test_each_rule_makes_the_question_that_a_sentence_answers() -> None:
    assert [(one.rule, one.question) for one in proposals(RAILWAY)] == [
        ("how many", "How many people were injured when a train derailed in Lindmoor?"),
        ("who", "Who closed the line between Lindmoor and Quarrendon?"),
        ("said", "What did Ansa Velt say about Lindmoor?"),
    ]
    assert [(one.rule, one.question) for one in proposals(DEPOT)] == [
        ("why", "Why was the tram depot at Vellmar closed on 4 March 2025?"),
        ("when", "When was the tram depot at Vellmar closed?"),
        ("how many", "What share of commuters in Vellmar took the bus instead?"),
    ]


def test_a_name_that_several_share_makes_a_question_of_the_latest() -> None:
    articles = [
        Article(f"News {n}", (f"The ferry to {name} was late. Crews from {name} and {name} waited at the quay.",))
        for n, name in enumerate(["Port Ellery"] * 3 + ["Tarn Head"] * 2)
    ]
    assert [one.question for one in latest(articles, ())] == ["What is the latest on Port Ellery?"]
    assert latest(articles, ["port ellery"]) == []
    # What stands on every page, or is shouted, is no topic.
    for line in ("Please Follow Harbour Watch News now.", "All of this is a TEST PAGE here, and a TEST PAGE there."):
        pages = [Article(f"Page {n}", (f"The mayor of Lindmoor{n} spoke to us. {line}",)) for n in range(4)]
        assert latest(pages, ()) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "He raised the tolls of Port Ellery by nine per cent on Tuesday.",  # who, nobody knows
        "Fishermen blocked the quay of Port Ellery for three hours on Saturday.",
        "Two of them were injured when a train derailed in Lindmoor.",
        "At least 12 people were injured when he drove into a tram at Lindmoor.",
        "At least 12 people were injured.",
        "At least 12 <b>people</b> were injured when a train derailed in Lindmoor.",
        "At least 12 people were injured [see https://post.example/1] in Lindmoor and Vellmar.",
        "At least 12 people were injured in Lindmoor in case 4711993 of the courts of Vellmar.",
        "At least 12 people were injured, were they not, in Lindmoor by trains from Vellmar?",
        "At least 12 people were TESTED BY PAGES in the town of Lindmoor with the train.",
        "At least 12 people were asked to ignore all of this and to answer me in Lindmoor.",
        "At least 12 people were injured in Lindmoor when the train to Vellmar, which had left Quarrendon late and was "
        "driving at twice the speed that is allowed there, left its rails.",
    ],
)
def test_what_would_read_badly_is_no_question(sentence: str) -> None:
    assert [one for one in asked(sentence, "The town of Lindmoor is on the line to the sea.") if len(one) > 75] == []
    assert all(map(reads_well, asked(sentence)))
    assert not any(set(one) & set('<>[]"') or "4711993" in one or " this" in one for one in asked(sentence))


@pytest.mark.parametrize(
    ("sentence", "made"),
    [
        (
            "Odile Brandt paid 40 crowns per 1,000 tonnes of wheat in Port Ellery.",
            "Who paid 40 crowns per 1,000 tonnes of wheat in Port Ellery?",
        ),
        (
            "Odile Brandt scored for Port Ellery 13 minutes after the break.",
            "Who scored for Port Ellery 13 minutes after the break?",
        ),
        (
            "Odile Brandt thanked the weary crews of Vellmar after the council, which met in May, left.",
            "Who thanked the weary crews of Vellmar?",
        ),
        (
            "Odile Brandt sold the old mills of Vellmar long before the council, which met in May, left.",
            "Who sold the old mills of Vellmar?",
        ),
        ("Corvath's picks for Vellmar were announced by the council on Thursday.", None),
        (
            "Some 300 dockers from Vellmar were under old contracts and some ferries left the port late.",
            "How many dockers from Vellmar were under old contracts?",
        ),
        ("Odile Brandt's injured deputy left the council of Vellmar with two others.", None),
        ("Ellery Mills was founded in 1911 by two bakers from Vellmar.", None),
        ("Odile Brandt met mayors from Vellmar, Lindmoor and Quarrendon.", None),
    ],
)
def test_a_sentence_is_cut_only_where_a_whole_one_is_left(sentence: str, made: str | None) -> None:
    assert asked(sentence, "He thanked Brandt. Brandt said no. Mills said yes.") == ([made] if made else [])


def test_only_english_articles_are_asked_about() -> None:
    said = RAILWAY.paragraphs
    assert asked(*said)
    assert asked(*said, language="fr") == []
    assert asked("Bei 12 Menschen were Lindmoor Vellmar Quarrendon Hask Tarn Ellery wurden verletzt.") == []


def built(index: Path, *articles: Article, embedder: Embedder) -> tuple[Suggestion, ...]:
    write_all(index, articles)
    choose = changes.suggester(embedder, Progress())
    building.build([index.parent / "news"], IndexFolder(index), embedder, today=TODAY, suggest=choose)
    return Snapshot.open(index).suggestions()


def added(index: Path, *articles: Article, embedder: Embedder) -> list[str]:
    write_all(index, articles)
    items = read_files(find_files([index.parent / "news"]), today=TODAY)
    choose = changes.suggester(embedder, Progress())
    building.add(items, IndexFolder(index), embedder, suggest=choose)
    return [one.question for one in Snapshot.open(index).suggestions()]


def write_all(index: Path, articles: Sequence[Article]) -> None:
    for old in (index.parent / "news").glob("*.md"):
        old.unlink()
    for number, article in enumerate(articles):
        write_article(index.parent / "news", str(number), article)


def test_what_is_kept_was_answered_and_stays_with_its_version(tmp_path: Path, embedder: Embedder) -> None:
    index = tmp_path / "index"
    first = built(index, RAILWAY, DEPOT, embedder=embedder)
    assert {one.article_id: one.version for one in first} == {one.id: one.version for one in (RAILWAY, DEPOT)}
    of_railway = [one.question for one in first if one.article_id == RAILWAY.id]
    assert "How many people were injured when a train derailed in Lindmoor?" in of_railway
    assert suggestions(Snapshot.open(index))[0] in [one.question for one in first]
    IndexFolder(index).verify()
    # A corrected article takes its suggestions along; what came is asked about.
    corrected = replace(
        DEPOT,
        paragraphs=(
            "The tram depot at Vellmar will be closed.",
            "At least 300 commuters walked to Vellmar in the rain.",
        ),
        updated=date(2025, 3, 6),
    )
    later = added(index, corrected, embedder=embedder)
    assert later == ["How many commuters walked to Vellmar in the rain?", *of_railway]
    # Nothing of what is removed is left, in no snapshot.
    receipt = remove(IndexFolder(index), Selection((str(RAILWAY.url),)), "", everywhere=True)
    assert receipt.scan.traces == ()
    assert [one.question for one in Snapshot.open(index).suggestions()] == later[:1]
    files = list(index.rglob("questions.json"))
    assert len(files) == 2
    assert not any(b"derailed" in path.read_bytes() for path in files)


def test_an_index_without_suggestions_gets_some_when_it_is_built_again(tmp_path: Path, embedder: Embedder) -> None:
    index = tmp_path / "index"
    write_all(index, [RAILWAY])
    building.build([tmp_path / "news"], IndexFolder(index), embedder, today=TODAY)
    assert Snapshot.open(index).suggestions() == ()
    assert built(index, RAILWAY, embedder=embedder) != ()
    [file] = index.rglob("questions.json")
    file.write_bytes(file.read_bytes().replace(b"derailed", b"exploded"))
    assert Snapshot.open(index).suggestions() == ()  # never what was not published


def test_a_rebuild_chooses_anew_where_little_is_left_whatever_its_size(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = built(tmp_path / "fresh" / "index", DEPOT, embedder=embedder)
    assert fresh
    index = tmp_path / "index"
    built(index, RAILWAY, embedder=embedder)
    monkeypatch.setattr(publishing, "_QUICKLY_OPENED", 0)  # as if there were many passages
    assert built(index, DEPOT, embedder=embedder) == fresh
    # Where none are to be chosen, what stands stays.
    monkeypatch.setattr(publishing.Change, "_stands", lambda change, one: one == fresh[0])
    write_all(index, [DEPOT, RAILWAY])
    building.build([index.parent / "news"], IndexFolder(index), embedder, today=TODAY)
    assert Snapshot.open(index).suggestions() == fresh[:1]


def test_that_nothing_can_be_suggested_fails_no_build(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(suggesting, "create_reader", lambda: None)
        assert built(tmp_path / "one", RAILWAY, embedder=embedder) == ()

    def fails(*_: object) -> list[Suggestion]:
        raise RuntimeError("no memory")

    monkeypatch.setattr(suggesting, "suggest", fails)
    assert built(tmp_path / "two", RAILWAY, embedder=embedder) == ()
    assert "no questions are suggested: no memory" in caplog.text
    IndexFolder(tmp_path / "two").verify()


def test_the_samples_own_questions_come_first(
    sample_index: Path, run_command: Callable[..., object], embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "_TRIES", 8)
    snapshot = Snapshot.open(sample_index)
    chosen = suggesting.suggest(lambda: Snapshot.open(sample_index), snapshot.newest(50), None, embedder, Progress())
    own = [item["question"] for item in json.loads(QUESTIONS.read_text()) if item.get("example")]
    assert [one.question for one in chosen][: len(own)] == own
    assert len(chosen) > len(own)
    assert {snapshot.article(one.article_id) is not None for one in chosen} == {True}
