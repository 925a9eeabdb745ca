import asyncio
import re

import pytest
from sqlalchemy import func, select
from tests.access.door import check_token
from tests.places import Place

from shizi.access.apps import AppId, add_app, find_app
from shizi.access.store import Store
from shizi.access.tables import tokens
from shizi.access.tokens import (
    find_token,
    issue_token,
    revoke_token,
    revoke_tokens,
)
from shizi.core.errors import (
    AppIdError,
    TokenError,
    TokenExpiredError,
    TokenFormError,
    TokenMissingError,
)

NOW = 1_800_000_000.0


@pytest.fixture
async def app_id(store: Store) -> AppId:
    return (await add_app(store, "app", token_seconds=7200, now=NOW)).app_id


async def test_a_token_speaks_for_its_app(store: Store, app_id: AppId) -> None:
    issued = await issue_token(store, app_id, now=NOW)
    assert await check_token(store, issued.token, now=NOW) == await find_app(
        store, app_id
    )


async def test_a_token_can_be_put_in_a_url_as_it_is(
    store: Store, app_id: AppId
) -> None:
    issued = await issue_token(store, app_id, now=NOW)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", issued.token)


async def test_a_token_lives_as_long_as_its_app_says(
    store: Store, app_id: AppId
) -> None:
    issued = await issue_token(store, app_id, now=NOW)
    assert issued.seconds == 7200
    await check_token(store, issued.token, now=NOW + 7199.9)
    with pytest.raises(TokenExpiredError):
        await check_token(store, issued.token, now=NOW + 7200)


async def test_a_token_may_have_a_lifetime_of_its_own(
    store: Store, app_id: AppId
) -> None:
    issued = await issue_token(store, app_id, now=NOW, seconds=10)
    assert issued.seconds == 10
    with pytest.raises(TokenExpiredError):
        await check_token(store, issued.token, now=NOW + 10)


async def test_a_token_of_no_seconds_is_over_at_once(
    store: Store, app_id: AppId
) -> None:
    issued = await issue_token(store, app_id, now=NOW, seconds=0)
    with pytest.raises(TokenExpiredError):
        await check_token(store, issued.token, now=NOW)


async def test_a_token_survives_reopening(place: Place) -> None:
    async with await place.open() as store:
        app_id = (await add_app(store, "app", now=NOW)).app_id
        issued = await issue_token(store, app_id, now=NOW)
    async with await place.open() as store:
        assert (await check_token(store, issued.token, now=NOW)).id == app_id


async def test_a_replaced_token_is_good_for_five_minutes_more(
    store: Store, app_id: AppId
) -> None:
    old = await issue_token(store, app_id, now=NOW)
    new = await issue_token(store, app_id, now=NOW + 60)
    await check_token(store, old.token, now=NOW + 359.9)
    with pytest.raises(TokenError):
        await check_token(store, old.token, now=NOW + 360)
    await check_token(store, new.token, now=NOW + 360)


async def test_a_second_replacement_gives_no_second_overlap(
    store: Store, app_id: AppId
) -> None:
    old = await issue_token(store, app_id, now=NOW)
    await issue_token(store, app_id, now=NOW)
    await issue_token(store, app_id, now=NOW + 200)
    with pytest.raises(TokenError):
        await check_token(store, old.token, now=NOW + 300)


async def test_a_replacement_does_not_prolong_a_lifetime(
    store: Store, app_id: AppId
) -> None:
    old = await issue_token(store, app_id, now=NOW, seconds=100)
    await issue_token(store, app_id, now=NOW)
    with pytest.raises(TokenExpiredError):
        await check_token(store, old.token, now=NOW + 100)


async def test_a_replacement_leaves_other_apps_alone(
    store: Store, app_id: AppId
) -> None:
    other = await issue_token(
        store, (await add_app(store, "other", now=NOW)).app_id, now=NOW
    )
    await issue_token(store, app_id, now=NOW)
    await check_token(store, other.token, now=NOW + 7000)


