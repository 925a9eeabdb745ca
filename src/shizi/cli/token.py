"""`shizi token`: tokens in the operator's hand."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Annotated

import typer

from shizi.access.apps import find_app
from shizi.access.tokens import IssuedToken, issue_token, revoke_token, revoke_tokens
from shizi.cli.option import AppArgument, DatabaseOption, DataOption, opened
from shizi.cli.outcome import write

_STANDARD_INPUT = "-"

commands = typer.Typer(help="Issue and revoke tokens.", no_args_is_help=True)


@commands.command("issue")
def issue(
    app_id: AppArgument,
    *,
    seconds: Annotated[
        int | None,
        typer.Option(min=0, max=2**31 - 1, help="Lifetime; 0 is already expired."),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Print a token that ends no other."""

    async def work() -> IssuedToken:
        async with opened(data, database) as store:
            return await issue_token(
                store,
                (await find_app(store, app_id)).id,
                now=time.time(),
                seconds=seconds,
                replaces=False,
            )

    write(asyncio.run(work()).token)


@commands.command("revoke")
def revoke(
    token: Annotated[
        str | None,
        typer.Argument(help="The token; - reads it from standard input."),
    ] = None,
    *,
    app_id: Annotated[
        str | None, typer.Option("--app", metavar="APPID", help="All tokens of an app.")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """End a token, or all tokens of an app, at once."""
    if (token is None) == (app_id is None):
        raise typer.BadParameter("either a token or --app is needed")
    if token == _STANDARD_INPUT:
        token = sys.stdin.readline().strip()

    async def work() -> None:
        async with opened(data, database) as store:
            if app_id is not None:
                await revoke_tokens(store, app_id)
            else:
                await revoke_token(store, token or "")

    asyncio.run(work())
