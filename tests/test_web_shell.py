"""A `rag chat` that is asked from the shell: the same words as without it, and nobody else at either end."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from rag.record.serialize import from_json
from rag.web import resident, shell
from rag.web.desk import Asked, Desk
from rag.web.resident import ShellQuestion, ask_resident, is_ours, settings, socket_of
from rag.web.serving import Server
from rag.web.settings import Serving
from tests.conftest import Ran
from tests.served import OVERVIEW, QUESTION, UNANSWERED, desk_of

Rag = Callable[..., Ran]
ASKED = ShellQuestion(QUESTION, ("", ""), (), (), (), "", True, (), "text")


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:  # whose path is short
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def desk(toy_index: Path) -> Desk:
    return desk_of(toy_index)


@pytest.fixture
def chat(desk: Desk, toy_index: Path, runtime: Path) -> Iterator[Server]:
    more = partial(shell.install, desk=desk, index=toy_index, generator="quotes", reader="packaged")
    server, path = Server(desk, Serving(), more), socket_of(toy_index)
    yield server
    assert path.exists()
    server.stop()
    assert not path.exists()


@pytest.fixture
def rag(run_command: Rag, desk: Desk, toy_index: Path, monkeypatch: pytest.MonkeyPatch) -> Rag:
    """`rag` over the toy index, which the toy embedder was made for: without a chat it answers as the desk does."""
    from rag.answer.answerer import Answerer
    from rag.search.retriever import Retriever

    answerer = desk.latest.get()
    monkeypatch.setattr(Answerer, "open", lambda *_, **__: answerer)
    monkeypatch.setattr(Retriever, "open", lambda *_, **__: answerer.retriever)
    return lambda *arguments: run_command("rag", *arguments, "--index", toy_index)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", QUESTION],
        ["ask", UNANSWERED, "--json"],
        ["ask", OVERVIEW, "--format", "markdown"],
        [
            "ask",
            QUESTION,
            "--format",
            "bibtex",
            "--outlet",
            "The Ellery Courier",
            "--from",
            "2025-01",
            "--as-of",
            "2026",
        ],
        ["ask", "And according to Strand Radio?", "--after", QUESTION, "--ignore", "raised"],
        ["search", "harbour tolls in 2025", "--limit", "2", "--to", "2025", "--no-parse-query"],
        ["search", "harbour tolls", "--json"],
    ],
)
def test_what_is_printed_is_what_is_printed_without_it(
    arguments: list[str], rag: Rag, desk: Desk, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = rag(*arguments)
    assert (alone.code, alone.err) == (0, "")
    request.getfixturevalue("chat")
    for name in ("_answered", "_searched"):
        monkeypatch.setattr(f"rag.cli.main.{name}", None)  # nothing is loaded
    assert rag(*arguments) == alone
    assert 'door="shell"' in desk.metrics.text(desk.turns, "", 0).decode()


def test_an_answer_is_recorded_where_it_was_asked_for_and_never_kept_by_the_page(
    rag: Rag, chat: Server, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.kept, "keep", None)
    code, _, err = rag("ask", QUESTION, "--save", tmp_path / "tolls.json")
    assert (code, err) == (0, "")
    assert from_json((tmp_path / "tolls.json").read_text()).question == QUESTION

    async def given() -> list[str]:
        return [one.id async for one in desk.ask(Asked(QUESTION, kept=False), "mara")]

    assert set(asyncio.run(given())) == {""}


def test_what_another_process_would_answer_otherwise_is_left_to_it(
    rag: Rag, chat: Server, toy_index: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(question: ShellQuestion = ASKED, decided: Callable[[], str] = settings) -> bool:
        return ask_resident(toy_index, question, decided) is not None

    assert asked()
    assert not asked(decided=lambda: settings("openai:tiny"))
    assert not asked(decided=lambda: settings(reader="none"))
    assert not asked(ShellQuestion(" ", ("", ""), (), (), (), "", True, (), "text"))
    assert not asked(ShellQuestion(QUESTION, ("", ""), ("The Lindmoor Post",), (), (), "", True, (), "text"))
    assert rag("ask", QUESTION, "--outlet", "The Lindmoor Post").err.startswith(
        "error: no outlet 'The Lindmoor Post' in the"
    )
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert not asked()
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(desk.latest, "damage", lambda: "the index is damaged")
    assert not asked()


def test_names_of_models_mean_something_by_folder_and_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, local = settings(), settings("local:tiny.gguf")
    monkeypatch.chdir(tmp_path)
    assert (settings() == mine, settings("local:tiny.gguf") == local) == (True, False)
    there = settings("openai:tiny")
    monkeypatch.setenv("RAG_API_BASE", "http://127.0.0.1:9/v1")
    assert (settings() == mine, settings("openai:tiny") == there) == (True, False)
    monkeypatch.setattr(resident, "__file__", str(tmp_path / "rag" / "web" / "resident.py"))
    assert settings() != mine  # another program


def test_a_socket_that_others_can_open_or_made_is_not_trusted(
    chat: Server, toy_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = socket_of(toy_index)
    assert (oct(path.stat().st_mode), oct(path.parent.stat().st_mode)) == ("0o140600", "0o40700")
    for changed, mode in ((path, 0o600), (path.parent, 0o700)):
        changed.chmod(mode | 0o002)
        assert ask_resident(toy_index, ASKED, settings) is None
        changed.chmod(mode)
    assert ask_resident(toy_index, ASKED, settings)
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)
    assert not is_ours(path)
    monkeypatch.setattr(resident, "socket_of", lambda _: path)
    assert ask_resident(toy_index, ASKED, settings) is None


def test_a_folder_of_somebody_elses_is_not_listened_in(desk: Desk, toy_index: Path) -> None:
    folder = socket_of(toy_index).parent
    folder.mkdir()
    folder.chmod(0o777)
    server = Server(
        desk, Serving(), partial(shell.install, desk=desk, index=toy_index, generator="quotes", reader="none")
    )
    assert [*folder.iterdir()] == []
    server.stop()


def test_what_a_killed_chat_left_is_passed_over_and_replaced(
    rag: Rag, toy_index: Path, runtime: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = socket_of(toy_index)
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
        path.chmod(0o600)
        assert rag("ask", QUESTION).code == 0  # nobody listens
        left.listen()
        monkeypatch.setattr(resident, "_TO_TAKE", 0.1)
        assert rag("ask", QUESTION).code == 0  # it hangs
    assert path.exists()
    monkeypatch.setattr(resident, "_TO_TAKE", 60.0)
    request.getfixturevalue("chat")
    assert ask_resident(toy_index, ASKED, settings)


def test_a_path_that_is_too_long_for_a_socket_only_does_without(
    rag: Rag, desk: Desk, toy_index: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / ("a" * 100)))
    more = partial(shell.install, desk=desk, index=toy_index, generator="quotes", reader="packaged")
    server = Server(desk, Serving(), more)
    assert rag("ask", QUESTION).code == 0
    server.stop()


def test_nonsense_is_answered_with_the_end(chat: Server, toy_index: Path) -> None:
    for sent in (b"{}\n", b"tolls\n", b'{"settings": 7, "question": 1}\n', b"x" * (1 << 21) + b"\n"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(socket_of(toy_index)))
            try:
                connection.sendall(sent)
                assert connection.recv(1) == b""
            except (BrokenPipeError, ConnectionResetError):
                pass  # it stopped reading
    assert ask_resident(toy_index, ASKED, settings)


def test_a_link_that_leads_to_another_index_later_is_not_followed_there(
    tmp_path: Path, desk: Desk, toy_index: Path, runtime: Path
) -> None:
    link = tmp_path / "index"
    link.symlink_to(toy_index)
    server = Server(
        desk, Serving(), partial(shell.install, desk=desk, index=link, generator="quotes", reader="packaged")
    )
    assert ask_resident(link, ASKED, settings)
    link.unlink()
    link.symlink_to(tmp_path)  # the chat opens the current index of this, and is found under the one before
    assert ask_resident(toy_index, ASKED, settings) is None
    server.stop()


@pytest.mark.parametrize("reply", [b"[1]\n", b"7\n", b'{"words": 1}\n', b"[" * 100_000 + b"\n", b'{"text": "cut o'])
def test_a_reply_that_is_none_is_passed_over(reply: bytes, toy_index: Path) -> None:
    path = socket_of(toy_index)
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listening, ThreadPoolExecutor(1) as thread:
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen()

        def answer() -> None:
            with listening.accept()[0] as connection:
                connection.recv(1 << 16)
                connection.sendall(resident.TAKEN + reply)

        answered = thread.submit(answer)
        assert ask_resident(toy_index, ASKED, settings) is None
        answered.result()


def test_where_a_turn_would_be_long_in_coming_it_is_left_to_the_shell(
    desk: Desk, chat: Server, toy_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask_resident(toy_index, ASKED, settings)
    monkeypatch.setattr(desk.turns, "_free", 0)
    assert ask_resident(toy_index, ASKED, settings) is None
