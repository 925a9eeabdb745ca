"""What forms do: written down once it is done, and told on the page that follows."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from shizi.access.acts import Act, record_act
from shizi.core.errors import FormError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from shizi.console.parts import Parts

_DOOR: Final = "console"


@dataclass(slots=True)
class Performance:
    """An act under way.

    Attributes:
        whom: To which app or plan it is done, as far as that is known.
    """

    whom: str | None


@asynccontextmanager
async def performed(
    parts: Parts, what: str, whom: str | None = None
) -> AsyncGenerator[Performance]:
    """Write down what the block does, once it has done it.

    Raises:
        FormError: The block got a value that cannot be.
        StoreError: The store failed.
    """
    act = Performance(whom)
    try:
        yield act
    except ValueError as error:
        raise FormError(str(error)) from error
    await record_act(parts.store, Act(parts.clock(), _DOOR, what, act.whom))


def done(path: str, what: str) -> str:
    """Return where a form leads to, with what was done for `done.*` of the words."""
    return f"{path}?{urlencode({'done': what})}"
