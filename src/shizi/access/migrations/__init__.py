"""The tables' history: one revision a change, applied when a store is opened."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from shizi.core.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD: Final = "0004"
"""The newest revision; a test holds it against the files in `versions`."""


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Bring the tables up to a revision, within the connection's transaction.

    Raises:
        StoreError: A revision is one that this release does not know.
    """
    _move(connection, "upgrade", revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the tables back to a revision, within the connection's transaction.

    Raises:
        StoreError: A revision is one that this release does not know.
    """
    _move(connection, "downgrade", revision)


def _move(connection: Connection, verb: str, revision: str) -> None:
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
        getattr(command, verb)(config, revision)
    except CommandError as error:
        message = "the database belongs to another release of shizi"
        raise StoreError(message) from error
