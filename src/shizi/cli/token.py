"""`shizi token`: tokens made by the operator."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

import typer

from shizi.access.apps import find_app
from shizi.access.store import open_store
from shizi.access.tokens import IssuedToken, issue_token
from shizi.cli.option import DataOption, data_folder
from shizi.cli.outcome import write

commands = typer.Typer(help="Issue tokens.", no_args_is_help=True)


@commands.callback()
def _group() -> None:
    """Issue tokens."""


@commands.command("issue")
def issue(
    app_id: Annotated[str, typer.Argument(metavar="APPID", help="The app's id.")],
    *,
    seconds: Annotated[
        int | None,
        typer.Option(min=0, max=2**31 - 1, help="Lifetime; 0 is already expired."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Print a token that ends no other."""

    async def work() -> IssuedToken:
        async with await open_store(data_folder(data)) as store:
            return await issue_token(
                store,
                (await find_app(store, app_id)).id,
                now=time.time(),
                seconds=seconds,
                replaces=False,
            )

    write(asyncio.run(work()).token)
