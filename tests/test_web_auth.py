"""Who may ask: the users' file, logging in, and what a proxy says."""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.errors import RagError
from rag.web.auth import Users, readable_by_others, user_line
from rag.web.desk import Desk
from rag.web.settings import Serving
from tests.served import Reply, desk_of, send, served

PASSWORD = "grün: und sehr lang"
ROUNDS = 16  # of scrypt; as many as are right take a third of a second each


def basic(name: str, password: str = PASSWORD) -> str:
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "users.toml"
    lines = [user_line("mara", PASSWORD, ROUNDS), user_line("tobin.vance@strand-radio.example", "12345678", ROUNDS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def desk(toy_index: Path) -> Desk:
    return desk_of(toy_index)


@pytest.fixture
def url(desk: Desk, file: Path) -> Iterator[str]:
    with served(desk, Serving(auth=file, rate=0)) as address:
        yield address


def test_a_user_is_who_knows_the_password(file: Path) -> None:
    users = Users.read(file)

    def user(credentials: str) -> str:
        return asyncio.run(users.verified(credentials))

    assert user(basic("mara")) == "mara"
    assert user(basic("tobin.vance@strand-radio.example", "12345678")) == "tobin.vance@strand-radio.example"
    assert users.known(basic("mara")) == "mara"
    assert user("Bearer tobin.vance@strand-radio.example:12345678") == "tobin.vance@strand-radio.example"
    wrong = ["", "Basic", "Basic !", "Basic bWFyYQ==", basic("mara", "x"), basic("mara", ""), basic("nobody")]
    wrong += [basic("MARA"), f"Bearer{basic('mara')[5:]}", basic("mara", f"{PASSWORD} "), basic("", "")]
    for credentials in wrong:
        assert (user(credentials), users.known(credentials)) == ("", ""), credentials


def test_the_slow_hash_is_taken_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed, scrypt = list[bytes](), hashlib.scrypt

    def counting(password: bytes, **more: Any) -> bytes:
        hashed.append(password)
        return scrypt(password, **more)

    monkeypatch.setattr(hashlib, "scrypt", counting)
    users = Users.read(file)

    async def at_once() -> list[str]:
        return await asyncio.gather(*(users.verified(basic("mara")) for _ in range(20)))

    assert asyncio.run(at_once()) == ["mara"] * 20
    assert len(hashed) == 1
    asyncio.run(users.verified(basic("nobody")))
    assert len(hashed) == 2  # the answer does not come sooner for a name that nobody has


GARBLED = {
    "mara": "is no TOML",
    "": "names no user",
    'mara = "secret"': "what it says of 'mara' is no hashed password",
    "mara = 5": "what it says of 'mara' is no hashed password",
    'mara = "scrypt$16$AAAA$AAAA"': "what it says of 'mara' is no hashed password",
    '"a b" = "scrypt$16$AAAA$' + "A" * 43 + '="': "what it says of 'a b' is no hashed password",
    'mara = "scrypt$17$AAAA$' + "A" * 43 + '="': "what it says of 'mara' is no hashed password",
    'mara = "scrypt$1073741824$AAAA$' + "A" * 43 + '="': "what it says of 'mara' is no hashed password",
}


@pytest.mark.parametrize("content", GARBLED)
def test_a_garbled_file_is_an_error_that_shows_no_secret(tmp_path: Path, content: str) -> None:
    path = tmp_path / "users.toml"
    path.write_text(content, encoding="utf-8")
    way_out = "write a line for each user as rag password NAME prints it"
    with pytest.raises(RagError, match=f"^{re.escape(f'{path}')}:? {re.escape(GARBLED[content])}: {way_out}$") as error:
        Users.read(path)
    assert "secret" not in str(error.value)
    with pytest.raises(RagError, match=r"none\.toml cannot be read: No such file or directory: "):
        Users.read(tmp_path / "none.toml")


def test_a_file_that_others_may_read_is_noticed(file: Path) -> None:
    assert not readable_by_others(file)
    for mode in (0o640, 0o604):
        file.chmod(mode)
        assert readable_by_others(file)
    file.chmod(0o600)


def test_who_does_not_log_in_sees_nothing(url: str) -> None:
    for path in ("/", "/page/page.js", "/config", "/metrics", "/nothing", "/gradio_api/heartbeat/a"):
        reply = send(url, path=path)
        assert (reply.status, "harbour" in reply.text) == (401, False), path
        assert reply.headers["www-authenticate"] == 'Basic realm="news-rag", charset="UTF-8"'
    assert send(url, path="/healthz").status == 200
    assert send(url, path="/readyz").text == '{"ready":true}'
    for path in ("/", "/page/page.js", "/readyz", "/metrics"):
        assert send(url, path=path, authorization=basic("mara")).status == 200
    assert send(url, authorization=basic("mara", "wrong")).status == 401


def test_guesses_are_slowed_down_and_the_users_are_not(url: str) -> None:
    assert send(url, authorization=basic("mara")).status == 200

    def guess(number: int, source: str = "") -> Reply:
        return send(url, source=source, authorization=basic("mara", f"guess {number}"))

    replies = [guess(number) for number in range(12)]
    assert [one.status for one in replies] == [*[401] * 10, 429, 429]
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 5
    assert send(url, authorization=basic("mara")).status == 200  # is known already
    assert guess(0, "127.0.0.2").status == 401


def test_a_user_is_one_client_wherever_he_is(desk: Desk, file: Path) -> None:
    with served(desk, Serving(auth=file, rate=0.01)) as url:
        other = basic("tobin.vance@strand-radio.example", "12345678")
        replies = [
            send(url, source=f"127.0.0.{n}", authorization=who) for n in (2, 3) for who in (basic("mara"), other)
        ]
        assert [one.status for one in replies] == [200, 200, 429, 429]


def test_a_proxy_says_who_asks(desk: Desk) -> None:
    with served(desk, Serving(auth_header="X-Forwarded-User", proxies=("127.0.0.2",), rate=0.01)) as url:
        two = {"x_forwarded_user": "somebody", "X_Forwarded_User": "mara"}
        assert send(url, source="127.0.0.2", **two).status == 401  # which of them the proxy wrote, nobody knows
        assert send(url, source="127.0.0.2").status == 401
        assert send(url, source="127.0.0.2", x_forwarded_user=" ").status == 401
        refused = send(url, x_forwarded_user="mara")  # not from the proxy
        assert (refused.status, "www-authenticate" in refused.headers) == (401, False)
        statuses = [send(url, source="127.0.0.2", x_forwarded_user=user).status for user in ("mara", "mara", "tobin")]
        assert statuses == [200, 429, 200]
        assert send(url, path="/healthz").status == 200
