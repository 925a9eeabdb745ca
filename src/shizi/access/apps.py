"""Apps: who may call, with which secret, what, and how often a day."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NewType

from sqlalchemy import Row, delete, select, update

from shizi.access.plans import (
    ENDLESS,
    LARGEST,
    PLANS,
    checked_limits,
    hold_plan,
    limits_of,
)
from shizi.access.store import unbroken
from shizi.access.tables import apps, plans, tokens
from shizi.core.api import Api
from shizi.core.errors import (
    AppExistsError,
    AppIdError,
    AppIdMissingError,
    SecretError,
    SecretMissingError,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.store import Store

AppId = NewType("AppId", str)


@dataclass(frozen=True, slots=True)
class App:
    """A caller.

    Attributes:
        id: What the caller names itself by.
        name: What people call it; several apps may share one.
        plan: The name of its plan.
        limits: Calls a day, the app's own before its plan's; -1 is without end.
        token_seconds: Lifetime of its tokens.
        created_at: When it was added, in seconds since 1970, UTC.
        apis: What it may call.
    """

    id: AppId
    name: str
    plan: str
    limits: Mapping[Api, int] = field(hash=False)
    token_seconds: int
    created_at: float
    apis: frozenset[Api] = frozenset(Api)

    def limit(self, api: Api) -> int:
        """Return how many calls a day the app may make; -1 is without end."""
        return self.limits.get(api, 0)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an app asks for tokens with."""

    app_id: AppId
    secret: str = field(repr=False)


APPS: Final = select(apps, plans.c.limits.label("plan_limits")).join_from(
    apps, plans, plans.c.name == apps.c.plan, isouter=True
)
"""Selects what `app_of` reads."""


@unbroken
async def add_app(
    store: Store,
    name: str,
    *,
    app_id: str | None = None,
    secret: str | None = None,
    plan: str = ENDLESS,
    limits: Mapping[Api, int] | None = None,
    apis: Collection[Api] | None = None,
    token_seconds: int = 7200,
    now: float,
) -> Credentials:
    """Add an app and return its credentials; those not given are made up.

    Args:
        store: Where it is kept.
        name: What people call it.
        app_id: Its id.
        secret: Its secret.
        plan: Its plan.
        limits: Calls a day that go before the plan's.
        apis: What it may call; everything, of later releases too, unless given.
        token_seconds: Lifetime of its tokens.
        now: The time.

    Raises:
        AppExistsError: An app with this id exists already.
        PlanNameError: No plan has this name.
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
            plan=plan,
            limits=checked_limits(limits or {}),
            token_seconds=_checked_seconds(token_seconds),
            created_at=now,
            apis=_checked_apis(apis),
        )
        .on_conflict_do_nothing()
        .returning(apps.c.id)
    )
    async with store.writing() as connection:
        await hold_plan(connection, plan)
        if (await connection.execute(statement)).first() is None:
            message = f"an app with the id {credentials.app_id} exists already"
            raise AppExistsError(message)
    return credentials


@unbroken
async def change_app(
    store: Store,
    app_id: str,
    *,
    plan: str | None = None,
    limits: Mapping[Api, int | None] | None = None,
    apis: Collection[Api] | None = None,
) -> None:
    """Change what is given of an app, from its next call on.

    Args:
        store: Where it is kept.
        app_id: The app.
        plan: Its new plan.
        limits: Calls a day that go before the plan's; None leaves one to the plan.
        apis: What it may call; all of them stands for those of later releases too.

    Raises:
        AppIdError: No app has this id.
        PlanNameError: No plan has this name.
        StoreError: The database failed.
        ValueError: An argument has a value that cannot be.
    """
    own = checked_limits({a: n for a, n in (limits or {}).items() if n is not None})
    async with store.writing() as connection:
        known = await lock_app(connection, app_id)
        changes: dict[str, object] = {}
        if plan is not None:
            await hold_plan(connection, plan)
            changes["plan"] = plan
        if limits:
            left = {a: n for a, n in known.limits.items() if Api(a) not in limits}
            changes["limits"] = left | own
        if apis is not None:
            allowed = None if set(apis) == set(Api) else apis
            changes["apis"] = _checked_apis(allowed)
        if changes:
            await connection.execute(
                update(apps).where(apps.c.id == known.id).values(changes)
            )


@unbroken
async def rotate_secret(
    store: Store, app_id: str, secret: str | None = None
) -> Credentials:
    """Give an app another secret and end all its tokens.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed.
        ValueError: The secret has a form that cannot be.
    """
    fresh = _checked_secret(secret or secrets.token_hex(16))
    async with store.writing() as connection:
        known = await lock_app(connection, app_id)
        sealed = store.seal.encrypt(fresh)
        await connection.execute(
            update(apps).where(apps.c.id == known.id).values(sealed_secret=sealed)
        )
        await connection.execute(delete(tokens).where(tokens.c.app_id == known.id))
    return Credentials(AppId(known.id), fresh)


@unbroken
async def list_apps(store: Store) -> tuple[App, ...]:
    """Return all apps, the oldest first.

    Raises:
        StoreError: The database failed.
    """
    async with store.reading() as connection:
        statement = APPS.order_by(apps.c.created_at, apps.c.id)
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


async def lock_app(connection: AsyncConnection, app_id: str) -> Row[Any]:
    """Return an app's row, and keep others from changing it in this transaction.

    Raises:
        AppIdError: No app has this id.
    """
    statement = select(apps).where(apps.c.id == _known_form(app_id)).with_for_update()
    row = (await connection.execute(statement)).first()
    if row is None:
        raise _unknown()
    return row


def app_of(row: Row[Any]) -> App:
    """Return the app that a row selected by `APPS` describes."""
    plan = PLANS.get(row.plan) or limits_of(row.plan_limits or {})
    return App(
        id=AppId(row.id),
        name=row.name,
        plan=row.plan,
        limits={**plan, **limits_of(row.limits)},
        token_seconds=row.token_seconds,
        created_at=row.created_at,
        apis=frozenset(Api if row.apis is None else map(Api, row.apis)),
    )


@unbroken
async def _find_row(store: Store, app_id: str) -> Row[Any]:
    async with store.reading() as connection:
        statement = APPS.where(apps.c.id == _known_form(app_id))
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


def _checked_apis(apis: Collection[Api] | None) -> list[str] | None:
    """Return APIs as the database holds them; NULL stands for all."""
    if apis is None:
        return None
    for api in apis:
        if api not in list(Api):
            message = f"no API is named {str(api)!r}: there are {', '.join(Api)}"
            raise ValueError(message)
    return sorted(str(api) for api in set(apis))


def _checked_seconds(seconds: int) -> int:
    if not 1 <= seconds <= LARGEST:
        message = f"the lifetime of tokens is {seconds} s: 1 to {LARGEST} is needed"
        raise ValueError(message)
    return seconds
