"""Claims about the tables of docs/security.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bars import TARGETS
from tests.naming import is_there

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

_TARGET = re.compile(r"`(make [a-z-]+)`")
_TEST = re.compile(r"`(tests/[^`]+)`")


def rows() -> list[list[str]]:
    """Return bar, measured and how of each row but those of the threat model."""
    _, _, tables = PAGE.partition("\n## Pictures")
    found = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in tables.splitlines()
        if line.startswith("| ") and not line.startswith(("| bar |", "| --- |"))
    ]
    assert len(found) >= 50
    return found


ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_a_bar_has_a_figure_a_target_and_tests(row: list[str]) -> None:
    _, measured, how = row
    assert measured
    targets, tests = _TARGET.findall(how), _TEST.findall(how)
    assert targets
    assert tests
    for target in targets:
        assert f"\n{target.removeprefix('make ')}:" in MAKEFILE
    assert [test for test in tests if not is_there(test)] == []


def test_no_bar_stands_twice() -> None:
    bars = [bar for bar, _, _ in ROWS]
    assert len(set(bars)) == len(bars)


@pytest.mark.parametrize("block", TARGETS)
def test_each_measured_table_has_been_measured(block: str) -> None:
    text = PAGE.partition(f"<!-- {block}:begin -->")[2]
    text = text.partition(f"<!-- {block}:end -->")[0]
    assert "| bar | measured | how to run it |" in text
    assert "cores" in text
