"""What the page is made of, what it shows when, and what its server sends."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rag.web.conversation import LatestAnswerer, RenderedTurn, View, converse
from rag.web.layout import build_page, example_questions

from rag import Answerer, Article, Claim, Cut, Retriever, Scope
from rag.answer.drafts import Draft
from rag.answer.sentence_ranking import Sentence
from rag.answer.wording import not_answered, rests_on, what_was_searched
from rag.articles import Subheading
from rag.check.verdicts import Outcome, Rule
from rag.errors import GenerationFailed, IndexCorrupt, RagError
from rag.query.spelling import Correction
from rag.record.links import deep_link
from rag.store.protocol import Summary
from rag.store.scope import EVERYTHING
from rag.web import rendering
from rag.web.escaping import escaped, link
from rag.web.rendering import render_answer, render_question, render_sources
from rag.web.serving import Server, launch
from tests.cited import HOSTILE, SUMMARY, answer_of, cite, hit, said
from tests.conftest import missing
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, build_index

TOLLS = HARBOUR.paragraphs[0]
SHOWN = f"{TOLLS[:-1]} [4 March 2025]."  # as it is answered with
QUESTION = "Who raised the tolls in Port Ellery?"


class Html:
    """Well-formed HTML: its elements, in order, and its text."""

    def __init__(self, html: str) -> None:
        html = html.replace("<details open ", '<details open="" ')
        root = ElementTree.fromstring(f"<html>{html}</html>")
        self.elements = list(root.iter())[1:]
        self.text = "".join(root.itertext())

    def all(self, *names: str) -> list[ElementTree.Element]:
        """The elements with one of these tags, or ``.class``es."""
        classes = [[f".{name}" for name in one.get("class", "").split()] for one in self.elements]
        return [one for one, own in zip(self.elements, classes, strict=True) if {one.tag, *own} & set(names)]

    def texts(self, *names: str) -> list[str]:
        return ["".join(one.itertext()) for one in self.all(*names)]

    def values(self, attribute: str, *names: str) -> list[str]:
        return [one.attrib[attribute] for one in self.all(*names)]


@pytest.fixture(scope="module")
def answerer(toy_index: Path) -> Answerer:
    return Answerer.open(toy_index, embedder=ToyEmbedder())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_nothing_else(text: str) -> None:
    html = escaped(text)
    # No punctuation is left that HTML or Markdown would interpret, and no control character.
    assert re.fullmatch(r"(?:&#\d+;|[^!-/:-@\[-`{-~\x00-\x1f])*", html)
    assert Html(html).elements == []
    assert Html(html).text == " ".join(re.sub("[\x00-\x1f\u202d\u202e]", " ", text).split())


def test_a_link_leads_to_a_web_address_and_cannot_leave_its_attribute() -> None:
    assert link("javascript:alert(1)", "A <title>") == escaped("A <title>")
    [one] = Html(link('https://news.example/?a="><script>', "A <title>")).elements
    address = {"href": "https://news.example/?a=%22%3E%3Cscript%3E", "rel": "noopener noreferrer nofollow"}
    assert (one.tag, one.attrib, one.text) == ("a", {**address, "target": "_blank"}, "A <title>")


def test_an_answer_has_its_markers_and_origins_and_what_must_be_known_beside_it() -> None:
    reworded = Claim("Tolls pay for a wall, and stay.", (cite(HARBOUR, 2, 2), cite(PROTEST, 2, 3)))
    number = Cut("They rose by <b>90</b> per cent.", "paragraph 1 has no number 90", Outcome.UNSUPPORTED, Rule.NUMBER)
    linked = Cut("See https://evil.example", "it holds a link", Outcome.UNSUPPORTED, None)
    answer = replace(answer_of(said(HARBOUR, 1, 1), reworded), cut=(number, linked))
    rewritten, unanswered, notice = "Who raised the <b>tolls</b>?", ("who paid <b>?",), "It <b> is."
    answer = replace(answer, scope=Scope(outlets=("The Ellery Courier",)), rewritten=rewritten)
    answer = replace(answer, unanswered=unanswered, notice=notice)
    html = Html(render_answer(answer, 2))
    assert html.texts(".basis") == [rests_on(answer.citations)]
    assert html.texts(".said") == [f"{TOLLS} [1]", "Tolls pay for a wall, and stay. [2][3]"]
    assert html.texts(".quoted") == [f"{TOLLS} [1]"]  # the other is in the generator's words
    courier, radio = "The Ellery Courier, 4 March 2025", "Strand Radio, 12 April 2025"
    assert html.texts(".origin") == [courier, f"{courier}; {radio}"]
    assert html.values("href", "a") == ["#a2-c1", "#a2-c2", "#a2-c3"]  # nothing of a draft that was cut
    where = [f"{courier}, paragraph 1", f"{courier}, paragraph 2", f"{radio}, paragraph 2"]
    assert html.values("aria-label", ".marker") == [f"Source {n}: {one}" for n, one in enumerate(where, 1)]
    above = f"Rewritten as: {rewritten} Only this was searched: The Ellery Courier."
    assert html.texts(".note") == [above, notice]
    assert html.texts(".unanswered") == [not_answered(unanswered)]
    assert [one.attrib for one in html.all("details")] == [{"class": "cut"}]  # folded
    assert html.texts("summary")[0].startswith("2 drafted sentences are left out")
    assert html.texts("li") == ["They rose by <b>90</b> per cent.: paragraph 1 has no number 90", "it holds a link"]
    assert (html.texts("s"), "evil" in html.text) == (["They rose by <b>90</b> per cent."], False)
    assert Html(render_sources(answer, 2)).texts(".of") == [rewritten]
    refused = Html(render_answer(replace(answer, claims=(), refused=True), 2)).texts(".note")
    assert refused == [above, what_was_searched(SUMMARY), notice]


def test_what_answers_and_what_is_ours_is_set_off_in_a_quotation() -> None:
    dated = Claim(SHOWN, (cite(HARBOUR, 1, 1),), insertions=((78, 93),), answer_span=(34, 67))
    html = Html(render_answer(answer_of(dated, said(HARBOUR, 3, 2)), 1))
    assert html.texts("strong", ".ours") == ["raised the tolls by nine per cent", " [4 March 2025]"]
    assert html.texts(".quoted") == [f"{SHOWN} [1]", f"{HARBOUR.paragraphs[2]} [2]"]
    assert html.texts(".first") == [f"{SHOWN} [1]"]
    invented = replace(dated, text=SHOWN.replace("[", "(").replace("]", ")"))
    assert Html(render_answer(answer_of(invented), 1)).texts(".quoted") == []  # only brackets are ours


def test_help_and_names_with_slips_are_said_without_a_source() -> None:
    helped = replace(answer_of(), refused=False, help="Ask.\n- What <b> happened?")
    assert Html(render_answer(helped, 1)).texts("p") == ["Ask.", "- What <b> happened?"]
    assert Html(render_sources(helped, 1)).all(".source", "mark", ".near") == []
    slip = replace(answer_of(said(HARBOUR, 3, 1)), corrections=(Correction("Elery", "Ellery"),))
    above = "Searched for “Ellery” instead of “Elery”; quotation marks keep a word as it is."
    assert Html(render_answer(slip, 1)).texts(".above") == [above]


def test_a_source_shows_the_quote_in_its_article() -> None:
    article = replace(HARBOUR, updated=date(2025, 3, 5), agency="Agency One", subheadings=(Subheading("Angry", 3),))
    article = replace(article, labels=("corrected",))
    citation = cite(article, 2, 1, "said harbour master")
    html = Html(render_sources(answer_of(Claim("She said so.", (citation,))), 7))
    assert html.values("id", "details", ".source") == ["a7", "a7-c1"]
    assert html.texts("summary") == ["Sources Who raised the tolls?"]
    assert html.texts(".outlet", "time") == ["The Ellery Courier", "4 March 2025"]
    assert html.texts(".remark") == ["updated 5 March 2025", "corrected by the publisher"]
    assert html.texts("h3") == ["Harbour tolls rise"]
    assert html.texts(".byline") == ["By Mara Quill · Agency One · ellery-courier.example"]
    assert html.texts(".neighbour", ".cited", "h4") == [*article.paragraphs[:2], "Angry", article.paragraphs[2]]
    assert html.texts("mark", ".save") == ["said harbour master"]  # it is not complete yet
    assert html.values("href", "a") == [deep_link(citation), "#a7-c1"]
    bare = Article(title="Note", paragraphs=("Only this.",))
    html = Html(render_sources(answer_of(said(bare, 1, 1)), 1))
    assert html.texts(".origin", "h3", ".byline", "mark") == ["Unknown outlet · undated", "Note", "Only this."]
    assert html.texts("a") == ["Back to the answer"]


def test_a_refusal_shows_what_is_near_and_never_as_a_source() -> None:
    hits = (hit(HARBOUR, 1), hit(HARBOUR, 2, 2), hit(PROTEST, 3))
    answer = replace(answer_of(), hits=hits, scope=Scope(outlets=("Strand Radio",)), reason="None names <b>Ruhl</b>.")
    above, why = "Only this was searched: Strand Radio.", f"None names <b>Ruhl</b>. {what_was_searched(SUMMARY)}"
    html = Html(render_answer(answer, 3))
    assert html.texts(".said", ".note") == [above, "The coverage does not say.", why]
    html = Html(render_answer(replace(answer, nearest=(said(PROTEST, 2, 1),)), 3))
    assert html.texts(".note") == [above, why, "Nearest, and no answer:"]
    assert html.texts("li") == [f"Strand Radio, 12 April 2025, “Fishermen block the quay” {PROTEST.paragraphs[1]}"]
    assert (html.values("href", "a"), html.all(".claim", ".marker", "strong")) == (["#a3"], [])
    html = Html(render_sources(answer, 3))
    assert html.texts(".label") == ["Nearest passages, no answer"]
    assert html.texts(".near", ".note")[0] == "These passages come nearest. They do not answer the question."
    assert html.texts(".neighbour") == [HARBOUR.paragraphs[0], PROTEST.paragraphs[0]]  # one an article
    assert html.all("mark", ".source", ".number", ".marker", ".cited") == []


def test_what_is_shown_where_there_is_nothing_to_search_or_much_to_list() -> None:
    scope = Scope(published_from=date(2030, 1, 1))
    answer = replace(answer_of(), scope=scope, searched=Summary(0, (), None, None))
    assert Html(render_answer(answer, 1)).texts(".said", ".note") == [
        "Only this was searched: from 2030-01-01.",
        "No article is within these limits.",
        "Widen the limits and ask again.",
    ]
    assert Html(render_sources(answer, 1)).texts(".note") == ["No passage is within these limits."]
    assert Html(render_answer(replace(answer, scope=EVERYTHING), 1)).text == "The index holds no articles."
    assert Html(rendering.render_welcome(0)).texts("h2") == ["The index holds no articles yet"]
    many = Summary(80, tuple((f"Outlet {number}", 5) for number in range(16)), None, None)
    html = Html(rendering.unfolded(rendering.render_coverage(many)))
    assert html.all("details")[0].attrib.keys() == {"class", "name", "open"}
    assert (len(html.all("li")), html.texts("li")[-1]) == (13, "4 more outlets 20")


def shapes(text: str) -> list[list[tuple[str, list[str]]]]:
    """The elements of all that is rendered where every word of an article is ``text``."""
    url = "https://news.example/" + re.sub("[\\s\x00-\x1f\u202d\u202e]", "", text)
    article = Article(text, (text, text, text), text, url, (text,), text, subheadings=(Subheading(text, 2),))
    cut = (Cut(text, text, Outcome.UNSUPPORTED, Rule.NUMBER),)
    ours = len(text), 2 * len(text) + 3
    claim = Claim(f"{text} [{text}]", (cite(article, 2, 1),), insertions=(ours,), answer_span=(0, len(text)))
    answer = replace(answer_of(claim, question=text), scope=Scope(outlets=(text,)), cut=cut)
    answer = replace(answer, rewritten=text, unanswered=(text,), notice=text, corrections=(Correction(text, text),))
    refused = replace(answer, claims=(), refused=True, hits=(hit(article),), reason=text, nearest=(claim,))
    helped = replace(answer, claims=(), help=" ".join(text.split()))
    coverage = rendering.render_coverage(Summary(1, ((text, 1),), None, None))
    all_of_it = [render(one, 1) for one in (answer, refused, helped) for render in (render_answer, render_sources)]
    all_of_it += [render_question(text), coverage, rendering.render_notice(text)]
    assert not any("\n" in html or "\r" in html for html in all_of_it)
    return [[(one.tag, sorted(one.attrib)) for one in Html(html).elements] for html in all_of_it]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_and_no_line_anywhere(text: str) -> None:
    assert shapes(text) == shapes("plain")


def ask(answerer: Answerer | LatestAnswerer, question: str, *limits: object, **more: object) -> View:
    """The last view after a question."""
    latest = LatestAnswerer(answerer) if isinstance(answerer, Answerer) else answerer
    *_, last = converse(latest, question, *limits, **more)  # type: ignore[arg-type]
    return last


def test_an_answer_grows_and_the_box_is_cleared_once(answerer: Answerer) -> None:
    waiting, *growing = converse(LatestAnswerer(answerer), QUESTION)
    assert waiting == View((RenderedTurn(render_question(QUESTION), rendering.WAITING),))
    complete = answerer.answer(QUESTION)
    assert [view.box for view in growing] == ["", *[None] * len(complete.claims)]
    [turn] = growing[-1].turns
    assert (turn.answer, Html(turn.sources).texts("mark")) == (render_answer(complete, 1), [TOLLS])
    assert growing[-1].notice == ""


def test_what_was_read_in_a_question_is_said_and_can_be_undone(answerer: Answerer) -> None:
    question = "What did Strand Radio report about the Vellmar orchestra?"
    read, literal = (ask(answerer, question, parse_query=parse).turns[0] for parse in (True, False))
    assert ["“Strand Radio”" in Html(turn.answer).text for turn in (read, literal)] == [True, False]
    assert "The Vellmar orchestra will move" in Html(literal.sources).text


def test_languages_are_a_choice_where_there_are_several(answerer: Answerer, tmp_path: Path) -> None:
    build_index(tmp_path / "index", [replace(HARBOUR, language="en"), replace(PROTEST, language="fr")])
    several = Answerer.open(tmp_path / "index", embedder=ToyEmbedder())
    for one, choices in ((several, [("English", "en"), ("French", "fr")]), (answerer, [])):
        [start] = [event.fn for event in build_page(one).fns.values() if event.fn and event.fn.__name__ == "start"]
        choice = start()[2]
        assert (choice.visible, choice.choices) == (bool(choices), choices)
    question = "Who blocked the quay on Saturday?"
    [turn] = ask(several, question, " 2025-04-01", "2025-04-30", languages=["fr"]).turns
    assert turn.record
    assert turn.record.scope == Scope(date(2025, 4, 1), date(2025, 4, 30), languages=("fr",))
    assert Html(turn.sources).texts("mark")[0] == PROTEST.paragraphs[0]


def test_a_follow_up_is_rewritten_from_the_last_turns_and_little_is_kept(answerer: Answerer) -> None:
    def rewrite(question: str, earlier: object, *_: object, **__: object) -> str:
        return f"{question} after {len(earlier)}"  # type: ignore[arg-type]

    latest = LatestAnswerer(Answerer(answerer.retriever, answerer.generator, rewrite_followup=rewrite))
    turns: tuple[RenderedTurn, ...] = ()
    for question in ("who?", "why?", "where?", "when?", "how?", QUESTION):
        turns = ask(latest, question, turns=turns).turns
    above = [Html(turn.answer).texts(".above") for turn in turns]
    assert above[:2] == [[], ["Rewritten as: why? after 1"]]
    assert above[5][0].startswith(f"Rewritten as: {QUESTION} after 4")
    assert Html(turns[5].sources).values("id", "details") == ["a6"]
    assert [turn.record and turn.record.hits for turn in turns] == [None, None, (), (), (), ()]


ERRORS = [
    ("  ", "", "", [], "The question is empty: type a question."),
    ("Who?", "2025-05-01", "2025-01-01", [], "The range of days is the wrong way round: "),
    ("Who?", "May", "", [], "The day 'from' is 'May': write it as 2025-03-04."),
    ("Who?", "", "", ["Strand Rdio"], "No outlet 'Strand Rdio' in the index: did you mean 'Strand Radio'"),
]


@pytest.mark.parametrize(("question", "first", "last_day", "outlets", "notice"), ERRORS)
def test_an_error_is_a_sentence_and_the_question_is_kept(
    answerer: Answerer, question: str, first: str, last_day: str, outlets: list[str], notice: str
) -> None:
    turn = RenderedTurn("earlier", "answer", "sources")
    last = ask(answerer, question, first, last_day, outlets, turns=(turn,))
    assert (last.turns, last.box) == ((turn,), question)
    [told] = Html(last.notice).texts(".notice")
    assert (told.startswith(notice), told[-1]) == (True, ".")


def test_an_answer_that_fails_half_way_keeps_what_was_checked_and_a_defect_withdraws_it(
    answerer: Answerer, caplog: pytest.LogCaptureFixture
) -> None:
    def ask_until(error: Exception) -> View:
        def generate(question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
            yield next(answerer.generator(question, sentences))
            raise error

        return ask(Answerer(answerer.retriever, generate), QUESTION)

    last = ask_until(GenerationFailed("the model gave up: ask again"))
    html = Html(last.turns[0].answer)
    assert html.texts(".said") == [f"{SHOWN} [1]"]
    assert "The model gave up: ask again" in html.texts(".note")[0]
    assert (last.notice, last.box) == ("", None)
    last = ask_until(ZeroDivisionError("secret path"))
    assert Html(last.notice).text == "Something went wrong while answering: the terminal that runs the page says what."
    assert (last.turns, last.box) == ((), QUESTION)
    assert "ZeroDivisionError: secret path" in caplog.text


def test_a_rebuilt_index_answers_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    latest = LatestAnswerer(Answerer.open(tmp_path / "index", embedder=ToyEmbedder()))
    first = latest.refreshed()
    assert latest.refreshed() is first
    question = "Who blocked the quay of Port Ellery on Saturday?"
    assert "does not say" in ask(latest, question).turns[-1].answer
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    assert Html(ask(latest, question).turns[-1].answer).texts(".quoted")[0].startswith(PROTEST.paragraphs[0][:-1])

    def refreshed(retriever: Retriever) -> Retriever:
        raise IndexCorrupt("it is damaged")

    held = latest.current
    monkeypatch.setattr(Retriever, "refreshed", refreshed)
    assert latest.refreshed() is held is not first
    assert caplog.messages[-1:] == [f"the page stays on snapshot {held.retriever.store.id}: it is damaged"]


def test_examples_are_the_sample_s_where_all_its_articles_are_held(answerer: Answerer, tmp_path: Path) -> None:
    headlines = ["Orchestra finds a new hall", "Fishermen block the quay", "Harbour tolls rise"]
    lacking = {"url": "https://elsewhere.example/1"}
    for second, expected in (({"url": PROTEST.url}, [QUESTION]), (lacking, headlines)):
        example = {"question": QUESTION, "example": True, "gold": [{"url": HARBOUR.url}, second]}
        items = [example, {"question": "Not an example", "gold": [lacking]}]
        (tmp_path / "questions.json").write_text(json.dumps(items), encoding="utf-8")
        assert example_questions(answerer.retriever.store, tmp_path / "questions.json") == expected


@pytest.fixture(scope="module")
def url(answerer: Answerer) -> Iterator[str]:
    server = Server(build_page(answerer))
    yield server.url
    server.stop()


POLICY = {
    **dict.fromkeys(("default-src", "connect-src", "font-src", "base-uri"), "'self'"),
    **dict.fromkeys(("object-src", "frame-src", "media-src", "worker-src", "form-action", "frame-ancestors"), "'none'"),
    **{"img-src": "'self' data:", "style-src": "'self' 'unsafe-inline'"},
}


@pytest.mark.parametrize("path", ["/", "/page/page.js", "/page/style.css", "/config", "/nothing-here"])
def test_every_response_says_what_may_load(url: str, path: str) -> None:
    try:
        response = urllib.request.urlopen(url + path)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        headers, body = response.headers, response.read().decode()
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    scripts = policy.pop("script-src")
    assert policy == POLICY
    assert re.fullmatch(r"'self'( 'sha256-[\w+/]+=')*", scripts)
    assert ("sha256" in scripts) == (path == "/")
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"', body)
    assert [address for address in loaded if "//" in address] == []


def test_a_stranger_is_offered_nothing(url: str) -> None:
    with urllib.request.urlopen(f"{url}/gradio_api/info") as response:
        assert json.load(response) == {"named_endpoints": {}, "unnamed_endpoints": {}}
    with urllib.request.urlopen(f"{url}/config") as response:
        config = json.load(response)
    assert (config["stylesheets"], config["analytics_enabled"], config["footer_links"]) == ([], False, [])
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        urllib.request.urlopen(urllib.request.Request(url, headers={"Host": "evil.example"}))
    with refused.value as response:
        assert response.read() == b"Invalid host header"


def test_an_idle_server_sleeps(url: str) -> None:
    [thread] = [one for one in threading.enumerate() if one.name == "news-rag page" and url]
    status = Path(f"/proc/self/task/{thread.native_id}/status")
    if not status.exists():
        missing("this system does not count how often a thread wakes")

    def wakes() -> int:
        return int(re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.MULTILINE)[0])

    before = wakes()
    time.sleep(2)
    assert wakes() - before < 200  # gradio's own pace is more than 1,000 a second


def test_a_port_that_cannot_be_had_is_told(answerer: Answerer, url: str) -> None:
    taken = int(url.rsplit(":", 1)[1])
    for host, port, message in (
        ("127.0.0.1", taken, f"port {taken} is taken: name another with --port"),
        ("127.0.0.1", 70_000, "there is no port 70000: name one from 1024 to 65535 with --port"),
        ("no-such-host.invalid", 1, "no-such-host.invalid is no address of this machine: name one with --host"),
        ("192.0.2.1", 7860, "192.0.2.1 is no address of this machine: name one with --host"),
    ):
        with pytest.raises(RagError, match=f"^{re.escape(message)}$"):
            launch(answerer, host=host, port=port)
    other = Server(build_page(answerer))
    other.stop()
    assert int(other.url.rsplit(":", 1)[1]) in {*range(7860, 7960)} - {taken}  # one that is free


def test_ctrl_c_ends_it_quietly_while_a_page_is_open(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    program = (
        # Started from a background job, a process ignores Ctrl-C: it is listened to here as in a terminal.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from rag import Answerer, Retriever; from rag.answer.extractive import ExtractiveGenerator\n"
        "from rag.web.serving import launch; from tests.toy import ToyEmbedder\n"
        f"opened = Retriever.open({str(tmp_path / 'index')!r}, embedder=ToyEmbedder())\n"
        "launch(Answerer(opened, ExtractiveGenerator()))"
    )
    command = [sys.executable, "-c", program]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as served:
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
