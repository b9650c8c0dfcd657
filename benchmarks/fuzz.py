"""Feeds every reader with mutated files: each must come out as articles or named refusals, in bounded time and memory.

python -m benchmarks.fuzz [--inputs 2000] [--only NAME] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from typing import BinaryIO

from index.sources.files import unpacked
from index.sources.reading import SourceItem, read
from index.sources.source import HEAD, Source
from tests.samples import samples

TODAY = date(2025, 3, 10)
SECONDS = 10
# What parsers stumble over.
_TOKENS = (
    *(b"<", b">", b"</", b"<!--", b"<![CDATA[", b"&", b"&#0;", b"<!ENTITY x SYSTEM 'file:///etc/hosts'>", b"<a " * 999),
    *(b"{", b"[", b'"', b"\\u0000", b"\\ud800", b"null", b"1e999", b"[" * 5000, b"{" * 500, b",", b"\t", b"\r", b"\n"),
    *(b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\x80", "‮".encode(), b"9" * 5000, b"---\n", b"+++\n", b"=", b"%"),
)


class TooSlowError(Exception):
    """An input took longer than ``SECONDS``."""


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """``data`` after one to five changes."""
    for _ in range(chance.randint(1, 5)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((1, 1, 8, 64, 512)))
        change = chance.randrange(7)
        if change == 0:  # other bytes
            data = data[:start] + chance.randbytes(end - start) + data[end:]
        elif change == 1:  # fewer
            data = data[:start] + data[end:]
        elif change == 2:  # cut short
            data = data[: max(1, start)]
        elif change == 3:  # again, and again
            data = data[:end] + data[start:end] * chance.choice((1, 2, 1000)) + data[end:]
        elif change == 4:
            data = data[:start] + chance.choice(_TOKENS) + data[start:]
        elif change == 5:  # a piece of another format
            other = chance.choice(others)
            at = chance.randrange(len(other))
            data = data[:start] + other[at : at + 300] + data[start:]
        elif data:  # one bit
            at = chance.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
    return data[:5_000_000]


def items_of(name: str, data: bytes) -> list[SourceItem]:
    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        with unpacked(BytesIO(data)) as stream:
            yield stream

    try:
        with opened() as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError, ValueError, zlib.error):
        return []
    return list(read([Source(name, name.removesuffix(".gz"), head, opened)], today=TODAY))


def fuzz(name: str, inputs: int, seed: int) -> bool:
    """Print a row on the format of one sample; whether nothing crashed, or took too long or too much."""
    made = samples()
    chance = random.Random(f"{seed} {name}")
    articles = refusals = crashes = slow = 0
    slowest = 0.0

    def give_up(signum: int, frame: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGALRM, give_up)
    items_of(
        name, made[name].replace(b"2025", b"the year 2025")
    )  # libraries load their languages at the first odd date
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(inputs):
        data = mutated(made[name], list(made.values()), chance)
        began = time.perf_counter()
        signal.alarm(SECONDS)
        try:
            items = items_of(name, data)
        except TooSlowError:
            slow += 1
            print(f"{name} input {number} took more than {SECONDS} s", file=sys.stderr)
            continue
        except Exception:
            crashes += 1
            print(f"{name} input {number}\n{traceback.format_exc()}", file=sys.stderr)
            continue
        finally:
            signal.alarm(0)
            slowest = max(slowest, time.perf_counter() - began)
        articles += any(item.article for item in items)
        refusals += not any(item.article for item in items)
        if any(not item.article and not item.reason for item in items):
            crashes += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = f"{(peak - before) / 1024:6.0f}"
    print(f"{name:16} {inputs:6} {articles:8} {refusals:8} {crashes:7} {slow:5} {slowest:8.2f} {grown:>9}", flush=True)
    return not crashes and not slow and peak < 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.only:
        sys.exit(not fuzz(options.only, options.inputs, options.seed))
    print(
        f"{'file':16} {'inputs':>6} {'articles':>8} {'refused':>8} {'crashed':>7} {'slow':>5} {'slowest':>8} MB grown"
    )
    failed = []
    for name in samples():
        # A process each, so that memory is counted for each.
        command = [sys.executable, "-m", "benchmarks.fuzz", "--only", name, "--inputs", str(options.inputs)]
        if subprocess.run([*command, "--seed", str(options.seed)], check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
