"""The metrics at an address of their own, for those who may not reach the API."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator, Generator

    from starlette.types import ASGIApp


class _Aside(uvicorn.Server):
    """A web server beside the one that signals are for."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the other."""
        yield


@contextlib.asynccontextmanager
async def telling(
    application: ASGIApp, listener: socket.socket | None
) -> AsyncGenerator[None]:
    """Serve an application on a socket while the block runs.

    Args:
        application: What is served.
        listener: A bound, listening socket, closed at the end; none serves nothing.
    """
    if listener is None:
        yield
        return
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
    )
    server = _Aside(config)
    work = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await work
