import pickle
import re

import pytest
from tests.access.door import check_token
from tests.places import Place

from shizi.access.apps import (
    App,
    AppId,
    add_app,
    authenticate,
    change_app,
    find_app,
    list_apps,
    remove_app,
    reveal_secret,
    rotate_secret,
)
from shizi.access.plans import set_plan
from shizi.access.quotas import find_quota, grant_calls, shanghai_day, spend
from shizi.access.stable import stable_token
from shizi.access.store import Store
from shizi.access.tokens import issue_token
from shizi.core.api import Api
from shizi.core.errors import (
    AppExistsError,
    AppIdError,
    AppIdMissingError,
    PlanNameError,
    SecretError,
    SecretMissingError,
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
    effective = {Api.PRINTED_TEXT: 5, Api.VEHICLE_LICENCE: 500}
    app = App(AppId("wx1"), "应用", "documented", effective, 60, NOW)
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


async def test_an_app_survives_reopening(place: Place) -> None:
    async with await place.open() as store:
        credentials = await add_app(store, "app", now=NOW)
    async with await place.open() as store:
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
    await grant_calls(store, app_id, Api.PRINTED_TEXT, 5, now=NOW)
    await remove_app(store, app_id)
    with pytest.raises(TokenError):
        await check_token(store, token, now=NOW)
    await add_app(store, "again", app_id=app_id, now=NOW)
    quota = await find_quota(
        store, await find_app(store, app_id), Api.PRINTED_TEXT, day=day
    )
    assert (quota.used, quota.granted) == (0, 0)


async def test_an_unknown_app_cannot_be_removed(store: Store) -> None:
    with pytest.raises(AppIdError):
        await remove_app(store, "wx1")


async def test_credentials_do_not_show_the_secret(store: Store) -> None:
    credentials = await add_app(store, "app", now=NOW)
    assert credentials.secret not in repr(credentials)


@pytest.mark.parametrize(
    ("plan", "own", "api", "limit"),
    [
        ("unlimited", {}, Api.PRINTED_TEXT, -1),
        ("documented", {}, Api.PRINTED_TEXT, 100),
        ("documented", {}, Api.VEHICLE_LICENCE, 500),
        ("documented", {Api.PRINTED_TEXT: 0}, Api.PRINTED_TEXT, 0),
        ("documented", {Api.PRINTED_TEXT: -1}, Api.PRINTED_TEXT, -1),
        ("documented", {Api.PRINTED_TEXT: 7}, Api.VEHICLE_LICENCE, 500),
        ("unlimited", {Api.PRINTED_TEXT: 7}, Api.PRINTED_TEXT, 7),
        ("gold", {}, Api.PRINTED_TEXT, 1000),
        ("gold", {Api.PRINTED_TEXT: 7}, Api.PRINTED_TEXT, 7),
        ("gold", {}, Api.VEHICLE_LICENCE, 0),
    ],
)
async def test_an_apps_own_limit_goes_before_its_plans(
    store: Store, plan: str, own: dict[Api, int], api: Api, limit: int
) -> None:
    await set_plan(store, "gold", {Api.PRINTED_TEXT: 1000})
    made = await add_app(store, "app", plan=plan, limits=own, now=NOW)
    assert (await find_app(store, made.app_id)).limit(api) == limit


async def test_a_changed_plan_changes_the_limits_of_its_apps(store: Store) -> None:
    await set_plan(store, "gold", {Api.PRINTED_TEXT: 1000})
    await add_app(store, "app", app_id="wx1", plan="gold", now=NOW)
    await set_plan(store, "gold", {Api.PRINTED_TEXT: 2000})
    assert (await find_app(store, "wx1")).limit(Api.PRINTED_TEXT) == 2000


async def test_an_app_may_call_everything_unless_told(store: Store) -> None:
    await add_app(store, "app", app_id="wx1", now=NOW)
    await add_app(store, "app", app_id="wx2", apis=[Api.PRINTED_TEXT], now=NOW)
    assert (await find_app(store, "wx1")).apis == frozenset(Api)
    assert (await find_app(store, "wx2")).apis == {Api.PRINTED_TEXT}


async def test_what_is_given_of_an_app_can_change(store: Store) -> None:
    own = {Api.PRINTED_TEXT: 7, Api.VEHICLE_LICENCE: 8}
    await add_app(store, "app", app_id="wx1", limits=own, now=NOW)
    await change_app(store, "wx1", plan="documented", apis=[Api.PRINTED_TEXT])
    app = await find_app(store, "wx1")
    assert (app.plan, app.apis, app.limits) == ("documented", {Api.PRINTED_TEXT}, own)
    await change_app(
        store, "wx1", limits={Api.PRINTED_TEXT: None, Api.VEHICLE_LICENCE: 9}, apis=Api
    )
    app = await find_app(store, "wx1")
    assert app.limits == {Api.PRINTED_TEXT: 100, Api.VEHICLE_LICENCE: 9}
    assert app.apis == frozenset(Api)


@pytest.mark.parametrize(
    ("app_id", "plan", "error"),
    [("wx2", "documented", AppIdError), ("wx1", "gold", PlanNameError)],
)
async def test_a_change_that_cannot_be_is_refused(
    store: Store, app_id: str, plan: str, error: type[Exception]
) -> None:
    await add_app(store, "app", app_id="wx1", now=NOW)
    with pytest.raises(error):
        await change_app(store, app_id, plan=plan)
    assert (await find_app(store, "wx1")).plan == "unlimited"


async def test_a_rotated_secret_ends_the_old_one_and_every_token(store: Store) -> None:
    app_id = (await add_app(store, "app", secret="old", now=NOW)).app_id
    old = [
        (await issue_token(store, app_id, now=NOW)).token,
        (await issue_token(store, app_id, now=NOW, replaces=False)).token,
        (await stable_token(store, app_id, now=NOW)).token,
    ]
    fresh = await rotate_secret(store, app_id)
    assert re.fullmatch(r"[0-9a-f]{32}", fresh.secret)
    for token in old:
        with pytest.raises(TokenError):
            await check_token(store, token, now=NOW)
    with pytest.raises(SecretError):
        await authenticate(store, app_id, "old")
    await authenticate(store, app_id, fresh.secret)
    again = (await stable_token(store, app_id, now=NOW)).token
    assert again not in old


async def test_a_rotation_leaves_other_apps_alone(store: Store) -> None:
    mine = (await add_app(store, "app", now=NOW)).app_id
    other = (await add_app(store, "app", now=NOW)).app_id
    token = (await issue_token(store, other, now=NOW)).token
    await rotate_secret(store, mine, "mine")
    await check_token(store, token, now=NOW)
    with pytest.raises(AppIdError):
        await rotate_secret(store, "wx0")


def test_an_app_can_travel_to_another_process() -> None:
    app = App(AppId("wx1"), "app", "unlimited", {Api.PRINTED_TEXT: 1}, 7200, NOW)
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
    with pytest.raises(PlanNameError, match="'gold': there are documented, unlimited"):
        await add_app(store, "app", plan="gold", now=NOW)
    assert await list_apps(store) == ()


async def test_a_limit_below_none_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="printed_text is -2"):
        await add_app(store, "app", limits={Api.PRINTED_TEXT: -2}, now=NOW)


async def test_a_limit_of_an_unknown_api_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no API is named 'text'"):
        await add_app(store, "app", limits={"text": 1}, now=NOW)  # type: ignore[dict-item]


async def test_tokens_must_live_a_second(store: Store) -> None:
    with pytest.raises(ValueError, match="1 to 2147483647"):
        await add_app(store, "app", token_seconds=0, now=NOW)


async def test_only_known_apis_can_be_allowed(store: Store) -> None:
    with pytest.raises(ValueError, match="no API is named 'text'"):
        await add_app(store, "app", apis=["text"], now=NOW)  # type: ignore[list-item]
