"""The operator's page of health: whether the server keeps up, and what runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shizi.console.chart import draw
from shizi.console.template import write_page

if TYPE_CHECKING:
    from starlette.responses import Response

    from shizi.console.parts import Parts
    from shizi.console.visit import Visit


class Condition:
    """The page of health."""

    def __init__(self, parts: Parts) -> None:
        """Take what tells how the server is."""
        self._parts = parts

    async def show(self, visit: Visit) -> Response:
        """Return the page."""
        health = self._parts.health()
        bounds = health.latency.bounds
        names = [
            f"{bound:g} s" if math.isfinite(bound) else f"> {before:g} s"
            for before, bound in zip((0, *bounds), bounds, strict=False)
        ]
        return write_page(
            visit,
            "health",
            health=health,
            chart=draw(names, [health.latency.counts]),
            rows=list(zip(names, health.latency.counts, strict=True)),
        )
