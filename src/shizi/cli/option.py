"""Options that several commands share."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from shizi.access.acts import Act, record_act
from shizi.access.store import open_store
from shizi.cli.outcome import Exit, tell
from shizi.core.api import Api
from shizi.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from shizi.access.store import Store

_Result = TypeVar("_Result")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of apps, tokens and counts.", file_okay=False),
]


DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="URL", help="PostgreSQL, in place of the folder's SQLite."
    ),
]

ProfileOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What may be lost for speed: exact, balanced or fast.",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

AppArgument = Annotated[str, typer.Argument(metavar="APPID", help="The app's id.")]


@asynccontextmanager
async def opened(data: Path | None, database: str | None) -> AsyncGenerator[Store]:
    """Open the store of the options, or else of the settings.

    Raises:
        StoreError: It cannot be used.
    """
    settings = load_settings(data=data, database=database)
    async with await open_of(settings) as store:
        yield store


async def open_of(settings: Settings) -> Store:
    """Return the store that the settings name.

    Raises:
        StoreError: It cannot be used.
    """
    return await open_store(
        settings.data, database=settings.database_url(), key=settings.key()
    )


async def note(store: Store, what: str, whom: str | None = None) -> None:
    """Write down what a command has done, for the console's audit.

    Raises:
        StoreError: The store failed.
    """
    await record_act(store, Act(time.time(), "shell", what, whom))


def run(work: Coroutine[object, object, _Result]) -> _Result:
    """Run a command's work and return its result.

    Raises:
        BadParameter: A value is one that cannot be.
    """
    try:
        return asyncio.run(work)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def read_limit(text: str) -> tuple[Api, int]:
    """Return the API and the number in `API=N`."""
    api, _, number = text.partition("=")
    try:
        return Api(api), int(number)
    except ValueError as error:
        message = f"{text!r} is not API=N with API one of {', '.join(Api)}"
        raise typer.BadParameter(message) from error


def load_settings(**given: object) -> Settings:
    """Return the settings of the environment and the options, or end with 2.

    Args:
        given: Options by the setting's name; None is not given.
    """
    try:
        return Settings(**{name: v for name, v in given.items() if v is not None})  # type: ignore[arg-type] # checked by pydantic
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        tell(f"{place}: {fault['msg']}" if place else fault["msg"])
    except SettingsError as error:
        tell(str(error))
    raise typer.Exit(Exit.USAGE)
