"""What a question costs from the shell: seconds on the clock and of the processors, in a fresh process each time.

    python -m benchmarks.shell [--index DIR] [--runs N]

Asks alone, and then beside a `rag chat` that serves the same index. Two processes that do nothing, and that only load
the libraries which every question needs, are the floor. All commands take turns, so that a busy machine is busy for
each of them; files lie in memory from the second run on, and the first is left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

QUESTION = "What did the harbour master propose?"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=Path("data/index"))
    parser.add_argument("--runs", type=int, default=11)
    chosen = parser.parse_args()
    python, rag = [sys.executable], [sys.executable, "-m", "rag"]
    where = ["--index", str(chosen.index)]
    alone = {
        "python": [*python, "-c", "pass"],
        "python, libraries": [*python, "-c", "import numpy, faiss, onnxruntime, tokenizers"],
        "rag --help": [*rag, "--help"],
        "rag search": [*rag, "search", QUESTION, *where],
        "rag ask": [*rag, "ask", QUESTION, *where],
    }
    asked = {f"{name}, asking rag chat": alone[name] for name in ("rag search", "rag ask")}
    with tempfile.TemporaryDirectory() as runtime:  # whoever looks here finds no other chat, and no other finds ours
        environment = os.environ | {"XDG_RUNTIME_DIR": runtime}
        print(f"{'':28}{'wall':>8}{'processor':>12}")
        report(alone, chosen.runs, environment)
        with chat(where, environment):
            report(asked, chosen.runs, environment)


def report(commands: Mapping[str, list[str]], runs: int, environment: Mapping[str, str]) -> None:
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            spent[name].append(cost(command, environment))
    for name, each in spent.items():
        wall, processor = (median(one) for one in zip(*each[1:], strict=True))
        print(f"{name:28}{wall:7.2f}s{processor:11.2f}s", flush=True)


def cost(command: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Seconds on the clock, and of the processors."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime


@contextmanager
def chat(where: list[str], environment: Mapping[str, str]) -> Iterator[None]:
    """A page that serves the index, once it says so."""
    command = [sys.executable, "-m", "rag", "chat", *where, "--no-history", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        assert "news-rag is at" in process.stdout.readline()
        try:
            yield
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
