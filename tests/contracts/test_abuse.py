"""Claims about uploads that are none: an answer in JSON or a clean close, no crash."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.contracts.stand import Stand

pytestmark = pytest.mark.real

APIS = ("comm", "driving")
FORM = "Content-Type: multipart/form-data; boundary=b"
MEGABYTE = b"\xff" * 1_000_000
START = b'--b\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\n\r\n'


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(autouse=True)
def alive(stand: Stand) -> Iterator[None]:
    """See after each test that the server serves on."""
    yield
    assert httpx.get(f"{stand.url}/readyz", timeout=10).text == "ready\n"


def upload(
    stand: Stand,
    api: str,
    *headers: str,
    body: Iterable[bytes],
    token: str = "",
    leave: bool = False,
) -> int | None:
    """Send all, then read; return the errcode, None for a close without an answer."""
    server = urlsplit(stand.url)
    query = f"access_token={token or stand.token}"
    head = [f"POST /cv/ocr/{api}?{query} HTTP/1.1", f"Host: {server.netloc}", *headers]
    head.append("Connection: close")
    with (
        socket.create_connection((server.hostname, server.port), timeout=30) as line,
        line.makefile("rb") as file,
    ):
        line.sendall("\r\n".join([*head, "", ""]).encode())
        for part in body:
            line.sendall(part)
        if leave:
            line.shutdown(socket.SHUT_WR)
        answer = file.read()
    if not answer:
        return None
    assert re.match(
        rb"HTTP/1\.1 200 .*content-type: application/json", answer, re.DOTALL
    )
    code: int = json.loads(answer.partition(b"\r\n\r\n")[2])["errcode"]
    return code


@pytest.mark.parametrize(
    ("token", "code"), [("unknown", 40001), ("", 40006)], ids=["stranger", "app"]
)
@pytest.mark.parametrize(
    "kind", [FORM, "Content-Type: image/jpeg", "Content-Type: text/plain", "X: y"]
)
def test_a_hundred_megabytes_are_refused_in_json(
    stand: Stand, api: str, kind: str, token: str, code: int
) -> None:
    length = f"Content-Length: {len(START) + 100 * len(MEGABYTE)}"
    body = [START, *[MEGABYTE] * 100]
    assert upload(stand, api, kind, length, body=body, token=token) == code


def test_a_hundred_megabytes_in_chunks_are_refused_in_json(
    stand: Stand, api: str
) -> None:
    body = [b"f4240\r\n" + MEGABYTE + b"\r\n"] * 100
    headers = (FORM, "Transfer-Encoding: chunked")
    assert upload(stand, api, *headers, body=[*body, b"0\r\n\r\n"]) == 40006


@pytest.mark.parametrize("sent", [0, 20, len(START), len(START) + 500])
def test_half_an_upload_ends_in_a_clean_close(
    stand: Stand, api: str, sent: int
) -> None:
    body = (START + b"a" * 1000)[:sent]
    length = "Content-Length: 5000"
    assert upload(stand, api, FORM, length, body=[body], leave=True) is None


@pytest.mark.parametrize("sent", [b"", b"3e8\r\nabc", b"zz\r\n"])
def test_half_an_upload_in_chunks_ends_in_json_or_a_clean_close(
    stand: Stand, api: str, sent: bytes
) -> None:
    chunked = "Transfer-Encoding: chunked"
    code = upload(stand, api, FORM, chunked, body=[sent], leave=True)
    assert code in {None, 40066}


@pytest.mark.parametrize(
    "boundary", ["other", "", '""', "b; boundary=c", "\\", "é", "b" * 5000]
)
def test_a_wrong_boundary_is_answered_in_json(
    stand: Stand, api: str, boundary: str
) -> None:
    body = START + b"picture\r\n--b--\r\n"
    kind = f"Content-Type: multipart/form-data; boundary={boundary}"
    length = f"Content-Length: {len(body)}"
    assert upload(stand, api, kind, length, body=[body]) == 41005


@pytest.mark.parametrize("name", ["x", "img", "img_url", "type", ""])
def test_ten_thousand_fields_are_answered_in_json(
    stand: Stand, api: str, name: str
) -> None:
    field = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nv\r\n'
    body = field.encode() * 10_000 + b"--b--\r\n"
    length = f"Content-Length: {len(body)}"
    code = upload(stand, api, FORM, length, body=[body])
    assert code == {"img_url": 101000, "img": 101002, "": 101002}.get(name, 41005)


def test_ten_thousand_parameters_are_answered_in_json(stand: Stand, api: str) -> None:
    kind = "Content-Type: application/x-www-form-urlencoded"
    body = b"&".join(b"a%d=b" % number for number in range(10_000))
    length = f"Content-Length: {len(body)}"
    code = upload(stand, api, kind, length, body=[body])
    assert code == 41005
