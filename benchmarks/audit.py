"""Ask whether holes are known in what the lock files name, by pip-audit."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, TypedDict

HOLES, UNANSWERED = 1, 2


class _Hole(TypedDict):
    id: str
    fix_versions: list[str]


class _Package(TypedDict, total=False):
    name: str
    version: str
    skip_reason: str
    vulns: list[_Hole]


class Audit(NamedTuple):
    """What is known of one lock file.

    Attributes:
        packages: How many packages it names; 0 where that was not told.
        holes: A line on each known hole.
        unanswered: The packages of which nothing was told.
        fault: Why nothing was told at all; "" where something was.
    """

    packages: int
    holes: tuple[str, ...]
    unanswered: tuple[str, ...]
    fault: str


def main() -> int:
    """Run the command line; return its exit status: 1 for holes, 2 for no answer."""
    parser = argparse.ArgumentParser(prog="benchmarks.audit", description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="pip-audit itself")
    parser.add_argument("locks", type=Path, nargs="+")
    options = parser.parse_args()
    audits = {lock: audit(options.program, lock) for lock in options.locks}
    for lock, found in audits.items():
        print(f"{lock}: {tell(found)}")
    if any(found.holes for found in audits.values()):
        return HOLES
    if any(found.fault or found.unanswered for found in audits.values()):
        print(
            "No index of known holes has answered for all of them: is pypi.org, or a"
            " mirror with its JSON API, within reach?",
            file=sys.stderr,
        )
        return UNANSWERED
    return 0


def audit(program: Path, lock: Path) -> Audit:
    """Return what pip-audit knows of a lock file."""
    options = ("--disable-pip", "--require-hashes", "--progress-spinner", "off")
    done = subprocess.run(
        [program, *options, "--format", "json", "--requirement", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages: list[_Package] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        words = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        return Audit(0, (), (), words[-1])
    return Audit(
        len(packages),
        tuple(
            f"{package['name']} {package['version']}: {hole['id']}, mended in"
            f" {', '.join(hole['fix_versions']) or 'no version'}"
            for package in packages
            for hole in package.get("vulns", ())
        ),
        tuple(each["name"] for each in packages if "skip_reason" in each),
        "",
    )


def tell(found: Audit) -> str:
    """Return what is known, a line on each hole below."""
    if found.fault:
        return f"nothing is known: {found.fault}"
    counted = (
        f"{found.packages} packages, {len(found.holes)} known holes,"
        f" {len(found.unanswered)} without an answer"
    )
    return "\n  ".join([counted, *found.holes])


if __name__ == "__main__":
    sys.exit(main())
