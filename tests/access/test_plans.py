import asyncio

import pytest

from shizi.access.apps import add_app, list_apps
from shizi.access.plans import PLANS, list_plans, remove_plan, set_plan
from shizi.access.store import Store
from shizi.core.api import Api
from shizi.core.errors import PlanInUseError, PlanNameError

NOW = 1_800_000_000.0
GOLD = {Api.PRINTED_TEXT: 1000, Api.VEHICLE_LICENCE: -1}


@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize("plan", PLANS)
def test_every_plan_that_ships_limits_every_api(plan: str, api: Api) -> None:
    assert PLANS[plan][api] >= -1


async def test_plans_are_listed_those_that_ship_first(store: Store) -> None:
    await set_plan(store, "gold", GOLD)
    await set_plan(store, "Bronze", {})
    found = await list_plans(store)
    assert list(found) == ["documented", "unlimited", "Bronze", "gold"]
    assert (found["gold"], found["Bronze"]) == (GOLD, {})


async def test_a_removed_plan_is_gone(store: Store) -> None:
    await set_plan(store, "gold", GOLD)
    await remove_plan(store, "gold")
    assert list(await list_plans(store)) == list(PLANS)
    with pytest.raises(PlanNameError):
        await add_app(store, "app", plan="gold", now=NOW)


async def test_a_plan_that_an_app_has_stays(store: Store) -> None:
    await set_plan(store, "gold", GOLD)
    await add_app(store, "app", plan="gold", now=NOW)
    with pytest.raises(PlanInUseError):
        await remove_plan(store, "gold")
    assert (await list_plans(store))["gold"] == GOLD


async def test_no_app_gets_a_plan_that_is_being_removed(store: Store) -> None:
    for number in range(10):
        name = f"plan{number}"
        await set_plan(store, name, GOLD)
        outcomes = await asyncio.gather(
            remove_plan(store, name),
            add_app(store, "app", app_id=name, plan=name, now=NOW),
            return_exceptions=True,
        )
        assert sum(isinstance(each, Exception) for each in outcomes) == 1
    plans = set(await list_plans(store))
    assert {app.plan for app in await list_apps(store)} <= plans


@pytest.mark.parametrize("name", ["documented", "unlimited", "", "a b", "x" * 33])
async def test_a_name_that_cannot_be_is_refused(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="plan"):
        await set_plan(store, name, GOLD)


@pytest.mark.parametrize("name", ["documented", "silver"])
async def test_only_plans_of_ones_own_can_be_removed(store: Store, name: str) -> None:
    with pytest.raises(PlanNameError):
        await remove_plan(store, name)


@pytest.mark.parametrize("limit", [-2, 2**31])
async def test_a_limit_that_cannot_be_is_refused(store: Store, limit: int) -> None:
    with pytest.raises(ValueError, match="limit of printed_text"):
        await set_plan(store, "gold", {Api.PRINTED_TEXT: limit})
