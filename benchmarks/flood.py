"""Measures what a client notices of another's flood, and what the server costs: ``python -m benchmarks.flood INDEX``.

A real ``rag chat`` in a process of its own. Clients are told apart by their addresses, of which loopback has many.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

_QUESTIONS = ("Who raised the tolls in Port Ellery?", "What happened in Lindmoor?", "What did the council decide?")
_FLOOD, _OTHER, _BODIES, _IDLE = 1_500, 30, 10, 20
_CHAT = "/gradio_api/call/chat"


def main(index: Path) -> None:
    with running(index) as (process, port, started):
        first = time.perf_counter()
        ask(port, "127.0.0.1", _QUESTIONS[0])
        answered = time.perf_counter()
        print(f"start to the page {started:.2f} s, to a first answer {started + answered - first:.2f} s")
        print("alone", figures([ask(port, "127.0.0.1", _QUESTIONS[n % 3])[1] for n in range(_OTHER)]))
        with ProcessPoolExecutor(1) as pool:
            pool.submit(time.sleep, 0).result()
            flooded = pool.submit(flood, port)
            print("beside a flood", figures([ask(port, "127.0.0.3", _QUESTIONS[n % 3])[1] for n in range(_OTHER)]))
            print(f"the flood of {_FLOOD:,}:", dict(flooded.result()))
        before = memory(process.pid)
        with ThreadPoolExecutor(_BODIES) as pool:
            sent = list(pool.map(lambda _: large_body(port), range(_BODIES)))
        print(f"{_BODIES} bodies of 100 MB: {max(sent) / 1e6:.1f} MB of one were taken at most, ", end="")
        print(f"memory grew by {(memory(process.pid) - before) / 1e6:.1f} MB")
        with closing(socket.create_connection(("127.0.0.1", port))) as opened:
            opened.sendall(b"GET /gradio_api/heartbeat/open HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(65)  # what was asked is over: the queue is looked at more seldom
            used = seconds(process.pid)
            time.sleep(_IDLE)
            print(f"idle with an open connection: {(seconds(process.pid) - used) / _IDLE:.2%} of a core")


@contextmanager
def running(index: Path) -> Iterator[tuple[subprocess.Popen[str], int, float]]:
    """A server of the page, its port, and the seconds until it served."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "rag", "chat", "--index", str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r":(\d+)", process.stdout.readline())
        assert found, "the server did not start"
        port = int(found[1])
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
        try:
            yield process, port, time.perf_counter() - begun
        finally:
            process.terminate()


def ask(port: int, source: str, question: str) -> tuple[int, float]:
    """Ask as the page does; the last status, and the seconds until the whole answer."""
    begun = time.perf_counter()
    data = json.dumps({"data": [{"ask": {"question": question}, "turn": "t1"}]})
    with closing(http.client.HTTPConnection("127.0.0.1", port, source_address=(source, 0))) as connection:
        connection.request("POST", _CHAT, data, {"content-type": "application/json"})
        reply = connection.getresponse()
        said = json.load(reply)
        if reply.status == 200:
            connection.request("GET", f"{_CHAT}/{said['event_id']}")
            stream = connection.getresponse().read()
            assert b"event: complete" in stream, stream
            assert b'"notice"' not in stream, stream
        return reply.status, time.perf_counter() - begun


def flood(port: int) -> Counter[str]:
    """Ask all questions of one client at once, and count what becomes of them."""

    async def all_of_it() -> list[str | BaseException]:
        return await asyncio.gather(*(one_of_the_flood(port) for _ in range(_FLOOD)), return_exceptions=True)

    outcomes = asyncio.run(all_of_it())
    return Counter(one if isinstance(one, str) else type(one).__name__ for one in outcomes)


async def one_of_the_flood(port: int) -> str:
    data = json.dumps({"data": [{"ask": {"question": _QUESTIONS[0]}, "turn": "t1"}]}).encode()
    head = f"POST {_CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    reply = await exchange(port, f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    status = reply[9:12].decode()
    if status != "200":
        return f"refused with {status or 'nothing'}"
    event = json.loads(reply.partition(b"\r\n\r\n")[2])["event_id"]
    get = f"GET {_CHAT}/{event} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    stream = await exchange(port, get.encode())
    return "told that too many wait" if b"are waiting already" in stream else "answered"


async def exchange(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
    try:
        writer.write(request)
        return await reader.read()
    finally:
        writer.close()


def large_body(port: int) -> int:
    """Send 100 MB, and return how many bytes were taken before the server hung up."""
    sent, megabyte = 0, b" " * 1_000_000
    head = f"POST {_CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with closing(socket.create_connection(("127.0.0.1", port))) as connection, suppress(OSError):
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(100):
            connection.sendall(b"F4240\r\n" + megabyte + b"\r\n")
            sent += len(megabyte)
    return sent


def figures(times: list[float]) -> str:
    cut = statistics.quantiles(times, n=20)
    return f"{len(times)} questions: p50 {statistics.median(times):.2f} s, p95 {cut[18]:.2f} s"


def memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def seconds(pid: int) -> float:
    """Seconds of a core that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main(Path(sys.argv[1]))
