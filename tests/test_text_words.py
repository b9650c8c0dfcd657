"""Words, terms, sentences and tokens of text in any language, and the names of languages."""

from __future__ import annotations

import os
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import tokens
from rag.text.languages import codes_by_name, language_code, language_name, reads_as_english
from rag.text.sentences import sentence_spans
from rag.text.words import _term, fold, question_terms, terms, words


def test_sentences_end_where_news_sentences_end() -> None:
    text = (
        'Mr. Brandt of the U.S. Navy met Lt. Gen. J. R. Vance on Jan. 3. "We do know," he said.  It cost $1.2 million. '
        "Sergei Orlov met U.S. Secretary of State Ann Field. He left the U.S. He came back."
    )
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "Mr. Brandt of the U.S. Navy met Lt. Gen. J. R. Vance on Jan. 3.",
        '"We do know," he said.',
        "It cost $1.2 million.",
        "Sergei Orlov met U.S. Secretary of State Ann Field.",
        "He left the U.S.",
        "He came back.",
    ]


@pytest.mark.parametrize(
    "sentences",
    [
        ["港务局周二提高了费用。", "“我们需要钱。没有别的办法。”局长说。", "渔民不满！", "会谈何时开始？"],
        ["港の料金が上がった。", "市長は「反対だ。理由はない。」と述べた。", "会議は続く。"],
        ["「閉じない。", "次の文。"],
        ["बंदरगाह का शुल्क बढ़ा।", "मछुआरे नाराज़ हैं।"],
        ["متى تبدأ المحادثات؟", "قال رئيس الميناء إنها ستبدأ غدا."],
    ],
)
def test_sentences_end_at_the_full_stops_of_other_scripts(sentences: list[str]) -> None:
    for joint in ("", " "):
        if joint or sentences[0][0] > "\u2e80":
            text = joint.join(sentences)
            assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@given(st.text(st.characters() | st.sampled_from("。！？「」“”（） ")))
def test_sentences_cover_all_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


def test_words_fold_case_accents_and_apostrophes() -> None:
    assert words("Café owner’s AT&T bill: 1,200.50 euros!") == ["cafe", "owner's", "at&t", "bill", "1,200.50", "euros"]


def test_terms_are_stems_of_what_carries_meaning() -> None:
    assert terms("the U.S. told us that IT and the WHO had 1,200") == ["us", "told", "it", "who", "1200"]
    assert terms("What did the minister's spokesman call for? He called for calls.") == [
        "minist",
        "spokesman",
        "call",
        "call",
        "call",
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Les élections d’Ellery qu'on attendait", "le elect ellery on attend"),
        ("de", "Die Häuser am Hafen, das Haus", "die haus am haf das haus"),
        ("ru", "Российские выборы, российских выборов", "россииск выбор россииск выбор"),
        ("ar", "الانتخابات في المدينة", "انتخاب في مدين"),
        ("tr", "İzmir'de evlerinde", "izmir ev"),
        ("hi", "समाचार हिन्दी", "समाचार हिन्द"),
        ("cy", "porthladdoedd yr ynys", "porthladdoedd yr ynys"),
    ],
)
def test_terms_are_stems_of_their_language(language: str, text: str, expected: str) -> None:
    assert terms(text, language) == expected.split()
    assert terms(unicodedata.normalize("NFD", text), language) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("港口税涨了 COVID-19 费", "港口 口税 税涨 涨了 covid 19 费"),
        ("港の使用料がﾊﾟﾝ代", "港の の使 使用 用料 料が がパ パン ン代"),
        ("서울에서 회의", "서울 울에 에서 회의"),
        ("ท่าเรือ", "ท่ ่า าเ เร รื ือ"),
    ],
)
def test_scripts_without_spaces_give_pairs_of_characters_in_any_language(text: str, expected: str) -> None:
    for language in (None, "en", "zh", "fr"):
        assert terms(text, language) == expected.split()
    assert "".join(words(text)) == fold(text).replace(" ", "").replace("-", "")


@given(st.text(), st.sampled_from([None, "en", "fr", "de", "ru", "ar", "zh", "tr", "hi", "xx"]))
def test_terms_of_anything(text: str, language: str | None) -> None:
    assert all(term and term == term.casefold() for term in terms(text, language))
    assert set(question_terms(text, [language])) <= set(terms(text, language))


def test_tokens_are_counted_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/nowhere")
    tokens._encoding.cache_clear()
    assert tokens.count_tokens("The harbour master raised the tolls.") == 8
    assert tokens.count_tokens("<|endoftext|>") > 1  # in an article it is text
    assert tokens.count_tokens("") == 0
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "/nowhere"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("en-US", "en"), ("EN", "en"), ("eng", "en"), ("English", "en"), ("Deutsch", "de"), ("nb_NO", "no")),
        *(("ger", "de"), ("deu", "de"), ("iw", "he"), ("日本語", "ja"), ("Farsi", "fa"), ("Norwegian", "no")),
        *(("zh-Hant-TW", "zh"), ("zho", "zh"), ("Mandarin", "zh"), ("xx", "xx"), ("klingonic", None), ("", None)),
    ],
)
def test_a_language_has_one_code(name: str, code: str | None) -> None:
    assert language_code(name) == code


def test_a_language_has_an_english_name() -> None:
    assert (language_name("fr"), language_name("no"), language_name("xx")) == ("French", "Norwegian", "xx")
    assert (codes_by_name()["welsh"], codes_by_name()["chinese"]) == ("cy", "zh")


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Who won the race?", True),
        ("tolls", True),
        ("What did Die Welt and Les Échos say?", True),
        ("Is Les Misérables any good?", True),
        ("The Hague: what was said about 王毅?", True),
        ("???", True),
        ("Uma Thurman?", True),
        ("Uma?", True),
        ("Che Guevara statue?", True),
        ("Los Alamos lab?", True),
        ("Das Boot star dies?", True),
        ("Did Simon visit las vegas?", True),
        ("Wer hat die Hafengebühren erhöht?", False),
        ("Was ist passiert?", False),
        ("¿Quién subió los peajes?", False),
        ("qui a gagné les élections", False),
        ("Wat is er gebeurd in de haven?", False),
        ("ik wil weten wat er gebeurde", False),
        ("Wie is Odile Brandt? Wat gebeurde er?", False),
        ("Кто повысил сборы?", False),
        ("港口费是谁提高的？", False),
    ],
)
def test_a_question_that_is_asked_in_another_language_is_known_by_its_letters_or_its_asking_words(
    question: str, english: bool
) -> None:
    assert reads_as_english(question) == english


def test_threads_cut_the_same_terms_as_one_alone() -> None:
    # Snowball's stemmers keep the word that they cut in themselves.
    words_ = ["".join(letters) for letters in product("harbou", "tolm", "ike", "nst", ["ing", "ies", "ational"])]
    texts = [" ".join(words_[at::4]) for at in range(4)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            cut = list(threads.map(terms, texts))
    finally:
        sys.setswitchinterval(before)
    _term.cache_clear()
    assert cut == [terms(text) for text in texts]


@given(st.text(st.characters(max_codepoint=127) | st.sampled_from("’‘“”–—…")))
def test_ascii_is_cut_as_the_same_text_beside_another_script(text: str) -> None:
    assert words(text) == words(f"{text} é")[:-1]
    assert terms(text) == terms(f"{text} é")[:-1]
