"""Apps: who may call, with which secret, and how often a day."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NewType

from sqlalchemy import Row, delete, select

from shizi.access.store import apps, unbroken
from shizi.core.api import Api
from shizi.core.errors import (
    AppExistsError,
    AppIdError,
    AppIdMissingError,
    SecretError,
    SecretMissingError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shizi.access.store import Store

AppId = NewType("AppId", str)

UNLIMITED: Final = -1
"""The limit of an API that may be called without end."""


class Plan(StrEnum):
    """A set of limits with a name."""

    DOCUMENTED = "documented"
    UNLIMITED = "unlimited"


# What a column of the database holds (PostgreSQL's integer).
_LARGEST: Final = 2**31 - 1

# 100, 500: the free calls a day in WeChat's documents of the two APIs.
PLANS: Final[Mapping[Plan, Mapping[Api, int]]] = {
    Plan.DOCUMENTED: {Api.PRINTED_TEXT: 100, Api.VEHICLE_LICENCE: 500},
    Plan.UNLIMITED: dict.fromkeys(Api, UNLIMITED),
}
"""The calls a day of each plan."""


@dataclass(frozen=True, slots=True)
class App:
    """A caller.

    Attributes:
        id: What the caller names itself by.
        name: What people call it; several apps may share one.
        plan: The limits that hold where the app has none of its own.
        limits: The app's own limits, in calls a day; -1 is none.
        token_seconds: Lifetime of its tokens.
        created_at: When it was added, in seconds since 1970, UTC.
    """

    id: AppId
    name: str
    plan: Plan
    limits: Mapping[Api, int] = field(hash=False)
    token_seconds: int
    created_at: float

    def limit(self, api: Api) -> int:
        """Return how many calls a day the app may make; -1 is without end."""
        return self.limits.get(api, PLANS[self.plan][api])


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an app asks for tokens with."""

    app_id: AppId
    secret: str = field(repr=False)


