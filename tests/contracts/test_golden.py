"""Claims about clients that are not run here: their requests, byte for byte."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.contracts import readers
from tests.contracts.stand import CASES, Stand

if TYPE_CHECKING:
    from tests.contracts.stand import PictureHost

pytestmark = pytest.mark.real

GOLDEN = Path(__file__).parent / "golden"
CALLS = [
    path
    for path in sorted(GOLDEN.glob("*-*-*.http"))
    if path.stem.split("-")[1] in CASES
]
TOKENS = sorted([*GOLDEN.glob("*-token.http"), *GOLDEN.glob("*-stable.http")])
READERS = {"comm": readers.COMM, "driving": readers.DRIVING}


def fill(template: bytes, stand: Stand, picture: bytes, token: str) -> bytes:
    """Return a request with what differs from run to run put in."""
    server = urlsplit(stand.url)
    told = {
        b"{HOST}": server.netloc.encode(),
        b"{TOKEN}": token.encode(),
        b"{APPID}": stand.app_id.encode(),
        b"{SECRET}": stand.secret.encode(),
        b"{PORT}": str(urlsplit(stand.host).port).encode(),
        b"{SIZE}": str(len(picture)).encode(),
    }
    for words, ours in told.items():
        template = template.replace(words, ours)
    head, _, body = template.partition(b"\r\n\r\n")
    body = body.replace(b"{PICTURE}", picture)
    head = head.replace(b"{LENGTH}", str(len(body)).encode())
    assert not re.search(rb"\{[A-Z]+\}", head)
    return head + b"\r\n\r\n" + body


def send(stand: Stand, request: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the head and the JSON that a request is answered with."""
    server = urlsplit(stand.url)
    with (
        socket.create_connection((server.hostname, server.port), timeout=60) as line,
        line.makefile("rb") as file,
    ):
        line.sendall(request)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += file.readline()
        size = re.search(rb"(?im)^content-length: *(\d+)", head)
        assert size
        return head, json.loads(file.read(int(size[1])))


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_a_client_s_own_request_is_answered_as_it_reads(
    path: Path, stand: Stand, host: PictureHost
) -> None:
    client, api, _ = path.stem.split("-")
    case = CASES[api]
    host.odd = case.picture
    picture = (stand.pictures / case.picture).read_bytes()
    head, reply = send(stand, fill(path.read_bytes(), stand, picture, stand.token))
    assert head.startswith(b"HTTP/1.1 200 ")
    assert re.search(rb"(?im)^content-type: application/json", head)
    readers.take(READERS[api][client], reply)
    assert case.told(reply) == case.expected


@pytest.mark.parametrize("token", ["unknown", "expired"])
@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_a_token_of_no_use_is_told_as_each_client_looks_for_it(
    path: Path, token: str, stand: Stand, pictures: Path
) -> None:
    picture = (pictures / "page.jpg").read_bytes()
    expired = token == "expired"
    bad = stand.expired if expired else "unknown"
    head, reply = send(stand, fill(path.read_bytes(), stand, picture, bad))
    assert head.startswith(b"HTTP/1.1 200 ")
    assert type(reply["errcode"]) is int
    assert reply["errcode"] == (42001 if expired else 40001)
    # EasyWeChat looks for these words.
    assert ("access_token expired" in reply["errmsg"]) == expired


@pytest.mark.parametrize("path", TOKENS, ids=lambda path: path.stem)
def test_a_client_gets_a_token_that_opens_the_calls(path: Path, stand: Stand) -> None:
    _, reply = send(stand, fill(path.read_bytes(), stand, b"", stand.token))
    readers.take(readers.TOKEN, reply)
    picture = (stand.pictures / "page.jpg").read_bytes()
    call = (GOLDEN / "wxjava-comm-file.http").read_bytes()
    _, read = send(stand, fill(call, stand, picture, reply["access_token"]))
    assert read["errcode"] == 0
