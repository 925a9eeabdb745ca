"""Claims about the figures that the console shows of the metrics."""

from __future__ import annotations

import math

from shizi.metrics import Metrics
from shizi.pool import Load


def test_calls_are_told_by_how_long_they_took_and_what_they_were_answered() -> None:
    metrics = Metrics(lambda: Load(1, 0, 0))
    for path, code, seconds in (
        ("/cv/ocr/comm", 0, 0.04),
        ("/cv/ocr/comm", 0, 0.6),
        ("/cv/ocr/driving", 101001, 0.7),
        ("/cv/ocr/driving", 0, 99.0),
    ):
        metrics.count(path, code, seconds)
    bounds, counts = metrics.latency()
    found = {bound: n for bound, n in zip(bounds, counts, strict=True) if n}
    assert found == {0.05: 1, 0.75: 2, math.inf: 1}
    assert metrics.codes() == {0: 3, 101001: 1}
    assert list(metrics.codes()) == [0, 101001]


def test_without_calls_every_bar_is_empty() -> None:
    metrics = Metrics(lambda: Load(1, 0, 0))
    assert set(metrics.latency().counts) == {0}
    assert metrics.codes() == {}
