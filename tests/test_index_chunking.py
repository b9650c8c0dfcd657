from hypothesis import given
from hypothesis import strategies as st

from index.chunking import LONGEST_SENTENCE, chunk, fit
from rag.articles import Article, Span
from rag.text.sentences import sentence_spans
from rag.text.tokens import count_tokens


def article(*paragraphs: str, title: str = "A title") -> Article:
    return Article(title=title, paragraphs=paragraphs)


def test_whole_paragraphs_share_a_passage_up_to_the_budget() -> None:
    text = "The harbour master raised the tolls."  # 8 tokens, 9 with the line before it
    passages = chunk(article(text, text, text), budget=18)
    assert [passage.spans for passage in passages] == [
        (Span(1, 0, 36), Span(2, 0, 36)),
        (Span(3, 0, 36),),
    ]
    assert passages[0].text == f"{text}\n\n{text}"


def test_long_paragraph_is_cut_at_sentences_with_offsets() -> None:
    text = "Dr. Brandt spoke first. The fishermen of Port Ellery answered her. Nobody agreed."
    passages = chunk(article(text), budget=10)
    assert [text[s.start : s.end] for passage in passages for s in passage.spans] == [
        "Dr. Brandt spoke first.",
        "The fishermen of Port Ellery answered her.",
        "Nobody agreed.",
    ]
    assert [passage.spans for passage in passages] == [(Span(1, 0, 23),), (Span(1, 24, 66),), (Span(1, 67, 81),)]


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda t: " ".join(t.split()) or "x")


@given(st.lists(_TEXT, min_size=1, max_size=6), st.integers(20, 60))
def test_nothing_is_lost_repeated_or_over_the_budget(paragraphs: list[str], budget: int) -> None:
    one = article(*paragraphs)
    passages = chunk(one, budget)
    pieces: dict[int, str] = {}
    last = (0, 0)
    for passage in passages:
        tokens = sum(count_tokens(text) for text in passage.text.split("\n\n"))
        assert tokens <= budget or (tokens <= LONGEST_SENTENCE and len(sentence_spans(passage.text)) == 1)
        for span in passage.spans:
            assert (span.paragraph, span.start) >= last
            last = (span.paragraph, span.end)
            text = one.paragraph(span.paragraph)[span.start : span.end]
            assert text.strip() == text != ""
            pieces[span.paragraph] = pieces.get(span.paragraph, "") + text
    squeezed = {number: "".join(text.split()) for number, text in enumerate(paragraphs, start=1)}
    assert {number: "".join(text.split()) for number, text in pieces.items()} == squeezed


def test_what_the_model_would_cut_off_is_cut_further() -> None:
    text = "One two three four. Five six seven eight. Nine ten eleven twelve."
    one = article(text, title="Title")

    def fits(texts: list[str]) -> list[bool]:
        return [len(text.split()) <= 5 for text in texts]

    passages = fit(one, chunk(one, 100), 100, fits)  # type: ignore[arg-type]
    assert [passage.text for passage in passages] == [
        "One two three four.",
        "Five six seven eight.",
        "Nine ten eleven twelve.",
    ]
