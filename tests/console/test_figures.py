"""Claims about the operator's pages of usage, health and calls."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shizi.access.apps import add_app, find_app
from shizi.access.quotas import shanghai_day, spend
from shizi.console.chart import draw
from shizi.core.api import Api

if TYPE_CHECKING:
    from tests.console.desk import Desk

NOW = 1_800_000_000.0


async def test_usage_is_drawn_by_day_and_app(stranger: Desk) -> None:
    today = shanghai_day(time.time())
    for name, calls in (("a", 3), ("b", 1)):
        await add_app(stranger.store, name, app_id=name, now=NOW)
        app = await find_app(stranger.store, name)
        for _ in range(calls):
            await spend(stranger.store, app, Api.PRINTED_TEXT, day=today)
    old = today - timedelta(days=31)
    await spend(stranger.store, app, Api.VEHICLE_LICENCE, day=old)
    await stranger.log_in()
    text = (await stranger.get("/console/usage")).text
    assert f"<title>{today:%m-%d}: 4</title>" in text
    assert "4 calls" in text
    assert f'<th scope="row">{today}</th><td class="number">4</td>' in text
    assert str(old) not in text
    text = (await stranger.get("/console/usage?app=b")).text
    assert f"<title>{today:%m-%d}: 1</title>" in text


async def test_without_calls_usage_says_so(stranger: Desk) -> None:
    await stranger.log_in()
    assert "There were no calls." in (await stranger.get("/console/usage")).text


async def test_health_tells_queue_memory_latency_and_versions(stranger: Desk) -> None:
    await stranger.log_in()
    text = (await stranger.get("/console/health")).text
    for words in (
        "workers of 2 are up",
        "calls wait; 64 may",
        "<b>400</b>",
        "<title>0.1 s: 2</title>",
        "<title>&gt; 0.1 s: 1</title>",
        "detector.onnx",
        "abababababab",
    ):
        assert words in text


async def test_the_newest_calls_are_listed_without_their_callers(
    stranger: Desk,
) -> None:
    await add_app(stranger.store, "first", app_id="a", now=NOW)
    await stranger.log_in()
    await stranger.get("/")
    await stranger.read()
    text = (await stranger.get("/console/audit")).text
    assert "/console/read" in text
    assert "JPEG" in text
    assert "192.0.2.7" not in text


def test_bars_stand_on_each_other_and_on_the_foot() -> None:
    chart = draw(["a", "b"], [[4, 0], [6, 2]])
    first, second, third = chart.bars
    assert first.y + first.height == pytest.approx(chart.foot)
    assert second.y + second.height == pytest.approx(first.y)
    assert third.y + third.height == pytest.approx(chart.foot)
    assert first.height * 3 == pytest.approx(second.height * 2)
    assert first.height == pytest.approx(third.height * 2)
    assert [rule.text for rule in chart.rules] == ["0", "5", "10"]
    assert second.y == pytest.approx(chart.rules[-1].at)
    assert all(chart.left <= bar.x < chart.right for bar in chart.bars)


def test_a_chart_of_nothing_has_no_bars() -> None:
    chart = draw(["a"], [[0]])
    assert chart.bars == []
    assert [rule.text for rule in chart.rules] == ["0", "2", "4"]
    assert draw([], [[]]).names == []


def test_the_last_of_many_bars_is_named() -> None:
    names = [str(number) for number in range(30)]
    chart = draw(names, [[1] * 30])
    assert len(chart.names) <= 10
    assert chart.names[-1].text == "29"
