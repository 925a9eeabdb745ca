"""Read a folder of pictures by `shizi read`, by rapidocr in a loop, and by tesseract.

Each system has the whole machine, from its start to its end, one after the other; where
time is short, the others read a part of the folder, picked evenly. At last `shizi read`
is killed at half the folder and taken up again.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHIZI = "`shizi read`"
RAPIDOCR = "rapidocr in a loop"
TESSERACT = "tesseract in a loop"
# How many times as many pictures a second as rapidocr are claimed.
BAR = 3.0
_SHORT = 8


class Measured(NamedTuple):
    """One system over the folder.

    Attributes:
        name: The system.
        seconds: On the clock, from the start of its process to its end, a round each.
        lines: Rows of text that it gave.
        pictures: So many it read.
    """

    name: str
    seconds: list[float]
    lines: int
    pictures: int

    @property
    def rate(self) -> float:
        """Pictures a second, in the middle round."""
        return self.pictures / statistics.median(self.seconds)


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.folder", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="pictures to draw")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="pictures of one's own"
    )
    parser.add_argument("--peers", type=int, help="so many pictures for the others")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--short", action="store_true", help=f"{_SHORT} pictures, and no bar"
    )
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    parser.add_argument("--loop", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loop:
        _loop(options.loop)
        return 0
    with tempfile.TemporaryDirectory(prefix="shizi-folder-") as name:
        scratch = Path(name)
        count = _SHORT if options.short else options.count
        folder = options.data or draw(scratch / "in", count)
        part = pick(folder, scratch / "part", options.peers or count)
        results = measure(folder, part, scratch, rounds=options.rounds)
        resumed = kill_and_resume(folder, scratch)
    text = tell(results, resumed)
    print(text)
    if options.write:
        report.write_block(options.write, "folder", text)
    ratio = results[0].rate / results[1].rate
    return 0 if options.short or ratio >= BAR else 1


def draw(folder: Path, count: int) -> Path:
    """Return a folder with pictures drawn for the measurement."""
    share = -(-count // (os.cpu_count() or 1))
    painters = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.render", str(folder), "--append",
             "--first", str(first), "--count", str(min(share, count - first))],
        )
        for first in range(0, count, share)
    ]  # fmt: skip
    if any(painter.wait() for painter in painters):
        message = "the pictures could not be drawn"
        raise RuntimeError(message)
    return folder


def pick(folder: Path, part: Path, count: int) -> Path:
    """Return a folder with so many of another's pictures, evenly picked."""
    every = sorted(folder.glob("*.jpg"))
    if count >= len(every):
        return folder
    part.mkdir()
    for number in range(count):
        picture = every[number * len(every) // count]
        (part / picture.name).symlink_to(picture.resolve())
    return part


def pictures(folder: Path) -> int:
    """Return how many pictures a folder holds."""
    return sum(1 for _ in folder.glob("*.jpg"))


def measure(folder: Path, part: Path, scratch: Path, *, rounds: int) -> list[Measured]:
    """Return what each system took for the folder, the peers for a part of it."""
    systems: dict[str, Callable[[], int]] = {
        SHIZI: lambda: _read(folder, scratch / "out"),
        RAPIDOCR: lambda: _run_loop(part),
    }
    if shutil.which("tesseract"):
        systems[TESSERACT] = lambda: _run_tesseract(part)
    counts = {SHIZI: pictures(folder)}
    results = [Measured(n, [], 0, counts.get(n, pictures(part))) for n in systems]
    for _ in range(rounds):
        for place, run in enumerate(systems.values()):
            begun = time.perf_counter()
            lines = run()
            seconds = [*results[place].seconds, time.perf_counter() - begun]
            results[place] = results[place]._replace(seconds=seconds, lines=lines)
    return results


def kill_and_resume(folder: Path, scratch: Path) -> str:
    """Return what became of a run that was killed at half the folder."""
    out = scratch / "killed"
    count = pictures(folder)
    process = subprocess.Popen(_command(folder, out), stderr=subprocess.DEVNULL)
    journal = out / "journal.jsonl"
    while process.poll() is None:
        if journal.exists() and len(journal.read_bytes().splitlines()) > count // 2:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(journal.read_bytes().splitlines()) - 1
    _read(folder, out, "--resume")
    rows = (out / "all.jsonl").read_text("utf-8").splitlines()
    seen = Counter(json.loads(row)["source"] for row in rows)
    if len(seen) != count or set(seen.values()) != {1}:
        message = (
            f"killed and resumed: {len(seen)} of {count} read, {seen.most_common(1)}"
        )
        raise RuntimeError(message)
    return (
        f"Killed with `kill -9` after {before} of {count} pictures and taken up again"
        " with `--resume`: each was read once."
    )


def tell(results: Sequence[Measured], resumed: str) -> str:
    """Return the table, what became of the killed run, and the machine."""
    rows = [
        [
            result.name,
            str(result.pictures),
            f"{statistics.median(result.seconds):.0f}",
            f"{result.rate:.2f}",
            f"{results[0].rate / result.rate:.2f}",
            f"{result.lines / result.pictures:.2f}",
        ]
        for result in results
    ]
    head = ["system", "pictures", "seconds", "pictures a second",
            "time a picture / shizi's", "lines a picture"]  # fmt: skip
    parts = [report.table(head, rows)]
    if len(results) == 2:
        parts.append("tesseract is not installed, and was left out.")
    parts += [resumed, f"Drawn pictures. {report.machine(1)}"]
    return "\n\n".join(parts)


def _command(folder: Path, out: Path, *options: str) -> list[str]:
    shizi = str(Path(sys.executable).with_name("shizi"))
    return [shizi, "read", str(folder), "-o", str(out), "--format", "jsonl", *options]


def _read(folder: Path, out: Path, *options: str) -> int:
    """Read the folder by the command line; return how many lines it gave."""
    subprocess.run(
        _command(folder, out, *options), check=True, stderr=subprocess.DEVNULL
    )
    rows = (out / "all.jsonl").read_text("utf-8").splitlines()
    return sum(len(json.loads(row)["lines"]) for row in rows)


def _run_loop(folder: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.folder", "--loop", str(folder)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return int(done.stdout.split()[-1])


def _loop(folder: Path) -> None:
    """Read the folder by rapidocr as its page shows it, and print the lines' count."""
    from rapidocr import RapidOCR  # noqa: PLC0415 - of this process alone
    from rapidocr.utils.output import RapidOCROutput  # noqa: PLC0415

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    reader = RapidOCR(params={"Global.log_level": "error"})
    lines = 0
    for path in sorted(folder.glob("*.jpg")):
        output = reader(str(path))
        assert isinstance(output, RapidOCROutput)
        lines += len(output.txts or ())
    print(lines)


def _run_tesseract(folder: Path) -> int:
    lines = 0
    for path in sorted(folder.glob("*.jpg")):
        done = subprocess.run(
            ["tesseract", str(path), "-", "-l", "chi_sim+eng"],
            check=False,
            capture_output=True,
        )
        lines += sum(1 for row in done.stdout.splitlines() if row.strip())
    return lines


if __name__ == "__main__":
    sys.exit(main())
