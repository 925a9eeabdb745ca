"""What was promised and what was measured, told at the end of a run of tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import pytest

from benchmarks import report

if TYPE_CHECKING:
    from pathlib import Path

# How each block of docs/security.md is measured again.
TARGETS = {
    "files": "make fuzz",
    "addresses": "make fuzz",
    "load": "make load",
    "faults": "make fault-test",
}


class Row(NamedTuple):
    """One promise.

    Attributes:
        block: Which table it belongs to.
        bar: What was promised.
        measured: What came out.
        test: Where it was measured, as `path::name`.
    """

    block: str
    bar: str
    measured: str
    test: str


class Bars:
    """The rows of one run."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def tell(self, block: str, bar: str, measured: str) -> None:
        """Note what was measured; whether it holds, the test itself asserts."""
        assert block in TARGETS
        test = os.environ["PYTEST_CURRENT_TEST"].partition(" ")[0].partition("[")[0]
        self.rows.append(Row(block, bar, measured, test))

    def write(self, page: Path) -> None:
        """Put the tables into a document, each in its place."""
        for block in dict.fromkeys(row.block for row in self.rows):
            mine = [row for row in self.rows if row.block == block]
            rows = {row.bar: [row.bar, "", ""] for row in mine}
            for row in mine:
                measured = filter(None, (rows[row.bar][1], row.measured))
                how = f"`{TARGETS[block]}`, `{row.test}`"
                rows[row.bar][1:] = "; ".join(measured), how
            head = ["bar", "measured", "how to run it"]
            lines = [head, ["---"] * len(head), *rows.values()]
            text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
            report.write_block(page, block, f"{text}\n\n{report.machine(1)}")


KEY = pytest.StashKey[Bars]()
