"""Check the model with two measured nodes, then tell of 10, 100 and 1000.

Run as `make simulate`; writes the tables and drawings of docs/scale.md. Ends with 1 if
the model is not within 15 % of what was measured.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from itertools import pairwise
from random import Random
from statistics import mean
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.plot import Series, draw
from benchmarks.report import table, write_block
from benchmarks.simulation.measure import MEASURED, ROOT
from benchmarks.simulation.model import Database, Fleet, Simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = ROOT / "docs" / "scale.md"
# How far the model may be from what was measured.
CLOSE = 0.15
SIZES = (10, 100, 1000)
# Of each node: a core each, as measured.
WORKERS = 2
APPS = 1000
LEASE = 50
LOADS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1)
# Seconds of one run, and those at its beginning that are not looked at.
SECONDS, WARM = 30.0, 10.0
# Clients of the measurement that the database's rates are of.
_LANES = 16


class Facts(NamedTuple):
    """What was measured.

    Attributes:
        nodes: Of the two real nodes.
        counts: Of the database.
        pages: Seconds of each picture.
        machine: Where.
    """

    nodes: dict[str, Any]
    counts: dict[str, float]
    pages: list[float]
    machine: str

    @property
    def capacity(self) -> float:
        """Return the calls a second that one node's workers can read."""
        return WORKERS / mean(self.pages)

    def database(self, lease: int = 1) -> Database:
        """Return a database as fast as the measured one."""
        many = self.counts["many_apps_counts_a_second"]
        one = self.counts["one_app_counts_a_second"]
        look = _LANES / self.counts["looks_a_second"]
        return Database(_LANES, _LANES / many, look, 1 / one, lease=lease)

    def read(self, chance: Random) -> float:
        """Draw the seconds of a page."""
        return chance.choice(self.pages)


def main() -> None:
    """Simulate, and write what came of it."""
    told = json.loads(MEASURED.read_text("utf-8"))
    pages = list(told["reading"].values())
    facts = Facts(told["nodes"], told["database"], pages, told["machine"])
    checked, is_close = _check(facts)
    parts = [checked, _tell_rates(facts), _load(facts), _lose(facts), _limit(facts)]
    text = "\n\n".join([*parts, f"Measured on {facts.machine}"])
    write_block(PAGE, "simulation", text)
    print(text)
    if not is_close:
        sys.exit(f"the model is further than {CLOSE:.0%} from what was measured")


def _check(facts: Facts) -> tuple[str, bool]:
    """Return the table of measured and simulated figures, and whether they agree."""
    nodes = facts.nodes
    worker, counted = nodes["worker_seconds"], facts.counts["count_seconds"]
    fleet = Fleet(
        nodes=nodes["nodes"],
        workers=nodes["workers"],
        overhead=max(0.0, nodes["alone_seconds"] - worker - counted),
        # What one caller waits for it is more than the database's part of it.
        database=Database(
            _LANES,
            counted,
            counted,
            1 / facts.counts["one_app_counts_a_second"],
        ),
    )
    full = Simulation(fleet, lambda _: worker)
    rate = full.run_closed(nodes["callers"], seconds=60).rate(10, 60)
    chance = Simulation(fleet, lambda _: worker)
    came = chance.run_open(nodes["arrivals"])
    pairs = [
        ("calls a second, saturated", nodes["saturated_calls_a_second"], rate),
        ("p50, s, at 70 %", nodes["p50"], came.percentile(0.5)),
        ("p95, s, at 70 %", nodes["p95"], came.percentile(0.95)),
    ]
    rows = [
        (name, f"{real:.3g}", f"{made:.3g}", f"{made / real - 1:+.0%}")
        for name, real, made in pairs
    ]
    is_close = all(abs(made / real - 1) <= CLOSE for _, real, made in pairs)
    return table(("two nodes", "measured", "simulated", ""), rows), is_close


def _tell_rates(facts: Facts) -> str:
    """Return the table of what one core, and one database, can do."""
    low, high = min(facts.pages), max(facts.pages)
    rows = [
        ("seconds a picture on one core, mean", f"{mean(facts.pages):.2f}"),
        ("the quickest and the slowest of 12 pictures", f"{low:.2f}, {high:.2f}"),
        ("pictures a second and core", f"{1 / mean(facts.pages):.2f}"),
        ("counts a second of one app", f"{facts.counts['one_app_counts_a_second']:g}"),
        ("the same of 64 apps", f"{facts.counts['many_apps_counts_a_second']:g}"),
        ("tokens looked up a second", f"{facts.counts['looks_a_second']:g}"),
    ]
    return table(("measured", ""), rows)


