"""The body of one request, read within bounds and never kept on disk."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, TypeVar

from starlette.requests import ClientDisconnect

from shizi.core.errors import ImageSizeError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from starlette.types import Receive

_Result = TypeVar("_Result")

# 2 MiB: WeChat takes files "smaller than 2M"; exactly this size is too large.
FILE_LIMIT = 2 * 1024 * 1024

# 64 KiB more than the largest file: what a form may add to it.
_LIMIT = FILE_LIMIT + 64 * 1024

# 10 s from the first read on, for reading and for throwing away together: 2 MB need
# that long at 1.7 Mbit/s.
READ_SECONDS = 10.0

# 128 MiB: a client that sends a file far too large, of 100 MB, still gets its reply;
# one that sends more gets it while it sends, and may lose it.
DRAIN_BYTES = 128 * 1024 * 1024


class Body:
    """What the client sends after the head.

    A reply that leaves before the body has come is lost to clients that send
    everything first: the server closes, and the kernel resets the connection. So what
    nobody wants is read all the same, and thrown away.

    Attributes:
        size: Bytes that have come so far.
    """

    def __init__(self, receive: Receive, announced: int = 0) -> None:
        """Take the server's channel; nothing else may read from it.

        Args:
            receive: The channel.
            announced: Bytes that the head says will come; 0 for an unknown number.
        """
        self._receive = receive
        self._announced = announced
        self._complete = False
        self._deadline: float | None = None
        self._unwanted = asyncio.Event()
        self.size = 0

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the bytes as they come.

        Raises:
            ImageSizeError: They are more than any call with a picture has.
            TimeoutError: They did not come in time.
            ClientDisconnect: The client has left.
        """
        self._check(self._announced)
        while not self._complete:
            async with self._timeout():
                chunk = await self._next()
            self._check(self.size)
            yield chunk

    async def read(self, most: int = _LIMIT) -> bytes:
        """Return all bytes; raises what `chunks` does.

        Args:
            most: Bytes beyond which they are refused, and no more of them held.
        """
        data = bytearray()
        async with aclosing(self.chunks()) as chunks:
            async for chunk in chunks:
                if len(data) + len(chunk) > most:
                    raise ImageSizeError("the body is longer than such calls are")
                data += chunk
        return bytes(data)

    def ignore(self) -> None:
        """Say that nobody will ask for the bytes; `gone` throws them away."""
        self._unwanted.set()

    async def drain(self) -> None:
        """Throw away what is still to come, within the bounds.

        Raises:
            ClientDisconnect: The client has left.
        """
        with suppress(TimeoutError):
            async with self._timeout():
                while not self._complete and self.size <= DRAIN_BYTES:
                    await self._next()

    async def gone(self) -> None:
        """Return when the client has left; begins once nobody needs the body."""
        await self._unwanted.wait()
        with suppress(ClientDisconnect):
            while self.size <= DRAIN_BYTES:
                await self._next()
        if self.size > DRAIN_BYTES:
            await asyncio.Event().wait()

    def _check(self, size: int) -> None:
        if size > _LIMIT:
            raise ImageSizeError("the body is larger than any picture")

    def _timeout(self) -> asyncio.Timeout:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + READ_SECONDS
        return asyncio.timeout_at(self._deadline)

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        self.size += len(chunk)
        if not message.get("more_body", False):
            self._complete = True
            self._unwanted.set()
        return chunk


async def while_heard(work: Coroutine[object, object, _Result], body: Body) -> _Result:
    """Return the work's result; end the work when the client leaves.

    Raises:
        ClientDisconnect: The client has left.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(body.gone())
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)
