"""What the page draws, to the character; what it shows when; and what its server sends."""

from __future__ import annotations

import base64
import html
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rag import Answerer, Article, GenerationFailed, IndexCorrupt, RagError, Scope
from rag.answer.answers import Answer, Claim, Cut
from rag.answer.drafts import Draft
from rag.answer.sentences import Sentence
from rag.articles import Passage, Span, Subheading
from rag.check.citations import Citation
from rag.check.verdicts import Outcome, Rule
from rag.record.export import export
from rag.record.links import host_of
from rag.search.hits import Explanation, Hit
from rag.search.retriever import Retriever
from rag.store.coverage import Summary
from rag.store.scope import EVERYTHING
from rag.web import build, launch
from rag.web.conversation import Newest, Turn, View, converse, read_scope
from rag.web.drawing import (
    draw_answer,
    draw_coverage,
    draw_notice,
    draw_question,
    draw_sources,
    draw_waiting,
    draw_welcome,
    nearest_hits,
)
from rag.web.escaping import escaped, link
from rag.web.examples import example_questions
from rag.web.serving import Server
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

SUMMARY = Summary(3, (("The Ellery Courier", 2), ("Strand Radio", 1)), date(2025, 3, 4), date(2025, 5, 2))
HOLDS = "It holds 3 articles of 2 outlets&#44; from 4 March 2025 to 2 May 2025&#46;"
TOLLS = HARBOUR.paragraphs[0]
SEA_WALL = HARBOUR.paragraphs[1]
NOTHING = ("", "", ())
HOSTILE = (
    "<script>alert(1)</script>",
    '<img src="https://evil.example/x.png" onerror="alert(1)">',
    "[click](https://evil.example) ![see](https://evil.example/i.png)",
    "# heading",
    "```\ncode\n```",
    "$$\\href{https://evil.example}{x}$$ \\(a\\)",
    "as proven [1] and [2](#a1-c2)",
    "https://evil.example and www.evil.example and a@evil.example",
    "\u202edesrever\u202c \u2067isolated",
    "\" onmouseover='alert(1)' x=`y`",
    "line\n\n<b>bold</b>\r\n\tnext\x00\x1b",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "{{value}} ${alert(1)} {% raw %}",
    "<details open ontoggle=alert(1)><style>*{background:url(//evil.example)}</style>",
)


def cite(article: Article, paragraph: int, marker: int, quote: str | None = None) -> Citation:
    text = article.paragraph(paragraph)
    quote = text if quote is None else quote
    start = text.index(quote)
    return Citation(marker, article, paragraph, start, start + len(quote), quote)


def answer_of(*claims: Claim, scope: Scope = EVERYTHING, hits: tuple[Hit, ...] = ()) -> Answer:
    return Answer("Who raised tolls?", scope, claims, not claims, hits, SUMMARY, "snapshot")


def hit(article: Article, rank: int, paragraph: int = 1) -> Hit:
    text = article.paragraph(paragraph)
    passage = Passage(article.id, (Span(paragraph, 0, len(text)),), text)
    return Hit(rank, 1 / rank, passage, article, Explanation(1.0, 1 / rank, "Who raised tolls?"))