def _load(facts: Facts) -> str:
    """Return the table of waits by load, and draw it."""
    rows, drawn = [], []
    for size in SIZES:
        points = []
        for load in LOADS:
            waits, busy = _at_load(facts, size, load, facts.database())
            points.append((load, waits))
            if load in {0.5, 0.8, 0.95, 1.1}:
                rows.append((f"{size} nodes", f"{load:.0%}", f"{waits:.2f}", busy))
        drawn.append(Series(f"{size} nodes", points))
    _draw("load", drawn, "load, of what the workers can read", "p95, seconds", 1.0)
    return table(("", "load", "p95, s", "answered busy"), rows)


def _at_load(
    facts: Facts, size: int, load: float, database: Database
) -> tuple[float, str]:
    fleet = Fleet(size, WORKERS, apps=APPS, database=database)
    came = _run(facts, fleet, load * size * facts.capacity, lambda _: None)
    busy = sum(at >= WARM for at in came.busy)
    answered = sum(at >= WARM for at, _ in came.answered)
    share = busy / max(1, busy + answered)
    return came.percentile(0.95, WARM, SECONDS), f"{share:.1%}"


def _run(
    facts: Facts, fleet: Fleet, rate: float, change: Callable[[Simulation], None]
) -> Any:  # noqa: ANN401 - a result
    simulation = Simulation(fleet, facts.read)
    change(simulation)
    return simulation.run_open(_moments(rate))


def _moments(rate: float) -> Iterator[float]:
    chance, now = Random(7), 0.0
    while (now := now + chance.expovariate(rate)) < SECONDS:
        yield now


def _lose(facts: Facts) -> str:
    """Return the table of what the loss of a tenth of the nodes costs, and draw it."""
    rows, drawn = [], []
    for size in SIZES:
        fleet = Fleet(size, WORKERS, apps=APPS, database=facts.database())
        rate = 0.7 * size * facts.capacity
        came = _run(facts, fleet, rate, partial(_lose_tenth, size // 10))
        steps = [WARM + step for step in range(20)]
        points = [
            (begin - 15, came.percentile(0.95, begin, end))
            for begin, end in pairwise(steps)
        ]
        drawn.append(Series(f"{size} nodes", points[4:]))
        spans = ((WARM, 15), (15, 25), (25, SECONDS))
        waits = [f"{came.percentile(0.95, *span):.2f}" for span in spans]
        rows.append((f"{size} nodes", str(len(came.failed)), *waits))
    across = "seconds since a tenth of the nodes was lost, back after 10"
    _draw("loss", drawn, across, "p95, seconds", 0)
    head = ("70 % load, a tenth lost", "failed", "p95 before", "meanwhile", "after")
    return table(head, rows)


def _lose_tenth(number: int, simulation: Simulation) -> None:
    for node in range(number):
        simulation.lose(node, 15, seconds=10)


def _limit(facts: Facts) -> str:
    """Return the table of where the database is the limit, and draw it."""
    sizes = (10, 30, 100, 200, 400, 700, 1000)
    kinds = {
        "one app": (1, facts.database()),
        f"{APPS} apps": (APPS, facts.database()),
        f"one app, leases of {LEASE}": (1, facts.database(LEASE)),
    }
    drawn = [
        Series("what workers read", [(size, size * facts.capacity) for size in sizes])
    ]
    rates: dict[str, list[float]] = {}
    for name, (apps, database) in kinds.items():
        rates[name] = []
        for size in sizes:
            fleet = Fleet(size, WORKERS, apps=apps, database=database)
            full = Simulation(fleet, facts.read)
            came = full.run_closed(3 * size * WORKERS, seconds=SECONDS)
            rates[name].append(came.rate(WARM, SECONDS))
        drawn.append(Series(name, list(zip(sizes, rates[name], strict=True))))
    _draw("limit", drawn, "nodes", "calls a second", None)
    rows = [
        (
            f"{size} nodes",
            f"{size * facts.capacity:.0f}",
            *(f"{rates[name][place]:.0f}" for name in kinds),
        )
        for place, size in enumerate(sizes)
    ]
    return table(("calls a second", "workers", *kinds), rows)


def _draw(
    name: str, series: list[Series], across: str, up: str, upright: float | None
) -> None:
    drawing = draw(series, across=across, up=up, upright=upright)
    (PAGE.parent / f"scale-{name}.svg").write_text(drawing, "utf-8")


if __name__ == "__main__":
    main()
