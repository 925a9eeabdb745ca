"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shizi.settings import Settings

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of apps, tokens and counts.", file_okay=False),
]


def data_folder(data: Path | None) -> Path:
    """Return the folder given, or the one of the settings."""
    return data if data is not None else Settings().data
