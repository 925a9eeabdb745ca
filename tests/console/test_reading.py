"""Claims about pictures that are tried."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from typing import TYPE_CHECKING

import pytest

from shizi.access.apps import add_app, change_app, find_app, rotate_secret
from shizi.access.quotas import find_quota, shanghai_day
from shizi.core.api import Api
from shizi.core.errors import BusyError, ImageDecodeError
from tests.console.desk import CARD, JPEG

if TYPE_CHECKING:
    from tests.console.desk import Desk

NOW = 1_800_000_000.0


async def used(desk: Desk, app_id: str) -> list[int]:
    app = await find_app(desk.store, app_id)
    day = shanghai_day(time.time())
    return [(await find_quota(desk.store, app, api, day=day)).used for api in Api]


async def test_whoever_sits_at_the_machine_tries_without_a_log_in(desk: Desk) -> None:
    await add_app(desk.store, "first", app_id="a", now=NOW)
    await add_app(desk.store, "second", app_id="b", now=NOW + 1)
    assert (await desk.get("/")).status_code == 200
    reply = await desk.read()
    assert "&lt;b&gt;春&lt;/b&gt;" in reply.text
    assert "<b>春" not in reply.text
    assert desk.pool.pictures == [JPEG, JPEG]
    assert await used(desk, "a") == [1, 0]
    assert await used(desk, "b") == [0, 0]


async def test_the_reply_is_the_apis(desk: Desk) -> None:
    await add_app(desk.store, "first", now=NOW)
    await desk.get("/")
    text = (await desk.read(query="kind=text&name=my+page.jpg")).text
    shown = re.search(r'<pre id="json"[^>]*>(.*?)</pre>', text, re.DOTALL)
    assert shown
    reply = json.loads(unescape(shown[1]))
    assert (reply["errcode"], reply["items"][0]["text"]) == (0, "<b>春</b>")
    assert "curl -F &#39;img=@my page.jpg&#39;" in text


async def test_a_licence_is_shown_as_a_card(desk: Desk) -> None:
    await add_app(desk.store, "first", app_id="a", now=NOW)
    desk.pool.card = CARD
    await desk.get("/", headers={"accept-language": "zh"})
    reply = await desk.read(query="kind=auto", **{"accept-language": "zh"})
    for text in ("主页", "所有人", "张三", "90% 较可靠", "图片模糊。", "未读出"):
        assert text in reply.text
    assert await used(desk, "a") == [0, 1]


async def test_a_picture_without_a_licence_is_refused_where_one_is_asked_for(
    desk: Desk,
) -> None:
    await add_app(desk.store, "first", app_id="a", now=NOW)
    await desk.get("/")
    reply = await desk.read(query="kind=licence")
    assert "There is no vehicle licence" in reply.text
    assert "errcode 101001" in reply.text
    assert await used(desk, "a") == [0, 0]


async def test_an_app_that_may_read_text_alone_finds_out_without_the_licence(
    desk: Desk,
) -> None:
    await add_app(desk.store, "first", app_id="a", now=NOW)
    await change_app(desk.store, "a", apis=[Api.PRINTED_TEXT])
    desk.pool.card = CARD
    await desk.get("/")
    assert "春" in (await desk.read()).text
    assert "may not make this call" in (await desk.read(query="kind=licence")).text


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        (BusyError("3 calls wait"), "服务器正忙", -1),
        (ImageDecodeError("bad marker"), "不是能识别的图片", 101002),
        (ZeroDivisionError("private"), "服务器出错了", -1),
    ],
)
async def test_what_goes_wrong_is_told_in_words(
    desk: Desk, error: Exception, words: str, code: int
) -> None:
    await add_app(desk.store, "first", now=NOW)
    await desk.get("/")
    desk.pool.error = error
    reply = await desk.read(**{"accept-language": "zh"})
    assert reply.status_code == 200
    assert words in reply.text
    assert f"errcode {code}" in reply.text
    assert str(error) not in reply.text
    assert desk.records[-1].code == code


async def test_a_used_up_quota_is_told(desk: Desk) -> None:
    limits = dict.fromkeys(Api, 1)
    await add_app(desk.store, "first", app_id="a", limits=limits, now=NOW)
    await desk.get("/")
    assert "1 of 1 calls today" in (await desk.read(query="kind=text")).text
    reply = await desk.read(query="kind=text")
    assert "used up" in reply.text
    assert "errcode 101003" in reply.text


@pytest.mark.parametrize(
    ("size", "words"), [(0, "No picture arrived"), (2 << 20, "too large")]
)
async def test_a_file_that_is_none_or_too_large_is_refused(
    desk: Desk, size: int, words: str
) -> None:
    await add_app(desk.store, "first", now=NOW)
    await desk.get("/")
    assert words in (await desk.read(b"x" * size)).text
    assert desk.pool.pictures == []


async def test_without_an_app_the_page_says_so(desk: Desk) -> None:
    assert (await desk.get("/")).status_code == 200
    assert "There is no such app" in (await desk.read()).text


async def test_the_audit_is_told_of_each_picture(desk: Desk) -> None:
    await add_app(desk.store, "first", app_id="a", now=NOW)
    await desk.get("/")
    await desk.read()
    (record,) = desk.records
    assert (record.path, record.app, record.code) == ("/console/read", "a", 0)
    assert (record.format, record.size) == ("JPEG", len(JPEG))


async def test_a_stranger_is_asked_who_they_are(stranger: Desk) -> None:
    await add_app(stranger.store, "first", now=NOW)
    reply = await stranger.get("/")
    assert (reply.status_code, reply.headers["location"]) == (
        303,
        "/console/login?to=%2F",
    )
    await stranger.get("/console/login")
    assert "Log in first" in (await stranger.read()).text
    assert stranger.pool.pictures == []


async def test_an_apps_pictures_are_counted_to_it(stranger: Desk) -> None:
    await add_app(stranger.store, "first", now=NOW)
    made = await add_app(stranger.store, "mine", app_id="b", now=NOW)
    await stranger.get("/console/login")
    fields = {"as": "app", "appid": "b", "secret": made.secret}
    reply = await stranger.send("/console/login", **fields)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    await stranger.get("/")
    await stranger.read(query="kind=text&app=first")
    assert await used(stranger, "b") == [1, 0]
    await rotate_secret(stranger.store, "b")
    assert "log-in is over" in (await stranger.read()).text
    assert (await stranger.get("/")).status_code == 303


async def test_an_operator_chooses_whose_call_it_is(stranger: Desk) -> None:
    await add_app(stranger.store, "first", app_id="a", now=NOW)
    await add_app(stranger.store, "second", app_id="b", now=NOW + 1)
    await stranger.log_in()
    assert '<option value="b">' in (await stranger.get("/")).text
    await stranger.read(query="kind=text&app=b")
    assert await used(stranger, "b") == [1, 0]
    assert "no such app" in (await stranger.read(query="app=c")).text


async def test_a_page_of_another_site_reads_nothing(desk: Desk) -> None:
    await add_app(desk.store, "first", now=NOW)
    await desk.get("/")
    for headers in (
        {"x-shizi-stamp": ""},
        {"x-shizi-stamp": "0" * 32},
        {"origin": "http://elsewhere.example"},
        {"sec-fetch-site": "cross-site"},
    ):
        assert "did not come from here" in (await desk.read(**headers)).text
    assert desk.pool.pictures == []


async def test_a_picture_is_sent_and_not_asked_for(desk: Desk) -> None:
    reply = await desk.browser.get("/console/read")
    assert reply.status_code == 404
