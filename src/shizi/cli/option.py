"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from shizi.cli.outcome import Exit, tell
from shizi.settings import Settings

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of apps, tokens and counts.", file_okay=False),
]


def data_folder(data: Path | None) -> Path:
    """Return the folder given, or the one of the settings."""
    return data if data is not None else load_settings().data


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
