"""Compare what reading the same pictures costs shizi and rapidocr.

Every system runs alone in a process with one thread; they take turns, picture by
picture. Told are CPU seconds, medians over the rounds.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import gate, report, score, systems
from benchmarks.neighbour import Neighbour
from benchmarks.score import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.score import Line, PageScore, Truth
    from benchmarks.systems import System

# A CI machine has a minute: pictures are taken until then, at least two.
_SHORT_SECONDS = 35.0
_SHORT_LEAST = 2


@dataclass(slots=True)
class Measured:
    """One system over all pictures.

    Attributes:
        name: The system.
        cpu: CPU seconds by picture, one figure a round.
        wall: Seconds on the clock by picture, one figure a round.
        lines: What it read.
        memory: The most resident memory, in bytes.
        cold: Seconds on the clock, and CPU seconds, to its first answer.
    """

    name: str
    cpu: dict[str, list[float]] = field(default_factory=dict)
    wall: dict[str, list[float]] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    memory: int = 0
    cold: tuple[float, float] = (0.0, 0.0)

    def medians(self) -> list[float]:
        """Return the CPU seconds of each picture."""
        return [statistics.median(seconds) for seconds in self.cpu.values()]


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description=__doc__)
    parser.add_argument("--data", type=Path, default=report.DATA, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, help="read only so many pictures")
    parser.add_argument(
        "--peers", choices=["onnxruntime", "all"], default="onnxruntime"
    )
    parser.add_argument(
        "--short", action="store_true", help="one round, under a minute"
    )
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    options = parser.parse_args()
    names = [systems.SHIZI, systems.RAPIDOCR]
    if options.peers == "all":
        names.append(systems.RAPIDOCR_OPENVINO)
        if shutil.which("tesseract"):
            names.append(systems.TESSERACT)
    truths = score.read_truth(options.data)[: options.limit]
    rounds = 1 if options.short else options.rounds
    seconds = _SHORT_SECONDS if options.short else None
    with systems.running(names, options.data / truths[0].image, threads=1) as started:
        neighbour = Neighbour()
        results = measure(started, options.data, truths, rounds=rounds, seconds=seconds)
        others = neighbour.share()
    truths = [truth for truth in truths if truth.image in results[0].lines]
    text = tell(results, truths, rounds=rounds, others=others)
    print(text)
    if options.write:
        report.write_block(options.write, "bench", text)
    return 0


def measure(
    started: Sequence[System],
    folder: Path,
    truths: Sequence[Truth],
    *,
    rounds: int,
    seconds: float | None = None,
) -> list[Measured]:
    """Return what each system took; each picture is read once before it counts.

    Args:
        seconds: Take no further picture once so many have passed.
    """
    results = [
        Measured(system.name, cold=(system.cold_wall, system.cold_cpu))
        for system in started
    ]
    begun = time.monotonic()
    for number, truth in enumerate(truths):
        late = seconds is not None and time.monotonic() - begun > seconds
        if late and number >= _SHORT_LEAST:
            break
        image = folder / truth.image
        for system, result in zip(started, results, strict=True):
            result.lines[truth.image] = system.read(image).lines
            result.cpu[truth.image], result.wall[truth.image] = [], []
        for turn in range(rounds):
            # Who goes first changes: a warm cache or a busy neighbour favours nobody.
            order = list(zip(started, results, strict=True))
            for system, result in order if turn % 2 == 0 else order[::-1]:
                answer = system.read(image)
                result.cpu[truth.image].append(answer.cpu)
                result.wall[truth.image].append(answer.wall)
    for system, result in zip(started, results, strict=True):
        result.memory = system.peak_memory()
    return results


def tell(
    results: Sequence[Measured], truths: Sequence[Truth], *, rounds: int, others: float
) -> str:
    """Return the tables, the text gate, and the machine.

    Args:
        results: What each system took, shizi first and the one it is held to next.
        truths: The pictures that were read.
        rounds: How often each was read.
        others: Which share of the machine other work took, 0 to 1.
    """
    scores = [
        {truth.image: score.judge(truth, result.lines[truth.image]) for truth in truths}
        for result in results
    ]
    counted = (
        f"{len(truths)} pictures, {rounds} rounds after a warm-up; other work took "
        f"{others:.0%} of the cores."
    )
    return "\n\n".join(
        [
            _tell_systems(results, scores),
            _tell_kinds(results, truths),
            gate.tell(gate.hold(truths, *scores[:2]), results[1].name),
            f"{counted} {report.machine(1)}",
        ]
    )


def _tell_systems(
    results: Sequence[Measured], scores: Sequence[Mapping[str, PageScore]]
) -> str:
    """Return a row a system: its time, its start, its memory and its text."""
    ours = results[0]
    rows = []
    for result, pages in zip(results, scores, strict=True):
        pairs = zip(result.medians(), ours.medians(), strict=True)
        ratios = sorted(theirs / mine for theirs, mine in pairs)
        low, middle, high = (_quantile(ratios, share) for share in (0.25, 0.5, 0.75))
        total = sum(result.medians())
        text = Tally()
        for page in pages.values():
            text.add(page.tally)
        shares = text.shares()
        rows.append(
            [
                result.name,
                f"{total / len(pages):.3f}",
                f"{statistics.median(result.medians()):.3f}",
                f"{total / sum(ours.medians()):.2f}",
                f"{middle:.2f} ({low:.2f} to {high:.2f})",
                "{:.1f} ({:.1f})".format(*result.cold),
                f"{result.memory / 2**20:.0f}",
                f"{text.exact}",
                f"{text.items}",
                f"{shares['char_acc']:.4f}",
            ]
        )
    head = [
        "system",
        "CPU s, mean",
        "median",
        "sum / shizi's",
        "picture / shizi's (quartiles)",
        "cold start s (CPU s)",
        "peak MiB",
        "exact lines",
        "items",
        "characters",
    ]
    return report.table(head, rows)


def _tell_kinds(results: Sequence[Measured], truths: Sequence[Truth]) -> str:
    """Return a row a kind of picture: CPU time and latency of each system."""
    kinds: dict[str, list[str]] = {}
    for truth in truths:
        kinds.setdefault(truth.kind, []).append(truth.image)
    rows = []
    for kind, images in sorted(kinds.items()):
        times = [
            statistics.mean(statistics.median(taken[image]) for image in images)
            for result in results
            for taken in (result.cpu, result.wall)
        ]
        rows.append([kind, str(len(images)), *(f"{each:.3f}" for each in times)])
    names = [result.name for result in results]
    heads = [f"{name}, {unit}" for name in names for unit in ("CPU s", "s")]
    return report.table(["pictures", "n", *heads], rows)


def _quantile(ordered: Sequence[float], share: float) -> float:
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


if __name__ == "__main__":
    sys.exit(main())
