"""Plans: how many calls of each API a day has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, exists, select

from shizi.access.store import unbroken
from shizi.access.tables import apps, plans
from shizi.core.api import Api
from shizi.core.errors import PlanInUseError, PlanNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.store import Store

UNLIMITED: Final = -1
"""The limit of an API that may be called without end."""

DOCUMENTED: Final = "documented"
ENDLESS: Final = "unlimited"

# What a column of the database holds (PostgreSQL's integer).
LARGEST: Final = 2**31 - 1

# 100, 500: the free calls a day in WeChat's documents of the two APIs.
PLANS: Final[Mapping[str, Mapping[Api, int]]] = {
    DOCUMENTED: {Api.PRINTED_TEXT: 100, Api.VEHICLE_LICENCE: 500},
    ENDLESS: dict.fromkeys(Api, UNLIMITED),
}
"""The plans that ship: the calls a day of each."""


@unbroken
async def set_plan(store: Store, name: str, limits: Mapping[Api, int]) -> None:
    """Make a plan, or change what one of that name gives from the next call on.

    Args:
        store: Where it is kept.
        name: 1 to 32 ASCII letters, digits, '-' and '_'.
        limits: Calls a day; -1 is without end. An API that is not named has none.

    Raises:
        StoreError: The database failed.
        ValueError: The name or a limit has a form that cannot be, or the plan ships.
    """
    values = {"name": _checked_name(name), "limits": checked_limits(limits)}
    statement = store.insert(plans).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"limits": values["limits"]}
    )
    async with store.writing() as connection:
        await connection.execute(statement)


@unbroken
async def list_plans(store: Store) -> dict[str, Mapping[Api, int]]:
    """Return every plan by name, those that ship first.

    Raises:
        StoreError: The database failed.
    """
    async with store.reading() as connection:
        rows = await connection.execute(select(plans).order_by(plans.c.name))
        return {**PLANS, **{row.name: limits_of(row.limits) for row in rows}}


@unbroken
async def remove_plan(store: Store, name: str) -> None:
    """Remove a plan that no app has.

    Raises:
        PlanNameError: There is none of the name, or it ships.
        PlanInUseError: An app has it.
        StoreError: The database failed.
    """
    async with store.writing() as connection:
        # Deleted first: an app that is being given the plan waits for the row.
        removed = await connection.execute(
            delete(plans).where(plans.c.name == name).returning(plans.c.name)
        )
        if removed.first() is None:
            raise PlanNameError(f"no plan of your own is named {name!r}")
        if await connection.scalar(select(exists().where(apps.c.plan == name))):
            raise PlanInUseError(f"an app has the plan {name!r}")


async def hold_plan(connection: AsyncConnection, name: str) -> None:
    """See that a plan exists, and keep it until the transaction ends.

    Raises:
        PlanNameError: There is none of the name.
    """
    if name in PLANS:
        return
    statement = select(plans.c.name).where(plans.c.name == name).with_for_update()
    if await connection.scalar(statement) is None:
        raise PlanNameError(
            f"no plan is named {name!r}: there are {', '.join(PLANS)} and those of "
            "your own"
        )


def limits_of(stored: Mapping[str, int]) -> dict[Api, int]:
    """Return limits as the database holds them, by API."""
    return {Api(api): limit for api, limit in stored.items()}


def checked_limits(limits: Mapping[Api, int]) -> dict[str, int]:
    """Return limits as the database holds them.

    Raises:
        ValueError: An API or a number is none.
    """
    for api, limit in limits.items():
        if api not in list(Api):
            message = f"no API is named {str(api)!r}: there are {', '.join(Api)}"
            raise ValueError(message)
        if not UNLIMITED <= limit <= LARGEST:
            message = f"the limit of {api} is {limit}: -1 (none) to {LARGEST} is needed"
            raise ValueError(message)
    return {str(api): limit for api, limit in limits.items()}


def _checked_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name):
        message = "a plan's name is 1 to 32 ASCII letters, digits, '-' and '_'"
        raise ValueError(message)
    if name in PLANS:
        message = f"the plan {name!r} ships and stays as it is"
        raise ValueError(message)
    return name
