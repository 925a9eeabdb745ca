"""Compare what a vehicle licence costs with what printed text does, same pictures.

Photographs of both pages are read in turn as printed text and as a card, in one
process with one thread; told are medians.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import report
from benchmarks.licence.looks import FAMILIES
from benchmarks.licence.pictures import draw
from benchmarks.render.fonts import FontMissingError
from shizi.core.errors import CardNotFoundError
from shizi.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PHOTOS = ("easy", "medium", "hard")


class Cost(NamedTuple):
    """What one reading of a picture took, in seconds."""

    cpu: float
    wall: float


class Pair(NamedTuple):
    """A picture read as printed text and as a card."""

    text: Cost
    card: Cost


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.licence.speed", description=__doc__
    )
    parser.add_argument("--family", choices=sorted(FAMILIES), default="report")
    parser.add_argument("--condition", nargs="+", choices=_PHOTOS, default=_PHOTOS)
    parser.add_argument("--count", type=int, default=10, help="of each condition")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, metavar="FILE.md", help="keep the table")
    options = parser.parse_args()
    reader = Reader(threads=1)
    measured: dict[str, list[Pair]] = {}
    try:
        for condition in options.condition:
            shown = _photographs(options.family, condition, options.seed)
            measured[condition] = measure(reader, islice(shown, options.count))
    except FontMissingError as error:
        print(error, file=sys.stderr)
        return 1
    text = f"{tell(measured)}\n\n{report.machine(1)}"
    print(text)
    if options.write:
        report.write_block(options.write, "licence-speed", text)
    return 0


def measure(reader: Reader, pictures: Iterable[bytes]) -> list[Pair]:
    """Return what each picture took; which of both comes first changes."""
    pairs: list[Pair] = []
    for number, picture in enumerate(pictures):
        if not number:
            # The first reading loads what all others find in place.
            _card(reader, picture)
        if number % 2:
            card = _cost(_card, reader, picture)
            pairs.append(Pair(_cost(Reader.read_text, reader, picture), card))
        else:
            text = _cost(Reader.read_text, reader, picture)
            pairs.append(Pair(text, _cost(_card, reader, picture)))
    return pairs


def tell(measured: dict[str, list[Pair]]) -> str:
    """Return medians by condition, and the card's over the text's."""
    rows = []
    every = [pair for pairs in measured.values() for pair in pairs]
    for name, pairs in (measured | {"ALL": every}).items():
        row = [name, str(len(pairs))]
        for which in ("cpu", "wall"):
            text = statistics.median(getattr(pair.text, which) for pair in pairs)
            card = statistics.median(getattr(pair.card, which) for pair in pairs)
            row += [f"{text:.2f}", f"{card:.2f}", f"{card / text:.2f}"]
        rows.append(row)
    head = ["pictures", "n", "text, CPU s", "card, CPU s", "ratio"]
    return report.table([*head, "text, s", "card, s", "ratio"], rows)


def _photographs(family: str, condition: str, seed: int) -> Iterator[bytes]:
    """Yield photographs that show both pages."""
    for number in count():
        picture = draw(FAMILIES[family], condition, seed, number)
        if picture.pages == "both":
            yield picture.jpeg


def _card(reader: Reader, picture: bytes) -> None:
    try:
        reader.read_card(picture, "vehicle_licence")
    except CardNotFoundError:
        return


def _cost(
    read: Callable[[Reader, bytes], object], reader: Reader, picture: bytes
) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    read(reader, picture)
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


if __name__ == "__main__":
    sys.exit(main())
