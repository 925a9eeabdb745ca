"""Backups: everything that a store holds, in one file, for either database.

A backup is gzipped JSON, one object a line: a head, the rows of each table, and a last
line that counts them. Bytes are hexadecimal, days as in ISO 8601.
"""

from __future__ import annotations

import gzip
import json
import os
import secrets
import zlib
from contextlib import contextmanager, suppress
from datetime import date
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from sqlalchemy import (
    Column,
    Connection,
    Date,
    LargeBinary,
    MetaData,
    Table,
    insert,
    select,
    update,
)

from shizi.access import migrations
from shizi.access.seal import Seal
from shizi.access.store import check_seal, unbroken
from shizi.access.tables import apps, marks, metadata, tokens
from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.store import Store

# Told from other files, and from what a later release may write.
_KIND: Final = "shizi backup"
_FORMAT: Final = 1

# 1000 rows: some 100 KiB in memory at a time, whatever the size of a table.
_ROWS: Final = 1000

# What a file that is cut off, altered or something else makes its readers raise.
_DAMAGE: Final = (EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError)

_SEALED: Final = (
    (apps, apps.c.sealed_secret),
    (tokens, tokens.c.sealed_token),
    (marks, marks.c.value),
)


class _Row(NamedTuple):
    """One row of a backup, by the names of its columns; without those that are NULL."""

    table: str
    values: Mapping[str, Any]


@unbroken
async def save_backup(
    store: Store, path: Path, *, key: bytes | None, now: float
) -> int:
    """Write what a store holds at one moment, and return how many rows that are.

    Others may use the store meanwhile. The file is the owner's alone, and is there
    whole or not at all.

    Args:
        store: What is saved.
        path: The file, which is replaced where there is one.
        key: What the secrets are sealed with, to be kept in the file; none to leave
            it out.
        now: The time, in seconds since 1970, UTC.

    Raises:
        StoreError: The database failed, or the file cannot be written.
    """
    head = {
        "kind": _KIND,
        "format": _FORMAT,
        "revision": migrations.HEAD,
        "saved_at": now,
        "key": None if key is None else key.decode("ascii"),
    }
    count = 0
    with _writing(path) as packed:
        packed.write(_line(head))
        async with store.snapshot() as connection:
            for table in metadata.sorted_tables:
                rows = (await connection.stream(select(table))).mappings()
                async for row in rows:
                    packed.write(_line([table.name, _written(row)]))
                    count += 1
        packed.write(_line({"rows": count}))
    return count


@unbroken
async def load_backup(store: Store, path: Path, *, replace: bool = False) -> int:
    """Put what a backup holds into a store, and return how many rows that are.

    All of it or nothing. Secrets are sealed anew with the store's own key.

    Args:
        store: Where it goes.
        path: The file.
        replace: Whether to remove what the store holds.

    Raises:
        StoreError: The file is no backup, is damaged or of a later release; the key
            of its secrets is missing; or the store holds apps and may not lose them.
    """
    lines = _read(path)
    with _telling(path):
        head = _checked_head(path, next(lines, None))
        async with store.writing() as connection:
            if await connection.scalar(select(apps.c.id).limit(1)) and not replace:
                raise StoreError("there are apps already: --replace removes them")
            await connection.run_sync(migrations.downgrade, "base")
            await connection.run_sync(migrations.upgrade, head["revision"])
            count = await connection.run_sync(_insert, _rows(path, lines))
            await connection.run_sync(migrations.upgrade)
            if head["key"] is not None:
                await _seal_anew(connection, Seal(head["key"].encode()), store.seal)
            await check_seal(connection, store.seal)
    return count


def _insert(connection: Connection, rows: Iterator[_Row]) -> int:
    """Insert rows into tables of whatever revision they are, and count them."""
    tables: dict[str, Table] = {}
    count = 0
    for (name, columns), same in groupby(
        rows, lambda row: (row.table, tuple(row.values))
    ):
        if name not in tables:
            tables[name] = Table(name, MetaData(), autoload_with=connection)
        table = tables[name]
        if not set(columns) <= set(table.c.keys()):
            raise StoreError(f"the backup names columns that {name} does not have")
        while batch := list(islice(same, _ROWS)):
            values = [_read_values(table, row.values) for row in batch]
            connection.execute(insert(table), values)
            count += len(batch)
    return count


async def _seal_anew(connection: AsyncConnection, old: Seal, new: Seal) -> None:
    """Seal everything that one key sealed with another."""
    for table, column in _SEALED:
        keys = list(table.primary_key.columns)
        statement = select(*keys, column).where(column.is_not(None))
        for *key, sealed in (await connection.execute(statement)).all():
            matches = [k == value for k, value in zip(keys, key, strict=True)]
            await connection.execute(
                update(table)
                .where(*matches)
                .values({column.name: new.encrypt(old.decrypt(sealed))})
            )


def _read(path: Path) -> Iterator[Any]:
    """Yield what the lines of a backup say.

    Raises:
        StoreError: The file cannot be read, or is no backup.
    """
    with _telling(path), gzip.open(path, "rb") as packed:
        for line in packed:
            yield json.loads(line)


def _checked_head(path: Path, head: object) -> dict[str, Any]:
    known = cast("dict[str, Any]", head) if isinstance(head, dict) else {}
    if known.get("kind") != _KIND:
        raise StoreError(f"{path} is no backup of shizi, or is damaged")
    if known.get("format") != _FORMAT:
        raise StoreError(f"{path} was made by a later release of shizi")
    return known


def _rows(path: Path, lines: Iterable[Any]) -> Iterator[_Row]:
    """Yield the rows between the head and the last line, which must be there."""
    for count, line in enumerate(lines):
        if line == {"rows": count}:
            return
        name, values = line
        yield _Row(name, values)
    raise StoreError(f"{path} is cut off or damaged")


def _written(row: RowMapping) -> dict[str, Any]:
    """Return a row as JSON can say it, without what is NULL."""
    return {
        str(name): value.hex()
        if isinstance(value, bytes)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in row.items()
        if value is not None
    }


def _read_values(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as the database takes it."""
    return {name: _value(table.c[name], value) for name, value in values.items()}


def _value(column: Column[Any], value: Any) -> Any:  # noqa: ANN401 - of any column
    if isinstance(column.type, LargeBinary):
        return bytes.fromhex(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return value


@contextmanager
def _writing(path: Path) -> Generator[gzip.GzipFile]:
    """Open a file that becomes the one of the path when all went well."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with open(draft, "xb", opener=_open_private) as file:
            with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
                yield packed
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            draft.unlink()


@contextmanager
def _telling(path: Path) -> Generator[None]:
    """Tell of a file that cannot be read, or that is not what it should be."""
    try:
        yield
    except (*_DAMAGE, gzip.BadGzipFile) as error:
        raise StoreError(f"{path} is no backup of shizi, or is damaged") from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error


def _line(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
