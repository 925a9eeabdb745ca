import pickle
import re
from pathlib import Path

import pytest

from shizi.access.apps import (
    PLANS,
    App,
    AppId,
    Plan,
    add_app,
    authenticate,
    find_app,
    list_apps,
    remove_app,
    reveal_secret,
)
from shizi.access.quotas import shanghai_day, spend, used
from shizi.access.store import KEY, Store, open_store
from shizi.access.tokens import check_token, issue_token
from shizi.core.api import Api
from shizi.core.errors import (
    AppExistsError,
    AppIdError,
    AppIdMissingError,
    SecretError,
    SecretMissingError,
    StoreError,
    TokenError,
)

NOW = 1_800_000_000.0


async def test_made_up_credentials_look_like_wechats(store: Store) -> None:
    credentials = await add_app(store, "app", now=NOW)
    assert re.fullmatch(r"wx[0-9a-f]{16}", credentials.app_id)
    assert re.fullmatch(r"[0-9a-f]{32}", credentials.secret)


async def test_given_credentials_are_kept(store: Store) -> None:
    await add_app(store, "app", app_id="wx1", secret="mine", now=NOW)
    assert (await authenticate(store, "wx1", "mine")).id == "wx1"


async def test_an_added_app_is_found_whole(store: Store) -> None:
    limits = {Api.PRINTED_TEXT: 5}
    await add_app(
        store,
        "应用",
        app_id="wx1",
        plan="documented",
        limits=limits,
        token_seconds=60,
        now=NOW,
    )
    app = App(AppId("wx1"), "应用", Plan.DOCUMENTED, limits, 60, NOW)
    assert await find_app(store, "wx1") == app
    assert await list_apps(store) == (app,)


async def test_apps_are_listed_oldest_first(store: Store) -> None:
    for app_id, age in (("a", 1), ("b", 3), ("c", 2)):
        await add_app(store, "same name", app_id=app_id, now=NOW - age)
    assert [app.id for app in await list_apps(store)] == ["b", "c", "a"]


async def test_a_taken_id_is_refused_and_its_app_unchanged(store: Store) -> None:
    await add_app(store, "first", app_id="wx1", secret="mine", now=NOW)
    with pytest.raises(AppExistsError, match="wx1"):
        await add_app(store, "second", app_id="wx1", now=NOW)
    assert (await authenticate(store, "wx1", "mine")).name == "first"


async def test_an_app_survives_reopening(data_dir: Path) -> None:
    async with await open_store(data_dir) as store:
        credentials = await add_app(store, "app", now=NOW)
    async with await open_store(data_dir) as store:
        app = await authenticate(store, credentials.app_id, credentials.secret)
        assert await reveal_secret(store, app.id) == credentials.secret


@pytest.mark.parametrize(
    ("app_id", "secret", "error"),
    [
        (None, "mine", AppIdMissingError),
        ("", "mine", AppIdMissingError),
        ("wx1", None, SecretMissingError),
        ("wx1", "", SecretMissingError),
        ("wx2", "mine", AppIdError),
        ("wx1 ", "mine", AppIdError),
        ("wx1\0", "mine", AppIdError),
        ("\ud800", "mine", AppIdError),
        ("wx1", "Mine", SecretError),
        ("wx1", "min", SecretError),
        ("wx1", "密\ud800", SecretError),
    ],
    ids=ascii,
)
async def test_wrong_credentials_are_told_apart(
    store: Store, app_id: str | None, secret: str | None, error: type[Exception]
) -> None:
    await add_app(store, "app", app_id="wx1", secret="mine", now=NOW)
    with pytest.raises(error):
        await authenticate(store, app_id, secret)


async def test_a_removed_apps_tokens_and_usage_end(store: Store) -> None:
    app_id = (await add_app(store, "app", now=NOW)).app_id
    token = (await issue_token(store, app_id, now=NOW)).token
    day = shanghai_day(NOW)
    await spend(store, await find_app(store, app_id), Api.PRINTED_TEXT, day=day)
    await remove_app(store, app_id)
    with pytest.raises(TokenError):
        await check_token(store, token, now=NOW)
    await add_app(store, "again", app_id=app_id, now=NOW)
    assert await used(store, app_id, Api.PRINTED_TEXT, day=day) == 0


