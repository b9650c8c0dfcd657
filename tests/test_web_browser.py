"""The page in a real browser: from a marker to its paragraph, with the keyboard, on a phone, and under attack."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from rag.web.layout import build_page
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from rag import Answer, Answerer, Article
from rag.answer.wording import what_was_searched
from rag.articles import Subheading
from rag.record.export.formats import export
from rag.record.links import deep_link
from rag.web.serving import Server
from tests.cited import answer_of, cite, said
from tests.conftest import missing
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-prefers-reduced-motion"
).split()
SAID = '"We can pay now or pay twice," Odile Brandt told the council.'
COUNCIL = Article(
    "Council hears the harbour master",
    (
        "The town council of Port Ellery met on Thursday evening.",
        f"The sea wall loses its foundation each winter. {SAID} Repairs begin in September.",
        "The meeting ended shortly before midnight.",
    ),
    *("Ellery Evening Post", "https://evening-post.example/council"),
    published=date(2025, 4, 17),
)
TOLLS = "Who raised the tolls by nine per cent on Tuesday?"
TWICE = "Who told the council we can pay now or pay twice?"


class Page:
    """The page in a browser, as a person uses it."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, width: int = 1400, height: int = 900) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.requested_elsewhere()
        self.driver.get(self.url)
        self.until(lambda: self.all("#sources .coverage") and self.all("#question textarea"))

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        (found,) = self.all(selector)
        return found

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def until(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.driver, 20, poll_frequency=0.05).until(lambda _: condition())

    def ask(self, question: str) -> None:
        """Type a question, send it with Enter, and wait until the answer is complete."""
        turns = len(self.all("#conversation .asked"))
        box = self.one("#question textarea")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(question, Keys.ENTER)
        self.until(lambda: len(self.all("#conversation .answer:not(.waiting)")) > turns and self.in_box() == "")
        self.until(lambda: not self.all("#conversation .generating"))

    def in_box(self) -> object:
        return self.one("#question textarea").get_property("value")

    def set_days(self, first: str, last: str) -> None:
        script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
        for name, day in (("from", first), ("to", last)):
            self.driver.execute_script(script, self.one(f"#{name} input"), day)

    def on_screen(self, element: WebElement) -> bool:
        """Whether it lies on the screen, and nothing over it."""
        script = """
            const box = arguments[0].getClientRects()[0];
            const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
            return box.left >= 0 && box.right <= innerWidth && top !== null && arguments[0].contains(top);
        """
        return bool(self.driver.execute_script(script, element))

    def follow_marker(self, turn: int, marker: int) -> WebElement:
        """Click a marker of an answer and return the source that it leads to."""
        source = f"#a{turn}-c{marker}"
        self.one(f'#conversation a[href$="{source}"]').click()
        self.until(lambda: self.all(f"{source}.shown") and self.on_screen(self.one(f"{source} mark")))
        return self.one(source)

    def requested_elsewhere(self) -> set[str]:
        """What the page wanted from other servers since the last call, and what the policy stopped."""
        logs = {kind: self.driver.get_log(kind) for kind in ("performance", "browser")}  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in logs["performance"]]
        urls = [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]
        stopped = {one["message"] for one in logs["browser"] if "Content Security Policy" in one["message"]}
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
    folder = tmp_path_factory.mktemp("browser") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA, COUNCIL])
    return Answerer.open(folder, embedder=ToyEmbedder())


@pytest.fixture(scope="module")
def url(answerer: Answerer) -> Iterator[str]:
    server = Server(build_page(answerer))
    yield server.url
    server.stop()


@pytest.fixture
def page(driver: webdriver.Chrome, url: str) -> Page:
    page = Page(driver, url)
    page.open()
    return page


def test_the_first_view_says_what_there_is_and_an_example_asks(page: Page, answerer: Answerer) -> None:
    assert page.texts("#sources .outlets li") == ["The Ellery Courier\n2", "Ellery Evening Post\n1", "Strand Radio\n1"]
    assert what_was_searched(answerer.retriever.store.summary()) in page.one("#sources").text
    examples = page.all("#conversation button.example")
    assert [example.text for example in examples][:2] == [ORCHESTRA.title, COUNCIL.title]
    examples[0].click()
    page.until(lambda: page.all("#conversation .answer:not(.waiting)") and page.in_box() == "")
    assert page.texts("#conversation .asked") == [ORCHESTRA.title]
    assert (page.all("footer"), page.driver.title) == ([], "news-rag")


