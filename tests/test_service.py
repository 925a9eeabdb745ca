from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from shizi.access.apps import App, add_app, find_app
from shizi.access.quotas import shanghai_day, used
from shizi.access.store import Store, open_store
from shizi.core.api import Api
from shizi.core.errors import (
    BusyError,
    ImageDecodeError,
    QuotaError,
    SecretError,
    TokenError,
    TokenMissingError,
)
from shizi.core.geometry import Size
from shizi.core.text import Page
from shizi.service import Service

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path

NOON = 1_800_000_000.0
PAGE = Page(Size(3, 2), ())


class FakePool:
    """Answers every task with one page, or with an error."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.began = asyncio.Event()
        self.stuck = False

    async def run(self, _task: object, _data: bytes) -> Page:
        self.began.set()
        if self.stuck:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return PAGE


async def picture() -> bytes:
    return b"picture"


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with await open_store(tmp_path / "data") as store:
        yield store


@pytest.fixture
def pool() -> FakePool:
    return FakePool()


@pytest.fixture
def service(store: Store, pool: FakePool) -> Service:
    return Service(store, pool, lambda: NOON)  # type: ignore[arg-type] # a fake


async def app_with_token(
    store: Store, service: Service, *, limit: int = -1
) -> tuple[App, str]:
    limits = {Api.PRINTED_TEXT: limit}
    made = await add_app(store, "t", limits=limits, now=NOON)
    issued = await service.issue_token(made.app_id, made.secret)
    return await find_app(store, made.app_id), issued.token


async def count(store: Store, app: App) -> int:
    return await used(store, app.id, Api.PRINTED_TEXT, day=shanghai_day(NOON))


async def test_an_answered_call_is_counted(store: Store, service: Service) -> None:
    app, token = await app_with_token(store, service)
    assert await service.admit(token) == app
    assert await service.read_text(app, picture) == PAGE
    assert await count(store, app) == 1


@pytest.mark.parametrize("error", [BusyError("full"), ImageDecodeError("no picture")])
async def test_a_call_that_fails_costs_nothing(
    store: Store, service: Service, pool: FakePool, error: Exception
) -> None:
    app, _ = await app_with_token(store, service)
    pool.error = error
    with pytest.raises(type(error)):
        await service.read_text(app, picture)
    assert await count(store, app) == 0


async def test_a_caller_that_leaves_pays_nothing(
    store: Store, service: Service, pool: FakePool
) -> None:
    app, _ = await app_with_token(store, service)
    pool.stuck = True
    call = asyncio.create_task(service.read_text(app, picture))
    await pool.began.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await count(store, app) == 0


async def test_the_limit_ends_calls(store: Store, service: Service) -> None:
    app, _ = await app_with_token(store, service, limit=1)
    await service.read_text(app, picture)
    with pytest.raises(QuotaError):
        await service.read_text(app, picture)
    assert await count(store, app) == 1


@pytest.mark.parametrize(
    ("token", "error"), [(None, TokenMissingError), ("unknown", TokenError)]
)
async def test_a_stranger_is_not_admitted(
    service: Service, token: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await service.admit(token)


async def test_the_body_of_a_call_too_many_is_not_read(
    store: Store, service: Service
) -> None:
    async def fail() -> bytes:
        pytest.fail("the body was read")

    app, _ = await app_with_token(store, service, limit=0)
    reads: Callable[[], Awaitable[bytes]] = fail
    with pytest.raises(QuotaError):
        await service.read_text(app, reads)


async def test_a_wrong_secret_gets_no_token(store: Store, service: Service) -> None:
    made = await add_app(store, "t", now=NOON)
    with pytest.raises(SecretError):
        await service.issue_token(made.app_id, "wrong")
