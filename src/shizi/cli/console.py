"""`shizi console`: the operator's way into the web pages."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from shizi.access.operator import set_password
from shizi.cli.option import DatabaseOption, DataOption, note, opened, run

commands = typer.Typer(help="Open the web pages to the operator.", no_args_is_help=True)


@commands.command("password")
def password(
    *,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read it from standard input.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Set the operator's password; whoever is logged in is so no more."""
    if stdin:
        chosen = sys.stdin.readline().rstrip("\r\n")
    else:
        chosen = typer.prompt("password", hide_input=True, confirmation_prompt=True)

    async def work() -> None:
        async with opened(data, database) as store:
            await set_password(store, chosen)
            await note(store, "password")

    run(work())
