"""`shizi cluster`: the server on the machines of a Ray cluster."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from shizi import cluster
from shizi.cli.option import DatabaseOption, JsonOption, load_settings
from shizi.cli.outcome import Exit, write
from shizi.cli.serve import make_apps
from shizi.cluster import Size

commands = typer.Typer(help="The server on a Ray cluster.", no_args_is_help=True)

_AddressOption = Annotated[
    str,
    typer.Option(
        "--ray", metavar="ADDRESS", help="HOST:PORT, or auto on one of its machines."
    ),
]


@commands.command()
def up(
    *,
    ray: _AddressOption = "auto",
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port, of each machine.")] = None,
    database: DatabaseOption = None,
    least: Annotated[int, typer.Option(min=1, help="Replicas when idle.")] = 2,
    most: Annotated[int, typer.Option(min=1, help="Replicas under load.")] = 2,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes of a replica that read, a core each.")
    ] = 1,
) -> None:
    """Start the replicas, or replace those that run, one after the other.

    All settings are those of `shizi serve`, from the environment.
    """
    settings = load_settings(host=host, port=port, database=database)
    cluster.check(settings)
    asyncio.run(make_apps(settings))
    cluster.up(settings, Size(least, max(least, most), workers), address=ray)
    write(f"shizi is ready on port {settings.port} of each machine with a replica")


@commands.command()
def status(*, ray: _AddressOption = "auto", as_json: JsonOption = False) -> None:
    """Tell how the cluster is; exit code 1 unless all is well."""
    found = cluster.find_state(address=ray)
    if as_json:
        write(json.dumps(asdict(found)))
    else:
        write(f"shizi: {found.state}")
        for kind, counts in (("replicas", found.replicas), ("proxies", found.proxies)):
            told = ", ".join(f"{count} {name}" for name, count in counts.items())
            write(f"{kind}: {told or 'none'}")
        if found.message:
            write(found.message)
    if found.state != "RUNNING":
        raise typer.Exit(Exit.FAILED)


@commands.command()
def down(*, ray: _AddressOption = "auto") -> None:
    """End the replicas once their calls are answered; Ray itself goes on."""
    cluster.down(address=ray)
