"""`shizi plan`: sets of limits with a name."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.access.plans import list_plans, remove_plan, set_plan
from shizi.cli.option import (
    DatabaseOption,
    DataOption,
    JsonOption,
    note,
    opened,
    read_limit,
    run,
)
from shizi.cli.outcome import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shizi.core.api import Api

commands = typer.Typer(help="Make, list and remove plans.", no_args_is_help=True)


@commands.command("list")
def show(
    *,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the plans and their calls a day; -1 is no limit."""

    async def work() -> dict[str, Mapping[Api, int]]:
        async with opened(data, database) as store:
            return await list_plans(store)

    found = asyncio.run(work())
    if as_json:
        write(json.dumps(found))
        return
    for name, limits in found.items():
        write(f"{name}\t{' '.join(f'{api}={n}' for api, n in limits.items())}")


@commands.command("set")
def make(
    name: Annotated[str, typer.Argument(help="The plan's name.")],
    limit: Annotated[
        list[str],
        typer.Argument(
            metavar="API=N...",
            help="Calls a day; -1 is no limit, an API that is not named has none.",
        ),
    ],
    *,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Make a plan, or change what it gives."""
    limits = dict(read_limit(text) for text in limit)

    async def work() -> None:
        async with opened(data, database) as store:
            await set_plan(store, name, limits)
            await note(store, "plan.set", name)

    run(work())


@commands.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="The plan's name.")],
    *,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Remove a plan that no app has."""

    async def work() -> None:
        async with opened(data, database) as store:
            await remove_plan(store, name)
            await note(store, "plan.remove", name)

    run(work())
