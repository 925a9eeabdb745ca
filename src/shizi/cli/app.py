"""`shizi app`: who may call."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.access.apps import (
    add_app,
    change_app,
    list_apps,
    remove_app,
    rotate_secret,
)
from shizi.access.plans import ENDLESS
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
    from shizi.access.apps import App, Credentials

commands = typer.Typer(help="Add, list, change and remove apps.", no_args_is_help=True)

_ApiOption = Annotated[
    list[Api] | None,
    typer.Option("--api", help="Let it call this API only; may be repeated."),
]


@commands.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What people call the app.")],
    *,
    app_id: Annotated[str | None, typer.Option("--id", help="Id of your own.")] = None,
    secret: Annotated[str | None, typer.Option(help="Secret of your own.")] = None,
    plan: Annotated[str, typer.Option(help="Calls a day.")] = ENDLESS,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="API=N", help="Calls a day of one API; -1 is no limit."),
    ] = None,
    api: _ApiOption = None,
    token_seconds: Annotated[int, typer.Option(help="Lifetime of tokens.")] = 7200,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an app and print its id and secret."""
    limits = dict(read_limit(text) for text in limit or ())

    async def work() -> Credentials:
        async with opened(data, database) as store:
            made = await add_app(
                store,
                name,
                app_id=app_id,
                secret=secret,
                plan=plan,
                limits=limits,
                apis=api or None,
                token_seconds=token_seconds,
                now=time.time(),
            )
            await note(store, "app.add", made.app_id)
            return made

    _write_credentials(run(work()), as_json)


@commands.command("list")
def show(
    *,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the apps: id, name, plan, calls a day of what each may call."""
    found = asyncio.run(_all(data, database))
    if as_json:
        write(json.dumps([_row(app) for app in found], ensure_ascii=False))
        return
    for app in found:
        limits = " ".join(f"{api}={limit}" for api, limit in _limits(app).items())
        write(f"{app.id}\t{app.name}\t{app.plan}\t{limits}")


@commands.command("set")
def change(
    app_id: AppArgument,
    *,
    plan: Annotated[str | None, typer.Option(help="Calls a day.")] = None,
    api: _ApiOption = None,
    every_api: Annotated[
        bool, typer.Option("--every-api", help="Let it call everything.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Change an app's plan or what it may call, from its next call on."""
    if every_api and api:
        raise typer.BadParameter("--api and --every-api contradict each other")
    apis = list(Api) if every_api else api or None

    async def work() -> None:
        async with opened(data, database) as store:
            await change_app(store, app_id, plan=plan, apis=apis)
            if plan is not None:
                await note(store, "app.plan", app_id)
            if apis is not None:
                await note(store, "app.allow", app_id)

    run(work())


@commands.command("rotate")
def rotate(
    app_id: AppArgument,
    *,
    secret: Annotated[str | None, typer.Option(help="Secret of your own.")] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an app another secret and print it; its tokens end at once."""

    async def work() -> Credentials:
        async with opened(data, database) as store:
            made = await rotate_secret(store, app_id, secret)
            await note(store, "app.rotate", app_id)
            return made

    _write_credentials(run(work()), as_json)


@commands.command("remove")
def remove(
    app_id: AppArgument, *, data: DataOption = None, database: DatabaseOption = None
) -> None:
    """Remove an app; its tokens end with it."""

    async def work() -> None:
        async with opened(data, database) as store:
            await remove_app(store, app_id)
            await note(store, "app.remove", app_id)

    asyncio.run(work())


async def _all(data: Path | None, database: str | None) -> tuple[App, ...]:
    async with opened(data, database) as store:
        return await list_apps(store)


def _write_credentials(made: Credentials, as_json: bool) -> None:
    if as_json:
        write(json.dumps({"appid": made.app_id, "secret": made.secret}))
    else:
        write(f"appid   {made.app_id}\nsecret  {made.secret}")


def _limits(app: App) -> dict[str, int]:
    return {str(api): app.limit(api) for api in Api if api in app.apis}


def _row(app: App) -> dict[str, object]:
    return {
        "appid": app.id,
        "name": app.name,
        "plan": app.plan,
        "limits": _limits(app),
        "token_seconds": app.token_seconds,
    }