async def test_an_unknown_app_cannot_be_removed(store: Store) -> None:
    with pytest.raises(AppIdError):
        await remove_app(store, "wx1")


async def test_a_secret_sealed_with_another_key_is_told(data_dir: Path) -> None:
    async with await open_store(data_dir) as store:
        await add_app(store, "app", app_id="wx1", secret="mine", now=NOW)
    (data_dir / KEY).rename(data_dir / "old.key")
    async with await open_store(data_dir.with_name("other")):
        pass
    (data_dir.with_name("other") / KEY).rename(data_dir / KEY)
    async with await open_store(data_dir) as store:
        with pytest.raises(StoreError, match="another key"):
            await authenticate(store, "wx1", "mine")


async def test_credentials_do_not_show_the_secret(store: Store) -> None:
    credentials = await add_app(store, "app", now=NOW)
    assert credentials.secret not in repr(credentials)


@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize("plan", Plan)
def test_every_plan_limits_every_api(plan: Plan, api: Api) -> None:
    assert PLANS[plan][api] >= -1


@pytest.mark.parametrize(
    ("plan", "limits", "api", "limit"),
    [
        (Plan.UNLIMITED, {}, Api.PRINTED_TEXT, -1),
        (Plan.DOCUMENTED, {}, Api.PRINTED_TEXT, 100),
        (Plan.DOCUMENTED, {}, Api.VEHICLE_LICENCE, 500),
        (Plan.DOCUMENTED, {Api.PRINTED_TEXT: 0}, Api.PRINTED_TEXT, 0),
        (Plan.DOCUMENTED, {Api.PRINTED_TEXT: -1}, Api.PRINTED_TEXT, -1),
        (Plan.DOCUMENTED, {Api.PRINTED_TEXT: 7}, Api.VEHICLE_LICENCE, 500),
        (Plan.UNLIMITED, {Api.PRINTED_TEXT: 7}, Api.PRINTED_TEXT, 7),
    ],
)
def test_an_apps_own_limit_goes_before_its_plans(
    plan: Plan, limits: dict[Api, int], api: Api, limit: int
) -> None:
    assert App(AppId("wx1"), "app", plan, limits, 7200, NOW).limit(api) == limit


def test_an_app_can_travel_to_another_process() -> None:
    app = App(AppId("wx1"), "app", Plan.UNLIMITED, {Api.PRINTED_TEXT: 1}, 7200, NOW)
    assert pickle.loads(pickle.dumps(app)) == app
    assert hash(app) == hash(pickle.loads(pickle.dumps(app)))


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\ud800", "x" * 201], ids=ascii)
async def test_an_odd_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        await add_app(store, name, now=NOW)


@pytest.mark.parametrize("app_id", ["wx 1", "wx/1", "微信", "x" * 65])
async def test_an_odd_id_is_refused(store: Store, app_id: str) -> None:
    with pytest.raises(ValueError, match="app id"):
        await add_app(store, "app", app_id=app_id, now=NOW)


@pytest.mark.parametrize("secret", ["my secret", "密", "x" * 129])
async def test_an_odd_secret_is_refused(store: Store, secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        await add_app(store, "app", secret=secret, now=NOW)


async def test_an_unknown_plan_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="'gold': there are documented, unlimited"):
        await add_app(store, "app", plan="gold", now=NOW)


async def test_a_limit_below_none_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="printed_text is -2"):
        await add_app(store, "app", limits={Api.PRINTED_TEXT: -2}, now=NOW)


async def test_a_limit_of_an_unknown_api_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no API is named 'text'"):
        await add_app(store, "app", limits={"text": 1}, now=NOW)  # type: ignore[dict-item]


async def test_tokens_must_live_a_second(store: Store) -> None:
    with pytest.raises(ValueError, match="1 to 2147483647"):
        await add_app(store, "app", token_seconds=0, now=NOW)
