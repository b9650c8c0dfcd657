"""Quotations that can stand alone: every word stands in the article, and what is ours is in brackets and is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rag.answer.answers import stands_verbatim
from rag.answer.drafts import Draft
from rag.answer.quoting import event_day, quote
from rag.answer.sentence_ranking import Sentence
from rag.check.citations import Citation
from rag.text.sentences import sentence_spans
from tests.toy import HARBOUR

PUBLISHED = date(2025, 3, 10)  # a Monday


def sentence(
    text: str, begins: str, *, before: str = "", span: str = "", published: date | None = PUBLISHED
) -> Sentence:
    """The sentence of ``text`` that begins so; ``before`` is the paragraph before."""
    article = replace(HARBOUR, paragraphs=(before, text) if before else (text,), published=published)
    number = len(article.paragraphs)
    [(start, end)] = [one for one in sentence_spans(text) if text.startswith(begins, one[0])]
    at = text[start:end].find(span)
    marked = (at, at + len(span)) if span else None
    return Sentence(article, number, start, end, text[start:end], 1.0, span=marked)


def checked(draft: Draft) -> Draft:
    """The draft, every piece of which stands where it says."""
    cited = [Citation(1, one.article, one.paragraph, one.start, one.end, one.quote) for one in draft.evidence]
    assert stands_verbatim(draft.text, draft.insertions, cited)
    for one in draft.evidence:
        assert one.article.paragraph(one.paragraph)[one.start : one.end] == one.quote
    return draft


LONG = " and ".join(["the council of Port Ellery met in the old hall"] * 9)
# The paragraph; how the quoted sentence begins; what is quoted.
WIDENED = [
    ("Odile Brandt spoke. She wept. All left.", "She", "Odile Brandt spoke. She wept."),
    ("Odile Brandt spoke. But she wept.", "But", "Odile Brandt spoke. But she wept."),
    ("Odile Brandt spoke. The statement was short.", "The", "Odile Brandt spoke. The statement was short."),
    ("Odile Brandt spoke. She wept. They left.", "They", "Odile Brandt spoke. She wept. They left."),
    ("Odile Brandt spoke. The harbour closed.", "The", "The harbour closed."),
    ("Odile Brandt spoke. Theyer wept.", "Theyer", "Theyer wept."),
    ("Odile Brandt came. “It holds,” she said.", "“It", "Odile Brandt came. “It holds,” she said."),
    ("He wept. It rained.", "He", "He wept."),
    (f"Odile said that {LONG}. She wept.", "She", "She wept."),
    ("Odile said: “We need money. We need it now.” All left.", "We", "Odile said: “We need money. We need it now.”"),
    ("“We need money. The sea rises,” said Odile.", "The", "“We need money. The sea rises,” said Odile."),
    ('"We need money. Send it," she said. "Now."', '"We', '"We need money. Send it," she said.'),
    ('The mill of 12" pipes closed.', "The", 'The mill of 12" pipes closed.'),
]


@pytest.mark.parametrize(("text", "begins", "quoted"), WIDENED)
def test_what_points_back_or_breaks_a_quotation_takes_along_what_is_around_it(
    text: str, begins: str, quoted: str
) -> None:
    assert checked(quote(sentence(text, begins))).text == quoted


def test_the_first_sentence_of_a_paragraph_takes_along_the_last_of_the_one_before() -> None:
    draft = checked(quote(sentence("She wept.", "She", before="It rained. Odile Brandt spoke.", span="wept")))
    assert [(one.paragraph, one.quote) for one in draft.evidence] == [(1, "Odile Brandt spoke."), (2, "She wept.")]
    assert draft.text == "Odile Brandt spoke. She wept."
    assert draft.answer_span
    assert draft.text[slice(*draft.answer_span)] == "wept"


DATED = [
    ("The tolls rose yesterday, he said.", "The tolls rose yesterday [9 March 2025], he said."),
    ("The tolls rose on Saturday.", "The tolls rose on Saturday [8 March 2025]."),
    ("The tolls rose on Sunday night.", "The tolls rose on Sunday night [9 March 2025]."),
    ("The tolls rose last month.", "The tolls rose last month."),  # no day
    ("In 2012 he said the tolls rose yesterday.", "In 2012 he said the tolls rose yesterday."),  # of then
    ('He said: "The tolls rose yesterday."', 'He said: "The tolls rose yesterday."'),
    ("The band of Saturday Night Rowers rose.", "The band of Saturday Night Rowers rose."),
    ("It rose on Good Friday.", "It rose on Good Friday."),
    ("The tolls will rise on Saturday.", "The tolls will rise on Saturday."),  # the last or the next: unsure
    ("The tolls rose on 8 March.", "The tolls rose on 8 March."),
    (
        "Yesterday's toll rose four months earlier than planned.",
        "Yesterday's toll rose four months earlier than planned.",
    ),
    ("The tolls rose last week.", "The tolls rose last week."),  # no one day, month or year
]


@pytest.mark.parametrize(("text", "shown"), DATED)
def test_a_day_that_only_the_article_s_day_explains_is_said_in_brackets(text: str, shown: str) -> None:
    draft = checked(quote(sentence(text, text[:5], span="rose" if "rose" in text else "rise")))
    assert draft.text == shown
    assert draft.answer_span
    assert draft.text[slice(*draft.answer_span)] in ("rose", "rise")
    undated = checked(quote(sentence(text, text[:5], published=None)))
    assert (undated.text, undated.insertions) == (text, ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The port closes its crane on Saturday.", ""),
        ("A strike that was to begin on Friday is off.", ""),
        ("The council, which voted last year, meets on Friday.", ""),
        ("He said it opens on Friday.", ""),
        ("The mayor said the port closes on Friday.", ""),
        ("They voted to close the port on Friday.", ""),
        ("A vote on Friday was called off.", ""),
        ("It was closed until Friday.", ""),
        ("It is open every Friday.", ""),
        ("A march planned for Friday was banned.", ""),
        ("Work began on Friday, four months earlier than planned.", " [7 March 2025]"),
        ("Dockers went back to work on Friday.", " [7 March 2025]"),
        ("The 2020 games were lost on Friday.", " [7 March 2025]"),
        ("It has been shut since Friday.", " [7 March 2025]"),
        ("Brandt said on Friday that tolls will rise.", " [7 March 2025]"),
        ("The tolls rose, and on Friday they will fall.", ""),
        ("On Friday, the council voted.", " [7 March 2025]"),
        ("The mayor, who was ill, died in Lindmoor on Friday.", " [7 March 2025]"),
    ],
)
def test_a_weekday_is_explained_only_where_its_clause_tells_what_happened(text: str, told: str) -> None:
    assert checked(quote(sentence(text, text[:5]))).text == text.replace("Friday", f"Friday{told}")


def test_a_span_keeps_its_words_whatever_is_inserted_before_in_or_behind_it() -> None:
    text = "On Saturday the tolls rose, and on Sunday they fell."
    both = "On Saturday [8 March 2025] the tolls rose, and on Sunday [9 March 2025] they fell."
    dated = f"[8 March 2025] {text}"  # in front of a line of a timeline stands its one day
    for shown, whole in (
        ("tolls rose", both),
        ("rose, and on Sunday [9 March 2025] they", both),
        ("tolls rose", dated),
    ):
        span = shown.replace(" [9 March 2025]", "")
        draft = checked(quote(sentence(text, "On", span=span), dated=whole == dated))
        assert draft.text == whole
        assert draft.answer_span
        assert draft.text[slice(*draft.answer_span)] == shown
        ours = [draft.text[start:end] for start, end in draft.insertions]
        assert ours == (["[8 March 2025] "] if whole == dated else [" [8 March 2025]", " [9 March 2025]"])


EVENTS = [
    ("The tolls rose on 8 March.", "8 March 2025"),
    ("The next regatta is on 30 March.", "30 March 2025"),
    ("Six are rowed in July.", "July 2025"),
    ("The union said on Monday that it would strike.", "10 March 2025"),  # on the day of its article
    ("Odile Brandt told Strand Radio on Tuesday that her crews would strike.", "4 March 2025"),
    ("Crews went back to work on Friday after the first strike since 1998.", "7 March 2025"),
    ("It is the first strike since 1998.", "10 March 2025"),
    ("The mill, built in 1911, burnt down.", "10 March 2025"),
    ("The tolls rise by four per cent, and not again before 2028.", "10 March 2025"),
    ('Crews said: "It has been so since 3 February, and in May we strike."', "10 March 2025"),
    ("The port closes its crane on Friday.", "14 March 2025"),
    ("A strike that was to begin on Friday is off.", "10 March 2025"),  # the last one or the next
    ("On Friday, in pouring rain, crews of five ports marched.", "7 March 2025"),
    ("Crews meet on Monday to vote.", "10 March 2025"),
    ("In 1911 the mill burnt down.", "1911"),
    ("In 2024 the tolls rose twice, first on 6 April.", "6 April 2024"),
    ("Built in 1911, the mill was sold to Vellmar.", "1911"),
    ("In May he had ruled that out.", "10 March 2025"),
    ("When it opened in 1911, Lindmoor had no ferry.", "1911"),
    ("Marrek, who rowed in May, won.", "10 March 2025"),
    ("Votes were lost in the 2020 poll.", "10 March 2025"),
    ("Her next hearing was set for 5 April.", "5 April 2025"),
    ("It burnt down in November.", "November 2024"),
    ("He pleaded guilty in July.", "July 2024"),  # July 2025 is nearer
    ("It will reopen in October.", "October 2025"),
    ("It will open on Saturday.", "15 March 2025"),
    ("Last year's champions lost on Sunday.", "9 March 2025"),
    ("It was built in 1911.", "1911"),
    ("It rained last week.", "10 March 2025"),  # which is no one day: that of the article
    ("It rained.", "10 March 2025"),
]


@pytest.mark.parametrize(("text", "day"), EVENTS)
def test_the_day_of_what_is_told_is_the_one_that_is_named_or_the_article_s(text: str, day: str) -> None:
    assert event_day(sentence(text, text[:5])) == day
    assert event_day(sentence("It rained.", "It", published=None)) == ""
