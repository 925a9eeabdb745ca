"""SQLite, the database of one machine: a file in the data folder."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from io import FileIO
    from pathlib import Path

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.pool import ConnectionPoolEntry

DATABASE: Final = "shizi.db"
KEY: Final = "seal.key"
LOCK: Final = "store.lock"

# 3.35: the first SQLite with RETURNING (its release notes).
_OLDEST: Final = (3, 35, 0)
# 4: one connection writes at a time, the others read; each is a thread.
_CONNECTIONS: Final = 4
# 30 s: longer than any wait behind another process's writes, each a few milliseconds.
_BUSY_SECONDS: Final = 30
# 20 ms: opening a store that is up to date takes about as long.
_POLL_SECONDS: Final = 0.02


class Sqlite:
    """The database file of a folder; belongs to one event loop."""

    def __init__(self, data_dir: Path) -> None:
        """Take a folder, which is made when the database is opened.

        Raises:
            StoreError: The SQLite of this Python is too old.
        """
        if sqlite3.sqlite_version_info < _OLDEST:
            message = f"SQLite {sqlite3.sqlite_version} is too old: 3.35 is needed"
            raise StoreError(message)
        self.place = str(data_dir)
        self.engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(data_dir / DATABASE)),
            # No implicit BEGIN by the driver: `_writing_alone` says its own.
            connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None},
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
        )
        event.listen(self.engine.sync_engine, "connect", _set_up)
        self._data_dir = data_dir
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def opening(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection while no other process, nor this one, opens the database.

        What is not there yet is made, and everything is private afterwards.
        """
        async with _opening_alone(self._data_dir):
            await asyncio.to_thread(_prepare, self._data_dir)
            async with self._writing_alone() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection whose changes are kept together."""
        # Queueing here is fair and wakes at once, where SQLite's own waiting polls.
        async with self._turn, self._writing_alone() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection that reads the database as it is at its first statement."""
        async with self.engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN")
            yield connection

    @asynccontextmanager
    async def _writing_alone(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection that is SQLite's one writer from its first statement on.

        A transaction that starts by reading could not wait for its turn to write.
        """
        async with self.engine.begin() as connection:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection


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
            raise StoreError("another process has been opening it for too long")
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
