"""Write made pictures and their truth into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.render.album import write
from benchmarks.render.families import ASKED_KINDS, FAMILIES, KINDS
from benchmarks.render.fonts import FontMissingError


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.render", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--family", choices=sorted(FAMILIES), default="report")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--quality", type=int, help="JPEG quality for all")
    parser.add_argument("--append", action="store_true", help="keep what is there")
    parser.add_argument(
        "--kinds", nargs="+", choices=[*KINDS, *ASKED_KINDS], default=KINDS
    )
    options = parser.parse_args()
    numbers = range(options.first, options.first + options.count)
    try:
        write(
            options.out,
            FAMILIES[options.family],
            numbers,
            seed=options.seed,
            quality=options.quality,
            kinds=options.kinds,
            append=options.append,
        )
    except FontMissingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
