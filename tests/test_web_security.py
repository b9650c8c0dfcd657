"""What the guard lets in: hosts, origins, paths, bodies and rates, tried on a real server."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rag.web.desk import Desk
from rag.web.rates import Buckets
from rag.web.settings import Serving
from tests.conftest import missing
from tests.served import Reply, desk_of, send, served

QUESTION = {"ask": {"question": "Who raised the tolls in Port Ellery?"}, "turn": "t1"}
CHAT = "/gradio_api/call/chat"


@pytest.fixture(scope="module")
def desk(toy_index: Path) -> Desk:
    return desk_of(toy_index)


@pytest.fixture(scope="module")
def url(desk: Desk) -> Iterator[str]:
    with served(desk, Serving(rate=0)) as address:
        yield address


def ask(url: str, question: object = QUESTION, **more: str) -> Reply:
    """Ask as the page does, and return the stream with the answer."""
    joined = send(url, "POST", CHAT, {"data": [question]}, **more)
    if joined.status != 200:
        return joined
    return send(url, "GET", f"{CHAT}/{json.loads(joined.text)['event_id']}", **more)


def test_what_the_page_needs_is_open(url: str) -> None:
    for path in ("/", "/page/page.js", "/page/style.css", "/config", "/gradio_api/info", "/healthz", "/%68ealthz"):
        assert send(url, path=path).status == 200, path
    assert "raised the tolls by nine per cent" in ask(url).text
    config = json.loads(send(url, path="/config?deep_link=..%2f..%2fetc").text)
    assert (config["analytics_enabled"], "deep_link_state" in config) == (False, False)
    heartbeat = socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])))
    with heartbeat:
        heartbeat.sendall(b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert heartbeat.recv(100).startswith(b"HTTP/1.1 200")


CLOSED = [
    *(("POST", f"/gradio_api/{one}") for one in ("upload", "run/chat", "api/chat", "run/predict", "reset", "cancel")),
    *(("POST", f"/gradio_api/{one}") for one in ("component_server", "call/v2/chat", "process_recording", "vibe-edit")),
    *(("GET", f"/gradio_api/{one}") for one in ("file=/etc/passwd", "file/etc/passwd", "proxy=https://a.example/")),
    *(("GET", f"/gradio_api/{one}") for one in ("deep_link?session_hash=a", "runs", "startup-events", "app_id")),
    *(("GET", f"/gradio_api/{one}") for one in ("upload_progress?upload_id=a", "openapi.json", "theme.css", "token")),
    *(("GET", f"/{one}") for one in ("monitoring", "monitoring/summary", "runs", "login_check", "file=/etc/passwd")),
    *(("GET", f"/{one}") for one in ("docs", "openapi.json", "robots.txt", "manifest.json", "static/x", "assets/x")),
    *(("GET", f"/{one}") for one in ("/config", "config/", "./config", "page/../config", "CONFIG", "config%00")),
    *(("GET", f"/{one}") for one in ("gradio_api//info", "gradio_api/%2e%2e/config", "%2fconfig", "page/..%2fchat.py")),
    *(("PUT", "/config"), ("DELETE", "/gradio_api/queue/data"), ("OPTIONS", "/config")),
    *(("GET", CHAT), ("GET", "/gradio_api/queue/join"), ("POST", "/config"), ("POST", "/login"), ("GET", "/logout")),
]


@pytest.mark.parametrize("root", ["", "/news"])
def test_everything_else_of_gradio_is_not_there(desk: Desk, root: str) -> None:
    with served(desk, Serving(rate=0, root_path=root)) as url:
        for method, path in CLOSED:
            reply = send(url, method, root + path, {} if method == "POST" else None)
            assert (reply.status, "content-security-policy" in reply.headers) == (404, True), (method, path)
        assert send(url, path=root or "/").status == send(url, path="/config").status == 200
        assert f'src="{root}/page/page.js"' in send(url, path=f"{root}/").text


def test_only_methods_that_are_meant_are_answered(url: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        for path in ("/", "/healthz", "/metrics", "/page/page.js"):
            assert send(url, method, path).status in (404, 405), (method, path)


POLICY = {
    **dict.fromkeys(
        ("default-src", "script-src", "style-src", "connect-src", "font-src", "base-uri", "form-action"), "'self'"
    ),
    **dict.fromkeys(("object-src", "frame-src", "media-src", "worker-src", "frame-ancestors"), "'none'"),
    "img-src": "'self' data:",
}


@pytest.mark.parametrize("path", ["/", "/page/page.js", "/page/style.css", "/config", "/nothing-here", "/gradio_api/x"])
def test_every_response_says_what_may_load(url: str, path: str) -> None:
    reply = send(url, path=path, origin="https://evil.example")
    assert dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; ")) == POLICY
    assert (reply.headers["x-content-type-options"], reply.headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert [name for name in reply.headers if name.startswith("access-control-")] == []
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"', reply.text)
    assert [address for address in loaded if "//" in address] == []
    assert "<script>" not in reply.text


HOSTS = {
    Serving(): "localhost 127.0.0.1:1 LOCALHOST [::1]:7860",
    Serving(allow_hosts=("news.example",)): "news.example news.example:443 localhost",
    Serving(
        host="0.0.0.0", allow_hosts=("news.example",)
    ): f"news.example 192.0.2.7 [2001:db8::1]:80 {socket.gethostname()}",
}


@pytest.mark.parametrize("serving", HOSTS, ids=lambda one: one.host)
def test_the_page_is_served_under_its_own_names_only(desk: Desk, serving: Serving) -> None:
    with served(desk, serving) as url:
        for host in HOSTS[serving].split():
            assert send(url, path="/healthz", host=host).status == 200, host
        strange = ["evil.example", "news.example.evil.example", "localhost.evil.example", "", "a b", "news.example@x"]
        for host in [*strange, *(["192.0.2.7"] if serving.loopback else [])]:
            reply = send(url, path="/healthz", host=host)
            assert (reply.status, "--allow-host" in reply.text, "evil" in reply.text) == (400, True, False), host


def test_another_web_site_cannot_ask(url: str) -> None:
    own = urlsplit(url).netloc
    for headers in ({"origin": f"http://{own}"}, {"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}, {}):
        assert send(url, "POST", CHAT, {"data": [{}]}, **headers).status == 200, headers
    foreign = ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", f"http://{own}.evil.example"]
    for headers in [{"origin": one} for one in foreign] + [
        {"sec_fetch_site": one} for one in ("cross-site", "same-site")
    ]:
        reply = send(url, "POST", CHAT, {"data": [{}]}, **headers)
        assert (reply.status, "another web site" in reply.text) == (403, True), headers


def test_a_body_that_is_too_large_is_refused_at_the_socket(url: str) -> None:
    memory, port = Path("/proc/self/statm"), int(url.rsplit(":", 1)[1])
    if not memory.exists():
        missing("this system does not say how much memory a process has")
    megabyte = b" " * 1_000_000
    head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()
    lengths = (b"Content-Length: 100000000\r\n\r\n", b""), (b"Transfer-Encoding: chunked\r\n\r\n", b"F4240\r\n")
    before = int(memory.read_text().split()[1])
    for length, chunk in lengths:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head + length)
            try:
                for _ in range(100):
                    connection.sendall(chunk + megabyte + (b"\r\n" if chunk else b""))
            except OSError:
                pass  # hung up on
            else:
                pytest.fail("100 MB were read")
    assert (int(memory.read_text().split()[1]) - before) * 4096 < 20_000_000
    for length, body in (
        (b"Content-Length: 1000001\r\n\r\n", b""),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"F4241\r\n" + megabyte + b" \r\n"),
    ):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head + length + body)
            reply = b"".join(iter(lambda: connection.recv(65536), b""))  # until it is hung up
        assert reply.startswith(b"HTTP/1.1 413 "), length
        assert b"\r\nconnection: close\r\n" in reply.lower()
    largest = json.dumps({"data": ["x" * 999_000]}).encode()
    assert send(url, "POST", CHAT, largest).status == 200


NESTED = b'{"data": ' + b"[" * 40 + b"]" * 40 + b"}"
JOIN = "/gradio_api/queue/join"
NONSENSE: list[tuple[str, object, int]] = [
    (JOIN, {"data": [QUESTION], "fn_index": 99, "session_hash": "a"}, 400),
    (JOIN, {"data": [QUESTION], "fn_index": "0x", "session_hash": "a"}, 400),
    (JOIN, {"data": [QUESTION], "fn_index": 0}, 400),
    (JOIN, {"data": [], "fn_index": 0, "session_hash": "a"}, 400),
    (JOIN, {"data": {"a": 1}, "session_hash": ["a"]}, 400),
    (JOIN, [1, 2], 400),
    (JOIN, b'{"data": [NaN], "fn_index": 0, "session_hash": "a"}', 400),
    (JOIN, b'{"data": [1e999', 400),
    (JOIN, b"\xff\xfe", 400),
    (JOIN, NESTED, 400),
    (JOIN, b"[" * 900_000, 400),
    ("/gradio_api/call/nothing", {"data": [1]}, 400),
    (CHAT, {"data": []}, 400),
    (CHAT, {}, 400),
]


@pytest.mark.parametrize(("path", "body", "status"), NONSENSE)
def test_nonsense_gets_a_short_answer_and_no_trace(
    url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], path: str, body: object, status: int
) -> None:
    reply = send(url, "POST", path, body)
    assert (reply.status, len(reply.text) < 200, "Trace" in reply.text) == (status, True, False)
    assert caplog.text.count("\n") <= 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("question", [5, None, "x", [1], {"ask": {"question": 5}}, {"path": "/etc/passwd"}])
def test_a_question_of_a_wrong_kind_is_told(url: str, capfd: pytest.CaptureFixture[str], question: object) -> None:
    reply = ask(url, question)
    assert (reply.status, "notice" in reply.text, "Trace" in reply.text) == (200, True, False)
    assert capfd.readouterr().err == ""


def test_only_json_is_read(url: str) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        assert send(url, "POST", CHAT, b"{}", content_type=kind).status == 415


def test_a_fault_of_ours_is_a_line_in_the_log(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def get() -> None:
        raise ZeroDivisionError("secret\npath")

    with served(desk) as url:
        monkeypatch.setattr(desk.latest, "get", get)
        reply = send(url, path="/readyz?%1b[31m")
    assert (reply.status, "secret" in reply.text, "something went wrong" in reply.text) == (500, False, True)
    assert [re.sub(r":\d+", "", line) for line in caplog.messages if "Zero" in line] == [
        "ZeroDivisionError in test_web_security.py while answering '/readyz'"
    ]


def test_a_bucket_is_refilled() -> None:
    now = 0.0
    buckets = Buckets(2, 3, lambda: now)
    assert [buckets.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.wait("b") == 0
    now = 0.5
    assert [buckets.wait("a"), buckets.wait("a")] == [0, 0.5]
    now = 100
    assert [buckets.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    buckets.give_back("a")
    assert [buckets.wait("a"), buckets.wait("a")] == [0, 0.5]
    assert {Buckets(0, 0).wait("a") for _ in range(100)} == {0}


def test_who_asks_too_often_is_told_when_to_ask_again(toy_index: Path) -> None:
    desk = desk_of(toy_index)
    with served(desk, Serving(rate=0.01)) as url:
        first, second = (send(url) for _ in range(2))
        assert (first.status, second.status, second.headers["content-type"]) == (200, 429, "application/problem+json")
        assert 90 <= int(second.headers["retry-after"]) <= 100
        assert send(url, source="127.0.0.2").status == 200
        assert send(url, path="/page/style.css").status == send(url, path="/healthz").status == 200
        forged = send(url, x_forwarded_for="192.0.2.1")
        assert forged.status == 429  # nobody was told to believe it
        assert 'newsrag_refused_total{reason="rate"} 2.0' in send(url, path="/metrics").text


def test_a_proxy_is_believed_that_was_named(desk: Desk) -> None:
    with served(desk, Serving(rate=0.01, proxies=("127.0.0.0/30",))) as url:
        for addresses, status in (
            ("192.0.2.1", 200),
            ("192.0.2.1", 429),
            ("192.0.2.9, 192.0.2.1, 127.0.0.2", 429),  # what stands before the last that is no proxy is made up
            ("192.0.2.1, 192.0.2.2", 200),
            ("2001:db8:1:2::7", 200),
            ("2001:db8:1:2::8", 429),  # one household
            ("2001:db8:1:3::8", 200),
        ):
            assert send(url, x_forwarded_for=addresses).status == status, addresses
        # Two headers: a proxy may add its own below the client's.
        two = {"x_forwarded_for": "192.0.2.77", "X_Forwarded_For": "192.0.2.1"}
        assert send(url, **two).status == 429
        assert send(url, source="127.0.0.9", x_forwarded_for="192.0.2.7").status == 200
        assert send(url, source="127.0.0.9", x_forwarded_for="192.0.2.8").status == 429


def test_an_idle_stream_of_a_client_that_has_many_is_refused(url: str) -> None:
    port, head = int(url.rsplit(":", 1)[1]), b"GET /gradio_api/heartbeat/a%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
    opened = [socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.3", 0)) for _ in range(65)]
    try:
        replies = []
        for number, one in enumerate(opened):
            one.sendall(head % number)
            replies.append(one.recv(12))
        assert (set(replies[:64]), replies[64]) == ({b"HTTP/1.1 200"}, b"HTTP/1.1 429")
        assert send(url).status == 200
    finally:
        for one in opened:
            one.close()
