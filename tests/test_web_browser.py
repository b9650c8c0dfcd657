"""The page in a real browser: every state and every action, by mouse, by keyboard, on a phone, and under attack."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from index.building import build
from index.changes import suggester
from index.progress import Progress
from rag import Answer, Answerer, Article, Cut
from rag.articles import Subheading
from rag.check.verdicts import Outcome, Rule
from rag.errors import IndexNotFound
from rag.models.embedding import Embedder
from rag.query.spelling import Correction
from rag.record.export.formats import export
from rag.record.keeping import KeptAnswers
from rag.record.links import deep_link
from rag.sample import ARTICLES
from rag.store.folder import IndexFolder
from rag.web.desk import Desk
from rag.web.serving import Server
from rag.web.settings import Serving
from rag.web.turns import Busy
from tests.chromium import CHROMIUM, DRIVER, Page, axe_core, chromium
from tests.cited import answer_of, cite, hit, said
from tests.conftest import missing
from tests.servers import serving
from tests.states import NORTHQUAY, STATES, Stage, changed
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index

SAID = '"We can pay now or pay twice," Odile Brandt told the council.'
COUNCIL = Article(
    "Council hears the harbour master",
    (
        "The town council of Port Ellery met on Thursday evening.",
        f"The sea wall loses its foundation each winter. {SAID} Repairs begin in September.",
        "The meeting ended shortly before midnight.",
        "Nobody else spoke.",
        "Odile Brandt told the council on Thursday that the tolls pay for the sea wall.",
    ),
    *("Ellery Evening Post", "https://evening-post.example/council"),
    published=date(2025, 4, 17),
)
TOLLS = "Who raised the tolls by nine per cent on Tuesday?"
TWICE = "Who told the council we can pay now or pay twice?"
WALL = "What did Odile Brandt say about the tolls and the sea wall?"
CHESS = "Who won the chess final?"
FORMS = {"md": "markdown", "html": "html", "csl.json": "csl", "bib": "bibtex"}
NUMBER = Cut("They rose by 90 per cent.", "paragraph 1 has no number 90", Outcome.UNSUPPORTED, Rule.NUMBER)
LINK = Cut("See https://evil.example", "it holds a link", Outcome.UNSUPPORTED, None)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    if not CHROMIUM or not DRIVER:
        missing("chromium and chromedriver are not installed: the page is not tried in a browser")
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("browser") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA, COUNCIL])
    return Answerer.open(folder, embedder=ToyEmbedder())


@pytest.fixture(scope="module")
def sample(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("sample") / "index"
    build([ARTICLES], IndexFolder(folder), embedder, today=TODAY, suggest=suggester(embedder, Progress()))
    return Answerer.open(folder, embedder=embedder)


@pytest.fixture(scope="module")
def desk(toy: Answerer, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(Stage(toy), KeptAnswers(tmp_path_factory.mktemp("kept")))


@pytest.fixture(scope="module")
def url(desk: Desk) -> Iterator[str]:
    server = Server(desk, Serving(rate=0))
    yield server.url
    server.stop()


@pytest.fixture
def stage(desk: Desk, toy: Answerer) -> Iterator[Stage]:
    stage = desk.latest
    assert isinstance(stage, Stage)
    yield stage
    stage.usual = toy
    stage.reset()


@pytest.fixture
def page(driver: webdriver.Chrome, url: str, stage: Stage) -> Page:
    page = Page(driver, url)
    page.resize()
    page.open()
    return page


def kept_on(page: Page, desk: Desk) -> Answer:
    """The answer that the page shows, as it is kept."""
    kept = desk.kept.read(str(page.one(".turn").get_attribute("data-id")))
    assert kept
    return kept.answer


def always(answerer: Answerer, answer: Answer) -> Answerer:
    """An answerer that gives one answer to everything."""
    return changed(answerer, lambda stream: iter([answer]))


# ---- what is read ----


def test_the_first_view_says_what_can_be_asked(page: Page) -> None:
    assert (page.driver.title, page.focused.accessible_name) == ("news-rag", "Question")
    assert page.texts("#start h2") == ["What do you want to know?"]
    holds = "The index holds 4 articles of 3 outlets, from 4 March 2025 to 2 May 2025."
    assert page.texts(".coverage p")[0].startswith(holds)
    assert page.texts("#sources, #set, #limits, .turn, .notice") == []
    assert page.all(".coverage .plot table")


def test_questions_that_are_offered_are_answered(page: Page, stage: Stage, sample: Answerer) -> None:
    stage.usual = stage.now = sample
    page.open()
    questions = page.texts("#start .questions a")
    assert len(questions) == 3
    page.all("#start .questions a")[0].click()
    page.settle()
    assert page.texts(".asked") == questions[:1]
    assert page.texts(".said.first")
    assert page.texts("#start") == []
    further = page.texts(".turn .questions a")
    page.all(".turn .questions a")[0].click()
    page.settle()
    assert page.texts(".asked") == [further[0], questions[0]]
    assert page.texts("#t2 .said.first")


def test_an_answer_leads_with_what_answers_and_shows_each_article_once(
    page: Page, stage: Stage, sample: Answerer
) -> None:
    page.ask(TOLLS)
    [first] = page.texts(".said.first")
    assert first.startswith("The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday")
    assert page.texts(".said.first strong") == ["The harbour master of Port Ellery"]
    assert page.texts(".claims .where")[0] == "The Ellery Courier, 4 March 2025: Harbour tolls rise"
    assert page.texts(".scope")[0].startswith("From 1 article of 1 outlet, 4 March 2025. Searched 4 articles")
    stage.now = sample
    page.ask(NORTHQUAY)
    titles, markers = page.texts(".source h3"), page.texts("#t2 .marker")
    assert len(markers) > len(titles) == len({*titles}) > 1
    assert sorted(page.texts(".sources a.back")) == markers


def test_a_mark_shows_its_sentence_in_a_card(page: Page) -> None:
    page.ask(TWICE)
    for show in (partial(page.hover, "#t1-m1"), partial(page.tab, 2)):
        show()
        page.until(lambda: page.texts("#card"))
        place, title, text = page.one("#card").text.split("\n", 2)
        assert (place, title, text) == ("Ellery Evening Post · 17 April 2025", COUNCIL.title, COUNCIL.paragraphs[1])
        assert page.texts("#card mark") == [SAID]
        assert page.one("#t1-m1").get_attribute("aria-describedby") == "card"
        page.press(Keys.ESCAPE)
        assert page.texts("#card") == []
        page.hover(".brand")
    assert page.focused == page.one("#t1-m1")


def test_a_click_leads_to_the_sentence_and_escape_and_back_return_to_the_mark(page: Page) -> None:
    page.ask(TWICE)
    address = page.driver.current_url
    for width, leave in ((1400, "Escape"), (1400, "link"), (390, "button")):
        page.resize(width)
        marker = page.one("#t1-m1")
        marker.click()
        mark = page.one("#t1-c1")
        page.until(partial(page.on_screen, mark))
        assert (page.focused, mark.text) == (mark, SAID)
        assert "pinned" in str(marker.get_attribute("class"))
        if leave == "Escape":
            page.press(Keys.ESCAPE)
        else:
            page.click("#back" if leave == "button" else ".source .back[href$='m1']")
        assert page.focused == marker
        assert page.all(".pinned") == []
        page.until(partial(page.on_screen, marker))
    assert page.driver.current_url == address


def test_a_source_says_where_it_is_from_and_shows_the_paragraphs_around(page: Page) -> None:
    page.ask(TWICE)
    assert page.texts(".source .where")[0] == "Ellery Evening Post · 17 April 2025"
    assert page.texts(".source:first-of-type .text p")[0] == COUNCIL.paragraphs[0]
    link = page.all(".source .further a")[0]
    assert link.text == "At evening-post.example"
    address = str(link.get_attribute("href"))
    assert address == f"{COUNCIL.url}#:~:text=We%20can%20pay%20now,Brandt%20told%20the%20council"
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"


def test_the_whole_article_is_shown_beside_the_answer(page: Page) -> None:
    page.ask(TWICE)
    opener = page.all(".source .whole")[0]
    for width in (1400, 390):
        page.resize(width)
        opener.click()
        page.until(lambda: page.all("#whole"))
        assert page.texts("#whole .text p") == [*COUNCIL.paragraphs]
        assert SAID in page.texts("#whole mark")
        assert page.texts(".sources") == []
        assert page.focused.text == "Close article"
        page.press(Keys.ESCAPE)
        assert (page.all("#whole"), page.focused) == ([], opener)
    page.resize()
    opener.click()
    page.until(lambda: page.all("#whole"))
    page.click("[data-do=close]")
    assert page.focused == opener
    assert page.texts(".sources h2") == ["Sources"]
    opener.click()
    page.until(lambda: page.all("#whole"))
    page.driver.back()  # of the browser: it closes the article, and leaves the answer
    page.until(lambda: not page.all("#whole"))
    assert page.texts(".asked") == [TWICE]


def test_an_answer_grows_without_moving_what_is_read(page: Page, stage: Stage, sample: Answerer) -> None:
    stage.usual = sample
    gate = stage.hold()
    page.type(NORTHQUAY)
    page.press(Keys.ENTER)
    page.until(lambda: page.texts(".searching"))
    assert page.texts("#stop") == ["Stop"]

    def grown(claims: int) -> bool:
        return len(page.all(".said")) >= claims or bool(page.all(".scope"))

    places = []
    for number in count(1):
        gate.release()
        page.until(partial(grown, number))
        places.append([page.one(one).rect["y"] for one in (".asked", ".said.first", "#t1-c1")])
        if number == 1:
            page.one("#t1-m1").send_keys("")
            page.script("getSelection().selectAllChildren(arguments[0])", page.one(".said.first"))
            chosen = page.script("return String(getSelection())")
        if page.all(".scope"):
            break
    page.settle()
    places.append([page.one(one).rect["y"] for one in (".asked", ".said.first", "#t1-c1")])
    assert len(places) > 3
    assert places == places[:1] * len(places)
    assert page.focused == page.one("#t1-m1")
    assert page.script("return String(getSelection())") == chosen
    assert page.one("#announced").get_property("textContent") == "Answered."


def test_what_the_check_left_out_is_folded_away_under_its_reason(page: Page, stage: Stage) -> None:
    stage.now = always(stage.usual, replace(answer_of(said(HARBOUR, 1, 1)), cut=(NUMBER, LINK)))
    page.ask(TOLLS)
    assert page.texts(".cut li") == []
    page.click(".cut summary")
    assert page.texts(".cut li") == ["They rose by 90 per cent.: paragraph 1 has no number 90", "it holds a link"]


def test_a_refusal_is_no_answer(page: Page) -> None:
    page.ask(CHESS)
    assert page.texts(".refusal") == ["The coverage does not say."]
    assert page.texts(".reason")
    assert page.texts(".sources h2, .sources > .note") == ["Nearest passages", "They do not answer the question."]
    assert len(page.texts(".source")) == 3
    assert page.all(".marker, mark, .back") == []


# ---- asking ----


def test_limits_hold_stay_in_view_and_can_be_taken_away(page: Page) -> None:
    page.click("#show-limits")
    page.limit("from", "2025-04-01")
    page.limit("outlets", "Strand Radio")
    page.click("#show-limits")
    assert page.texts("#limits") == []
    assert page.texts("#set bdi") == ["from 1 April 2025", "Strand Radio"]
    page.ask(TOLLS)
    assert page.driver.current_url.endswith("&from=2025-04-01&outlets=Strand+Radio")
    assert {*page.texts(".outlet")} == {"Strand Radio"}
    assert len(page.texts("#set li")) == 2
    while page.texts("#set button"):
        page.all("#set button")[0].click()
    page.ask(TOLLS)
    assert page.texts("#t2 .outlet")[0] == "The Ellery Courier"
    page.limit("from", "2030-01-01")
    page.ask(TOLLS)
    assert page.texts("#t3 .refusal, #t3-sources .note") == [
        "No article is within these limits.",
        "No passage is within these limits.",
    ]


def test_limits_that_cannot_hold_are_refused_and_the_question_is_kept(page: Page) -> None:
    page.click("#show-limits")
    page.one("#limits [name=to]").send_keys("31")
    page.ask(TOLLS)
    assert (page.all(".turn"), page.box) == ([], TOLLS)
    assert page.focused == page.one("#limits [name=to]")
    page.limit("to", "2025-01-01")
    page.limit("from", "2025-05-01")
    page.ask(TOLLS)
    wrong = "The range of days is the wrong way round: from 2025-05-01 to 2025-01-01."
    assert page.texts("#notice [role=alert]")[0].startswith(wrong[:-1])
    assert (page.all(".turn"), page.box) == ([], TOLLS)
    page.click("#clear-limits")
    page.ask(TOLLS)
    assert page.texts(".said.first")
    assert page.texts("#notice, #set") == []


def test_what_was_understood_can_be_taken_away_and_days_changed(page: Page) -> None:
    page.ask("Who raised the tolls in Port Ellery in March 2025?")
    days = page.texts(".turn .chip")[0]
    assert days.startswith("“in March 2025”: 1 March 2025 to 31 March 2025")
    page.click(".turn .chip[data-do=change]")
    assert page.focused == page.one("#limits [name=from]")
    page.limit("from", "2025-04-01")
    page.limit("to", "2025-04-30")
    page.one("#question").send_keys(Keys.ENTER)
    page.settle()
    assert len(page.all(".turn")) == 1
    assert {*page.texts(".turn .outlet")} & {"The Ellery Courier"} == set()
    page.click("#clear-limits")
    page.ask("Who raised the tolls in Port Ellery in March 2025?")
    page.click("#t2 .chip[data-do=without]")
    page.settle()
    assert "ignored=in+March+2025" in page.driver.current_url
    assert "(not read)" in page.texts("#t2 .chip")[0]
    assert len(page.all(".turn")) == 2


def test_a_follow_up_shows_what_it_became_and_each_answer_keeps_its_own_sources(page: Page) -> None:
    page.ask("What did Odile Brandt tell the council?")
    page.ask("What did she say about lower tolls?")
    [rewritten] = page.texts("#t2 .rewritten")
    assert "Odile Brandt" in rewritten
    assert page.all("#t2-sources:not([hidden])")
    page.click("#t1-m1")
    assert page.focused == page.one("#t1-c1")
    assert page.texts("#t2-sources") == []


def test_the_address_of_a_follow_up_asks_the_same_elsewhere(page: Page) -> None:
    page.ask("What did Odile Brandt tell the council?")
    page.ask("What did she say about lower tolls?")
    [rewritten] = page.texts("#t2 .rewritten")
    page.open(page.driver.current_url.removeprefix(page.url))  # in a browser that knows nothing of it
    page.settle()
    assert page.texts(".rewritten") == [rewritten]


def test_a_question_waits_for_the_one_before(page: Page, stage: Stage) -> None:
    gate = stage.hold()
    for question in (WALL, TWICE):
        page.type(question)
        page.press(Keys.ENTER)
    assert page.texts(".asked") == [WALL]
    stage.now = stage.usual
    gate.release(100)
    page.until(lambda: len(page.all(".actions")) == 2)
    assert (page.texts(".asked"), page.box) == ([TWICE, WALL], "")


def test_articles_that_are_ticked_are_asked_alone(page: Page) -> None:
    page.open("/articles")
    button = page.one(".choose button")
    assert not button.is_enabled()
    page.click(f"[value='{PROTEST.id}']")
    page.goto("/articles?words=quay")  # the ticks of other pages stay
    assert page.texts(".choose span") == ["1 chosen, on all pages of the list."]
    page.click(".choose button")
    page.until(lambda: page.texts("#set bdi"))
    assert page.texts("#set bdi") == [f"“{PROTEST.title}”"]
    assert page.texts("#start .questions a") == []
    page.ask(WALL)
    assert {*page.texts(".outlet")} == {"Strand Radio"}


def test_an_answer_can_be_stopped(page: Page, stage: Stage) -> None:
    gate = stage.hold()
    page.type(WALL)
    page.press(Keys.ENTER)
    page.until(lambda: page.texts("#stop"))
    page.click("#stop")
    assert (page.all(".turn"), page.box, page.texts("#start h2, #notice")) == ([], WALL, ["What do you want to know?"])
    gate.release(100)
    gate = stage.hold()
    page.type(WALL)
    page.press(Keys.ENTER)
    gate.release()
    page.until(lambda: page.texts(".said"))
    page.click("#stop")
    assert page.texts(".turn > .note") == ["Stopped."]
    assert (page.texts("#stop"), page.box) == ([], WALL)


def test_a_question_can_be_changed_and_recalled(page: Page) -> None:
    page.press("/")
    page.ask(TOLLS)
    page.click("[data-do=edit]")
    assert (page.box, page.focused) == (TOLLS, page.one("#question"))
    page.press(Keys.CONTROL, "a", Keys.NULL, Keys.BACKSPACE, Keys.ARROW_UP)
    assert page.box == TOLLS
    page.press(Keys.CONTROL, "a", Keys.NULL, Keys.BACKSPACE)
    page.all(".marker")[0].send_keys("/")
    assert (page.focused, page.box) == (page.one("#question"), "")
    page.press("a", Keys.SHIFT, Keys.ENTER, Keys.NULL, "/b")
    assert page.box == "a\n/b"


def test_an_answer_can_be_copied_linked_and_printed(page: Page, driver: webdriver.Chrome, desk: Desk) -> None:
    driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"], "origin": page.url})
    page.ask(TWICE)
    answer = kept_on(page, desk)
    page.click("[data-do=copy]")
    page.until(lambda: page.texts("#toast"))
    pasted = "return navigator.clipboard.readText()"
    assert page.script(pasted) == answer.text
    page.click("[data-do=share]")
    page.until(lambda: page.texts("#toast") == ["The link is copied."])
    address = f"{page.url}/a/{page.one('.turn').get_attribute('data-id')}"
    assert page.script(pasted) == address
    page.emulate(media="print")
    assert page.texts("#asking, nav, .actions, .further button, #toast, .questions") == []
    assert page.texts(".said.first, .source mark") == [f"{SAID} 1", SAID]
    page.goto(address.removeprefix(page.url))
    assert page.texts(".said.first, .source mark") == [f"{SAID} 1", SAID]


def test_an_answer_is_saved_in_every_form(page: Page, desk: Desk, tmp_path: Path) -> None:
    page.downloads(tmp_path)
    page.ask(TWICE)
    page.click(".menu summary")
    for link in page.all(".menu a"):
        link.click()
    named = "who-told-the-council-we-can-pay-now-or-pay-twice"
    files = {f"{named}.{end}": form for end, form in FORMS.items()}
    page.until(lambda: {path.name for path in tmp_path.iterdir()} == files.keys())
    answer = kept_on(page, desk)
    for name, form in files.items():
        assert (tmp_path / name).read_text(encoding="utf-8") == export(answer, form)
    page.press(Keys.ESCAPE)
    assert (page.texts(".menu ul"), page.focused.text) == ([], "Save")
    assert page.requested_elsewhere() == set()


def test_what_a_reader_says_of_an_answer_is_kept(page: Page, desk: Desk) -> None:
    page.ask(TWICE)
    page.click("[data-do=feedback]")
    assert page.focused == page.all(".feedback input")[0]
    page.all(".feedback input")[1].click()
    page.one(".feedback textarea").send_keys("</template><img src=x onerror=alert(1)> not said")
    page.click(".feedback [type=submit]")
    page.until(lambda: page.texts("#toast"))
    assert (page.texts(".feedback"), page.focused.text) == ([], "Feedback")
    said = desk.kept.feedbacks(1)[0]
    assert said.answer
    assert (said.answer.question, said.verdict) == (TWICE, "wrong citation")
    assert said.comment == "</template><img src=x onerror=alert(1)> not said"


# ---- keeping ----


def test_an_address_asks_and_a_page_that_is_loaded_again_shows_the_conversation(page: Page, stage: Stage) -> None:
    page.open("/?q=Who+blocked+the+quay%3F&from=2025-04-01&outlets=Strand+Radio")
    page.settle()
    assert page.texts(".asked") == ["Who blocked the quay?"]
    assert {*page.texts(".outlet")} == {"Strand Radio"}
    page.ask("Who is Odile Brandt?")
    shown = page.texts(".turn")
    stage.hold()  # nothing is asked anew
    page.driver.refresh()
    page.until(lambda: len(page.all(".actions")) == 2)
    assert [text.split("\n")[0] for text in page.texts(".turn")] == [text.split("\n")[0] for text in shown]
    assert len(page.texts("#set li")) == 2
    page.driver.back()
    page.until(lambda: len(page.all(".actions")) == 2)


def test_a_kept_answer_has_an_address_of_its_own(page: Page, stage: Stage, tmp_path: Path) -> None:
    page.ask(TOLLS)
    address = f"/a/{page.one('.turn').get_attribute('data-id')}"
    page.open(address)
    assert page.texts(".remark")[0].endswith(" UTC. Its citation still holds. Ask it again today")
    page.click("#t1-m1")
    assert page.focused == page.one("#t1-c1")
    build_index(tmp_path / "index", [PROTEST])
    stage.now = Answerer.open(tmp_path / "index", embedder=ToyEmbedder())
    page.open(address)
    gone = "Its citation cannot be checked, as its article is not in this index. Ask it again today"
    assert page.texts(".remark")[0].endswith(gone)
    page.click(".remark a")
    page.settle()
    assert page.texts(".refusal") == ["The coverage does not say."]
    page.open("/a/0123456789abcdef")
    assert page.texts("main h2, main p")[:2] == [
        "Nothing here",
        "There is no such answer, or it is kept no longer: ask again.",
    ]


def test_conversations_are_listed_opened_renamed_and_deleted(page: Page, desk: Desk) -> None:
    page.ask(TOLLS)
    id_ = str(page.one(".turn").get_attribute("data-id"))
    page.click("#new")
    assert (page.texts(".turn"), page.texts("#toast")) == ([], ["A new conversation. Undo"])
    page.click("#toast button")
    page.until(lambda: page.texts(".said"))
    page.click("#new")
    page.ask(CHESS)
    page.click("#show-history")
    assert page.focused.text == "Conversations"
    assert page.texts("#history [data-list=show]") == [CHESS, TOLLS]
    page.all("#history [data-list=rename]")[1].click()
    page.press(Keys.CONTROL, "a", Keys.NULL, "<b>Tolls</b>", Keys.ENTER)
    assert page.texts("#history [data-list=show]") == [CHESS, "<b>Tolls</b>"]
    page.one("#find").send_keys("raised the TOLLS")  # a question of it; its name is another
    assert page.texts("#history [data-list=show]") == ["<b>Tolls</b>"]
    page.click("#history [data-list=show]")
    page.until(lambda: page.texts(".said"))
    assert page.texts(".asked") == [TOLLS]
    assert page.texts("#history") == []
    page.click("#show-history")
    page.one("#find").send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)
    page.all("#history [data-list=forget]")[1].click()
    assert page.texts("#history [data-list=show]") == [CHESS]
    page.click("#toast button")
    assert len(page.texts("#history [data-list=show]")) == 2
    assert desk.kept.read(id_)
    page.press(Keys.ESCAPE)
    assert (page.texts("#history"), page.focused.text) == ([], "Conversations")


# ---- what goes wrong ----


def test_what_goes_wrong_is_said_and_the_question_stays_in_the_box(page: Page, stage: Stage) -> None:
    gone = IndexNotFound("no index at data/index: build one with rag-index build PATH")
    for error in (Busy("8 questions of yours are waiting already: ask again when one is answered"), gone):
        stage.now = error
        page.ask(TOLLS)
        [said] = page.texts("#notice [role=alert]")
        assert said[1:] == f"{str(error)[1:]}."
        assert (page.all(".turn"), page.box) == ([], TOLLS)
    stage.reset()
    page.script("document.querySelector('#question').value = 'why '.repeat(600)")
    page.ask("")
    wrong = "The question has 2,399 characters and may have 2,000: ask for one thing at a time."
    assert page.texts("#notice [role=alert]") == [wrong]
    assert str(page.box).startswith("why why")
    page.ask(" ")
    assert page.all(".turn") == []


def test_an_index_that_is_missing_is_waited_for_and_a_new_one_is_told(page: Page, stage: Stage, tmp_path: Path) -> None:
    stage.now = IndexNotFound("no index at data/index: build one with rag-index build PATH")
    page.open()
    assert page.texts("#start h2, #start .lead") == [
        "There is no index to ask yet",
        "No index at data/index: build one with rag-index build PATH.",
    ]
    stage.reset()
    page.until(lambda: page.all("#question"))
    page.ask(TOLLS)
    build_index(tmp_path / "index", [PROTEST])
    stage.now = Answerer.open(tmp_path / "index", embedder=ToyEmbedder())
    page.ask("Who blocked the quay of Port Ellery on Saturday?")
    assert page.texts("#t2 .remark")[0].startswith("The index has changed since your last question")
    stage.fault = "it is damaged"
    page.ask("Who blocked the quay of Port Ellery on Saturday?")
    stage.fault = ""
    assert page.texts("#t3 .remark")[0].startswith("The newest index cannot be opened")


def test_a_server_that_has_enough_is_told(driver: webdriver.Chrome, toy: Answerer, tmp_path: Path) -> None:
    server = Server(Desk(Stage(toy), KeptAnswers(tmp_path)), Serving(rate=0.001))
    try:
        page = Page(driver, server.url)
        page.open()  # the only request that a client may send
        page.ask(TOLLS)
        wait = "More than 0.001 requests a second: wait a moment. Your question is still in the box."
        assert (page.texts("#notice"), page.box) == ([wait], TOLLS)
    finally:
        server.stop()


def test_a_server_that_is_lost_is_told(driver: webdriver.Chrome, toy: Answerer, tmp_path: Path) -> None:
    stage = Stage(toy)
    server = Server(Desk(stage, KeptAnswers(tmp_path)), Serving(rate=0))
    page = Page(driver, server.url)
    try:
        page.open()
        gate = stage.hold()
        page.type(WALL)
        page.press(Keys.ENTER)
        gate.release()
        page.until(lambda: page.texts(".said"))
    finally:
        server.stop()
        stage.reset()
    page.settle()
    [told] = page.texts("#t1 > .note")  # the connection is cut, or gradio says its last word before
    assert told in {f"The server {what}: this is not the whole answer." for what in ("was lost", "could not answer")}
    page.ask(TOLLS)
    assert page.texts("#notice") == ["The server cannot be reached. Your question is still in the box."]
    assert page.box == TOLLS
    assert page.texts(".said")
    # Nor is a question lost that waited for one that failed.
    send = """
        for (const question of arguments[0]) {
            document.querySelector("#question").value = question;
            document.querySelector("#asking").requestSubmit();
        }
    """
    page.script(send, [TWICE, WALL])
    page.settle()
    assert page.box == f"{TWICE}\n{WALL}"


# ---- with the keyboard only, on every screen, for everybody ----


def test_everything_can_be_done_with_the_keyboard(page: Page, tmp_path: Path) -> None:
    page.downloads(tmp_path)
    page.press(TWICE, Keys.ENTER)
    page.settle()
    assert page.focused == page.one("#question")
    assert page.one("#t1-m1") in [page.tab() for _ in range(3)]
    while page.focused != page.one("#t1-m1"):
        page.tab(back=True)
    page.press(Keys.ENTER)
    assert page.focused == page.one("#t1-c1")
    while page.focused.text != "Whole article":
        page.tab()
    page.press(Keys.ENTER)
    page.until(lambda: page.focused.text == "Close article")
    page.press(Keys.ENTER)
    page.until(lambda: page.focused.text == "Whole article")
    page.press(Keys.ESCAPE)
    assert page.focused == page.one("#t1-m1")
    while page.focused.text != "Copy":
        page.tab()
    page.press(Keys.ARROW_RIGHT)
    page.press(Keys.ARROW_RIGHT)
    assert page.focused.text == "Save"
    page.press(Keys.ENTER)
    assert page.tab().text == "Markdown"
    page.press(Keys.ENTER)
    page.until(lambda: [*tmp_path.glob("*.md")])
    page.press(Keys.ESCAPE)
    page.press("/")
    page.press(TOLLS)
    assert page.tab(back=True).text == "Limits"
    page.press(Keys.ENTER)
    while page.focused.get_attribute("value") != "Strand Radio":
        page.tab()
    page.press(Keys.SPACE)
    page.one("#question").send_keys(Keys.ENTER)
    page.settle()
    assert {*page.texts("#t2 .outlet")} == {"Strand Radio"}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_for_everybody(page: Page, stage: Stage, sample: Answerer, state: str) -> None:
    if not axe_core():
        missing("axe-core (axe-playwright-python) is not installed: make setup installs it")
    stage.usual = stage.now = sample
    faults = []
    for width, height, others in ((1400, 900, (1440, 2560)), (390, 844, (360,))):
        page.resize(width, height)
        STATES[state](page, stage)
        for scheme in ("light", "dark"):
            page.emulate(scheme)
            faults += [f"{width} {scheme}: {one}" for one in page.axe(colours=scheme == "dark")]
        faults += [f"{width}: {one}" for one in page.too_small()]
        for other in (width, *others):
            page.resize(other, height)
            faults += [f"{other}: {pixels} pixels to the side" for pixels in [page.sideways()] if pixels]
        faults += page.requested_elsewhere()
        stage.reset()
    assert faults == []


# ---- under attack ----

RUNS = "window.ran = 1"
HOSTILE = (
    f"<script>{RUNS}</script>",
    f"<img src=https://evil.example/a.png onerror='{RUNS}'>",
    f'<svg onload="{RUNS}"><a href="https://evil.example/b">x</a></svg>',
    f"javascript:{RUNS}",
    f"[go](javascript:{RUNS}) ![see](https://evil.example/c.png) **bold** `code`",
    f"\" onmouseover='{RUNS}' autofocus onfocus='{RUNS}' x=`y`",
    f"' style='background:url(https://evil.example/d)' onclick={RUNS} ",
    "<iframe src=https://evil.example/e srcdoc='<script>parent.ran = 1</script>'></iframe>",
    f"<details open ontoggle='{RUNS}'><style>*{{background:url(//evil.example/f)}}</style>",
    f"</template><img src=x onerror='{RUNS}'>",
    f"</script><script>{RUNS}</script>",
    f"</title></mark></p></article></main><!-- {RUNS}",
    "{{ 7 * 7 }} {% raw %} ${7 * 7} #{7 * 7} <%= 7 * 7 %>",
    "\u202eevil\u202c \u2067isolated \u2066more",
    "in\u200bvis\u200cible\ufeff\u00ad",
    "ميناء المدينة 123 (abc) עברית",
    "w" * 400,
    "&lt;b&gt; &#60;b&#62; &amp; \\u003cb\\u003e",
    "line\n\nnext\r\n\ttab\u2028separator",
    f"<a href='data:text/html,<script>{RUNS}</script>' ping=https://evil.example/g>x</a>",
)
FOREIGN = (
    "img, iframe, script:not([src]), style, svg:not(.plot svg), #turns details:not(.menu, .cut, .plot details), "
    "[onerror], [onload], [onclick], [onmouseover], [onfocus], [ontoggle], [srcdoc], [ping], a[href^=javascript], "
    "a[href^=http]:not([rel~=nofollow])"
)


def hostile_article(text: str, number: int) -> Article:
    one = " ".join(text.split())
    return Article(
        f"{one} {number}",
        (f"Before. {one}", f"{one} The tolls rose.", f"{one} After."),
        outlet=one,
        url=f"https://news.example/{number}",
        authors=(one,),
        published=date(2025, 3, 1 + number),
        agency=one,
        subheadings=(Subheading(one, 2),),
    )


def unharmed(page: Page) -> None:
    assert page.script("return window.ran") is None
    assert [str(one.get_attribute("outerHTML"))[:300] for one in page.all(FOREIGN)] == []
    assert page.requested_elsewhere() == set()
    assert page.sideways() == 0
    assert page.texts("main") != []


def test_hostile_articles_can_load_run_and_break_nothing(page: Page, stage: Stage) -> None:
    articles = [hostile_article(*one) for one in zip(HOSTILE, count(1), strict=False)]
    everything = " ".join(" ".join(text.split()) for text in HOSTILE)
    answer = replace(
        answer_of(*(said(article, 2, number) for article, number in zip(articles, count(1), strict=False))),
        cut=tuple(Cut(text, text, Outcome.UNSUPPORTED, Rule.NUMBER) for text in HOSTILE),
        rewritten=everything,
        unanswered=HOSTILE,
        notice=everything,
        corrections=tuple(Correction(text, text) for text in HOSTILE),
    )
    hits = tuple(hit(article, rank) for rank, article in enumerate(articles, 1))
    nearest = tuple(said(article, 2, number) for number, article in enumerate(articles, 1))
    refused = replace(answer, claims=(), refused=True, reason=everything, hits=hits, nearest=nearest)
    helped = replace(answer, claims=(), help="\n".join(HOSTILE))
    for width in (1400, 390):
        page.resize(width)
        for given in (answer, refused, helped):
            stage.now = always(stage.usual, given)
            page.open()
            page.ask(TOLLS)
            for summary in page.all(".cut summary"):
                summary.click()
            unharmed(page)
    page.resize()
    stage.now = always(stage.usual, answer)
    page.open()
    page.ask(TOLLS)
    assert len(page.all(".said .marker")) == len(HOSTILE)
    for number, text in enumerate(HOSTILE, 1):
        page.hover(f"#t1-m{number}")
        assert page.texts("#card")
        page.script("arguments[0].click()", page.one(f"#t1-m{number}"))
        mark = page.one(f"#t1-c{number}")
        assert page.focused == mark
        shown = " ".join(str(mark.get_property("textContent")).split())
        assert shown == " ".join(text.replace("\u202e", " ").replace("\u202d", " ").split()) + " The tolls rose."
        page.press(Keys.ESCAPE)
    unharmed(page)


def test_hostile_questions_limits_addresses_and_titles_do_nothing(page: Page) -> None:
    for four in zip(*[iter(HOSTILE)] * 4, strict=True):
        for path, names in (("/", "outlets languages from authors"), ("/articles", "words outlet from language")):
            limits = dict(zip(names.split(), four, strict=True))
            page.goto(f"{path}?{urlencode({'q': TOLLS} | limits if path == '/' else limits)}")
            page.settle()
            unharmed(page)
    for text in HOSTILE:
        page.goto("/?" + urlencode({"q": text}))
        page.settle()
        assert len(page.all(".turn")) == 1
        unharmed(page)
    page.goto("/")
    page.resize(360)
    page.click("#show-history")
    asked = [str(one.get_property("textContent")) for one in page.all("#history [data-list=show]")]
    assert asked == [*reversed(HOSTILE)]
    unharmed(page)
    for text in HOSTILE[:3]:
        page.all("#history [data-list=rename]")[0].click()
        page.press(Keys.CONTROL, "a", Keys.NULL, text, Keys.ENTER)
        assert page.texts("#history [data-list=show]")[0] == text
        unharmed(page)


def test_an_index_of_hostile_articles_is_browsed_and_asked(page: Page, stage: Stage, tmp_path: Path) -> None:
    rows = [
        {
            "title": article.title,
            "text": "\n\n".join(article.paragraphs),
            "source": article.outlet,
            "author": article.authors[0],
            "published_at": f"{article.published}",
            "url": article.url,
        }
        for article in (hostile_article(*one) for one in zip(HOSTILE, count(1), strict=False))
    ]
    (tmp_path / "articles.json").write_text(json.dumps(rows), encoding="utf-8")
    build([tmp_path / "articles.json"], IndexFolder(tmp_path / "index"), ToyEmbedder(), today=TODAY)
    stage.now = Answerer.open(tmp_path / "index", embedder=ToyEmbedder())
    page.open()
    page.click("#show-limits")
    assert len(page.all("#limits [name=outlets]")) > len(HOSTILE) // 2
    for outlet in page.all("#limits [name=outlets]"):
        outlet.click()
    unharmed(page)
    page.click("#clear-limits")
    page.ask("Who says the tolls rose?")
    for whole in page.all(".source .whole")[:3]:
        page.script("arguments[0].click()", whole)
        page.until(lambda: page.all("#whole"))
        unharmed(page)
        page.press(Keys.ESCAPE)
    page.goto("/articles")
    unharmed(page)
    page.resize(360)
    page.goto("/articles")
    unharmed(page)
    for address in [str(one.get_attribute("href")) for one in page.all(".articles h3 a")]:
        page.goto(address.removeprefix(page.url))
        assert len(page.texts(".whole-article h2")) == 1
        unharmed(page)


def test_the_policy_stops_what_escaping_would_miss(page: Page) -> None:
    page.script("""
        const smuggled = document.createElement("div"), script = document.createElement("script");
        smuggled.id = "smuggled";
        smuggled.innerHTML = "<img src=https://evil.example/a.png onerror='window.ran = 1'>"
            + "<img src=data:, onerror='window.ran = 1'><iframe src=https://evil.example/b></iframe>"
            + "<style>#smuggled { background: url(https://evil.example/c.png) }</style>";
        script.textContent = "window.ran = 1";
        document.body.append(smuggled, script);
    """)
    stopped: list[str] = []

    def all_stopped() -> bool:
        stopped.extend(page.requested_elsewhere())
        return all(name in " ".join(stopped) for name in ("a.png", "frame-src", "style-src", "script-src"))

    page.until(all_stopped)
    assert page.script("return window.ran") is None


def test_a_link_to_a_sentence_shows_it_in_its_article(driver: webdriver.Chrome) -> None:
    said = "The council, it said — “well-known & cautious” — will meet: 100 % sure."
    long = "On the last day of the month, the harbour master will say how much the repairs have cost, she told us."
    far, other = "A line of the article that fills the screen. " * 400, long.replace("month", "year")
    paragraphs = (f"Once, {said}", far, f"Twice, {said} {long}", far, other, far, "今日は雨です。")
    blocks = "".join(f"<p id=p{number}>{html.escape(text)}</p>" for number, text in enumerate(paragraphs, 1))
    text = f"<!DOCTYPE html><meta charset=utf-8><h1>The council</h1>{blocks}"
    with serving({"/article": text.encode()}) as (base, _):
        article = Article("The council", paragraphs, url=f"{base}/article")
        for number, quote in ((3, said), (3, long), (5, other), (7, paragraphs[6])):
            driver.get("about:blank")
            driver.get(str(deep_link(cite(article, number, 1, quote))))
            script = f"const box = p{number}.getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0"
            Page(driver, "").until(partial(driver.execute_script, f"if (!scrollY) return false; {script}"))
