from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from shizi import protocol
from shizi.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request


async def tell(request: Request) -> JSONResponse:
    return JSONResponse(dict(request.query_params))


async def take(request: Request) -> JSONResponse:
    """Tell the headers once the body is there."""
    await request.body()
    return JSONResponse(dict(request.headers))


@asynccontextmanager
async def serving() -> AsyncGenerator[int]:
    routes = [Route("/", tell), Route("/take", take, methods=["POST"])]
    app = Starlette(routes=routes)
    config = uvicorn.Config(app, http=Protocol, log_config=None, lifespan="off", port=0)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def answer(sent: bytes) -> tuple[bytes, bytes]:
    """Return head and body of what a server says to some bytes."""
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        head, _, body = (await asyncio.wait_for(reader.read(), 5)).partition(
            b"\r\n\r\n"
        )
        writer.close()
        await writer.wait_closed()
    return head, body


async def test_a_url_with_raw_utf8_is_taken() -> None:
    line = "GET /?img_url=http://a/图.jpg HTTP/1.1\r\n".encode()
    _, body = await answer(line + b"Host: a\r\nConnection: close\r\n\r\n")
    assert json.loads(body) == {"img_url": "http://a/图.jpg"}


async def test_what_is_no_request_is_answered_in_json() -> None:
    head, body = await answer(b"nothing that HTTP knows\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert json.loads(body)["errcode"] == 40066


async def test_half_a_head_is_dropped_after_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "_HEAD_SECONDS", 0.2)
    assert await answer(b"GET / HTTP/1.1\r\nHost: a\r\n") == (b"", b"")


async def test_a_connection_is_used_again() -> None:
    request = b"GET /?a=1 HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /?a=2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    _, body = await answer(request + last)
    assert b'{"a":"1"}' in body
    assert body.endswith(b'{"a":"2"}')


async def flood(begin: bytes, piece: bytes) -> tuple[int, bytes]:
    """Send up to 8 MiB; return what the server would have, and its words."""
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        sent = 0
        with suppress(ConnectionError):
            while sent < 8 << 20 and not reader.at_eof():
                writer.write(piece)
                sent += len(piece)
                await writer.drain()
                await asyncio.sleep(0)
        said = b""
        with suppress(ConnectionError):
            said = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    return sent, said


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"GET /?a=", b"a" * 65_536),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"a" * 65_536),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: a\r\n" * 10_000),
    ],
    ids=["address", "header", "headers"],
)
async def test_an_endless_head_is_told_so(begin: bytes, piece: bytes) -> None:
    sent, said = await flood(begin, piece)
    assert sent < 8 << 20
    assert not said or json.loads(said.partition(b"\r\n\r\n")[2])["errcode"] == 40066


CHUNKED = b"POST /take HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"1\r\na\r\n0\r\nX: ", b"a" * 65_536),
        (b"1\r\na\r\n0\r\n", b"X: a\r\n" * 10_000),
        (b"1;a=", b"a" * 65_536),
    ],
    ids=["trailer", "trailers", "extension"],
)
async def test_a_body_of_all_but_a_body_is_dropped(begin: bytes, piece: bytes) -> None:
    sent, said = await flood(CHUNKED + begin, piece)
    assert sent < 8 << 20
    assert said == b""


async def test_what_comes_behind_a_body_is_no_header() -> None:
    sent = CHUNKED + b"1\r\na\r\n0\r\nX-Late: 1\r\n\r\n"
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        size = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        headers = json.loads(await asyncio.wait_for(reader.readexactly(size), 5))
        writer.close()
    assert "transfer-encoding" in headers
    assert "x-late" not in headers


async def test_a_head_in_many_pieces_is_read() -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /?a=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n")
        for _ in range(50):
            writer.write(b"X: " + b"a" * 1000 + b"\r\n")
            await writer.drain()
        writer.write(b"\r\n")
        said = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert said.endswith(b'{"a":"1"}')
