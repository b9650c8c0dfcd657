"""Pictures of every state of the page, to be looked at one by one.

``python -m benchmarks.screenshots [FOLDER] [STATE…]`` serves the sample coverage, and a second one of long and
right-to-left texts, gets to each state in a headless Chromium, and writes ``STATE-WIDTH-SCHEME.png`` to FOLDER (default
data/screenshots): light and dark, on a desk and on a phone; some on a large screen and a small phone besides.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from index.building import build
from index.changes import suggester
from index.progress import Progress
from rag.answer.answerer import Answerer
from rag.articles import Article
from rag.models.embedding import Embedder, load_embedder
from rag.record.keeping import KeptAnswers
from rag.sample import ARTICLES
from rag.store.folder import IndexFolder
from rag.web.desk import Desk
from rag.web.serving import Server
from rag.web.settings import Serving
from tests.chromium import Page, chromium
from tests.states import STATES, Stage, asked, at, whole_article
from tests.toy import write_article

SIZES = {1440: 900, 390: 844}
FURTHER = {2560: 1440, 360: 740}
ON_FURTHER = ("start", "overview", "pinned", "refusal", "conversations", "articles", "long-answer", "rtl-answer")
_RTL = Article(
    "مجلس مدينة مرسى النور يرفع رسوم الميناء تسعة في المئة",
    (
        "رفع مجلس مدينة مرسى النور رسوم الميناء تسعة في المئة يوم الثلاثاء، وقالت رشا بركات (Rasha Barakat) إن "
        "المدينة تحتاج إلى 14 مليون كرونة لإصلاح الجدار البحري.",
        "وأعلن الصيادون أنهم سيغلقون الرصيف يوم السبت إن لم يتراجع المجلس.",
        "وتدخل الرسوم الجديدة حيز التنفيذ في 1 أبريل 2025.",
    ),
    *("بريد المرسى", "https://barid-almarsa.example/2025/03/04/rusum", ("نادر الخطيب",)),
    published=date(2025, 3, 4),
    language="ar",
)
_LONG = Article(
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, which runs the river steamers "
    "between Vellmar and Lindmoor, is to pay back subsidies of three years, the transport office of both towns has "
    "decided after an inquiry that took longer than the building of the last steamer",
    (
        "The Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft must pay back "
        "3.2 million crowns, the transport office of Vellmar said on Monday, because the company had for three years "
        "in a row reported journeys on days on which the river was frozen, in a table that nobody in the office had "
        "ever opened, as its head Ilse Quandt-Oberhuber admitted, although it was sent to eleven people on the first "
        "of every month together with a letter that asked each of them to confirm that they had read it.",
        "Its spokesman called the sum "
        "'unverhältnismäßigkeitsgrundsatzwidrigkeitsfeststellungsbescheidsanfechtungswürdig', and left the room. " * 3,
        "https://verylongaddress.example/" + "a-path-without-any-space/" * 12,
    ),
    *("The Lindmoor & Vellmar Intelligencer, Shipping Gazette and Daily Advertiser for Both Banks of the River", None),
    authors=("Maximiliane Freifrau von und zu Hohenstaufen-Brennersdorf", "Jo Li", "Anastasia Papadimitrakopoulou"),
    published=date(2025, 3, 3),
    updated=date(2025, 3, 5),
    language="en",
)
_OTHERS = {
    "rtl-start": at("/"),
    "rtl-answer": asked("من رفع رسوم الميناء في مرسى النور؟"),
    "rtl-articles": at("/articles"),
    "rtl-article": whole_article("من رفع رسوم الميناء في مرسى النور؟", 0),
    "long-answer": asked("How much must the company that runs the river steamers pay back?"),
    "long-article": whole_article("How much must the company that runs the river steamers pay back?", 0),
}


@dataclass(frozen=True, slots=True)
class Studio:
    """Where pictures are taken."""

    page: Page
    stage: Stage
    folder: Path

    def take(self, name: str, reach: Callable[[Page, Stage], None]) -> None:
        """Get to a state at every size, and take its pictures."""
        for width, height in (SIZES | FURTHER if name in ON_FURTHER else SIZES).items():
            self.page.resize(width, height)
            reach(self.page, self.stage)
            for scheme in ("light", "dark") if width in SIZES else ("light",):
                self.page.emulate(scheme)
                self.page.driver.save_screenshot(str(self.folder / f"{name}-{width}-{scheme}.png"))
            self.stage.reset()


@contextmanager
def studio(answerer: Answerer, folder: Path) -> Iterator[Studio]:
    """Serve an answerer to a browser."""
    stage = Stage(answerer)
    with TemporaryDirectory() as profile, closing(_Served(stage)) as server, chromium(Path(profile)) as driver:
        yield Studio(Page(driver, server.url), stage, folder)


class _Served(Server):
    def __init__(self, stage: Stage) -> None:
        super().__init__(Desk(stage, KeptAnswers(None)), Serving(rate=0))

    close = Server.stop


def main(folder: Path, states: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    embedder = load_embedder()
    with TemporaryDirectory() as work:
        texts = Path(work) / "texts"
        for number, article in enumerate((_RTL, _LONG)):
            write_article(texts, str(number), article)
        for paths, wanted in (([ARTICLES], STATES), ([texts], _OTHERS)):
            chosen = {name: reach for name, reach in wanted.items() if not states or name in states}
            if not chosen:
                continue
            with studio(_answerer(Path(work) / f"index-{len(wanted)}", paths, embedder), folder) as here:
                for name, reach in chosen.items():
                    here.take(name, reach)
                    print(name, flush=True)


def _answerer(folder: Path, paths: list[Path], embedder: Embedder) -> Answerer:
    build(paths, IndexFolder(folder), embedder, suggest=suggester(embedder, Progress()))
    return Answerer.open(folder, embedder=embedder)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "data/screenshots"), sys.argv[2:])
