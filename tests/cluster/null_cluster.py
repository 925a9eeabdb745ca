"""The `shizi` commands with replicas that read nothing, for what needs no models.

Run as `python -m tests.cluster.null_cluster cluster up ...`; a read takes NULL_SECONDS.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import shizi.app
import shizi.cluster
from shizi.cli import main
from tests.fakes import IdleEngine

if TYPE_CHECKING:
    from shizi.settings import Settings


class NullReplica(shizi.cluster.Replica):
    """A replica whose workers read nothing."""

    def __init__(self, settings: Settings) -> None:
        shizi.app.TextEngine = IdleEngine  # type: ignore[misc,assignment]
        super().__init__(settings)


if __name__ == "__main__":
    # By its importable name: in this program's own the replicas would not find it.
    from tests.cluster.null_cluster import NullReplica as Known

    shizi.cluster.up = partial(shizi.cluster.up, replica=Known)
    main()
