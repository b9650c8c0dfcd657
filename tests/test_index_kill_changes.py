"""Adding and removing, killed before a step that changes a file: the old index or the new one, whole, and it goes on.

``KILLS`` are spread over all steps, and the last ones, where it is published, are all among them; with as many as there
are steps this takes some minutes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_index_adding import CORRECTED, add
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index, write_article

ROOT = Path(__file__).parents[1]
KILLS = 6

# A child is killed when it is about to make the n-th change to a file or folder.
_KILLER = """
import os, shutil, signal, sys
from pathlib import Path
from index import building
from index.removing import Selection, remove
from index.sources.files import find_files
from index.sources.reading import read_files
from rag.errors import RagError
from rag.store.folder import IndexFolder
from rag.store.snapshot import Snapshot
from tests.toy import TODAY, ToyEmbedder

verb, base, news, url, kills = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], int(sys.argv[5])
CHANGES = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "sqlite3.connect", "shutil.rmtree"}
left = None  # changes until the end; None: they are not counted

def watch(event, arguments):
    global left
    writes = event in CHANGES or (event == "open" and int(arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR))
    if left is not None and writes:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

def change(index):
    if verb == "add":
        building.add(read_files(find_files([news]), today=TODAY), IndexFolder(index), ToyEmbedder())
    else:
        remove(IndexFolder(index), Selection((url,)), "why", everywhere=True, today=TODAY)

def held(index):
    IndexFolder(index).verify()
    snapshot = Snapshot.open(index)
    snapshot.passages(range(snapshot.passage_count))
    told = sorted((one.title, one.version) for one in snapshot.newest(10))
    snapshot.close()
    return told

index = base.parent / "killed"
shutil.copytree(base, index)
old = held(index)
sys.addaudithook(watch)
change(index)  # and all that has to be loaded is
new = held(index)
shutil.rmtree(index)
shutil.copytree(base, index)
left = many = 1_000_000
change(index)
steps, left = many - left, None
states = []
for step in sorted({*range(0, steps, max(1, steps // kills)), *range(steps - 5, steps + 1)}):
    shutil.rmtree(index)
    shutil.copytree(base, index)
    child = os.fork()
    if child == 0:
        left = step
        change(index)
        os._exit(0)
    ended = os.waitpid(child, 0)[1] == 0
    assert ended == (step == steps), (step, steps)
    now = held(index)
    assert now in (old, new), (step, now)
    states.append(now == new)
    if not ended:
        try:
            change(index)
        except RagError as error:  # all of it was done but for the receipt
            assert verb == "remove" and "no article of" in str(error), error
        assert held(index) == new, step
        if verb == "remove":
            files = [path.read_bytes() for path in index.rglob("*") if path.is_file()]
            assert not any(b"Fishermen called the rise" in data for data in files), step
    assert not list(index.glob(".staging-*")), step
assert states == sorted(states) and not states[0] and states[-1]
print(steps)
"""


@pytest.mark.parametrize("verb", ["add", "remove"])
def test_killed_at_every_step(tmp_path: Path, verb: str) -> None:
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    if verb == "remove":
        add(tmp_path / "index", CORRECTED)
    write_article(tmp_path / "news", "orchestra", ORCHESTRA)
    write_article(tmp_path / "news", "tolls", CORRECTED)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _KILLER,
            verb,
            str(tmp_path / "index"),
            str(tmp_path / "news"),
            str(HARBOUR.url),
            str(KILLS),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 2 * KILLS
