"""`shizi bulk`: what is begun, and what is refused."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.running import SHIZI

if TYPE_CHECKING:
    from pathlib import Path


def bulk(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SHIZI, "bulk", *map(str, arguments)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("table", ["t.jsonl", "table"])
def test_a_run_that_found_nothing_may_be_begun_anew(tmp_path: Path, table: str) -> None:
    (tmp_path / "empty").mkdir()
    for source in ("absent", "empty"):
        done = bulk(tmp_path / source, "-o", tmp_path / table)
        assert done.returncode == 2
        assert "is there already" not in done.stderr


def test_a_table_that_was_begun_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text("{}\n")
    done = bulk(tmp_path, "-o", tmp_path / "t.jsonl")
    assert done.returncode == 2
    assert "t.jsonl is there already: --resume goes on with it" in done.stderr
    assert (tmp_path / "t.jsonl").read_text() == "{}\n"
