"""A build that is killed at any moment leaves an index that opens and verifies: the old one or the new one, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from rag.store.folder import IndexFolder
from rag.store.snapshot import Snapshot
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index, write_article

ROOT = Path(__file__).parents[1]
KILLS = 60

# For each line that it reads, a child of it builds two different indices in turn, for ever. All that a first build has
# to load was loaded before, so that the child is killed while it builds and not while it imports; it says how long two
# builds take on this machine at this moment.
_BUILDER = """
import os, sys, time
from pathlib import Path
from index.building import build
from rag.store.folder import IndexFolder
from tests.toy import TODAY, ToyEmbedder

news, index = map(Path, sys.argv[1:])

def build_both(folder):
    for name in ("one", "two"):
        build([news / name], IndexFolder(folder), ToyEmbedder(), today=TODAY)

build_both(index.parent / "other-index")
started = time.perf_counter()
child = os.fork()  # which builds slower than its parent: its memory is copied as it writes
if child == 0:
    build_both(index.parent / "other-index")
    os._exit(0)
os.waitpid(child, 0)
print(time.perf_counter() - started, flush=True)
for line in sys.stdin:
    child = os.fork()
    while child == 0:
        build_both(index)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


def test_kill_nine_at_random_moments(tmp_path: Path) -> None:
    for article in (HARBOUR, PROTEST):
        write_article(tmp_path / "news" / "one", article.title, article)
    write_article(tmp_path / "news" / "two", ORCHESTRA.title, ORCHESTRA)
    index = tmp_path / "index"
    build_index(index, [HARBOUR])
    whole = {(HARBOUR.title,), tuple(sorted((HARBOUR.title, PROTEST.title))), (ORCHESTRA.title,)}
    moments = random.Random(20250304)
    seen, left_overs = set(), 0
    builder = subprocess.Popen(
        [sys.executable, "-c", _BUILDER, str(tmp_path / "news"), str(index)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert builder.stdin is not None
    assert builder.stdout is not None
    both = float(builder.stdout.readline())
    for _ in range(KILLS):
        print("build", file=builder.stdin, flush=True)
        child = int(builder.stdout.readline())
        time.sleep(moments.uniform(0, 2 * both))
        os.kill(child, signal.SIGKILL)
        assert builder.stdout.readline() == "dead\n"
        left_overs += any(index.glob(".staging-*"))
        folder = IndexFolder(index)
        folder.verify()
        snapshot = Snapshot.open(index)
        titles = tuple(sorted(article.title for article in snapshot.coverage.newest(10)))
        assert titles in whole
        assert len(titles) == snapshot.manifest.counts.articles
        snapshot.coverage.passages(range(snapshot.vectors.rows))
        snapshot.close()
        seen.add(titles)
        with folder.changing():  # the dead builder's lock is gone, and so are its left-overs
            assert not any(index.glob(".staging-*"))
            folder.prune(1)
    builder.stdin.close()
    builder.stdout.close()
    assert builder.wait() == 0
    # The kills really fell before, into and after builds.
    assert len(seen) >= 2
    assert left_overs > 0
