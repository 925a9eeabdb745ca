"""Claims about real connections: what reaches a client that speaks HTTP by hand."""

from __future__ import annotations

import json
import logging
import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from tests.wechat.test_routes import Edge

if TYPE_CHECKING:
    from collections.abc import Generator

MEGABYTE = b"\xff" * 1_000_000


@pytest.fixture(scope="module")
def port() -> Generator[int]:
    """Serve the endpoints on loopback, as in production."""
    config = uvicorn.Config(
        Edge().app, http="httptools", loop="uvloop", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


class Client:
    """One connection; sends everything before it reads anything."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.socket.makefile("rb")

    def head(self, query: str, *headers: str, method: str = "POST") -> None:
        lines = [f"{method} /cv/ocr/comm?{query} HTTP/1.1", "Host: a", *headers]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def status(self) -> int:
        return int(self.file.readline().split()[1])

    def reply(self) -> dict[str, Any]:
        """Return the JSON of the next response."""
        assert self.status() == 200
        size = 0
        while (line := self.file.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
        reply: dict[str, Any] = json.loads(self.file.read(size))
        return reply

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@pytest.fixture
def client(port: int) -> Generator[Client]:
    with closing(Client(port)) as opened:
        yield opened


@pytest.mark.parametrize("keep", ["keep-alive", "close"])
@pytest.mark.parametrize(
    ("token", "code"), [("bad", 40001), ("good", 40006)], ids=["bad-token", "too-large"]
)
def test_a_refused_upload_of_ten_megabytes_gets_its_reply(
    client: Client, token: str, code: int, keep: str
) -> None:
    client.head(
        f"access_token={token}",
        "Content-Length: 10000000",
        "Content-Type: image/png",
        f"Connection: {keep}",
    )
    for _ in range(10):
        client.socket.sendall(MEGABYTE)
    assert client.reply()["errcode"] == code


@pytest.mark.parametrize(("token", "code"), [("bad", 40001), ("good", 40006)])
def test_a_refused_upload_in_chunks_gets_its_reply(
    client: Client, token: str, code: int
) -> None:
    client.head(
        f"access_token={token}",
        "Transfer-Encoding: chunked",
        "Content-Type: image/png",
        "Connection: close",
    )
    for _ in range(10):
        client.socket.sendall(b"f4240\r\n" + MEGABYTE + b"\r\n")
    client.socket.sendall(b"0\r\n\r\n")
    assert client.reply()["errcode"] == code


def test_a_connection_serves_on_after_a_refused_upload(client: Client) -> None:
    client.head("access_token=bad", "Content-Length: 1000000")
    client.socket.sendall(MEGABYTE)
    assert client.reply()["errcode"] == 40001
    client.head("access_token=good", "Content-Length: 3", "Content-Type: image/png")
    client.socket.sendall(b"abc")
    assert client.reply()["errcode"] == 0


@pytest.mark.parametrize(("token", "code"), [("bad", 40001), ("good", 0)])
def test_a_client_that_waits_is_told_to_go_on(
    client: Client, token: str, code: int
) -> None:
    client.head(
        f"access_token={token}",
        "Content-Length: 1000000",
        "Content-Type: image/png",
        "Expect: 100-continue",
    )
    assert client.status() == 100
    client.file.readline()
    client.socket.sendall(MEGABYTE)
    assert client.reply()["errcode"] == code


def test_an_upload_in_small_chunks_is_read(client: Client) -> None:
    client.head(
        "access_token=good",
        "Transfer-Encoding: chunked",
        "Content-Type: multipart/form-data; boundary=b",
    )
    for part in (
        b'--b\r\nContent-Disposition: form-data; name="img"; file',
        b'name="a.png"\r\n\r\npic',
        b"ture\r\n--b--\r\n",
    ):
        client.socket.sendall(b"%x\r\n%b\r\n" % (len(part), part))
    client.socket.sendall(b"0\r\n\r\n")
    assert client.reply()["errcode"] == 0


@pytest.mark.parametrize(("size", "code"), [(2**21 - 1, 0), (2**21, 40006)])
@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b"--b--\r\n"), (b"preamble\r\n", b"--b--\r\n trailing \xff"), (b"", b"")],
    ids=["plain", "surrounded", "unclosed"],
)
def test_a_file_of_the_largest_size_arrives_in_any_form(
    client: Client, size: int, code: int, before: bytes, after: bytes
) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="img"; filename="a"\r\n\r\n'
    sent = before + head + b"\xff" * size + b"\r\n" + after
    client.head(
        "access_token=good",
        f"Content-Length: {len(sent)}",
        "Content-Type: multipart/form-data; boundary=b",
    )
    client.socket.sendall(sent)
    assert client.reply()["errcode"] == code


@pytest.mark.parametrize("size", [0, 2, 200_000])
def test_the_body_beside_an_address_is_thrown_away(client: Client, size: int) -> None:
    query = "access_token=good&img_url=http://example.com/a.png"
    client.head(query, f"Content-Length: {size}", "Content-Type: application/json")
    client.socket.sendall(b"{" * size)
    assert client.reply()["errcode"] == 0


def test_a_head_request_gets_no_body(client: Client) -> None:
    client.head("access_token=good", "Connection: close", method="HEAD")
    assert client.file.read().endswith(b"\r\n\r\n")


def test_a_client_that_leaves_leaves_no_log(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Client(port)) as client:
        client.head("access_token=good", "Content-Length: 1000")
        client.socket.sendall(b"abc")
    with closing(Client(port)) as client:
        client.head("access_token=bad", "Content-Length: 0")
        client.reply()
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []
