from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from shizi import protocol
from shizi.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import pytest
    from starlette.requests import Request


async def tell(request: Request) -> JSONResponse:
    return JSONResponse(dict(request.query_params))


@asynccontextmanager
async def serving() -> AsyncGenerator[int]:
    app = Starlette(routes=[Route("/", tell)])
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
