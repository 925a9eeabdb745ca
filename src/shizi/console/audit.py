"""The operator's page of the audit: what was done, and the newest calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shizi.access.acts import list_acts
from shizi.console.template import write_page

if TYPE_CHECKING:
    from starlette.responses import Response

    from shizi.console.parts import Parts
    from shizi.console.visit import Visit

_ACTS: Final = 200


class Audit:
    """The page of the audit."""

    def __init__(self, parts: Parts) -> None:
        """Take what remembers."""
        self._parts = parts

    async def show(self, visit: Visit) -> Response:
        """Return the page.

        Raises:
            StoreError: The store failed.
        """
        return write_page(
            visit,
            "audit",
            acts=await list_acts(self._parts.store, limit=_ACTS),
            calls=self._parts.recent(),
        )
