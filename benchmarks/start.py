"""How long a server takes from its start until it is ready, first and later ones."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import report
from benchmarks.neighbour import Neighbour, wait_for_quiet
from benchmarks.serving import serving

if TYPE_CHECKING:
    from collections.abc import Sequence

# The bars, in seconds: the first start of a user, and every other.
FIRST, LATER = 15.0, 5.0
_CORES = os.cpu_count() or 1


class Start(NamedTuple):
    """One start of a server.

    Attributes:
        seconds: On the clock, until it was ready.
        cpu: CPU seconds of all its processes until then.
        others: Share of the cores that other work took, 0 to 1.
    """

    seconds: float
    cpu: float
    others: float


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="later starts")
    parser.add_argument("--workers", type=int, default=_CORES)
    parser.add_argument("--quiet", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    options = parser.parse_args()
    starts = measure(options.workers, rounds=options.rounds, quiet=options.quiet)
    text = tell(starts, options.workers)
    print(text)
    if options.write:
        report.write_block(options.write, "start", text)
    return 0


def measure(workers: int, *, rounds: int, quiet: float = 0.0) -> list[Start]:
    """Return the first start, and the later ones.

    The first one finds an empty data folder and nothing in the user's cache; what the
    system keeps of files in memory is left alone.
    """
    starts = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        environment = {"XDG_CACHE_HOME": str(folder / "cache")}
        for _ in range(1 + rounds):
            wait_for_quiet(quiet)
            neighbour = Neighbour()
            with serving(folder, workers=workers, environment=environment) as server:
                starts.append(Start(server.start, server.cpu(), neighbour.share()))
    return starts


def tell(starts: Sequence[Start], workers: int) -> str:
    """Return the table and the machine."""
    first, *later = starts
    middle = Start(*map(statistics.median, zip(*later, strict=True)))
    rows = [
        [
            name,
            f"{start.seconds:.1f}",
            f"{bar:g}",
            f"{start.cpu:.1f}",
            f"{start.others:.0%}",
        ]
        for name, start, bar in (
            ("the first", first, FIRST),
            ("later ones, median", middle, LATER),
        )
    ]
    head = ["start to ready", "seconds", "bar", "CPU s", "other work"]
    return f"{report.table(head, rows)}\n\n{workers} workers. {report.machine(1)}"


if __name__ == "__main__":
    sys.exit(main())
