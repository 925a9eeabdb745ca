"""Where a store can be: what holds on one database shall hold on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from shizi.access.store import Store, open_store

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.real))


@dataclass(frozen=True)
class Place:
    """A folder, and the URL of a database if it is not in the folder."""

    data_dir: Path
    database: str | None = None

    async def open(self) -> Store:
        return await open_store(self.data_dir, database=self.database)

    @property
    def options(self) -> list[str]:
        """What the commands are told."""
        options = ["--data", str(self.data_dir)]
        return options if self.database is None else [*options, *self._database]

    @property
    def _database(self) -> list[str]:
        return ["--database", str(self.database)]


def make_place(request: pytest.FixtureRequest, data_dir: Path) -> Place:
    """Return an empty place of the kind that a fixture is asked for."""
    if request.param == "sqlite":
        return Place(data_dir)
    return Place(data_dir, request.getfixturevalue("postgresql").create())
