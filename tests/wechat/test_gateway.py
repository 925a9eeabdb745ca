"""Claims about the cloud call's gateway, on calls that the SDK sent."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shizi.core.errors import (
    ApiForbiddenError,
    BusyError,
    CardNotFoundError,
    ImageDecodeError,
    QuotaError,
)
from shizi.wechat import gateway
from shizi.wechat.protobuf import read_fields
from shizi.wechat.signature import Target, sign
from tests.wechat.captured import FILE, NAMES, SECRET, Call, load
from tests.wechat.test_routes import Edge, FakeCalls

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Message

FORMS = [name for name in NAMES if "plain" not in name]
PLAIN = [name for name in NAMES if "plain" in name]
FILES = [name for name in NAMES if "file" in name]


async def fetch(url: str) -> bytes:
    return url.encode()


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Edge:
    monkeypatch.setattr("tests.wechat.test_routes.fetch", fetch)
    return Edge()


async def send(edge: Edge, call: Call) -> httpx.Response:
    transport = httpx.ASGITransport(edge.app)
    async with httpx.AsyncClient(transport=transport) as client:
        request = client.build_request(
            "POST",
            f"http://{call.headers['host']}{call.target}",
            headers=call.headers,
            content=call.body,
        )
        response = await client.send(request)
    assert response.status_code == 200
    return response


def unpacked(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON that the SDK finds in a packed reply."""
    assert response.headers["content-type"] == "application/octet-stream"
    fields = dict(read_fields(response.content))
    assert fields[2] == b"application/json; charset=UTF-8"
    data = fields[1]
    assert isinstance(data, bytes)
    reply: dict[str, Any] = json.loads(data)
    return reply


def refusal(response: httpx.Response) -> str:
    """Return the word that the SDK throws a code of its own for."""
    # Letter by letter: of any other type the SDK would unpack a message.
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    reply = response.json()
    assert reply["requestId"] in reply["message"]
    word: str = reply["code"]
    return word


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_read(edge: Edge, name: str) -> None:
    reply = unpacked(await send(edge, load(name)))
    assert (reply["errcode"], reply["items"]) == (0, [])
    assert (edge.calls.kinds, edge.calls.pictures) == (["text"], [FILE])


@pytest.mark.parametrize("name", [name for name in NAMES if "url" in name])
async def test_an_address_is_fetched_as_it_was_given(edge: Edge, name: str) -> None:
    reply = unpacked(await send(edge, load(name)))
    assert (reply["errcode"], reply["owner"]) == (0, "张三")
    assert edge.calls.kinds == ["card"]
    assert edge.calls.pictures == ["http://example.com/行驶证.png?a=b&c= d".encode()]


@pytest.mark.parametrize("name", PLAIN)
async def test_the_older_call_gets_its_reply_as_text(edge: Edge, name: str) -> None:
    response = await send(edge, load(name))
    reply = response.json()
    assert json.loads(reply["data"]["responseData"])["errcode"] == 0
    assert reply["requestId"] == edge.records[0].rid
    assert edge.calls.pictures == ["http://example.com/图.png".encode()]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("4.0.2-file", "/admin ocr.printedText"),
        ("4.0.2-url", "/admin ocr.vehicleLicense"),
    ],
)
async def test_the_audit_names_app_and_api(edge: Edge, name: str, path: str) -> None:
    await send(edge, load(name))
    [record] = edge.records
    assert (record.path, record.app, record.code) == (path, "wx1", 0)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (QuotaError(), 101003, "not enough market quota"),
        (CardNotFoundError(), 101001, "certificate not found"),
        (ImageDecodeError(), 101002, "decode image failed"),
        (BusyError(), -1, "system error"),
        (ZeroDivisionError(), -1, "system error"),
    ],
)
@pytest.mark.parametrize("name", ["4.0.2-file", "4.0.2-url"])
async def test_an_error_is_told_inside_the_message(
    name: str, error: Exception, code: int, text: str
) -> None:
    edge = Edge(FakeCalls(error))
    reply = unpacked(await send(edge, load(name)))
    [record] = edge.records
    assert reply == {"errcode": code, "errmsg": f"{text} rid: {record.rid}"}
    assert record.code == code


async def test_an_api_that_the_app_may_not_call_is_told_by_number() -> None:
    response = await send(Edge(FakeCalls(ApiForbiddenError())), load("4.0.2-file"))
    assert dict(read_fields(response.content)) == {3: 2**64 - 604101}


async def test_the_older_call_is_told_so_in_its_text() -> None:
    edge = Edge(FakeCalls(ApiForbiddenError()))
    reply = (await send(edge, load("4.0.2-plain"))).json()
    assert json.loads(reply["data"]["responseData"])["errcode"] == -604101


