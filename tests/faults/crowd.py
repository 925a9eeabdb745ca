"""Many callers at once."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, NamedTuple

import httpx

from tests.samples import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.running import Running

# No answer: the connection was refused, or broke before there was one.
LOST = None


class Answer(NamedTuple):
    """What one call came to.

    Attributes:
        code: The errcode; none where there was no answer.
        reply: The reply as it came.
        begun: When it was sent, on the monotonic clock.
        seconds: Until its answer.
    """

    code: int | None
    reply: bytes
    begun: float
    seconds: float


async def call(
    client: httpx.AsyncClient, url: str, token: str, data: bytes | None = None
) -> Answer:
    """Send a file once, the sample page by default."""
    begun = time.monotonic()
    try:
        reply = await client.post(
            f"{url}/cv/ocr/comm",
            params={"access_token": token},
            files={"img": ("a.jpg", data or SAMPLE.read_bytes())},
        )
    except httpx.TransportError:
        return Answer(LOST, b"", begun, time.monotonic() - begun)
    assert reply.status_code == 200
    code = int(reply.json()["errcode"])
    return Answer(code, reply.content, begun, time.monotonic() - begun)


async def together(
    url: str, token: str, *, callers: int, each: int, data: bytes | None = None
) -> list[Answer]:
    """Have so many callers, each on its own connection, call so often in turn."""

    async def one() -> Sequence[Answer]:
        # No certificates are read, which would take longer than the calls.
        async with httpx.AsyncClient(timeout=300, verify=False) as client:
            return [await call(client, url, token, data) for _ in range(each)]

    rows = await asyncio.gather(*(one() for _ in range(callers)))
    return [answer for row in rows for answer in row]


def crowd(
    url: str, token: str, *, callers: int, each: int = 1, data: bytes | None = None
) -> list[Answer]:
    """Do the same from code that is not asynchronous."""
    return asyncio.run(together(url, token, callers=callers, each=each, data=data))


def load(server: Running) -> dict[str, int]:
    """Return how many workers are up, how many calls run, wait, and were answered."""
    figures = httpx.get(f"{server.url}/metrics").text
    found = re.findall(r"^shizi_pool_(\w+) (\d+)", figures, re.MULTILINE)
    ended = re.findall(r"^shizi_calls_total\{.*\} (\d+)", figures, re.MULTILINE)
    return {name: int(number) for name, number in found} | {
        "answered": sum(map(int, ended))
    }
