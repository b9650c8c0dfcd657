"""Measures how long a reader waits for the first line on the screen: ``python -m benchmarks.first_line INDEX``.

A real ``rag chat`` and a real headless Chromium on the same machine; the questions are the sample's, each asked in a
conversation of its own, the first few not counted.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.flood import running
from rag.sample import QUESTIONS
from tests.chromium import Page, chromium

_ASKED, _WARMING = 40, 5
# Until the frame in which the line is painted.
_ASK = """
    const [question, done] = arguments;
    const begun = performance.now();
    new MutationObserver((_, observer) => {
        if (!document.querySelector("#turns > :first-child :is(.said, .refusal, .help)")) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    }).observe(document.querySelector("#turns"), {childList: true, subtree: true});
    document.querySelector("#question").value = question;
    document.querySelector("#asking").requestSubmit();
"""


def main(index: Path) -> None:
    questions = [item["question"] for item in json.loads(QUESTIONS.read_text(encoding="utf-8"))][:_ASKED]
    waited = []
    with running(index) as (_, port, _), tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as driver:
        page = Page(driver, f"http://127.0.0.1:{port}")
        page.resize()
        for question in questions:
            page.open()
            waited.append(float(driver.execute_async_script(_ASK, question)))
            page.settle()
    counted = sorted(waited[_WARMING:])
    print(f"{len(counted)} questions, Enter to the first line: median {statistics.median(counted):.0f} ms, ", end="")
    print(f"90th percentile {counted[int(0.9 * len(counted))]:.0f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
