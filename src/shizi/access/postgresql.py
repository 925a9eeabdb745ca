"""PostgreSQL, the database that several servers share."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy.ext.asyncio import AsyncConnection

# 8: a call's statements take some milliseconds of its second.
_CONNECTIONS: Final = 8
# 5 s to connect or for a free connection, 10 s a statement: longer than any wait behind
# other servers' writes; a database that is gone is told rather than waited for.
_CONNECT_SECONDS: Final = 5
_STATEMENT_SECONDS: Final = 10
# Names, to other users of the database's advisory locks, the opening of a store.
_LOCK: Final = int.from_bytes(b"shizi", "big")


class Postgresql:
    """A database by its URL; belongs to one event loop."""

    def __init__(self, url: str) -> None:
        """Take a URL as libpq reads it; nothing connects yet.

        Raises:
            StoreError: It is no URL of PostgreSQL, or the driver is not installed.
        """
        try:
            parts = urlsplit(url)
            host = parts.hostname or "this machine"
        except ValueError as error:
            raise StoreError("the database's URL cannot be read") from error
        if parts.scheme not in {"postgresql", "postgres"}:
            raise StoreError("a database's URL begins with postgresql://")
        try:
            self._driver = import_module("asyncpg")
        except ImportError as error:
            raise StoreError(
                "PostgreSQL needs its driver: pip install 'shizi[postgresql]'"
            ) from error
        self.place = f"database {parts.path.strip('/') or '(unnamed)'} on {host}"
        self._url = url
        self.engine = create_async_engine(
            "postgresql+asyncpg://",
            # The driver reads the URL itself, as libpq would.
            async_creator=self._connect,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_CONNECT_SECONDS,
            pool_pre_ping=True,
        )

    @asynccontextmanager
    async def opening(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection while no other process opens the database."""
        async with self.engine.begin() as connection:
            lock = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_LOCK)
            await connection.execute(lock)
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection whose changes are kept together."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection that reads the database as it is at its first statement."""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    async def _connect(self) -> Any:  # noqa: ANN401 - the driver ships no types
        driver = self._driver
        try:
            # The driver's own limit is one of each of its attempts.
            async with asyncio.timeout(_CONNECT_SECONDS):
                return await driver.connect(
                    self._url,
                    command_timeout=_STATEMENT_SECONDS,
                    server_settings={"application_name": "shizi"},
                )
        except (driver.PostgresError, driver.InterfaceError) as error:
            raise StoreError(str(error)) from error
        except (OSError, ValueError) as error:
            # TimeoutError has no words of its own.
            raise StoreError(str(error) or "cannot be reached") from error
