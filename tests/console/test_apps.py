"""Claims about the operator's pages of apps and plans."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from shizi.access.acts import list_acts
from shizi.access.apps import add_app, authenticate, find_app, list_apps
from shizi.access.plans import list_plans
from shizi.access.quotas import find_quota, shanghai_day, spend
from shizi.core.api import Api
from shizi.core.errors import AppIdError, SecretError

if TYPE_CHECKING:
    from shizi.access.apps import App
    from shizi.access.quotas import Quota
    from tests.console.desk import Desk

NOW = 1_800_000_000.0
HERE = "/console/apps/a"


@pytest.fixture
async def operator(stranger: Desk) -> Desk:
    """Return the console with the operator before it, and an app `a`."""
    await add_app(stranger.store, "mine", app_id="a", now=NOW)
    await stranger.log_in()
    await stranger.get("/console/apps")
    return stranger


async def app_of(desk: Desk) -> App:
    return await find_app(desk.store, "a")


async def quota_of(desk: Desk) -> Quota:
    day = shanghai_day(time.time())
    app = await app_of(desk)
    return await find_quota(desk.store, app, Api.PRINTED_TEXT, day=day)


@pytest.mark.parametrize(
    "path",
    [
        "/console/apps",
        HERE,
        "/console/plans",
        "/console/usage",
        "/console/health",
        "/console/audit",
    ],
)
async def test_the_operators_pages_are_the_operators(desk: Desk, path: str) -> None:
    await add_app(desk.store, "mine", app_id="a", now=NOW)
    reply = await desk.get(path)
    assert reply.status_code == 303
    assert reply.headers["location"].startswith("/console/login?to=")
    await desk.get("/")
    assert (await desk.send(path, name="b")).status_code == 303
    assert len(await list_apps(desk.store)) == 1
    await desk.log_in()
    for language in ("en", "zh"):
        assert (await desk.get(f"{path}?lang={language}")).status_code == 200


async def test_a_new_apps_secret_is_shown_once(operator: Desk) -> None:
    reply = await operator.send(
        "/console/apps", name="<i>new</i>", id="n", plan="documented"
    )
    secret = re.search(r'id="made-secret">(\w+)<', reply.text)
    assert secret
    assert "&lt;i&gt;new&lt;/i&gt;" in reply.text
    app = await authenticate(operator.store, "n", secret[1])
    assert (app.plan, app.limit(Api.PRINTED_TEXT)) == ("documented", 100)
    assert secret[1] not in (await operator.get("/console/apps")).text
    assert secret[1] not in (await operator.get("/console/apps/n")).text


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"name": "", "plan": "unlimited"}, 400, "1 to 200 printable"),
        ({"name": "x", "id": "a b", "plan": "unlimited"}, 400, "1 to 64 ASCII"),
        ({"name": "x", "id": "a", "plan": "unlimited"}, 403, "this id already"),
        ({"name": "x", "plan": "none"}, 403, "no such plan"),
    ],
)
async def test_an_app_that_cannot_be_is_refused(
    operator: Desk, fields: dict[str, str], status: int, words: str
) -> None:
    reply = await operator.send("/console/apps", **fields)
    assert (reply.status_code, words in reply.text) == (status, True)
    assert len(await list_apps(operator.store)) == 1


async def test_a_new_secret_ends_the_old_one(operator: Desk) -> None:
    reply = await operator.send(HERE, do="rotate")
    secret = re.search(r'id="made-secret">(\w+)<', reply.text)
    assert secret
    assert await authenticate(operator.store, "a", secret[1])
    await operator.send(HERE, do="rotate")
    with pytest.raises(SecretError):
        await authenticate(operator.store, "a", secret[1])


async def test_a_disabled_app_may_call_nothing_until_it_is_enabled(
    operator: Desk,
) -> None:
    await operator.send(HERE, do="disable")
    assert (await app_of(operator)).apis == frozenset()
    assert "disabled" in (await operator.get("/console/apps")).text
    await operator.send(HERE, do="enable")
    assert (await app_of(operator)).apis == frozenset(Api)


async def test_an_app_may_be_given_one_api(operator: Desk) -> None:
    await operator.send(HERE, do="allow", printed_text="1")
    assert (await app_of(operator)).apis == {Api.PRINTED_TEXT}


async def test_plan_and_limits_are_changed(operator: Desk) -> None:
    reply = await operator.send(HERE, do="plan", plan="documented")
    assert reply.headers["location"] == f"{HERE}?done=plan"
    assert "another plan now" in (await operator.get(f"{HERE}?done=plan")).text
    await operator.send(HERE, do="limits", printed_text="7", vehicle_licence="")
    app = await app_of(operator)
    assert [app.limit(api) for api in Api] == [7, 500]
    await operator.send(HERE, do="limits", printed_text="", vehicle_licence="")
    app = await app_of(operator)
    assert [app.limit(api) for api in Api] == [100, 500]


async def test_calls_are_granted_and_the_day_begun_anew(operator: Desk) -> None:
    day = shanghai_day(time.time())
    await operator.send(HERE, do="limits", printed_text="1", vehicle_licence="")
    await spend(operator.store, await app_of(operator), Api.PRINTED_TEXT, day=day)
    await operator.send(HERE, do="grant", api="printed_text", calls="5")
    assert (await quota_of(operator)).remain == 5
    assert "5 left in grants" in (await operator.get(HERE)).text
    await operator.send(HERE, do="clear")
    assert (await quota_of(operator)).used == 0


async def test_an_app_is_removed_when_its_id_is_typed(operator: Desk) -> None:
    assert (await operator.send(HERE, do="remove", id="b")).status_code == 400
    assert (await operator.send(HERE, do="remove", id="a")).status_code == 303
    with pytest.raises(AppIdError):
        await app_of(operator)


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "limits", "printed_text": "many"},
        {"do": "limits", "printed_text": "-2"},
        {"do": "grant", "api": "printed_text", "calls": "0"},
        {"do": "grant", "api": "faces", "calls": "1"},
        {"do": "plan", "plan": "none"},
        {"do": "dance"},
        {},
    ],
    ids=str,
)
async def test_a_change_that_cannot_be_is_refused(
    operator: Desk, fields: dict[str, str]
) -> None:
    before = await app_of(operator)
    assert (await operator.send(HERE, **fields)).status_code in {400, 403}
    assert await app_of(operator) == before
    assert [act.what for act in await list_acts(operator.store, limit=9)] == ["login"]


@pytest.mark.parametrize("do", ["rotate", "disable", ""])
async def test_an_app_that_is_not_there_has_no_page(operator: Desk, do: str) -> None:
    there = "/console/apps/nobody"
    reply = await (operator.send(there, do=do) if do else operator.get(there))
    assert (reply.status_code, "no such app" in reply.text) == (403, True)


async def test_a_form_without_its_stamp_changes_nothing(operator: Desk) -> None:
    for stamp in ("", "0" * 32):
        reply = await operator.send(HERE, do="disable", stamp=stamp)
        assert reply.status_code == 403
    headers = {"origin": "http://elsewhere.example"}
    data = {"do": "disable", "stamp": operator.stamp}
    reply = await operator.browser.post(HERE, data=data, headers=headers)
    assert reply.status_code == 403
    assert (await app_of(operator)).apis == frozenset(Api)


async def test_what_was_done_is_written_down(operator: Desk) -> None:
    await operator.send(HERE, do="disable")
    await operator.send("/console/plans", name="gold", printed_text="5")
    acts = await list_acts(operator.store, limit=9)
    assert [(act.door, act.what, act.whom) for act in acts] == [
        ("console", "plan.set", "gold"),
        ("console", "app.disable", "a"),
        ("console", "login", None),
    ]
    text = (await operator.get("/console/audit?lang=zh")).text
    for words in ("停用应用", "设置套餐", "管理员登录"):
        assert words in text


async def test_a_plan_is_made_changed_and_removed(operator: Desk) -> None:
    path = "/console/plans"
    await operator.send(path, do="set", name="gold", printed_text="5")
    await operator.send(path, do="set", name="gold", printed_text="-1")
    assert (await list_plans(operator.store))["gold"] == {Api.PRINTED_TEXT: -1}
    await operator.send(HERE, do="plan", plan="gold")
    reply = await operator.send(path, do="remove", name="gold")
    assert (reply.status_code, "has this plan still" in reply.text) == (403, True)
    await operator.send(HERE, do="plan", plan="unlimited")
    assert (await operator.send(path, do="remove", name="gold")).status_code == 303
    assert "gold" not in await list_plans(operator.store)


@pytest.mark.parametrize("name", ["", "a b", "unlimited"])
async def test_a_plan_that_cannot_be_is_refused(operator: Desk, name: str) -> None:
    reply = await operator.send("/console/plans", do="set", name=name)
    assert reply.status_code == 400
