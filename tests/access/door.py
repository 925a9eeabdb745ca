"""The door that tokens open, as servers have it when nothing else is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shizi.access.admission import Admission

if TYPE_CHECKING:
    from shizi.access.apps import App
    from shizi.access.store import Store


async def check_token(store: Store, token: str | None, *, now: float) -> App:
    """Return the app that a token speaks for; nothing is remembered from before."""
    return await Admission().admit(store, token, now=now)
