"""Each rule of the check, with whole verdicts; what a reader is told is part of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles import Article
from rag.check.checking import check
from rag.check.verdicts import Outcome, Rule, Support, Verdict
from tests.toy import HARBOUR, PROTEST

BRIDGE = Article(
    title="Bridge at Larch Ford opens late",
    paragraphs=(
        "The bridge at Larch Ford cost $1.2bn, a third more than planned, and opened on Nov. 3. "
        "About 12 people were hurt while it was built, and 4 of them died.",
        "“It will stand for a hundred years,” said Hanna Weil, minister of transport. “It is late [and] dear.”",
        "She would not say who pays. The Federal Roads Agency (FRA) approved the design in 2019; "
        "the Tarnian engineer Jonas Kehl had rejected it.",
        "Weil sued Kehl in October. Kehl denies that he leaked the plans, and sales of tickets rose by 12 per cent.",
        "Two dozen lorries crossed on Friday. In the 1990s there were 140 a day.",
        "Kehl said 'the piers aren't safe' and the workers' union agreed.",
        "The agency could order Kehl to leave by 21 November. It would not let him leave before, a spokesman said.",
    ),
    outlet="The Larch Mirror",
    authors=("Ada Prior",),
    published=date(2025, 11, 9),
)


def outcome(text: str, *paragraphs: int, article: Article = BRIDGE) -> tuple[Outcome, Rule | None]:
    verdict = check(text, [(article, number) for number in paragraphs or (1,)])
    return verdict.outcome, verdict.rule


SUPPORTED = (Outcome.SUPPORTED, None)


def wrong(rule: Rule) -> tuple[Outcome, Rule]:
    return Outcome.CONTRADICTED, rule


def lacking(rule: Rule) -> tuple[Outcome, Rule]:
    return Outcome.UNSUPPORTED, rule


def test_a_supported_sentence_names_the_sentence_that_carries_it() -> None:
    verdict = check("Twelve people were hurt while the bridge was built.", [(BRIDGE, 1)])
    said = BRIDGE.paragraphs[0]
    start = said.index("About 12")
    assert verdict == Verdict(
        Outcome.SUPPORTED,
        None,
        "paragraph 1 of “Bridge at Larch Ford opens late” says it",
        (Support(BRIDGE, 1, start, len(said)),),
    )


def test_the_sentences_of_several_paragraphs_carry_a_claim_in_the_order_of_the_text() -> None:
    verdict = check(
        "Odile Brandt said the harbour needed money for the sea wall, and raised the tolls by nine per cent.",
        [(HARBOUR, 1), (HARBOUR, 2)],
    )
    assert verdict.outcome is Outcome.SUPPORTED
    assert [(one.paragraph, one.start, one.end) for one in verdict.supports] == [(1, 0, 79), (2, 0, 71)]
    assert verdict.reason == "the cited paragraphs say it"


@pytest.mark.parametrize(
    ("cited", "reason"),
    [
        ([], "it cites no paragraph"),
        ([(HARBOUR, 4)], "“Harbour tolls rise” has no paragraph 4"),
        ([(HARBOUR, 1), (HARBOUR, 0)], "“Harbour tolls rise” has no paragraph 0"),
    ],
)
def test_what_is_cited_must_be_there(cited: Sequence[tuple[Article, int]], reason: str) -> None:
    assert check("The tolls rise.", cited) == Verdict(Outcome.UNSUPPORTED, Rule.MARKER, reason, ())


def test_a_number_that_is_not_there_is_named() -> None:
    verdict = check("The harbour master raised the tolls by $90 billion.", [(HARBOUR, 1)])
    assert (verdict.outcome, verdict.rule) == lacking(Rule.NUMBER)
    assert verdict.reason == "“$90 billion” does not stand in paragraph 1 of “Harbour tolls rise”"
    assert verdict.supports == (Support(HARBOUR, 1, 0, 79),)


def test_another_number_of_the_same_is_a_contradiction() -> None:
    verdict = check("About 300 fishermen blocked the quay.", [(PROTEST, 1)])
    assert (verdict.outcome, verdict.rule) == wrong(Rule.NUMBER)
    assert verdict.reason == "paragraph 1 of “Fishermen block the quay” says “200” here, not “300”"


SAID = [
    # numbers
    ("The bridge cost 1.2 billion dollars.", 1, SUPPORTED),
    ("The bridge cost $1.3bn.", 1, wrong(Rule.NUMBER)),
    ("The bridge cost €1.2bn.", 1, lacking(Rule.NUMBER)),
    ("The bridge cost 33 people, a third more than planned.", 1, wrong(Rule.NUMBER)),
    ("Eight of those who were hurt while it was built survived.", 1, SUPPORTED),  # 12 less 4
    ("A third of those who were hurt while it was built died.", 1, SUPPORTED),
    ("Twelve people were hurt while it was built.", 1, SUPPORTED),
    ("12% were hurt while it was built.", 1, lacking(Rule.NUMBER)),
    ("Some $400 million more than planned was spent.", 1, SUPPORTED),  # a third of 1.2 billion
    ("Both people who were hurt died.", 1, SUPPORTED),
    ("About 4 people were hurt while it was built, and 12 of them died.", 1, wrong(Rule.NUMBER)),
    ("Sales of tickets rose by 12%.", 4, SUPPORTED),
    ("Sales of tickets rose by more than 10%.", 4, SUPPORTED),
    # dates
    ("The bridge opened on 3 November.", 1, SUPPORTED),
    ("The bridge opened on Monday.", 1, SUPPORTED),
    ("The bridge opened on Tuesday.", 1, wrong(Rule.DATE)),
    ("The bridge opened on 4 November.", 1, wrong(Rule.DATE)),
    ("Two dozen lorries crossed on 7 November 2025.", 5, SUPPORTED),
    ("Two dozen lorries crossed yesterday.", 5, wrong(Rule.DATE)),
    ("In the 1980s there were 140 a day.", 5, wrong(Rule.DATE)),
    ("The agency approved the design in 2018.", 3, wrong(Rule.DATE)),
    # names
    ("The FRA approved the design.", 3, SUPPORTED),
    ("Weil would not say who pays.", 3, SUPPORTED),  # "she", and nobody else stands before it
    ("Kehl, an engineer from Tarnia, had rejected the design.", 3, SUPPORTED),
    ("The Rail Office approved the design in 2019.", 3, lacking(Rule.NAME)),
    ("The Norwegian engineer Jonas Kehl had rejected it.", 3, lacking(Rule.NAME)),
    ("The Larch Mirror reported that sales of tickets rose.", 4, SUPPORTED),
    ("Weil, a Tarn minister, sued Kehl in October.", 4, SUPPORTED),
    ("The Federal Roads Office approved the design.", 3, SUPPORTED),
    ("Jonas Prior had rejected the design.", 2, SUPPORTED),  # both words stand somewhere: no rule sees it
    ("Jonas Quell had rejected the design.", 3, lacking(Rule.NAME)),
    # quotations
    ('Weil said it would stand "for a hundred years".', 2, SUPPORTED),
    ("According to Hanna Weil, „It will stand … years“.", 2, SUPPORTED),
    ('Weil said it would stand "for hundred years".', 2, lacking(Rule.QUOTATION)),
    ('Weil said it would stand "for a HUNDRED years".', 2, lacking(Rule.QUOTATION)),
    ("Weil said “It is late – and dear”.", 2, lacking(Rule.QUOTATION)),
    ("Weil called it “late [but] dear”.", 2, SUPPORTED),
    ("Kehl said “the piers aren’t safe”.", 6, SUPPORTED),
    ("The workers’ union agreed with Kehl about the piers’ state.", 6, SUPPORTED),
    # what is denied or left open
    ("Weil refused to say who pays.", 3, SUPPORTED),
    ("The Federal Roads Agency did not approve the design in 2019.", 3, wrong(Rule.NEGATION)),
    ("Kehl leaked the plans.", 4, wrong(Rule.NEGATION)),
    ("The agency has ordered Kehl to leave.", 7, lacking(Rule.CERTAINTY)),
    ("Kehl said that he did not leak the plans.", 4, SUPPORTED),
]


@pytest.mark.parametrize(("text", "paragraph", "expected"), SAID)
def test_what_is_said_and_what_is_not(text: str, paragraph: int, expected: tuple[Outcome, Rule | None]) -> None:
    assert outcome(text, paragraph) == expected


def test_a_sentence_about_something_else_says_too_little() -> None:
    verdict = check("The weather was pleasant and the beaches were crowded in summer.", [(BRIDGE, 5)])
    assert verdict.rule is Rule.WORDS
    assert verdict.reason == "none of its words is in paragraph 5 of “Bridge at Larch Ford opens late”"
    assert check("…", [(BRIDGE, 5)]).reason == "it says nothing that can be checked"


@pytest.mark.parametrize(
    ("text", "paragraph", "unchecked"),
    [
        ("Sales of tickets rose by 12%.", 4, ()),
        ("Sales of tickets fell by 12 per cent.", 4, ("fell",)),
        ("All sales rose because the weather was warm.", 4, ("All", "because", "weather", "warm")),
        ('Kehl said it would stand "for a hundred years".', 2, ()),  # who said it, or did it, no rule judges
        ("Kehl sued Weil in October.", 4, ()),
    ],
)
def test_what_only_reading_can_judge_is_named(text: str, paragraph: int, unchecked: tuple[str, ...]) -> None:
    verdict = check(text, [(BRIDGE, paragraph)])
    assert (verdict.outcome, verdict.unchecked) == (Outcome.SUPPORTED, unchecked)


@pytest.mark.parametrize(("claimed", "said"), [("H&M", "Zara"), ("Zara", "H&M"), ("X", "Strand Radio")])
def test_a_name_of_one_letter_or_with_a_sign_is_a_name(claimed: str, said: str) -> None:
    article = Article(title="Shops to close", paragraphs=(f"{said} will close 40 shops.",))
    assert outcome(f"{claimed} will close 40 shops.", article=article)[1] is Rule.NAME
    assert outcome(f"{said} will close 40 shops.", article=article) == SUPPORTED


def test_similarity_is_asked_last_and_decides() -> None:
    asked: list[tuple[str, Sequence[str]]] = []

    def likeness(text: str, texts: Sequence[str]) -> list[float]:
        asked.append((text, texts))
        return [0.1 for _ in texts]

    said = "The harbour master of Port Ellery raised the tolls."
    verdict = check(said, [(HARBOUR, 1)], similarity=likeness)
    assert (verdict.outcome, verdict.rule) == lacking(Rule.SIMILARITY)
    assert verdict.reason == "it is too unlike what it cites (likeness 0.10)"
    assert asked == [(said, [HARBOUR.paragraphs[0]])]
    assert check(said, [(HARBOUR, 1)], similarity=lambda text, texts: [0.9] * len(texts)).outcome is Outcome.SUPPORTED
    check("The harbour master raised the tolls by 8%.", [(HARBOUR, 1)], similarity=likeness)
    assert len(asked) == 1


def test_an_undated_article_has_no_weekday_to_compare() -> None:
    undated = replace(HARBOUR, published=None)
    said = "The harbour master of Port Ellery raised the tolls on 4 March 2025."
    assert outcome(said, 1, article=HARBOUR) == SUPPORTED
    assert outcome(said, 1, article=undated) == wrong(Rule.DATE)


hostile = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\"'“”‘’.,-–$% 1209NnotMay")), max_size=120)


@given(text=hostile, paragraph=hostile, published=st.dates() | st.none())
def test_no_text_makes_it_fail(text: str, paragraph: str, published: date | None) -> None:
    article = Article(title=text[:20], paragraphs=(paragraph, text), outlet=paragraph[:9], published=published)
    verdict = check(text, [(article, 1), (article, 2)], similarity=lambda _, texts: [0.5] * len(texts))
    for support in verdict.supports:
        assert 0 <= support.start < support.end <= len(article.paragraph(support.paragraph))
    assert verdict.reason