async def test_an_operators_token_ends_no_other(store: Store, app_id: AppId) -> None:
    old = await issue_token(store, app_id, now=NOW)
    await issue_token(store, app_id, now=NOW, replaces=False)
    await check_token(store, old.token, now=NOW + 7000)


async def test_an_operators_token_is_ended_by_no_other(
    store: Store, app_id: AppId
) -> None:
    lasting = await issue_token(store, app_id, now=NOW, replaces=False)
    await issue_token(store, app_id, now=NOW)
    await issue_token(store, app_id, now=NOW, replaces=False)
    await check_token(store, lasting.token, now=NOW + 7000)


async def test_of_many_tokens_issued_at_once_one_is_left(
    store: Store, app_id: AppId
) -> None:
    async def is_good(token: str) -> bool:
        try:
            await check_token(store, token, now=NOW + 300)
        except TokenError:
            return False
        return True

    many = await asyncio.gather(
        *(issue_token(store, app_id, now=NOW) for _ in range(20))
    )
    assert sum([await is_good(issued.token) for issued in many]) == 1


@pytest.mark.parametrize("token", [None, ""])
async def test_an_absent_token_is_missing(store: Store, token: str | None) -> None:
    with pytest.raises(TokenMissingError):
        await check_token(store, token, now=NOW)


@pytest.mark.parametrize("token", ["never-issued", "x", "a" * 512])
async def test_a_token_never_issued_is_refused(store: Store, token: str) -> None:
    assert await find_token(store, token, now=NOW) is None
    with pytest.raises(TokenError) as caught:
        await check_token(store, token, now=NOW)
    assert caught.type is TokenError


@pytest.mark.parametrize(
    "token", ["令牌", "\ud800", "\0", "a b", "a" * 513, "abc\n"], ids=ascii
)
async def test_what_cannot_be_a_token_is_told_apart(store: Store, token: str) -> None:
    with pytest.raises(TokenFormError):
        await check_token(store, token, now=NOW)


async def test_a_revoked_token_is_over_at_once(store: Store, app_id: AppId) -> None:
    issued = await issue_token(store, app_id, now=NOW)
    other = await issue_token(store, app_id, now=NOW, replaces=False)
    await revoke_token(store, issued.token)
    with pytest.raises(TokenError):
        await check_token(store, issued.token, now=NOW)
    await check_token(store, other.token, now=NOW)
    with pytest.raises(TokenError):
        await revoke_token(store, issued.token)


async def test_all_tokens_of_one_app_can_be_revoked(
    store: Store, app_id: AppId
) -> None:
    mine = await issue_token(store, app_id, now=NOW)
    other_id = (await add_app(store, "other", now=NOW)).app_id
    other = await issue_token(store, other_id, now=NOW)
    await revoke_tokens(store, app_id)
    with pytest.raises(TokenError):
        await check_token(store, mine.token, now=NOW)
    await check_token(store, other.token, now=NOW)
    with pytest.raises(AppIdError):
        await revoke_tokens(store, "wx0")


async def test_an_unknown_app_gets_no_token(store: Store) -> None:
    with pytest.raises(AppIdError):
        await issue_token(store, AppId("wx1"), now=NOW)


async def test_a_lifetime_cannot_be_negative(store: Store, app_id: AppId) -> None:
    with pytest.raises(ValueError, match="-1 s"):
        await issue_token(store, app_id, now=NOW, seconds=-1)


async def test_long_dead_tokens_are_forgotten(store: Store, app_id: AppId) -> None:
    await issue_token(store, app_id, now=NOW, seconds=0)
    await issue_token(store, app_id, now=NOW, seconds=1)
    await issue_token(store, app_id, now=NOW + 86_400.5)
    async with store.reading() as connection:
        count = await connection.scalar(select(func.count()).select_from(tokens))
    assert count == 2


async def test_an_issued_token_does_not_show_itself(
    store: Store, app_id: AppId
) -> None:
    issued = await issue_token(store, app_id, now=NOW)
    assert issued.token not in repr(issued)
