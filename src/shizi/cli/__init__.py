"""Commands.

Exit codes: 0 all well, 1 some pictures failed, 2 usage or no input, 3 models or engine
missing or the server away, 4 cannot write, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from shizi import __version__
from shizi.cli import (
    app,
    backup,
    bulk,
    cluster,
    console,
    doctor,
    models,
    plan,
    quota,
    read,
    serve,
    token,
)
from shizi.cli.outcome import exit_code, tell
from shizi.core.errors import ShiziError

__all__ = ["main"]

commands = typer.Typer(
    name="shizi",
    help="Self-hosted OCR server that speaks WeChat's OCR open API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
commands.command("serve")(serve.serve)
commands.command("read")(read.read)
commands.command("bulk")(bulk.bulk)
commands.command("doctor")(doctor.doctor)
commands.command("backup")(backup.backup)
commands.command("restore")(backup.restore)
commands.add_typer(app.commands, name="app")
commands.add_typer(cluster.commands, name="cluster")
commands.add_typer(token.commands, name="token")
commands.add_typer(plan.commands, name="plan")
commands.add_typer(quota.commands, name="quota")
commands.add_typer(console.commands, name="console")
commands.add_typer(models.commands, name="models")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"shizi {__version__}")
        raise typer.Exit


@commands.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Self-hosted OCR server that speaks WeChat's OCR open API."""


def _fill_streams() -> None:
    """Put nothing where a standard stream is closed, as some that start programs do.

    Otherwise the next file that is opened takes its place.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - a name, and open to the end


def main() -> None:
    """Run the command line and end the process with its exit code."""
    _fill_streams()
    try:
        commands()
    except ShiziError as error:
        tell(str(error))
        sys.exit(exit_code(error))
