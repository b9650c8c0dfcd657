"""Whether it works on a small machine, and how much slower: ``python -m benchmarks.small_machine [COMMAND …]``.

Each command is run as a process of its own: without limits, on one core, with 2 GB of memory (of its own: what is
mapped from files can be given back), and with both. By default the sample is built and asked; a COMMAND, a module with
its arguments (``"benchmarks.questions data/big-index"``), is run in their place.
"""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

_GIGABYTES = 2


def one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (_GIGABYTES << 30,) * 2)


LIMITS: dict[str, Sequence[Callable[[], None]]] = {
    "no limit": (),
    "one core": (one_core,),
    f"{_GIGABYTES} GB": (little_memory,),
    f"one core, {_GIGABYTES} GB": (one_core, little_memory),
}


def measured(arguments: Sequence[str], limits: Sequence[Callable[[], None]]) -> tuple[float, float, float, int, str]:
    """Wall and processor seconds, peak memory in MiB, exit code, and the last line that was written, of a module."""

    def bounded() -> None:
        for limit in limits:
            limit()

    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=bounded,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().strip().splitlines() or [""]
    wall = time.perf_counter() - started
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode, said[-1]


def main(commands: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        chosen = commands or [
            f"index build --sample --index {folder}/{{}}",
            f'rag ask "What did the harbour master propose?" --index {folder}/{{}}',
        ]
        for command in chosen:
            print(command.format("INDEX"))
            for number, (name, limits) in enumerate(LIMITS.items()):
                arguments = shlex.split(command.format(number))
                wall, processor, peak, code, said = measured(arguments, limits)
                print(f"  {name:18} {wall:6.1f} s, {processor:6.1f} s of processor, {peak:6.0f} MiB, ends with {code}")
                if code:
                    print(f"    {said}")


if __name__ == "__main__":
    main(sys.argv[1:])
