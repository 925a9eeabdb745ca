"""The database of apps, tokens and usage: its tables, and how it is opened."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from shizi.access import migrations
from shizi.access.seal import Seal, make_key, read_seal
from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
    from io import FileIO
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    from sqlalchemy.pool import ConnectionPoolEntry

P = ParamSpec("P")
T = TypeVar("T")

DATABASE: Final = "shizi.db"
KEY: Final = "seal.key"
LOCK: Final = "store.lock"

# 3.35: the first SQLite with RETURNING (its release notes).
_OLDEST_SQLITE: Final = (3, 35, 0)
# 4: one connection writes at a time, the others read; each is a thread.
_CONNECTIONS: Final = 4
# 30 s: longer than any wait behind another process's writes, each a few milliseconds.
_BUSY_SECONDS: Final = 30
# 20 ms: opening a store that is up to date takes about as long.
_POLL_SECONDS: Final = 0.02

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)
"""The tables of the newest revision. Times are seconds since 1970, UTC."""

apps = Table(
    "apps",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("sealed_secret", Text, nullable=False),
    Column("plan", String(32), nullable=False),
    Column("limits", JSON, nullable=False),
    Column("token_seconds", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column(
        "app_id",
        String(64),
        ForeignKey(apps.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("is_replaceable", Boolean, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("ends_at", Double),
)

usage = Table(
    "usage",
    metadata,
    Column(
        "app_id",
        String(64),
        ForeignKey(apps.c.id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("api", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("used", Integer, nullable=False),
)


class Store:
    """An open database, and the seal of the secrets in it; belongs to one event loop.

    Attributes:
        engine: The database.
        seal: What seals the apps' secrets and reads them.
    """

    def __init__(self, engine: AsyncEngine, seal: Seal) -> None:
        """Take parts that are ready for use; `open_store` makes them."""
        self.engine = engine
        self.seal = seal
        self._turn = asyncio.Lock()

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
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection, in an `unbroken` call, for statements that change nothing.

        Raises:
            StoreError: The database failed.
        """
        with _wrapping():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection, in an `unbroken` call, whose changes are kept together.

        An error takes them back, all of them.

        Raises:
            StoreError: The database failed.
        """
        with _wrapping():
            if self.engine.dialect.name != "sqlite":
                async with self.engine.begin() as connection:
                    yield connection
                return
            # Queueing here is fair and wakes at once, where SQLite's own waiting polls.
            async with self._turn, _writing_alone(self.engine) as connection:
                yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that can say what happens on a conflict."""
        if self.engine.dialect.name == "postgresql":
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


async def open_store(data_dir: Path) -> Store:
    """Return the store in a directory, both made and brought up to date if need be.

    Several processes may do so at once, and keep the store open together.

    Raises:
        StoreError: The directory, the database or the key in it cannot be used.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        message = f"SQLite {sqlite3.sqlite_version} is too old: 3.35 is needed"
        raise StoreError(message)
    with _wrapping(f"{data_dir}: "):
        async with _opening_alone(data_dir):
            await asyncio.to_thread(_prepare, data_dir)
            return await _open(data_dir)


async def _open(data_dir: Path) -> Store:
    async with AsyncExitStack() as stack:
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(data_dir / DATABASE)),
            # No implicit BEGIN by the driver: `_writing_alone` says its own.
            connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None},
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
        )
        stack.push_async_callback(engine.dispose)
        event.listen(engine.sync_engine, "connect", _set_up)
        async with _writing_alone(engine) as connection:
            revision = await connection.run_sync(_find_revision)
            if revision is None:
                await asyncio.to_thread(make_key, data_dir / KEY)
            if revision != migrations.HEAD:
                await connection.run_sync(migrations.upgrade)
        seal = await asyncio.to_thread(read_seal, data_dir / KEY)
        stack.pop_all()
    return Store(engine, seal)


@asynccontextmanager
async def _opening_alone(data_dir: Path) -> AsyncGenerator[None]:
    """Keep all others, of this process too, from opening the store meanwhile."""
    with await asyncio.to_thread(_open_lock, data_dir) as lock:
        # Polled: a thread that waits in flock can neither be cancelled nor spared,
        # and as many of them as the loop has threads would stop the one in front.
        for _ in range(int(_BUSY_SECONDS / _POLL_SECONDS)):
            if _takes(lock):
                break
            await asyncio.sleep(_POLL_SECONDS)
        else:
            message = f"{data_dir}: another process has been opening it for too long"
            raise StoreError(message)
        yield


def _open_lock(data_dir: Path) -> FileIO:
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open(data_dir / LOCK, "wb", buffering=0, opener=_open_private)


def _takes(lock: FileIO) -> bool:
    """Try to lock the file, until it is closed or the process ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _prepare(data_dir: Path) -> None:
    """Make an empty database if there is none, and everything private."""
    database = data_dir / DATABASE
    # An existing database is never opened here: closing it again would end the locks
    # that SQLite holds on it for other connections of this process.
    if not database.exists():
        os.close(_open_private(str(database), os.O_CREAT | os.O_EXCL | os.O_RDWR))
    _make_private(data_dir, 0o700)
    for path in (*data_dir.glob(f"{DATABASE}*"), data_dir / KEY, data_dir / LOCK):
        _make_private(path, 0o600)
    # SQLite would open it all the same, and fail at the first token.
    if not os.access(database, os.W_OK):
        message = f"{database} is read-only"
        raise StoreError(message)


def _make_private(path: Path, mode: int) -> None:
    """Set the mode of what is ours; a volume's root may belong to someone else."""
    try:
        status = path.stat()
        if status.st_mode & 0o777 != mode and status.st_uid == os.geteuid():
            path.chmod(mode)
    except FileNotFoundError:
        # The key is still to be made; the last to close takes the WAL files away.
        return


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Make a fresh connection durable and strict; the first one switches WAL on."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@asynccontextmanager
async def _writing_alone(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """Lend a connection that is SQLite's one writer from its first statement on.

    A transaction that starts by reading could not wait for its turn to write.
    """
    async with engine.begin() as connection:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def _find_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    statement = text("SELECT version_num FROM alembic_version")
    revision: Any = connection.execute(statement).scalar()
    return None if revision is None else str(revision)


@contextmanager
def _wrapping(place: str = "") -> Generator[None]:
    """Turn what the driver and the system raise into errors of our own."""
    try:
        yield
    except DBAPIError as error:
        # Only the driver's words: SQLAlchemy's hold the statement too.
        message = f"{place}{error.orig}"
        raise StoreError(message) from error
    except (SQLAlchemyError, OSError) as error:
        message = f"{place}{error}"
        raise StoreError(message) from error
