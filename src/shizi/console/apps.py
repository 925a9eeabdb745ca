"""The operator's pages of apps: who may call, what, how often, with which secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from shizi.access.apps import (
    add_app,
    change_app,
    find_app,
    list_apps,
    remove_app,
    rotate_secret,
)
from shizi.access.plans import list_plans
from shizi.access.quotas import clear_usage, grant_calls, shanghai_day
from shizi.access.usage import list_grants, list_quotas
from shizi.console.act import done, performed
from shizi.console.template import write_page
from shizi.core.api import Api
from shizi.core.errors import FormError

if TYPE_CHECKING:
    from shizi.access.apps import Credentials
    from shizi.console.parts import Parts
    from shizi.console.visit import Visit

APPS: Final = "/console/apps"


class Apps:
    """The list of apps, and the page of each."""

    def __init__(self, parts: Parts) -> None:
        """Take what knows the apps."""
        self._parts = parts
        self._store = parts.store

    async def list(self, visit: Visit) -> Response:
        """Return the list; a form adds an app, whose secret is shown this once.

        Raises:
            AppExistsError: The id is taken.
            FormError: A name or an id cannot be.
            PlanNameError: No plan has the name.
            StoreError: The store failed.
        """
        made: Credentials | None = None
        if visit.request.method == "POST":
            async with performed(self._parts, "app.add") as act:
                made = await add_app(
                    self._store,
                    visit.said("name"),
                    app_id=visit.said("id") or None,
                    plan=visit.said("plan"),
                    now=self._parts.clock(),
                )
                act.whom = made.app_id
        day = shanghai_day(self._parts.clock())
        apps = await list_apps(self._store)
        return write_page(
            visit,
            "apps",
            made=made,
            apps=apps,
            quotas=await list_quotas(self._store, apps, day=day),
            apis=list(Api),
            plans=await list_plans(self._store),
        )

    async def one(self, visit: Visit) -> Response:
        """Return the page of an app; its forms change the app.

        Raises:
            AppIdError: No app has the id.
            FormError: A value cannot be.
            PlanNameError: No plan has the name.
            StoreError: The store failed.
        """
        app_id: str = visit.request.path_params["id"]
        if visit.request.method != "POST":
            return await self._show(visit, app_id, None)
        what = visit.said("do")
        if what == "rotate":
            async with performed(self._parts, "app.rotate", app_id):
                fresh = await rotate_secret(self._store, app_id)
            return await self._show(visit, app_id, fresh)
        await self._change(visit, app_id, what)
        if what == "remove":
            return RedirectResponse(done(APPS, what), 303)
        return RedirectResponse(done(f"{APPS}/{app_id}", what), 303)

    async def _change(self, visit: Visit, app_id: str, what: str) -> None:
        """Do what a form says."""
        store = self._store
        now = self._parts.clock()
        async with performed(self._parts, f"app.{what}", app_id):
            match what:
                case "plan":
                    await change_app(store, app_id, plan=visit.said("plan"))
                case "limits":
                    await change_app(store, app_id, limits=read_limits(visit))
                case "allow":
                    apis = [api for api in Api if visit.said(api)]
                    await change_app(store, app_id, apis=apis)
                case "disable":
                    await change_app(store, app_id, apis=[])
                case "enable":
                    await change_app(store, app_id, apis=list(Api))
                case "grant":
                    api, calls = read_api(visit), read_number(visit.said("calls"))
                    await grant_calls(store, app_id, api, calls, now=now)
                case "clear":
                    await clear_usage(store, app_id, day=shanghai_day(now))
                case "remove":
                    if visit.said("id") != app_id:
                        raise FormError("the id is another one")
                    await remove_app(store, app_id)
                case _:
                    raise FormError("nothing of the kind can be done")

    async def _show(
        self, visit: Visit, app_id: str, fresh: Credentials | None
    ) -> Response:
        app = await find_app(self._store, app_id)
        day = shanghai_day(self._parts.clock())
        return write_page(
            visit,
            "app",
            app=app,
            made=fresh,
            apis=list(Api),
            plans=await list_plans(self._store),
            quotas=(await list_quotas(self._store, [app], day=day))[app.id],
            grants=await list_grants(self._store, app.id),
        )


def read_limits(visit: Visit) -> dict[Api, int | None]:
    """Return the calls a day that a form gives, by API; nothing leaves one to the plan.

    Raises:
        FormError: Something that was given is no number.
    """
    return {
        api: read_number(visit.said(api)) if visit.said(api) else None for api in Api
    }


def read_number(text: str) -> int:
    """Return the number that a field holds.

    Raises:
        FormError: It holds none.
    """
    try:
        return int(text)
    except ValueError as error:
        raise FormError("this is no number") from error


def read_api(visit: Visit) -> Api:
    """Return the API that a form names.

    Raises:
        FormError: It names none.
    """
    try:
        return Api(visit.said("api"))
    except ValueError as error:
        raise FormError("no API has this name") from error
