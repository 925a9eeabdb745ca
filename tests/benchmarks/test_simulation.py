"""Claims about the model of fleets, on cases whose answers are known."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from benchmarks.simulation.measure import MEASURED
from benchmarks.simulation.model import Database, Fleet, Simulation

if TYPE_CHECKING:
    from collections.abc import Iterator

FREE = Database(lanes=100_000, seconds=0, look_seconds=0, row_seconds=0)


def _moments(rate: float, seconds: float) -> Iterator[float]:
    chance, now = Random(3), 0.0
    while (now := now + chance.expovariate(rate)) < seconds:
        yield now


def test_workers_that_never_rest_set_the_pace() -> None:
    fleet = Fleet(nodes=5, workers=2, database=FREE)
    result = Simulation(fleet, lambda _: 0.5).run_closed(30, seconds=100)
    assert result.rate(10, 100) == pytest.approx(20, rel=0.02)
    assert not result.busy


def test_one_worker_s_queue_is_as_long_as_theory_says() -> None:
    # M/M/1 at 70 %: 1 / (rate of service - rate of calls) seconds in all, on average.
    fleet = Fleet(nodes=1, workers=1, queue=10_000, database=FREE)
    drawn = Simulation(fleet, lambda chance: chance.expovariate(10))
    taken = [seconds for _, seconds in drawn.run_open(_moments(7, 20_000)).answered]
    assert sum(taken) / len(taken) == pytest.approx(1 / 3, rel=0.05)


def test_a_row_is_counted_in_one_call_at_a_time() -> None:
    database = Database(lanes=16, seconds=0.001, look_seconds=0, row_seconds=0.01)
    for apps, rate in ((1, 100), (1000, 400)):
        fleet = Fleet(nodes=20, workers=20, apps=apps, database=database)
        result = Simulation(fleet, lambda _: 1.0).run_closed(1000, seconds=40)
        assert result.rate(10, 40) == pytest.approx(rate, rel=0.05)


def test_a_lease_takes_the_row_s_place() -> None:
    database = Database(lanes=16, look_seconds=0, row_seconds=0.01, lease=10)
    fleet = Fleet(nodes=20, workers=20, database=database)
    result = Simulation(fleet, lambda _: 1.0).run_closed(1000, seconds=40)
    assert result.rate(10, 40) == pytest.approx(400, rel=0.05)


def test_a_full_queue_is_answered_at_once() -> None:
    fleet = Fleet(nodes=1, workers=1, queue=2, database=FREE)
    result = Simulation(fleet, lambda _: 1.0).run_open([0.0] * 10)
    assert len(result.answered) == 3
    assert len(result.busy) == 7


def test_a_lost_node_costs_its_calls_and_comes_back() -> None:
    fleet = Fleet(nodes=2, workers=1, database=FREE)
    simulation = Simulation(fleet, lambda _: 1.0)
    simulation.lose(0, 50.5, seconds=20)
    result = simulation.run_closed(2, seconds=100)
    assert len(result.failed) == 1
    assert result.rate(10, 50) == pytest.approx(2, rel=0.05)
    assert result.rate(52, 70) == pytest.approx(1, rel=0.1)
    assert result.rate(75, 100) == pytest.approx(2, rel=0.1)


def test_what_is_simulated_was_measured() -> None:
    told = json.loads(MEASURED.read_text("utf-8"))
    assert min(told["reading"].values()) > 0
    assert len(told["nodes"]["arrivals"]) > 100