class Seen(HTMLParser):
    """Reads HTML as a browser would: which elements and attributes there are, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def embedder() -> ToyEmbedder:
    return ToyEmbedder()


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, embedder: ToyEmbedder) -> Answerer:
    folder = tmp_path_factory.mktemp("page") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA], embedder)
    return Answerer.open(folder, embedder=embedder)


# ---- escaping


def test_every_ascii_punctuation_becomes_a_character_reference() -> None:
    punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    assert escaped(punctuation) == "".join(f"&#{ord(character)};" for character in punctuation)
    assert escaped("Zürich 2025 – “so”") == "Zürich 2025 – “so”"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_nothing_else(text: str) -> None:
    html = escaped(text)
    assert re.fullmatch(r"(?:&#\d+;|[^!-/:-@\[-`{-~\x00-\x1f])*", html)
    seen = Seen(html)
    assert seen.tags == []
    assert seen.text == " ".join(re.sub("[\x00-\x1f\u202d\u202e]", " ", text).split())


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//evil.example/x",
        "file:///etc/passwd",
        "ftp://evil.example",
        "https://[broken",
        "https:///no-host",
        "https://news.example/a b",
        "",
        None,
    ],
)
def test_what_is_no_web_address_becomes_no_link(url: str | None) -> None:
    assert link(url, "A <title>") == "A &#60;title&#62;"
    assert host_of(url) is None


def test_a_link_cannot_leave_its_attribute() -> None:
    html = link('https://www.news.example/?a="><script>alert(1)</script>', "Title")
    assert html == (
        '<a href="https&#58;&#47;&#47;www&#46;news&#46;example&#47;&#63;a&#61;&#37;22&#37;3E&#37;3Cscript&#37;3E'
        'alert&#40;1&#41;&#37;3C&#47;script&#37;3E" target="_blank" rel="noopener noreferrer nofollow">Title</a>'
    )
    assert [tag for tag, _ in Seen(html).tags] == ["a"]
    # Browsers take the backslash for a slash; written so, the link leads where it says.
    assert "evil&#46;example&#37;5C&#64;good" in link("https://evil.example\\@good.example/story", "Title")
    assert host_of("https://bbc.example@www.evil.example/bbc.example") == "evil.example"


# ---- drawing


def test_an_answer_to_the_character() -> None:
    answer = answer_of(
        Claim(TOLLS, (cite(HARBOUR, 1, 1),)),
        Claim("Tolls pay for a wall, and stay.", (cite(HARBOUR, 2, 2), cite(PROTEST, 2, 3))),
    )
    assert draw_answer(answer, 2) == (
        '<div class="answer">'
        '<p class="lead">From 2 articles of 2 outlets&#44; 4 March 2025 to 12 April 2025&#58;</p>'
        '<div class="claim"><p class="said quoted" dir="auto">'
        "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday&#46; "
        '<a class="marker" href="#a2-c1" title="Source 1&#58; The Ellery Courier&#44; 4 March 2025&#44; paragraph 1" '
        'aria-label="Source 1&#58; The Ellery Courier&#44; 4 March 2025&#44; paragraph 1">&#91;1&#93;</a></p>'
        '<p class="origin"><bdi>The Ellery Courier&#44; 4 March 2025</bdi></p></div>'
        '<div class="claim"><p class="said" dir="auto">Tolls pay for a wall&#44; and stay&#46; '
        '<a class="marker" href="#a2-c2" title="Source 2&#58; The Ellery Courier&#44; 4 March 2025&#44; paragraph 2" '
        'aria-label="Source 2&#58; The Ellery Courier&#44; 4 March 2025&#44; paragraph 2">&#91;2&#93;</a>'
        '<a class="marker" href="#a2-c3" title="Source 3&#58; Strand Radio&#44; 12 April 2025&#44; paragraph 2" '
        'aria-label="Source 3&#58; Strand Radio&#44; 12 April 2025&#44; paragraph 2">&#91;3&#93;</a></p>'
        '<p class="origin"><bdi>The Ellery Courier&#44; 4 March 2025</bdi>; '
        "<bdi>Strand Radio&#44; 12 April 2025</bdi></p>"
        "</div></div>"
    )


def test_sources_to_the_character() -> None:
    article = replace(HARBOUR, updated=date(2025, 3, 5), agency="Agency One", subheadings=(Subheading("Angry", 3),))
    answer = answer_of(Claim("She said so.", (cite(article, 2, 1, "said harbour master"),)))
    assert draw_sources(answer, 7, shown=True) == (
        '<details class="turn" id="a7" name="sources" open><summary><span class="label">Sources</span> '
        '<span class="of" dir="auto">Who raised tolls&#63;</span></summary><ol>'
        '<li class="source" id="a7-c1" tabindex="-1" aria-label="Source 1">'
        '<span class="number" aria-hidden="true">1</span>'
        '<p class="origin"><span class="outlet"><bdi>The Ellery Courier</bdi></span> · '
        '<time datetime="2025-03-04">4 March 2025</time></p>'
        '<h3 dir="auto"><a href="https&#58;&#47;&#47;www&#46;ellery&#45;courier&#46;example'
        '&#47;2025&#47;03&#47;04&#47;tolls&#35;&#58;&#126;&#58;text&#61;said&#37;20harbour&#37;20master" '
        'target="_blank" rel="noopener noreferrer nofollow">Harbour tolls rise</a></h3>'
        '<p class="byline">By <bdi>Mara Quill</bdi> · <bdi>Agency One</bdi> · '
        'updated <time datetime="2025-03-05">5 March 2025</time> · <bdi>ellery&#45;courier&#46;example</bdi></p>'
        '<div class="text">'
        '<p class="beside" dir="auto">The harbour master of Port Ellery raised the tolls by nine per cent '
        "on Tuesday&#46;</p>"
        '<p class="cited" dir="auto">&#34;We need the money for the sea wall&#44;&#34; '
        "<mark>said harbour master</mark> Odile Brandt&#46;</p>"
        '<h4 dir="auto">Angry</h4>'
        '<p class="beside" dir="auto">Fishermen called the rise unfair and announced a protest&#46;</p></div>'
        '<a class="back" href="#a7-c1" aria-label="Back to marker 1">Back to the answer</a></li></ol></details>'
    )
    assert ' name="sources"><summary>' in draw_sources(answer, 7, shown=False)


def test_a_whole_answer_can_be_saved_with_its_sources() -> None:
    growing = answer_of(Claim("She said so.", (cite(HARBOUR, 2, 1),)))
    assert "download" not in draw_sources(growing, 1, shown=True)
    whole = replace(growing, timings={"whole": 0.1})
    for answer in (whole, replace(whole, claims=(), refused=True)):
        links = re.findall(
            r'<a download="(answer\.\w+)" href="data:(text/\w+);charset=utf-8;base64,([^"]*)">',
            draw_sources(answer, 1, shown=True),
        )
        assert [link[:2] for link in links] == [("answer.md", "text/markdown"), ("answer.html", "text/html")]
        files = [base64.b64decode(html.unescape(link[2]), validate=True).decode() for link in links]
        assert files == [export(answer, "markdown"), export(answer, "html")]


def test_what_stays_unanswered_stands_below_the_claims() -> None:
    answer = replace(answer_of(Claim(TOLLS, (cite(HARBOUR, 1, 1),))), unanswered=("who paid <b>?",))
    shown = (
        '<p class="half"><bdi>The coverage does not answer this part&#58; “who paid &#60;b&#62;&#63;”&#46;</bdi></p>'
    )
    assert draw_answer(answer, 2).endswith(f"</p></div>{shown}</div>")


def test_how_a_follow_up_was_understood_stands_above_its_answer() -> None:
    claim = Claim(TOLLS, (cite(HARBOUR, 1, 1),))
    asked = replace(answer_of(claim), question="And the tolls?", rewritten="Who raised the <b>tolls</b>?")
    shown = (
        '<p class="note asked-as">Understood as: <bdi>Who raised the &#60;b&#62;tolls&#60;&#47;b&#62;&#63;</bdi></p>'
    )
    assert draw_answer(asked, 2).startswith(f'<div class="answer">{shown}<p class="lead">')
    assert '<span class="of" dir="auto">Who raised the &#60;b&#62;' in draw_sources(asked, 2, shown=True)
    refused = replace(asked, claims=(), refused=True)
    assert draw_answer(refused, 2).startswith(f'<div class="answer refusal">{shown}<p class="said">The coverage does')
    nothing = replace(refused, searched=Summary(0, (), None, None))
    for scope in (EVERYTHING, Scope(outlets=("Strand Radio",))):
        assert f'<div class="answer refusal">{shown}<p class="said">' in draw_answer(replace(nothing, scope=scope), 2)
    assert "Understood as" not in draw_answer(replace(asked, rewritten=""), 2)


def test_a_source_without_outlet_date_or_address() -> None:
    article = Article(title="Note", paragraphs=("Only this.",))
    html = draw_sources(answer_of(Claim("Only this.", (cite(article, 1, 1),))), 1, shown=True)
    assert '<bdi>Unknown outlet</bdi></span> · undated</p><h3 dir="auto">Note</h3><div class="text">' in html
    assert '<p class="cited" dir="auto"><mark>Only this&#46;</mark></p></div>' in html


def test_a_refusal_shows_what_is_near_and_never_as_a_source() -> None:
    answer = answer_of(
        hits=(hit(HARBOUR, 1), hit(HARBOUR, 2, 2), hit(PROTEST, 3)), scope=Scope(outlets=("Strand Radio",))
    )
    assert draw_answer(answer, 3) == (
        '<div class="answer refusal"><p class="said">The coverage does not answer this.</p>'
        f'<p class="note">{HOLDS} Only this was searched: <bdi>Strand Radio</bdi>. '
        '<a class="nearest" href="#a3">See the passages that come nearest</a></p></div>'
    )
    drawn = draw_sources(answer, 3, shown=True)
    assert drawn.startswith(
        '<details class="turn refused" id="a3" name="sources" open><summary>'
        '<span class="label">Nearest passages, no answer</span>'
    )
    assert "They do not answer the question." in drawn
    assert [passage.rank for passage in nearest_hits(answer)] == [1, 3]
    assert [attributes["class"] for tag, attributes in Seen(drawn).tags if tag == "li"] == ["near", "near"]
    for mark_of_a_source in ("<mark", 'class="source"', 'class="number"', "-c1", "marker"):
        assert mark_of_a_source not in drawn


def test_a_refusal_within_limits_that_hold_nothing() -> None:
    nothing = Summary(0, (), None, None)
    answer = replace(answer_of(scope=Scope(published_from=date(2030, 1, 1))), searched=nothing)
    assert draw_answer(answer, 1) == (
        '<div class="answer refusal"><p class="said">No article is within these limits.</p>'
        '<p class="note">You limited the search to: <bdi>from 2030&#45;01&#45;01</bdi>. '
        "Widen the limits and ask again.</p></div>"
    )
    assert '<p class="note">No passage is within these limits.</p>' in draw_sources(answer, 1, shown=True)
    assert "The index holds no articles." in draw_answer(replace(answer, scope=EVERYTHING), 1)


def test_an_answer_says_its_limits_and_what_was_left_out() -> None:
    answer = answer_of(Claim(TOLLS, (cite(HARBOUR, 1, 1),)), scope=Scope(outlets=("The Ellery Courier",)))
    number = Cut("They rose by <b>90</b> per cent.", "paragraph 1 has no number 90", Outcome.UNSUPPORTED, Rule.NUMBER)
    linked = Cut("See https://evil.example", "it holds a link", Outcome.UNSUPPORTED, None)
    assert draw_answer(replace(answer, cut=(number,)), 1).endswith(
        '<p class="note">Only this was searched: <bdi>The Ellery Courier</bdi>.</p>'
        '<details class="cut"><summary>1 drafted sentence is left out, as the coverage does not bear this out</summary>'
        "<ul><li><s><bdi>They rose by &#60;b&#62;90&#60;&#47;b&#62; per cent&#46;</bdi></s>: "
        "<bdi>paragraph 1 has no number 90</bdi></li></ul></details></div>"
    )
    both = draw_answer(replace(answer, cut=(number, linked)), 1)
    assert "2 drafted sentences are left out" in both
    assert "it holds a link" in both
    assert "evil" not in both
    told = draw_answer(replace(answer, notice="The model <b> is down."), 1)
    assert "<bdi>The model &#60;b&#62; is down&#46;</bdi>" in told
    refused = replace(answer, claims=(), refused=True, notice="The model <b> is down.")
    assert "<bdi>The model &#60;b&#62; is down&#46;</bdi>" in draw_answer(refused, 1)


def test_the_first_view_to_the_character() -> None:
    assert draw_coverage(SUMMARY, shown=True) == (
        '<details class="coverage" name="sources" open>'
        '<summary><span class="label">What the index holds</span></summary>'
        f'<p>{HOLDS}</p><ul class="outlets" aria-label="Articles by outlet">'
        "<li><bdi>The Ellery Courier</bdi> <span>2</span></li><li><bdi>Strand Radio</bdi> <span>1</span></li></ul>"
        "<h3>Ask your own articles</h3><p>Build an index of them, in a terminal:</p>"
        "<pre><code>rag-index build PATH</code></pre><p>PATH is a file or a folder of texts, Markdown, JSON or JSONL. "
        "The page uses the new index from the next question on.</p></details>"
    )
    assert "What do you want to know?" in draw_welcome(3)
    assert "holds no articles yet" in draw_welcome(0)
    many = Summary(80, tuple((f"Outlet {number}", 5) for number in range(16)), None, None)
    assert "<li>4 more outlets <span>20</span></li></ul>" in draw_coverage(many, shown=False)


def test_a_notice_is_a_sentence() -> None:
    assert draw_notice("no outlet '<b>' in the index") == (
        '<div class="notice" role="alert">No outlet &#39;&#60;b&#62;&#39; in the index.</div>'
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_drawing_lets_hostile_text_make_an_element(text: str) -> None:
    def drawn(text: str) -> list[str]:
        article = Article(
            title=text,
            paragraphs=(text, text, text),
            outlet=text,
            url="https://news.example/" + re.sub("[\\s\x00-\x1f\u202d\u202e]", "", text),
            authors=(text,),
            agency=text,
            subheadings=(Subheading(text, 2),),
        )
        answer = replace(answer_of(Claim(text, (cite(article, 2, 1),)), scope=Scope(outlets=(text,))), question=text)
        refused = replace(answer, claims=(), refused=True, hits=(hit(article, 1),))
        summary = Summary(1, ((text, 1),), None, None)
        return [
            draw_question(text),
            draw_answer(answer, 1),
            draw_sources(answer, 1, shown=True),
            draw_answer(refused, 1),
            draw_sources(refused, 1, shown=True),
            draw_coverage(summary, shown=True),
            draw_notice(text),
        ]

    shape = [[(tag, sorted(attributes)) for tag, attributes in Seen(html).tags] for html in drawn("plain")]
    hostile = drawn(text)
    found = [[(tag, sorted(attributes)) for tag, attributes in Seen(html).tags] for html in hostile]
    assert found == shape
    assert not any("\n" in html or "\r" in html for html in hostile)


# ---- the conversation


def ask(newest: Newest, question: str, limits: tuple[str, str, tuple[str, ...]] = NOTHING, *turns: Turn) -> list[View]:
    return list(converse(newest, question, *limits, turns))


def test_limits_become_a_scope() -> None:
    assert read_scope("", " ", []) == EVERYTHING
    assert read_scope("2025-03-01", "2025-03-31", ["Strand Radio"]) == Scope(
        date(2025, 3, 1), date(2025, 3, 31), ("Strand Radio",)
    )
    assert read_scope("", "", [], ["fr", "de"]) == Scope(languages=("fr", "de"))
    with pytest.raises(ValueError, match=r"^the day 'to' is '31 March': write it as 2025-03-04$"):
        read_scope("", "31 March", [])


def test_an_answer_grows_and_the_box_is_cleared(answerer: Answerer) -> None:
    waiting, *growing = ask(Newest(answerer), "Who raised the tolls in Port Ellery?")
    assert waiting == View((Turn(draw_question("Who raised the tolls in Port Ellery?"), draw_waiting(), "", ""),))
    last = growing[-1]
    assert last.notice == ""
    assert [view.unanswered for view in growing] == ["", *[None] * (len(growing) - 1)]
    whole = answerer.answer("Who raised the tolls in Port Ellery?")
    assert last.turns[0].answer == draw_answer(whole, 1)
    assert last.turns[0].sources == draw_sources(whole, 1, shown=True)
    assert len(growing) == len(whole.claims) + 1


def test_what_was_read_in_a_question_is_said_and_can_be_undone(answerer: Answerer) -> None:
    question = "What did Strand Radio report about the Vellmar orchestra?"
    *_, last = converse(Newest(answerer), question, "", "", [], ())
    assert "Read in the question: “Strand Radio”." in html.unescape(last.turns[0].answer)
    *_, last = converse(Newest(answerer), question, "", "", [], (), literally=True)
    assert "Read in the question" not in html.unescape(last.turns[0].answer)
    assert "The Vellmar orchestra will move" in html.unescape(last.turns[0].sources)


def test_a_language_limits_on_the_page(tmp_path: Path) -> None:
    french = replace(
        ORCHESTRA, paragraphs=("L'orchestre de Vellmar quitte la vieille salle en automne.",), language="fr"
    )
    build_index(tmp_path / "index", [HARBOUR, french])
    newest = Newest(Answerer.open(tmp_path / "index", embedder=ToyEmbedder()))
    *_, last = converse(newest, "Quand l'orchestre de Vellmar quitte la salle ?", "", "", [], (), languages=["fr"])
    assert "Only this was searched: <bdi>in French</bdi>. 1 article without a named language" in last.turns[0].answer
    assert "L&#39;orchestre de Vellmar" in last.turns[0].sources
    *_, last = converse(newest, "Quand ?", "", "", [], (), languages=["it"])
    assert "No language &#39;it&#39; in the index" in last.notice


@pytest.mark.parametrize(("languages", "shown"), [(("en", "fr"), True), (("fr", "fr"), False), ((None, None), False)])
def test_languages_are_a_choice_where_there_are_several(
    tmp_path: Path, languages: tuple[str | None, ...], shown: bool
) -> None:
    articles = [replace(one, language=code) for one, code in zip((HARBOUR, PROTEST), languages, strict=True)]
    build_index(tmp_path / "index", articles)
    page = build(Answerer.open(tmp_path / "index", embedder=ToyEmbedder()))
    [begin] = [one.fn for one in page.fns.values() if one.fn and one.fn.__name__ == "begin"]
    choice = begin()[2]
    assert choice.visible is shown
    if shown:
        assert choice.choices == [("English", "en"), ("French", "fr")]


def test_the_second_answer_has_markers_of_its_own(answerer: Answerer) -> None:
    newest = Newest(answerer)
    first = ask(newest, "Who raised the tolls in Port Ellery?")[-1]
    second = ask(newest, "Who blocked the quay of Port Ellery?", NOTHING, *first.turns)[-1]
    assert second.turns[0] == first.turns[0]
    assert 'href="#a1-c1"' in second.turns[0].answer
    assert 'href="#a2-c1"' in second.turns[1].answer
    assert 'id="a2-c1"' in second.turns[1].sources
    assert "#a1-" not in second.turns[1].answer


def test_a_follow_up_is_understood_from_the_turns_before(answerer: Answerer) -> None:
    newest = Newest(answerer)
    views = [ask(newest, "What did Odile Brandt say about the sea wall?")[-1]]
    for question in ("And about the tolls?", "only in April 2025", "who?", "why?", "where?"):
        views.append(ask(newest, question, NOTHING, *views[-1].turns)[-1])
    last = views[-1].turns
    assert [html.unescape(one.answer).partition("Understood as: <bdi>")[2].partition("</bdi>")[0] for one in last] == [
        "",
        "What did Odile Brandt say about the tolls?",
        "What did Odile Brandt say about the tolls in April 2025?",
        "What did Odile Brandt say about the tolls in April 2025, and who?",
        "What did Odile Brandt say about the tolls in April 2025, and why?",
        "What did Odile Brandt say about the tolls in April 2025, and where?",
    ]
    assert last[1].question == draw_question("And about the tolls?")
    # What is kept is little: the last few answers, without their hits.
    assert [one.given is None for one in last] == [True, True, False, False, False, False]
    assert {one.given.hits for one in last if one.given} == {()}
    assert "Understood as" not in ask(newest, "why?")[-1].turns[0].answer  # anew, nothing came before


@pytest.mark.parametrize(
    ("question", "limits", "notice"),
    [
        ("  ", NOTHING, "The question is empty: type a question."),
        ("x" * 2001, NOTHING, "The question has 2,001 characters and may have 2,000: ask for one thing at a time."),
        (
            "Who?",
            ("2025-05-01", "2025-01-01", ()),
            "The range of days is the wrong way round: from 2025-05-01 to 2025-01-01.",
        ),
        ("Who?", ("May", "", ()), "The day 'from' is 'May': write it as 2025-03-04."),
        (
            "Who?",
            ("", "", ("Strand Rdio",)),
            "No outlet 'Strand Rdio' in the index: did you mean 'Strand Radio'.",
        ),
    ],
)
def test_an_error_is_a_sentence_and_the_question_is_kept(
    answerer: Answerer, question: str, limits: tuple[str, str, tuple[str, ...]], notice: str
) -> None:
    turn = Turn("earlier", "answer", "sources", "folded")
    last = ask(Newest(answerer), question, limits, turn)[-1]
    assert last.turns == (turn,)
    assert Seen(last.notice).text == notice
    assert last.unanswered == question


def failing(answerer: Answerer, error: Exception) -> Answerer:
    def generate(question: str, sentences: list[Sentence]) -> Iterator[Draft]:
        drafts = answerer.generator(question, sentences)
        yield next(drafts)
        raise error

    return Answerer(answerer.retriever, generate)  # type: ignore[arg-type]


def test_an_answer_that_fails_half_way_keeps_what_was_checked(answerer: Answerer) -> None:
    question = "Who raised the tolls in Port Ellery?"
    views = ask(Newest(failing(answerer, GenerationFailed("the model gave up: ask again"))), question)
    assert "claim" in views[1].turns[0].answer
    last = Seen(views[-1].turns[0].answer).text
    assert "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday." in last
    assert "The model gave up: ask again; the answer ends there." in last
    assert (views[-1].notice, views[-1].unanswered) == (views[1].notice, None)


def test_a_defect_shows_no_traceback(answerer: Answerer, caplog: pytest.LogCaptureFixture) -> None:
    views = ask(Newest(failing(answerer, ZeroDivisionError("secret path"))), "Who raised the tolls in Port Ellery?")
    assert Seen(views[-1].notice).text == (
        "Something went wrong while answering: the terminal that runs the page says what."
    )
    assert views[-1].unanswered == "Who raised the tolls in Port Ellery?"
    assert "ZeroDivisionError: secret path" in caplog.text


def test_a_rebuilt_index_answers_the_next_question(tmp_path: Path, embedder: ToyEmbedder) -> None:
    build_index(tmp_path / "index", [HARBOUR], embedder)
    newest = Newest(Answerer.open(tmp_path / "index", embedder=embedder))
    held = newest.answerer()
    assert newest.answerer() is held
    question = "Who blocked the quay of Port Ellery on Saturday?"
    assert "refusal" in ask(newest, question)[-1].turns[-1].answer
    build_index(tmp_path / "index", [HARBOUR, PROTEST], embedder)
    assert "About 200 fishermen blocked the quay" in ask(newest, question)[-1].turns[-1].answer
    assert newest.answerer() is not held


def test_an_index_that_cannot_be_opened_leaves_the_old_one(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refreshed(retriever: Retriever) -> Retriever:
        raise IndexCorrupt("it is damaged")

    monkeypatch.setattr(Retriever, "refreshed", refreshed)
    assert Newest(answerer).answerer() is answerer
    assert caplog.messages == [f"the page stays on snapshot {answerer.retriever.snapshot.id}: it is damaged"]


# ---- example questions


def test_examples_are_the_sample_s_where_all_its_articles_are_held(answerer: Answerer, tmp_path: Path) -> None:
    path = tmp_path / "questions.json"

    def write(*urls: str | None) -> None:
        gold = [{"url": url} for url in urls]
        items = [
            {"question": "Who raised the tolls?", "example": True, "gold": gold},
            {"question": "Not an example", "gold": [{"url": "https://elsewhere.example/1"}]},
        ]
        path.write_text(json.dumps(items), encoding="utf-8")

    coverage = answerer.retriever.snapshot.coverage
    headlines = ["Orchestra finds a new hall", "Fishermen block the quay", "Harbour tolls rise"]
    write(HARBOUR.url, PROTEST.url)
    assert example_questions(coverage, path) == ["Who raised the tolls?"]
    write(HARBOUR.url, "https://elsewhere.example/2")
    assert example_questions(coverage, path) == headlines
    assert example_questions(coverage, tmp_path / "none.json") == headlines


# ---- the server


@pytest.fixture(scope="module")
def url(answerer: Answerer) -> Iterator[str]:
    server = Server(build(answerer), "127.0.0.1", None)
    yield server.url
    server.stop()


def test_every_response_says_what_may_load(url: str) -> None:
    for path in ("/", "/page/markers.js", "/page/style.css", "/config", "/nothing-here"):
        try:
            response = urllib.request.urlopen(url + path)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            headers = response.headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'self'"
        assert policy["img-src"] == "'self' data:"
        assert policy["connect-src"] == policy["font-src"] == "'self'"
        assert (
            policy["object-src"]
            == policy["frame-src"]
            == policy["form-action"]
            == policy["frame-ancestors"]
            == "'none'"
        )
        assert re.fullmatch(r"'self'( 'sha256-[\w+/]+=')*", policy["script-src"])
        assert ("sha256" in policy["script-src"]) == (path == "/")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_no_endpoint_is_offered_to_programs(url: str) -> None:
    with urllib.request.urlopen(f"{url}/gradio_api/info") as response:
        assert json.load(response) == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_the_page_names_no_other_host_to_load_from(url: str) -> None:
    with urllib.request.urlopen(url) as response:
        page = response.read().decode()
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"', page)
    assert loaded
    assert [address for address in loaded if "//" in address] == []
    with urllib.request.urlopen(f"{url}/config") as response:
        config = json.load(response)
    assert config["stylesheets"] == []
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []


def test_another_host_name_is_refused(url: str) -> None:
    request = urllib.request.Request(url, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as response:
        assert (response.code, response.read()) == (400, b"Invalid host header")


def test_a_taken_port_is_told(answerer: Answerer, url: str) -> None:
    port = int(url.rsplit(":", 1)[1])
    with pytest.raises(RagError, match=f"^port {port} is taken: name another with --port$"):
        launch(answerer, port=port, block=False)
    with pytest.raises(RagError, match=r"^no-such-host\.invalid port 1 is no address: name this machine's with --host"):
        launch(answerer, host="no-such-host.invalid", port=1, block=False)
    with pytest.raises(RagError, match=r"^there is no port 70000: name one from 1024 to 65535 with --port$"):
        launch(answerer, port=70_000, block=False)


def test_ctrl_c_ends_it_quietly_while_a_page_is_open(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    program = (
        # Started from a background job, a process ignores Ctrl-C: it is listened to here as in a terminal.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from rag import Answerer; from rag.web import launch; from tests.toy import ToyEmbedder\n"
        f"launch(Answerer.open({str(tmp_path / 'index')!r}, embedder=ToyEmbedder()))"
    )
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as served:
        assert served.stdout
        line = served.stdout.readline()
        found = re.fullmatch(r"news-rag is at (http://127\.0\.0\.1:\d+) \(stop with Ctrl-C\)\n", line)
        assert found, line
        with urllib.request.urlopen(f"{found[1]}/gradio_api/heartbeat/open"):
            served.send_signal(signal.SIGINT)
            try:
                out, err = served.communicate(timeout=60)
            finally:
                served.kill()  # a server that does not end must fail this test, not hold up all others
    assert (served.returncode, out, err) == (0, "", "")


def test_without_a_port_the_first_free_one_is_taken(answerer: Answerer, url: str) -> None:
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) == 0
    server = Server(build(answerer), "127.0.0.1", None)
    server.stop()
    assert server.url != url
    assert 7860 <= int(server.url.rsplit(":", 1)[1]) <= 7959
