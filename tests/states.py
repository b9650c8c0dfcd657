"""The states of the page and how a reader gets to each, over the sample coverage: they are tried, and pictured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Semaphore
from typing import Any

from selenium.webdriver.common.keys import Keys

from rag import Answer, Answerer, Cut
from rag.check.verdicts import Outcome, Rule
from rag.errors import GenerationFailed, IndexNotFound, RagError
from rag.web.desk import LatestAnswerer
from tests.chromium import Page

COST = "What would repairing Port Ellery's outer sea wall cost?"
NORTHQUAY = "What happened at Northquay Mutual?"
DAM = "Timeline of the Garrow Dam"
CUP = "Who won the World Cup?"
SLIP = "What did Odlie Brandt say about the tolls in March 2025?"


class Stage(LatestAnswerer):
    """The answerer of a page that is open, which a test exchanges, or an error in its place."""

    def __init__(self, answerer: Answerer) -> None:
        super().__init__(lambda: answerer)
        self.usual = answerer
        self.now: Answerer | RagError = answerer
        self._gates: list[Semaphore] = []

    def reset(self) -> None:
        """Answer as usual again; what was held comes to its end, as it would take a turn of others for ever."""
        self.now = self.usual
        for gate in self._gates:
            gate.release(1000)
        self._gates.clear()

    def hold(self) -> Semaphore:
        """Let each further value of an answer wait until it is let go."""
        gate = Semaphore(0)
        self._gates.append(gate)

        def wait(stream: Iterator[Answer]) -> Iterator[Answer]:
            for answer in stream:
                gate.acquire()
                yield answer

        self.now = changed(self.usual, wait)
        return gate

    def get(self) -> Answerer:
        if isinstance(self.now, RagError):
            raise self.now
        return self.now


def changed(answerer: Answerer, change: Callable[[Iterator[Answer]], Iterator[Answer]]) -> Answerer:
    """An answerer whose answers, as they grow, are passed through ``change``."""

    class Changed(Answerer):
        def stream(self, question: str, **more: Any) -> Iterator[Answer]:
            yield from change(answerer.stream(question, **more))

    return Changed(
        answerer.retriever,
        answerer.generator,
        generator_name=answerer.generator_name,
        rewrite_followup=answerer.rewrite_followup,
        reader=answerer.reader,
    )


def _cut(stream: Iterator[Answer]) -> Iterator[Answer]:
    reasons = (
        Cut("The wall will be 90 metres high.", "paragraph 3 has no number 90", Outcome.UNSUPPORTED, Rule.NUMBER),
        Cut("See https://evil.example", "it holds a link", Outcome.UNSUPPORTED, None),
    )
    notice = "The model at this endpoint gave up: ask again; the answer ends there."
    for answer in stream:
        yield replace(answer, cut=reasons, notice=notice)


def asked(question: str) -> Callable[[Page, Stage], None]:
    def reach(page: Page, stage: Stage) -> None:
        page.open()
        page.ask(question)

    return reach


def start(page: Page, stage: Stage) -> None:
    page.open()


def growing(page: Page, stage: Stage) -> None:
    gate = stage.hold()
    page.open()
    page.type(NORTHQUAY)
    page.press(Keys.ENTER)
    gate.release()
    page.until(lambda: page.all(".said"))


def waiting(page: Page, stage: Stage) -> None:
    stage.hold()
    page.open()
    page.type(NORTHQUAY)
    page.press(Keys.ENTER)
    page.until(lambda: page.all(".searching"))


def card(page: Page, stage: Stage) -> None:
    asked(NORTHQUAY)(page, stage)
    page.hover("#t1-m1")
    page.until(lambda: page.all("#card:not([hidden])"))


def pinned(page: Page, stage: Stage) -> None:
    asked(NORTHQUAY)(page, stage)
    page.click("#t1-m3")
    page.until(lambda: page.all("mark.pinned"))


def left_out(page: Page, stage: Stage) -> None:
    stage.now = changed(stage.usual, _cut)
    asked(COST)(page, stage)
    page.click(".cut summary")


def nothing_within(page: Page, stage: Stage) -> None:
    page.open("/?q=Who+raised+the+tolls%3F&from=2030-01-01")
    page.settle()


def limits(page: Page, stage: Stage) -> None:
    page.open()
    page.click("#show-limits")
    page.limit("from", "2025-03-01")
    page.limit("outlets", "Radio Velmora")


def half_typed(page: Page, stage: Stage) -> None:
    limits(page, stage)
    page.one("#limits [name=to]").send_keys("31")
    page.ask(COST)


def follow_up(page: Page, stage: Stage) -> None:
    asked("Who is Odile Brandt?")(page, stage)
    page.ask("And what did she say about the tolls?")


def saving(page: Page, stage: Stage) -> None:
    asked(COST)(page, stage)
    page.click(".menu summary")


def conversations(page: Page, stage: Stage) -> None:
    asked(COST)(page, stage)
    page.click("#new")
    page.ask(CUP)
    if page.all("#show-history")[0].is_displayed():
        page.click("#show-history")


def renaming(page: Page, stage: Stage) -> None:
    conversations(page, stage)
    page.all("#history [data-list=rename]")[0].click()


def anew(page: Page, stage: Stage) -> None:
    asked(COST)(page, stage)
    page.click("#new")
    page.until(lambda: page.texts("#toast button"))


def no_index(page: Page, stage: Stage) -> None:
    stage.now = IndexNotFound(
        "there is no index at data/index: build one with rag-index build PATH... --index data/index"
    )
    page.open()


def whole_article(question: str, source: int) -> Callable[[Page, Stage], None]:
    def reach(page: Page, stage: Stage) -> None:
        asked(question)(page, stage)
        page.all(".source .whole")[source].click()
        page.until(lambda: page.all("#whole h2"))

    return reach


def feedback(page: Page, stage: Stage) -> None:
    asked(COST)(page, stage)
    page.click("[data-do=feedback]")


def kept(page: Page, stage: Stage) -> None:
    asked(NORTHQUAY)(page, stage)
    page.goto(f"/a/{page.one('.turn').get_attribute('data-id')}")


def lost(page: Page, stage: Stage) -> None:
    """A conversation whose answer is kept no longer."""
    asked(COST)(page, stage)
    page.script("""
        const kept = JSON.parse(localStorage["news-rag conversations"]);
        kept[0].turns[0].id = "0".repeat(32);
        localStorage["news-rag conversations"] = JSON.stringify(kept);
    """)
    page.goto(str(page.script("return location.pathname + location.search")))
    page.until(lambda: page.all("[data-do=again]"))


def change_days(page: Page, stage: Stage) -> None:
    asked(SLIP)(page, stage)
    page.click("[data-do=change]")


def at(path: str) -> Callable[[Page, Stage], None]:
    def reach(page: Page, stage: Stage) -> None:
        page.open(path)

    return reach


def article(page: Page, stage: Stage) -> None:
    page.open("/articles")
    page.all(".articles h3 a")[0].click()
    page.until(lambda: page.all(".whole-article"))


def chosen(page: Page, stage: Stage) -> None:
    page.open("/articles?words=dam")
    for one in page.all(".pick")[:2]:
        one.click()


def fault(page: Page, stage: Stage) -> None:
    page.open()
    stage.now = GenerationFailed("the model cannot be reached: start it, or ask with --generator quotes")
    page.ask(COST)


STATES: dict[str, Callable[[Page, Stage], None]] = {
    "start": start,
    "waiting": waiting,
    "growing": growing,
    "fact": asked(COST),
    "overview": asked(NORTHQUAY),
    "timeline": asked(DAM),
    "help": asked("What can you do?"),
    "refusal": asked(CUP),
    "slip": asked(SLIP),
    "card": card,
    "pinned": pinned,
    "left-out": left_out,
    "nothing-within": nothing_within,
    "limits": limits,
    "half-typed": half_typed,
    "follow-up": follow_up,
    "saving": saving,
    "conversations": conversations,
    "renaming": renaming,
    "anew": anew,
    "whole-article": whole_article(NORTHQUAY, 2),
    "feedback": feedback,
    "kept": kept,
    "kept-no-longer": lost,
    "change-days": change_days,
    "articles": at("/articles"),
    "articles-chosen": chosen,
    "articles-none": at("/articles?words=zebra&from=2025-03-01"),
    "article": article,
    "not-found": at("/a/0000"),
    "no-index": no_index,
    "fault": fault,
}
