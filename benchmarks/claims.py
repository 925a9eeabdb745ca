"""Show on freshly drawn pictures that what is claimed of shizi's reading holds."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import report, score, systems, turns
from benchmarks.render import album
from benchmarks.render.families import ASKED_KINDS, FAMILIES, KINDS
from benchmarks.render.fonts import FontMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.score import PageScore, Truth
    from benchmarks.systems import System

# A picture of twelve megapixels takes as long as a dozen others to draw and read.
_FINE = 3
_LISTED = 3


class Claim(NamedTuple):
    """One claim with what was measured.

    Attributes:
        text: What is claimed.
        bar: What it takes, as it is told.
        measured: The figure.
        holds: Whether it does.
        worst: The pictures that speak most against it.
    """

    text: str
    bar: str
    measured: str
    holds: bool
    worst: tuple[str, ...]


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.claims", description=__doc__)
    parser.add_argument("--family", choices=sorted(FAMILIES), default="report")
    parser.add_argument("--count", type=int, default=12, help="pictures of a kind")
    parser.add_argument("--turned", type=int, default=6, help="pictures to turn")
    parser.add_argument("--seed", type=int, default=41)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the pictures")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        try:
            truths = draw(folder, options.family, options.count, options.seed)
        except FontMissingError as error:
            print(error, file=sys.stderr)
            return 1
        first = folder / truths[0].image
        with systems.running(
            [systems.SHIZI], first, threads=options.threads
        ) as started:
            system = started[0]
            scores = read(system, folder, truths)
            plain = [truth for truth in truths if truth.kind in KINDS]
            kept = turns.measure(system, folder, plain[: options.turned])
    claims = judge(truths, scores, kept)
    print(tell(claims))
    return int(not all(claim.holds for claim in claims))


def draw(folder: Path, family: str, count: int, seed: int) -> list[Truth]:
    """Draw the pictures, kinds side by side; return the truth with folders in names.

    Raises:
        FontMissingError: No font of the family is installed.
    """
    counts = {"": count * len(KINDS), **dict.fromkeys(ASKED_KINDS, count)}
    counts["fine"] = min(_FINE, count)
    parts = {
        kind or "mix": partial(
            album.write,
            folder / (kind or "mix"),
            FAMILIES[family],
            range(number),
            seed=seed,
            kinds=(kind,) if kind else KINDS,
        )
        for kind, number in counts.items()
    }
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for task in [pool.submit(part) for part in parts.values()]:
            task.result()
    return [
        replace(truth, image=f"{kind}/{truth.image}")
        for kind in parts
        for truth in score.read_truth(folder / kind)
    ]


def read(system: System, folder: Path, truths: Sequence[Truth]) -> dict[str, PageScore]:
    """Return how well each picture is read."""
    return {
        truth.image: score.judge(truth, system.read(folder / truth.image).lines)
        for truth in truths
    }


def judge(
    truths: Sequence[Truth], scores: Mapping[str, PageScore], kept: turns.Kept
) -> list[Claim]:
    """Return every claim with its figure."""
    return [
        _count(truths, scores),
        _recall("characters of curved lines", "curl", 0.90, truths, scores),
        _recall("characters of vertical columns", "vertical", 0.95, truths, scores),
        *_turns(kept),
        _recall("16-pixel letters in 12 megapixels", "fine", 0.95, truths, scores),
        _drawings(truths, scores),
    ]


def tell(claims: Sequence[Claim]) -> str:
    """Return the table, and the worst pictures of each claim."""
    head = ["claim", "bar", "measured", "holds"]
    rows = [[c.text, c.bar, c.measured, "yes" if c.holds else "NO"] for c in claims]
    worst = [f"{c.text}: {', '.join(c.worst)}" for c in claims if c.worst]
    return "\n".join([report.table(head, rows), "", "Worst pictures:", *worst])


def _count(truths: Sequence[Truth], scores: Mapping[str, PageScore]) -> Claim:
    tallies = {t.image: scores[t.image].tally for t in truths if t.kind in KINDS}
    items = sum(tally.items for tally in tallies.values())
    lines = sum(tally.lines for tally in tallies.values())
    off = {image: tally.items - tally.lines for image, tally in tallies.items()}
    worst = sorted(off, key=lambda image: -abs(off[image]))[:_LISTED]
    ratio = items / lines
    return Claim(
        "items counted",
        "1.00 ± .01",
        f"{ratio:.4f} ({items} of {lines})",
        abs(ratio - 1) <= 0.01,
        tuple(f"{image} {off[image]:+}" for image in worst if off[image]),
    )


def _recall(
    text: str,
    kind: str,
    bar: float,
    truths: Sequence[Truth],
    scores: Mapping[str, PageScore],
) -> Claim:
    tally = score.Tally()
    shares = {}
    for truth in truths:
        if truth.kind == kind:
            page = scores[truth.image].tally
            tally.add(page)
            shares[truth.image] = page.shares()["char_R"]
    measured = tally.shares()["char_R"]
    worst = sorted(shares, key=lambda image: shares[image])[:_LISTED]
    return Claim(
        text,
        f"≥ {bar:.2f}",
        f"{measured:.4f} ({tally.chars} characters)",
        measured >= bar,
        tuple(f"{image} {shares[image]:.3f}" for image in worst),
    )


def _turns(kept: turns.Kept) -> list[Claim]:
    claims = []
    for angle, share in turns.mean(kept).items():
        shares = {image: row[angle] for image, row in kept.items()}
        least = min(shares, key=lambda image: shares[image])
        claims.append(
            Claim(
                f"characters kept at {angle:+}°",
                "≥ 0.98",
                f"{share:.4f} ({len(kept)} pictures)",
                share >= 0.98,
                (f"{least} {shares[least]:.3f}",) if shares[least] < 1 else (),
            )
        )
    return claims


def _drawings(truths: Sequence[Truth], scores: Mapping[str, PageScore]) -> Claim:
    items = {t.image: scores[t.image].tally.items for t in truths if not t.lines}
    worst = sorted(items, key=lambda image: -items[image])[:_LISTED]
    total = sum(items.values())
    return Claim(
        "items on drawings without text",
        "0",
        f"{total} ({len(items)} pictures)",
        not total,
        tuple(f"{image} {items[image]}" for image in worst if items[image]),
    )


if __name__ == "__main__":
    sys.exit(main())
