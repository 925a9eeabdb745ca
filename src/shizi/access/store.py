"""The database of apps, tokens and usage, as the modules beside this one use it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, Protocol, Self, TypeVar

from sqlalchemy import inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from shizi.access import migrations
from shizi.access.postgresql import Postgresql
from shizi.access.seal import Seal, make_key, read_seal
from shizi.access.sqlite import DATABASE, KEY, Sqlite
from shizi.access.tables import apps, marks
from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Table
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")

# The mark whose value every seal with the right key opens, and what it says then.
_MARK = "seal"
_WORD = "shizi"


class Database(Protocol):
    """One kind of database; belongs to one event loop.

    Attributes:
        engine: Its connections.
        place: How people are told where it is; holds no password.
    """

    engine: AsyncEngine
    place: str

    def opening(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Lend a connection while no other process opens the database."""
        ...

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Lend a connection whose changes are kept together."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Lend a connection that reads the database as it is at one moment."""
        ...


class Store:
    """An open database, and the seal of the secrets in it; belongs to one event loop.

    Attributes:
        seal: What seals the apps' secrets and reads them.
    """

    def __init__(self, database: Database, seal: Seal) -> None:
        """Take parts that are ready for use; `open_store` makes them."""
        self.seal = seal
        self._database = database

    async def __aenter__(self) -> Self:
        """Return the store itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        await self.close()

    async def close(self) -> None:
        """Let go of the database; every call that was answered is on disk."""
        await self._database.engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection, in an `unbroken` call, for statements that change nothing.

        Raises:
            StoreError: The database failed.
        """
        with _wrapping():
            async with self._database.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection, in an `unbroken` call, whose changes are kept together.

        An error takes them back, all of them.

        Raises:
            StoreError: The database failed.
        """
        with _wrapping():
            async with self._database.writing() as connection:
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection that reads all tables as they are at one moment.

        Raises:
            StoreError: The database failed.
        """
        with _wrapping():
            async with self._database.snapshot() as connection:
                yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that can say what happens on a conflict."""
        if self._database.engine.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)


def unbroken(
    call: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let each call that uses the database end, even where its caller is cancelled.

    A statement that is left midway keeps SQLite's lock for as long as anything, be it
    a traceback, holds its cursor. The cancelled caller waits, some milliseconds.
    """

    @wraps(call)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        task = asyncio.create_task(call(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    return run


async def open_store(
    data_dir: Path, *, database: str | None = None, key: bytes | None = None
) -> Store:
    """Return the store, made and brought up to date if need be.

    Several processes may do so at once, and keep the store open together.

    Args:
        data_dir: The folder of the SQLite database, and of the key where none is given.
        database: A URL of PostgreSQL, which then takes SQLite's place.
        key: What seals the secrets, 32 bytes in URL-safe base64.

    Raises:
        StoreError: The directory, the database or the key cannot be used.
    """
    with _wrapping(str(data_dir)):
        chosen = Sqlite(data_dir) if database is None else Postgresql(database)
    with _wrapping(chosen.place):
        async with AsyncExitStack() as stack:
            stack.push_async_callback(chosen.engine.dispose)
            async with chosen.opening() as connection:
                revision = await connection.run_sync(find_revision)
                if revision is None and key is None:
                    await asyncio.to_thread(_make_key, data_dir)
                if revision != migrations.HEAD:
                    await connection.run_sync(migrations.upgrade)
                seal = await asyncio.to_thread(_find_seal, data_dir, key)
                await check_seal(connection, seal)
            stack.pop_all()
    return Store(chosen, seal)


class Whereabouts(NamedTuple):
    """Where a store is, and how far its tables are.

    Attributes:
        place: How people are told where it is; holds no password.
        revision: That of the tables; none where nothing was made yet.
    """

    place: str
    revision: str | None


async def look_at_store(data_dir: Path, *, database: str | None = None) -> Whereabouts:
    """Return where the store is, without making or changing anything.

    Args:
        data_dir: The folder of the SQLite database.
        database: A URL of PostgreSQL, which then takes SQLite's place.

    Raises:
        StoreError: The database cannot be reached or read.
    """
    if database is None and not await asyncio.to_thread((data_dir / DATABASE).exists):
        return Whereabouts(str(data_dir), None)
    with _wrapping(str(data_dir)):
        chosen = Sqlite(data_dir) if database is None else Postgresql(database)
    with _wrapping(chosen.place):
        try:
            async with chosen.engine.connect() as connection:
                revision = await connection.run_sync(find_revision)
        finally:
            await chosen.engine.dispose()
    return Whereabouts(chosen.place, revision)


def find_revision(connection: Connection) -> str | None:
    """Return the revision of the tables; none of an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    statement = text("SELECT version_num FROM alembic_version")
    revision: Any = connection.execute(statement).scalar()
    return None if revision is None else str(revision)


def _make_key(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_key(data_dir / KEY)


def _find_seal(data_dir: Path, key: bytes | None) -> Seal:
    return read_seal(data_dir / KEY) if key is None else Seal(key)


async def check_seal(connection: AsyncConnection, seal: Seal) -> None:
    """See that the seal opens what the database holds; mark one that has no mark.

    Raises:
        StoreError: The secrets were sealed with another key.
    """
    statement = select(marks.c.value).where(marks.c.name == _MARK)
    sealed = await connection.scalar(statement)
    if sealed is not None:
        seal.decrypt(sealed)
        return
    # A database of the first revision: its secrets are all that tells.
    secret = await connection.scalar(select(apps.c.sealed_secret).limit(1))
    if secret is not None:
        seal.decrypt(secret)
    await connection.execute(
        marks.insert().values(name=_MARK, value=seal.encrypt(_WORD))
    )


@contextmanager
def _wrapping(place: str = "") -> Generator[None]:
    """Turn what the driver and the system raise into errors of our own."""
    try:
        yield
    except StoreError as error:
        if not place or place in str(error):
            raise
        raise StoreError(f"{place}: {error}") from error
    except DBAPIError as error:
        # Only the driver's words: SQLAlchemy's hold the statement too.
        raise StoreError(_sentence(place, error.orig)) from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(_sentence(place, error)) from error


def _sentence(place: str, error: BaseException | None) -> str:
    # An exceeded deadline has no words of its own.
    text = str(error) or "the database gave no answer in time"
    return f"{place}: {text}" if place else text