@unbroken
async def add_app(
    store: Store,
    name: str,
    *,
    app_id: str | None = None,
    secret: str | None = None,
    plan: str = Plan.UNLIMITED,
    limits: Mapping[Api, int] | None = None,
    token_seconds: int = 7200,
    now: float,
) -> Credentials:
    """Add an app and return its credentials; those not given are made up.

    Raises:
        AppExistsError: An app with this id exists already.
        StoreError: The database failed.
        ValueError: An argument has a form or a value that cannot be.
    """
    credentials = Credentials(
        # The forms of WeChat's own: clients may check them.
        app_id=_checked_id(app_id or f"wx{secrets.token_hex(8)}"),
        secret=_checked_secret(secret or secrets.token_hex(16)),
    )
    statement = (
        store.insert(apps)
        .values(
            id=credentials.app_id,
            name=_checked_name(name),
            sealed_secret=store.seal.encrypt(credentials.secret),
            plan=_checked_plan(plan).value,
            limits=_checked_limits(limits or {}),
            token_seconds=_checked_seconds(token_seconds),
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(apps.c.id)
    )
    async with store.writing() as connection:
        if (await connection.execute(statement)).first() is None:
            message = f"an app with the id {credentials.app_id} exists already"
            raise AppExistsError(message)
    return credentials


@unbroken
async def list_apps(store: Store) -> tuple[App, ...]:
    """Return all apps, the oldest first.

    Raises:
        StoreError: The database failed.
    """
    async with store.reading() as connection:
        statement = select(apps).order_by(apps.c.created_at, apps.c.id)
        return tuple(app_of(row) for row in await connection.execute(statement))


async def find_app(store: Store, app_id: str) -> App:
    """Return the app with an id.

    Raises:
        AppIdError: No app has it.
        StoreError: The database failed.
    """
    return app_of(await _find_row(store, app_id))


@unbroken
async def remove_app(store: Store, app_id: str) -> None:
    """Remove an app; its tokens end and its usage is forgotten.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed.
    """
    statement = delete(apps).where(apps.c.id == _known_form(app_id))
    async with store.writing() as connection:
        removed = await connection.execute(statement.returning(apps.c.id))
        if removed.first() is None:
            raise _unknown()


async def authenticate(store: Store, app_id: str | None, secret: str | None) -> App:
    """Return the app whose id and secret these are.

    Raises:
        AppIdMissingError: The id is absent or empty.
        AppIdError: No app has it.
        SecretMissingError: The secret is absent or empty.
        SecretError: It is not the app's.
        StoreError: The database failed.
    """
    if not app_id:
        message = "the app id is missing"
        raise AppIdMissingError(message)
    if not secret:
        message = "the secret is missing"
        raise SecretMissingError(message)
    row = await _find_row(store, app_id)
    expected = store.seal.decrypt(row.sealed_secret).encode()
    if not hmac.compare_digest(expected, secret.encode(errors="surrogatepass")):
        message = "the secret is not the app's"
        raise SecretError(message)
    return app_of(row)


async def reveal_secret(store: Store, app_id: str) -> str:
    """Return an app's secret, to compute what the app itself has signed with it.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed, or the secret was sealed with another key.
    """
    row = await _find_row(store, app_id)
    return store.seal.decrypt(row.sealed_secret)


def app_of(row: Row[Any]) -> App:
    """Return the app that a row with the columns of `apps` describes."""
    return App(
        id=AppId(row.id),
        name=row.name,
        plan=Plan(row.plan),
        limits={Api(api): limit for api, limit in row.limits.items()},
        token_seconds=row.token_seconds,
        created_at=row.created_at,
    )


@unbroken
async def _find_row(store: Store, app_id: str) -> Row[Any]:
    async with store.reading() as connection:
        statement = select(apps).where(apps.c.id == _known_form(app_id))
        row = (await connection.execute(statement)).first()
    if row is None:
        raise _unknown()
    return row


def _known_form(app_id: str) -> AppId:
    """Return the id; what no app can have does not reach the database."""
    try:
        return _checked_id(app_id)
    except ValueError as error:
        raise _unknown() from error


def _unknown() -> AppIdError:
    return AppIdError("no app has this id")


def _checked_id(app_id: str) -> AppId:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", app_id):
        message = "an app id is 1 to 64 ASCII letters, digits, '-' and '_'"
        raise ValueError(message)
    return AppId(app_id)


def _checked_secret(secret: str) -> str:
    if not re.fullmatch(r"[!-~]{1,128}", secret):
        message = "a secret is 1 to 128 printable ASCII characters without spaces"
        raise ValueError(message)
    return secret


def _checked_name(name: str) -> str:
    if not re.fullmatch(r".*\S.*", name) or len(name) > 200 or not name.isprintable():  # noqa: PLR2004 - the column's width
        message = "an app's name is 1 to 200 printable characters"
        raise ValueError(message)
    return name


def _checked_plan(plan: str) -> Plan:
    if plan not in list(Plan):
        message = f"no plan is named {plan!r}: there are {', '.join(Plan)}"
        raise ValueError(message)
    return Plan(plan)


def _checked_limits(limits: Mapping[Api, int]) -> dict[str, int]:
    for api, limit in limits.items():
        if api not in list(Api):
            message = f"no API is named {str(api)!r}: there are {', '.join(Api)}"
            raise ValueError(message)
        if not UNLIMITED <= limit <= _LARGEST:
            message = (
                f"the limit of {api} is {limit}: -1 (none) to {_LARGEST} is needed"
            )
            raise ValueError(message)
    return {str(api): limit for api, limit in limits.items()}


def _checked_seconds(seconds: int) -> int:
    if not 1 <= seconds <= _LARGEST:
        message = f"the lifetime of tokens is {seconds} s: 1 to {_LARGEST} is needed"
        raise ValueError(message)
    return seconds
