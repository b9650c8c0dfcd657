"""The page in a real browser: from a marker to its paragraph, with the keyboard, on a phone, and under attack."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from rag import Answerer, Article, Citation, Scope
from rag.answer.answers import Answer, Claim
from rag.articles import Subheading
from rag.record.export.formats import export
from rag.record.links import deep_link
from rag.store.scope import EVERYTHING
from rag.web import build
from rag.web.serving import Server
from tests.conftest import missing
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-prefers-reduced-motion"
).split()
COUNCIL = Article(
    title="Council hears the harbour master",
    paragraphs=(
        "The town council of Port Ellery met on Thursday evening.",
        'The sea wall loses its foundation each winter. "We can pay now or pay twice," Odile Brandt told the council. '
        "Repairs begin in September.",
        "The meeting ended shortly before midnight.",
    ),
    outlet="Ellery Evening Post",
    url="https://evening-post.example/council",
    published=date(2025, 4, 17),
)
TOLLS = "Who raised the tolls by nine per cent on Tuesday?"
TWICE = "Who told the council we can pay now or pay twice?"
UNANSWERED = "What does quantum tunnelling cost?"


class Page:
    """The page in a browser, as a person uses it."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, width: int = 1400, height: int = 900) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.log("performance")
        self.log("browser")
        self.driver.get(self.url)
        self.until(lambda: self.all("#sources .coverage") and self.all("#question textarea"))

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        (found,) = self.all(selector)
        return found

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def until(self, condition: Callable[[], Any]) -> None:
        WebDriverWait(self.driver, 20, poll_frequency=0.05).until(lambda _: condition())

    def ask(self, question: str) -> None:
        """Type a question, send it with Enter, and wait until the box is free for the next one."""
        turns = len(self.all("#conversation .asked"))
        box = self.one("#question textarea")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(question, Keys.ENTER)
        self.until(
            lambda: len(self.all("#conversation .answer:not(.waiting)")) > turns and self.question_in_box() == ""
        )
        self.until(lambda: not self.all("#conversation .generating"))

    def question_in_box(self) -> str | None:
        return self.one("#question textarea").get_property("value")  # type: ignore[return-value]

    def set_day(self, name: str, day: str) -> None:
        self.driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
            self.one(f"#{name} input"),
            day,
        )

    def visible(self, element: WebElement) -> bool:
        """Whether it lies on the screen, and nothing over it."""
        script = """
            const box = arguments[0].getBoundingClientRect();
            const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 10);
            const top = document.elementFromPoint(x, y);
            return box.left >= 0 && box.right <= innerWidth && top !== null && arguments[0].contains(top);
        """
        return bool(self.driver.execute_script(script, element))

    def rewrite_followup(self, turn: int, marker: int) -> WebElement:
        """Click a marker and return the source that it leads to."""
        self.one(f'#conversation a.marker[href$="#a{turn}-c{marker}"]').click()
        self.until(lambda: self.all(f"#a{turn}-c{marker}.shown"))
        return self.one(f"#a{turn}-c{marker}")

    def log(self, kind: str) -> list[dict[str, str]]:
        """Return what the browser noted since the last call."""
        return self.driver.get_log(kind)  # type: ignore[no-untyped-call, no-any-return]

    def hosts_asked(self) -> set[str]:
        """Return what the page wanted to load, but for this server's: also what the policy stopped."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        urls = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        stopped = {e["message"] for e in self.log("browser") if "Content Security Policy" in e["message"]}
        return {url for url in urls if not url.startswith((self.url, "data:"))} | stopped


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    if not CHROMIUM or not DRIVER:
        missing("chromium and chromedriver are not installed: the page is not tried in a browser")
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder: Path = tmp_path_factory.mktemp("browser") / "index"
    embedder = ToyEmbedder()
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA, COUNCIL], embedder)
    return Answerer.open(folder, embedder=embedder)


@pytest.fixture(scope="module")
def url(answerer: Answerer) -> Iterator[str]:
    server = Server(build(answerer), "127.0.0.1", None)
    yield server.url
    server.stop()


@pytest.fixture
def page(driver: webdriver.Chrome, url: str) -> Page:
    page = Page(driver, url)
    page.open()
    return page


def test_the_first_view_says_what_there_is_and_an_example_asks(page: Page) -> None:
    assert page.texts("#sources .outlets li") == ["The Ellery Courier\n2", "Ellery Evening Post\n1", "Strand Radio\n1"]
    assert "It holds 4 articles of 3 outlets, from 4 March 2025 to 2 May 2025." in page.one("#sources").text
    assert "rag-index build PATH" in page.one("#sources").text
    examples = page.all("#conversation button.example")
    assert [example.text for example in examples][:2] == [
        "Orchestra finds a new hall",
        "Council hears the harbour master",
    ]
    examples[0].click()
    page.until(lambda: page.all("#conversation .answer:not(.waiting)"))
    assert page.texts("#conversation .asked") == ["Orchestra finds a new hall"]
    assert page.all("footer") == []
    assert page.driver.title == "news-rag"


def test_a_marker_leads_to_its_sentence_and_back(page: Page) -> None:
    page.ask(TWICE)
    assert (
        page.texts("#conversation .claim .said")[0]
        == '"We can pay now or pay twice," Odile Brandt told the council. [1]'
    )
    assert page.texts("#conversation .claim .origin")[0] == "Ellery Evening Post, 17 April 2025"
    source = page.rewrite_followup(1, 1)
    page.until(lambda: page.visible(source))
    cited = source.find_element(By.CSS_SELECTOR, ".cited")
    assert cited.text == COUNCIL.paragraphs[1]
    assert (
        cited.find_element(By.TAG_NAME, "mark").text == '"We can pay now or pay twice," Odile Brandt told the council.'
    )
    neighbour = source.find_elements(By.CSS_SELECTOR, ".beside")
    assert [paragraph.text for paragraph in neighbour] == [COUNCIL.paragraphs[0], COUNCIL.paragraphs[2]]
    assert source.find_element(By.CSS_SELECTOR, "h3 a").get_attribute("href") == (
        f"{COUNCIL.url}#:~:text=We%20can%20pay%20now,Brandt%20told%20the%20council"
    )
    assert page.driver.switch_to.active_element == source
    assert page.driver.current_url.rstrip("/") == page.url  # the marker scrolled, it did not leave
    source.find_element(By.CSS_SELECTOR, "a.back").click()
    assert page.driver.switch_to.active_element.text == "[1]"
    assert page.hosts_asked() == set()


def test_an_answer_is_saved_with_its_sources(page: Page, answerer: Answerer, tmp_path: Path) -> None:
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.ask(TWICE)
    for link in page.all("#sources .take a"):
        link.click()
    page.until(lambda: {path.name for path in tmp_path.iterdir()} == {"answer.md", "answer.html"})
    saved = (tmp_path / "answer.md").read_text(encoding="utf-8")
    assert saved == export(answerer.answer(TWICE), "markdown")
    assert page.one("#sources .take").is_displayed()
    assert page.hosts_asked() == set()


def _script(script: str, argument: int, driver: webdriver.Chrome) -> bool:
    return bool(driver.execute_script(script, argument))


def test_a_link_to_a_sentence_shows_it_in_its_article(driver: webdriver.Chrome, tmp_path: Path) -> None:
    said = "The council, it said — “well-known & cautious” — will meet: 100 % sure."
    long = (
        "On the last day of the month, the harbour master will say how much the repairs have cost, she told the press."
    )
    far = "A line of the article that fills the screen. " * 400
    article = Article(
        title="The council",
        paragraphs=(
            f"Once, {said}",
            far,
            f"Twice, {said} {long}",
            far,
            long.replace("month", "year"),
            far,
            "今日は雨です。",
        ),
    )
    blocks = "".join(f"<p id=p{number}>{html.escape(text)}</p>" for number, text in enumerate(article.paragraphs, 1))
    (tmp_path / "article.html").write_text(
        f"<!DOCTYPE html><meta charset=utf-8><h1>{article.title}</h1>{blocks}", "utf-8"
    )
    page = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    Thread(target=page.serve_forever, daemon=True).start()
    article = replace(article, url=f"http://127.0.0.1:{page.server_port}/article.html")
    shown = """
        const box = document.getElementById("p" + arguments[0]).getBoundingClientRect();
        return scrollY > 0 && box.top < innerHeight && box.bottom > 0;
    """
    for number, quote in ((3, said), (3, long), (5, article.paragraphs[4]), (7, article.paragraphs[6])):
        text = article.paragraph(number)
        start = text.index(quote)
        link = deep_link(Citation(1, article, number, start, start + len(quote), quote))
        assert link
        driver.get("about:blank")
        driver.get(link)
        WebDriverWait(driver, 20, poll_frequency=0.05).until(partial(_script, shown, number))
    page.shutdown()
    page.server_close()


def test_markers_of_an_earlier_answer_lead_to_its_own_sources(page: Page) -> None:
    page.ask(TWICE)
    page.ask(TOLLS)
    assert page.texts("#sources details[open] .of") == [TOLLS]
    newer = page.rewrite_followup(2, 1)
    assert newer.find_element(By.TAG_NAME, "mark").text == HARBOUR.paragraphs[0]
    older = page.rewrite_followup(1, 1)
    page.until(lambda: page.visible(older))
    assert page.texts("#sources details[open] .of") == [TWICE]
    assert older.find_element(By.TAG_NAME, "mark").text.startswith('"We can pay now')
    assert len(page.all("#sources .shown")) == 1


def test_the_keyboard_is_enough(page: Page) -> None:
    assert page.driver.switch_to.active_element == page.one("#question textarea")
    page.ask(TOLLS)
    marker = page.one('#conversation a.marker[href$="#a1-c1"]')
    assert marker.accessible_name == "Source 1: The Ellery Courier, 4 March 2025, paragraph 1"
    page.driver.execute_script("arguments[0].focus()", marker)
    marker.send_keys(Keys.ENTER)
    page.until(lambda: page.all("#a1-c1.shown"))
    assert page.one("#a1-c1").accessible_name == "Source 1"
    assert page.one("#question textarea").accessible_name == "Question"
    # Gradio labels a message with its HTML; a screen reader is to read its text.
    assert page.all("#conversation [data-testid=bot][aria-label]") == []


def test_a_refusal_shows_near_passages_as_such(page: Page) -> None:
    page.ask(UNANSWERED)
    assert page.texts("#conversation .refusal .said") == ["The coverage does not answer this."]
    assert page.all("#conversation a.marker") == page.all("#sources .source") == page.all("#sources mark") == []
    assert len(page.all("#sources .near")) == 3
    assert "They do not answer the question." in page.one("#sources details[open]").text


def test_limits_hold_and_an_error_keeps_the_question(page: Page) -> None:
    page.one("#limits .label-wrap").click()
    assert page.one("#limits .label-wrap").get_attribute("aria-expanded") == "true"
    assert page.one("#from input").get_attribute("type") == "date"
    page.set_day("from", "2025-05-01")
    page.set_day("to", "2025-01-01")
    page.one("#question textarea").send_keys(TOLLS, Keys.ENTER)
    page.until(lambda: page.all("#notice [role=alert]"))
    assert page.texts("#notice [role=alert]") == [
        "The range of days is the wrong way round: from 2025-05-01 to 2025-01-01."
    ]
    assert page.question_in_box() == TOLLS
    assert page.all("#conversation .asked") == []

    page.set_day("from", "2025-04-01")
    page.set_day("to", "")
    page.one("#outlets input").send_keys("Strand", Keys.ENTER)
    page.ask(TOLLS)
    assert page.all("#notice [role=alert]") == []
    assert page.texts("#conversation .refusal .note")[0].startswith(
        "It holds 1 article of 1 outlet, of 12 April 2025. Only this was searched: Strand Radio, from 2025-04-01."
    )
    assert page.texts("#sources .near .outlet") == ["Strand Radio"]


def test_starting_anew_brings_the_first_view_back(page: Page) -> None:
    page.ask(TOLLS)
    page.one("#anew").click()
    page.until(lambda: page.all("#conversation .welcome"))
    assert page.all("#sources .turn") == []
    page.ask(TWICE)
    assert page.texts("#sources details[open] .of") == [TWICE]


def test_a_phone_has_the_sources_below_and_nothing_to_the_side(page: Page) -> None:
    page.open(390, 844)
    page.ask(TWICE)
    assert page.driver.execute_script("return document.documentElement.scrollWidth") == 390
    assert page.one("#sources").rect["y"] > page.one("#conversation .claim:last-child").rect["y"]
    assert page.visible(page.one("#question textarea"))
    source = page.rewrite_followup(1, 1)
    page.until(lambda: page.visible(source.find_element(By.TAG_NAME, "mark")))


class Hostile(Answerer):
    """Answers with articles that try to load and to run things."""

    def stream(
        self,
        question: str,
        *,
        scope: Scope = EVERYTHING,
        as_of: date | None = None,
        literally: bool = False,
        after: Sequence[Answer] = (),
    ) -> Iterator[Answer]:
        texts = (
            "<script>window.ran = 1</script><img src=https://evil.example/a.png onerror='window.ran = 1'>",
            "![see](https://evil.example/b.png) [go](javascript:window.ran=1) $$\\href{https://evil.example}{x}$$ "
            "<iframe src=https://evil.example/c></iframe><style>*{background:url(https://evil.example/d)}</style>",
            "``` https://evil.example/e www.evil.example <details open ontoggle='window.ran = 1'>\n\n# heading [1]",
        )
        article = Article(
            title=texts[0],
            paragraphs=texts,
            outlet=texts[1],
            url="javascript:window.ran=1",
            authors=(texts[2],),
            subheadings=(Subheading(texts[0], 2),),
        )
        citations = [Citation(n, article, n, 0, len(text), text) for n, text in enumerate(texts, start=1)]
        (nothing,) = super().stream(UNANSWERED)
        claims = tuple(Claim(citation.quote, (citation,)) for citation in citations)
        yield replace(nothing, question=question, claims=claims, refused=False)


def test_an_article_can_load_and_run_nothing(driver: webdriver.Chrome, answerer: Answerer) -> None:
    server = Server(build(Hostile(answerer.retriever, answerer.generator)), "127.0.0.1", None)
    try:
        page = Page(driver, server.url)
        page.open()
        page.ask("<img src=https://evil.example/q onerror='window.ran = 1'> ![q](https://evil.example/q)")
        source = page.rewrite_followup(1, 2)
        assert source.find_element(By.TAG_NAME, "mark").text.startswith("![see](https://evil.example/b.png) [go](java")
        assert "<script>window.ran = 1</script>" in page.one("#conversation").text
        assert page.texts("#conversation .asked")[0].startswith("<img src=https://evil.example/q")
        foreign = "img; iframe; script; style; h1; h5; code; .katex; a:not(.marker, .back, .nearest, [download])"
        assert page.all(", ".join(f"#conversation .message-wrap {tag.strip()}" for tag in foreign.split(";"))) == []
        assert page.all(", ".join(f"#sources .turn {tag.strip()}" for tag in foreign.split(";"))) == []
        assert len(page.all("#conversation a.marker")) == 3
        assert driver.execute_script("return window.ran") is None
        assert page.hosts_asked() == set()
    finally:
        server.stop()


def test_the_policy_stops_what_escaping_would_miss(page: Page) -> None:
    page.driver.execute_script("""
        const smuggled = document.createElement("div");
        smuggled.id = "smuggled";
        smuggled.innerHTML = "<img src=https://evil.example/a.png onerror='window.ran = 1'>"
            + "<img src=data:, onerror='window.ran = 1'><iframe src=https://evil.example/b></iframe>"
            + "<style>#smuggled { background: url(https://evil.example/c.png) }</style>";
        document.body.append(smuggled);
        const script = document.createElement("script");
        script.textContent = "window.ran = 1";
        document.body.append(script);
    """)
    stopped: set[str] = set()

    def all_stopped() -> bool:
        stopped.update(page.hosts_asked())
        return all(
            any(name in message for message in stopped) for name in ("a.png", "frame-src", "c.png", "script-src")
        )

    page.until(all_stopped)
    assert page.driver.execute_script("return window.ran") is None
