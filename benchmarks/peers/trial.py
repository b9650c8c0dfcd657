"""One system, measured in a process of its own: ``python -m benchmarks.peers.trial STAGE SYSTEM FOLDER [GIGABYTES]``.

FOLDER is what ``benchmarks.peers.material`` made. The last line that it prints is a JSON object. Stages: ``build``
makes the index, ``serve`` opens it and asks, ``change`` adds an article and removes an outlet, ``rebuild`` builds again
where one article in a hundred changed, and ``cold`` opens it and asks one question, which stands in for SYSTEM's own
command line.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import fmean, quantiles
from threading import Barrier, Thread
from typing import Any

from benchmarks.peers import Found, Limits, System, load_system
from benchmarks.peers.material import Asked, Material

ASKERS, WARMING, ALONE, LIMIT, RECALLED = 8, 3, 100, 10, 40
"""Threads; questions before any counts; questions one after the other; passages that a question gets; and that it gets
where facts are counted."""
SECONDS = 20.0
"""After which no further question is asked, however few there were."""


def build(system: System, material: Material) -> dict[str, Any]:
    texts = () if system.reads_articles else material.texts()
    took = _timed(lambda: system.build(material.articles, texts))
    return took | material.counts | {"bytes": _size(material.index)}


def rebuild(system: System, material: Material) -> dict[str, Any]:
    return _timed(lambda: system.build(material.changed, ()))


def change(system: System, material: Material) -> dict[str, Any]:
    """On a copy, so that what is asked stays as it was."""
    system.open()
    added = _timed(lambda: system.add(material.added, material.added_texts()))
    removed = _timed(lambda: system.remove(material.outlet))
    return {"add": added["seconds"], "remove": removed["seconds"]}


def cold(system: System, material: Material) -> dict[str, Any]:
    system.open()
    question = material.questions()["hybrid"][0]
    return {"found": len(system.ask(question.text, LIMIT, None))}


def serve(system: System, material: Material) -> dict[str, Any]:
    told: dict[str, Any] = {"open": _timed(system.open)["seconds"]}
    for name, questions in material.questions().items():
        if name.endswith("facts"):
            told[name] = {"recall": fmean(_recall(system, one) for one in questions)}
        else:
            told[name] = _scenario(system, questions, material.words)
    return told


def _recall(system: System, one: Asked) -> float:
    """Of as many words from everybody: who joins neighbours has longer hits."""
    return one.recall([each.text for each in system.ask(one.text, RECALLED, one.within)])


def _scenario(system: System, questions: Sequence[Asked], words: int) -> dict[str, Any]:
    for one in questions[:WARMING]:
        system.ask(one.text, LIMIT, one.within)
    alone = questions[WARMING : WARMING + ALONE]
    spent = time.process_time()
    times, found = _one_after_the_other(system, alone)
    spent = time.process_time() - spent
    asked = alone[: len(found)]
    told = _summary(times) | {
        "processor": spent / len(asked),
        "gold": fmean(one.recall([each.text for each in some], words) for one, some in zip(asked, found, strict=True)),
        "obeyed": fmean(_obeys(each, one.within) for one, some in zip(asked, found, strict=True) for each in some),
    }
    near = [one for one in asked if one.near]
    if near:
        nearest = [set(system.nearest(one.text, LIMIT, one.within)) for one in near]
        # Where several are equally near, any of them will do: what counts is how many of the nearest came.
        told["vector_recall"] = fmean(
            len(got & set(one.near)) / len(one.near) for one, got in zip(near, nearest, strict=True)
        )
    return told | {"crowd": _crowd(system, questions[WARMING + ALONE :])}


def _one_after_the_other(system: System, questions: Sequence[Asked]) -> tuple[list[float], list[list[Found]]]:
    times, found, until = list[float](), list[list[Found]](), time.perf_counter() + SECONDS
    for one in questions:
        started = time.perf_counter()
        found.append(system.ask(one.text, LIMIT, one.within))
        times.append(time.perf_counter() - started)
        if time.perf_counter() > until:
            break
    return times, found


def _crowd(system: System, questions: Sequence[Asked]) -> dict[str, Any]:
    """Threads that each ask their share of the questions, beginning together."""
    barrier = Barrier(ASKERS + 1)
    times, failures = list[float](), list[BaseException]()

    def ask(own: Sequence[Asked]) -> None:
        barrier.wait()
        try:
            times.extend(_one_after_the_other(system, own)[0])
        except BaseException as error:  # told by the one who waits
            failures.append(error)

    threads = [Thread(target=ask, args=(questions[number::ASKERS],)) for number in range(ASKERS)]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if failures:
        return {"failed": f"{type(failures[0]).__name__}: {failures[0]}"[:200]}
    return _summary(times) | {"rate": len(times) / took}


def _summary(times: Sequence[float]) -> dict[str, Any]:
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else [*times] * 99
    return {"asked": len(times), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


def _obeys(found: Found, within: Limits | None) -> bool:
    return within is None or within.allow(found.outlet, found.day)


def _timed(what: Callable[[], object]) -> dict[str, float]:
    started, spent = time.perf_counter(), time.process_time()
    what()
    return {"seconds": time.perf_counter() - started, "processor": time.process_time() - spent}


def _resident(which: str) -> int:
    """Bytes of memory that this process holds (VmRSS), or held at most (VmHWM).

    ``getrusage`` would do where there is no /proc, but counts what the parent held before this process began.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return int(lines[which].split()[0]) * 1024


def _forget_peak() -> None:
    """Have VmHWM begin anew: what loading the model held for a moment is not what is measured."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


STAGES = {"build": build, "serve": serve, "change": change, "rebuild": rebuild, "cold": cold}


def main(stage: str, name: str, folder: Path, gigabytes: float) -> None:
    # Private memory, which cannot be given back: files that are mapped don't count.
    limit = int(gigabytes * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    os.environ |= {"HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "true", "HF_HUB_OFFLINE": "1"}
    warnings.simplefilter("ignore")
    material = Material(folder, name)
    if stage == "build":
        shutil.rmtree(material.index, ignore_errors=True)
        material.index.mkdir(parents=True)
    if stage in ("change", "rebuild"):
        copy = material.index.with_name(f"{name}-{stage}")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(material.index, copy)
        material.index = copy
    try:
        started = time.perf_counter()
        system = load_system(name, material.index, material.embedder())
        told: dict[str, Any] = {"loading": time.perf_counter() - started, "loaded": _resident("VmRSS")}
        _forget_peak()
        told |= STAGES[stage](system, material)
        told["peak"] = _resident("VmHWM")
    except MemoryError:
        told = {"failed": f"needs more than {gigabytes:g} GB of memory"}
    print(json.dumps(told), flush=True)
    if stage in ("change", "rebuild"):
        shutil.rmtree(material.index)
    os._exit(0)  # some leave threads behind that would have it wait


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]) if len(sys.argv) > 4 else 64.0)
