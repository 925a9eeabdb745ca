"""The page to try pictures on, and whose calls they are counted to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shizi.access.apps import find_app, list_apps
from shizi.console.static import SAMPLES
from shizi.console.template import write_page
from shizi.core.errors import (
    AppIdError,
    LoginError,
    ShiziError,
    TokenError,
    TokenExpiredError,
    UnknownCallError,
)
from shizi.web.body import FILE_LIMIT

if TYPE_CHECKING:
    from starlette.responses import Response

    from shizi.access.apps import App
    from shizi.console.parts import Parts
    from shizi.console.visit import Visit


class Trial:
    """The page to try pictures on."""

    def __init__(self, parts: Parts) -> None:
        """Take what reads."""
        self._parts = parts

    async def show(self, visit: Visit) -> Response:
        """Return the page.

        Raises:
            LoginError: The visitor must say first who they are.
            UnknownCallError: The page was sent a form.
            StoreError: The store failed.
        """
        if visit.request.method not in {"GET", "HEAD"}:
            raise UnknownCallError("this page takes no form")
        try:
            payer = await find_payer(self._parts, visit)
        except (LoginError, TokenError, TokenExpiredError) as error:
            raise LoginError("nobody is logged in any more") from error
        except ShiziError:
            payer = None  # told when a picture comes
        apps = await list_apps(self._parts.store) if visit.is_operator else ()
        return write_page(
            visit,
            "try",
            payer=payer,
            apps=apps,
            samples=SAMPLES,
            limit=FILE_LIMIT - 1,
        )


async def find_payer(parts: Parts, visit: Visit, app_id: str = "") -> App:
    """Return the app that a visitor's pictures are counted to.

    An operator names one. An app's own visitors are counted to it; and on the server's
    own machine the oldest app is ready for whoever sits there, and for an operator who
    names none.

    Raises:
        LoginError: The visitor must say first who they are.
        AccessError: There is no such app, or the visitor's token is over.
        StoreError: The store failed.
    """
    if visit.session.token is not None:
        return await parts.service.admit(visit.session.token)
    if not visit.is_operator and not visit.is_local:
        raise LoginError("pictures are for those who are known")
    if visit.is_operator and app_id:
        return await find_app(parts.store, app_id)
    apps = await list_apps(parts.store)
    if not apps:
        raise AppIdError("there is no app yet")
    return apps[0]
