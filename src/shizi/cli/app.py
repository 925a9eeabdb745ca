"""`shizi app`: who may call."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.access.apps import Plan, add_app, list_apps, remove_app
from shizi.access.store import open_store
from shizi.cli.option import DataOption, data_folder
from shizi.cli.outcome import write
from shizi.core.api import Api

if TYPE_CHECKING:
    from pathlib import Path

    from shizi.access.apps import App, Credentials

commands = typer.Typer(help="Add, list and remove apps.", no_args_is_help=True)


@commands.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What people call the app.")],
    *,
    app_id: Annotated[str | None, typer.Option("--id", help="Id of your own.")] = None,
    secret: Annotated[str | None, typer.Option(help="Secret of your own.")] = None,
    plan: Annotated[Plan, typer.Option(help="Calls a day.")] = Plan.UNLIMITED,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="API=N", help="Calls a day of one API; -1 is no limit."),
    ] = None,
    token_seconds: Annotated[int, typer.Option(help="Lifetime of tokens.")] = 7200,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add an app and print its id and secret."""
    limits = dict(_limit(text) for text in limit or ())

    async def work() -> Credentials:
        async with await open_store(data_folder(data)) as store:
            return await add_app(
                store,
                name,
                app_id=app_id,
                secret=secret,
                plan=plan,
                limits=limits,
                token_seconds=token_seconds,
                now=time.time(),
            )

    try:
        made = asyncio.run(work())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        write(json.dumps({"appid": made.app_id, "secret": made.secret}))
    else:
        write(f"appid   {made.app_id}\nsecret  {made.secret}")


@commands.command("list")
def show(
    *,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the apps: id, name, plan, calls a day."""
    found = asyncio.run(_all(data_folder(data)))
    if as_json:
        write(json.dumps([_row(app) for app in found], ensure_ascii=False))
        return
    for app in found:
        limits = " ".join(f"{api}={app.limit(api)}" for api in Api)
        write(f"{app.id}\t{app.name}\t{app.plan}\t{limits}")


@commands.command("remove")
def remove(
    app_id: Annotated[str, typer.Argument(metavar="APPID", help="The app's id.")],
    *,
    data: DataOption = None,
) -> None:
    """Remove an app; its tokens end with it."""

    async def work() -> None:
        async with await open_store(data_folder(data)) as store:
            await remove_app(store, app_id)

    asyncio.run(work())


async def _all(data: Path) -> tuple[App, ...]:
    async with await open_store(data) as store:
        return await list_apps(store)


def _limit(text: str) -> tuple[Api, int]:
    """Return the API and the number in `API=N`."""
    api, _, number = text.partition("=")
    try:
        return Api(api), int(number)
    except ValueError as error:
        message = f"{text!r} is not API=N with API one of {', '.join(Api)}"
        raise typer.BadParameter(message, param_hint="--limit") from error


def _row(app: App) -> dict[str, object]:
    return {
        "appid": app.id,
        "name": app.name,
        "plan": app.plan,
        "limits": {str(api): app.limit(api) for api in Api},
        "token_seconds": app.token_seconds,
    }
