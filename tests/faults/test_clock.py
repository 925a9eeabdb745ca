"""Claims about a clock that jumps while calls are under way."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from shizi.access.apps import add_app, find_app
from shizi.access.quotas import find_quota, shanghai_day
from shizi.core.api import Api
from shizi.core.errors import ImageDecodeError, QuotaError, TokenExpiredError
from shizi.service import Service
from tests.test_service import HERE, PAGE, FakePool

if TYPE_CHECKING:
    from shizi.access.apps import App
    from shizi.access.store import Store

pytestmark = pytest.mark.fault

SHANGHAI = timezone(timedelta(hours=8))
EVE = datetime(2026, 12, 31, 23, 59, 59, 900_000, tzinfo=SHANGHAI).timestamp()
DAY = 86_400.0


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = EVE

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pool() -> FakePool:
    return FakePool()


@pytest.fixture
def service(store: Store, pool: FakePool, clock: Clock) -> Service:
    return Service(store, pool, clock)  # type: ignore[arg-type] # a fake


async def app_of(store: Store, *, limit: int) -> App:
    made = await add_app(store, "t", limits={Api.PRINTED_TEXT: limit}, now=EVE)
    return await find_app(store, made.app_id)


async def picture() -> bytes:
    return b"picture"


async def used(store: Store, app: App, moment: float) -> int:
    day = shanghai_day(moment)
    return (await find_quota(store, app, Api.PRINTED_TEXT, day=day)).used


async def test_a_jump_over_midnight_in_shanghai_begins_a_new_count(
    store: Store, service: Service, clock: Clock
) -> None:
    app = await app_of(store, limit=1)
    await service.read_text(app, picture)
    with pytest.raises(QuotaError):
        await service.read_text(app, picture)
    clock.now = EVE + 0.2
    assert await service.read_text(app, picture) == PAGE
    assert (await used(store, app, EVE), await used(store, app, EVE + 1)) == (1, 1)


async def test_a_call_over_midnight_is_of_the_day_it_began_on(
    store: Store, service: Service, clock: Clock
) -> None:
    app = await app_of(store, limit=5)

    async def slow() -> bytes:
        clock.now = EVE + 10
        return b"picture"

    await service.read_text(app, slow)
    assert (await used(store, app, EVE), await used(store, app, EVE + 10)) == (1, 0)


async def test_a_call_that_fails_after_midnight_is_given_back_to_its_own_day(
    store: Store, service: Service, pool: FakePool, clock: Clock
) -> None:
    app = await app_of(store, limit=5)
    await service.read_text(app, picture)
    clock.now = EVE + 0.2
    await service.read_text(app, picture)
    clock.now = EVE
    pool.error = ImageDecodeError("no picture")

    async def slow() -> bytes:
        clock.now = EVE + 10
        return b"picture"

    with pytest.raises(ImageDecodeError):
        await service.read_text(app, slow)
    assert (await used(store, app, EVE), await used(store, app, EVE + 10)) == (1, 1)


@pytest.mark.parametrize("jump", [-3 * DAY, -1.0, 3 * DAY, 400 * DAY])
async def test_no_jump_lets_more_through_than_a_day_s_limit(
    store: Store, service: Service, clock: Clock, jump: float
) -> None:
    app = await app_of(store, limit=2)
    for moment in (EVE, EVE + jump, EVE, EVE + jump):
        clock.now = moment
        for _ in range(3):
            try:
                await service.read_text(app, picture)
            except QuotaError:
                break
    assert await used(store, app, EVE) <= 2
    assert await used(store, app, EVE + jump) <= 2


async def test_a_token_s_life_is_counted_by_the_clock_that_jumped(
    store: Store, service: Service, clock: Clock
) -> None:
    made = await add_app(store, "t", now=EVE)
    app = await service.prove(made.app_id, made.secret, address=HERE)
    issued = await service.issue_token(app)
    clock.now = EVE - DAY
    assert (await service.admit(issued.token)).id == made.app_id
    clock.now = EVE + DAY
    with pytest.raises(TokenExpiredError):
        await service.admit(issued.token)
