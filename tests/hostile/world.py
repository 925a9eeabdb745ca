"""A network of one machine in which every address answers, and who was asked.

Run as a program: reads the cases of `addresses`, fetches each, and prints as JSON how
many there are, whether the network was a real one, how many connections were made, how
many of them to what is not public, and what went wrong. A namespace of
its own sends every address to listeners here; where none may be made, or by --turned,
connections are turned to a listener instead.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
from contextlib import AsyncExitStack
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.hostile.addresses import Case

PORTS = (80, 443, 8080, 6379)
PICTURE = b"\x89PNG\r\n\x1a\n by a stranger"

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def part_from_the_world() -> bool:
    """Enter a network namespace where all addresses are local; tell whether one was."""
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    if unshare(_NEW_NET) and unshare(_NEW_USER | _NEW_NET):
        return False
    with socket.socket() as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, _GET_FLAGS, request)
        (flags,) = struct.unpack_from("h", answer, 16)
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _UP))
    _answer_all(socket.AF_INET)
    _answer_all(socket.AF_INET6)
    return True


def _answer_all(family: int) -> None:
    """Make every address of a family one of this machine's, by a route."""
    # rtmsg: family, no lengths, table local (255), protocol static, scope host, local;
    # then the attribute RTA_OIF: the loopback device, which is the first.
    body = struct.pack("=BBBBBBBBI", family, 0, 0, 0, 255, 4, 254, 2, 0)
    body += struct.pack("=HHI", 8, 4, 1)
    create, acknowledge = 0x400 | 0x1, 0x4
    head = struct.pack("=IHHII", 16 + len(body), 24, create | acknowledge, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.send(head + body)
        (error,) = struct.unpack_from("=i", kernel.recv(4096), 16)
    if error:
        raise OSError(-error, os.strerror(-error))


class World:
    """The listeners, and the addresses that were connected to."""

    def __init__(self, *, is_real: bool) -> None:
        self.asked: list[str] = []
        self.connections = 0
        self.astray = 0
        self._is_real = is_real
        self._port = 0

    async def open(self, stack: AsyncExitStack) -> None:
        """Listen on every address, or on one that stands for all."""
        if self._is_real:
            for port in PORTS:
                for host in ("0.0.0.0", "::"):
                    server = await asyncio.start_server(self._answer, host, port)
                    await stack.enter_async_context(server)
            return
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        await stack.enter_async_context(server)
        self._port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        connect = loop.create_connection

        async def turned(factory: object, host: str, port: int, **options: object):
            del port
            self.asked.append(host)
            options.pop("local_addr", None)
            return await connect(factory, "127.0.0.1", self._port, **options)

        loop.create_connection = turned  # type: ignore[method-assign]

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self._is_real:
            self.asked.append(str(writer.get_extra_info("sockname")[0]))
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path, _, onward = head.split(" ")[1].partition("?")
            if path == "/go":
                writer.write(
                    f"HTTP/1.1 302 Found\r\nLocation: {unquote(onward)}\r\n"
                    "Content-Length: 0\r\n\r\n".encode("latin-1")
                )
            else:
                size = len(PICTURE)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
                writer.write(PICTURE)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # who speaks TLS, or left
        finally:
            writer.close()


class Names:
    """Answers look-ups as a case says."""

    def __init__(self, answers: dict[str, list[list[str]]]) -> None:
        self._answers = {host: list(rows) for host, rows in answers.items()}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        del port
        rows = self._answers.get(host)
        if not rows:
            raise OSError
        return rows.pop(0) if len(rows) > 1 else rows[0]


async def _try(case: Case, world: World) -> str | None:
    """Return what is wrong with the way a case went."""
    from shizi.core.errors import ImageFetchError  # noqa: PLC0415 - after the unshare
    from shizi.fetch import Fetcher  # noqa: PLC0415
    from tests.hostile.addresses import PUBLIC, PUBLIC6  # noqa: PLC0415

    world.asked.clear()
    fetcher = Fetcher(resolver=Names(case.answers))
    try:
        data = await fetcher.fetch(case.url)
    except ImageFetchError:
        data = b""
    await fetcher.aclose()
    await asyncio.sleep(0)
    public = {ip_address(PUBLIC), ip_address(PUBLIC6)}
    astray = [each for each in world.asked if ip_address(each) not in public]
    world.connections += len(world.asked)
    world.astray += len(astray)
    if astray:
        return f"{case.url[:80]!r} {case.answers}: connected to {astray}"
    if case.is_fetched is not None and bool(data) != case.is_fetched:
        return f"{case.url[:80]!r} {case.answers}: fetched {data!r}"
    return None


async def main() -> None:
    """Try every case and print what came of them."""
    is_real = "--turned" not in sys.argv and part_from_the_world()
    from shizi import fetch  # noqa: PLC0415 - after the unshare
    from tests.hostile.addresses import cases  # noqa: PLC0415

    fetch.REFUSAL_SECONDS = 0
    async with AsyncExitStack() as stack:
        world = World(is_real=is_real)
        await world.open(stack)
        made = cases()
        wrong = [told for case in made if (told := await _try(case, world))]
    counts = {"connections": world.connections, "astray": world.astray}
    told = {"cases": len(made), "is_real": is_real, "wrong": wrong, **counts}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
