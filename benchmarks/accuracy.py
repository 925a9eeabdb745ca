"""Compare how well shizi and rapidocr's defaults read the same pictures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import report, score, systems, turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.score import Line, PageScore, Truth

_FIGURES = (
    "items",
    "char_R",
    "det_P",
    "det_R",
    "e2e_F1",
    "char_acc",
    "rec_char_acc",
    "page_NED",
)
Readings = dict[str, dict[str, list["Line"]]]


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, default=report.DATA, metavar="DIR")
    parser.add_argument("--only", choices=["shizi", "rapidocr"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE.jsonl")
    parser.add_argument(
        "--lines", action="store_true", help="list gained and lost lines"
    )
    parser.add_argument(
        "--turns", action="store_true", help="what is kept of turned pictures, alone"
    )
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    parser.add_argument(
        "--floor", type=float, help="fail if shizi's e2e F1 is under it"
    )
    options = parser.parse_args()
    names = {
        "shizi": [systems.SHIZI],
        "rapidocr": [systems.RAPIDOCR],
        None: [systems.SHIZI, systems.RAPIDOCR],
    }[options.only]
    truths = score.read_truth(options.data)
    if options.turns:
        print(tell_turns(names, options.data, truths, threads=options.threads))
        return 0
    readings = read_all(names, options.data, truths, threads=options.threads)
    scores = {
        name: {t.image: score.judge(t, pages[t.image]) for t in truths}
        for name, pages in readings.items()
    }
    text = tell(truths, scores)
    print(text)
    if options.lines and len(names) > 1:
        print("\n".join(differences(truths, readings, scores)))
    if options.out:
        save(options.out, readings)
    if options.write:
        text = f"{text}\n\n{report.machine(options.threads)}"
        report.write_block(options.write, "accuracy", text)
    ours = scores.get(systems.SHIZI)
    if options.floor and ours:
        reached = score.by_group(truths, ours)["ALL"].shares()["e2e_F1"]
        return int(reached < options.floor)
    return 0


def read_all(
    names: Sequence[str], folder: Path, truths: Sequence[Truth], *, threads: int
) -> Readings:
    """Return what each system reads on each picture; systems take turns."""
    readings: Readings = {name: {} for name in names}
    with systems.running(names, folder / truths[0].image, threads=threads) as started:
        for truth in truths:
            for system in started:
                answer = system.read(folder / truth.image)
                readings[system.name][truth.image] = answer.lines
    return readings


def tell_turns(
    names: Sequence[str], folder: Path, truths: Sequence[Truth], *, threads: int
) -> str:
    """Return what each system still reads of the pictures once they are turned."""
    with systems.running(names, folder / truths[0].image, threads=threads) as started:
        tables = [
            turns.tell(turns.measure(system, folder, truths), system.name)
            for system in started
        ]
    return "\n\n".join(tables)


def tell(truths: Sequence[Truth], scores: Mapping[str, Mapping[str, PageScore]]) -> str:
    """Return the figures of all systems by group, and who reads what alone."""
    groups = {name: score.by_group(truths, pages) for name, pages in scores.items()}
    rows = []
    for group in next(iter(groups.values())):
        for name, tallies in groups.items():
            tally = tallies[group]
            shares = tally.shares()
            figures = [f"{shares[figure]:.4f}" for figure in _FIGURES]
            counts = [str(tally.pages), str(tally.lines)]
            rows.append([group, name, *counts, *figures])
    text = report.table(["pictures", "system", "pages", "lines", *_FIGURES], rows)
    if len(scores) > 1:
        text += "\n\n" + compare(*scores.values())
    return text


def compare(ours: Mapping[str, PageScore], theirs: Mapping[str, PageScore]) -> str:
    """Return a sentence on the lines that only one of two systems reads exactly."""
    gained, lost = score.gained_and_lost(ours, theirs)
    up, down = gained.total(), lost.total()
    total = sum(len(page.exact) for page in ours.values())
    return (
        f"Exact lines against rapidocr, of {total}: {up} gained, {down} lost "
        f"(sign test p = {score.sign_test(up, down):.3f})."
    )


def differences(
    truths: Sequence[Truth],
    readings: Readings,
    scores: Mapping[str, Mapping[str, PageScore]],
) -> list[str]:
    """Return a row for each line that only one of the two systems reads exactly."""
    rows = []
    for truth in truths:
        judged = score.judged_lines(truth)
        ours, theirs = (scores[name][truth.image].exact for name in scores)
        for line, mine, other in zip(judged, ours, theirs, strict=True):
            if mine == other:
                continue
            loser = list(readings)[1 if mine else 0]
            instead = score.nearest(line, readings[loser][truth.image])
            mark = "+" if mine else "-"
            rows.append(f"{mark} {truth.image}\t{line.text}\t{loser}: {instead}")
    return rows


def save(path: Path, readings: Readings) -> None:
    """Write what was read, a picture and system a row."""
    with path.open("w", encoding="utf-8") as file:
        for name, pages in readings.items():
            for image, lines in pages.items():
                entry = {
                    "image": image,
                    "system": name,
                    "lines": [{"text": line.text, "quad": line.quad} for line in lines],
                }
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
