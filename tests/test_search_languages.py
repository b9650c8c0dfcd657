"""Articles in several languages in one index: all are found, limits hold, and English ones lose nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.answer.answerer import Answerer
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.sentence_ranking import rank_sentences
from rag.articles import Article
from rag.search.fusion import Weights
from rag.search.retriever import Retriever
from rag.store.scope import Scope
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index

FRENCH = Article(
    title="Les élections de Vellmar",
    paragraphs=("Le maire de Vellmar a perdu les élections municipales de dimanche.",),
    outlet="Le Phare",
    published=date(2025, 5, 4),
    language="fr",
)
GERMAN = Article(
    title="Häuser am Hafen geräumt",
    paragraphs=("Am Hafen von Ellery wurden nach dem Sturm zwölf Häuser geräumt.",),
    outlet="Der Leuchtturm",
    published=date(2025, 2, 11),
    language="de",
)
RUSSIAN = Article(
    title="Мост закрыт",
    paragraphs=("Городские власти закрыли старый мост после проверки.",),
    outlet="Маяк",
    published=date(2025, 6, 1),
    language="ru",
)
ARABIC = Article(
    title="إغلاق المدارس",
    paragraphs=("أغلقت المدينة المدارس بسبب العاصفة يوم الاثنين.",),
    outlet="المنارة",
    published=date(2025, 6, 2),
    language="ar",
)
CHINESE = Article(
    title="港口使用费上涨",
    paragraphs=("港务局周二将港口使用费提高了百分之九。", "渔民们对此表示不满。"),
    outlet="灯塔报",
    published=date(2025, 3, 5),
    language="zh",
)
JAPANESE = Article(
    title="鉄道が再開",
    paragraphs=("夜行列車の運転が七月に再開された。", "市長は「長く待った。」と述べた。"),
    outlet="灯台新聞",
    published=date(2025, 7, 3),
)
EVERY = [HARBOUR, PROTEST, ORCHESTRA, FRENCH, GERMAN, RUSSIAN, ARABIC, CHINESE, JAPANESE]


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    build_index(tmp_path / "index", EVERY)
    return Retriever.open(tmp_path / "index", embedder=ToyEmbedder())


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Qui a perdu l’élection municipale ?", FRENCH),
        ("Welches Haus wurde geräumt?", GERMAN),
        ("Почему закрыт старый мост?", RUSSIAN),
        ("لماذا أغلقت مدرسة في المدينة؟", ARABIC),
        ("港口使用费提高了多少？", CHINESE),
        ("夜行列車はいつ再開？", JAPANESE),
        ("Who raised the toll of the harbour?", HARBOUR),
    ],
)
def test_a_question_finds_the_article_in_its_language_by_words(
    retriever: Retriever, question: str, article: Article
) -> None:
    retriever = Retriever(retriever.store, retriever.embedder, weights=Weights(dense=0.0))
    best, after = retriever.retrieve(question, limit=2, as_of=TODAY)[:2]
    assert best.article == article
    assert best.explain.lexical > after.explain.lexical


def test_stop_words_of_an_english_question_bring_up_no_other_language(tmp_path: Path) -> None:
    # Where stop words are kept, "the" is a rare word, and would weigh more than any that the question is about.
    quoting = replace(GERMAN, paragraphs=("The what, did the say about: so hieß das Lied.",))
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA, quoting])
    retriever = Retriever.open(tmp_path / "index", embedder=ToyEmbedder())
    hits = retriever.retrieve("What did the master say about the tolls?")
    assert hits[0].article == HARBOUR
    assert [hit.explain.lexical for hit in hits if hit.article == quoting] == [0.0]
    assert retriever.retrieve("lied what", limit=1)[0].article == quoting  # no English question: a word like others


def test_english_articles_are_found_and_judged_as_without_the_others(retriever: Retriever, tmp_path: Path) -> None:
    build_index(tmp_path / "alone", [HARBOUR, PROTEST, ORCHESTRA])
    alone = Retriever.open(tmp_path / "alone", embedder=ToyEmbedder())
    question = "Which elections or tolls did Odile Brandt rule out?"
    sentences = [rank_sentences(one.search(question, limit=1), one) for one in (alone, retriever)]
    assert [[one.text for one in ranked] for ranked in sentences] == [[one.text for one in sentences[0]]] * 2


def test_a_language_that_the_question_names_limits_and_is_relaxed_visibly(retriever: Retriever) -> None:
    found = retriever.search("What do articles in French say about Vellmar?", as_of=TODAY)
    assert (found.scope, [hit.article for hit in found.hits]) == (Scope(languages=("fr",)), [FRENCH])
    assert retriever.search("What do articles in French say?", parse_query=False).scope == Scope()
    gone = retriever.search("What do articles in Welsh say about Vellmar?", as_of=TODAY)
    assert (gone.scope, [one.words for one in gone.relaxed]) == (Scope(), ["in Welsh"])
    # The language that is not held is relaxed, the other limits stay.
    both = retriever.search("What did articles in Welsh say in March 2025?", as_of=TODAY)
    assert both.scope == Scope(published_from=date(2025, 3, 1), published_to=date(2025, 3, 31))
    assert [one.words for one in both.relaxed] == ["in Welsh"]
    set_by_hand = retriever.search("What do articles in French say?", scope=Scope(languages=("de",)))
    assert (set_by_hand.scope.languages, set_by_hand.relaxed) == (("de",), ())


def test_a_refusal_says_what_named_no_language(retriever: Retriever) -> None:
    scope = Scope(languages=("ru",))
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Who won the rowing cup?", scope=scope)
    assert answer.text.startswith(
        "The coverage does not say. The article that comes nearest does not say “won”, “rowing”, “cup”. Within "
        "these limits (in Russian) it holds 1 article of 1 outlet, of 1 June 2025. "
        "4 articles without a named language were skipped."
    )
