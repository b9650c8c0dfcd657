"""A headless Chromium that uses the page as a person does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
_ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-prefers-reduced-motion --hide-scrollbars"
).split()
# Rules of every level, best practices and those of AAA that are off by default; what a rule cannot decide is none.
_AXE = """
    const done = arguments[arguments.length - 1];
    const more = axe.getRules(["wcag2aaa", "wcag22aa"]).map(({ruleId}) => [ruleId, {enabled: true}]);
    const colours = {runOnly: ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]};
    const all = {rules: Object.fromEntries(more)};
    axe.run(document, {resultTypes: ["violations"], ...(arguments[0] ? colours : all)}).then(
        ({violations}) => done(violations.flatMap(({id, impact, nodes}) =>
            nodes.map(({target, failureSummary}) => `${impact} ${id}: ${target.join(" ")}: ${failureSummary}`))),
        error => done([String(error)]));
"""
# WCAG 2.5.8: links within the flow of a sentence may be smaller, and what is not shown is no target.
_SMALL = """
    const targets = "a[href], button, input, select, option, textarea, summary, [role=button], [tabindex='0']";
    return [...document.querySelectorAll(targets)].flatMap(one => {
        const label = one.matches("input") && one.closest("label");
        const box = (label || one).getBoundingClientRect();
        const shown = one.checkVisibility({visibilityProperty: true}) && box.width > 0 && !one.closest(".unseen");
        const inline = one.matches("p > a:not(.marker, .back)") && getComputedStyle(one).display === "inline";
        return shown && !inline && (box.width < 23.99 || box.height < 23.99)
            ? [`${one.outerHTML.slice(0, 90)}: ${box.width} x ${box.height}`] : [];
    });
"""


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A browser of its own, with nothing in it."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


class Page:
    """A page of the server at ``url``, in the browser."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def resize(self, width: int = 1400, height: int = 900, scheme: str = "light") -> None:
        phone = width < 500
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.emulate(scheme)

    def emulate(self, scheme: str = "light", media: str = "") -> None:
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        named = [{"name": name, "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": named})

    def open(self, path: str = "/") -> None:
        """Open a page for the first time: this browser knows nothing of any other."""
        kept = {"origin": self.url, "storageTypes": "local_storage"}
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", kept)
        self.goto(path)

    def goto(self, path: str = "/") -> None:
        """Open a page in the browser as it is."""
        self.requested_elsewhere()
        self.driver.get(self.url + path)
        self.until(lambda: self.script("return document.readyState === 'complete'"))

    def script(self, script: str, *given: object) -> object:
        return self.driver.execute_script(script, *given)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        (found,) = self.all(selector)
        return found

    def texts(self, selector: str) -> list[str]:
        """The text of what is shown of these elements."""
        return [element.text for element in self.all(selector) if element.is_displayed()]

    def until(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.driver, 20, poll_frequency=0.03).until(lambda _: condition())

    def click(self, selector: str) -> None:
        self.one(selector).click()

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        self.focused.send_keys(*keys)

    @property
    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def tab(self, times: int = 1, *, back: bool = False) -> WebElement:
        """Press Tab, or Shift and Tab, so many times, and return what has the focus then."""
        for _ in range(times):
            press = webdriver.ActionChains(self.driver)
            press = (
                press.key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT) if back else press.send_keys(Keys.TAB)
            )
            press.perform()
        return self.focused

    # ---- asking ----

    def type(self, question: str) -> None:
        if question:
            self.one("#question").send_keys(Keys.CONTROL, "a")
            self.one("#question").send_keys(question)

    def ask(self, question: str) -> None:
        """Type a question, or leave what is typed, and send it; wait for the whole answer, or for a notice."""
        self.type(question)
        self.one("#question").send_keys(Keys.ENTER)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being answered or fetched."""
        self.until(lambda: not self.all(".turn.waiting, #stop:not([hidden])"))

    @property
    def box(self) -> object:
        """What stands in the box for questions."""
        return self.one("#question").get_property("value")

    def limit(self, name: str, value: str) -> None:
        """Put a day into a field of the limits, or tick a name."""
        script = """
            const fields = [...document.querySelectorAll("#limits [name]")].filter(one => one.name === arguments[0]);
            const field = fields.find(one => one.type !== "checkbox" || one.value === arguments[1]);
            if (field.type === "checkbox") field.checked = true;
            else field.value = arguments[1];
            field.dispatchEvent(new Event("change", {bubbles: true}));
        """
        self.script(script, name, value)

    def hover(self, selector: str) -> None:
        webdriver.ActionChains(self.driver).move_to_element(self.one(selector)).perform()

    def downloads(self, folder: Path) -> None:
        """Save what is downloaded into a folder."""
        said = {"behavior": "allow", "downloadPath": str(folder)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", said)

    # ---- what is measured ----

    def on_screen(self, element: WebElement) -> bool:
        """Whether it lies on the screen, and nothing over it."""
        script = """
            const box = arguments[0].getClientRects()[0];
            if (!box) return false;
            const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
            return box.left >= 0 && box.right <= innerWidth && top !== null && arguments[0].contains(top);
        """
        return bool(self.script(script, element))

    def sideways(self) -> object:
        """How many pixels of the page are to be scrolled to sideways."""
        return self.script("return document.documentElement.scrollWidth - innerWidth")

    def too_small(self) -> list[str]:
        """The targets that are shown smaller than 24 by 24 pixels."""
        return cast(list[str], self.script(_SMALL))

    def axe(self, *, colours: bool = False) -> list[str]:
        """What axe-core finds wrong with the page as it is shown; or only with its colours."""
        if not self.script("return window.axe !== undefined"):
            # Evaluated by the browser's debugger: the page's policy would not let a script in.
            self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe_core()})
        return cast(list[str], self.driver.execute_async_script(_AXE, colours))

    def requested_elsewhere(self) -> set[str]:
        """What the page wanted from other servers since the last call, and what the policy stopped."""
        logs = {kind: self.driver.get_log(kind) for kind in ("performance", "browser")}  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in logs["performance"]]
        urls = [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]
        stopped = {one["message"] for one in logs["browser"] if "Content Security Policy" in one["message"]}
        return {url for url in urls if not url.startswith((self.url, "data:", "blob:"))} | stopped


def axe_core() -> str:
    """The script axe-core, from the wheel axe-playwright-python; "" where it is not installed."""
    found = find_spec("axe_playwright_python")
    paths = (
        [Path(folder) / "axe.min.js" for folder in (found.submodule_search_locations or ()) if found] if found else []
    )
    return paths[0].read_text(encoding="utf-8") if paths else ""
