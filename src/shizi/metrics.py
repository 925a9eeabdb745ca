"""Figures for Prometheus; none of them tells whose call or what was read."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.samples import Sample

    from shizi.pool import Load

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Seconds; a page takes .1 to 1 on one core, a full queue some ten.
_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20)


class Latency(NamedTuple):
    """How long calls took.

    Attributes:
        bounds: Seconds up to which each bar counts; the last one is infinity.
        counts: Calls in each bar.
    """

    bounds: tuple[float, ...]
    counts: tuple[int, ...]


class Metrics:
    """Counters of one server."""

    def __init__(self, load: Callable[[], Load]) -> None:
        """Take what tells how busy the pool is."""
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "shizi_calls",
            "Calls answered, by path and errcode.",
            ("path", "errcode"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "shizi_call_seconds",
            "Time from the first byte of a call to its answer.",
            ("path",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        for field, text in (
            ("workers", "Workers that are up."),
            ("running", "Calls that a worker is at."),
            ("waiting", "Calls in the queue."),
        ):
            gauge = Gauge(f"shizi_pool_{field}", text, registry=self._registry)
            gauge.set_function(partial(_figure, load, field))

    def count(self, path: str, errcode: int, seconds: float) -> None:
        """Count one answered call."""
        self._calls.labels(path, str(errcode)).inc()
        self._seconds.labels(path).observe(seconds)

    def latency(self) -> Latency:
        """Return how long calls took, of all paths together."""
        counts = dict.fromkeys((*_BUCKETS, math.inf), 0)
        for sample in self._samples(self._seconds, "_bucket"):
            counts[float(sample.labels["le"])] += int(sample.value)
        # Prometheus' buckets hold all that is below, too.
        sums = [0, *counts.values()]
        return Latency(tuple(counts), tuple(high - low for low, high in pairwise(sums)))

    def codes(self) -> dict[int, int]:
        """Return how many calls were answered with each errcode."""
        counts: dict[int, int] = {}
        for sample in self._samples(self._calls, "_total"):
            code = int(sample.labels["errcode"])
            counts[code] = counts.get(code, 0) + int(sample.value)
        return dict(sorted(counts.items(), key=lambda pair: -pair[1]))

    @staticmethod
    def _samples(figure: Counter | Histogram, ending: str) -> Iterator[Sample]:
        for metric in figure.collect():
            yield from (each for each in metric.samples if each.name.endswith(ending))

    def render(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self._registry)


def _figure(load: Callable[[], Load], field: str) -> float:
    return float(getattr(load(), field))
