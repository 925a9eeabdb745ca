"""The operator's page of usage: the calls of each day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from shizi.access.apps import list_apps
from shizi.access.quotas import shanghai_day
from shizi.access.usage import list_usage
from shizi.console.chart import draw
from shizi.console.template import write_page
from shizi.core.api import Api

if TYPE_CHECKING:
    from starlette.responses import Response

    from shizi.console.parts import Parts
    from shizi.console.visit import Visit

DAYS: Final = 30


class Usage:
    """The page of usage."""

    def __init__(self, parts: Parts) -> None:
        """Take what knows the calls."""
        self._parts = parts

    async def show(self, visit: Visit) -> Response:
        """Return the page, of all apps or of one.

        Raises:
            StoreError: The store failed.
        """
        today = shanghai_day(self._parts.clock())
        days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
        wanted = visit.request.query_params.get("app", "")
        counts = dict.fromkeys(((day, api) for day in days for api in Api), 0)
        by_app: dict[str, int] = {}
        for row in await list_usage(self._parts.store, since=days[0]):
            by_app[row.app_id] = by_app.get(row.app_id, 0) + row.used
            if wanted in {"", row.app_id} and (row.day, row.api) in counts:
                counts[row.day, row.api] += row.used
        series = [[counts[day, api] for day in days] for api in Api]
        return write_page(
            visit,
            "usage",
            apps=await list_apps(self._parts.store),
            by_app=by_app,
            wanted=wanted,
            apis=list(Api),
            chart=draw([f"{day:%m-%d}" for day in days], series),
            total=sum(map(sum, series)),
            rows=[
                (day, [counts[day, api] for api in Api])
                for day in reversed(days)
                if any(counts[day, api] for api in Api)
            ],
        )
