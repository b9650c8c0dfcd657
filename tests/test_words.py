from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.words import sentence_spans, terms, words


def test_sentences_end_where_news_sentences_end() -> None:
    text = (
        'Mr. Brandt of the U.S. Navy met Lt. Gen. J. R. Vance on Jan. 3. "We do know," he said.  It cost $1.2 million.'
    )
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "Mr. Brandt of the U.S. Navy met Lt. Gen. J. R. Vance on Jan. 3.",
        '"We do know," he said.',
        "It cost $1.2 million.",
    ]


def test_a_country_before_a_title_does_not_end_a_sentence() -> None:
    text = "Sergei Orlov spoke after meeting U.S. Secretary of State Ann Field. He left the U.S. He came back."
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "Sergei Orlov spoke after meeting U.S. Secretary of State Ann Field.",
        "He left the U.S.",
        "He came back.",
    ]


@given(st.text())
def test_sentences_cover_all_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


def test_words_fold_case_accents_and_apostrophes() -> None:
    assert words("Café owner’s AT&T bill: 1,200.50 euros!") == ["cafe", "owner's", "at&t", "bill", "1,200.50", "euros"]


def test_terms_are_stems_of_what_carries_meaning() -> None:
    assert terms("What did the minister's spokesman call for? He called for calls.") == [
        "minist",
        "spokesman",
        "call",
        "call",
        "call",
    ]


def test_abbreviations_are_no_stop_words_and_numbers_are_plain() -> None:
    assert terms("the U.S. told us that IT and the WHO had 1,200") == ["us", "told", "it", "who", "1200"]


@given(st.text())
def test_terms_of_anything(text: str) -> None:
    assert all(term and term == term.casefold() for term in terms(text))
