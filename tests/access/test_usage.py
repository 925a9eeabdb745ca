from datetime import date

from shizi.access.apps import add_app, find_app
from shizi.access.quotas import grant_calls, spend
from shizi.access.store import Store
from shizi.access.usage import DayUsage, Grant, list_grants, list_usage
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
