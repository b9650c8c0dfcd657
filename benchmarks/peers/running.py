"""Runs trials one after the other, each in a process with limits, and keeps what they told as JSON lines.

What is in the file already is not run again, so that a run can go on where it stopped; ``--anew`` deletes it. Ratios
are of one file, which is of one machine.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import OURS

_COLD = 3


class Results:
    """Lines of ``path``: what each stage of each system told."""

    def __init__(self, path: Path, *, anew: bool = False) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if anew:
            path.unlink(missing_ok=True)

    def rows(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    def keep(self, row: dict[str, Any]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "machine": machine()} | row) + "\n")

    def has(self, **keys: object) -> bool:
        return any(all(row.get(key) == value for key, value in keys.items()) for row in self.rows())


def machine() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(": ")[1] for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    )
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def run(results: Results, folder: Path, systems: Sequence[str], size: int, seconds: float, gigabytes: float) -> None:
    """Put the systems through all stages; one that fails to build, or takes too long, is not asked any more."""
    for name in systems:
        for stage in ("build", "serve", "change", "rebuild", "cold"):
            if (stage == "rebuild" and name != OURS) or results.has(system=name, size=size, stage=stage):
                continue
            if stage != "build" and not _built(results, name, size):
                continue
            if stage == "cold" and _invented(folder):
                continue
            told = _cold(name, folder, seconds) if stage == "cold" else _trial(stage, name, folder, seconds, gigabytes)
            results.keep({"system": name, "size": size, "stage": stage} | told)
            print(f"{name}, {stage}: {_brief(told)}", flush=True)
        shutil.rmtree(folder / "indices" / name, ignore_errors=True)


def _built(results: Results, name: str, size: int) -> bool:
    rows = [row for row in results.rows() if (row["system"], row["size"], row["stage"]) == (name, size, "build")]
    return bool(rows) and "failed" not in rows[-1]


def _invented(folder: Path) -> bool:
    return bool(json.loads((folder / "told.json").read_text())["invented"])


def _trial(stage: str, name: str, folder: Path, seconds: float, gigabytes: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.peers.trial", stage, name, str(folder), f"{gigabytes:g}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {seconds / 60:.0f} minutes"}
    try:
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        lines = done.stderr.strip().splitlines()
        why = lines[-1] if lines else f"ended with {done.returncode}"
        if "alloc" in why.lower() or "memory" in why.lower():
            why = f"needs more than {gigabytes:g} GB of memory"
        return {"failed": why[:300]}
    return told


def _cold(name: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Seconds from the shell to the answer's last line: of ``rag search``, or of a script that does as much."""
    commands = {name: [sys.executable, "-m", "benchmarks.peers.trial", "cold", name, str(folder)]}
    if name == OURS:
        question = json.loads((folder / "questions.json").read_text())["hybrid"][0]["text"]
        index = ["--index", str(folder / "indices" / name)]
        commands = {verb: [sys.executable, "-m", "rag", verb, question, *index] for verb in ("search", "ask")}
    told = dict[str, Any]()
    for what, command in commands.items():
        times = []
        for _ in range(_COLD):
            started = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
            times.append(time.perf_counter() - started)
            if done.returncode:
                return {"failed": done.stderr.strip().splitlines()[-1][:300]}
        told["ask" if what == "ask" else "seconds"] = median(times)
    return told


def _brief(told: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in told.items()
    )
