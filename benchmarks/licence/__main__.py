"""Write made pictures of vehicle licences and their truth into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.licence import albums
from benchmarks.licence.looks import FAMILIES
from benchmarks.licence.pictures import CONDITIONS
from benchmarks.render.fonts import FontMissingError


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.licence", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--family", choices=sorted(FAMILIES), default="report")
    parser.add_argument(
        "--condition", nargs="+", choices=CONDITIONS, default=list(CONDITIONS)
    )
    parser.add_argument("--count", type=int, default=20, help="of each condition")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--jobs", type=int, default=1, help="processes that draw")
    options = parser.parse_args()
    numbers = range(options.first, options.first + options.count)
    try:
        for condition in options.condition:
            albums.write(
                options.out,
                options.family,
                condition,
                numbers,
                seed=options.seed,
                jobs=options.jobs,
            )
    except FontMissingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