def test_a_marker_leads_to_its_sentence_and_back_with_the_keyboard_too(page: Page) -> None:
    box = page.driver.switch_to.active_element
    assert (box, box.accessible_name) == (page.one("#question textarea"), "Question")
    page.ask(TWICE)
    assert page.texts("#conversation .said")[0] == f"{SAID} [1]"
    assert page.texts("#conversation .origin")[0] == "Ellery Evening Post, 17 April 2025"
    source = page.follow_marker(1, 1)
    assert [one.text for one in source.find_elements(By.CSS_SELECTOR, ".text p")] == list(COUNCIL.paragraphs)
    assert source.find_element(By.TAG_NAME, "mark").text == SAID
    link = source.find_element(By.CSS_SELECTOR, "h3 a").get_attribute("href")
    assert link == f"{COUNCIL.url}#:~:text=We%20can%20pay%20now,Brandt%20told%20the%20council"
    assert page.driver.switch_to.active_element == source
    assert page.driver.current_url.rstrip("/") == page.url  # the marker scrolled, it did not leave
    source.find_element(By.CSS_SELECTOR, "a.back").click()
    marker = page.driver.switch_to.active_element
    assert (marker.text, marker.accessible_name) == ("[1]", "Source 1: Ellery Evening Post, 17 April 2025, paragraph 2")
    marker.send_keys(Keys.ENTER)
    page.until(lambda: page.driver.switch_to.active_element.accessible_name == "Source 1")
    # Gradio labels a message with its HTML; a screen reader is to read its text.
    assert page.all("#conversation [data-testid=bot][aria-label]") == []
    assert page.requested_elsewhere() == set()


def test_an_answer_is_saved_with_its_sources(page: Page, answerer: Answerer, tmp_path: Path) -> None:
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.ask(TWICE)
    for link in page.all("#sources .save a"):
        link.click()
    files = {"answer.md": "markdown", "answer.html": "html"}
    page.until(lambda: {path.name for path in tmp_path.iterdir()} == files.keys())
    for name, form in files.items():
        assert (tmp_path / name).read_text(encoding="utf-8") == export(answerer.answer(TWICE), form)
    assert page.requested_elsewhere() == set()


def test_a_link_to_a_sentence_shows_it_in_its_article(driver: webdriver.Chrome, tmp_path: Path) -> None:
    said = "The council, it said — “well-known & cautious” — will meet: 100 % sure."
    long = "On the last day of the month, the harbour master will say how much the repairs have cost, she told us."
    far, other = "A line of the article that fills the screen. " * 400, long.replace("month", "year")
    paragraphs = (f"Once, {said}", far, f"Twice, {said} {long}", far, other, far, "今日は雨です。")
    blocks = "".join(f"<p id=p{number}>{html.escape(text)}</p>" for number, text in enumerate(paragraphs, 1))
    text = f"<!DOCTYPE html><meta charset=utf-8><h1>The council</h1>{blocks}"
    (tmp_path / "article.html").write_text(text, encoding="utf-8")
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    Thread(target=site.serve_forever, daemon=True).start()
    article = Article("The council", paragraphs, url=f"http://127.0.0.1:{site.server_port}/article.html")
    for number, quote in ((3, said), (3, long), (5, other), (7, paragraphs[6])):
        driver.get("about:blank")
        driver.get(str(deep_link(cite(article, number, 1, quote))))
        script = f"const box = p{number}.getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0"
        Page(driver, "").until(partial(driver.execute_script, f"if (!scrollY) return false; {script}"))
    site.shutdown()
    site.server_close()


def test_each_answer_keeps_its_own_sources_until_a_new_conversation(page: Page) -> None:
    page.ask(TWICE)
    page.ask(TOLLS)
    assert page.texts("#sources details[open] .of") == [TOLLS]
    newer = page.follow_marker(2, 1)
    assert newer.find_element(By.TAG_NAME, "mark").text == HARBOUR.paragraphs[0]
    older = page.follow_marker(1, 1)
    assert page.texts("#sources details[open] .of") == [TWICE]
    assert older.find_element(By.TAG_NAME, "mark").text == SAID
    assert len(page.all("#sources .shown")) == 1
    page.one("#new").click()
    page.until(lambda: page.all("#conversation .welcome"))
    assert page.all("#sources .turn") == []


