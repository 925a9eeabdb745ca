"""Claims about logging in and out, and about every page's gate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shizi.access.acts import list_acts
from shizi.access.apps import add_app
from shizi.access.operator import set_password
from shizi.console.session import COOKIE
from tests.console.desk import PASSWORD

if TYPE_CHECKING:
    from tests.console.desk import Desk

NOW = 1_800_000_000.0
LOGIN = "/console/login"


async def test_the_operator_logs_in_and_out(stranger: Desk) -> None:
    reply = await stranger.log_in()
    assert (reply.status_code, reply.headers["location"]) == (303, "/console/apps")
    await add_app(stranger.store, "first", now=NOW)
    page = await stranger.get("/")
    assert "Log out" in page.text
    stolen = stranger.browser.cookies[COOKIE]
    await stranger.send("/console/logout")
    stranger.browser.cookies.set(COOKIE, stolen)
    assert (await stranger.get("/")).status_code == 303


async def test_a_log_in_leads_back_to_the_page_that_was_asked_for(
    stranger: Desk,
) -> None:
    await stranger.get(f"{LOGIN}?to=/console/usage")
    fields = {"as": "operator", "password": PASSWORD, "to": "/console/usage"}
    reply = await stranger.send(LOGIN, **fields)
    assert reply.headers["location"] == "/console/usage"


@pytest.mark.parametrize(
    "goal",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/console//elsewhere.example",
        "/console/\\elsewhere",
        "/docs",
        "javascript:alert(1)",
    ],
)
async def test_a_log_in_leads_nowhere_else(stranger: Desk, goal: str) -> None:
    await stranger.get(LOGIN)
    fields = {"as": "operator", "password": PASSWORD, "to": goal}
    reply = await stranger.send(LOGIN, **fields)
    assert reply.headers["location"] == "/console/apps"


async def test_a_wrong_password_is_told_and_written_down(stranger: Desk) -> None:
    reply = await stranger.log_in("wrong password")
    assert reply.status_code == 403
    assert "The password is another one" in reply.text
    await stranger.log_in("another one")
    acts = await list_acts(stranger.store, limit=9)
    assert [act.what for act in acts] == ["login.refused"]


async def test_guesses_are_slowed_down(stranger: Desk) -> None:
    for _ in range(10):
        assert (await stranger.log_in("wrong password")).status_code == 403
    reply = await stranger.log_in()
    assert reply.status_code == 429
    assert "Too many" in reply.text


async def test_a_new_password_ends_the_log_ins(stranger: Desk) -> None:
    await stranger.log_in()
    await set_password(stranger.store, "battery staple")
    assert (await stranger.get("/")).status_code == 303


@pytest.mark.parametrize(
    "body",
    [
        b"stamp=%s&name=" + b"a" * 65_536,
        b"stamp=%s&" + b"&".join([b"a=b"] * 101),
        b"stamp=%s&name=%%00",
        b"stamp=%s&name=\xff",
        b"x" * (3 << 20),
        b"",
    ],
    ids=["long", "many fields", "a NUL", "no UTF-8", "longer than any body", "empty"],
)
async def test_what_no_page_sends_is_refused(stranger: Desk, body: bytes) -> None:
    await stranger.log_in()
    await stranger.get("/console/apps")
    sent = body % stranger.stamp.encode() if b"%s" in body else body
    reply = await stranger.browser.post("/console/apps", content=sent)
    assert (reply.status_code, "did not come from here" in reply.text) == (403, True)


async def test_a_switched_language_keeps_what_was_asked_for(stranger: Desk) -> None:
    page = await stranger.get("/console/login?to=/console/usage")
    assert 'href="?to=/console/usage&amp;lang=zh"' in page.text.replace("%2F", "/")


async def test_an_apps_wrong_secret_is_told(stranger: Desk) -> None:
    await add_app(stranger.store, "mine", app_id="b", now=NOW)
    await stranger.get(LOGIN)
    fields = {"as": "app", "appid": "b", "secret": "wrong"}
    reply = await stranger.send(LOGIN, **fields)
    assert (reply.status_code, 'value="b"' in reply.text) == (403, True)
    assert "wrong" not in reply.text


async def test_a_log_in_from_another_page_is_refused(stranger: Desk) -> None:
    await stranger.get(LOGIN)
    stranger.stamp = "0" * 32
    fields = {"as": "operator", "password": PASSWORD}
    assert (await stranger.send(LOGIN, **fields)).status_code == 403


async def test_a_cookie_is_the_servers_alone(stranger: Desk) -> None:
    reply = await stranger.get(LOGIN)
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    forged = json.dumps({"stamp": "0", "generation": "0", "token": None})
    stranger.browser.cookies.set(COOKIE, forged)
    assert "set-cookie" in (await stranger.get(LOGIN)).headers


async def test_a_cookie_of_https_stays_there(stranger: Desk) -> None:
    reply = await stranger.browser.get("https://127.0.0.1:8000/console/login")
    assert "secure" in reply.headers["set-cookie"].lower()


async def test_an_open_line_is_warned_of(stranger: Desk, desk: Desk) -> None:
    warning = "not encrypted"
    assert warning in (await stranger.get(LOGIN)).text
    assert warning not in (await desk.get(LOGIN)).text
    reply = await stranger.browser.get("https://127.0.0.1:8000/console/login")
    assert warning not in reply.text


@pytest.mark.parametrize("path", ["/", LOGIN, "/console/nothing"])
async def test_every_page_loads_from_here_alone(desk: Desk, path: str) -> None:
    headers = (await desk.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_a_page_that_is_not_there_is_told(desk: Desk) -> None:
    reply = await desk.get("/console/nothing?lang=zh")
    assert reply.status_code == 404
    assert "没有这个页面" in reply.text


async def test_a_chosen_language_stays(desk: Desk) -> None:
    assert 'lang="zh-CN"' in (await desk.get("/?lang=zh")).text
    assert 'lang="zh-CN"' in (await desk.get("/")).text
    assert 'lang="en"' in (await desk.get("/?lang=en")).text


@pytest.mark.parametrize("name", ["try.js", "console.css", "icon.svg", "page.jpg"])
async def test_a_file_is_sent_once(desk: Desk, name: str) -> None:
    path = f"/console/static/{name}"
    reply = await desk.browser.get(path)
    assert reply.status_code == 200
    tag = {"if-none-match": reply.headers["etag"]}
    assert (await desk.browser.get(path, headers=tag)).status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "..%2fwords.toml"])
async def test_no_other_file_is_sent(desk: Desk, name: str) -> None:
    assert (await desk.browser.get(f"/console/static/{name}")).status_code == 404
