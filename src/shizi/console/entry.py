"""Logging in and out: the operator by a password, an app by its id and secret."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from shizi.access.acts import Act, record_act
from shizi.access.operator import check_password, end_logins, find_generation
from shizi.access.throttle import SECONDS, Throttle
from shizi.access.tokens import issue_token, revoke_token
from shizi.console.template import write_page
from shizi.core.errors import (
    AccessError,
    PasswordError,
    PasswordUnsetError,
    ThrottledError,
)
from shizi.web.call import find_address

if TYPE_CHECKING:
    from shizi.console.parts import Parts
    from shizi.console.session import Session, Sessions
    from shizi.console.visit import Visit

# Pages that a log-in may lead to; what else is asked for leads to the first.
_GOALS: Final = ("/", "/console/")
_HOME: Final = "/console/apps"

# What stands for the operator where wrong passwords are counted; no app's id has a dot.
_OPERATOR: Final = ".operator"


class Entry:
    """The page to log in on."""

    def __init__(self, parts: Parts, sessions: Sessions) -> None:
        """Take what knows the passwords, and what remembers who logged in."""
        self._parts = parts
        self._sessions = sessions
        self._throttle = Throttle()
        # One password at a time: to hash one takes 64 MiB and a tenth of a second.
        self._turn = asyncio.Lock()
        self._refused_at = -math.inf

    async def log_in(self, visit: Visit) -> Response:
        """Return the page, or what the log-in leads to.

        Raises:
            StoreError: The store failed.
        """
        if visit.request.method != "POST":
            return await self._show(visit, None)
        try:
            if visit.said("as") == "app":
                session = await self._as_app(visit)
                home = "/"
            else:
                session = await self._as_operator(visit)
                home = _HOME
        except AccessError as error:
            return await self._show(visit, error)
        goal = visit.said("to")
        response = RedirectResponse(goal if _is_ours(goal) else home, 303)
        self._sessions.write(visit.request, response, session)
        return response

    async def log_out(self, visit: Visit) -> Response:
        """End the visitor's log-ins, all of them, and lead to the first page.

        Raises:
            StoreError: The store failed.
        """
        if visit.request.method == "POST":
            if visit.is_operator:
                await end_logins(self._parts.store)
            if visit.session.token is not None:
                await revoke_token(self._parts.store, visit.session.token)
        response = RedirectResponse("/", 303)
        if visit.request.method == "POST":
            self._sessions.write(visit.request, response, visit.session.logged_out())
        return response

    async def _as_operator(self, visit: Visit) -> Session:
        address = find_address(visit.request)
        async with self._turn:
            now = self._parts.clock()
            self._throttle.check(_OPERATOR, address, now=now)
            try:
                generation = await check_password(
                    self._parts.store, visit.form.get("password", "")
                )
            except PasswordError:
                self._throttle.note(_OPERATOR, address, now=now)
                # Once a minute at most: strangers shall not fill the database.
                if now - self._refused_at >= SECONDS:
                    self._refused_at = now
                    await self._record("login.refused")
                raise
        await self._record("login")
        return visit.session.of_operator(generation)

    async def _as_app(self, visit: Visit) -> Session:
        app = await self._parts.service.prove(
            visit.said("appid"),
            visit.said("secret"),
            address=find_address(visit.request),
        )
        # Ends no other; ends itself with the app's secret.
        issued = await issue_token(
            self._parts.store, app.id, now=self._parts.clock(), replaces=False
        )
        return visit.session.of_app(issued.token)

    async def _record(self, what: str) -> None:
        act = Act(self._parts.clock(), "console", what, None)
        await record_act(self._parts.store, act)

    async def _show(self, visit: Visit, error: AccessError | None) -> Response:
        query = visit.request.query_params
        status = 200
        if error is not None:
            status = 429 if isinstance(error, ThrottledError) else 403
        return write_page(
            visit,
            "login",
            status=status,
            error=None if error is None else visit.words.of(error),
            goal=visit.said("to") or query.get("to", ""),
            is_app=visit.said("as") == "app",
            appid=visit.said("appid"),
            is_set=await find_generation(self._parts.store) is not None
            and not isinstance(error, PasswordUnsetError),
        )


def _is_ours(goal: str) -> bool:
    """Return whether a page that was asked for is one of ours, and of this server."""
    return goal == _GOALS[0] or (
        goal.startswith(_GOALS[1]) and "//" not in goal and "\\" not in goal
    )
