"""The operator's page of plans: sets of limits with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from shizi.access.apps import list_apps
from shizi.access.plans import PLANS as SHIPPED
from shizi.access.plans import list_plans, remove_plan, set_plan
from shizi.console.act import done, performed
from shizi.console.apps import read_limits
from shizi.console.template import write_page
from shizi.core.api import Api

if TYPE_CHECKING:
    from shizi.console.parts import Parts
    from shizi.console.visit import Visit

PLANS: Final = "/console/plans"


class Plans:
    """The page of all plans."""

    def __init__(self, parts: Parts) -> None:
        """Take what knows the plans."""
        self._parts = parts

    async def show(self, visit: Visit) -> Response:
        """Return the page; its forms make, change and remove plans.

        Raises:
            FormError: A name or a limit cannot be.
            PlanInUseError: An app has the plan still.
            PlanNameError: No plan of one's own has the name.
            StoreError: The store failed.
        """
        store = self._parts.store
        if visit.request.method == "POST":
            name = visit.said("name")
            what = "remove" if visit.said("do") == "remove" else "set"
            async with performed(self._parts, f"plan.{what}", name):
                if what == "remove":
                    await remove_plan(store, name)
                else:
                    given = read_limits(visit).items()
                    limits = {api: n for api, n in given if n is not None}
                    await set_plan(store, name, limits)
            return RedirectResponse(done(PLANS, what), 303)
        apps = await list_apps(store)
        plans = await list_plans(store)
        return write_page(
            visit,
            "plans",
            plans=plans,
            shipped=SHIPPED,
            counts={name: sum(app.plan == name for app in apps) for name in plans},
            apis=list(Api),
        )
