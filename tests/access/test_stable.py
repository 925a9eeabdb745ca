import asyncio

import pytest
from tests.access.door import check_token
from tests.places import Place

from shizi.access.apps import AppId, add_app
from shizi.access.stable import refresh_token, stable_token
from shizi.access.store import Store
from shizi.access.tokens import issue_token
from shizi.core.errors import (
    AppIdError,
    RefreshLimitError,
    TokenError,
    TokenExpiredError,
)

# 08:00 in Shanghai: a day's refreshes do not run into the next one.
NOW = 1_800_057_600.0


@pytest.fixture
async def app_id(store: Store) -> AppId:
    return (await add_app(store, "app", now=NOW)).app_id


async def test_the_same_token_is_told_again(store: Store, app_id: AppId) -> None:
    first = await stable_token(store, app_id, now=NOW)
    again = await stable_token(store, app_id, now=NOW + 6900)
    assert (first.seconds, again.seconds) == (7200, 300)
    assert again.token == first.token
    assert (await check_token(store, again.token, now=NOW + 7199)).id == app_id


async def test_a_token_about_to_end_makes_room_and_lives_on(
    store: Store, app_id: AppId
) -> None:
    first = await stable_token(store, app_id, now=NOW)
    second = await stable_token(store, app_id, now=NOW + 6901)
    assert second.token != first.token
    assert second.seconds == 7200
    await check_token(store, first.token, now=NOW + 7199)
    with pytest.raises(TokenExpiredError):
        await check_token(store, first.token, now=NOW + 7200)
    assert (await stable_token(store, app_id, now=NOW + 7000)).token == second.token


async def test_a_stable_token_survives_reopening(place: Place) -> None:
    async with await place.open() as store:
        app_id = (await add_app(store, "app", now=NOW)).app_id
        first = await stable_token(store, app_id, now=NOW)
    async with await place.open() as store:
        assert (await stable_token(store, app_id, now=NOW)).token == first.token


async def test_both_kinds_of_token_leave_each_other_alone(
    store: Store, app_id: AppId
) -> None:
    issued = await issue_token(store, app_id, now=NOW)
    stable = await stable_token(store, app_id, now=NOW)
    assert stable.token != issued.token
    await refresh_token(store, app_id, now=NOW)
    await check_token(store, issued.token, now=NOW + 7000)
    stable = await stable_token(store, app_id, now=NOW)
    await issue_token(store, app_id, now=NOW)
    await check_token(store, stable.token, now=NOW + 7000)


async def test_a_forced_token_ends_the_last_one_at_once(
    store: Store, app_id: AppId
) -> None:
    old = await stable_token(store, app_id, now=NOW)
    new = await refresh_token(store, app_id, now=NOW + 1)
    with pytest.raises(TokenError):
        await check_token(store, old.token, now=NOW + 1)
    await check_token(store, new.token, now=NOW + 1)
    assert (await stable_token(store, app_id, now=NOW + 1)).token == new.token


async def test_so_soon_after_the_last_time_nothing_is_renewed(
    store: Store, app_id: AppId
) -> None:
    first = await refresh_token(store, app_id, now=NOW)
    soon = await refresh_token(store, app_id, now=NOW + 29.9)
    assert (soon.token, soon.seconds) == (first.token, 7170)
    later = await refresh_token(store, app_id, now=NOW + 30)
    assert later.token != first.token


async def test_twenty_tokens_a_day_can_be_forced(store: Store, app_id: AppId) -> None:
    for number in range(20):
        last = await refresh_token(store, app_id, now=NOW + number * 30)
    with pytest.raises(RefreshLimitError):
        await refresh_token(store, app_id, now=NOW + 600)
    assert (await stable_token(store, app_id, now=NOW + 600)).token == last.token
    tomorrow = await refresh_token(store, app_id, now=NOW + 86_400)
    assert tomorrow.token != last.token


async def test_of_many_who_ask_at_once_all_get_one_token(
    store: Store, app_id: AppId
) -> None:
    many = await asyncio.gather(
        *(stable_token(store, app_id, now=NOW) for _ in range(20))
    )
    assert len({issued.token for issued in many}) == 1


async def test_each_app_has_its_own_stable_token(store: Store, app_id: AppId) -> None:
    other = (await add_app(store, "other", now=NOW)).app_id
    mine = await stable_token(store, app_id, now=NOW)
    theirs = await stable_token(store, other, now=NOW)
    await refresh_token(store, other, now=NOW)
    assert mine.token != theirs.token
    await check_token(store, mine.token, now=NOW)


@pytest.mark.parametrize("call", [stable_token, refresh_token])
async def test_an_unknown_app_gets_no_stable_token(store: Store, call: object) -> None:
    with pytest.raises(AppIdError):
        await call(store, AppId("wx1"), now=NOW)