def test_limits_hold_and_an_error_keeps_the_question(page: Page) -> None:
    page.one("#limits .label-wrap").click()
    assert page.one("#limits .label-wrap").get_attribute("aria-expanded") == "true"
    assert page.one("#from input").get_attribute("type") == "date"
    assert page.one("#parse-query input").is_selected()
    page.set_days("2025-05-01", "2025-01-01")
    page.one("#question textarea").send_keys(TOLLS, Keys.ENTER)
    page.until(lambda: page.all("#notice [role=alert]"))
    notice = "The range of days is the wrong way round: from 2025-05-01 to 2025-01-01."
    assert page.texts("#notice [role=alert]") == [notice]
    assert (page.in_box(), page.all("#conversation .asked")) == (TOLLS, [])
    page.set_days("2025-04-01", "")
    page.one("#outlets input").send_keys("Strand", Keys.ENTER)
    page.ask(TOLLS)
    assert page.all("#notice [role=alert]") == []
    assert "Only this was searched: Strand Radio, from 2025-04-01." in page.one("#conversation .refusal .above").text
    assert page.texts("#sources .near .outlet") == ["Strand Radio"]
    assert page.all("#conversation .marker, #sources .source, #sources mark") == []


def test_a_phone_has_the_sources_below_and_nothing_to_the_side(page: Page) -> None:
    page.open(390, 844)
    page.ask(TWICE)
    assert page.driver.execute_script("return document.documentElement.scrollWidth") == 390
    assert page.one("#sources").rect["y"] > page.all("#conversation .claim")[-1].rect["y"]
    assert page.on_screen(page.one("#question textarea"))
    page.follow_marker(1, 1)


class Hostile(Answerer):
    """Answers with articles that try to load and to run things."""

    def stream(self, question: str, **_: object) -> Iterator[Answer]:
        texts = (
            "<script>window.ran = 1</script><img src=https://evil.example/a.png onerror='window.ran = 1'>",
            "![see](https://evil.example/b.png) [go](javascript:window.ran=1) $$\\href{https://evil.example}{x}$$ "
            "<iframe src=https://evil.example/c></iframe><style>*{background:url(https://evil.example/d)}</style>",
            "``` https://evil.example/e www.evil.example <details open ontoggle='window.ran = 1'>\n\n# heading [1]",
        )
        heading = Subheading(texts[0], 2)
        article = Article(texts[0], texts, texts[1], "javascript:window.ran=1", (texts[2],), subheadings=(heading,))
        yield answer_of(*(said(article, number, number) for number in (1, 2, 3)), question=question)


def test_an_article_can_load_and_run_nothing(driver: webdriver.Chrome, answerer: Answerer) -> None:
    server = Server(build_page(Hostile(answerer.retriever, answerer.generator)))
    try:
        page = Page(driver, server.url)
        page.open()
        page.ask("<img src=https://evil.example/q onerror='window.ran = 1'> ![q](https://evil.example/q)")
        source = page.follow_marker(1, 2)
        assert source.find_element(By.TAG_NAME, "mark").text.startswith("![see](https://evil.example/b.png) [go](java")
        assert "<script>window.ran = 1</script>" in page.one("#conversation").text
        assert page.texts("#conversation .asked")[0].startswith("<img src=https://evil.example/q")
        foreign = ":is(img, iframe, script, style, h1, h5, code, .katex, a:not(.marker, .back, .nearest, [download]))"
        assert page.all(f"#conversation .message-wrap {foreign}, #sources .turn {foreign}") == []
        assert len(page.all("#conversation a.marker")) == 3
        assert driver.execute_script("return window.ran") is None
        assert page.requested_elsewhere() == set()
    finally:
        server.stop()


def test_the_policy_stops_what_escaping_would_miss(page: Page) -> None:
    page.driver.execute_script("""
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
        return all(name in " ".join(stopped) for name in ("a.png", "frame-src", "c.png", "script-src"))

    page.until(all_stopped)
    assert page.driver.execute_script("return window.ran") is None
