"""The pages' paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from shizi.console.apps import APPS, Apps
from shizi.console.audit import Audit
from shizi.console.condition import Condition
from shizi.console.entry import Entry
from shizi.console.gate import LOGIN, Gate
from shizi.console.plans import PLANS, Plans
from shizi.console.reading import READ, Readings
from shizi.console.session import Sessions
from shizi.console.static import build_static
from shizi.console.trial import Trial
from shizi.console.usage import Usage
from shizi.core.errors import UnknownCallError

if TYPE_CHECKING:
    from starlette.responses import Response

    from shizi.console.parts import Parts
    from shizi.console.visit import Visit


def build_console(parts: Parts) -> list[Route]:
    """Return the routes of all pages, and an answer for every other path beside them.

    Args:
        parts: What stands behind the pages.
    """
    sessions = Sessions(parts.store.seal)
    entry = Entry(parts, sessions)
    public = {
        "/": Trial(parts).show,
        LOGIN: entry.log_in,
        "/console/logout": entry.log_out,
    }
    apps = Apps(parts)
    private = {
        APPS: apps.list,
        f"{APPS}/{{id}}": apps.one,
        PLANS: Plans(parts).show,
        "/console/usage": Usage(parts).show,
        "/console/health": Condition(parts).show,
        "/console/audit": Audit(parts).show,
    }
    return [
        build_static(),
        Route(READ, Readings(parts, sessions), methods=["POST"]),
        *(Route(path, Gate(parts, sessions, show)) for path, show in public.items()),
        *(
            Route(path, Gate(parts, sessions, show, is_private=True))
            for path, show in private.items()
        ),
        Route("/console/{rest:path}", Gate(parts, sessions, _refuse)),
    ]


async def _refuse(_visit: Visit) -> Response:
    raise UnknownCallError("there is no such page")
