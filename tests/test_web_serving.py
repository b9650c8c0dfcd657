"""How the page is served: options, ports, an index that is not there yet, the end, and what gradio's client can do."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import IndexCorrupt, ModelUnavailable, RagError
from rag.record.keeping import KeptAnswers
from rag.store.folder import IndexFolder
from rag.web.desk import Desk
from rag.web.opening import open_latest
from rag.web.serving import Server
from rag.web.settings import Serving
from tests.conftest import Ran, missing
from tests.served import desk_of, send, served
from tests.toy import HARBOUR, ToyEmbedder, build_index

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def desk(toy_index: Path) -> Desk:
    return desk_of(toy_index)


WRONG = {
    "--auth has users log in here": {"auth": Path("users.toml"), "auth_header": "X-User"},
    "'X User' is no name of a header: write X-Forwarded-User": {"auth_header": "X User"},
    "'news' is no path: write /news, without a slash": {"root_path": "news"},
    "'/news/' is no path: write /news, without a slash": {"root_path": "/news/"},
    "'/' is no path": {"root_path": "/"},
    "'//evil.example' is no path": {"root_path": "//evil.example"},
    "'/a\"b' is no path": {"root_path": '/a"b'},
    "'news.example:80' is no name of a host: write news.example, without a port": {"allow_hosts": ("news.example:80",)},
    "'*' is no name of a host": {"allow_hosts": ("*",)},
    "'proxy' is no address or network: write 10.0.0.2 or 10.0.0.0/24": {"proxies": ("proxy",)},
    "--rate -1 is below 0": {"rate": -1},
    "--rate nan is below 0": {"rate": float("nan")},
    "--queue 0 is below 1": {"queue": 0},
    "name one with --log text or --log json": {"log_questions": True},
}


@pytest.mark.parametrize("message", WRONG)
def test_what_cannot_be_meant_is_told_with_a_way_out(message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Serving(**WRONG[message])  # type: ignore[arg-type]


def test_who_serves_to_everybody_is_warned() -> None:
    assert [Serving(host=one).warning for one in ("127.0.0.1", "::1", "localhost")] == [""] * 3
    everybody = Serving(host="0.0.0.0")
    assert everybody.warning.startswith("everyone who can reach this machine can ask at 0.0.0.0, and read the articles")
    assert everybody.warning.count("\n") == 1
    assert replace(everybody, auth=Path("users.toml")).warning == ""
    proxied = replace(everybody, auth_header="X-Forwarded-User")
    assert proxied.warning == "X-Forwarded-User is believed from 127.0.0.1, ::1 only: let nobody else in there"
    assert replace(proxied, proxies=("10.0.0.2",)).proxies == ("10.0.0.2",)


def test_a_port_that_cannot_be_had_is_told(desk: Desk) -> None:
    with served(desk) as url:
        taken = int(url.rsplit(":", 1)[1])
        for host, port, message in (
            ("127.0.0.1", taken, f"port {taken} is taken: name another with --port"),
            ("127.0.0.1", 70_000, "there is no port 70000: name one from 1024 to 65535 with --port"),
            ("no-such-host.invalid", 1, "no-such-host.invalid is no address of this machine: name one with --host"),
            ("192.0.2.1", 7860, "192.0.2.1 is no address of this machine: name one with --host"),
        ):
            with pytest.raises(RagError, match=f"^{re.escape(message)}$"):
                Server(desk, Serving(host=host, port=port))
        other = Server(desk)
        other.stop()
        assert int(other.url.rsplit(":", 1)[1]) in {*range(7860, 7960)} - {taken}  # one that is free


def test_an_idle_server_sleeps(desk: Desk) -> None:
    with served(desk):
        [thread] = [one for one in threading.enumerate() if one.name == "news-rag page"]
        status = Path(f"/proc/self/task/{thread.native_id}/status")
        if not status.exists():
            missing("this system does not count how often a thread wakes")

        def wakes() -> int:
            return int(re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.MULTILINE)[0])

        before = wakes()
        time.sleep(2)
        assert wakes() - before < 100  # gradio's own pace is more than 1,000 a second


@pytest.mark.parametrize("root", ["", "/news"])
def test_gradio_s_client_asks(desk: Desk, root: str) -> None:
    from gradio_client import Client

    with served(desk, Serving(root_path=root)) as url:
        client = Client(f"{url}/", verbose=False, analytics_enabled=False)
        job = client.submit({"ask": {"question": "Who blocked the quay?"}, "turn": "t1"}, api_name="/chat")
        last = job.result(timeout=60)
        assert "About 200 fishermen blocked the quay" in last["turn"]
        client.close()


def test_a_stream_that_is_cut_gives_its_turn_back(toy_index: Path) -> None:
    desk = desk_of(toy_index)
    begun, go_on = threading.Event(), threading.Event()
    opened = desk.latest.get()

    def get() -> object:
        begun.set()
        go_on.wait(60)
        return opened

    desk.latest.get = get  # type: ignore[method-assign,assignment]
    with served(desk) as url:
        body = {"data": [{"ask": {"question": "Who blocked the quay?"}, "turn": "t1"}]}
        event = send(url, "POST", "/gradio_api/call/chat", body).text.split('"')[3]
        stream = urllib.request.urlopen(f"{url}/gradio_api/call/chat/{event}")
        assert begun.wait(60)
        assert desk.turns.running == 1
        stream.close()
        go_on.set()
        until = time.monotonic() + 60
        while desk.turns.running and time.monotonic() < until:
            time.sleep(0.01)
        assert desk.turns.running == 0


def test_an_index_that_is_yet_to_be_built_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = IndexFolder(tmp_path / "index")
    latest = open_latest(folder.path, embedder=ToyEmbedder())
    unbuilt = f"no index at {folder.path}: build one with rag-index build PATH --index {folder.path}"
    assert caplog.messages == [f"{unbuilt}; the page answers from then on"]
    with served(Desk(latest, KeptAnswers(None))) as url:
        assert unbuilt in send(url, path="/readyz").text
        question = {"data": [{"ask": {"question": "Who blocked the quay?"}, "turn": "t1"}]}
        event = send(url, "POST", "/gradio_api/call/chat", question).text.split('"')[3]
        assert "No index at " in send(url, path=f"/gradio_api/call/chat/{event}").text
        assert not folder.being_built()
        with folder.changing():
            assert folder.being_built()
            said = send(url, path="/readyz").text
            assert f"the index at {folder.path} is being built, 0.0 MB are written so far" in said
        assert not folder.being_built()
        build_index(folder.path, [HARBOUR])
        assert send(url, path="/readyz").status == 200


def test_an_index_that_cannot_be_waited_for_is_an_error(tmp_path: Path) -> None:
    for wrong, error, message in (
        ({"generator": "parrot"}, ValueError, "parrot"),
        ({"reader": "no/such-reader"}, ModelUnavailable, "no/such-reader"),
    ):
        with pytest.raises(error, match=message):
            open_latest(tmp_path / "index", **wrong)  # type: ignore[arg-type]
    (tmp_path / "notes.txt").write_text("Lindmoor")
    with pytest.raises(RagError, match="holds other files and no index: name a new or empty folder"):
        open_latest(tmp_path)
    with pytest.raises(RagError, match=r"notes\.txt is a file: name a folder for the index"):
        open_latest(tmp_path / "notes.txt")
    folder = IndexFolder(tmp_path / "index")
    build_index(folder.path, [HARBOUR])
    current = folder.path / "CURRENT"
    whole = current.read_bytes()
    current.write_text("{")
    with pytest.raises(IndexCorrupt, match="is garbled"):
        open_latest(folder.path, embedder=ToyEmbedder())
    current.write_bytes(whole)
    folder.snapshot_path(folder.current().id).rename(tmp_path / "gone")
    with pytest.raises(IndexCorrupt, match="has lost its current snapshot"):
        open_latest(folder.path, embedder=ToyEmbedder())


def test_asking_whether_it_is_built_disturbs_no_builder(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index")
    with folder.changing():
        pass
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            folder.being_built()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(100):
            with folder.changing():
                assert folder.being_built()
    finally:
        stop.set()
        looking.join()
    assert IndexFolder(tmp_path / "none").being_built() is False
    assert not (tmp_path / "none").exists()


@contextmanager
def program(index: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The page in a process of its own, and its address."""
    script = (
        # Started from a background job, a process ignores Ctrl-C: it is listened to here as in a terminal.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path; from rag.web.serving import launch; from rag.web.settings import Serving\n"
        f"from tests.served import desk_of; launch(desk_of(Path({str(index)!r})), Serving({', '.join(options)}))"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        try:
            assert running.stdout
            line = running.stdout.readline()
            found = re.fullmatch(r"news-rag is at (http://127\.0\.0\.1:\d+\S*) \(stop with Ctrl-C\)\n", line)
            assert found, line
            yield running, found[1]
        finally:
            running.kill()  # a server that does not end must fail this test, not hold up all others


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_while_a_page_is_open(toy_index: Path, number: signal.Signals) -> None:
    with program(toy_index) as (running, url), urllib.request.urlopen(f"{url}/gradio_api/heartbeat/open"):
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
        assert (running.returncode, out, err) == (0, "", "")


def test_who_serves_to_everybody_is_told_on_the_terminal(toy_index: Path) -> None:
    with program(toy_index, "host='0.0.0.0'") as (running, url):
        assert send(url, path="/healthz").status == 200
        running.send_signal(signal.SIGTERM)
        assert running.communicate(timeout=60)[1].startswith(
            "warning: everyone who can reach this machine can ask at 0"
        )


def options_of(command: str) -> dict[str, object]:
    """The options of a `rag` command line, as typer reads them."""
    import typer

    from rag.cli.main import commands

    verb, *rest = shlex.split(command)
    chat = typer.main.get_command(commands).commands[verb]  # type: ignore[attr-defined]
    return dict(chat.make_context(verb, rest).params)


def test_the_options_reach_the_server(monkeypatch: pytest.MonkeyPatch, toy_index: Path, run_command: object) -> None:
    from rag.web import opening, serving

    launched: list[tuple[Desk, Serving]] = []
    monkeypatch.setattr(opening, "open_latest", lambda *_: desk_of(toy_index).latest)
    monkeypatch.setattr(serving, "launch", lambda desk, how, **_: launched.append((desk, how)))
    options = "--host 0.0.0.0 --port 8000 --auth-header X-User --proxy 10.0.0.0/24 --proxy ::1 --root-path /news"
    options += " --allow-host news.example --rate 2.5 --queue 3 --no-history --mcp --log json --log-questions"
    ran: Ran = run_command("rag", "chat", *options.split())  # type: ignore[operator]
    assert (ran.code, ran.err) == (0, "")
    [(desk, how)] = launched
    assert how == Serving(
        host="0.0.0.0",
        port=8000,
        auth_header="X-User",
        proxies=("10.0.0.0/24", "::1"),
        root_path="/news",
        allow_hosts=("news.example",),
        rate=2.5,
        queue=3,
        history=False,
        mcp=True,
        log="json",
        log_questions=True,
    )
    assert isinstance(desk, Desk)
    ran = run_command("rag", "chat", "--root-path", "news")  # type: ignore[operator]
    assert (ran.code, ran.err.startswith("error: --root-path 'news' is no path: write /news")) == (1, True)


def test_a_line_for_the_users_file_is_printed(
    run_command: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import io

    from rag.web.auth import Users

    monkeypatch.setattr(sys, "stdin", io.StringIO("a long password\n"))
    ran: Ran = run_command("rag", "password", "mara")  # type: ignore[operator]
    assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)
    (tmp_path / "users.toml").write_text(ran.out)
    Users.read(tmp_path / "users.toml")
    for name, password, message in (("mara", "short", "the password has 5 characters"), ("a b", "x" * 9, "no name of")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(password))
        ran = run_command("rag", "password", name)  # type: ignore[operator]
        assert (ran.code, message in ran.err) == (1, True)
