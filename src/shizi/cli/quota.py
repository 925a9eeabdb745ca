"""`shizi quota`: what an app may call, and what it has called today."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.access.apps import change_app, find_app
from shizi.access.quotas import clear_usage, find_quota, grant_calls, shanghai_day
from shizi.cli.option import (
    AppArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    note,
    opened,
    read_limit,
    run,
)
from shizi.cli.outcome import write
from shizi.core.api import Api

if TYPE_CHECKING:
    from shizi.access.quotas import Quota

commands = typer.Typer(help="Show and change quotas.", no_args_is_help=True)

# What `set` takes in place of a number.
_PLAN = "plan"


@commands.command("show")
def show(
    app_id: AppArgument,
    *,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print of each API the calls a day, those made today, and what is left."""

    async def work() -> dict[Api, Quota]:
        day = shanghai_day(time.time())
        async with opened(data, database) as store:
            app = await find_app(store, app_id)
            return {
                api: await find_quota(store, app, api, day=day)
                for api in Api
                if api in app.apis
            }

    found = {str(api): _row(quota) for api, quota in asyncio.run(work()).items()}
    if as_json:
        write(json.dumps(found))
        return
    for api, row in found.items():
        figures = "\t".join(f"{name} {number}" for name, number in row.items())
        write(f"{api}\t{figures}")


@commands.command("set")
def change(
    app_id: AppArgument,
    limit: Annotated[
        list[str],
        typer.Argument(
            metavar="API=N|plan...",
            help="Calls a day; -1 is no limit, plan what the app's plan says.",
        ),
    ],
    *,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Give an app limits of its own, from its next call on."""
    limits: dict[Api, int | None] = {}
    for text in limit:
        api, _, number = text.partition("=")
        if number == _PLAN and api in list(Api):
            limits[Api(api)] = None
        else:
            limits.update([read_limit(text)])

    async def work() -> None:
        async with opened(data, database) as store:
            await change_app(store, app_id, limits=limits)
            await note(store, "app.limits", app_id)

    run(work())


@commands.command("grant")
def grant(
    app_id: AppArgument,
    calls: Annotated[
        list[str], typer.Argument(metavar="API=N...", help="Calls to give.")
    ],
    *,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Give calls that do not end with the day, for when the day's are used up."""
    given = [read_limit(text) for text in calls]

    async def work() -> None:
        async with opened(data, database) as store:
            for api, number in given:
                await grant_calls(store, app_id, api, number, now=time.time())
                await note(store, "app.grant", app_id)

    run(work())


@commands.command("clear")
def clear(
    app_id: AppArgument, *, data: DataOption = None, database: DatabaseOption = None
) -> None:
    """Reset an app's counts of today."""

    async def work() -> None:
        async with opened(data, database) as store:
            await clear_usage(store, app_id, day=shanghai_day(time.time()))
            await note(store, "app.clear", app_id)

    run(work())


def _row(quota: Quota) -> dict[str, int]:
    return {
        "limit": quota.limit,
        "used": quota.used,
        "granted": quota.granted,
        "remain": quota.remain,
    }