@pytest.mark.parametrize("name", NAMES)
async def test_a_call_that_was_altered_is_refused(edge: Edge, name: str) -> None:
    response = await send(edge, load(name).replaced(b"any", b"one"))
    assert refusal(response) == "SIGN_PARAM_INVALID"
    assert (edge.calls.pictures, edge.records[0].app) == ([], None)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n"),
        ("multipart/form-data", b"--b--"),
        ("application/json", b"{}"),
        ("application/json", b'{"authorization": 5, "action": null}'),
    ],
)
async def test_a_call_without_a_signature_is_refused(
    edge: Edge, kind: str, body: bytes
) -> None:
    call = Call("/admin", {"host": "shizi", "content-type": kind}, body)
    assert refusal(await send(edge, call)) == "SIGN_PARAM_INVALID"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b""),
        ("application/json", b"[]"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 60_000),
        ("application/json", b'"' + b"a" * 70_000 + b'"'),
        ("text/plain", b"a=b"),
    ],
)
async def test_a_body_that_is_no_call_is_refused(
    edge: Edge, kind: str, body: bytes
) -> None:
    call = Call("/admin", {"host": "shizi", "content-type": kind}, body)
    assert refusal(await send(edge, call)) == "INVALID_PARAM"


async def test_a_signed_call_of_nothing_is_refused(edge: Edge) -> None:
    # Signed as covered, and not there: as an SDK signs what is empty.
    target = Target("shizi", "/admin", "")
    headers = {"content-type": "application/json", "host": "shizi"}
    nothing = {"action": b"", "apiname": b"", "requestdata": b""}
    now = 1_800_000_000
    signed = sign("wx1", target=target, headers=headers, params=nothing, now=now)
    authorization = (
        f"TC3-HMAC-SHA256 Credential=wx1/{signed.scope},"
        f" SignedParams={';'.join(nothing)}, SignedHeaders={';'.join(headers)},"
        f" Signature={signed.compute(SECRET)}"
    )
    sent = {**headers, "x-timestamp": str(now), "authorization": authorization}
    assert refusal(await send(edge, Call("/admin", sent, b"{}"))) == "INVALID_PARAM"
    assert edge.records[0].app == "wx1"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_another_method_is_told_in_json(edge: Edge, method: str) -> None:
    assert await edge.code(method, "/admin") == 43002


@pytest.mark.parametrize("name", ["1.8.3-file", "4.0.2-file"])
async def test_a_body_that_is_too_large_is_told_as_by_https(
    edge: Edge, name: str
) -> None:
    call = load(name).replaced(FILE, FILE + bytes(2_200_000))
    assert unpacked(await send(edge, call))["errcode"] == 40006


async def test_so_many_bodies_of_strangers_are_held_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway, "_STRANGERS", 2)
    monkeypatch.setattr(gateway, "_TURN_SECONDS", 0.05)
    call = load("4.0.2-file")
    rest = asyncio.Event()
    holding = asyncio.Semaphore(0)

    async def slow() -> AsyncGenerator[bytes]:
        yield call.body[:100]
        holding.release()
        await rest.wait()
        yield call.body[100:]

    async def code(content: AsyncGenerator[bytes] | bytes) -> int:
        reply = await client.post(call.target, headers=call.headers, content=content)
        return int(unpacked(reply)["errcode"])

    transport = httpx.ASGITransport(Edge().app)
    url = f"http://{call.headers['host']}"
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        held = [asyncio.create_task(code(slow())) for _ in range(2)]
        for _ in held:
            await holding.acquire()
        assert await code(call.body) == -1
        rest.set()
        assert await asyncio.gather(*held) == [0, 0]
        assert await code(call.body) == 0


async def test_a_stranger_who_leaves_gives_his_place_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway, "_STRANGERS", 1)
    call = load("4.0.2-file")
    messages: list[Message] = [
        {"type": "http.request", "body": call.body[:9], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send_nothing(message: Message) -> None:
        pytest.fail(f"{message} was sent")

    app = Edge().app
    await app(call.scope, receive, send_nothing)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as client:
        reply = await client.post(
            f"http://{call.headers['host']}{call.target}",
            headers=call.headers,
            content=call.body,
        )
    assert unpacked(reply)["errcode"] == 0


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    place=st.integers(0, 2000),
    put=st.binary(max_size=3),
    cut=st.booleans(),
)
async def test_a_damaged_call_always_gets_an_answer(
    name: str, place: int, put: bytes, *, cut: bool
) -> None:
    call = load(name)
    edge = Edge()
    place %= len(call.body)
    rest = b"" if cut else call.body[place + len(put) :]
    damaged = Call(call.target, call.headers, call.body[:place] + put + rest)
    response = await send(edge, damaged)
    assert response.content
    assert edge.records[0].code in {0, -501001, -501007, 101000, 41005}
