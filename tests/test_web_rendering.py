"""What the page shows of an answer, a refusal and its sources, as HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from rag import Answer, Article, Claim, Cut, Scope
from rag.answer.answers import Choices
from rag.answer.wording import not_answered, rests_on
from rag.articles import Subheading
from rag.check.verdicts import Outcome, Rule
from rag.query.parsed_query import Constraint, ParsedQuery
from rag.query.question_kind import QuestionKind
from rag.query.spelling import Correction
from rag.record.links import deep_link
from rag.search.hits import NearDuplicate
from rag.store.protocol import Summary
from rag.web.desk import Given
from rag.web.escaping import escaped, link
from rag.web.rendering import render_notice, render_sources, render_turn
from tests.cited import HOSTILE, answer_of, cite, hit, said
from tests.markup import Html
from tests.toy import HARBOUR, PROTEST

TOLLS = HARBOUR.paragraphs[0]
SHOWN = f"{TOLLS[:-1]} [4 March 2025]."  # as it is answered with


def turn(answer: Answer, **given: object) -> Html:
    return Html(render_turn(Given(answer, **({"whole": True, "id": "abc"} | given)), "t2"))  # type: ignore[arg-type]


def sources(answer: Answer) -> Html:
    return Html(render_sources(Given(answer), "t2"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_nothing_else(text: str) -> None:
    html = Html(escaped(text))
    assert html.elements == []
    assert html.text == " ".join(re.sub("[\x00-\x1f\u202d\u202e]", " ", text).split())


def test_a_link_leads_to_a_web_address_and_cannot_leave_its_attribute() -> None:
    assert link("javascript:alert(1)", "A <title>") == escaped("A <title>")
    [one] = Html(link('https://news.example/?a="><script>', "A <title>")).elements
    address = {"href": "https://news.example/?a=%22%3E%3Cscript%3E", "rel": "noopener noreferrer nofollow"}
    assert (one.tag, dict(one.attrib), one.text) == ("a", {**address, "target": "_blank"}, "A <title>")


def test_an_answer_says_where_it_comes_from_once_for_what_comes_from_one_place() -> None:
    reworded = Claim("Tolls pay for a wall, and stay.", (cite(HARBOUR, 2, 3), cite(PROTEST, 2, 4)))
    answer = answer_of(said(HARBOUR, 1, 1), said(HARBOUR, 3, 2), reworded)
    html = turn(
        replace(answer, rewritten="Who raised the <b>tolls</b>?", unanswered=("who paid <b>?",), notice="It <b>.")
    )
    assert html.texts("h2") == ["Who raised the tolls?"]
    assert html.texts(".said") == [f"{TOLLS} 1", f"{HARBOUR.paragraphs[2]} 2", "Tolls pay for a wall, and stay. 3 4"]
    assert html.texts(".quoted") == [f"{TOLLS} 1", f"{HARBOUR.paragraphs[2]} 2"]  # the other is in a model's words
    courier = "The Ellery Courier, 4 March 2025: Harbour tolls rise"
    assert html.texts(".where") == [courier, f"{courier}; Strand Radio, 12 April 2025: Fishermen block the quay"]
    assert html.values("href", ".marker") == [f"#t2-c{number}" for number in range(1, 5)]
    # The name of a mark begins with what is seen of it (WCAG 2.5.3).
    assert html.values("aria-label", ".marker")[0] == "1, source: The Ellery Courier, 4 March 2025"
    assert html.texts(".note")[:2] == ["Understood as: Who raised the <b>tolls</b>?", "It <b>."]
    assert html.texts(".unanswered") == [not_answered(("who paid <b>?",))]
    [scope] = html.texts(".scope")
    assert scope.startswith(rests_on(answer.citations))
    assert scope.endswith(
        "Searched 3 articles of 2 outlets; the newest is of 2 May 2025; indexed 14 March 2026, 10:11 UTC."
    )


def test_what_answers_and_what_is_ours_is_set_off_in_a_quotation() -> None:
    dated = Claim(SHOWN, (cite(HARBOUR, 1, 1),), insertions=((78, 93),), answer_span=(34, 67))
    html = turn(answer_of(dated, said(HARBOUR, 3, 2)))
    assert html.texts("strong", ".ours") == ["raised the tolls by nine per cent", "[4 March 2025]"]
    assert html.texts(".first") == [f"{SHOWN} 1"]
    invented = replace(dated, text=SHOWN.replace("[", "(").replace("]", ")"))
    assert turn(answer_of(invented)).texts(".quoted") == []  # only brackets are ours


def test_what_was_left_out_is_folded_away_with_its_reason() -> None:
    number = Cut("They rose by <b>90</b> per cent.", "paragraph 1 has no number 90", Outcome.UNSUPPORTED, Rule.NUMBER)
    linked = Cut("See https://evil.example", "it holds a link", Outcome.UNSUPPORTED, None)
    html = turn(replace(answer_of(said(HARBOUR, 1, 1)), cut=(number, linked)))
    [folded] = html.all(".cut")
    assert (folded.tag, folded.get("open")) == ("details", None)
    assert html.texts("summary")[0].startswith("2 drafted sentences are left out")
    assert html.texts("s") == ["They rose by <b>90</b> per cent."]
    assert "it holds a link" in html.text
    assert "evil" not in html.text


def test_what_was_understood_can_be_taken_away_and_days_changed() -> None:
    march = Constraint(
        "days", 0, 8, "in March", restricts=True, published_from=date(2025, 3, 1), published_to=date(2025, 3, 31)
    )
    answer = replace(
        answer_of(said(HARBOUR, 1, 1), question="In March, who raised Elery tolls?"),
        parsed=ParsedQuery("In March, who raised Ellery tolls?", date(2025, 5, 2), (march,)),
        corrections=(Correction("Elery", "Ellery"),),
        choices=Choices(Scope(outlets=("The Ellery Courier",)), date(2025, 5, 2)),
    )
    html = turn(answer)
    days = "“in March”: 1 March 2025 to 31 March 2025"
    [first, slip, *others] = [text for text in html.texts(".chip") if text != "Change days"]
    assert first.startswith(days)
    assert slip.startswith("“Elery” searched as Ellery")
    assert [text.split()[0] for text in others] == ["2"]  # what was set stands where it was set
    addresses = html.values("href", ".chip")
    asked = "/?q=In+March%2C+who+raised+Elery+tolls%3F&outlets=The+Ellery+Courier"
    assert addresses[0] == f"{asked}&as_of=2025-05-02&ignored=in+March"
    assert addresses[-1] == asked
    [change] = [one for one in html.all("button") if one.get("data-do") == "change"]
    assert (change.get("data-from"), change.get("data-to")) == ("2025-03-01", "2025-03-31")


def test_a_story_of_several_articles_is_drawn_and_leads_to_its_sources() -> None:
    answer = answer_of(said(HARBOUR, 1, 1), said(PROTEST, 1, 2))
    assert turn(answer).all(".plot") == []
    plot = turn(replace(answer, kind=QuestionKind.TIMELINE)).all(".plot")[0]
    assert [one.get("href") for one in plot.iter("a")] == ["#t2-s1", "#t2-s2"] * 2  # drawn, and in the table
    assert turn(replace(answer, kind=QuestionKind.TIMELINE), whole=False).all(".plot") == []


def test_an_article_stands_once_beside_the_answer_with_all_that_is_cited_of_it() -> None:
    article = replace(HARBOUR, updated=date(2025, 3, 5), agency="Agency One", subheadings=(Subheading("Angry", 3),))
    article = replace(article, labels=("corrected",), published_at=datetime(2025, 3, 4, 17, 30, tzinfo=UTC))
    first, second = cite(article, 2, 1, "said harbour master"), cite(article, 1, 2)
    copy = NearDuplicate(hit(PROTEST).passage, PROTEST)
    answer = answer_of(Claim("She said so.", (first,)), Claim(second.quote, (second,)))
    answer = replace(answer, hits=(replace(hit(article), near_duplicates=(copy, copy)),))
    html = sources(answer)
    assert html.texts("h3") == ["Harbour tolls rise"]
    assert html.texts("time") == ["4 March 2025, 17:30"]
    assert html.texts(".label") == ["updated 5 March 2025", "corrected by the publisher"]
    assert html.texts(".byline") == ["By Mara Quill · Agency One", "Also in 1 other outlet: Strand Radio"]
    text = article.paragraphs[1].replace("said harbour", "1 said harbour")
    assert html.texts(".neighbour", ".cited", "h4") == [f"2 {TOLLS}", text, "Angry", article.paragraphs[2]]
    assert html.texts("mark") == [TOLLS, "said harbour master"]
    assert html.values("id", "mark") == ["t2-c2", "t2-c1"]
    assert html.values("href", "a") == ["#t2-m2", "#t2-m1", deep_link(first)]
    [whole] = html.values("data-article", "button")
    assert (
        whole == f"/articles/{article.id}?version={article.version}&cited=2.{first.start}-{first.end},1.0-{len(TOLLS)}"
    )
    html = sources(answer_of(said(Article(title="Note", paragraphs=("Only this.",)), 1, 1)))
    assert html.texts(".where", "h3", ".byline", "mark") == ["Unknown outlet · undated", "Note", "Only this."]


def test_paragraphs_that_are_left_out_between_two_cited_are_a_gap() -> None:
    long = Article("Long", tuple(f"Paragraph {number}." for number in range(1, 10)))
    html = sources(answer_of(said(long, 2, 1), said(long, 8, 2)))
    assert html.texts(".neighbour", ".cited", ".gap") == [
        *("Paragraph 1.", "1 Paragraph 2.", "Paragraph 3."),
        *("…", "Paragraph 7.", "2 Paragraph 8.", "Paragraph 9."),
    ]


def test_citations_that_overlap_are_both_marked() -> None:
    one, two = cite(HARBOUR, 1, 1), cite(HARBOUR, 1, 2, TOLLS[10:30])
    html = sources(answer_of(Claim("One.", (one,)), Claim("Two.", (two,))))
    assert html.values("id", "mark") == ["t2-c1", "t2-c2"]
    assert html.texts("mark") == [TOLLS, ""]


def test_a_refusal_shows_what_is_near_and_never_as_a_source() -> None:
    hits = (hit(HARBOUR, 1), hit(HARBOUR, 2, 2), hit(PROTEST, 3))
    answer = replace(answer_of(), hits=hits, reason="None names <b>Ruhl</b>.", nearest=(said(PROTEST, 2, 1),))
    html = turn(answer)
    assert html.texts(".refusal", ".reason", ".near-misses") == [
        "The coverage does not say.",
        "None names <b>Ruhl</b>.",
        f"Nearest, and no answer {PROTEST.paragraphs[1]}Strand Radio, 12 April 2025: Fishermen block the quay",
    ]
    assert html.all(".marker", "strong", ".first") == []
    html = sources(answer)
    assert html.texts("h2", ".note") == ["Nearest passages", "They do not answer the question."]
    assert html.texts("h3") == ["Fishermen block the quay", "Harbour tolls rise"]  # what it quotes comes first
    assert html.texts(".neighbour") == [PROTEST.paragraphs[0], HARBOUR.paragraphs[0]]  # one an article
    assert html.all("mark", ".back", ".cited") == []


def test_what_is_shown_where_there_is_nothing_to_search() -> None:
    answer = replace(answer_of(), scope=Scope(published_from=date(2030, 1, 1)), searched=Summary(0, (), None, None))
    assert turn(answer).texts(".refusal", ".note")[:2] == [
        "No article is within these limits.",
        "Widen the limits and ask again.",
    ]
    assert sources(answer).texts(".note") == ["No passage is within these limits."]
    assert turn(replace(answer, scope=Scope())).texts(".refusal") == ["The index holds no articles."]
    helped = replace(answer_of(), refused=False, help="Ask.\n- What <b> happened?")
    assert turn(helped).texts(".help") == ["Ask."]  # what can be asked is below, to be followed
    assert render_sources(Given(helped), "t2") == ""


def test_an_answer_that_still_grows_or_is_not_kept_offers_less() -> None:
    answer = answer_of(said(HARBOUR, 1, 1))
    assert turn(answer, whole=False).all(".actions", ".scope", ".feedback") == []
    assert turn(answer, id="").values("data-do", "button") == ["copy", "print", "edit"]
    assert turn(answer).values("data-do", "button") == ["copy", "share", "print", "edit", "feedback"]
    assert turn(answer, lasting=False).values("data-do", "button") == ["copy", "print", "edit"]
    assert turn(answer, lasting=False).all(".feedback") == []
    assert [one.rpartition("/")[2] for one in turn(answer).values("href", "a")][1:] == [
        *("answer.md", "answer.html", "answer.csl.json", "answer.bib"),
    ]


def shapes(text: str) -> list[list[tuple[str, list[str]]]]:
    """The elements of all that is rendered where every word of an article is ``text``."""
    url = "https://news.example/" + re.sub("[\\s\x00-\x1f\u202d\u202e]", "", text)
    article = Article(text, (text, text, text), text, url, (text,), text, subheadings=(Subheading(text, 2),))
    other = replace(article, url="https://news.example/other", published=date(2025, 3, 4))
    cut = (Cut(text, text, Outcome.UNSUPPORTED, Rule.NUMBER),)
    ours = len(text), 2 * len(text) + 3
    claim = Claim(f"{text} [{text}]", (cite(article, 2, 1),), insertions=(ours,), answer_span=(0, len(text)))
    answer = replace(answer_of(claim, said(other, 1, 2), question=text), cut=cut, kind=QuestionKind.TIMELINE)
    answer = replace(answer, rewritten=text, unanswered=(text,), notice=text, choices=Choices(Scope(outlets=(text,))))
    answer = replace(answer, parsed=ParsedQuery(text, date(2025, 5, 2), ()), corrections=(Correction(text, text),))
    near = NearDuplicate(hit(other).passage, replace(other, outlet=f"other {text}"))
    answer = replace(answer, hits=(replace(hit(article), near_duplicates=(near,)),))
    refused = replace(answer, claims=(), refused=True, reason=text, nearest=(claim,))
    helped = replace(answer, claims=(), help=f"Ask: {' '.join(text.split())}")
    given = [Given(one, whole=True, id="abc", further=(text,), remark=text) for one in (answer, refused, helped)]
    html = [render(one, "t2") for one in given for render in (render_turn, render_sources)]
    found = [Html(one) for one in (*html, render_notice(text)) if one]
    return [[(one.tag, sorted(one.attrib)) for one in page.elements] for page in found]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute_anywhere(text: str) -> None:
    assert shapes(text) == shapes("plain")
