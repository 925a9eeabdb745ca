"""`shizi backup` and `shizi restore`: everything that the store holds, in one file."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from shizi.access.backup import load_backup, save_backup
from shizi.access.sqlite import KEY
from shizi.cli.option import DatabaseOption, DataOption, load_settings, open_of
from shizi.cli.outcome import tell

_FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The backup.", dir_okay=False)
]


def backup(
    file: _FileArgument,
    *,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Leave the secrets' key out.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write apps, secrets, tokens, plans and counts to a file; the server may run."""
    settings = load_settings(data=data, database=database)
    own = settings.key() is not None

    async def work() -> int:
        async with await open_of(settings) as store:
            kept = own or without_key
            key = None if kept else (settings.data / KEY).read_bytes().strip()
            return await save_backup(store, file, key=key, now=time.time())

    rows = asyncio.run(work())
    if own or without_key:
        place = "your settings" if own else str(settings.data / KEY)
        tell(f"{rows} rows; the key is not in it: keep the one of {place}, too")
    else:
        tell(f"{rows} rows, and the key of the secrets: keep it as safe as they are")


def restore(
    file: _FileArgument,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove the apps that are there.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Put a backup into the store, of either database; stop the servers first."""
    settings = load_settings(data=data, database=database)

    async def work() -> int:
        async with await open_of(settings) as store:
            return await load_backup(store, file, replace=replace)

    tell(f"{asyncio.run(work())} rows")
