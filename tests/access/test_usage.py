from datetime import date

from shizi.access.apps import add_app, find_app, list_apps
from shizi.access.quotas import Quota, find_quota, grant_calls, spend
from shizi.access.store import Store
from shizi.access.usage import DayUsage, Grant, list_grants, list_quotas, list_usage
from shizi.core.api import Api

NOW = 1_800_000_000.0
DAY = date(2027, 1, 15)


async def test_usage_is_told_day_by_day(store: Store) -> None:
    made = await add_app(store, "app", app_id="a", now=NOW)
    app = await find_app(store, made.app_id)
    for day, calls in ((date(2027, 1, 1), 1), (date(2027, 1, 14), 2), (DAY, 1)):
        for _ in range(calls):
            await spend(store, app, Api.PRINTED_TEXT, day=day)
    await spend(store, app, Api.VEHICLE_LICENCE, day=DAY)
    assert await list_usage(store, since=date(2027, 1, 14)) == (
        DayUsage(date(2027, 1, 14), app.id, Api.PRINTED_TEXT, 2),
        DayUsage(DAY, app.id, Api.PRINTED_TEXT, 1),
        DayUsage(DAY, app.id, Api.VEHICLE_LICENCE, 1),
    )


async def test_grants_are_told_with_what_is_left(store: Store) -> None:
    limits = {Api.PRINTED_TEXT: 0}
    made = await add_app(store, "app", app_id="a", limits=limits, now=NOW)
    await grant_calls(store, "a", Api.PRINTED_TEXT, 5, now=NOW)
    await spend(store, await find_app(store, made.app_id), Api.PRINTED_TEXT, day=DAY)
    assert await list_grants(store, "a") == (Grant(Api.PRINTED_TEXT, 5, 1, NOW),)
    assert await list_grants(store, "b") == ()


async def test_the_quotas_of_many_apps_are_those_of_each(store: Store) -> None:
    for name, limits in (("a", {Api.PRINTED_TEXT: 1}), ("b", {}), ("c", {})):
        await add_app(store, name, app_id=name, limits=limits, now=NOW)
    apps = await list_apps(store)
    for app, calls in zip(apps, (1, 3, 0), strict=True):
        for _ in range(calls):
            await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    for calls in (5, 2):
        await grant_calls(store, "a", Api.PRINTED_TEXT, calls, now=NOW)
    await spend(store, apps[0], Api.PRINTED_TEXT, day=DAY)
    await spend(store, apps[1], Api.VEHICLE_LICENCE, day=date(2027, 1, 14))
    found = await list_quotas(store, apps, day=DAY)
    assert found == {
        app.id: {api: await find_quota(store, app, api, day=DAY) for api in Api}
        for app in apps
    }
    assert found[apps[0].id][Api.PRINTED_TEXT] == Quota(1, 1, 6)
