"""The tables' history: one revision a change, applied when a store is opened."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD: Final = "0001"
"""The newest revision; a test holds it against the files in `versions`."""


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision, within the connection's transaction.

    Raises:
        StoreError: The tables are of a revision that this release does not know.
    """
    # alembic: 0.8 s to import, and only a store that is not at HEAD needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", "shizi.access:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        message = "the database belongs to another release of shizi"
        raise StoreError(message) from error
